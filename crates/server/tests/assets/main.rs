//! The app's static files over HTTP: types, caching, compression, the page for every address of the app, and no way out
//! of the folder.
#![allow(clippy::unwrap_used)]

mod addresses;
mod compression;
mod headers;
mod start_page;

use axum::{
    Router,
    body::{Body, to_bytes},
    http::{Request, Response},
};
use std::{
    fs,
    io::Write,
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
