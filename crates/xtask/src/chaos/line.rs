//! A faulty line between the billing API and the processor: an HTTP proxy that, while it misbehaves, drops requests,
//! loses answers, holds them back, and replaces them by what gateways and firewalls say. It knows nothing of payments.

use super::dice::Dice;
use std::io::{self, BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, AtomicU16, AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;
use xtask::failure::{Because, Result};

/// Of a hundred exchanges so many have a fault.
const FAULTY: u64 = 12;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Fault {
    None,
    /// The request never reaches the processor.
    Drop,
    /// The processor does it; its answer is lost.
    Lose,
    /// The processor does it; something in between answers instead.
    Replace(&'static str),
    /// Nothing in between lets the request through, and answers for itself.
    Refuse(&'static str),
    Delay(Duration),
}

const FAULTS: [Fault; 7] = [
    Fault::Drop,
    Fault::Lose,
    Fault::Replace("404 Not Found"),
    Fault::Replace("422 Unprocessable Entity"),
    Fault::Refuse("409 Conflict"),
    Fault::Refuse("502 Bad Gateway"),
    Fault::Delay(Duration::from_millis(3_000)),
];

#[derive(Clone)]
pub struct Line(Arc<Shared>);

struct Shared {
    port: u16,
    /// The processor's port: where an exchange goes.
    target: AtomicU16,
    misbehaves: AtomicBool,
    faults: AtomicU64,
    dice: Mutex<Dice>,
}

impl Line {
    pub fn open(dice: Dice) -> Result<Self> {
        let listener = TcpListener::bind("127.0.0.1:0").because("Opening the line to the processor")?;
        let port = listener.local_addr().because("Opening the line to the processor")?.port();
        let line = Self(Arc::new(Shared {
            port,
            target: AtomicU16::new(0),
            misbehaves: AtomicBool::new(false),
            faults: AtomicU64::new(0),
            dice: Mutex::new(dice),
        }));
        let own = line.clone();
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let own = own.clone();
                std::thread::spawn(move || own.serve(&stream));
            }
        });
        Ok(line)
    }

    pub fn url(&self) -> String {
        format!("http://127.0.0.1:{}", self.0.port)
    }
    pub fn leads_to(&self, port: u16) {
        self.0.target.store(port, Ordering::SeqCst);
    }
    pub fn misbehave(&self, misbehaves: bool) {
        self.0.misbehaves.store(misbehaves, Ordering::SeqCst);
    }
    pub fn faults(&self) -> u64 {
        self.0.faults.load(Ordering::SeqCst)
    }

    fn roll(&self) -> Fault {
        let Ok(mut dice) = self.0.dice.lock() else { return Fault::None };
        if !self.0.misbehaves.load(Ordering::SeqCst) || dice.below(100) >= FAULTY {
            return Fault::None;
        }
        self.0.faults.fetch_add(1, Ordering::SeqCst);
        let at = dice.below(FAULTS.len() as u64) as usize;
        FAULTS.get(at).copied().unwrap_or(Fault::None)
    }

    /// One exchange after the other until either side ends the connection.
    fn serve(&self, stream: &TcpStream) {
        let mut from = BufReader::new(stream);
        while let Ok(Some(request)) = message(&mut from) {
            let answer = match self.roll() {
                Fault::Drop => return,
                Fault::Refuse(status) => page(status),
                fault => {
                    if let Fault::Delay(pause) = fault {
                        std::thread::sleep(pause);
                    }
                    match (self.forward(&request), fault) {
                        (Err(_), _) | (_, Fault::Lose) => return,
                        (Ok(_), Fault::Replace(status)) => page(status),
                        (Ok(answer), _) => answer,
                    }
                }
            };
            let mut to = stream;
            if to.write_all(&answer).is_err() {
                return;
            }
        }
    }

    fn forward(&self, request: &[u8]) -> io::Result<Vec<u8>> {
        let mut onward = TcpStream::connect(("127.0.0.1", self.0.target.load(Ordering::SeqCst)))?;
        onward.set_nodelay(true)?;
        onward.set_read_timeout(Some(Duration::from_secs(20)))?;
        onward.write_all(request)?;
        message(&mut BufReader::new(onward))?.ok_or_else(|| io::ErrorKind::UnexpectedEof.into())
    }
}

fn page(status: &str) -> Vec<u8> {
    let body = "<html>default backend</html>";
    format!("HTTP/1.1 {status}\r\ncontent-type: text/html\r\ncontent-length: {}\r\n\r\n{body}", body.len()).into_bytes()
}

/// A whole request or answer as it came, or nothing at the end of the connection. Ours and the processor's tell their
/// lengths.
fn message(stream: &mut impl BufRead) -> io::Result<Option<Vec<u8>>> {
    let (mut bytes, mut length) = (Vec::new(), 0);
    loop {
        let began = bytes.len();
        if stream.read_until(b'\n', &mut bytes)? == 0 {
            return if began == 0 { Ok(None) } else { Err(io::ErrorKind::UnexpectedEof.into()) };
        }
        let line = String::from_utf8_lossy(bytes.get(began..).unwrap_or_default()).to_ascii_lowercase();
        if line.trim().is_empty() {
            break;
        }
        if let Some(value) = line.strip_prefix("content-length:") {
            length = value.trim().parse().map_err(io::Error::other)?;
        }
    }
    stream.take(length).read_to_end(&mut bytes)?;
    Ok(Some(bytes))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_message_is_its_head_and_as_much_body_as_it_says() {
        let mut two = io::Cursor::new(b"POST / HTTP/1.1\r\nContent-Length: 2\r\n\r\nabGET / HTTP/1.1\r\n\r\n".to_vec());
        assert!(message(&mut two).unwrap().unwrap().ends_with(b"\r\n\r\nab"));
        assert!(message(&mut two).unwrap().unwrap().starts_with(b"GET"));
        assert!(message(&mut two).unwrap().is_none());
    }

    #[test]
    fn a_line_that_behaves_has_no_faults() {
        let line = Line::open(Dice::new(1)).unwrap();
        assert!((0..1_000).all(|_| line.roll() == Fault::None));
        line.misbehave(true);
        let faults = (0..1_000).filter(|_| line.roll() != Fault::None).count();
        assert!((50..250).contains(&faults), "{faults}");
    }
}
