//! Slow, idle and too many connections over real sockets: each ends by itself, and others are served meanwhile. And
//! where a message ends.
#![allow(clippy::unwrap_used, clippy::expect_used)]

mod test_server;

use serve::Limits;
use std::time::{Duration, Instant};
use test_server::{FOR_EVER, TestServer, ask, closed, patient, serve};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
};

#[tokio::test]
async fn half_sent_heads_are_closed_in_time_and_others_are_served_meanwhile() {
    let served = serve(Limits { head: Duration::from_millis(400), ..patient() }).await;
    let mut held = Vec::new();
    for _ in 0..100 {
        let mut stream = served.connect().await;
        stream.write_all(b"GET / HTTP/1.1\r\nhost: localhost\r\n").await.unwrap();
        held.push(stream);
    }
    assert!(served.answers().await);
    // Byte after byte prolongs nothing.
    let mut dripping = served.connect().await;
    let began = Instant::now();
    while dripping.write_all(b"G").await.is_ok() && began.elapsed() < FOR_EVER {
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    assert!(began.elapsed() < Duration::from_secs(10), "{:?}", began.elapsed());
    for mut stream in held {
        closed(&mut stream).await;
    }
    assert!(served.answers().await);
}

#[tokio::test]
async fn a_connection_without_a_byte_and_one_between_two_requests_are_closed_when_idle() {
    let served = serve(Limits { idle: Duration::from_millis(300), ..patient() }).await;
    let mut silent = served.connect().await;
    let mut kept = served.connect().await;
    assert!(ask(&mut kept, "/").await.is_some());
    tokio::time::sleep(Duration::from_millis(100)).await;
    assert!(ask(&mut kept, "/").await.is_some(), "a pause is no end");
    assert!(ask(&mut kept, "/slow").await.is_some(), "waiting for an answer is not idle");
    closed(&mut silent).await;
    closed(&mut kept).await;
    assert!(served.answers().await);
}

#[tokio::test]
async fn a_connection_that_waits_for_its_next_request_is_no_slow_head() {
    let served = serve(Limits { head: Duration::from_millis(100), ..patient() }).await;
    let mut kept = served.connect().await;
    for _ in 0..3 {
        assert!(ask(&mut kept, "/").await.is_some());
        tokio::time::sleep(Duration::from_millis(300)).await;
    }
}

#[tokio::test]
async fn an_answer_that_nobody_takes_and_one_that_never_comes_end() {
    let limits = Limits { idle: Duration::from_millis(300), request: Duration::from_millis(500), ..patient() };
    let served = serve(limits).await;
    let mut never = served.connect().await;
    never.write_all(b"GET /never HTTP/1.1\r\nhost: localhost\r\n\r\n").await.unwrap();
    let mut not_read = served.connect().await;
    not_read.write_all(b"GET /big HTTP/1.1\r\nhost: localhost\r\n\r\n").await.unwrap();
    closed(&mut never).await;
    // What arrived before is in the kernel; the rest never comes.
    tokio::time::sleep(Duration::from_millis(600)).await;
    let mut taken = Vec::new();
    _ = tokio::time::timeout(FOR_EVER, not_read.read_to_end(&mut taken)).await.expect("the server closes it");
    assert!(taken.len() < 32 << 20, "{}", taken.len());
}

#[tokio::test]
async fn an_answer_that_is_taken_slowly_comes_whole() {
    let served = serve(Limits { idle: Duration::from_millis(500), ..patient() }).await;
    let mut slow = served.connect().await;
    slow.write_all(b"GET /big HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n").await.unwrap();
    let mut taken = 0;
    let mut some = vec![0; 1 << 20];
    for _ in 0..20 {
        taken += slow.read_exact(&mut some).await.unwrap();
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    let mut rest = Vec::new();
    _ = tokio::time::timeout(FOR_EVER, slow.read_to_end(&mut rest)).await.expect("it ends");
    assert!(taken + rest.len() > 32 << 20, "{taken} and {}", rest.len());
}

#[tokio::test]
async fn one_address_has_so_many_connections_and_others_have_theirs() {
    let served = serve(Limits { connections_by_address: Some(3), ..patient() }).await;
    let mut ours = Vec::new();
    for _ in 0..3 {
        let mut stream = served.connect().await;
        stream.write_all(b"GET /never HTTP/1.1\r\nhost: localhost\r\n\r\n").await.unwrap();
        ours.push(stream);
    }
    // Once it has read what they ask.
    tokio::time::sleep(Duration::from_millis(200)).await;
    let mut one_more = served.connect().await;
    closed(&mut one_more).await;
    assert_eq!(ask(&mut one_more, "/").await, None);
    let elsewhere = tokio::net::TcpSocket::new_v4().unwrap();
    elsewhere.bind("127.0.0.2:0".parse().unwrap()).unwrap();
    let mut elsewhere = elsewhere.connect(served.address).await.unwrap();
    assert!(ask(&mut elsewhere, "/").await.is_some_and(|answer| answer.ends_with("127.0.0.2")));
    drop(ours.pop());
    // Its place is free as soon as the server has seen it go.
    let began = Instant::now();
    while !served.answers().await {
        assert!(began.elapsed() < FOR_EVER);
    }
}

#[tokio::test]
async fn connections_of_one_address_that_do_nothing_keep_nobody_behind_it_out() {
    let served = serve(Limits { connections_by_address: Some(3), ..patient() }).await;
    let mut kept = served.kept(3).await;
    // Longer than an answer may be on its way.
    tokio::time::sleep(Duration::from_millis(1_100)).await;
    let mut newcomer = served.connect().await;
    assert!(ask(&mut newcomer, "/").await.is_some());
    // The one that did nothing for longest made room, and nobody else.
    closed(&mut kept.remove(0)).await;
    for stream in &mut kept {
        assert!(ask(stream, "/").await.is_some());
    }
    // Nor do those that never ask.
    tokio::time::sleep(Duration::from_millis(1_100)).await;
    let mut held = Vec::new();
    for _ in 0..20 {
        held.push(served.connect().await);
    }
    assert!(served.answers().await);
}

#[tokio::test]
async fn a_connection_that_sends_nothing_is_closed_before_one_that_waits_for_its_next_request() {
    let served = serve(Limits { first: Duration::from_secs(1), ..patient() }).await;
    let (mut silent, mut kept) = (served.connect().await, served.connect().await);
    assert!(ask(&mut kept, "/").await.is_some());
    closed(&mut silent).await;
    tokio::time::sleep(Duration::from_millis(500)).await;
    assert!(ask(&mut kept, "/").await.is_some());
}

#[tokio::test]
async fn connections_that_do_nothing_keep_nobody_out() {
    let served = serve(Limits { connections: 20, ..patient() }).await;
    let mut kept = served.connect().await;
    assert!(ask(&mut kept, "/").await.is_some());
    let mut held = Vec::new();
    for _ in 0..19 {
        held.push(served.connect().await);
    }
    // Longer than one that has just come has time to ask.
    tokio::time::sleep(Duration::from_millis(1_100)).await;
    for _ in 0..5 {
        let began = Instant::now();
        assert!(served.answers().await);
        assert!(began.elapsed() < Duration::from_secs(5), "{:?}", began.elapsed());
    }
    assert!(ask(&mut kept, "/").await.is_some(), "whoever asked before is closed after those who never did");
    for _ in 0..60 {
        held.push(served.connect().await);
    }
    assert!(served.answers().await);
    // Nor do those that begin to ask and never end.
    for _ in 0..60 {
        let mut stream = served.connect().await;
        _ = stream.write_all(b"GET / HTTP/1.1\r\n").await;
        held.push(stream);
    }
    assert!(served.answers().await);
}

#[tokio::test]
async fn one_connection_too_many_waits_while_all_others_are_answered() {
    let served = serve(Limits { connections: 2, ..patient() }).await;
    let mut busy = [served.connect().await, served.connect().await];
    let began = Instant::now();
    for stream in &mut busy {
        stream.write_all(b"GET /slow HTTP/1.1\r\nhost: localhost\r\n\r\n").await.unwrap();
    }
    tokio::time::sleep(Duration::from_millis(100)).await;
    assert!(served.answers().await);
    assert!(began.elapsed() >= Duration::from_millis(300), "served beside two others: {:?}", began.elapsed());
    for stream in &mut busy {
        let mut bytes = vec![0; 4096];
        let read = tokio::time::timeout(FOR_EVER, stream.read(&mut bytes)).await.unwrap().unwrap();
        assert!(bytes[..read].ends_with(b"slow"), "a request that runs is not ended");
    }
}

#[tokio::test]
async fn a_shutdown_lets_what_runs_end_and_leaves_the_slow() {
    let mut served = serve(Limits { patience: Duration::from_millis(900), ..patient() }).await;
    let mut idle = served.connect().await;
    let mut slow = served.connect().await;
    let mut half = served.connect().await;
    assert!(ask(&mut idle, "/").await.is_some());
    half.write_all(b"GET / HTTP/1.1\r\n").await.unwrap();
    let running = tokio::spawn(async move { ask(&mut slow, "/slow").await });
    tokio::time::sleep(Duration::from_millis(100)).await;
    let began = Instant::now();
    _ = served.stop.take().unwrap().send(());
    closed(&mut idle).await;
    assert!(!served.running.is_finished(), "what runs is waited for");
    assert!(running.await.unwrap().is_some_and(|answer| answer.ends_with("slow")));
    served.running.await.unwrap();
    assert!(began.elapsed() < Duration::from_secs(10), "{:?}", began.elapsed());
    assert!(TcpStream::connect(served.address).await.is_err());
}

#[tokio::test]
async fn a_head_larger_than_the_buffer_is_refused() {
    let served = serve(patient()).await;
    let mut stream = served.connect().await;
    let head = format!("GET / HTTP/1.1\r\nhost: localhost\r\nx: {}\r\n\r\n", "x".repeat(200 * 1024));
    _ = stream.write_all(head.as_bytes()).await;
    let mut said = Vec::new();
    _ = tokio::time::timeout(FOR_EVER, stream.read_to_end(&mut said)).await.unwrap();
    assert!(said.is_empty() || said.starts_with(b"HTTP/1.1 431"), "{}", String::from_utf8_lossy(&said));
    assert!(served.answers().await);
}

/// Everything the server says to these bytes until it closes the connection.
async fn says_to(served: &TestServer, bytes: &str) -> String {
    let mut stream = served.connect().await;
    stream.write_all(bytes.as_bytes()).await.unwrap();
    let mut said = Vec::new();
    _ = tokio::time::timeout(FOR_EVER, stream.read_to_end(&mut said)).await.expect("the server closes it");
    String::from_utf8_lossy(&said).into_owned()
}

#[tokio::test]
async fn where_a_message_ends_is_never_in_doubt() {
    let served = serve(patient()).await;
    let post = |version: &str, lengths: &str, body: &str| {
        format!("POST /said HTTP/{version}\r\nhost: localhost\r\nconnection: close\r\n{lengths}\r\n\r\n{body}")
    };
    let chunks = "5\r\nwhole\r\n0\r\n\r\n";
    // Chunks are what counts, and nothing that follows is taken for a request.
    let both = "content-length: 3\r\ntransfer-encoding: chunked";
    let said =
        says_to(&served, &post("1.1", both, &format!("{chunks}GET / HTTP/1.1\r\nhost: localhost\r\n\r\n"))).await;
    assert!(said.starts_with("HTTP/1.1 200") && said.ends_with("whole"), "{said}");
    assert_eq!(said.matches("HTTP/1.").count(), 1, "{said}");
    for (version, lengths) in [
        ("1.1", "content-length: 3\r\ncontent-length: 5"),
        ("1.1", "content-length: +5"),
        ("1.1", "content-length: five"),
        ("1.1", "transfer-encoding: chunked, identity"),
        ("1.0", "transfer-encoding: chunked"),
    ] {
        let said = says_to(&served, &post(version, lengths, chunks)).await;
        assert!(said.contains(" 400 Bad Request\r\n"), "{version} {lengths}: {said}");
        assert_eq!(said.matches("HTTP/1.").count(), 1, "{said}");
    }
    assert!(served.answers().await);
}
