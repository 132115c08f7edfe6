//! Clients that stand still in the middle, over real sockets: who keeps its place while there is no room, and for how
//! long.
#![allow(clippy::unwrap_used, clippy::expect_used)]

mod test_server;

use serve::Limits;
use std::time::{Duration, Instant};
use test_server::{FOR_EVER, TestServer, ask, closed, patient, serve};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
};

/// Longer than what began a moment ago is left alone.
const A_MOMENT: Duration = Duration::from_millis(1_100);

async fn asks(served: &TestServer, head: &str) -> TcpStream {
    let mut stream = served.connect().await;
    stream.write_all(format!("{head}\r\nhost: localhost\r\n\r\n").as_bytes()).await.unwrap();
    stream
}

#[tokio::test]
async fn a_connection_that_has_just_come_has_time_to_ask() {
    let served = serve(Limits { connections_by_address: Some(3), ..patient() }).await;
    let mut kept = served.kept(3).await;
    tokio::time::sleep(A_MOMENT).await;
    let mut fresh = served.connect().await;
    assert!(served.answers().await);
    assert!(ask(&mut fresh, "/").await.is_some(), "it came a moment ago");
    closed(&mut kept[0]).await;
    closed(&mut kept[1]).await;
    // Those that had their time and did not use it go before any other.
    let mut silent = served.connect().await;
    tokio::time::sleep(A_MOMENT).await;
    assert!(served.answers().await);
    closed(&mut silent).await;
    assert!(ask(&mut fresh, "/").await.is_some());
}

#[tokio::test]
async fn an_answer_that_stalls_for_a_moment_comes_whole_and_one_that_stalls_for_long_gives_up_its_place() {
    let stall = Duration::from_secs(3);
    let served = serve(Limits { connections_by_address: Some(2), stall, ..patient() }).await;
    let _never = asks(&served, "GET /never HTTP/1.1").await;
    let mut slow = asks(&served, "GET /big HTTP/1.1\r\nconnection: close").await;
    let mut some = vec![0; 1 << 20];
    let taken = slow.read_exact(&mut some).await.unwrap();
    let began = Instant::now();
    tokio::time::sleep(A_MOMENT).await;
    let kept = !served.answers().await;
    assert!(kept || began.elapsed() > stall, "a phone in a lift loses nothing");
    let mut rest = Vec::new();
    let read = tokio::time::timeout(FOR_EVER, slow.read_to_end(&mut rest)).await.expect("it ends");
    assert!(read.is_ok() && taken + rest.len() > 32 << 20, "{} bytes", taken + rest.len());
    let mut stuck = asks(&served, "GET /big HTTP/1.1").await;
    assert!(stuck.read_exact(&mut some).await.is_ok());
    tokio::time::sleep(stall + A_MOMENT).await;
    assert!(served.answers().await);
    let mut rest = Vec::new();
    _ = tokio::time::timeout(FOR_EVER, stuck.read_to_end(&mut rest)).await.expect("the server closes it");
    assert!(taken + rest.len() < 32 << 20, "{} bytes", taken + rest.len());
}

#[tokio::test]
async fn a_body_that_does_not_come_gives_up_its_place_and_a_request_that_runs_does_not() {
    let served = serve(Limits { connections_by_address: Some(3), ..patient() }).await;
    let _never = asks(&served, "GET /never HTTP/1.1").await;
    let mut held = Vec::new();
    for _ in 0..2 {
        let mut stream = asks(&served, "POST /said HTTP/1.1\r\ncontent-length: 5").await;
        stream.write_all(b"who").await.unwrap();
        held.push(stream);
    }
    tokio::time::sleep(A_MOMENT).await;
    let mut newcomer = served.connect().await;
    assert!(ask(&mut newcomer, "/").await.is_some());
    closed(&mut held[0]).await;
    held[1].write_all(b"le").await.unwrap();
    let mut said = vec![0; 4096];
    let read = tokio::time::timeout(FOR_EVER, held[1].read(&mut said)).await.unwrap().unwrap();
    assert!(said[..read].ends_with(b"whole"), "one gave up its place, and no other");
}

#[tokio::test]
async fn a_body_that_trickles_is_closed_in_time_and_what_comes_after_it_has_its_own() {
    let served = serve(Limits { body: Duration::from_millis(400), ..patient() }).await;
    let mut trickling = asks(&served, "POST /said HTTP/1.1\r\ncontent-length: 100000").await;
    let began = Instant::now();
    while trickling.write_all(b"x").await.is_ok() && began.elapsed() < FOR_EVER {
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    assert!(began.elapsed() < Duration::from_secs(10), "{:?}", began.elapsed());
    let mut late = asks(&served, "POST /slowly-said HTTP/1.1\r\ncontent-length: 5").await;
    tokio::time::sleep(Duration::from_millis(100)).await;
    late.write_all(b"whole").await.unwrap();
    let mut said = vec![0; 4096];
    let read = tokio::time::timeout(FOR_EVER, late.read(&mut said)).await.unwrap().unwrap();
    assert!(said[..read].ends_with(b"whole"), "a request has its own time");
}
