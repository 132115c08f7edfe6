//! SMTP client: connections to the operator's mail server, kept between e-mails, and the dialog in which one is handed
//! over. It distinguishes a rejection of the e-mail from one of the sender, which lettre's own transport does not: that
//! gives a reply without its command, and 550 means either. Knows no outbox.
//!
//! Mail servers check the sender wherever they like: Postfix at RCPT, Amazon SES and Microsoft 365 only after the text.
//! So from RCPT on the reply itself has to say what it is about (`subject_of`). If it does not, the outcome of other
//! e-mails shows it (`takes_others`).

use lettre::{
    Message,
    transport::smtp::{
        Error,
        authentication::{Credentials, DEFAULT_MECHANISMS},
        client::{AsyncSmtpConnection, Tls, TlsParameters},
        commands::{Data, Mail, Rcpt},
        extension::{ClientId, Extension, MailBodyParameter, MailParameter},
    },
};
use percent_encoding::percent_decode_str;
use std::{
    collections::HashMap,
    sync::{
        Mutex, PoisonError,
        atomic::{AtomicI64, Ordering},
    },
    time::{Duration, Instant},
};
use tokio::time::timeout;

/// A connection that waits longer for its next e-mail is closed.
const IDLE: Duration = Duration::from_secs(60);
/// For a reply to the QUIT after a dialog that failed.
const QUIT: Duration = Duration::from_secs(1);
/// For the answer after the text, while filters read it (RFC 5321, 4.5.3.2.6). Who gives up earlier sends the e-mail
/// twice.
pub const LONGEST_ANSWER: Duration = Duration::from_secs(600);
/// A mail server that takes another e-mail this long after it first rejected one accepts the sender.
const AMBIGUOUS_MILLIS: i64 = 3_600_000;
/// No e-mail is tried for longer.
const LONGEST_AMBIGUOUS_MILLIS: i64 = 5 * 86_400_000;

/// Why an e-mail is not handed over.
#[derive(Debug, PartialEq, Eq)]
pub enum NotSent {
    /// The e-mail is rejected for good: its recipient, or its text.
    Rejected,
    /// A rejection for good that may be about the e-mail or about its sender.
    Ambiguous { at: &'static str, reply: u16 },
    /// Nothing is said about the e-mail: no reply, a transient one, or a rejection of the sender.
    Deferred { at: &'static str, reply: Option<u16> },
}

pub struct MailServer {
    host: String,
    port: u16,
    tls: Tls,
    credentials: Option<Credentials>,
    /// The name that is sent with EHLO.
    hello: ClientId,
    /// For connecting, and for the commands before the text.
    patience: Duration,
    /// When it last took an e-mail, in milliseconds since 1970.
    took_at: AtomicI64,
    /// E-mails with an ambiguous rejection, and when each had its first.
    ambiguous: Mutex<HashMap<String, i64>>,
    idle: Mutex<Vec<(AsyncSmtpConnection, Instant)>>,
}

impl MailServer {
    /// `smtp://host:port`, `smtps://user:password@host:port/our.name`, `smtp://…?tls=required` or `opportunistic`.
    pub fn of_url(url: &str, patience: Duration) -> Option<Self> {
        let url = reqwest::Url::parse(url).ok()?;
        let asked = url.query_pairs().find(|(name, _)| name == "tls").map(|(_, value)| value.into_owned());
        // An IPv6 address is looked up, and is in a certificate, without its brackets.
        let host = url.host_str()?.trim_matches(['[', ']']).to_owned();
        let checked = || TlsParameters::new(host.clone()).ok();
        let (tls, port) = match (url.scheme(), asked.as_deref()) {
            ("smtps", _) => (Tls::Wrapper(checked()?), 465),
            ("smtp", None) => (Tls::None, 25),
            ("smtp", Some("required")) => (Tls::Required(checked()?), 587),
            ("smtp", Some("opportunistic")) => (Tls::Opportunistic(checked()?), 587),
            _ => return None,
        };
        let decoded = |text| percent_decode_str(text).decode_utf8().ok().map(String::from);
        let credentials = match url.password() {
            Some(password) => Some(Credentials::new(decoded(url.username())?, decoded(password)?)),
            None => None,
        };
        let name = url.path().trim_matches('/');
        Some(Self {
            port: url.port().unwrap_or(port),
            hello: if name.is_empty() { ClientId::default() } else { ClientId::Domain(name.to_owned()) },
            idle: Mutex::default(),
            took_at: AtomicI64::new(0),
            ambiguous: Mutex::default(),
            host,
            tls,
            credentials,
            patience,
        })
    }

    pub async fn hand_over(&self, id: &str, email: &Message, now: contract::Instant) -> Result<(), NotSent> {
        let timed_out = |at| NotSent::Deferred { at, reply: None };
        let connected = timeout(self.patience, self.connection()).await.map_err(|_| timed_out("before MAIL"))?;
        let mut connection = connected.map_err(|error| deferred("before MAIL", &error))?;
        let begun = timeout(self.patience, envelope(&mut connection, email)).await;
        let outcome = match begun.unwrap_or_else(|_| Err(timed_out("before the text"))) {
            Ok(()) => text(&mut connection, email).await,
            failed => failed,
        };
        if outcome.is_ok() {
            self.took_at.store(now.millis(), Ordering::Relaxed);
            self.idle().push((connection, Instant::now()));
        } else {
            _ = timeout(QUIT, connection.quit()).await;
        }
        match outcome {
            Err(NotSent::Ambiguous { .. }) if self.takes_others(id, now) => Err(NotSent::Rejected),
            outcome => outcome,
        }
    }

    /// Whether it took another e-mail long after its first ambiguous rejection of this one. A quota that is used up
    /// rejects every e-mail, and took others a moment before.
    fn takes_others(&self, id: &str, now: contract::Instant) -> bool {
        let mut ambiguous = self.ambiguous.lock().unwrap_or_else(PoisonError::into_inner);
        ambiguous.retain(|_, since| now.millis() - *since <= LONGEST_AMBIGUOUS_MILLIS);
        let since = *ambiguous.entry(id.to_owned()).or_insert(now.millis());
        self.took_at.load(Ordering::Relaxed) - since >= AMBIGUOUS_MILLIS
    }

    /// Closes connections that nobody needed for a while.
    pub fn close_idle(&self) {
        self.idle().retain(|(_, since)| since.elapsed() < IDLE);
    }

    fn idle(&self) -> std::sync::MutexGuard<'_, Vec<(AsyncSmtpConnection, Instant)>> {
        self.idle.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// One that is there and answers, or a new one.
    async fn connection(&self) -> Result<AsyncSmtpConnection, Error> {
        loop {
            self.close_idle();
            let Some((mut kept, _)) = self.idle().pop() else { break };
            if kept.test_connected().await {
                return Ok(kept);
            }
        }
        // One address that is silent leaves time for the next ones.
        let (server, each) = ((self.host.as_str(), self.port), Some(self.patience / 6));
        let tls = if let Tls::Wrapper(tls) = &self.tls { Some(tls.clone()) } else { None };
        let mut new = AsyncSmtpConnection::connect_tokio1(server, each, &self.hello, tls, None).await?;
        match &self.tls {
            Tls::Required(tls) => new.starttls(tls.clone(), &self.hello).await?,
            Tls::Opportunistic(tls) if new.can_starttls() => new.starttls(tls.clone(), &self.hello).await?,
            _ => {}
        }
        if let Some(credentials) = &self.credentials {
            new.auth(DEFAULT_MECHANISMS, credentials).await?;
        }
        Ok(new)
    }
}

/// Up to where the text is asked for.
async fn envelope(connection: &mut AsyncSmtpConnection, email: &Message) -> Result<(), NotSent> {
    let envelope = email.envelope();
    let parameters = parameters(connection, email)?;
    let mail = connection.command(Mail::new(envelope.from().cloned(), parameters)).await;
    mail.map_err(|error| deferred("MAIL", &error))?;
    for to in envelope.to() {
        let rcpt = connection.command(Rcpt::new(to.clone(), Vec::new())).await;
        rcpt.map_err(|error| rejected("RCPT", &error))?;
    }
    connection.command(Data).await.map_err(|error| rejected("DATA", &error))?;
    Ok(())
}

async fn text(connection: &mut AsyncSmtpConnection, email: &Message) -> Result<(), NotSent> {
    match timeout(LONGEST_ANSWER, connection.message(&email.formatted())).await {
        Ok(Ok(_)) => Ok(()),
        Ok(Err(error)) => Err(rejected("the text", &error)),
        Err(_) => Err(NotSent::Deferred { at: "the text", reply: None }),
    }
}

/// A reply from RCPT on.
fn rejected(at: &'static str, error: &Error) -> NotSent {
    let reply = error.status().map_or(0, u16::from);
    let text = std::error::Error::source(error).map(ToString::to_string).unwrap_or_default();
    match subject_of(reply, &text) {
        Subject::Email => NotSent::Rejected,
        Subject::Unknown => NotSent::Ambiguous { at, reply },
        Subject::Sender => deferred(at, error),
    }
}

/// What an e-mail needs that not every mail server can.
fn parameters(connection: &AsyncSmtpConnection, email: &Message) -> Result<Vec<MailParameter>, NotSent> {
    let envelope = email.envelope();
    let is_plain = envelope.from().into_iter().chain(envelope.to()).all(|address| address.to_string().is_ascii());
    let mut needed = Vec::new();
    if !is_plain {
        needed.push((Extension::SmtpUtfEight, MailParameter::SmtpUtfEight));
    }
    if !email.formatted().is_ascii() {
        needed.push((Extension::EightBitMime, MailParameter::Body(MailBodyParameter::EightBitMime)));
    }
    if needed.iter().any(|(extension, _)| !connection.server_info().supports_feature(*extension)) {
        return Err(NotSent::Deferred { at: "EHLO", reply: None });
    }
    Ok(needed.into_iter().map(|(_, parameter)| parameter).collect())
}

fn deferred(at: &'static str, error: &Error) -> NotSent {
    NotSent::Deferred { at, reply: error.status().map(u16::from) }
}

/// What a reply is about.
#[derive(Debug, PartialEq, Eq)]
enum Subject {
    /// The e-mail will never be taken: its recipient, or its text.
    Email,
    /// The sender's address, sign-in or network, or our commands: another e-mail would be rejected, too. Every
    /// transient reply counts as this.
    Sender,
    Unknown,
}

/// By the reply's code (RFC 5321, 4.2.3; RFC 4954, 6; RFC 7504) and by the enhanced codes in its text (RFC 3463),
/// wherever they stand.
fn subject_of(reply: u16, text: &str) -> Subject {
    if !(500..600).contains(&reply) || matches!(reply, 500..=504 | 521 | 530 | 534 | 535 | 538) {
        return Subject::Sender;
    }
    let is_about_sender = |code: &(u16, u16)| matches!(code, (1, 0 | 7 | 8) | (4, 5) | (3 | 5 | 7, _));
    // 5.0.0 says no more than the reply.
    let codes: Vec<_> = enhanced_codes(text).filter(|(subject, _)| *subject != 0).collect();
    if codes.iter().any(is_about_sender) {
        Subject::Sender
    } else if codes.is_empty() {
        Subject::Unknown
    } else {
        Subject::Email
    }
}

/// Subject and detail of each `5.subject.detail`. An IP address is none.
fn enhanced_codes(text: &str) -> impl Iterator<Item = (u16, u16)> {
    text.split(|character: char| !character.is_ascii_digit() && character != '.').filter_map(|word| {
        let mut parts = word.trim_matches('.').split('.').map(|part| part.parse().ok());
        match [parts.next(), parts.next(), parts.next(), parts.next()] {
            [Some(Some(5)), Some(Some(subject)), Some(Some(detail)), None] => Some((subject, detail)),
            _ => None,
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reply_says_whether_it_is_about_us_or_about_the_email() {
        use Subject::{Email, Sender, Unknown};
        for (reply, text, subject) in [
            (550, "5.1.1 no such mailbox", Email),
            (552, "5.2.2 mailbox full", Email),
            (554, "5.6.0 this text is not mail", Email),
            (550, "5.4.1 Recipient address rejected: Access denied", Email),
            (554, "5.7.1 relay access denied", Sender),
            (550, "5.1.8 Access denied, bad outbound sender", Sender),
            (550, "5.1.7 the sender's address is not valid", Sender),
            (550, "5.1.0 Address rejected", Sender),
            (550, "5.4.5 Daily user sending limit exceeded", Sender),
            (554, "5.3.4 the limit of this server", Sender),
            (550, "5.5.1 bad sequence", Sender),
            (553, "sorry, that domain isn't in my list of allowed rcpthosts (#5.7.1)", Sender),
            (550, "Administrative prohibition: see 5.7.25.", Sender),
            (530, "authentication required", Sender),
            (503, "bad sequence of commands", Sender),
            (504, "parameter not implemented", Sender),
            (521, "no mail here", Sender),
            (451, "5.1.1 not now", Sender),
            (554, "Message rejected: Email address is not verified.", Unknown),
            (550, "relay not permitted for 5.7.1.20 and 15.7.1", Unknown),
            (554, "5.0.0 something else", Unknown),
        ] {
            assert_eq!(subject_of(reply, text), subject, "{reply} {text}");
        }
    }

    #[tokio::test]
    async fn an_ipv6_address_is_connected_to_without_its_brackets() {
        for url in ["smtp://[::1]:25", "smtps://user:password@[::1]"] {
            assert_eq!(MailServer::of_url(url, IDLE).map(|server| server.host).as_deref(), Some("::1"), "{url}");
        }
    }
}
