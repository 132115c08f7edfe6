//! What an operator sets: flags on the command line or in the environment, secrets in the environment only, since
//! others see command lines. The server does not start with an unsafe setting: every error message names the setting
//! and the fix. Knows nothing of what is done with the settings.

mod check;

use clap::{CommandFactory, Parser, ValueEnum, error::ErrorKind};
use contract::Instant;
use serve::process::variable;
use std::{net::SocketAddr, path::PathBuf, time::Duration};

const SECRETS: &str = "\
Environment, for secrets:
  KPPAY_PROCESSOR_SECRET  shared with the processor
  KPPAY_PEPPER            mixed into the hashes of passwords, and seals second factors; keep it apart from the
                          database, and never lose it
  KPPAY_SMTP_URL          the mail server that e-mails are handed to: smtps://user:password@host:port, or
                          smtp://…?tls=required
  KPPAY_MAIL_FROM         who e-mails are from, such as Health plan <bills@example.org>
  KPPAY_SMS_URL           the gateway that text messages are handed to (docs/sms.md); without one none are offered
  KPPAY_SMS_SECRET        shared with that gateway
  KPPAY_LOG               what is logged, such as info,sqlx=warn

Without --demo the first two have 32 characters or more: openssl rand -hex 32.";

/// The reference billing API of the bill-payment app, and the app's static files.
#[derive(Clone, Debug, Parser)]
#[command(name = "kppay-server", after_help = SECRETS)]
pub struct Settings {
    /// What to do instead of serving
    #[arg(value_enum)]
    pub command: Option<Command>,
    /// Where this server listens
    #[arg(long, env = "KPPAY_LISTEN", value_name = "ADDRESS:PORT", default_value = "127.0.0.1:8080")]
    pub listen: SocketAddr,
    /// The port of --listen alone
    #[arg(long)]
    port: Option<u16>,
    /// sqlite://FILE, or postgres://… with sslmode=verify-full (and sslrootcert=FILE for a CA of your own)
    #[arg(
        long,
        env = "KPPAY_DATABASE_URL",
        hide_env_values = true,
        value_name = "URL",
        default_value = "sqlite://kppay.db"
    )]
    pub database_url: String,
    /// The plan's own facts: names, phone numbers, addresses, identifiers; crates/server/profile.toml is an example,
    /// and the demo's
    #[arg(long, env = "KPPAY_PROFILE", value_name = "FILE")]
    pub profile: Option<PathBuf>,
    /// The built app; without it only the API is served
    #[arg(long, env = "KPPAY_DIST", value_name = "DIR")]
    pub dist: Option<PathBuf>,
    /// Where browsers find this server, such as https://pay.example.org; writes must come from here
    /// [default: http://localhost:PORT]
    #[arg(long, env = "KPPAY_PUBLIC_ORIGIN", value_name = "ORIGIN", default_value = "", hide_default_value = true)]
    pub public_origin: String,
    /// The path of that origin below which the pages are, such as /billing; links in e-mails lead there
    #[arg(long, env = "KPPAY_PAGES_BELOW", value_name = "PATH", default_value = "", hide_default_value = true)]
    pub pages_below: String,
    /// Where the pages are: origin and path.
    #[arg(skip)]
    pub home: String,
    /// Where this server finds the processor
    #[arg(long, env = "KPPAY_PROCESSOR_URL", value_name = "URL", default_value = "http://127.0.0.1:8081")]
    pub processor_url: String,
    /// Where browsers find the processor [default: --processor-url]
    #[arg(
        long,
        env = "KPPAY_PROCESSOR_PUBLIC_URL",
        value_name = "ORIGIN",
        default_value = "",
        hide_default_value = true
    )]
    pub processor_public_url: String,
    /// Certificates (PEM) of an authority to trust for the processor, beside those that this machine trusts
    #[arg(long, env = "KPPAY_PROCESSOR_CA", value_name = "FILE")]
    pub processor_ca: Option<PathBuf>,
    /// The network to the database, the processor and the mail server is trusted: they may be reached without TLS
    #[arg(long)]
    pub trusted_network: bool,
    /// A proxy of yours stands in front and says in X-Forwarded-For who calls; without one anybody could say so
    #[arg(long = "behind-proxy")]
    pub is_behind_proxy: bool,
    /// Send Cross-Origin-Embedder-Policy: require-corp, for a processor whose frame says the same
    #[arg(long = "require-corp")]
    pub isolates_embedder: bool,
    /// Serve figures for Prometheus on a listener of its own; a port alone is one of 127.0.0.1
    #[arg(long, env = "KPPAY_METRICS", value_name = "[ADDRESS:]PORT", value_parser = loopback_port)]
    pub metrics: Option<SocketAddr>,
    /// How long /readyz says no before a shutdown closes the listener [default: 5; with --demo 0]
    #[arg(long, env = "KPPAY_DRAIN_SECONDS", value_name = "N")]
    drain_seconds: Option<u32>,
    /// Connections that are open at the same time
    #[arg(long, value_name = "N", default_value_t = 10_000)]
    pub connections: usize,
    /// Of them, those of one address, and four times as many of the network around it; not with --behind-proxy
    #[arg(long, value_name = "N", default_value_t = 256)]
    pub connections_by_address: usize,
    /// No limit on tries allows less than this: for tests of load and conformance, not with an https public origin
    #[arg(long, value_name = "N")]
    lookups: Option<u32>,
    /// Made-up members, their mail for everybody to read, and a clock that can be moved; on this machine only
    #[arg(long)]
    pub demo: bool,
    /// The demo's: when its clock starts, instead of now, such as 2026-11-23T17:52:00Z
    #[arg(long, value_name = "MOMENT", value_parser = moment)]
    pub clock: Option<Instant>,
    /// Shared with the processor.
    #[arg(skip)]
    pub processor_secret: String,
    /// Mixed into every password's hash, the seal of second factors, and not in the database. If it is lost, every
    /// password is lost.
    #[arg(skip)]
    pub pepper: String,
    /// The mail server with its credentials, and who e-mails are from; without one they wait in the outbox.
    #[arg(skip)]
    pub mail: Option<(String, String)>,
    /// The gateway for text messages, and its secret; without one none are offered.
    #[arg(skip)]
    pub sms: Option<(String, String)>,
    #[arg(skip)]
    pub limits: Limits,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Command {
    /// Bring the tables of a PostgreSQL up to date, before servers of a new version start
    Migrate,
    /// Compare all payments with the processor's charges; the exit status is 0 if they agree, 1 if not, 2 if it could
    /// not run
    Reconcile,
}

/// What never stands on a command line.
#[derive(Clone, Debug, Default)]
pub struct Secrets {
    pub processor: String,
    pub pepper: String,
    pub smtp_url: String,
    pub mail_from: String,
    pub sms_url: String,
    pub sms_secret: String,
}

impl Secrets {
    pub fn of_environment() -> Self {
        Self {
            processor: variable("KPPAY_PROCESSOR_SECRET"),
            pepper: variable("KPPAY_PEPPER"),
            smtp_url: variable("KPPAY_SMTP_URL"),
            mail_from: variable("KPPAY_MAIL_FROM"),
            sms_url: variable("KPPAY_SMS_URL"),
            sms_secret: variable("KPPAY_SMS_SECRET"),
        }
    }
}

/// How much one caller may do.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// No rule of `limits::rules` allows less than this: for tests of load and conformance.
    pub tries: u32,
    pub body_bytes: usize,
    pub request_time: Duration,
    pub processor_time: Duration,
    /// Of one step of a background task, and of a job that is one step.
    pub step_time: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            tries: 0,
            body_bytes: 64 * 1024,
            request_time: Duration::from_secs(30),
            processor_time: Duration::from_secs(10),
            // Longer than asking takes: a question about the key, a charge and a close, ten seconds each.
            step_time: Duration::from_secs(40),
        }
    }
}

impl Settings {
    /// From the arguments after the program's name. `--help` is an error, too: one that is printed and ends well.
    pub fn parse(arguments: impl IntoIterator<Item = String>, secrets: Secrets) -> Result<Self, clap::Error> {
        let arguments = std::iter::once("kppay-server".to_owned()).chain(arguments);
        let mut settings = Self::try_parse_from(arguments)?;
        settings.complete(secrets);
        let refused = |message| Self::command().error(ErrorKind::ValueValidation, message);
        settings.check().map_err(refused)?;
        Ok(settings)
    }

    /// What follows from other settings.
    fn complete(&mut self, secrets: Secrets) {
        if let Some(port) = self.port {
            self.listen.set_port(port);
        }
        if let Some(lookups) = self.lookups {
            self.limits.tries = lookups;
        }
        if self.public_origin.is_empty() {
            self.public_origin = format!("http://localhost:{}", self.listen.port());
        }
        if self.processor_public_url.is_empty() {
            self.processor_public_url = self.processor_url.clone();
        }
        for url in [&mut self.public_origin, &mut self.processor_url, &mut self.processor_public_url] {
            *url = url.strip_suffix('/').unwrap_or(url).to_owned();
        }
        let path = self.pages_below.trim_matches('/');
        self.home = if path.is_empty() { self.public_origin.clone() } else { format!("{}/{path}", self.public_origin) };
        let Secrets { processor, pepper, smtp_url, mail_from, sms_url, sms_secret } = secrets;
        (self.processor_secret, self.pepper) = (processor, pepper);
        if !smtp_url.is_empty() || !mail_from.is_empty() {
            self.mail = Some((smtp_url, mail_from));
        }
        if !sms_url.is_empty() || !sms_secret.is_empty() {
            self.sms = Some((sms_url, sms_secret));
        }
    }

    /// The path of the origin below which the pages are; empty if they are at its root.
    pub fn pages_path(&self) -> &str {
        self.home.strip_prefix(&self.public_origin).unwrap_or_default()
    }

    /// Whether members may choose text messages. A demo shows them beside its mail.
    pub fn has_texts(&self) -> bool {
        self.demo || self.sms.is_some()
    }

    pub fn is_over_tls(&self) -> bool {
        self.public_origin.starts_with("https://")
    }

    /// How long a shutdown is announced by `/readyz`. Nobody balances a demo.
    pub fn drain(&self) -> Duration {
        Duration::from_secs(u64::from(self.drain_seconds.unwrap_or(if self.demo { 0 } else { 5 })))
    }

    pub fn connections(&self) -> serve::Limits {
        let connections_by_address = (!self.is_behind_proxy).then_some(self.connections_by_address);
        serve::Limits { connections: self.connections, connections_by_address, ..serve::Limits::default() }
    }
}

fn loopback_port(text: &str) -> Result<SocketAddr, String> {
    if let Ok(port) = text.parse() {
        return Ok(SocketAddr::from(([127, 0, 0, 1], port)));
    }
    text.parse().map_err(|_| format!("{text} is neither PORT nor ADDRESS:PORT"))
}

fn moment(text: &str) -> Result<Instant, String> {
    Instant::parse(text).map_err(|_| format!("{text} is not a moment in UTC, such as 2026-11-23T17:52:00Z"))
}
