//! Warnings at the start: settings that are taken, and that an operator may have forgotten something in.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use server::settings::{Secrets, Settings};
use std::{
    io::Write,
    sync::{Arc, Mutex},
};

const SAFE: [&str; 6] =
    ["--public-origin", "https://pay.example.org", "--listen", "0.0.0.0:8080", "--profile", "plan.toml"];

fn settings_of(arguments: &[&str]) -> Settings {
    let secrets = Secrets {
        processor: "7d659a2feaa0c55ad0159f86d081884c".into(),
        pepper: "c2a6d0818f4c7d659a2feaa0c55b8e11".into(),
        ..Secrets::default()
    };
    Settings::parse(arguments.iter().map(|argument| (*argument).to_owned()), secrets).unwrap()
}

#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl Write for Log {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap().extend(bytes);
        Ok(bytes.len())
    }
    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

/// What the start says of settings that are taken.
fn warned(arguments: &[&str]) -> String {
    let log = Log::default();
    let own = log.clone();
    let heard = tracing_subscriber::fmt().with_writer(move || own.clone()).finish();
    let settings = settings_of(arguments);
    tracing::subscriber::with_default(heard, || settings.warn());
    let log = log.0.lock().unwrap();
    String::from_utf8_lossy(&log).into_owned()
}

#[test]
fn a_deployment_without_a_proxy_that_names_its_callers_is_warned_of_one_address_for_all() {
    let said = warned(&SAFE);
    assert!(said.contains("WARN") && said.contains("--behind-proxy"), "{said}");
    let here = ["--public-origin", "http://localhost:8080", "--profile", "plan.toml"];
    for proper in [&[&SAFE[..], &["--behind-proxy"]].concat()[..], &here] {
        assert_eq!(warned(proper), "", "{proper:?}");
    }
}
