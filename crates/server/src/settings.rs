//! What an operator sets: command line first, environment for secrets. Knows nothing of what is done with it.

use contract::Instant;
use std::{net::SocketAddr, path::PathBuf, time::Duration};

#[derive(Clone, Debug)]
pub struct Settings {
    pub listen: SocketAddr,
    /// `sqlite://file.db` or `postgres://…`.
    pub database_url: String,
    /// Trunk's output. Without it only the API is served.
    pub dist: Option<PathBuf>,
    /// Where browsers find this server, e.g. `https://pay.example.org`. Writes must come from here.
    pub public_origin: String,
    /// Where this server finds the processor, and where browsers do.
    pub processor_url: String,
    pub processor_public_url: String,
    /// Shared with the processor; from `KPPAY_PROCESSOR_SECRET`.
    pub processor_secret: String,
    pub demo: bool,
    /// The demo's and the tests': when its clock starts, instead of now.
    pub clock: Option<Instant>,
    /// A proxy of the operator's stands in front and says in `X-Forwarded-For` who calls; without one anybody could say so.
    pub is_behind_proxy: bool,
    /// `Cross-Origin-Embedder-Policy: require-corp`, for a processor whose frame says the same.
    pub isolates_embedder: bool,
    /// The mail server with its credentials, and who letters are from; without one they wait in the outbox.
    pub mail: Option<(String, String)>,
    /// Mixed into every password's hash, the seal of second factors, and not in the database; from `KPPAY_PEPPER`. Whoever loses it
    /// loses every password.
    pub pepper: String,
    pub limits: Limits,
}

/// How much one caller may do.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// No rule of `limits::rules` allows less than this: for tests of load and conformance.
    pub tries: u32,
    pub body_bytes: usize,
    pub request_time: Duration,
    pub processor_time: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            tries: 0,
            body_bytes: 64 * 1024,
            request_time: Duration::from_secs(30),
            processor_time: Duration::from_secs(10),
        }
    }
}

/// What `--help` prints.
pub const USAGE: &str =
    "kppay-server [--port N | --listen ADDRESS:PORT] [--database-url URL] [--dist DIR] [--public-origin URL] [--processor-url URL] \
    [--processor-public-url URL] [--lookups N] [--behind-proxy] [--require-corp] [--demo [--clock MOMENT]]
kppay-server migrate [--database-url URL]   brings the tables of a PostgreSQL up to date: before servers of a new version start
kppay-server reconcile [the same options] compares all payments with the processor's charges; its status is 0 if they agree, 1 if not, \
    2 if it could not run.
--clock starts the demo's clock at a moment, such as 2026-11-23T17:52:00Z.
KPPAY_PROCESSOR_SECRET holds the secret shared with the processor.
KPPAY_PEPPER is mixed into the hashes of passwords and seals second factors; keep it apart from the database, and never lose it.
KPPAY_SMTP_URL (smtp://… or smtps://user:password@host:port) is the mail server that letters are handed to, KPPAY_MAIL_FROM who they are from.";

impl Settings {
    /// From the arguments after the program's name; the error is a sentence for the operator.
    pub fn parse(mut arguments: impl Iterator<Item = String>, secret: Option<String>) -> Result<Self, String> {
        let mut settings = Self {
            listen: SocketAddr::from(([127, 0, 0, 1], 8080)),
            database_url: "sqlite://kppay.db".to_owned(),
            dist: None,
            public_origin: String::new(),
            processor_url: "http://127.0.0.1:8081".to_owned(),
            processor_public_url: String::new(),
            processor_secret: secret.unwrap_or_default(),
            demo: false,
            clock: None,
            is_behind_proxy: false,
            isolates_embedder: false,
            mail: None,
            pepper: String::new(),
            limits: Limits::default(),
        };
        while let Some(name) = arguments.next() {
            if name == "--demo" {
                settings.demo = true;
                continue;
            }
            if name == "--behind-proxy" {
                settings.is_behind_proxy = true;
                continue;
            }
            if name == "--require-corp" {
                settings.isolates_embedder = true;
                continue;
            }
            let (name, value) = match name.split_once('=') {
                Some((name, value)) => (name.to_owned(), Some(value.to_owned())),
                None => (name, arguments.next()),
            };
            let value = value.ok_or_else(|| format!("{name} needs a value.\n{USAGE}"))?;
            let number = |value: &str| value.parse::<u32>().map_err(|_| format!("{name}: {value} is not a number."));
            match name.as_str() {
                "--port" => {
                    let port = value.parse().map_err(|_| format!("--port: {value} is not a port."))?;
                    settings.listen.set_port(port);
                }
                "--listen" => {
                    settings.listen = value.parse().map_err(|_| format!("--listen: {value} is not ADDRESS:PORT."))?;
                }
                "--database-url" => settings.database_url = value,
                "--dist" => settings.dist = Some(value.into()),
                "--public-origin" => settings.public_origin = value,
                "--processor-url" => settings.processor_url = value,
                "--processor-public-url" => settings.processor_public_url = value,
                "--processor-secret" => settings.processor_secret = value,
                "--clock" => {
                    let moment = Instant::parse(&value);
                    settings.clock = Some(moment.map_err(|_| {
                        format!("--clock: {value} is not a moment in UTC, such as 2026-11-23T17:52:00Z.")
                    })?);
                }
                "--lookups" => settings.limits.tries = number(&value)?,
                _ => return Err(format!("{name} is not an option.\n{USAGE}")),
            }
        }
        if settings.clock.is_some() && !settings.demo {
            return Err("--clock is for the demo only: a server that takes payments goes by the machine's clock. \
                        Leave --clock out, or add --demo."
                .to_owned());
        }
        if settings.processor_secret.is_empty() {
            return Err(format!("KPPAY_PROCESSOR_SECRET is not set.\n{USAGE}"));
        }
        if settings.public_origin.is_empty() {
            settings.public_origin = format!("http://localhost:{}", settings.listen.port());
        }
        if settings.processor_public_url.is_empty() {
            settings.processor_public_url = settings.processor_url.clone();
        }
        for url in [&mut settings.public_origin, &mut settings.processor_url, &mut settings.processor_public_url] {
            *url = url.trim_end_matches('/').to_owned();
        }
        Ok(settings)
    }
    /// Both or neither; an empty one is none.
    pub fn with_mail(mut self, smtp_url: Option<String>, from: Option<String>) -> Result<Self, String> {
        let given = |text: Option<String>| text.filter(|text| !text.is_empty());
        self.mail = match (given(smtp_url), given(from)) {
            (Some(url), Some(from)) => Some((url, from)),
            (None, None) => None,
            (Some(_), None) => return Err("KPPAY_SMTP_URL is set and KPPAY_MAIL_FROM is not.".to_owned()),
            (None, Some(_)) => return Err("KPPAY_MAIL_FROM is set and KPPAY_SMTP_URL is not.".to_owned()),
        };
        Ok(self)
    }
    pub fn with_pepper(self, pepper: Option<String>) -> Self {
        Self { pepper: pepper.unwrap_or_default(), ..self }
    }
    pub fn is_over_tls(&self) -> bool {
        self.public_origin.starts_with("https://")
    }
}
