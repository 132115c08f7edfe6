//! Checks of the documentation: every test and file that a document names exists, lines are short, and words that have a
//! standard term in the field are not used. It does not judge whether a test shows what it is named for.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
#![cfg(not(target_arch = "wasm32"))]

mod asvs;
mod collected;
mod named_tests;
#[allow(dead_code)]
#[path = "../arrows/source.rs"]
mod source;

use std::{
    collections::BTreeSet,
    fs,
    path::{Path, PathBuf},
};

const DOCUMENTS: [&str; 9] = [
    "ARCHITECTURE.md",
    "CHANGELOG.md",
    "README.md",
    "docs/asvs.md",
    "docs/members-words.md",
    "docs/performance.md",
    "docs/reliability.md",
    "docs/security.md",
    "docs/upstream.md",
];
/// Characters of a line.
const LONGEST_LINE: usize = 120;
/// A row of a table can't be broken, and some name several tests.
const LONGEST_ROW: usize = 440;
/// Words that have a standard term in the field, and phrases that have to be read twice. Code and titles of tests, in
/// backticks and quotation marks, may have them.
const NOT_USED: [&str; 14] = [
    "errand",
    "halfway",
    "letter",
    "refusal",
    "storey",
    "the house",
    "a house",
    "piece",
    "whoever",
    "of ours",
    "by nothing",
    "so many",
    "is told",
    "not to be had",
];

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

fn files(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap().flatten() {
        let (path, name) = (entry.path(), entry.file_name());
        let is_ours = !["target", "dist", "node_modules", ".git"].iter().any(|other| name == *other);
        if path.is_dir() && is_ours {
            files(&path, found);
        } else if path.extension().is_some_and(|kind| kind == "rs" || kind == "mjs") {
            found.push(path);
        }
    }
}

/// What stands between backticks.
fn quoted(text: &str) -> impl Iterator<Item = &str> {
    text.split('`').skip(1).step_by(2)
}

/// `a_sentence_of_four_words_or_more`: a test's name, and nothing else in these documents looks like one.
fn is_test_name(word: &str) -> bool {
    // Metrics and crates have such names, too.
    if word.starts_with("kppay_") || word.starts_with("wasm_") {
        return false;
    }
    word.matches('_').count() >= 3
        && word.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_')
}

#[test]
fn every_file_that_a_document_names_by_its_whole_path_is_there() {
    let mut missing = BTreeSet::new();
    for document in DOCUMENTS {
        let text = fs::read_to_string(root().join(document)).unwrap();
        for word in quoted(&text) {
            let is_path = ["crates/", "src/", "end2end/", "tests/", "docs/", "cases/"]
                .iter()
                .any(|start| word.starts_with(start));
            // `cases/x.rs` stands for any of them.
            let is_plain = word.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"/._-".contains(&byte))
                && word != "cases/x.rs";
            let is_there =
                || ["", "crates/server", "crates/server/tests"].iter().any(|at| root().join(at).join(word).exists());
            if is_path && is_plain && !is_there() {
                missing.insert(format!("{document}: {word}"));
            }
        }
    }
    assert_eq!(missing, BTreeSet::new());
}

/// The lines outside of code blocks, each with its number.
fn prose(text: &str) -> Vec<(usize, &str)> {
    let (mut is_code, mut lines) = (false, Vec::new());
    for (at, line) in text.lines().enumerate() {
        if line.starts_with("```") {
            is_code = !is_code;
        } else if !is_code {
            lines.push((at + 1, line));
        }
    }
    lines
}

#[test]
fn lines_of_the_documents_are_short() {
    let mut long = Vec::new();
    for document in DOCUMENTS {
        let text = fs::read_to_string(root().join(document)).unwrap();
        for (number, line) in prose(&text) {
            let most = if line.starts_with('|') { LONGEST_ROW } else { LONGEST_LINE };
            let length = line.chars().count();
            if length > most {
                long.push(format!("{document}:{number}: {length} characters, at most {most}"));
            }
        }
    }
    assert!(long.is_empty(), "{}", long.join("\n"));
}

/// What is neither between backticks nor between quotation marks, in lower case.
fn words(line: &str) -> String {
    let outside = |text: &str, mark: char| text.split(mark).step_by(2).collect::<Vec<_>>().join(" ");
    outside(&outside(line, '`'), '"').to_lowercase()
}

#[test]
fn the_documents_use_the_standard_terms() {
    let mut found = Vec::new();
    for document in DOCUMENTS {
        let text = fs::read_to_string(root().join(document)).unwrap();
        for (number, line) in prose(&text) {
            let line = words(line);
            found.extend(
                NOT_USED.iter().filter(|word| line.contains(*word)).map(|word| format!("{document}:{number}: {word}")),
            );
        }
    }
    assert!(found.is_empty(), "{}", found.join("\n"));
    assert!(!words("`letters.rs` \"a piece\" e-mail").contains("letter") && words("A letter").contains("letter"));
}

#[test]
fn no_code_of_ours_is_unsafe() {
    let mut sources = Vec::new();
    files(&root(), &mut sources);
    for path in sources
        .iter()
        .filter(|path| path.extension().is_some_and(|kind| kind == "rs") && !path.ends_with("documents/main.rs"))
    {
        let code = fs::read_to_string(path).unwrap();
        for word in ["unsafe {", "unsafe fn", "unsafe impl", "unsafe extern"] {
            assert!(!code.contains(word), "{}: {word}", path.display());
        }
    }
}
