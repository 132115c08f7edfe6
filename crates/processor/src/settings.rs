//! What an operator sets, from the command line; the secret from the environment.

use contract::Instant;
use std::{net::SocketAddr, path::PathBuf};

#[derive(Clone, Debug)]
pub struct Settings {
    pub listen: SocketAddr,
    pub database: PathBuf,
    /// Shared with the billing system.
    pub secret: String,
    /// Origins that may embed the capture frame.
    pub parents: Vec<String>,
    /// Where the frame's wasm and its glue are (`capture.js`, `capture_bg.wasm`).
    pub frame: PathBuf,
    /// When its clock starts, instead of now.
    pub clock: Option<Instant>,
}

/// What `--help` prints.
pub const USAGE: &str =
    "kppay-processor [--listen ADDRESS:PORT] [--database FILE] [--parent-origin URL]… [--frame DIR] [--clock MOMENT]
--clock starts the sandbox's clock at a moment, such as 2026-11-23T17:52:00Z.
KPPAY_PROCESSOR_SECRET holds the secret shared with the billing system.";

impl Settings {
    /// From the arguments after the program's name; the error is a sentence for the operator.
    pub fn parse(mut arguments: impl Iterator<Item = String>, secret: Option<String>) -> Result<Self, String> {
        let mut settings = Self {
            listen: SocketAddr::from(([127, 0, 0, 1], 8081)),
            database: "kppay-processor.db".into(),
            secret: secret.unwrap_or_default(),
            parents: Vec::new(),
            frame: "target/capture".into(),
            clock: None,
        };
        while let Some(name) = arguments.next() {
            let (name, value) = match name.split_once('=') {
                Some((name, value)) => (name.to_owned(), Some(value.to_owned())),
                None => (name, arguments.next()),
            };
            let value = value.ok_or_else(|| format!("{name} needs a value.\n{USAGE}"))?;
            match name.as_str() {
                "--listen" => {
                    settings.listen = value.parse().map_err(|_| format!("--listen: {value} is not ADDRESS:PORT."))?
                }
                "--database" => settings.database = value.into(),
                "--parent-origin" => settings.parents.push(value.trim_end_matches('/').to_owned()),
                "--frame" => settings.frame = value.into(),
                "--clock" => {
                    let moment = Instant::parse(&value);
                    settings.clock = Some(moment.map_err(|_| {
                        format!("--clock: {value} is not a moment in UTC, such as 2026-11-23T17:52:00Z.")
                    })?);
                }
                _ => return Err(format!("{name} is not an option.\n{USAGE}")),
            }
        }
        if settings.secret.is_empty() {
            return Err(format!("KPPAY_PROCESSOR_SECRET is not set.\n{USAGE}"));
        }
        if settings.parents.is_empty() {
            settings.parents.push("http://127.0.0.1:8080".to_owned());
        }
        Ok(settings)
    }
}
