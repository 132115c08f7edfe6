//! No fact of a plan stands in the code or in the pages: phone numbers, addresses, its names. They are in the
//! deployment's profile (`crates/server/profile.toml` is the demo's), in tests, and nowhere else.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
#![cfg(not(target_arch = "wasm32"))]

use contract::Phone;
use std::{
    fs,
    path::{Path, PathBuf},
};

/// Every folder that is built into a program or served. Of a crate also what lies beside its sources.
fn places() -> Vec<PathBuf> {
    let crates = fs::read_dir(root().join("crates")).unwrap().map(|entry| entry.unwrap().path().join("src"));
    let named =
        ["src", "public", "style", "index.html", "boot.js", "crates/processor/frame", "crates/server/openapi.json"];
    named.into_iter().map(|name| root().join(name)).chain(crates).collect()
}

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn files(place: &Path, found: &mut Vec<PathBuf>) {
    if place.is_dir() {
        fs::read_dir(place).unwrap().for_each(|entry| files(&entry.unwrap().path(), found));
    } else {
        found.push(place.to_owned());
    }
}

/// Without the tests beside the code. What is no text has no words.
fn text(file: &Path) -> String {
    let text = fs::read_to_string(file).unwrap_or_default();
    text.split("#[cfg(test)]\nmod tests").next().unwrap_or_default().to_owned()
}

/// As somebody writes one: groups of which the last has four digits, or all of it after a plus. 555-01 and two digits
/// is nobody's.
fn phone(line: &str) -> Option<&str> {
    let is_of_phone = |letter: char| letter.is_ascii_digit() || "+-. ()".contains(letter);
    let runs = line.split(|letter| !is_of_phone(letter)).flat_map(|run| std::iter::once(run).chain(run.split(' ')));
    runs.map(|run| run.trim().trim_end_matches('.')).find(|run| {
        let last = run.rsplit(|letter: char| !letter.is_ascii_digit()).next().unwrap_or_default();
        let is_written = run.starts_with('+') || last.len() == 4;
        is_written && Phone::parse(run).is_ok_and(|phone| !phone.to_string()[5..].starts_with("55501"))
    })
}

/// The end of an American address, or a box at a post office.
fn address(line: &str) -> Option<&str> {
    let words: Vec<_> = line.split(|letter: char| !letter.is_ascii_alphanumeric()).collect();
    let is_state =
        |word: &str| word.len() == 2 && contract::UsState::parse(word).is_ok_and(|state| state.to_string() == word);
    let is_zip = |word: &str| word.len() == 5 && word.bytes().all(|byte| byte.is_ascii_digit());
    let is_end = words.windows(2).any(|pair| is_state(pair[0]) && is_zip(pair[1]));
    (is_end || line.contains("PO Box") || line.contains("P.O. Box")).then_some(line)
}

/// The texts of the demo's `[brand]` and `[contacts]`, and whose they once were. The brand is also the name of this
/// software.
fn of_the_plan() -> Vec<String> {
    let profile = fs::read_to_string(root().join("crates/server/profile.toml")).unwrap();
    let table = profile.split("\n[contacts]\n").nth(1).unwrap().split("\n[").next().unwrap();
    let lines = table.lines().filter(|line| !line.starts_with('#'));
    let texts: Vec<String> = lines.flat_map(|line| line.split('"').skip(1).step_by(2)).map(str::to_owned).collect();
    assert!(texts.len() > 5, "the test looks for the wrong thing: {texts:?}");
    texts.into_iter().chain(["Kaiser", "Permanente", "Ordway"].map(str::to_owned)).collect()
}

#[test]
fn no_phone_number_no_address_and_no_name_of_a_plan_is_in_the_code_or_in_the_pages() {
    let (mut all, plan) = (Vec::new(), of_the_plan());
    places().iter().for_each(|place| files(place, &mut all));
    assert!(all.len() > 300, "{} files: the test looks at the wrong ones", all.len());
    let mut found = Vec::new();
    for file in &all {
        for (at, line) in text(file).lines().enumerate() {
            let named = plan.iter().map(String::as_str).find(|name| line.contains(name));
            if let Some(fact) = named.or_else(|| phone(line)).or_else(|| address(line)) {
                found.push(format!("{}:{}: {fact}", file.strip_prefix(root()).unwrap().display(), at + 1));
            }
        }
    }
    assert_eq!(found, Vec::<String>::new());
}

#[test]
fn the_demo_s_brand_is_in_no_page() {
    let mut all = Vec::new();
    ["src", "public", "index.html"].iter().for_each(|name| files(&root().join(name), &mut all));
    for file in &all {
        // the program's name in Trunk's link
        let text = text(file).replace("data-bin=\"kppay\"", "");
        for brand in ["\"kppay\"", ">kppay<", "kppay,"] {
            assert!(!text.contains(brand), "{} has {brand}", file.display());
        }
    }
}

#[test]
fn phone_numbers_and_addresses_are_recognised() {
    for line in
        ["call 1-415-444-0142.", "(415) 444-0142", "href=\"tel:+14154440142\"", "415.444.0142", "1 a 415 444 0142"]
    {
        assert!(phone(line).is_some(), "{line}");
    }
    for line in [
        "2147483647",
        "2028-02-29T12:00:00Z",
        "1_795_456_320",
        "4242 4242 4242 4242",
        "7.5 7.5 0 0 1 13-4",
        "415-555-0142",
    ] {
        assert_eq!(phone(line), None, "{line}");
    }
    assert!(address("\"Anytown, CA 94000\"").is_some() && address("PO Box 1").is_some());
    for line in ["OR 5 of 6", "IDs 12345", "SP 80063", "CA-123456"] {
        assert_eq!(address(line), None, "{line}");
    }
}
