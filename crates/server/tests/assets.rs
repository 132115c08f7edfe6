//! The app's static files over HTTP: types, caching, compression, the page for every address of the app, and no way out
//! of the folder.
#![allow(clippy::unwrap_used)]

use axum::{
    Router,
    body::{Body, to_bytes},
    http::{Request, Response, StatusCode},
};
use contract::portal::{Capture, PageFacts, Portal};
use server::{
    http::{
        assets,
        headers::Security,
        page::{self, Written},
    },
    profile::Profile,
};
use std::{
    fs,
    io::{Read, Write},
    path::{Path, PathBuf},
};
use tempfile::TempDir;
use tower::ServiceExt;

const SCRIPT: &str = "kppay-0123456789abcdef.js";
const WASM: &str = "kppay-0123456789abcdef_bg.wasm";

fn dist() -> (TempDir, PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let dist = folder.path().join("dist");
    fs::create_dir_all(dist.join("icons")).unwrap();
    fs::create_dir_all(dist.join("v1.2")).unwrap();
    fs::write(folder.path().join("secret.txt"), "not for you").unwrap();
    fs::write(dist.join("index.html"), "<!doctype html><title>kppay</title>".repeat(40)).unwrap();
    fs::write(dist.join(SCRIPT), "export const owed = 64.10;".repeat(100)).unwrap();
    fs::write(dist.join("v1.2").join(SCRIPT), "export const paid = true;").unwrap();
    fs::write(dist.join(WASM), b"\0asm\x01\0\0\0".repeat(200)).unwrap();
    fs::write(dist.join("boot.js"), "boot()").unwrap();
    fs::write(dist.join("icons/mark.svg"), "<svg xmlns='http://www.w3.org/2000/svg'/>").unwrap();
    fs::write(dist.join(".hidden"), "hidden").unwrap();
    (folder, dist)
}

/// A file's compressed form, as the build lays it beside the file.
fn lay(dist: &Path, name: &str, of: &[u8]) -> Vec<u8> {
    let mut packed = Vec::new();
    match name.rsplit_once('.') {
        Some((_, "br")) => {
            // Not as the server would: so it can be told from its own.
            let params = brotli::enc::BrotliEncoderParams { quality: 1, ..Default::default() };
            brotli::BrotliCompress(&mut &of[..], &mut packed, &params).unwrap();
        }
        _ => {
            let mut encoder = flate2::write::GzEncoder::new(&mut packed, flate2::Compression::fast());
            encoder.write_all(of).unwrap();
            encoder.finish().unwrap();
        }
    }
    fs::write(dist.join(name), &packed).unwrap();
    packed
}

async fn ask(router: &Router, method: &str, path: &str, headers: &[(&str, &str)]) -> Response<Body> {
    let request = headers
        .iter()
        .fold(Request::builder().method(method).uri(path), |request, (name, value)| request.header(*name, *value));
    router.clone().oneshot(request.body(Body::empty()).unwrap()).await.unwrap()
}

async fn get(router: &Router, path: &str) -> Response<Body> {
    ask(router, "GET", path, &[("accept", "text/html,*/*;q=0.8")]).await
}

fn header<'a>(response: &'a Response<Body>, name: &str) -> &'a str {
    response.headers().get(name).map(|value| value.to_str().unwrap()).unwrap_or("")
}

async fn bytes(response: Response<Body>) -> Vec<u8> {
    to_bytes(response.into_body(), usize::MAX).await.unwrap().to_vec()
}

#[tokio::test]
async fn hashed_names_are_kept_for_ever_and_the_page_is_always_asked_for() {
    let (_folder, dist) = dist();
    let router = assets::router(dist, Written::new());
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
async fn every_address_of_the_app_gets_the_page() {
    let (_folder, dist) = dist();
    let router = assets::router(dist, Written::new());
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
    let router = assets::router(dist, Written::new());
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
    let router = assets::router(dist, Written::new());
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
    let router = assets::router(dist.clone(), Written::new());
    for method in ["GET", "HEAD"] {
        let sent = ask(&router, method, "/.well-known/change-password", &[("accept", "text/html")]).await;
        assert_eq!((sent.status(), header(&sent, "location")), (StatusCode::FOUND, "/account/security"), "{method}");
        assert_eq!(header(&sent, "cache-control"), "no-cache", "{method}");
        assert!(bytes(sent).await.is_empty(), "{method}");
    }
    // Anyone who asks for a program gets it, too: password managers look for it without saying what they read.
    let bare = ask(&router, "GET", "/.well-known/change-password", &[]).await;
    assert_eq!(bare.status(), StatusCode::FOUND);
}

#[tokio::test]
async fn a_known_address_that_is_not_there_is_not_found() {
    let (_folder, dist) = dist();
    let router = assets::router(dist, Written::new());
    for path in [
        "/.well-known",
        "/.well-known/",
        "/.well-known/resource-that-should-not-exist-whose-status-code-should-not-be-200",
        "/.well-known/change-password/",
        "/.well-known/security",
    ] {
        assert_eq!(get(&router, path).await.status(), StatusCode::NOT_FOUND, "{path}");
    }
}

#[tokio::test]
async fn what_is_not_a_page_is_not_answered_with_one() {
    let (_folder, dist) = dist();
    let router = assets::router(dist, Written::new());
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
    let router = assets::router(dist, Written::new());
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
async fn a_compressed_form_beside_a_file_is_sent_at_once_and_is_no_file_of_its_own() {
    let (_folder, dist) = dist();
    let packed = lay(&dist, &format!("{SCRIPT}.br"), &fs::read(dist.join(SCRIPT)).unwrap());
    fs::write(dist.join("index.html.br"), &packed).unwrap();
    let router = assets::router(dist, Written::from([("/index.html".into(), b"owed ".repeat(99))]));
    let script = ask(&router, "GET", &format!("/{SCRIPT}"), &[("accept-encoding", "gzip, br")]).await;
    assert_eq!(header(&script, "content-encoding"), "br");
    assert_eq!(bytes(script).await, packed);
    assert_eq!(get(&router, &format!("/{SCRIPT}.br")).await.status(), StatusCode::NOT_FOUND);
    let index = until_encoded(&router, "/", "br", "br").await;
    assert_ne!(bytes(index).await, packed, "the form of another file");
}

#[tokio::test]
async fn the_best_encoding_a_browser_takes_is_sent() {
    let (_folder, dist) = dist();
    let plain = fs::read(dist.join(SCRIPT)).unwrap();
    for form in ["br", "gz"] {
        lay(&dist, &format!("{SCRIPT}.{form}"), &plain);
    }
    let router = assets::router(dist, Written::new());
    let path = format!("/{SCRIPT}");
    let brotli = ask(&router, "GET", &path, &[("accept-encoding", "gzip, br")]).await;
    assert_eq!(header(&brotli, "content-encoding"), "br");
    assert_eq!(header(&brotli, "vary"), "Accept-Encoding");
    let mut unpacked = Vec::new();
    brotli::Decompressor::new(&bytes(brotli).await[..], 4096).read_to_end(&mut unpacked).unwrap();
    assert_eq!(unpacked, plain);
    let gzip = ask(&router, "GET", &path, &[("accept-encoding", "gzip")]).await;
    assert_eq!(header(&gzip, "content-encoding"), "gzip");
    let mut unpacked = Vec::new();
    flate2::read::GzDecoder::new(&bytes(gzip).await[..]).read_to_end(&mut unpacked).unwrap();
    assert_eq!(unpacked, plain);
    let identity = ask(&router, "GET", &path, &[("accept-encoding", "br;q=0")]).await;
    assert_eq!(header(&identity, "content-encoding"), "");
    assert_eq!(bytes(identity).await, plain);
}

#[tokio::test]
async fn what_the_build_did_not_compress_is_sent_as_it_is() {
    let (_folder, dist) = dist();
    let plain = fs::read(dist.join(SCRIPT)).unwrap();
    let router = assets::router(dist, Written::from([("/index.html".into(), b"owed ".repeat(99))]));
    until_encoded(&router, "/", "br", "br").await;
    let script = ask(&router, "GET", &format!("/{SCRIPT}"), &[("accept-encoding", "gzip, br")]).await;
    assert_eq!(header(&script, "content-encoding"), "");
    assert_eq!(bytes(script).await, plain);
}

/// The page is packed in the background: asks until the packed form is there.
async fn until_encoded(router: &Router, path: &str, accept: &str, token: &str) -> Response<Body> {
    loop {
        let response = ask(router, "GET", path, &[("accept-encoding", accept)]).await;
        if header(&response, "content-encoding") == token {
            return response;
        }
        tokio::task::yield_now().await;
    }
}

#[tokio::test]
async fn a_known_file_is_not_sent_again() {
    let (_folder, dist) = dist();
    let router = assets::router(dist, Written::new());
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
        tags.push(header(&get(&assets::router(dist.clone(), Written::new()), "/").await, "etag").to_owned());
    }
    assert_ne!(tags[0], tags[1]);
}

#[tokio::test]
async fn head_says_everything_but_the_content() {
    let (_folder, dist) = dist();
    let router = assets::router(dist, Written::new());
    let head = ask(&router, "HEAD", "/boot.js", &[]).await;
    assert_eq!(head.status(), StatusCode::OK);
    assert_eq!(header(&head, "content-length"), "6");
    assert!(bytes(head).await.is_empty());
}

#[tokio::test]
async fn a_folder_that_is_not_there_leaves_a_server_that_says_so() {
    let router = assets::router(PathBuf::from("/nonexistent/dist"), Written::new());
    let response = get(&router, "/pay").await;
    assert_eq!(response.status(), StatusCode::NOT_FOUND);
    assert!(String::from_utf8(bytes(response).await).unwrap().contains("cargo xtask start"));
}

#[tokio::test]
async fn every_answer_carries_the_security_headers() {
    let (_folder, dist) = dist();
    let security = Security { processor_origin: "http://127.0.0.1:8081".into(), ..Security::default() };
    let router = security.guard(assets::router(dist, Written::new()));
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

#[tokio::test]
async fn whoever_asks_by_number_is_sent_to_the_name_of_this_machine_and_nobody_elsewhere() {
    let (_folder, dist) = dist();
    let router = assets::by_name(assets::router(dist.clone(), Written::new()), "http://localhost:8080");
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
    let deployed = assets::by_name(assets::router(dist, Written::new()), "https://pay.example.org");
    assert_eq!(ask(&deployed, "GET", "/", &[("host", "127.0.0.1")]).await.status(), StatusCode::OK);
}

/// The page and the manifest of this repository, as Trunk lays them beside each other.
fn pages() -> (TempDir, PathBuf) {
    let (folder, dist) = dist();
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    fs::copy(root.join("index.html"), dist.join("index.html")).unwrap();
    fs::copy(root.join("public/manifest.webmanifest"), dist.join("manifest.webmanifest")).unwrap();
    (folder, dist)
}

/// Of a plan whose name would be markup if it were let.
fn plan(phone: &str) -> Portal {
    let demo = include_str!("../profile.toml");
    let plan = demo
        .replace("\"kppay\"", "'R&D \"Care\" <b>'")
        .replace("1-800-390-3507", phone)
        .replace("opens = 7", "opens = 8")
        .replace("closes = 17", "closes = 18");
    Profile::parse(&plan).unwrap().portal(Capture { url: String::new(), origin: String::new() }, false)
}

fn unescaped(text: &str) -> String {
    text.replace("&quot;", "\"").replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")
}

#[tokio::test]
async fn the_page_has_its_plan_s_phone_number_and_name_before_the_app_and_without_it() {
    let (_folder, dist) = pages();
    let portal = plan("1-415-555-0142");
    let router = assets::router(dist.clone(), page::written(&dist, &portal).unwrap());
    for path in ["/", "/index.html", "/pay"] {
        let page = String::from_utf8(bytes(get(&router, path).await).await).unwrap();
        let call = "<a href=\"tel:+14155550142\">1-415-555-0142</a>";
        let (no_script, rest) = page.split_once("</noscript>").unwrap();
        let (first_paint, unavailable) = rest.split_once("id=\"unavailable\"").unwrap();
        assert_eq!([no_script, first_paint, unavailable].map(|part| part.matches(call).count()), [2, 1, 2], "{path}");
        for part in [no_script, unavailable] {
            assert!(part.contains(&format!("{call}, weekdays 8 am to 6 pm, your region’s time.")), "{path}");
            assert!(
                part.contains(&format!("{call}, de lunes a viernes de 8 a. m. a 6 p. m., hora de su región.")),
                "{path}"
            );
        }
        assert!(page.contains("<title>R&amp;D &quot;Care&quot; &lt;b&gt;</title>"), "{path}");
        assert!(!page.contains("{{") && !page.contains("390-3507") && !page.contains("kppay<"), "{path}");
        let facts = page.split("data-facts=\"").nth(1).unwrap().split('"').next().unwrap();
        let facts: PageFacts = serde_json::from_str(&unescaped(facts)).unwrap();
        assert_eq!(facts, PageFacts { brand: portal.brand.clone(), contacts: portal.contacts.clone() }, "{path}");
    }
    let manifest = get(&router, "/manifest.webmanifest").await;
    assert_eq!(header(&manifest, "content-type"), "application/manifest+json");
    let manifest: serde_json::Value = serde_json::from_slice(&bytes(manifest).await).unwrap();
    assert_eq!(
        (&manifest["name"], &manifest["short_name"]),
        (&portal.brand.name.as_str().into(), &portal.brand.name.as_str().into())
    );
}

#[tokio::test]
async fn a_page_with_other_facts_is_another_page_in_every_encoding() {
    let (_folder, dist) = pages();
    // As the app was built: of the page that has no facts yet.
    lay(&dist, "index.html.br", &fs::read(dist.join("index.html")).unwrap());
    let mut tags = Vec::new();
    for phone in ["1-415-555-0142", "1-415-555-0143", "1-415-555-0142"] {
        let router = assets::router(dist.clone(), page::written(&dist, &plan(phone)).unwrap());
        let page = until_encoded(&router, "/pay", "br", "br").await;
        tags.push(header(&page, "etag").to_owned());
        let again = ask(&router, "GET", "/pay", &[("accept-encoding", "br"), ("if-none-match", &tags[0])]).await;
        assert_eq!(again.status() == StatusCode::NOT_MODIFIED, phone == "1-415-555-0142");
        let mut unpacked = String::new();
        brotli::Decompressor::new(&bytes(page).await[..], 4096).read_to_string(&mut unpacked).unwrap();
        assert!(unpacked.contains(phone), "{phone}");
    }
    assert_eq!((tags[0] == tags[2], tags[0] == tags[1]), (true, false));
}

#[test]
fn a_page_that_names_what_no_profile_has_is_served_by_nobody() {
    let (_folder, dist) = pages();
    fs::write(dist.join("index.html"), "<title>{{colour}}</title>").unwrap();
    let refused = page::written(&dist, &plan("1-415-555-0142")).unwrap_err().to_string();
    assert!(refused.contains("index.html") && refused.contains("{{colour}}"), "{refused}");
    fs::remove_file(dist.join("index.html")).unwrap();
    fs::remove_file(dist.join("manifest.webmanifest")).unwrap();
    assert!(page::written(&dist, &plan("1-415-555-0142")).unwrap().is_empty());
}
