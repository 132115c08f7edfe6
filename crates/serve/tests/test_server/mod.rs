//! A server for one case, and clients that speak HTTP by hand.

use axum::{
    Router,
    extract::ConnectInfo,
    routing::{get, post},
};
use serve::{Limits, run};
use std::{
    net::SocketAddr,
    time::{Duration, Instant},
};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
    sync::oneshot,
    task::JoinHandle,
};

/// Nothing here should take so long.
pub const FOR_EVER: Duration = Duration::from_secs(30);

// Not every test binary shuts it down.
#[allow(dead_code)]
pub struct TestServer {
    pub address: SocketAddr,
    pub stop: Option<oneshot::Sender<()>>,
    pub running: JoinHandle<()>,
}

/// Patient with everything: each case makes one limit short.
pub fn patient() -> Limits {
    let limits = Limits::default();
    Limits { first: FOR_EVER, head: FOR_EVER, idle: FOR_EVER, request: FOR_EVER, patience: FOR_EVER, ..limits }
}

pub async fn serve(limits: Limits) -> TestServer {
    let slow = || async {
        tokio::time::sleep(Duration::from_millis(300)).await;
        "slow"
    };
    let slowly_said = |body: String| async {
        tokio::time::sleep(Duration::from_millis(600)).await;
        body
    };
    let big = || async { "x".repeat(32 << 20) };
    let router = Router::new()
        .route("/", get(|ConnectInfo(peer): ConnectInfo<SocketAddr>| async move { peer.ip().to_string() }))
        .route("/said", post(|body: String| async move { body }))
        .route("/slowly-said", post(slowly_said))
        .route("/slow", get(slow))
        .route("/big", get(big))
        .route("/never", get(std::future::pending::<()>));
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let (stop, stopped) = oneshot::channel::<()>();
    let running = tokio::spawn(run(listener, router, limits, async move { _ = stopped.await }));
    TestServer { address, stop: Some(stop), running }
}

impl TestServer {
    pub async fn connect(&self) -> TcpStream {
        TcpStream::connect(self.address).await.unwrap()
    }
    /// Connections that have had an answer each, and wait for their next request.
    pub async fn kept(&self, count: usize) -> Vec<TcpStream> {
        let mut kept = Vec::new();
        for _ in 0..count {
            let mut stream = self.connect().await;
            assert!(ask(&mut stream, "/").await.is_some());
            kept.push(stream);
        }
        kept
    }
    /// A whole request on a connection of its own.
    pub async fn answers(&self) -> bool {
        let mut stream = self.connect().await;
        ask(&mut stream, "/").await.is_some_and(|answer| answer.ends_with("127.0.0.1"))
    }
}

pub async fn ask(stream: &mut TcpStream, path: &str) -> Option<String> {
    stream.write_all(format!("GET {path} HTTP/1.1\r\nhost: localhost\r\n\r\n").as_bytes()).await.ok()?;
    let mut bytes = vec![0; 4096];
    let read = tokio::time::timeout(FOR_EVER, stream.read(&mut bytes)).await.ok()?.ok().filter(|read| *read > 0)?;
    Some(String::from_utf8_lossy(&bytes[..read]).into_owned())
}

/// After how long the server closed it; whatever it says before that is not looked at.
pub async fn closed(stream: &mut TcpStream) -> Duration {
    let began = Instant::now();
    let mut bytes = Vec::new();
    _ = tokio::time::timeout(FOR_EVER, stream.read_to_end(&mut bytes)).await.expect("the server closes it");
    began.elapsed()
}
