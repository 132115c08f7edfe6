//! Rules of the billing API's modules: layers import downwards and no neighbour, HTTP is in one, SQL in another, each
//! reaches its own parts of the application state, and a handler is short.

use crate::{
    sizes::functions,
    source::{Source, sources},
};
use std::collections::BTreeSet;

fn server() -> Vec<Source> {
    sources("crates/server/src")
}

/// Lowest first. A module imports only from lines before its own. The first lines and the demo are beside the layers.
const LAYERS: [&[&str]; 11] = [
    &["address", "alarm", "backoff", "id", "metrics", "profile", "qr", "settings", "token"],
    &["clock"],
    &["i18n", "store"],
    &["error"],
    &["bounded_pool", "mail"],
    &["limits", "readiness"],
    &["billing", "identity"],
    &["state"],
    &["demo"],
    &["jobs", "http"],
    &["main"],
];
/// What a request or a job is given: one of everything. So whatever takes part in answering one may name it.
const APPLICATION_STATE: &str = "state";
/// From here on upwards.
const MAY_NAME_THE_STATE: &str = "limits";

fn layer(module: &str) -> usize {
    LAYERS.iter().position(|names| names.contains(&module)).unwrap_or_else(|| panic!("{module} is not in LAYERS"))
}

#[test]
fn the_layers_of_the_server_import_downwards_only_and_no_neighbour() {
    let mut seen = 0;
    for source in server().iter().filter(|source| source.top() != "lib") {
        let own = layer(source.top());
        for import in source.imports() {
            assert!(!import.is_empty(), "{} gives the crate another name", source.name);
            let Some(module) = import.first().filter(|module| *module != source.top()) else { continue };
            let is_given = module == APPLICATION_STATE && own >= layer(MAY_NAME_THE_STATE);
            assert!(layer(module) < own || is_given, "{} imports {}", source.name, import.join("::"));
            seen += 1;
        }
    }
    assert!(seen > 300, "{seen} imports: the test looks for the wrong thing");
}

/// Of a file of the database layer, or of the HTTP layer.
fn is_in(source: &Source, layer: &str) -> bool {
    source.top() == layer
}

/// Names of axum and its relatives, however they are imported, renamed or exported again.
#[test]
fn on_the_server_axum_is_in_http_only() {
    let mut seen = 0;
    for source in server() {
        for token in source.tokens() {
            let is_http =
                token.contains("axum") || ["HeaderMap", "StatusCode", "http_body", "hyper", "tower"].contains(&token);
            assert!(!is_http || is_in(&source, "http"), "{} has {token}", source.name);
            seen += usize::from(is_http);
        }
    }
    assert!(seen > 30, "axum stands {seen} times: the test looks for the wrong thing");
}

/// What the server outside of `http` names of its infrastructure: none of it is axum's.
const OF_SERVE: [&str; 18] = [
    "Limits",
    "Tasks",
    "clock::SteadyClock",
    "log::answer",
    "log::say",
    "log::start",
    "origin::Origin",
    "origin::is_loopback",
    "origin::reaches_loopback",
    "process::Signal",
    "process::machine_millis",
    "process::raise_descriptors",
    "process::stopped",
    "process::variable",
    "run",
    "secret::are_different",
    "secret::is_varied",
    "tasks::Timings",
];

#[test]
fn outside_http_the_server_names_a_fixed_list_of_its_infrastructure() {
    let mut seen: BTreeSet<&str> = BTreeSet::new();
    for source in server().iter().filter(|source| !is_in(source, "http")) {
        for path in source.imports_of("serve") {
            let path = path.join("::");
            // `Limits::default`
            let listed = OF_SERVE.iter().find(|one| path == **one || path.starts_with(&format!("{one}::")));
            assert!(listed.is_some(), "{} uses serve::{path}", source.name);
            seen.extend(listed);
        }
        assert!(!is_bare(source, "serve"), "{} gives serve another name", source.name);
    }
    assert_eq!(seen.len(), OF_SERVE.len(), "a name that nobody uses is not listed");
}

/// `use library;`, `use library as l;`
fn is_bare(source: &Source, library: &str) -> bool {
    source.tokens().windows(2).any(|pair| pair[0] == library && pair[1] != "::")
}

/// What else of sqlx a module may name: its errors, and what it takes to check a setting and to ask whether a database
/// answers. None of it runs a statement that a module brings.
const OF_SQLX: [(&str, &[&str]); 2] = [
    ("readiness.rs", &["AnyConnection", "Connection"]),
    (
        "settings/check.rs",
        &["postgres::PgConnectOptions", "postgres::PgSslMode", "ConnectOptions", "sqlite::SqliteConnectOptions"],
    ),
];
const VERBS: [&str; 11] =
    ["ALTER", "CREATE", "DELETE", "DROP", "INSERT", "PRAGMA", "REPLACE", "SELECT", "TRUNCATE", "UPDATE", "WITH"];

/// Whether a string begins as a statement does, in whatever case and behind whatever brackets.
fn is_statement(text: &str) -> bool {
    let Some((_, text)) = text.split_once('"') else { return false };
    let text = text.replace("\\n", " ");
    let text = text.trim_start_matches(|c: char| c.is_whitespace() || ['(', ';', '\\'].contains(&c));
    let verb = text.split_once(char::is_whitespace).map(|(verb, _)| verb.to_uppercase());
    verb.is_some_and(|verb| VERBS.contains(&verb.as_str()))
}

#[test]
fn on_the_server_sql_is_in_store_only() {
    let mut statements = 0;
    for source in server() {
        let found = source.texts().into_iter().filter(|text| is_statement(text)).count();
        if is_in(&source, "store") {
            statements += found;
            assert!(!source.code.contains("macro_export"), "{} hands a macro on", source.name);
            continue;
        }
        assert_eq!(found, 0, "{} has a statement", source.name);
        let allowed = OF_SQLX.iter().find(|(name, _)| *name == source.name).map_or(&[][..], |(_, paths)| *paths);
        for path in source.imports_of("sqlx") {
            let path = path.join("::");
            assert!(
                path.split("::").next() == Some("Error") || allowed.contains(&path.as_str()),
                "{} uses sqlx::{path}",
                source.name
            );
        }
        assert!(!is_bare(&source, "sqlx"), "{} gives sqlx another name", source.name);
    }
    assert!(statements > 150, "{statements} statements: the test looks for the wrong thing");
    assert!(["\"delete from bill\"", "r#\"\n  (Select 1)\"#", "\"with\n a\""].into_iter().all(is_statement));
    assert!(!["\"delete\"", "\"selected one\"", "'s'"].into_iter().any(is_statement));
}

/// What these two layers may give others under a name of their own: none of a library's, so none of a statement's or of
/// a handler's.
const EXPORTS: [(&str, &[&str]); 2] =
    [("store.rs", &["transaction::Tx", "transaction::retry"]), ("store/settle.rs", &["type Words"])];
/// Other types of `http` that are not axum's.
const TYPES_OF_HTTP: [(&str, &str); 1] = [("http/page.rs", "type Written")];

/// Whether a path that is exported leads to a library, or to all that is in a module.
fn is_foreign(source: &Source, export: &str) -> bool {
    let first = export.split("::").next().unwrap();
    let is_own = source.declares(first) || source.code.contains(&format!("pub use super::{first}"));
    !export.starts_with("type ") && (export.ends_with('*') || !is_own)
}

#[test]
fn no_module_of_the_server_exports_what_is_a_library_s() {
    let mut seen = 0;
    for source in server().into_iter().chain(sources("crates/serve/src")) {
        let is_renamed = source.tokens().windows(2).any(|two| two == ["extern", "crate"]);
        assert!(!is_renamed, "{} has an extern crate", source.name);
        for export in source.exports() {
            assert!(!is_foreign(&source, &export), "{} exports {export}", source.name);
            let of = |(name, _): &&(&str, &[&str])| *name == source.name;
            let is_listed = EXPORTS.iter().find(of).is_some_and(|(_, paths)| paths.contains(&export.as_str()))
                || TYPES_OF_HTTP.contains(&(source.name.as_str(), export.as_str()));
            let is_closed = is_in(&source, "store") || is_in(&source, "http");
            assert!(!is_closed || is_listed, "{} exports {export}", source.name);
            seen += 1;
        }
    }
    assert!(seen > 10, "{seen} exports: the test looks for the wrong thing");
}

/// What `http` names of the database layer: rows that a handler is given or answers, and no statement's method.
const OF_STORE_IN_HTTP: [&str; 4] =
    ["payment_pages::Cursor", "payment_pages::Page", "receipt_links::READER_MILLIS", "sessions::Session"];

#[test]
fn http_names_rows_of_store_and_nothing_else_of_it() {
    let mut seen = BTreeSet::new();
    for source in server().iter().filter(|source| is_in(source, "http")) {
        for import in source.imports().iter().filter(|import| import.first().is_some_and(|module| module == "store")) {
            let path = import[1..].join("::");
            assert!(OF_STORE_IN_HTTP.contains(&path.as_str()), "{} imports store::{path}", source.name);
            seen.insert(path);
        }
    }
    assert_eq!(seen.len(), OF_STORE_IN_HTTP.len(), "a name that nobody uses is not listed");
}

/// Parts of the application state that not every layer may reach, with the modules that may. A layer that needs more
/// calls the one between.
const PARTS: [(&str, &[&str]); 13] = [
    ("store", &["billing", "demo", "identity", "jobs", "limits", "main", "readiness"]),
    ("processor", &["billing", "demo", "jobs"]),
    ("limits", &["billing", "identity", "limits"]),
    ("passwords", &["demo", "identity"]),
    ("drawing", &["billing"]),
    ("seal", &["identity"]),
    ("known_devices", &["identity"]),
    ("site", &["identity"]),
    ("job_queued", &["jobs"]),
    ("tasks", &["jobs", "main", "readiness"]),
    ("readiness", &["http", "main"]),
    ("security_txt", &["http"]),
    ("questions_to", &["billing"]),
];
/// Facts of the plan, flags, and the time.
const OF_EVERYBODY: [&str; 3] = ["clock", "portal", "settings"];

#[test]
fn a_layer_reaches_only_the_parts_of_the_application_state_that_are_its_own() {
    let sources = server();
    let state = sources.iter().find(|source| source.name == "state.rs").unwrap();
    let fields = state.code.split_once("pub struct State {").unwrap().1.split_once("\n}").unwrap().0;
    let names =
        fields.lines().filter_map(|line| line.trim().strip_prefix("pub ")?.split_once(':')).map(|(name, _)| name);
    let known = PARTS.iter().map(|(part, _)| *part).chain(OF_EVERYBODY);
    assert_eq!(names.collect::<BTreeSet<_>>(), known.collect::<BTreeSet<_>>());
    let mut seen = 0;
    for source in
        sources.iter().filter(|source| !["state.rs", "settings.rs", "profile.rs"].contains(&source.name.as_str()))
    {
        let tokens = source.tokens();
        for at in 2..tokens.len() - 1 {
            let Some((part, users)) = PARTS.iter().find(|(part, _)| *part == tokens[at]) else { continue };
            // not a method, and not the settings' or the plan's own limits
            let is_part = tokens[at - 1] == "."
                && tokens[at + 1] != "("
                && !["portal", "settings", "."].contains(&tokens[at - 2]);
            assert!(!is_part || users.contains(&source.top()), "{} reaches .{part}", source.name);
            seen += usize::from(is_part);
        }
        let is_taken_apart =
            tokens.windows(3).any(|three| ["let", "(", "|", "&"].contains(&three[0]) && three[1..] == ["State", "{"]);
        assert!(!is_taken_apart, "{} takes the state apart", source.name);
    }
    assert!(seen > 200, "{seen} uses: the test looks for the wrong thing");
}

/// Lines of a handler's body. It extracts, calls and answers; more than that is a rule, and belongs below.
const LONGEST_HANDLER: usize = 15;
/// Lines of any function there, with its head: a handler has one of several lines, and what reads a query is short.
const LONGEST_FUNCTION: usize = 25;

#[test]
fn a_handler_extracts_calls_and_answers_and_imports_no_other_handler() {
    let mut seen = 0;
    for source in server().iter().filter(|source| source.name.starts_with("http/v1/")) {
        let name = &source.name;
        for import in source.imports() {
            let is_other =
                import.starts_with(&["http".to_owned(), "v1".to_owned()]) && import.get(2) != source.module.get(2);
            // by `http`, `http::v1` or a glob, the path to another one need not be written here
            let is_above = ["http", "v1"].map(str::to_owned).starts_with(&import) || import.last().unwrap() == "*";
            assert!(!is_other && !is_above, "{name} imports {}", import.join("::"));
        }
        for line in source.code.lines().filter(|line| !line.starts_with([' ', '}'])) {
            let is_helper = line.contains("fn ") && !line.starts_with("pub async fn ");
            assert!(!is_helper, "{name}: a file of handlers has no function besides: {line}");
        }
        for (function, lines) in functions(&source.code) {
            assert!(lines <= LONGEST_FUNCTION, "{name}: {lines} lines in {function}");
        }
        for handler in source.code.split("pub async fn ").skip(1) {
            let body = handler.split_once("{\n").unwrap().1.split_once("\n}").unwrap().0;
            let lines = body.lines().count();
            assert!(lines <= LONGEST_HANDLER, "{name}: {lines} lines in {}", handler.split('(').next().unwrap());
            seen += 1;
        }
    }
    assert!(seen > 30, "{seen} handlers: the test looks for the wrong thing");
}
