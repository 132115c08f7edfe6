//! Every call that the OpenAPI document says changes something is refused to pages of other sites, and to callers that
//! say no `Origin`; a method nobody handles is refused for what it is.
#![allow(clippy::unwrap_used, clippy::expect_used)]

use axum::{
    Router,
    body::Body,
    http::{Request, StatusCode},
};
use serde_json::Value;
use server::{
    billing::processor::Sandbox,
    clock::Clock,
    http::service,
    profile::Profile,
    settings::{Secrets, Settings},
    state::State,
    store::Store,
};
use std::{sync::Arc, time::Duration};
use tempfile::TempDir;
use tower::ServiceExt;

#[allow(dead_code)]
#[path = "test_app/now.rs"]
mod now;

async fn server(arguments: &[&str]) -> (TempDir, Router) {
    let folder = tempfile::tempdir().unwrap();
    let store = Store::open(&format!("sqlite://{}/writes.db", folder.path().display())).await.unwrap();
    let profile = ["--profile", concat!(env!("CARGO_MANIFEST_DIR"), "/profile.toml")];
    let arguments = arguments.iter().chain(&profile).map(|argument| (*argument).to_owned());
    let (long, another) =
        ("9f86d081884c7d659a2feaa0c55ad015".to_owned(), "c2a6d0818f4c7d659a2feaa0c55b8e11".to_owned());
    let secrets = Secrets { pepper: another, processor: long, ..Secrets::default() };
    let settings = Settings::parse(arguments, secrets).unwrap();
    let processor = Sandbox::new("http://127.0.0.1:1".into(), "secret".into(), Duration::from_secs(1)).unwrap();
    let state =
        State::new(settings, Profile::demo().unwrap(), store, Clock::starting_at(now::now()), Arc::new(processor));
    let router = service(&state).unwrap();
    (folder, router)
}

async fn status(router: &Router, method: &str, path: &str, origin: Option<&str>) -> StatusCode {
    let request = Request::builder().method(method).uri(path);
    let request = origin.into_iter().fold(request, |request, origin| request.header("origin", origin));
    router.clone().oneshot(request.body(Body::empty()).unwrap()).await.unwrap().status()
}

#[tokio::test]
async fn no_documented_write_is_taken_from_another_origin() {
    let (_folder, router) = server(&[]).await;
    let once = Request::delete("/api/v1/session").header("origin", "http://localhost:8080");
    for second in ["http://localhost:8080", "http://evil.example"] {
        let request = Request::delete("/api/v1/session").header("origin", "http://localhost:8080");
        let request = request.header("origin", second).body(Body::empty()).unwrap();
        let refused = router.clone().oneshot(request).await.unwrap().status();
        assert_eq!(refused, StatusCode::FORBIDDEN, "two origins, {second} the second");
    }
    let once = router.clone().oneshot(once.body(Body::empty()).unwrap()).await.unwrap().status();
    assert_eq!(once, StatusCode::NO_CONTENT);
    let document: Value =
        serde_json::from_str(&server::http::openapi::text(Profile::demo().unwrap().regions())).unwrap();
    let mut writes = 0;
    for (path, item) in document["paths"].as_object().unwrap() {
        let path = format!("/api/v1{}", path.replace("{id}", "x"));
        for method in item.as_object().unwrap().keys().filter(|method| *method != "get") {
            let method = method.to_uppercase();
            for origin in [None, Some("null"), Some("http://evil.example"), Some("http://localhost:8080.evil.example")]
            {
                let refused = status(&router, &method, &path, origin).await;
                assert_eq!(refused, StatusCode::FORBIDDEN, "{method} {path} from {origin:?}");
            }
            writes += 1;
        }
    }
    assert!(writes >= 7);
}

#[tokio::test]
async fn a_method_nobody_handles_is_refused_for_what_it_is() {
    let (_folder, router) = server(&[]).await;
    for (method, path) in [("PUT", "/api/v1/portal"), ("TRACE", "/api/v1/session"), ("POST", "/api/v1/bills")] {
        assert_eq!(status(&router, method, path, None).await, StatusCode::METHOD_NOT_ALLOWED, "{method} {path}");
    }
}

#[tokio::test]
async fn nothing_of_the_demo_is_there_without_the_flag() {
    let (_folder, router) = server(&["--dist", "/nonexistent/dist"]).await;
    for path in ["/demo/members", "/demo/mail", "/demo/clock"] {
        assert_eq!(status(&router, "GET", path, None).await, StatusCode::NOT_FOUND, "{path}");
    }
    assert_eq!(status(&router, "POST", "/demo/clock", None).await, StatusCode::NOT_FOUND);
    let (_folder, router) = server(&["--demo"]).await;
    for path in ["/demo/members", "/demo/mail", "/demo/clock"] {
        assert_eq!(status(&router, "GET", path, None).await, StatusCode::OK, "{path}");
    }
    let foreign = status(&router, "POST", "/demo/clock", Some("http://evil.example")).await;
    assert_eq!(foreign, StatusCode::FORBIDDEN);
}
