//! Rules of the web app's modules: imports run downwards, a page imports no other page, and only one module each knows
//! the browser, the network and the addresses.

use crate::{
    arms::{is_of_routes, matches, swallows},
    source::{Source, files, read, root, sources},
};
use std::fs;

/// Lowest first. A module imports only from modules before it.
const ORDER: [&str; 15] = [
    "error",
    "attempt",
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

fn rank(module: &str) -> Option<usize> {
    ORDER.iter().position(|of| *of == module)
}

fn app() -> Vec<Source> {
    sources("src")
}

#[test]
fn imports_run_downwards_only() {
    let mut seen = 0;
    for source in app() {
        let Some(own) = rank(source.top()) else { continue };
        for import in source.imports() {
            let Some(module) = import.first().filter(|module| *module != source.top()) else { continue };
            let other = rank(module).unwrap_or_else(|| panic!("{}: unknown module {module}", source.name));
            assert!(other < own, "{} imports {}", source.name, import.join("::"));
            seen += 1;
        }
    }
    assert!(seen > 300, "{seen} imports: the test looks for the wrong thing");
}

#[test]
fn every_module_of_the_crate_has_its_place_in_the_order() {
    for source in app() {
        let is_root = matches!(source.top(), "lib" | "main");
        assert!(is_root || rank(source.top()).is_some(), "{} is not in ORDER", source.name);
    }
}

#[test]
fn ui_sees_neither_api_nor_session() {
    for source in app().iter().filter(|source| source.top() == "ui") {
        for import in source.imports() {
            assert!(!matches!(import[0].as_str(), "api" | "session"), "{}: {}", source.name, import.join("::"));
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
    for source in app().iter().filter(|source| matches!(source.top(), "ui" | "billing")) {
        let is_kit = source.top() == "ui";
        for name in WORDS_OF_PAGES {
            let is_said = source.code.contains(&format!(".{name}()"));
            assert!(!is_kit || !is_said, "{} has the words of {name}", source.name);
            words += usize::from(is_said);
        }
        for import in source.imports_of("contract") {
            assert!(!is_kit || !OF_BILLING.contains(&import[0].as_str()), "{}: {}", source.name, import.join("::"));
        }
        assert!(is_kit || !source.imports().iter().any(|import| import[0] == "api"), "{} sends", source.name);
    }
    assert!(words > 3, "billing has the words of {words}: the test looks for the wrong thing");
}

#[test]
fn a_page_never_imports_another_page() {
    for source in app().iter().filter(|source| source.top() == "pages" && source.module.len() > 1) {
        for import in source.imports().iter().filter(|import| import[0] == "pages") {
            assert_eq!(import.get(1), Some(&source.module[1]), "{} imports {}", source.name, import.join("::"));
        }
    }
}

#[test]
fn every_page_of_the_account_stands_in_its_frame() {
    let mut seen = 0;
    for path in files(&root().join("src/pages/account"), "rs") {
        let code = fs::read_to_string(&path).unwrap();
        let is_page = |line: &&str| line.contains("Page(") && line.ends_with("-> impl IntoView {");
        let pages = code.lines().filter(is_page).count();
        // which is where only a member gets in
        let framed: usize = [" page(Account::", " page(Records::", " page(Settings::"]
            .iter()
            .map(|call| code.matches(call).count())
            .sum();
        assert_eq!(framed, pages, "{}", path.display());
        seen += pages;
    }
    assert!(seen > 1, "{seen} pages: the test looks for the wrong thing");
}

/// What leptos gives of web_sys under its own name: `window()`, and `use leptos::prelude::window as w;`.
const OF_LEPTOS: [&str; 2] = ["window", "document"];

fn has_of_leptos(source: &Source, name: &str) -> bool {
    let is_call = |three: &[&str]| three[1..] == [name, "("] && ![".", "fn"].contains(&three[0]);
    let is_own = source.code.contains(&format!("fn {name}("))
        || source.imports().iter().any(|import| import.last().is_some_and(|last| last == name));
    !is_own && source.tokens().windows(3).any(is_call)
        || source.imports_of("leptos").iter().any(|import| import.last().unwrap() == name)
}

#[test]
fn web_sys_is_in_browser_only() {
    for source in app().iter().filter(|source| source.top() != "browser") {
        assert!(!source.code.contains("web_sys"), "{}", source.name);
        let found = OF_LEPTOS.into_iter().find(|name| has_of_leptos(source, name));
        assert_eq!(found, None, "{} has it from leptos", source.name);
    }
}

#[test]
fn http_is_in_api_only() {
    for source in app() {
        assert!(source.top() == "api" || !source.code.contains("gloo_net"), "{}", source.name);
    }
}

#[test]
fn no_path_is_written_outside_route() {
    for source in app() {
        if matches!(source.top(), "route" | "api" | "config") {
            continue;
        }
        for (at, _) in source.code.match_indices("\"/") {
            let next = source.code[at + 2..].chars().next().unwrap();
            assert!(!next.is_alphanumeric() && next != '"', "{}: {}", source.name, &source.code[at..][..20]);
        }
    }
}

/// What is printed without the base, and what leaves the page for an address.
const OF_NAVIGATION_ONLY: [&str; 2] = ["inner_path", "browser::leave_for"];

#[test]
fn no_address_is_made_of_a_route_outside_navigation() {
    for source in app().iter().filter(|source| !matches!(source.top(), "route" | "navigation")) {
        for call in OF_NAVIGATION_ONLY {
            assert!(!source.code.contains(call), "{} has {call}", source.name);
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

/// What panics once the page that owns it is gone. Its `try_` form does not.
const OF_A_PAGE_THAT_STANDS: [&str; 6] =
    [".get_untracked(", ".with_untracked(", ".get_value(", ".with_value(", ".update_value(", ".run("];

/// From where a block waits to where it ends.
fn after_an_await(code: &str) -> Vec<&str> {
    let blocks = code.match_indices("async move {").filter_map(|(at, _)| {
        let block = &code[at + "async move ".len()..];
        let mut depth = 0;
        let end = block.char_indices().find(|(_, c)| {
            depth += i32::from(*c == '{') - i32::from(*c == '}');
            depth == 0
        });
        let block = &block[..end?.0];
        Some(&block[block.find(".await")?..])
    });
    blocks.collect()
}

/// The answer may come when the page is gone, and then nothing of the page is there to be read or called. What lives as
/// long as the app (`app`, the checkout) is always there.
#[test]
fn nothing_of_a_page_is_read_or_called_after_waiting_as_if_it_still_stood() {
    let lives_on = |source: &Source| source.name.starts_with("pages/pay/checkout") || source.top() == "app";
    let mut waits = 0;
    for source in app().iter().filter(|source| !lives_on(source)) {
        for after in after_an_await(&source.code) {
            waits += 1;
            let found = OF_A_PAGE_THAT_STANDS.into_iter().find(|call| after.contains(call));
            assert_eq!(found, None, "{}: {after}", source.name);
        }
    }
    assert!(waits > 40, "{waits} blocks: the test reads the wrong code");
}

#[test]
fn every_page_is_matched_by_name() {
    let mut seen = 0;
    for source in app() {
        let found = matches(&source.code);
        for arms in found.iter().filter(|arms| is_of_routes(arms, source.top() == "route")) {
            let taken = swallows(arms, source.top() == "route");
            assert_eq!(taken, None, "{}: a route may be swallowed", source.name);
            seen += 1;
        }
    }
    assert!(seen > 5, "{seen} matches: the test looks for the wrong thing");
}

#[test]
fn every_module_says_what_it_is() {
    for path in files(&root().join("src"), "rs") {
        assert!(fs::read_to_string(&path).unwrap().starts_with("//! "), "{}", path.display());
    }
}

#[test]
fn every_feature_of_web_sys_is_used() {
    let manifest = read("Cargo.toml");
    let listed = manifest.split_once("\nweb-sys = { workspace = true, features = [").unwrap().1;
    let features: Vec<&str> =
        listed.split(']').next().unwrap().split(", ").map(|name| name.trim_matches('"')).collect();
    assert!(features.len() > 10, "{features:?}");
    let browser = app().into_iter().filter(|source| source.top() == "browser");
    let code: String = browser.map(|source| source.code).collect();
    let is_word = |word: &str| code.split(|c: char| !c.is_alphanumeric()).any(|part| part == word);
    for feature in features {
        // By its name, or by the method of the window that gives one.
        let is_used = is_word(feature) || code.contains(&format!(".{}()", feature.to_lowercase()));
        assert!(is_used, "{feature} of web-sys in Cargo.toml");
    }
}
