//! Rules of security that hold for all code of one kind, read from its files: what it never does, and where it does
//! what few may. docs/asvs.md names them. Comments, tests beside the code and files of tests are left out.

use crate::source::{self, read};
use std::collections::BTreeSet;

/// What runs on a server.
const SERVERS: [&str; 3] = ["crates/server/src", "crates/processor/src", "crates/serve/src"];
/// What runs in a browser.
const BROWSER: [&str; 3] = ["src", "crates/capture/src", "crates/contract/src"];
/// Scripts that are written by hand.
const SCRIPTS: [&str; 3] = ["boot.js", "crates/processor/frame/frame.js", "crates/processor/frame/words.js"];
/// What the programs are built of.
const MANIFESTS: [&str; 6] = [
    "Cargo.toml",
    "crates/contract/Cargo.toml",
    "crates/server/Cargo.toml",
    "crates/serve/Cargo.toml",
    "crates/processor/Cargo.toml",
    "crates/capture/Cargo.toml",
];

/// Where SQL is more than one constant, and how often. Each was read: its parts are constants, names in the program's
/// own text, and `$1`, `$2` and so on; what came from outside is bound. Anyone who adds one reads it as closely.
const SQL_OF_PARTS: [(&str, usize); 16] = [
    ("crates/processor/src/store.rs", 4),
    ("crates/processor/src/store/charging.rs", 2),
    ("crates/server/src/store/pending_charges.rs", 3),
    ("crates/server/src/store/batch.rs", 2),
    ("crates/server/src/store/begin.rs", 1),
    ("crates/server/src/store/bills.rs", 2),
    ("crates/server/src/store/jobs.rs", 1),
    ("crates/server/src/store/limits.rs", 2),
    ("crates/server/src/store/migrations.rs", 1),
    ("crates/server/src/store/outbox.rs", 1),
    ("crates/server/src/store/owner.rs", 1),
    ("crates/server/src/store/spending.rs", 1),
    ("crates/server/src/store/reconciling.rs", 2),
    ("crates/server/src/store/settle.rs", 1),
    ("crates/server/src/store/shares.rs", 1),
    ("crates/server/src/store/texts.rs", 1),
];

/// The cryptographic inventory of docs/asvs.md, as files.
const CRYPTOGRAPHY: [(&str, &[&str]); 6] = [
    ("argon2::", &["crates/server/src/identity/passwords.rs"]),
    ("CHACHA20_POLY1305", &["crates/server/src/identity/factors/seal.rs"]),
    (
        "HMAC_SHA256",
        &[
            "crates/server/src/identity/factors/seal.rs",
            "crates/server/src/identity/known_device.rs",
            "crates/server/src/limits.rs",
        ],
    ),
    ("sha1::", &["crates/server/src/identity/factors/totp.rs"]),
    ("webauthn_rp::", &["crates/server/src/identity/factors/webauthn.rs"]),
    (
        "sha2::",
        &[
            "crates/server/src/http/assets.rs",
            "crates/server/src/token.rs",
            "crates/server/src/identity/passwords/common.rs",
            "crates/server/src/jobs/processor_events.rs",
            "crates/server/src/identity/passkeys.rs",
        ],
    ),
];
/// Ciphers and hashes that are broken, or modes that are easily used wrongly; randomness that is not the system's;
/// templates and format strings that are read while the program runs.
const REFUSED: [&str; 23] = [
    "aes",
    "cbc",
    "ctr",
    "des",
    "ecb",
    "md5",
    "md-5",
    "rc4",
    "openssl",
    "native-tls",
    "fastrand",
    "nanorand",
    "oorandom",
    "rand",
    "askama",
    "dynfmt",
    "formatx",
    "handlebars",
    "liquid",
    "minijinja",
    "mustache",
    "strfmt",
    "tera",
];

struct Source {
    /// Path inside the repository.
    name: String,
    code: String,
}

fn sources(folders: &[&str]) -> Vec<Source> {
    let of = |folder: &&str| {
        let folder = (*folder).to_owned();
        let found = source::sources(&folder).into_iter();
        found.map(move |source| Source { name: format!("{folder}/{}", source.name), code: source.code })
    };
    let found: Vec<_> = folders.iter().flat_map(of).collect();
    assert!(found.len() > 20, "{folders:?} are read");
    found
}

/// In these files and in no other one.
#[track_caller]
fn stands_only_in(sources: &[Source], word: &str, allowed: &[&str]) {
    let holders = sources.iter().filter(|source| source.code.contains(word));
    let found: BTreeSet<&str> = holders.map(|source| source.name.as_str()).collect();
    let allowed: BTreeSet<&str> = allowed.iter().copied().collect();
    assert_eq!(found, allowed, "{word}");
}

#[track_caller]
fn stands_nowhere(sources: &[Source], words: &[&str]) {
    for word in words {
        stands_only_in(sources, word, &[]);
    }
}

/// Names of what a manifest depends on when it is not a test.
fn dependencies(manifest: &str) -> BTreeSet<String> {
    let text = read(manifest);
    let section = text.split("\n[dependencies]\n").nth(1).unwrap_or_else(|| panic!("{manifest}: no dependencies"));
    let lines = section.lines().take_while(|line| !line.starts_with('['));
    let names = lines.filter_map(|line| line.split(['.', ' ', '=']).next());
    names.filter(|name| !name.is_empty() && !name.starts_with('#')).map(str::to_owned).collect()
}

#[test]
fn the_servers_start_no_other_program() {
    stands_nowhere(&sources(&SERVERS), &["Command::new", "process::Command", "posix_spawn", "libc::"]);
}

#[test]
fn only_the_processor_the_mail_server_the_text_gateway_and_the_database_are_asked() {
    let servers = sources(&SERVERS);
    let clients = ["crates/server/src/billing/processor/sandbox.rs", "crates/server/src/jobs/text_gateway.rs"];
    stands_only_in(&servers, "reqwest::Client", &clients);
    stands_only_in(&servers, "SmtpConnection", &["crates/server/src/jobs/smtp.rs"]);
    stands_only_in(&servers, ".connect_with(", &["crates/processor/src/store.rs"]);
    let connections = [
        "crates/server/src/jobs/smtp.rs",
        "crates/server/src/readiness.rs",
        "crates/server/src/store/connect.rs",
        "crates/server/src/store/connections.rs",
        "crates/server/src/store/migrations.rs",
    ];
    stands_only_in(&servers, "Connection::connect", &connections);
    stands_nowhere(
        &servers,
        &[
            "SmtpTransport",
            "reqwest::get",
            "reqwest::blocking",
            "TcpStream::connect",
            "UnixStream",
            "UdpSocket",
            "lookup_host",
        ],
    );
}

#[test]
fn sql_is_put_together_in_known_places_only() {
    for source in sources(&SERVERS) {
        let known = SQL_OF_PARTS.iter().find(|(name, _)| *name == source.name).map_or(0, |(_, times)| *times);
        assert_eq!(source.code.matches("AssertSqlSafe(").count(), known, "{}", source.name);
    }
}

#[test]
fn no_answer_is_opened_to_other_origins() {
    for source in sources(&SERVERS) {
        let code = source.code.to_lowercase();
        for word in ["access-control-", "access_control_", "corslayer"] {
            assert!(!code.contains(word), "{}: {word}", source.name);
        }
    }
}

#[test]
fn the_servers_write_no_json_by_hand() {
    stands_nowhere(&sources(&SERVERS), &["r#\"{", "r##\"{", "\"{\\\"", "\"{{\\\""]);
}

#[test]
fn no_text_becomes_markup_or_script() {
    let browser = sources(&BROWSER);
    // Constants of the program.
    let drawn = ["src/ui/shell.rs", "src/ui/icon.rs", "src/billing/statement.rs"];
    stands_only_in(&browser, "inner_html", &drawn);
    let words = ["outer_html", "insert_adjacent", "js_sys::eval", "inline_js", "Function::new", "document.write"];
    stands_nowhere(&browser, &words);
    for script in SCRIPTS {
        let text = read(script);
        for word in
            ["eval(", "new Function", "innerHTML =", "innerHTML=", "outerHTML", "insertAdjacentHTML", "document.write"]
        {
            assert!(!text.contains(word), "{script}: {word}");
        }
    }
}

#[test]
fn scripts_keep_nothing_under_a_foreign_name() {
    for script in SCRIPTS {
        let text = read(script).replace("===", "");
        for word in ["__proto__", ".prototype", "Object.assign", "setPrototypeOf", "] =", "]="] {
            assert!(!text.contains(word), "{script}: {word}");
        }
    }
}

#[test]
fn every_password_is_typed_into_a_password_field() {
    let mut fields = 0;
    for source in sources(&["src"]) {
        for word in ["autocomplete=\"current-password\"", "autocomplete=\"new-password\""] {
            for (at, _) in source.code.match_indices(word) {
                let tag = source.code[..at].rfind('<').unwrap();
                assert!(source.code[tag..].starts_with("<PasswordField"), "{}: {word}", source.name);
                fields += 1;
            }
        }
        let boxes = source.code.matches("<PasswordField").count();
        let named = source.code.matches("autocomplete=\"current-password\"").count()
            + source.code.matches("autocomplete=\"new-password\"").count();
        assert_eq!(boxes, named, "{}: what a password manager is told", source.name);
    }
    assert!(fields > 0);
}

#[test]
fn nothing_keeps_anybody_from_pasting() {
    let words = ["on:paste", "on:copy", "on:cut", "on:drop", "on:beforeinput", "on:contextmenu"];
    stands_nowhere(&sources(&BROWSER), &words);
    for script in SCRIPTS {
        let text = read(script);
        for word in ["'paste'", "'beforeinput'", "onpaste"] {
            assert!(!text.contains(word), "{script}: {word}");
        }
    }
}

#[test]
fn no_call_takes_a_hint_or_the_answer_to_a_secret_question() {
    let mut document = read("crates/server/openapi.json").to_lowercase();
    // what a member asks the plan about a charge
    for own in ["chargequestion", "newquestion", "questionstate", "questiontext", "questiontopic", "\"questions\""] {
        document = document.replace(own, "");
    }
    for word in ["\"hint", "_hint\"", "question\"", "\"question", "maiden"] {
        assert!(!document.contains(word), "{word}");
    }
}

#[test]
fn cryptography_is_used_where_the_inventory_says() {
    let servers = sources(&SERVERS);
    for (word, files) in CRYPTOGRAPHY {
        stands_only_in(&servers, word, files);
    }
    stands_nowhere(&servers, &["AES_", "aes::", "HMAC_SHA1", "SHA1_FOR_LEGACY", "Md5", "md5::", "agreement::"]);
}

/// A dependency of a dependency can't be named in our code.
#[test]
fn no_program_depends_on_weak_ciphers_guessable_chance_or_templates() {
    for manifest in MANIFESTS {
        let names = dependencies(manifest);
        for refused in REFUSED {
            assert!(!names.contains(refused), "{manifest}: {refused}");
        }
    }
}

#[test]
fn rustls_is_the_only_tls() {
    let lock = read("Cargo.lock");
    assert!(lock.contains("name = \"rustls\"\n"));
    for other in ["openssl", "openssl-sys", "native-tls", "aws-lc-sys", "boring-sys", "gnutls-sys", "mbedtls-sys-auto"]
    {
        assert!(!lock.contains(&format!("name = \"{other}\"\n")), "{other}");
    }
}

#[test]
fn every_crate_comes_from_the_one_registry() {
    let lock = read("Cargo.lock");
    let sources: BTreeSet<_> = lock.lines().filter(|line| line.starts_with("source = ")).collect();
    let registry = "source = \"registry+https://github.com/rust-lang/crates.io-index\"";
    assert_eq!(sources, BTreeSet::from([registry]));
    let packages = lock.matches("\nsource = ").count();
    assert_eq!(lock.matches("\nchecksum = ").count(), packages, "each is locked with its checksum");
}

#[test]
fn nothing_is_printed_but_by_the_log() {
    let servers = sources(&SERVERS);
    // What `kppay-server reconcile` is asked for.
    stands_only_in(&servers, "log::answer(", &["crates/server/src/main.rs"]);
    stands_only_in(&servers, "io::stdout()", &["crates/serve/src/log.rs"]);
    stands_only_in(&servers, "io::stderr()", &["crates/serve/src/log.rs"]);
    // They panic where nobody can read.
    stands_nowhere(&servers, &["println!", "eprintln!", "print!", "eprint!"]);
    stands_nowhere(&servers, &["dbg!", "File::create", "OpenOptions", "fs::write"]);
}
