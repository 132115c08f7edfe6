//! Rules of the stylesheets: each is linked, each class is used, the cascade's layers are ordered first, and colours
//! are named in one file.

use crate::source::{files, read, root, sources};
use std::{collections::BTreeSet, fs};

#[test]
fn every_stylesheet_is_linked() {
    let index = read("index.html");
    let sheets = files(&root().join("style"), "css");
    for sheet in &sheets {
        let name = sheet.file_name().unwrap().to_string_lossy();
        assert!(index.contains(&format!(r#"<link data-trunk rel="css" href="style/{name}">"#)), "{name} is not linked");
    }
    assert_eq!(index.matches(r#"rel="css""#).count(), sheets.len(), "a link without a file");
}

#[test]
fn every_class_that_is_styled_is_somebody_s() {
    let mut users = read("index.html");
    sources("src").iter().for_each(|source| users.push_str(&source.code));
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
    let index = read("index.html");
    let first = index.split(r#"rel="css" href=""#).nth(1).unwrap();
    assert!(first.starts_with("style/tokens.css"));
    assert!(read("style/tokens.css").contains("@layer reset, tokens, base"));
}

#[test]
fn the_palette_is_named_in_tokens_only_and_nothing_is_styled_inline() {
    for sheet in files(&root().join("style"), "css") {
        let text = fs::read_to_string(&sheet).unwrap();
        assert!(sheet.ends_with("tokens.css") || !text.contains("var(--_"), "{}", sheet.display());
        assert!(!text.contains("rem;"), "{}: rem follows the host's page", sheet.display());
    }
    let index = read("index.html");
    assert!(!index.contains("style=\"") && !index.contains("<style") && !index.contains("onclick"));
    for source in sources("src") {
        assert!(!source.code.contains(" style="), "{}: the policy forbids style attributes", source.name);
    }
}
