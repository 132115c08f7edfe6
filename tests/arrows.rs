//! Architecture tests: the layers of the web app and of the billing API, read from their source files. Which module imports which, which uses
//! browser APIs, which writes a path.
//! ARCHITECTURE.md states them in prose and points here.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
#![cfg(not(target_arch = "wasm32"))]

use std::{
    collections::BTreeSet,
    fs,
    path::{Path, PathBuf},
};

/// Lowest first. A module imports only from modules before it.
const ORDER: [&str; 14] = [
    "error",
    "fetched",
    "form",
    "route",
    "config",
    "i18n",
    "browser",
    "navigation",
    "api",
    "session",
    "ui",
    "billing",
    "pages",
    "app",
];

struct Source {
    path: PathBuf,
    /// Module at the top of the crate: `pages` for `src/pages/pay/find.rs`.
    module: String,
    /// Without comments.
    code: String,
}

impl Source {
    /// What it imports from this crate, each as the path after `crate::`.
    fn imports(&self) -> Vec<String> {
        self.imports_of("crate::")
    }

    fn imports_of(&self, root: &str) -> Vec<String> {
        let mut found = Vec::new();
        let mut rest = self.code.as_str();
        while let Some(at) = rest.find(root) {
            rest = &rest[at + root.len()..];
            match rest.strip_prefix('{') {
                Some(group) => found.extend(members(group)),
                None => found.push(path_at(rest)),
            }
        }
        found
    }
}

fn path_at(text: &str) -> String {
    text.trim_start().chars().take_while(|c| c.is_alphanumeric() || matches!(c, '_' | ':')).collect()
}

/// The paths between a brace that is open and its end, nested groups joined to what stands before them.
fn members(group: &str) -> Vec<String> {
    let (mut depth, mut start, mut found) = (0, 0, Vec::new());
    for (at, c) in group.char_indices() {
        match c {
            '{' => depth += 1,
            '}' if depth > 0 => depth -= 1,
            ',' | '}' if depth == 0 => {
                let member = &group[start..at];
                match member.split_once('{') {
                    Some((before, inner)) => {
                        let before = before.trim();
                        found.extend(members(inner).into_iter().map(|path| format!("{before}{path}")));
                        found.push(path_at(before));
                    }
                    None => found.push(path_at(member)),
                }
                start = at + 1;
                if c == '}' {
                    break;
                }
            }
            _ => {}
        }
    }
    found.retain(|path| !path.is_empty());
    found
}

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn files(folder: &Path, extension: &str) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(files(&path, extension));
        } else if path.extension().is_some_and(|of| of == extension) {
            found.push(path);
        }
    }
    found.sort();
    found
}

fn sources() -> Vec<Source> {
    sources_of("src")
}

fn sources_of(folder: &str) -> Vec<Source> {
    let folder = root().join(folder);
    let source = |path: PathBuf| {
        let inside = path.strip_prefix(&folder).unwrap();
        let module = inside.iter().next().unwrap().to_string_lossy().trim_end_matches(".rs").to_owned();
        let text = fs::read_to_string(&path).unwrap();
        let code = text.lines().filter(|line| !line.trim_start().starts_with("//")).collect::<Vec<_>>().join("\n");
        Source { path, module, code }
    };
    files(&folder, "rs").into_iter().map(source).collect()
}

fn rank(module: &str) -> Option<usize> {
    ORDER.iter().position(|of| *of == module)
}

#[test]
fn imports_run_downwards_only() {
    for source in sources() {
        let Some(own) = rank(&source.module) else { continue };
        for import in source.imports() {
            let of = import.split("::").next().unwrap();
            let other = rank(of).unwrap_or_else(|| panic!("{}: unknown module {of}", source.path.display()));
            assert!(other <= own, "{} imports {import}", source.path.display());
        }
    }
}

#[test]
fn every_module_of_the_crate_has_its_place_in_the_order() {
    for source in sources() {
        assert!(
            rank(&source.module).is_some() || matches!(source.module.as_str(), "lib" | "main"),
            "{} is not in ORDER",
            source.path.display()
        );
    }
}

#[test]
fn ui_sees_neither_api_nor_session() {
    for source in sources().iter().filter(|source| source.module == "ui") {
        for import in source.imports() {
            assert!(
                !import.starts_with("api") && !import.starts_with("session"),
                "{}: {import}",
                source.path.display()
            );
        }
    }
}

/// Words of what pages are about, as `ui` would have to call them.
const WORDS_OF_PAGES: [&str; 4] = ["pay", "find", "account", "states"];
/// What of the contract is about bills and payments.
const OF_BILLING: [&str; 5] = ["bill", "payment", "authorisation", "Money", "Identifier"];

#[test]
fn ui_is_a_kit_that_knows_neither_bills_nor_payments() {
    let mut words = 0;
    for source in sources().iter().filter(|source| source.module == "ui" || source.module == "billing") {
        let is_kit = source.module == "ui";
        for name in WORDS_OF_PAGES {
            let is_said = source.code.contains(&format!(".{name}()"));
            assert!(!is_kit || !is_said, "{} has the words of {name}", source.path.display());
            words += usize::from(is_said);
        }
        for import in source.imports_of("contract::") {
            let of = import.split("::").next().unwrap();
            assert!(!is_kit || !OF_BILLING.contains(&of), "{} imports contract::{import}", source.path.display());
        }
        assert!(
            is_kit || !source.imports().iter().any(|import| import.starts_with("api")),
            "{}",
            source.path.display()
        );
    }
    assert!(words > 3, "billing has the words of {words}: the test looks for the wrong thing");
}

#[test]
fn a_page_never_imports_another_page() {
    let folder = root().join("src/pages");
    for source in sources().iter().filter(|source| source.module == "pages") {
        let Ok(inside) = source.path.strip_prefix(&folder) else { continue };
        let own = inside.iter().next().unwrap().to_string_lossy().trim_end_matches(".rs").to_owned();
        for import in source.imports() {
            if let Some(page) = import.strip_prefix("pages::") {
                assert_eq!(page.split("::").next().unwrap(), own, "{} imports {import}", source.path.display());
            }
        }
        let is_top = inside.components().count() == 1;
        assert!(!is_top || !source.code.contains("super::"), "{} reaches beside itself", source.path.display());
    }
}

#[test]
fn every_page_of_the_account_stands_in_its_frame() {
    let mut seen = 0;
    for path in files(&root().join("src/pages/account"), "rs") {
        let code = fs::read_to_string(&path).unwrap();
        let pages = code.matches("Page() -> impl IntoView").count();
        // which is where only a member gets in
        assert_eq!(code.matches(" page(Account::").count(), pages, "{}", path.display());
        seen += pages;
    }
    assert!(seen > 1, "{seen} pages: the test looks for the wrong thing");
}

#[test]
fn web_sys_is_in_browser_only() {
    for source in sources() {
        let allowed = matches!(source.module.as_str(), "browser" | "embed");
        assert!(allowed || !source.code.contains("web_sys"), "{}", source.path.display());
    }
}

#[test]
fn every_feature_of_web_sys_is_used() {
    let manifest = fs::read_to_string(root().join("Cargo.toml")).unwrap();
    let listed = manifest.split_once("\nweb-sys = { workspace = true, features = [").unwrap().1;
    let features: Vec<&str> =
        listed.split(']').next().unwrap().split(", ").map(|name| name.trim_matches('"')).collect();
    assert!(features.len() > 10, "{features:?}");
    let browser = sources().into_iter().filter(|source| source.module == "browser");
    let code: String = browser.map(|source| source.code).collect();
    let is_word = |word: &str| code.split(|c: char| !c.is_alphanumeric()).any(|part| part == word);
    for feature in features {
        // By its name, or by the method of the window that gives one.
        let is_used = is_word(feature) || code.contains(&format!(".{}()", feature.to_lowercase()));
        assert!(is_used, "{feature} of web-sys in Cargo.toml");
    }
}

#[test]
fn http_is_in_api_only() {
    for source in sources() {
        assert!(source.module == "api" || !source.code.contains("gloo_net"), "{}", source.path.display());
    }
}

#[test]
fn no_path_is_written_outside_route() {
    for source in sources() {
        if matches!(source.module.as_str(), "route" | "api" | "config") {
            continue;
        }
        for (at, _) in source.code.match_indices("\"/") {
            let next = source.code[at + 2..].chars().next().unwrap();
            assert!(!next.is_alphanumeric() && next != '"', "{}: {}", source.path.display(), &source.code[at..][..20]);
        }
    }
}

/// What is printed without the base, and what leaves the page for an address.
const OF_PLACE_ONLY: [&str; 2] = ["inner_path", "browser::leave_for"];

#[test]
fn no_address_is_made_of_a_route_outside_place() {
    for source in sources().iter().filter(|source| !matches!(source.module.as_str(), "route" | "navigation")) {
        for call in OF_PLACE_ONLY {
            assert!(!source.code.contains(call), "{} has {call}", source.path.display());
        }
    }
}

/// The region that the page shows is what bills are looked for in; whose they are is the session's to say.
#[test]
fn where_bills_are_paid_the_region_is_the_membership_s() {
    for folder in ["src/pages/pay", "src/pages/account"] {
        for path in files(&root().join(folder), "rs").into_iter().filter(|path| !path.ends_with("pay/find.rs")) {
            let code = fs::read_to_string(&path).unwrap();
            assert!(!code.contains("deployment.region"), "{} reads the page's region", path.display());
        }
    }
}

/// `_ =>` in any of its forms, and a name that takes whatever comes.
fn is_catch_all(pattern: &str) -> bool {
    let pattern = pattern.split(" if ").next().unwrap().trim();
    let inner = pattern.strip_prefix("Some(").and_then(|rest| rest.strip_suffix(')')).unwrap_or(pattern);
    inner.split('|').any(|one| one.trim().chars().all(|letter| letter == '_' || letter.is_lowercase()))
}

#[test]
fn every_page_is_matched_by_name() {
    for name in ["src/app.rs", "src/app/chunks.rs"] {
        let code = fs::read_to_string(root().join(name)).unwrap();
        let mut arms = 0;
        for (before, _) in code.match_indices(" =>").map(|(at, _)| code.split_at(at)) {
            let pattern = before.rsplit(['{', '}', ',', '\n']).next().unwrap();
            assert!(!is_catch_all(pattern), "{name}: a route may be swallowed by {} =>", pattern.trim());
            arms += 1;
        }
        assert!(arms > 0, "{name} matches nothing: the test looks at the wrong file");
    }
    assert!(["_", "Some(_)", "other", "Route::Home | _", "_ if x"].into_iter().all(is_catch_all));
    assert!(!["None", "Some(Read::Help)", "Page::Paying(_)", "Ok(view)"].into_iter().any(is_catch_all));
}

#[test]
fn every_module_says_what_it_is() {
    for path in files(&root().join("src"), "rs") {
        assert!(fs::read_to_string(&path).unwrap().starts_with("//! "), "{}", path.display());
    }
}

#[test]
fn every_stylesheet_is_linked() {
    let index = fs::read_to_string(root().join("index.html")).unwrap();
    let sheets = files(&root().join("style"), "css");
    for sheet in &sheets {
        let name = sheet.file_name().unwrap().to_string_lossy();
        assert!(index.contains(&format!(r#"<link data-trunk rel="css" href="style/{name}">"#)), "{name} is not linked");
    }
    assert_eq!(index.matches(r#"rel="css""#).count(), sheets.len(), "a link without a file");
}

/// Phones that put the page on their first screen ask for these by the manifest; browsers, some by a name at the root.
#[test]
fn every_public_file_is_delivered_and_every_icon_of_the_manifest_is_there() {
    let index = fs::read_to_string(root().join("index.html")).unwrap();
    let mut names: Vec<String> = Vec::new();
    for entry in fs::read_dir(root().join("public")).unwrap() {
        let name = entry.unwrap().file_name().into_string().unwrap();
        assert!(index.contains(&format!("rel=\"copy-file\" href=\"public/{name}\"")), "{name} is not copied");
        names.push(name);
    }
    for asked in ["favicon.ico", "apple-touch-icon.png", "robots.txt"] {
        assert!(names.iter().any(|name| name == asked), "{asked}");
    }
    let manifest = fs::read_to_string(root().join("public/manifest.webmanifest")).unwrap();
    for [size, purpose] in [["192x192", "any"], ["512x512", "any"], ["512x512", "maskable"]] {
        let icon = manifest.lines().find(|line| line.contains(size) && line.contains(purpose));
        let icon = icon.unwrap_or_else(|| panic!("no icon of {size}, {purpose}"));
        let src = icon.split("\"src\": \"/").nth(1).unwrap().split('"').next().unwrap();
        assert!(names.iter().any(|name| name == src), "{src} is missing");
    }
}

#[test]
fn every_class_that_is_styled_is_somebody_s() {
    let mut users = fs::read_to_string(root().join("index.html")).unwrap();
    sources().iter().for_each(|source| users.push_str(&source.code));
    let is_of_name = |letter: char| letter.is_ascii_alphanumeric() || letter == '-' || letter == '_';
    let used: BTreeSet<&str> = users.split(|letter| !is_of_name(letter)).collect();
    for sheet in files(&root().join("style"), "css") {
        let text = fs::read_to_string(&sheet).unwrap();
        for (_, rest) in text.match_indices(".pay-").map(|(at, _)| text.split_at(at + 1)) {
            let class = rest.split(|letter| !is_of_name(letter)).next().unwrap();
            assert!(used.contains(class), "{}: .{class} is on no element", sheet.display());
        }
    }
}

#[test]
fn the_order_of_the_layers_is_read_first() {
    let index = fs::read_to_string(root().join("index.html")).unwrap();
    let first = index.split(r#"rel="css" href=""#).nth(1).unwrap();
    assert!(first.starts_with("style/tokens.css"));
    assert!(fs::read_to_string(root().join("style/tokens.css")).unwrap().contains("@layer reset, tokens, base"));
}

#[test]
fn the_palette_is_named_in_tokens_only_and_nothing_is_styled_inline() {
    for sheet in files(&root().join("style"), "css") {
        let text = fs::read_to_string(&sheet).unwrap();
        assert!(sheet.ends_with("tokens.css") || !text.contains("var(--_"), "{}", sheet.display());
        assert!(!text.contains("rem;"), "{}: rem follows the host's page", sheet.display());
    }
    let index = fs::read_to_string(root().join("index.html")).unwrap();
    assert!(!index.contains("style=\"") && !index.contains("<style") && !index.contains("onclick"));
    for source in sources() {
        assert!(!source.code.contains(" style="), "{}: the policy forbids style attributes", source.path.display());
    }
}

/// The billing API's files, each under its path below `crates/server/src`.
fn server() -> Vec<(String, Source)> {
    let folder = root().join("crates/server/src");
    let inside = |path: &Path| path.strip_prefix(&folder).unwrap().to_string_lossy().replace('\\', "/");
    sources_of("crates/server/src").into_iter().map(|source| (inside(&source.path), source)).collect()
}

fn stands_only_in(word: &str, homes: &[&str]) {
    let mut found = 0;
    for (name, source) in server() {
        let is_home = homes.iter().any(|home| name.starts_with(home));
        assert!(is_home || !source.code.contains(word), "{word} stands in {name}");
        found += usize::from(is_home && source.code.contains(word));
    }
    assert!(found > 0, "{word} stands nowhere: the test looks for the wrong thing");
}

/// The storeys of the billing API, lowest first, and those beside each other on one line. What is on none may be seen by all.
const STOREYS: [&[&str]; 5] = [&["store"], &["limits"], &["billing", "identity"], &["jobs", "http"], &["main"]];

#[test]
fn the_storeys_of_the_server_import_downwards_only_and_no_neighbour() {
    let storey = |module: &str| STOREYS.iter().position(|names| names.contains(&module));
    let mut seen = 0;
    for (name, source) in server() {
        let Some(own) = storey(&source.module) else { continue };
        for import in source.imports() {
            let of = import.split("::").next().unwrap();
            let Some(other) = storey(of) else { continue };
            assert!(other < own || of == source.module, "{name} imports {import}");
            seen += 1;
        }
    }
    assert!(seen > 100, "{seen} imports: the test looks for the wrong thing");
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
    for (name, source) in server().iter().filter(|(name, _)| name.starts_with("http/v1/")) {
        assert!(!source.code.contains("super::") && !source.code.contains("v1::"), "{name} imports a handler");
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
