//! Settings: flags on the command line or in the environment; secrets in the environment only. The processor does not
//! start with an unsafe setting: every error message names the setting and the fix.

use clap::{CommandFactory, Parser, error::ErrorKind};
use contract::Instant;
use serve::{origin::Origin, process::variable, secret::is_varied};
use std::{net::SocketAddr, path::PathBuf};

const SECRETS: &str = "\
Environment, for secrets:
  KPPAY_PROCESSOR_SECRET         shared with the billing system; 32 characters or more (openssl rand -hex 32)
  KPPAY_PROCESSOR_SECRET_BEFORE  the one before, which is still taken while the new one is brought to everybody
  KPPAY_LOG                      what is logged, such as warn";

const SHORTEST_SECRET: usize = 32;

/// The sandbox payment processor: card-capture frame, tokens, charges, bank debits and returns.
#[derive(Clone, Debug, Parser)]
#[command(name = "kppay-processor", after_help = SECRETS)]
pub struct Settings {
    /// Where this server listens
    #[arg(long, env = "KPPAY_LISTEN", value_name = "ADDRESS:PORT", default_value = "127.0.0.1:8081")]
    pub listen: SocketAddr,
    /// An SQLite file
    #[arg(long, value_name = "FILE", default_value = "kppay-processor.db")]
    pub database: PathBuf,
    /// Where browsers find this server, such as https://cards.example.org; may be given more than once
    /// [default: http://localhost:PORT and http://127.0.0.1:PORT]
    #[arg(long = "public-origin", value_name = "ORIGIN")]
    pub origins: Vec<String>,
    /// Origin of a page that may embed the capture frame; may be given more than once [default: http://localhost:8080]
    #[arg(long = "parent-origin", value_name = "ORIGIN")]
    pub parents: Vec<String>,
    /// Where the frame's wasm and its glue are (capture.js, capture_bg.wasm)
    #[arg(long, value_name = "DIR", default_value = "target/capture")]
    pub frame: PathBuf,
    /// A proxy of yours stands in front and says in X-Forwarded-For who calls; without one anybody could say so
    #[arg(long = "behind-proxy")]
    pub is_behind_proxy: bool,
    /// Tokens that one address may make in five minutes, and cards whose kind it may ask for
    #[arg(long = "tokens", value_name = "N", default_value_t = 60)]
    pub tokens_by_address: u32,
    /// Connections that are open at the same time
    #[arg(long, value_name = "N", default_value_t = 10_000)]
    pub connections: usize,
    /// Of them, those of one address, and four times as many of the network around it; not with --behind-proxy
    #[arg(long, value_name = "N", default_value_t = 256)]
    pub connections_by_address: usize,
    /// When its clock starts, instead of now, such as 2026-11-23T17:52:00Z
    #[arg(long, value_name = "MOMENT", value_parser = moment)]
    pub clock: Option<Instant>,
    #[arg(skip)]
    pub secrets: Secrets,
}

/// Shared with the billing system, and the one before while it is changed there.
#[derive(Clone, Default)]
pub struct Secrets {
    now: String,
    before: Option<String>,
}

// Not what they are: a settings' `Debug` may end up in a message.
impl std::fmt::Debug for Secrets {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("Secrets")
    }
}

impl Secrets {
    pub fn new(now: &str) -> Self {
        Self { now: now.to_owned(), before: None }
    }
    pub fn with_before(self, before: &str) -> Self {
        Self { before: Some(before.to_owned()).filter(|before| !before.is_empty()), ..self }
    }
    pub fn of_environment() -> Self {
        Self::new(&variable("KPPAY_PROCESSOR_SECRET")).with_before(&variable("KPPAY_PROCESSOR_SECRET_BEFORE"))
    }

    /// Every byte of both is looked at, so that the time says nothing about how much was right.
    pub fn has(&self, given: &str) -> bool {
        let is_now = is_same(given, &self.now);
        let is_before = self.before.as_deref().is_some_and(|before| is_same(given, before));
        is_now | is_before
    }

    fn check(&self) -> Result<(), String> {
        let named =
            [("KPPAY_PROCESSOR_SECRET", Some(&self.now)), ("KPPAY_PROCESSOR_SECRET_BEFORE", self.before.as_ref())];
        for (name, secret) in named.into_iter().filter_map(|(name, secret)| Some((name, secret?))) {
            let long = secret.chars().count();
            if long < SHORTEST_SECRET {
                let what = if long == 0 { "is not set".to_owned() } else { format!("has {long} characters") };
                return Err(format!(
                    "{name} {what}: set it to {SHORTEST_SECRET} or more that nobody can guess (openssl rand -hex 32), \
                     the same as the billing system's"
                ));
            }
            if !is_varied(secret) {
                return Err(format!(
                    "{name} has hardly any different characters, repeats itself or counts up, and attackers try such \
                     secrets first: set it to {SHORTEST_SECRET} or more that nobody can guess (openssl rand -hex 32), \
                     the same as the billing system's"
                ));
            }
        }
        Ok(())
    }
}

fn is_same(given: &str, secret: &str) -> bool {
    let differs = given
        .bytes()
        .zip(secret.bytes())
        .fold(given.len() ^ secret.len(), |differs, (a, b)| differs | usize::from(a ^ b));
    differs == 0 && !secret.is_empty()
}

impl Settings {
    /// From the arguments after the program's name. `--help` is an error, too: one that is printed and ends well.
    pub fn parse(arguments: impl IntoIterator<Item = String>, secrets: Secrets) -> Result<Self, clap::Error> {
        let arguments = std::iter::once("kppay-processor".to_owned()).chain(arguments);
        let mut settings = Self { secrets, ..Self::try_parse_from(arguments)? };
        if settings.origins.is_empty() {
            let port = settings.listen.port();
            settings.origins = vec![format!("http://localhost:{port}"), format!("http://127.0.0.1:{port}")];
        }
        if settings.parents.is_empty() {
            settings.parents.push("http://localhost:8080".to_owned());
        }
        settings.check().map_err(|message| Self::command().error(ErrorKind::ValueValidation, message))?;
        Ok(settings)
    }

    fn check(&mut self) -> Result<(), String> {
        self.secrets.check()?;
        self.check_counts()?;
        if self.database.as_os_str().is_empty() || self.database.as_os_str() == ":memory:" {
            return Err("--database is in memory, where each connection has one of its own: name a file".to_owned());
        }
        for (name, texts) in [("--public-origin", &mut self.origins), ("--parent-origin", &mut self.parents)] {
            for text in texts {
                let origin = Origin::parse(text).map_err(|why| format!("{name}: {text} {why}"))?;
                if origin.is_clear_beyond_loopback() {
                    return Err(format!(
                        "{name} {text} is without TLS, and card numbers are typed there: use https://…"
                    ));
                }
                *text = origin.as_str().to_owned();
            }
        }
        if !self.listen.ip().is_loopback() && !self.is_over_tls() {
            return Err(format!(
                "--listen {} is seen by others, and card numbers would reach it without TLS: put a proxy with TLS in \
                 front and set --public-origin https://…, or listen on 127.0.0.1",
                self.listen
            ));
        }
        Ok(())
    }

    fn check_counts(&self) -> Result<(), String> {
        let tokens = usize::try_from(self.tokens_by_address).unwrap_or(usize::MAX);
        let counts = [
            ("--connections", self.connections),
            ("--connections-by-address", self.connections_by_address),
            ("--tokens", tokens),
        ];
        match counts.into_iter().find(|(_, count)| *count == 0) {
            Some((name, _)) => Err(format!("{name} 0 lets nobody in: set it to 1 or more, or leave it out")),
            None => Ok(()),
        }
    }

    /// Browsers reach it by TLS only.
    pub fn is_over_tls(&self) -> bool {
        self.origins.iter().all(|origin| origin.starts_with("https://"))
    }

    pub fn connections(&self) -> serve::Limits {
        let connections_by_address = (!self.is_behind_proxy).then_some(self.connections_by_address);
        serve::Limits { connections: self.connections, connections_by_address, ..serve::Limits::default() }
    }
}

fn moment(text: &str) -> Result<Instant, String> {
    Instant::parse(text).map_err(|_| format!("{text} is not a moment in UTC, such as 2026-11-23T17:52:00Z"))
}
