//! Rules of the contract's modules: value types know no wire types, wire types know no rules, and nothing in the crate
//! reads or writes anything outside of it.

use crate::source::{read, sources};
use std::collections::BTreeSet;

/// Lowest first. A module imports from its own line and from those before.
const ORDER: [&[&str]; 7] = [
    &["field_problem", "typed", "value"],
    &["bank", "card", "date", "email", "expiry", "health_record_number", "money", "password", "region", "zip_code"],
    // a region's identifiers are described in its profile
    &["date_format", "identifier", "person", "portal"],
    &["problem_details", "qr"],
    &["factor"],
    // a bill says what was paid on it, and a payment what was agreed to
    &["authorisation", "bill", "consent", "household", "payment", "session"],
    &["account", "balance", "closing", "coupon", "demo", "member_profile", "notices"],
];
/// What the crate is made of. Each of them is in the app's wasm, too.
const LIBRARIES: [&str; 3] = ["rust_decimal", "serde", "utoipa"];
/// Files, network, clock, environment, threads.
const OUTSIDE: [&str; 7] = ["env", "fs", "io", "net", "process", "thread", "time"];

/// `Date` stands at the crate's root, and in `date`.
fn homes() -> impl Fn(&str) -> Option<usize> {
    let root = read("crates/contract/src/lib.rs");
    move |name| {
        let of = |module: &str| ORDER.iter().position(|names| names.contains(&module));
        let export = || {
            let lines = root.lines().filter_map(|line| line.strip_prefix("pub use ")?.split_once("::"));
            let is_named = |names: &str| names.split(|c: char| !c.is_alphanumeric()).any(|one| one == name);
            lines.into_iter().find(|(_, names)| is_named(names)).and_then(|(module, _)| of(module))
        };
        of(name).or_else(export)
    }
}

#[test]
fn values_know_no_wire_types_and_wire_types_no_rules() {
    let (home, mut seen) = (homes(), 0);
    for source in sources("crates/contract/src").iter().filter(|source| source.top() != "lib") {
        let own = home(source.top()).unwrap_or_else(|| panic!("{} is not in ORDER", source.name));
        for import in source.imports() {
            let other = home(&import[0]).unwrap_or_else(|| panic!("{}: what is {}?", source.name, import[0]));
            assert!(other <= own, "{} imports {}", source.name, import.join("::"));
            seen += 1;
        }
    }
    assert!(seen > 50, "{seen} imports: the test looks for the wrong thing");
}

#[test]
fn the_contract_touches_nothing_outside_of_it() {
    for source in sources("crates/contract/src") {
        for import in source.imports_of("std") {
            assert!(!OUTSIDE.contains(&import[0].as_str()), "{} uses std::{}", source.name, import.join("::"));
        }
    }
    let manifest = read("crates/contract/Cargo.toml");
    let section = manifest.split("\n[dependencies]\n").nth(1).unwrap().split("\n[").next().unwrap();
    let names = section.lines().filter_map(|line| line.split(['.', ' ', '=']).next()).filter(|name| !name.is_empty());
    assert_eq!(names.collect::<BTreeSet<_>>(), BTreeSet::from(LIBRARIES));
}
