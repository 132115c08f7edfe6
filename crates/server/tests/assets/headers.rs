//! Headers of a file's response: caching, tags, types, security; and the response to HEAD.

use crate::{SCRIPT, WASM, ask, bytes, dist, get, header};
use axum::http::StatusCode;
use server::http::{assets, headers::Security, page::Written};
use std::fs;

#[tokio::test]
async fn hashed_names_are_kept_for_ever_and_the_page_is_always_asked_for() {
    let (_folder, dist) = dist();
    let router = assets::router(dist, Written::new(), "");
    let script = get(&router, &format!("/{SCRIPT}")).await;
    assert_eq!(header(&script, "cache-control"), "public, max-age=31536000, immutable");
    assert_eq!(header(&script, "content-type"), "text/javascript; charset=utf-8");
    let inside = get(&router, &format!("/v1.2/{SCRIPT}")).await;
    assert_eq!(header(&inside, "cache-control"), "public, max-age=31536000, immutable", "a folder's name says nothing");
    let wasm = get(&router, &format!("/{WASM}")).await;
    assert_eq!(header(&wasm, "cache-control"), "public, max-age=31536000, immutable");
    assert_eq!(header(&wasm, "content-type"), "application/wasm");
    for path in ["/", "/index.html", "/boot.js", "/icons/mark.svg"] {
        assert_eq!(header(&get(&router, path).await, "cache-control"), "no-cache", "{path}");
    }
}

#[tokio::test]
async fn a_known_file_is_not_sent_again() {
    let (_folder, dist) = dist();
    let router = assets::router(dist, Written::new(), "");
    let first = get(&router, "/boot.js").await;
    let tag = header(&first, "etag").to_owned();
    assert!(tag.starts_with('"') && tag.ends_with('"'));
    for known in [tag.clone(), format!("W/{tag}"), format!("\"other\", {tag}"), "*".into()] {
        let again = ask(&router, "GET", "/boot.js", &[("if-none-match", &known)]).await;
        assert_eq!(again.status(), StatusCode::NOT_MODIFIED, "{known}");
        assert_eq!(header(&again, "etag"), tag);
        assert!(bytes(again).await.is_empty());
    }
    let other = ask(&router, "GET", "/boot.js", &[("if-none-match", "\"other\"")]).await;
    assert_eq!(other.status(), StatusCode::OK);
}

/// Images and stores without a clock give every file one date, and a page that names other hashes is as long as the one
/// before.
#[tokio::test]
async fn another_page_of_the_same_length_and_date_has_another_tag() {
    let (_folder, dist) = dist();
    let mut tags = Vec::new();
    for page in ["kppay-0123456789abcdef.js", "kppay-fedcba9876543210.js"] {
        fs::write(dist.join("index.html"), page).unwrap();
        let file = fs::File::options().write(true).open(dist.join("index.html")).unwrap();
        file.set_modified(std::time::UNIX_EPOCH + std::time::Duration::from_secs(1)).unwrap();
        tags.push(header(&get(&assets::router(dist.clone(), Written::new(), ""), "/").await, "etag").to_owned());
    }
    assert_ne!(tags[0], tags[1]);
}

#[tokio::test]
async fn head_says_everything_but_the_content() {
    let (_folder, dist) = dist();
    let router = assets::router(dist, Written::new(), "");
    let head = ask(&router, "HEAD", "/boot.js", &[]).await;
    assert_eq!(head.status(), StatusCode::OK);
    assert_eq!(header(&head, "content-length"), "6");
    assert!(bytes(head).await.is_empty());
}

#[tokio::test]
async fn every_answer_carries_the_security_headers() {
    let (_folder, dist) = dist();
    let security = Security { processor_origin: "http://127.0.0.1:8081".into(), ..Security::default() };
    let router = security.guard(assets::router(dist, Written::new(), ""));
    for path in ["/", "/boot.js", "/api/v1/nothing", "/missing.js"] {
        let response = get(&router, path).await;
        assert!(header(&response, "content-security-policy").contains("default-src 'none'"), "{path}");
        assert_eq!(header(&response, "x-content-type-options"), "nosniff", "{path}");
        assert_eq!(header(&response, "referrer-policy"), "no-referrer", "{path}");
        assert!(header(&response, "permissions-policy").contains("camera=()"), "{path}");
        assert_eq!(header(&response, "cross-origin-opener-policy"), "same-origin", "{path}");
        assert_eq!(header(&response, "cross-origin-resource-policy"), "same-origin", "{path}");
        assert_eq!(header(&response, "strict-transport-security"), "", "{path}");
    }
}
