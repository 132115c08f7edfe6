//! A fake SMTP server on a loopback port: it accepts e-mails, or does with the next ones what a case has set.

use std::{
    collections::VecDeque,
    sync::{Arc, Mutex},
    time::Duration,
};
use tokio::{
    io::{AsyncBufReadExt, AsyncWriteExt, BufReader},
    net::{TcpListener, TcpStream},
};

/// As a command: the end of the text.
pub const TEXT: &str = "TEXT";

/// The reply to one e-mail, after its text.
#[derive(Clone, Copy)]
pub enum SmtpReply {
    NotNow,
    Never,
    /// The line goes dead after the e-mail was taken.
    TakenUnheard,
}

/// As it came in.
#[derive(Clone, Debug)]
pub struct ReceivedEmail {
    pub to: String,
    pub data: String,
}

#[derive(Default)]
struct Inbox {
    replies: VecDeque<SmtpReply>,
    received: Vec<ReceivedEmail>,
    /// The command that is refused, the greeting being "", and the reply.
    rejection: Option<(&'static str, &'static str)>,
    /// It never answers about e-mails to this address.
    hangs_for: Option<&'static str>,
}

pub struct MailServer {
    pub url: String,
    inbox: Arc<Mutex<Inbox>>,
}

impl MailServer {
    pub async fn open() -> Self {
        Self::open_slow(Duration::ZERO).await
    }
    /// Takes an e-mail after a pause.
    pub async fn open_slow(pause: Duration) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("smtp://{}", listener.local_addr().unwrap());
        let inbox = Arc::<Mutex<Inbox>>::default();
        let inside = inbox.clone();
        tokio::spawn(async move {
            while let Ok((line, _)) = listener.accept().await {
                tokio::spawn(serve(line, inside.clone(), pause));
            }
        });
        Self { url, inbox }
    }
    pub fn will(&self, replies: impl IntoIterator<Item = SmtpReply>) {
        self.inbox.lock().unwrap().replies.extend(replies);
    }
    /// Until told otherwise.
    pub fn refuses(&self, rejection: Option<(&'static str, &'static str)>) {
        self.inbox.lock().unwrap().rejection = rejection;
    }
    pub fn hangs_for(&self, to: &'static str) {
        self.inbox.lock().unwrap().hangs_for = Some(to);
    }
    pub fn received(&self) -> Vec<ReceivedEmail> {
        self.inbox.lock().unwrap().received.clone()
    }
}

async fn serve(line: TcpStream, inbox: Arc<Mutex<Inbox>>, pause: Duration) -> std::io::Result<()> {
    let (read, mut write) = line.into_split();
    let mut lines = BufReader::new(read).lines();
    let mut to = String::new();
    let refused =
        |at: &str| inbox.lock().unwrap().rejection.filter(|(command, _)| *command == at).map(|(_, reply)| reply);
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
                let hangs = inbox.lock().unwrap().hangs_for == Some(&to);
                if hangs {
                    std::future::pending::<()>().await;
                }
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
                if let Some(reply) = refused(TEXT) {
                    write.write_all(format!("{reply}\r\n").as_bytes()).await?;
                    continue;
                }
                let mut inbox = inbox.lock().unwrap();
                let verdict = inbox.replies.pop_front();
                if matches!(verdict, None | Some(SmtpReply::TakenUnheard)) {
                    inbox.received.push(ReceivedEmail { to: to.clone(), data });
                }
                match verdict {
                    None => "250 taken",
                    Some(SmtpReply::NotNow) => "451 not now",
                    Some(SmtpReply::Never) => "554 5.6.0 never",
                    Some(SmtpReply::TakenUnheard) => return Ok(()),
                }
            }
            "QUIT" => "221 bye",
            _ => "250 ok",
        };
        write.write_all(format!("{answer}\r\n").as_bytes()).await?;
    }
    Ok(())
}
