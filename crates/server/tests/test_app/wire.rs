//! A TCP proxy to PostgreSQL, in which a connection stops for ever as soon as certain words pass: the query never
//! arrives, no response comes, and nothing is closed. Other connections, and new ones, work.

use std::sync::{
    Arc, Mutex,
    atomic::{AtomicUsize, Ordering},
};
use tokio::{
    io::{AsyncRead, AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
};

type Words = Arc<Mutex<Vec<&'static str>>>;

pub struct Wire {
    /// As the database's, by this line.
    pub url: String,
    words: Words,
    asked: Arc<AtomicUsize>,
}

/// The message with which a client of PostgreSQL waits for an answer.
const SYNC: &[u8] = b"S\0\0\0\x04";

impl Wire {
    pub async fn before(database_url: &str) -> Self {
        let (user, rest) = database_url.split_once('@').unwrap();
        let (host, rest) = rest.split_once('/').unwrap();
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("{user}@{}/{rest}", listener.local_addr().unwrap());
        let (words, asked, host) = (Words::default(), Arc::default(), host.to_owned());
        let wire = Self { url, words: words.clone(), asked: Arc::clone(&asked) };
        tokio::spawn(async move {
            while let Ok((client, _)) = listener.accept().await {
                let database = TcpStream::connect(&host).await.unwrap();
                tokio::spawn(join(client, database, words.clone(), Arc::clone(&asked)));
            }
        });
        wire
    }

    /// At each of these once: the first connection on which it is said.
    pub fn stall_at(&self, words: impl IntoIterator<Item = &'static str>) {
        self.words.lock().unwrap().extend(words);
    }

    /// What was not said yet.
    pub fn waits_for(&self) -> Vec<&'static str> {
        self.words.lock().unwrap().clone()
    }

    /// How many answers were waited for.
    pub fn asked(&self) -> usize {
        self.asked.load(Ordering::SeqCst)
    }
}

async fn join(client: TcpStream, database: TcpStream, words: Words, asked: Arc<AtomicUsize>) {
    let (mut asks, mut hears) = client.into_split();
    let (mut answers, mut takes) = database.into_split();
    let back = tokio::spawn(async move { tokio::io::copy(&mut answers, &mut hears).await });
    let mut bytes = vec![0; 64 * 1024];
    while let Ok(read @ 1..) = asks.read(&mut bytes).await {
        if is_said(&words, &bytes[..read]) {
            until_closed(&mut asks).await;
            break;
        }
        let waits = bytes[..read].windows(SYNC.len()).filter(|window| *window == SYNC).count();
        asked.fetch_add(waits, Ordering::SeqCst);
        if takes.write_all(&bytes[..read]).await.is_err() {
            break;
        }
    }
    back.abort();
}

async fn until_closed(asks: &mut (impl AsyncRead + Unpin)) {
    _ = tokio::io::copy(asks, &mut tokio::io::sink()).await;
}

fn is_said(words: &Words, bytes: &[u8]) -> bool {
    let mut words = words.lock().unwrap();
    let found = words.iter().position(|words| bytes.windows(words.len()).any(|window| window == words.as_bytes()));
    found.is_some_and(|at| {
        words.remove(at);
        true
    })
}
