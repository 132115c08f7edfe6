//! Which address gets the page, which a file, which leads elsewhere, and which nothing.

use crate::{ask, bytes, dist, get, header};
use axum::http::StatusCode;
use server::http::{assets, page::Written};
use std::{fs, path::PathBuf};

#[tokio::test]
async fn every_address_of_the_app_gets_the_page() {
    let (_folder, dist) = dist();
    let router = assets::router(dist, Written::new(), "");
    for path in ["/", "/pay", "/pay/", "/pay/payments/abc-123", "/account/security", "/help?x=a.b"] {
        let response = get(&router, path).await;
        assert_eq!(response.status(), StatusCode::OK, "{path}");
        assert_eq!(header(&response, "content-type"), "text/html; charset=utf-8", "{path}");
    }
}

/// What asks by the status is not told that there is a page; who looks is shown one of this server's.
#[tokio::test]
async fn an_address_that_leads_nowhere_is_not_found_and_answered_with_the_page_that_says_so() {
    let (_folder, dist) = dist();
    let page = fs::read(dist.join("index.html")).unwrap();
    let router = assets::router(dist, Written::new(), "");
    for path in ["/nowhere", "/nowhere.html", "/pay/amount/more", "/pay/payments", "//pay", "/account/history/7"] {
        let response = get(&router, path).await;
        let said = (header(&response, "content-type"), header(&response, "cache-control"), header(&response, "etag"));
        assert_eq!(said, ("text/html; charset=utf-8", "no-store", ""), "{path}");
        assert_eq!(response.status(), StatusCode::NOT_FOUND, "{path}");
        assert_eq!(bytes(response).await, page, "{path}");
    }
    for path in ["/missing.js", "/kppay-0000000000000000.wasm"] {
        let script = ask(&router, "GET", path, &[("accept", "*/*")]).await;
        assert_eq!(script.status(), StatusCode::NOT_FOUND, "{path}");
        assert!(bytes(script).await.is_empty(), "{path}");
    }
}

#[tokio::test]
async fn an_address_that_was_copied_with_the_end_of_its_sentence_gets_the_page() {
    let (_folder, dist) = dist();
    let router = assets::router(dist, Written::new(), "");
    for path in
        ["/help.", "/pay.", "/account/security.", "/help...", "/help.,", "/help.)", "/help.%20", "/help.\u{201d}"]
    {
        let path = path.replace('\u{201d}', "%E2%80%9D");
        // The page says that there is none at this address, and how to go on.
        let response = get(&router, &path).await;
        assert_eq!(response.status(), StatusCode::NOT_FOUND, "{path}");
        assert_eq!(header(&response, "content-type"), "text/html; charset=utf-8", "{path}");
    }
}

#[tokio::test]
async fn the_known_address_for_changing_a_password_leads_to_its_page() {
    let (_folder, dist) = dist();
    let router = assets::router(dist.clone(), Written::new(), "");
    for method in ["GET", "HEAD"] {
        let sent = ask(&router, method, "/.well-known/change-password", &[("accept", "text/html")]).await;
        assert_eq!((sent.status(), header(&sent, "location")), (StatusCode::FOUND, "/account/security"), "{method}");
        assert_eq!(header(&sent, "cache-control"), "no-cache", "{method}");
        assert!(bytes(sent).await.is_empty(), "{method}");
    }
    // Anyone who asks for a program gets it, too: password managers look for it without saying what they read.
    let bare = ask(&router, "GET", "/.well-known/change-password", &[]).await;
    assert_eq!(bare.status(), StatusCode::FOUND);
    // Where the pages are below a path of a host.
    let below = assets::router(dist, Written::new(), "/billing");
    let sent = get(&below, "/.well-known/change-password").await;
    assert_eq!(header(&sent, "location"), "/billing/account/security");
}

#[tokio::test]
async fn a_file_that_the_server_wrote_is_served_at_a_known_address() {
    let (_folder, dist) = dist();
    fs::create_dir(dist.join(".well-known")).unwrap();
    fs::write(dist.join(".well-known/of-the-build.txt"), "of nobody's").unwrap();
    let path = "/.well-known/security.txt";
    let router = assets::router(dist, Written::from([(path.to_owned(), b"Contact: ".to_vec())]), "");
    let file = get(&router, path).await;
    assert_eq!((file.status(), header(&file, "content-type")), (StatusCode::OK, "text/plain; charset=utf-8"));
    assert_eq!(bytes(file).await, b"Contact: ");
    assert_eq!(get(&router, "/.well-known/of-the-build.txt").await.status(), StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn a_known_address_that_is_not_there_is_not_found() {
    let (_folder, dist) = dist();
    let router = assets::router(dist, Written::new(), "");
    for path in [
        "/.well-known",
        "/.well-known/",
        "/.well-known/resource-that-should-not-exist-whose-status-code-should-not-be-200",
        "/.well-known/change-password/",
        "/.well-known/security.txt",
    ] {
        assert_eq!(get(&router, path).await.status(), StatusCode::NOT_FOUND, "{path}");
    }
}

#[tokio::test]
async fn what_is_not_a_page_is_not_answered_with_one() {
    let (_folder, dist) = dist();
    let router = assets::router(dist, Written::new(), "");
    for path in ["/missing.js", "/pay/missing.css", "/api", "/api/v1/nothing", "/api/v2/bills", "/demo/members"] {
        assert_eq!(get(&router, path).await.status(), StatusCode::NOT_FOUND, "{path}");
    }
    let api = get(&router, "/api/v1/nothing").await;
    assert_eq!(header(&api, "content-type"), "application/problem+json");
    let image = ask(&router, "GET", "/pay", &[("accept", "image/png")]).await;
    assert_eq!(image.status(), StatusCode::NOT_FOUND);
    let post = ask(&router, "POST", "/pay", &[]).await;
    assert_eq!(post.status(), StatusCode::METHOD_NOT_ALLOWED);
    assert_eq!(header(&post, "allow"), "GET, HEAD");
}

#[tokio::test]
async fn no_path_leads_out_of_the_folder() {
    let (_folder, dist) = dist();
    let router = assets::router(dist, Written::new(), "");
    for path in [
        "/../secret.txt",
        "/%2e%2e/secret.txt",
        "/..%2fsecret.txt",
        "/icons/../../secret.txt",
        "//secret.txt",
        "/.hidden",
        "/icons/..%5c..%5csecret.txt",
    ] {
        let response = get(&router, path).await;
        assert_eq!(response.status(), StatusCode::NOT_FOUND, "{path}");
        assert!(!String::from_utf8_lossy(&bytes(response).await).contains("not for you"), "{path}");
    }
}

#[tokio::test]
async fn a_folder_that_is_not_there_leaves_a_server_that_says_so() {
    let router = assets::router(PathBuf::from("/nonexistent/dist"), Written::new(), "");
    let response = get(&router, "/pay").await;
    assert_eq!(response.status(), StatusCode::NOT_FOUND);
    assert!(String::from_utf8(bytes(response).await).unwrap().contains("cargo xtask start"));
}

#[tokio::test]
async fn whoever_asks_by_number_is_sent_to_the_name_of_this_machine_and_nobody_elsewhere() {
    let (_folder, dist) = dist();
    let router = assets::by_name(assets::router(dist.clone(), Written::new(), ""), "http://localhost:8080");
    for host in ["127.0.0.1:8080", "[::1]:8080"] {
        let sent = ask(&router, "GET", "/pay?then=/account", &[("host", host), ("accept", "text/html")]).await;
        assert_eq!(
            (sent.status(), header(&sent, "location")),
            (StatusCode::TEMPORARY_REDIRECT, "http://localhost:8080/pay?then=/account")
        );
    }
    let crafted = ask(&router, "GET", "//evil.example/", &[("host", "127.0.0.1:8080")]).await;
    assert_eq!(header(&crafted, "location"), "http://localhost:8080//evil.example/");
    for host in ["localhost:8080", "127.0.0.1:8081", "evil.example:8080", "127.0.0.1.evil.example:8080", ""] {
        let page = ask(&router, "GET", "/", &[("host", host), ("accept", "text/html")]).await;
        assert_eq!(page.status(), StatusCode::OK, "{host}");
    }
    let deployed = assets::by_name(assets::router(dist, Written::new(), ""), "https://pay.example.org");
    assert_eq!(ask(&deployed, "GET", "/", &[("host", "127.0.0.1")]).await.status(), StatusCode::OK);
}
