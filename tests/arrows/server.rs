//! Rules of the billing API's modules: layers import downwards and no neighbour, HTTP is in one, SQL in another, and a
//! handler is short.

use crate::source::{Source, sources};

fn server() -> Vec<Source> {
    sources("crates/server/src")
}

/// Lowest first. A module imports only from lines before its own. The first lines and the demo are beside the layers.
const LAYERS: [&[&str]; 11] = [
    &["address", "alarm", "backoff", "id", "metrics", "profile", "qr", "settings", "token", "i18n"],
    &["clock"],
    &["store"],
    &["error"],
    &["mail", "turns"],
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
            let Some(module) = import.first().filter(|module| *module != source.top()) else { continue };
            let is_given = module == APPLICATION_STATE && own >= layer(MAY_NAME_THE_STATE);
            assert!(layer(module) < own || is_given, "{} imports {}", source.name, import.join("::"));
            seen += 1;
        }
    }
    assert!(seen > 300, "{seen} imports: the test looks for the wrong thing");
}

fn stands_only_in(word: &str, homes: &[&str]) {
    let mut found = 0;
    for source in server() {
        let is_home = homes.iter().any(|home| source.name.starts_with(home));
        assert!(is_home || !source.code.contains(word), "{word} stands in {}", source.name);
        found += usize::from(is_home && source.code.contains(word));
    }
    assert!(found > 0, "{word} stands nowhere: the test looks for the wrong thing");
}

#[test]
fn on_the_server_axum_is_in_http_only() {
    stands_only_in("axum", &["http.rs", "http/"]);
    stands_only_in("StatusCode", &["http.rs", "http/"]);
}

/// Lines of a handler's body. It extracts, calls and answers; more than that is a rule, and belongs below.
const LONGEST_HANDLER: usize = 15;

#[test]
fn a_handler_extracts_calls_and_answers_and_imports_no_other_handler() {
    let mut seen = 0;
    for source in server().iter().filter(|source| source.name.starts_with("http/v1/")) {
        let name = &source.name;
        for import in source.imports() {
            let is_other =
                import.starts_with(&["http".to_owned(), "v1".to_owned()]) && import.get(2) != source.module.get(2);
            assert!(!is_other, "{name} imports {}", import.join("::"));
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

#[test]
fn on_the_server_sql_is_in_store_and_in_the_demo_only() {
    stands_only_in("sqlx::query", &["store.rs", "store/", "demo.rs", "demo/"]);
}
