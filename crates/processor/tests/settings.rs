//! Which settings start and which don't: every error message names the setting and the fix.
#![allow(clippy::unwrap_used, clippy::expect_used)]

use processor::settings::{Secrets, Settings};

const LONG: &str = "9f86d081884c7d659a2feaa0c55ad015";

fn parse(arguments: &[&str], secrets: Secrets) -> Result<Settings, String> {
    Settings::parse(arguments.iter().map(|argument| (*argument).to_owned()), secrets).map_err(|error| error.to_string())
}

#[test]
fn what_is_unsafe_does_not_start_and_says_the_way_out() {
    let guessable = || Secrets::new(&"x".repeat(64));
    let rows: [(&[&str], Secrets, &[&str]); 18] = [
        (&[], guessable(), &["KPPAY_PROCESSOR_SECRET", "different characters", "openssl"]),
        (&[], Secrets::new(&" \t".repeat(20)), &["KPPAY_PROCESSOR_SECRET", "different characters", "openssl"]),
        (&[], Secrets::new(LONG).with_before(&"ab".repeat(20)), &["KPPAY_PROCESSOR_SECRET_BEFORE", "different"]),
        (&["--connections", "0"], Secrets::new(LONG), &["--connections", "leave it out"]),
        (&["--connections-by-address", "0"], Secrets::new(LONG), &["--connections-by-address", "leave it out"]),
        (&["--tokens", "0"], Secrets::new(LONG), &["--tokens", "leave it out"]),
        (&["--database", ":memory:"], Secrets::new(LONG), &["--database", "name a file"]),
        (&["--database", ""], Secrets::new(LONG), &["--database", "a value is required"]),
        (&[], Secrets::default(), &["KPPAY_PROCESSOR_SECRET is not set", "openssl"]),
        (&[], Secrets::new(&LONG[1..]), &["KPPAY_PROCESSOR_SECRET has 31", "openssl"]),
        (&[], Secrets::new(LONG).with_before("x"), &["KPPAY_PROCESSOR_SECRET_BEFORE has 1", "openssl"]),
        (&["--listen", "0.0.0.0:8081"], Secrets::new(LONG), &["--listen", "without TLS", "--public-origin https://"]),
        (&["--public-origin", "http://cards.example"], Secrets::new(LONG), &["--public-origin", "https://"]),
        (&["--public-origin", "HTTPS://cards.example"], Secrets::new(LONG), &["--public-origin", "https://"]),
        (&["--parent-origin", "http://pay.example"], Secrets::new(LONG), &["--parent-origin", "https://"]),
        (&["--parent-origin", "https://pay.example/pay"], Secrets::new(LONG), &["--parent-origin", "leave out"]),
        (&["--parent-origin", "*"], Secrets::new(LONG), &["--parent-origin", "https://"]),
        (&["--secret", LONG], Secrets::new(LONG), &["--secret"]),
    ];
    for (arguments, secrets, words) in rows {
        let message = parse(arguments, secrets).expect_err(&format!("{arguments:?} starts"));
        for word in words {
            assert!(message.contains(word), "{arguments:?}: {word} is missing: {message}");
        }
    }
}

#[test]
fn what_is_safe_starts() {
    for arguments in [
        &[][..],
        &["--listen", "[::1]:0", "--public-origin", "http://[::1]:9000"],
        &[
            "--listen",
            "0.0.0.0:8081",
            "--public-origin",
            "https://cards.example",
            "--parent-origin",
            "https://pay.example",
        ],
        &["--public-origin", "https://cards.example", "--public-origin", "https://cards.example.org/"],
    ] {
        assert!(parse(arguments, Secrets::new(LONG)).is_ok(), "{arguments:?}");
    }
    let bare = parse(&["--listen", "127.0.0.1:9001"], Secrets::new(LONG)).unwrap();
    assert_eq!(bare.origins, ["http://localhost:9001", "http://127.0.0.1:9001"]);
    assert_eq!(bare.parents, ["http://localhost:8080"]);
    assert!(!format!("{bare:?}").contains(LONG));
}
