//! Which settings start and which don't: every error message names the setting and the fix.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use server::settings::{Secrets, Settings};

const LONG: &str = "7d659a2feaa0c55ad0159f86d081884c";
const OTHER: &str = "c2a6d0818f4c7d659a2feaa0c55b8e11";
const SAFE: [&str; 4] = ["--public-origin", "https://pay.example.org", "--listen", "0.0.0.0:8080"];

fn secrets() -> Secrets {
    Secrets { processor: LONG.into(), pepper: OTHER.into(), ..Secrets::default() }
}

/// With a profile, as every server but the demo's has one.
fn parse(arguments: &[&str], secrets: Secrets) -> Result<Settings, String> {
    parse_alone(&[arguments, &["--profile", "plan.toml"]].concat(), secrets)
}

fn parse_alone(arguments: &[&str], secrets: Secrets) -> Result<Settings, String> {
    Settings::parse(arguments.iter().map(|argument| (*argument).to_owned()), secrets).map_err(|error| error.to_string())
}

#[track_caller]
fn starts(arguments: &[&str], secrets: Secrets) -> Settings {
    parse(arguments, secrets).unwrap_or_else(|refused| panic!("{arguments:?}: {refused}"))
}

/// Refused with all of these words in it, the setting and the way out among them.
#[track_caller]
fn refused(arguments: &[&str], secrets: Secrets, words: &[&str]) {
    let message = parse(arguments, secrets).expect_err(&format!("{arguments:?} starts"));
    for word in words {
        assert!(message.contains(word), "{word} is missing: {message}");
    }
}

#[test]
fn a_deployment_starts_only_with_secrets_that_cannot_be_guessed() {
    starts(&SAFE, secrets());
    for (secrets, words) in [
        (Secrets { processor: String::new(), ..secrets() }, ["KPPAY_PROCESSOR_SECRET is not set", "the processor"]),
        (Secrets { processor: "x".into(), ..secrets() }, ["KPPAY_PROCESSOR_SECRET has 1 characters", "openssl"]),
        (Secrets { pepper: String::new(), ..secrets() }, ["KPPAY_PEPPER is not set", "openssl"]),
        (Secrets { pepper: LONG[1..].into(), ..secrets() }, ["KPPAY_PEPPER has 31 characters", "--demo"]),
        (Secrets { pepper: LONG.into(), ..secrets() }, ["KPPAY_PROCESSOR_SECRET and KPPAY_PEPPER", "openssl"]),
        (Secrets { pepper: format!("{LONG}x"), ..secrets() }, ["KPPAY_PROCESSOR_SECRET and KPPAY_PEPPER", "openssl"]),
        (
            Secrets { processor: format!("x{OTHER}"), ..secrets() },
            ["KPPAY_PROCESSOR_SECRET and KPPAY_PEPPER", "openssl"],
        ),
        (Secrets { pepper: "abcdefghijklmnopqrstuvwxyz0123456789".into(), ..secrets() }, ["KPPAY_PEPPER", "counts up"]),
        (Secrets { pepper: LONG.to_uppercase(), ..secrets() }, ["KPPAY_PROCESSOR_SECRET and KPPAY_PEPPER", "openssl"]),
        (
            Secrets { pepper: "changeme-changeme-changeme-changeme".into(), ..secrets() },
            ["KPPAY_PEPPER", "repeats itself"],
        ),
    ] {
        refused(&SAFE, secrets, &words);
    }
}

#[test]
fn the_frame_of_the_card_number_is_on_an_origin_of_its_own() {
    for public in ["https://pay.example.org", "https://pay.example.org/"] {
        let arguments = [&SAFE[..], &["--processor-public-url", public]].concat();
        refused(&arguments, secrets(), &["--processor-public-url", "--public-origin", "an origin of its own"]);
    }
    starts(&[&SAFE[..], &["--processor-public-url", "https://cards.example.org"]].concat(), secrets());
}

#[test]
fn a_deployment_names_its_profile_and_the_demo_has_its_own() {
    for arguments in [&[][..], &SAFE, &["reconcile"]] {
        let message = parse_alone(arguments, secrets()).expect_err("nobody's phone number");
        for word in ["--profile is not set", "KPPAY_PROFILE", "crates/server/profile.toml", "--demo"] {
            assert!(message.contains(word), "{word} is missing: {message}");
        }
    }
    for arguments in [&["--demo"][..], &["migrate"]] {
        assert!(parse_alone(arguments, secrets()).is_ok_and(|settings| settings.profile.is_none()), "{arguments:?}");
    }
}

#[test]
fn a_secret_that_anybody_would_try_is_refused_however_long_it_is() {
    let guessable =
        ["x".repeat(64), " ".repeat(32), " \t".repeat(20), "ab".repeat(32), "0".repeat(40), format!("{:>40}", "abc")];
    for secret in guessable {
        for (secrets, name) in [
            (Secrets { pepper: secret.clone(), ..secrets() }, "KPPAY_PEPPER"),
            (Secrets { processor: secret.clone(), ..secrets() }, "KPPAY_PROCESSOR_SECRET"),
        ] {
            refused(&SAFE, secrets.clone(), &[name, "openssl rand -hex 32", "different characters"]);
            let message = parse(&SAFE, secrets).unwrap_err();
            assert!(!message.contains(secret.trim()) || secret.trim().is_empty(), "{message}");
        }
    }
    // As `openssl rand` writes them: hexadecimal and Base64.
    for pepper in ["9f86d081884c7d659a2feaa0c55ad015", "3q2+7wAAAAB1c2VyLXNlY3JldC1rZXk4OTAx"] {
        starts(&SAFE, Secrets { pepper: pepper.into(), ..secrets() });
    }
}

#[test]
fn a_limit_that_lets_nobody_in_is_refused() {
    for name in ["--connections", "--connections-by-address"] {
        for demo in [&[][..], &["--demo"]] {
            refused(&[&[name, "0"], demo].concat(), secrets(), &[name, "0", "leave it out"]);
            starts(&[&[name, "1"], demo].concat(), secrets());
        }
    }
    // None of these is a limit that nothing passes.
    for seconds in ["0", "3600"] {
        starts(&["--drain-seconds", seconds], secrets());
    }
    for seconds in ["3601", "4294967295"] {
        refused(&["--drain-seconds", seconds], secrets(), &["--drain-seconds", seconds, "3600 or less"]);
    }
    starts(&["--lookups", "0"], secrets());
}

#[test]
fn a_database_that_keeps_nothing_or_cannot_be_written_is_refused() {
    for url in [
        "sqlite::memory:",
        "sqlite://:memory:",
        "sqlite::memory:?cache=shared",
        "sqlite://kppay.db?mode=memory",
        "sqlite:file::memory:",
        "sqlite://kppay.db?cache=shared&mode=memory",
        "sqlite:",
        "sqlite://",
        "sqlite://?mode=rwc",
        "sqlite:%3Amemory%3A",
        "sqlite://%3amemory:?mode=rwc",
        "sqlite:///x.db?mode=%6demory",
        "sqlite:///x.db?%6d%6fde=memory",
        "sqlite:file:x.db%3Fmode=memory",
    ] {
        for more in [&[][..], &["--demo"], &["migrate"], &["reconcile"]] {
            let arguments = [&["--database-url", url], more].concat();
            refused(&arguments, secrets(), &["--database-url", "sqlite://FILE"]);
        }
    }
    for url in ["sqlite://kppay.db?mode=ro", "sqlite://kppay.db?immutable=true", "sqlite://kppay.db?mode=r%6f"] {
        refused(&["--database-url", url], secrets(), &["--database-url", "can't be written", "sqlite://FILE"]);
    }
    for url in ["sqlite://kppay.db?mode=frob", "sqlite://kppay.db?frob=1"] {
        refused(&["--database-url", url], secrets(), &["--database-url", "not understood", "sqlite://FILE"]);
    }
    for url in ["sqlite://kppay.db", "sqlite:/var/lib/kppay.db", "sqlite://a%20b.db?mode=rwc", "sqlite://b.db?mode=rw"]
    {
        starts(&["--database-url", url], secrets());
    }
}

#[test]
fn a_deployment_is_reached_over_tls_or_from_this_machine_only() {
    starts(&[], secrets());
    starts(&["--public-origin", "https://pay.example.org"], secrets());
    starts(&["--public-origin", "http://127.0.0.1:9000", "--listen", "[::1]:9000"], secrets());
    for arguments in [
        ["--public-origin", "http://pay.example.org", "--listen", "127.0.0.1:8080"],
        ["--public-origin", "http://pay.example.org", "--listen", "0.0.0.0:8080"],
        ["--public-origin", "http://localhost:8080", "--listen", "0.0.0.0:8080"],
        ["--public-origin", "http://192.0.2.1", "--listen", "192.0.2.1:80"],
    ] {
        refused(&arguments, secrets(), &["--public-origin", "without TLS", "set --public-origin https://"]);
    }
}

#[test]
fn limits_are_taken_away_for_tests_only() {
    for tests in [&["--lookups", "1000000"][..], &["--demo", "--lookups", "1000000"]] {
        assert_eq!(starts(tests, secrets()).limits.tries, 1_000_000);
    }
    let others = [&SAFE[..], &["--lookups", "1000000"]].concat();
    refused(&others, secrets(), &["--lookups 1000000", SAFE[1], "leave --lookups out"]);
}

#[test]
fn an_origin_that_no_browser_sends_is_refused() {
    assert_eq!(starts(&["--public-origin", "https://pay.example.org/"], secrets()).public_origin, SAFE[1]);
    for (origin, why) in [
        ("HTTPS://pay.example.org", "is not an origin"),
        ("https://Pay.example.org", "lower case"),
        ("https://pay.example.org/pay", "leave out"),
        ("https://pay.example.org:443", "leave it out"),
        ("pay.example.org", "https://"),
        ("*", "https://"),
    ] {
        refused(&["--public-origin", origin], secrets(), &["--public-origin", why]);
    }
    for (origin, why) in [("http://processor.example", "without TLS"), ("https://processor.example/a", "leave out")] {
        refused(&["--processor-public-url", origin], secrets(), &["--processor-public-url", why]);
    }
}

#[test]
fn the_pages_are_at_the_root_or_below_a_plain_path() {
    for (path, home) in [("", ""), ("/", ""), ("/billing", "/billing"), ("pay/bills/", "/pay/bills")] {
        let settings = starts(&["--public-origin", "https://pay.example.org", "--pages-below", path], secrets());
        assert_eq!(settings.home, format!("https://pay.example.org{home}"), "{path}");
    }
    for path in ["https://other.example", "/a b", "/a?b", "/a#b", "/a//b", "/\u{e4}"] {
        refused(&["--pages-below", path], secrets(), &["--pages-below", "is no path", "/billing"]);
    }
}

#[test]
fn a_demo_never_leaves_this_machine() {
    let bare = || Secrets { processor: "x".into(), ..Secrets::default() };
    starts(&["--demo"], bare());
    starts(&["--demo", "--metrics", "9090"], bare());
    starts(&["--demo", "--listen", "[::1]:8080", "--public-origin", "http://[::1]:8080"], bare());
    refused(&["--demo"], Secrets::default(), &["KPPAY_PROCESSOR_SECRET"]);
    for arguments in [
        ["--public-origin", "https://pay.example.org"],
        ["--public-origin", "https://localhost"],
        ["--public-origin", "http://pay.example.org"],
        ["--listen", "0.0.0.0:8080"],
        ["--listen", "192.0.2.1:8080"],
        ["--listen", "[::]:8080"],
        ["--metrics", "0.0.0.0:9090"],
        ["--metrics", "192.0.2.1:9090"],
    ] {
        refused(&["--demo", arguments[0], arguments[1]], secrets(), &["--demo never", arguments[0], arguments[1]]);
    }
    refused(&["--demo", "--behind-proxy"], secrets(), &["--demo never", "--behind-proxy"]);
    for there in ["postgres://db.example/kppay?sslmode=verify-full", "postgres://localhost/kppay?host=db.example"] {
        for more in [&[][..], &["--trusted-network"], &["migrate"], &["reconcile"]] {
            let arguments = [&["--demo", "--database-url", there], more].concat();
            refused(&arguments, secrets(), &["--demo never", "--database-url", "db.example"]);
        }
    }
    for here in ["postgres://kppay@127.0.0.1:5432/kppay", "postgres:///kppay?host=/var/run/postgresql"] {
        starts(&["--demo", "--database-url", here], secrets());
    }
}

#[test]
fn nothing_leaves_this_machine_in_the_clear_unless_the_network_is_said_to_be_trusted() {
    let mail = |url: &str| Secrets { smtp_url: url.into(), mail_from: "Plan <bills@example.org>".into(), ..secrets() };
    let rows: [(&[&str], Secrets, &str); 13] = [
        // A name that is looked up like any other.
        (&["--processor-url", "http://processor.localhost"], secrets(), "--processor-url"),
        (&["--database-url", "postgres://db.localhost/kppay"], secrets(), "--database-url"),
        (&[], mail("smtp://mail.localhost:2525"), "KPPAY_SMTP_URL"),
        (&["--processor-url", "http://processor.example"], secrets(), "--processor-url"),
        (&["--processor-url", "http://10.0.0.7:8081"], secrets(), "--processor-url"),
        (&["--database-url", "postgres://kppay:hunter2@db.example/kppay"], secrets(), "--database-url"),
        (&["--database-url", "postgres://db.example/kppay?sslmode=require"], secrets(), "--database-url"),
        (&["--database-url", "postgres://db.example/kppay?sslmode=verify-ca"], secrets(), "--database-url"),
        (&["--database-url", "postgres://localhost/kppay?host=db.example"], secrets(), "--database-url"),
        (&[], mail("smtp://mail.example"), "KPPAY_SMTP_URL"),
        (&[], mail("smtp://user:hunter2@mail.example?tls=opportunistic"), "KPPAY_SMTP_URL"),
        (&[], mail("smtp://user:hunter2@mail.example?tls=opportunistic&tls=required"), "KPPAY_SMTP_URL"),
        (&["--database-url", "postgresql://10.0.0.7/kppay"], secrets(), "--database-url"),
    ];
    // The processor's own address for browsers is another setting, and never without TLS.
    let public = ["--processor-public-url", "https://processor.example"];
    for (arguments, secrets, setting) in rows {
        let arguments = [&public, arguments].concat();
        refused(&arguments, secrets.clone(), &[setting, "--trusted-network"]);
        let message = parse(&arguments, secrets.clone()).unwrap_err();
        assert!(!message.contains("hunter2"), "{message}");
        starts(&[&arguments[..], &["--trusted-network"]].concat(), secrets);
    }
    let clear = ["--processor-public-url", "http://processor.example", "--trusted-network"];
    refused(&clear, secrets(), &["--processor-public-url", "without TLS"]);
    for (arguments, secrets) in [
        (["--processor-url", "https://processor.example"], secrets()),
        (["--processor-url", "http://localhost:8081"], secrets()),
        (["--database-url", "postgres://db.example/kppay?sslmode=verify-full"], secrets()),
        (["--database-url", "postgres://kppay@127.0.0.1:5432/kppay"], secrets()),
        (["--database-url", "postgres://[::1]/kppay"], secrets()),
        (["--database-url", "postgres://%2Fvar%2Frun%2Fpostgresql/kppay"], secrets()),
        (["--database-url", "postgres:///kppay?host=/var/run/postgresql"], secrets()),
        (["--database-url", "sqlite:kppay.db"], mail("smtps://mail.example")),
        (["--database-url", "sqlite:kppay.db"], mail("smtp://mail.example?tls=required")),
        (["--database-url", "sqlite:kppay.db"], mail("smtp://localhost:2525")),
    ] {
        starts(&[&public[..], &arguments[..]].concat(), secrets);
    }
}

#[test]
fn what_is_not_understood_is_refused_by_name() {
    let mail = |url: &str, from: &str| Secrets { smtp_url: url.into(), mail_from: from.into(), ..secrets() };
    refused(&[], mail("smtps://mail.example", ""), &["KPPAY_MAIL_FROM"]);
    refused(&[], mail("", "bills@example.org"), &["KPPAY_SMTP_URL is not", "the mail server"]);
    refused(&[], mail("http://localhost", "bills@example.org"), &["KPPAY_SMTP_URL", "smtps://"]);
    refused(&["--database-url", "mysql://localhost/kppay"], secrets(), &["--database-url", "postgres://"]);
    refused(&["--database-url", "postgres://localhost/kppay?sslmode=hunter2"], secrets(), &["--database-url"]);
    for url in ["processor.example", "localhost:8081", "ftp://localhost"] {
        let arguments = ["--processor-url", url, "--processor-public-url", "https://processor.example"];
        refused(&arguments, secrets(), &["--processor-url", "https://"]);
    }
    for url in ["https://processor.example/a?x=", "https://processor.example/#a"] {
        let arguments = ["--processor-url", url, "--processor-public-url", "https://processor.example"];
        refused(&arguments, secrets(), &["--processor-url", url, "leave out"]);
    }
    let below =
        ["--processor-url", "https://processor.example/a", "--processor-public-url", "https://processor.example"];
    starts(&below, secrets());
    refused(&["--listen", "8080"], secrets(), &["--listen"]);
    refused(&["--lookups", "many"], secrets(), &["--lookups"]);
    // Others see a command line: no secret is taken from there.
    refused(&["--processor-secret", LONG], secrets(), &["--processor-secret"]);
    refused(&["--pepper", LONG], secrets(), &["--pepper"]);
}

#[test]
fn figures_are_for_this_machine_unless_an_address_is_named() {
    let at = |arguments: &[&str]| starts(arguments, secrets()).metrics.map(|address| address.to_string());
    assert_eq!(at(&[]), None);
    assert_eq!(at(&["--metrics", "9090"]).as_deref(), Some("127.0.0.1:9090"));
    assert_eq!(at(&["--metrics", "10.0.0.7:9090"]).as_deref(), Some("10.0.0.7:9090"));
    refused(&["--metrics", "everywhere"], secrets(), &["--metrics", "PORT"]);
}

#[test]
fn the_two_programs_agree_where_nothing_is_set() {
    let billing = starts(&[], secrets());
    let processor = processor::settings::Settings::parse([], processor::settings::Secrets::new(LONG)).unwrap();
    assert!(processor.parents.contains(&billing.public_origin), "{} may not frame", billing.public_origin);
    assert!(processor.origins.contains(&billing.processor_public_url), "{:?}", processor.origins);
    assert_eq!(billing.processor_url, format!("http://{}", processor.listen));
}

#[test]
fn help_names_every_setting_and_the_secrets() {
    let help = parse(&["--help"], Secrets::default()).unwrap_err();
    for name in
        ["--public-origin", "--profile", "--trusted-network", "--processor-ca", "KPPAY_PEPPER", "KPPAY_SMTP_URL"]
    {
        assert!(help.contains(name), "{name}");
    }
}

#[test]
fn text_messages_go_over_tls_to_a_gateway_with_a_secret_or_are_not_offered() {
    let sms = |url: &str, secret: &str| Secrets { sms_url: url.into(), sms_secret: secret.into(), ..secrets() };
    assert!(!starts(&SAFE, secrets()).has_texts());
    assert!(starts(&SAFE, sms("https://sms.example.org/", "s")).has_texts());
    starts(&SAFE, sms("http://127.0.0.1:8090/", "s"));
    refused(&["--trusted-network"], sms("http://sms.example.org/", "s"), &["KPPAY_SMS_URL", "https://"]);
    refused(&SAFE, sms("", "s"), &["KPPAY_SMS_URL is not"]);
    refused(&SAFE, sms("https://sms.example.org/", ""), &["KPPAY_SMS_SECRET is not"]);
}
