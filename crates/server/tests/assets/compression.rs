//! Compressed forms of files: those of the build, and those that the server makes of what it writes.

use crate::{SCRIPT, ask, bytes, dist, get, header, lay, until_encoded};
use axum::http::StatusCode;
use server::http::{assets, page::Written};
use std::{fs, io::Read};

#[tokio::test]
async fn a_compressed_form_beside_a_file_is_sent_at_once_and_is_no_file_of_its_own() {
    let (_folder, dist) = dist();
    let packed = lay(&dist, &format!("{SCRIPT}.br"), &fs::read(dist.join(SCRIPT)).unwrap());
    fs::write(dist.join("index.html.br"), &packed).unwrap();
    let router = assets::router(dist, Written::from([("/index.html".into(), b"owed ".repeat(99))]), "");
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
    let router = assets::router(dist, Written::new(), "");
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
    let router = assets::router(dist, Written::from([("/index.html".into(), b"owed ".repeat(99))]), "");
    until_encoded(&router, "/", "br", "br").await;
    let script = ask(&router, "GET", &format!("/{SCRIPT}"), &[("accept-encoding", "gzip, br")]).await;
    assert_eq!(header(&script, "content-encoding"), "");
    assert_eq!(bytes(script).await, plain);
}
