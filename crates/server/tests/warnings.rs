//! Warnings at the start: settings that are taken, and that an operator may have forgotten something in.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

#[path = "test_app/captured_log.rs"]
mod captured_log;

use captured_log::CapturedLog;
use server::settings::{Secrets, Settings};

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

/// What the start says of settings that are taken.
fn warned(arguments: &[&str]) -> String {
    let log = CapturedLog::default();
    let own = log.clone();
    let subscriber = tracing_subscriber::fmt().with_writer(move || own.clone()).finish();
    let settings = settings_of(arguments);
    tracing::subscriber::with_default(subscriber, || settings.warn());
    log.text()
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
