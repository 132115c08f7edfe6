//! Validation of the settings at start. Each error is a sentence for the operator that names the setting and the fix.

use super::{Command, Settings};
use serve::{
    origin::{Origin, is_loopback, reaches_loopback},
    secret::{are_different, is_varied},
};
use sqlx::{
    postgres::{PgConnectOptions, PgSslMode},
    sqlite::SqliteConnectOptions,
};
use std::str::FromStr;

/// Of the processor's secret and of the pepper, as characters: `openssl rand -hex 32` has 64.
const SHORTEST_SECRET: usize = 32;
/// An hour: by then every load balancer has noticed.
const LONGEST_DRAIN_SECONDS: u32 = 3_600;
const TRUST: &str = "or say that nobody else is on that network with --trusted-network";

type Checked = Result<(), String>;

impl Settings {
    pub(super) fn check(&self) -> Checked {
        if self.command == Some(Command::Migrate) {
            // It needs the database and nothing else.
            return self.check_database();
        }
        if self.processor_secret.is_empty() {
            return Err(
                "KPPAY_PROCESSOR_SECRET is not set: set it to the secret that the processor has, too".to_owned()
            );
        }
        if self.clock.is_some() && !self.demo {
            return Err(
                "--clock is for the demo only: a server that takes payments goes by the machine's clock. Leave \
                        --clock out, or add --demo"
                    .to_owned(),
            );
        }
        self.check_numbers()?;
        let origin = Origin::parse(&self.public_origin)
            .map_err(|why| format!("--public-origin: {} {why}", self.public_origin))?;
        let path = self.pages_below.trim_matches('/');
        if path.contains("//") || !path.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-._~/".contains(&byte)) {
            return Err(format!("--pages-below: {} is no path: set it to one such as /billing", self.pages_below));
        }
        if self.demo {
            self.check_demo(&origin)?
        } else {
            self.check_deployment(&origin)?
        }
        self.check_processor()?;
        self.check_database()?;
        self.check_mail()?;
        self.check_sms()
    }

    fn check_numbers(&self) -> Checked {
        if let Some(seconds) = self.drain_seconds.filter(|seconds| *seconds > LONGEST_DRAIN_SECONDS) {
            return Err(format!(
                "--drain-seconds {seconds} is a shutdown that nobody waits for: set it to {LONGEST_DRAIN_SECONDS} or less"
            ));
        }
        let counts = [("--connections", self.connections), ("--connections-by-address", self.connections_by_address)];
        match counts.into_iter().find(|(_, count)| *count == 0) {
            Some((name, _)) => Err(format!("{name} 0 lets nobody in: set it to 1 or more, or leave it out")),
            None => Ok(()),
        }
    }

    /// Its mail is for everybody to read, links and codes included, and its clock for everybody to move.
    fn check_demo(&self, origin: &Origin) -> Checked {
        if !self.listen.ip().is_loopback() {
            let listen = self.listen;
            return Err(format!(
                "--demo never leaves this machine, and --listen {listen} is seen by others: listen on 127.0.0.1, or \
                 leave --demo out"
            ));
        }
        if origin.is_https() || !is_loopback(origin.host()) {
            return Err(format!(
                "--demo never leaves this machine, and --public-origin {} is for others: leave one of the two out",
                origin.as_str()
            ));
        }
        if self.is_behind_proxy {
            return Err(
                "--demo never leaves this machine, and --behind-proxy says that others reach it by a proxy: leave one of the \
                 two out"
                    .to_owned(),
            );
        }
        if let Some(metrics) = self.metrics.filter(|address| !address.ip().is_loopback()) {
            return Err(format!(
                "--demo never leaves this machine, and --metrics {metrics} is seen by others: set --metrics to a port \
                 alone, or leave --demo out"
            ));
        }
        Ok(())
    }

    fn check_deployment(&self, origin: &Origin) -> Checked {
        for (name, given) in [("KPPAY_PROCESSOR_SECRET", &self.processor_secret), ("KPPAY_PEPPER", &self.pepper)] {
            let long = given.chars().count();
            if long < SHORTEST_SECRET {
                let what = if long == 0 { "is not set".to_owned() } else { format!("has {long} characters") };
                return Err(format!(
                    "{name} {what}: set it to {SHORTEST_SECRET} or more that nobody can guess (openssl rand -hex 32), \
                     or try things out on this machine with --demo"
                ));
            }
            if !is_varied(given) {
                return Err(format!(
                    "{name} has hardly any different characters, repeats itself or counts up, and attackers try such \
                     secrets first: set it to {SHORTEST_SECRET} or more that nobody can guess (openssl rand -hex 32)"
                ));
            }
        }
        if !are_different(&self.processor_secret, &self.pepper) {
            return Err(
                "KPPAY_PROCESSOR_SECRET and KPPAY_PEPPER are the same, or one is in the other, so the processor knows what protects passwords: \
                 set KPPAY_PROCESSOR_SECRET to another one (openssl rand -hex 32), at the processor, too. A new pepper \
                 would cost every password"
                    .to_owned(),
            );
        }
        if self.profile.is_none() {
            return Err(
                "--profile is not set, and nobody's phone number is built in: copy crates/server/profile.toml, write your \
                 plan's facts into it, and set --profile FILE (or KPPAY_PROFILE), or try things out on this machine with \
                 --demo"
                    .to_owned(),
            );
        }
        if let Some(lookups) = self.lookups.filter(|_| origin.is_https()) {
            return Err(format!(
                "--lookups {lookups} takes the limits on guessing away, and --public-origin {} is for others: leave \
                 --lookups out, or test on this machine with a public origin of localhost",
                origin.as_str()
            ));
        }
        if !origin.is_https() && (!is_loopback(origin.host()) || !self.listen.ip().is_loopback()) {
            return Err(format!(
                "--public-origin {} is without TLS, and others reach it or --listen {}: put a proxy with TLS in \
                 front and set --public-origin https://…, or listen on 127.0.0.1 with a public origin of localhost",
                origin.as_str(),
                self.listen
            ));
        }
        Ok(())
    }

    fn check_processor(&self) -> Checked {
        let url = &self.processor_url;
        let parsed = reqwest::Url::parse(url).ok().filter(|url| matches!(url.scheme(), "http" | "https"));
        let parsed = parsed.ok_or_else(|| format!("--processor-url: {url} is not https://… or http://…"))?;
        if url.contains(['?', '#']) {
            return Err(format!(
                "--processor-url {url} ends in a query or a fragment, and calls are made by adding to it: leave out what \
                 follows the path"
            ));
        }
        let is_here = reaches_loopback(parsed.host_str().unwrap_or_default());
        if parsed.scheme() == "http" && !is_here && !self.trusted_network {
            return Err(format!(
                "--processor-url {url} is without TLS, and the secret, tokens and amounts would be read by others: \
                 use https://… (with --processor-ca for an authority of your own), {TRUST}"
            ));
        }
        let public = &self.processor_public_url;
        let origin = Origin::parse(public).map_err(|why| format!("--processor-public-url: {public} {why}"))?;
        if origin.is_clear_beyond_loopback() {
            return Err(format!(
                "--processor-public-url {public} is without TLS, and card numbers are typed there: set it to the \
                 https://… origin at which browsers find the processor"
            ));
        }
        if origin.as_str() == self.public_origin {
            return Err(format!(
                "--processor-public-url {public} is --public-origin, so the app could read the card numbers that are typed \
                 there: give the processor an origin of its own"
            ));
        }
        Ok(())
    }

    /// As sqlx understands the URL, so that what is checked is what is done: a socket, `?host=`, `PGSSLMODE`.
    fn check_database(&self) -> Checked {
        if self.database_url.starts_with("sqlite:") {
            return self.check_sqlite();
        }
        // The URL itself may hold a password and is not repeated.
        let scheme = self.database_url.split_once("://").map(|(scheme, _)| scheme);
        if !matches!(scheme, Some("postgres" | "postgresql")) {
            return Err("--database-url is neither sqlite://… nor postgres://…".to_owned());
        }
        let options = PgConnectOptions::from_str(&self.database_url).map_err(
            |_| "--database-url is not understood: postgres://user:password@host:port/database?sslmode=verify-full",
        )?;
        let is_here = options.get_socket().is_some() || reaches_loopback(options.get_host());
        if self.demo && !is_here {
            return Err(format!(
                "--demo never leaves this machine, and --database-url reaches {}: leave one of the two out",
                options.get_host()
            ));
        }
        if is_here || self.trusted_network || matches!(options.get_ssl_mode(), PgSslMode::VerifyFull) {
            return Ok(());
        }
        Err(format!(
            "--database-url reaches {} without a certificate that is checked, and everything in it could be read and \
             changed on the way: add sslmode=verify-full (and sslrootcert=FILE for an authority of your own), {TRUST}",
            options.get_host()
        ))
    }

    /// Each connection to a database in memory, or to one without a name, has a database of its own.
    fn check_sqlite(&self) -> Checked {
        let url = &self.database_url;
        let (file, query) = url.split_once('?').unwrap_or((url, ""));
        let options = SqliteConnectOptions::from_str(url).ok();
        let query = options.as_ref().and_then(|_| reqwest::Url::parse(&format!("sqlite:?{query}")).ok());
        let has = |setting: (&str, &str)| {
            query.iter().flat_map(reqwest::Url::query_pairs).any(|(name, value)| (&*name, &*value) == setting)
        };
        // With percent signs decoded, as SQLite sees it.
        let name = options.map(|options| options.get_filename().to_string_lossy().into_owned());
        let is_in_memory = |name: &str| name.is_empty() || [file, name].iter().any(|name| name.ends_with(":memory:"));
        let why = match name {
            None => "is not understood",
            // SQLite has settings of its own there.
            Some(name) if name.starts_with("file:") && name.contains('?') => "is not understood",
            Some(name) if is_in_memory(&name) || has(("mode", "memory")) => "names no file, so nothing would be kept",
            Some(_) if [("mode", "ro"), ("immutable", "true"), ("immutable", "1")].into_iter().any(has) => {
                "is of a database that can't be written"
            }
            Some(_) => return Ok(()),
        };
        Err(format!("--database-url {url} {why}: set it to sqlite://FILE, such as sqlite:///var/lib/kppay.db"))
    }

    fn check_mail(&self) -> Checked {
        let Some((url, from)) = &self.mail else { return Ok(()) };
        if from.is_empty() {
            return Err("KPPAY_SMTP_URL is set and KPPAY_MAIL_FROM is not: set it to who e-mails are from".to_owned());
        }
        if url.is_empty() {
            return Err("KPPAY_MAIL_FROM is set and KPPAY_SMTP_URL is not: set it to the mail server".to_owned());
        }
        let parsed = reqwest::Url::parse(url).ok().filter(|url| matches!(url.scheme(), "smtp" | "smtps"));
        let parsed = parsed.ok_or("KPPAY_SMTP_URL is not smtp://… or smtps://….")?;
        let mut tls = parsed.query_pairs().filter(|(name, _)| name == "tls").peekable();
        let is_required = tls.peek().is_some() && tls.all(|(_, value)| value == "required");
        let is_here = reaches_loopback(parsed.host_str().unwrap_or_default());
        if parsed.scheme() == "smtps" || is_required || is_here || self.trusted_network {
            return Ok(());
        }
        Err(format!(
            "KPPAY_SMTP_URL is without TLS, and e-mails, their links and the mail server's password would be read by \
             others: use smtps://… or smtp://…?tls=required, {TRUST}"
        ))
    }

    /// Nothing but TLS beyond this machine, whatever the network: it carries members' phone numbers.
    fn check_sms(&self) -> Checked {
        let Some((url, secret)) = &self.sms else { return Ok(()) };
        if url.is_empty() {
            return Err("KPPAY_SMS_SECRET is set and KPPAY_SMS_URL is not: set it to the gateway's address".to_owned());
        }
        if secret.is_empty() {
            return Err("KPPAY_SMS_URL is set and KPPAY_SMS_SECRET is not: set it to the gateway's secret".to_owned());
        }
        let parsed = reqwest::Url::parse(url).map_err(|_| "KPPAY_SMS_URL is not https://….")?;
        let is_here = reaches_loopback(parsed.host_str().unwrap_or_default());
        if parsed.scheme() == "https" || parsed.scheme() == "http" && is_here {
            return Ok(());
        }
        Err("KPPAY_SMS_URL is without TLS, and phone numbers would be read by others: use https://…".to_owned())
    }

    /// What the operator said is trusted, and what was perhaps forgotten, once at the start.
    pub fn warn(&self) {
        // This server has no TLS of its own, so https is a proxy's.
        if self.is_over_tls() && !self.is_behind_proxy {
            tracing::warn!(
                "--public-origin is https, so a proxy is in front, and --behind-proxy is not set: all clients are the \
                 proxy's one address and share its limits. Set --behind-proxy if the proxy writes X-Forwarded-For"
            );
        }
        if self.trusted_network {
            tracing::warn!(
                "--trusted-network is set: the database, the processor and the mail server may be reached without TLS"
            );
        }
        if self.metrics.is_some_and(|address| !address.ip().is_loopback()) {
            tracing::warn!(
                "--metrics listens beyond this machine: anyone who reaches it can read how much is paid and how often"
            );
        }
    }
}
