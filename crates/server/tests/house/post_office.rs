//! A mail server on a loopback port that speaks SMTP: it takes letters, or does what a case has told it to do with the next ones.

use std::{
    collections::VecDeque,
    sync::{Arc, Mutex},
    time::Duration,
};
use tokio::{
    io::{AsyncBufReadExt, AsyncWriteExt, BufReader},
    net::{TcpListener, TcpStream},
};

/// What happens to one letter, once it was said whole.
#[derive(Clone, Copy)]
pub enum Verdict {
    NotNow,
    Never,
    /// The line goes dead after the letter was taken.
    TakenUnheard,
}

/// As it came in.
#[derive(Clone, Debug)]
pub struct Received {
    pub to: String,
    pub data: String,
}

#[derive(Default)]
struct Desk {
    verdicts: VecDeque<Verdict>,
    received: Vec<Received>,
    /// The command that is refused, the greeting being "", and the reply.
    refusal: Option<(&'static str, &'static str)>,
}

pub struct PostOffice {
    pub url: String,
    desk: Arc<Mutex<Desk>>,
}

impl PostOffice {
    pub async fn open() -> Self {
        Self::open_slow(Duration::ZERO).await
    }
    /// Takes a letter after a pause.
    pub async fn open_slow(pause: Duration) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("smtp://{}", listener.local_addr().unwrap());
        let desk = Arc::<Mutex<Desk>>::default();
        let inside = desk.clone();
        tokio::spawn(async move {
            while let Ok((line, _)) = listener.accept().await {
                tokio::spawn(serve(line, inside.clone(), pause));
            }
        });
        Self { url, desk }
    }
    pub fn will(&self, verdicts: impl IntoIterator<Item = Verdict>) {
        self.desk.lock().unwrap().verdicts.extend(verdicts);
    }
    /// Until told otherwise.
    pub fn refuses(&self, refusal: Option<(&'static str, &'static str)>) {
        self.desk.lock().unwrap().refusal = refusal;
    }
    pub fn received(&self) -> Vec<Received> {
        self.desk.lock().unwrap().received.clone()
    }
}

async fn serve(line: TcpStream, desk: Arc<Mutex<Desk>>, pause: Duration) -> std::io::Result<()> {
    let (read, mut write) = line.into_split();
    let mut lines = BufReader::new(read).lines();
    let mut to = String::new();
    let refused = |at: &str| desk.lock().unwrap().refusal.filter(|(command, _)| *command == at).map(|(_, reply)| reply);
    write.write_all(format!("{}\r\n", refused("").unwrap_or("220 post.test ESMTP")).as_bytes()).await?;
    while let Some(line) = lines.next_line().await? {
        let upper = line.to_ascii_uppercase();
        let command = upper.split([' ', ':']).next().unwrap_or_default();
        if let Some(reply) = refused(command) {
            write.write_all(format!("{reply}\r\n").as_bytes()).await?;
            continue;
        }
        let answer = match command {
            "EHLO" => "250-post.test\r\n250-AUTH PLAIN\r\n250 8BITMIME",
            "RCPT" => {
                to = line.split(['<', '>']).nth(1).unwrap_or_default().to_owned();
                "250 ok"
            }
            "DATA" => {
                write.write_all(b"354 go on\r\n").await?;
                let mut data = String::new();
                while let Some(line) = lines.next_line().await?.filter(|line| line != ".") {
                    data.push_str(line.strip_prefix('.').unwrap_or(&line));
                    data.push('\n');
                }
                if !pause.is_zero() {
                    tokio::time::sleep(pause).await;
                }
                let mut desk = desk.lock().unwrap();
                let verdict = desk.verdicts.pop_front();
                if matches!(verdict, None | Some(Verdict::TakenUnheard)) {
                    desk.received.push(Received { to: to.clone(), data });
                }
                match verdict {
                    None => "250 taken",
                    Some(Verdict::NotNow) => "451 not now",
                    Some(Verdict::Never) => "550 never",
                    Some(Verdict::TakenUnheard) => return Ok(()),
                }
            }
            "QUIT" => "221 bye",
            _ => "250 ok",
        };
        write.write_all(format!("{answer}\r\n").as_bytes()).await?;
    }
    Ok(())
}
