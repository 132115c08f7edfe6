//! SMTP client: connections to the operator's mail server, kept between e-mails, and the dialog in which one is handed over. It tells a
//! refusal of the e-mail from one of whoever sends it, which lettre's own transport does not: that gives a reply without its command, and
//! 550 means either. Knows no outbox.

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
    sync::{Mutex, PoisonError},
    time::{Duration, Instant},
};
use tokio::time::timeout;

/// A connection that waits longer for its next e-mail is closed.
const IDLE: Duration = Duration::from_secs(60);
/// For an answer to the last word of a dialog that failed.
const FAREWELL: Duration = Duration::from_secs(1);

/// Why an e-mail is not handed over.
#[derive(Debug, PartialEq, Eq)]
pub enum NotSent {
    /// The mail server will never have this e-mail: its recipient, or its text.
    Refused,
    /// Nothing that was said is about the e-mail: no answer, or not now, or who sends it is not let in.
    NotAsked { at: &'static str, reply: Option<u16> },
}

pub struct MailServer {
    host: String,
    port: u16,
    tls: Tls,
    credentials: Option<Credentials>,
    /// Who we say we are.
    hello: ClientId,
    patience: Duration,
    idle: Mutex<Vec<(AsyncSmtpConnection, Instant)>>,
}

impl MailServer {
    /// `smtp://host:port`, `smtps://user:password@host:port/our.name`, `smtp://…?tls=required` or `opportunistic`.
    pub fn of_url(url: &str, patience: Duration) -> Option<Self> {
        let url = reqwest::Url::parse(url).ok()?;
        let asked = url.query_pairs().find(|(name, _)| name == "tls").map(|(_, value)| value.into_owned());
        let host = url.host_str()?.to_owned();
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
            host,
            tls,
            credentials,
            patience,
        })
    }

    pub async fn hand_over(&self, email: &Message) -> Result<(), NotSent> {
        let mut connection = self.connection().await.map_err(|error| not_asked("before MAIL", &error))?;
        let said = dialog(&mut connection, email).await;
        if said.is_ok() {
            self.idle().push((connection, Instant::now()));
        } else {
            _ = timeout(FAREWELL, connection.quit()).await;
        }
        said
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
        let (server, patience) = ((self.host.as_str(), self.port), Some(self.patience));
        let tls = if let Tls::Wrapper(tls) = &self.tls { Some(tls.clone()) } else { None };
        let mut new = AsyncSmtpConnection::connect_tokio1(server, patience, &self.hello, tls, None).await?;
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

async fn dialog(connection: &mut AsyncSmtpConnection, email: &Message) -> Result<(), NotSent> {
    let (envelope, text) = (email.envelope(), email.formatted());
    let is_plain = envelope.from().into_iter().chain(envelope.to()).all(|address| address.to_string().is_ascii());
    let mut needed = Vec::new();
    if !is_plain {
        needed.push((Extension::SmtpUtfEight, MailParameter::SmtpUtfEight));
    }
    if !text.is_ascii() {
        needed.push((Extension::EightBitMime, MailParameter::Body(MailBodyParameter::EightBitMime)));
    }
    if needed.iter().any(|(extension, _)| !connection.server_info().supports_feature(*extension)) {
        return Err(NotSent::NotAsked { at: "EHLO", reply: None });
    }
    let needed = needed.into_iter().map(|(_, parameter)| parameter).collect();
    let mail = connection.command(Mail::new(envelope.from().cloned(), needed)).await;
    mail.map_err(|error| not_asked("MAIL", &error))?;
    for to in envelope.to() {
        let rcpt = connection.command(Rcpt::new(to.clone(), Vec::new())).await;
        rcpt.map_err(|error| if is_about_us(&error) { not_asked("RCPT", &error) } else { refused("RCPT", &error) })?;
    }
    connection.command(Data).await.map_err(|error| refused("DATA", &error))?;
    connection.message(&text).await.map_err(|error| refused("the text", &error))?;
    Ok(())
}

fn not_asked(at: &'static str, error: &Error) -> NotSent {
    NotSent::NotAsked { at, reply: error.status().map(u16::from) }
}

fn refused(at: &'static str, error: &Error) -> NotSent {
    let is_sign_in = matches!(error.status().map(u16::from), Some(530 | 534 | 535 | 538));
    if error.is_permanent() && !is_sign_in { NotSent::Refused } else { not_asked(at, error) }
}

/// Many servers say only at RCPT that they do not know whoever sends it, or do not relay for them: "security or policy status" (RFC 3463).
fn is_about_us(error: &Error) -> bool {
    std::error::Error::source(error).is_some_and(|text| text.to_string().starts_with("5.7."))
}
