//! Checks of the tests that documents name: each is run, in the file that is named for it, and every invariant of
//! ARCHITECTURE.md names one.

use crate::{DOCUMENTS, collected, files, is_test_name, quoted, root};
use std::{collections::BTreeSet, fs};

#[test]
fn every_test_that_a_document_names_is_there() {
    let (all, mut missing) = (all_tests(), BTreeSet::new());
    // The changelog names tables and indexes, and no tests.
    for document in DOCUMENTS.into_iter().filter(|document| *document != "CHANGELOG.md") {
        let text = fs::read_to_string(root().join(document)).unwrap();
        for word in quoted(&text) {
            if is_test_name(word) && !all.contains(word) {
                missing.insert(format!("{document}: {word}"));
            }
            let is_journey = word.ends_with(".test.mjs") && !word.contains('/') && word != "x.test.mjs";
            if is_journey && !root().join("end2end/tests").join(word).is_file() {
                missing.insert(format!("{document}: {word}"));
            }
        }
    }
    assert_eq!(missing, BTreeSet::new());
}

fn all_tests() -> BTreeSet<String> {
    collected::tests().into_values().flatten().collect()
}

/// `a_name` of at least two words: in a list of tests, a test's.
fn is_name(word: &str) -> bool {
    word.contains('_') && word.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_')
}

/// What stands between backticks, each with the text before it.
fn quoted_after(text: &str) -> Vec<(&str, &str)> {
    let parts: Vec<_> = text.split('`').collect();
    parts.chunks_exact(2).map(|pair| (pair[0].trim(), pair[1])).collect()
}

/// The tests that a document says are in a file: "`a_test`, `another` in `a/file.rs`", "`a/file.rs` `a_test`,
/// `another`".
fn tests_in_files(text: &str) -> Vec<(&str, &str)> {
    let words = quoted_after(text);
    let goes_on = |between: &str| [",", "and", ", and"].contains(&between);
    let mut found = Vec::new();
    for (at, (before, file)) in words.iter().enumerate().filter(|(_, (_, word))| word.ends_with(".rs")) {
        let (mut behind, mut between) = (at, if *before == "in" { "," } else { "" });
        while goes_on(between) && behind > 0 && is_name(words[behind - 1].1) {
            behind -= 1;
            found.push((words[behind].1, *file));
            between = words[behind].0;
        }
        let named = words[at + 1..].iter().enumerate();
        let named = named.take_while(|(n, (before, word))| {
            is_name(word) && if *n == 0 { before.is_empty() } else { goes_on(before) }
        });
        found.extend(named.map(|(_, (_, word))| (*word, *file)));
    }
    found
}

#[test]
fn every_test_is_in_the_file_that_a_document_names_for_it() {
    let (tests, mut wrong, mut seen) = (collected::tests(), BTreeSet::new(), 0);
    for document in DOCUMENTS {
        let text = fs::read_to_string(root().join(document)).unwrap();
        for (test, file) in tests_in_files(&text) {
            let at = ["", "crates/server", "crates/server/tests", "crates/server/tests/cases"];
            let file_at = at.iter().find_map(|at| fs::canonicalize(root().join(at).join(file)).ok());
            if !file_at.and_then(|path| tests.get(&path)).is_some_and(|names| names.contains(test)) {
                wrong.insert(format!("{document}: {test} in {file}"));
            }
            seen += 1;
        }
    }
    assert_eq!(wrong, BTreeSet::new());
    assert!(seen > 250, "{seen} tests in files: the test reads the wrong lines");
    let text = "*Tests:* `a_b`, `c_d` in `e/f.rs`; `g_h` in\n`i.rs`, `k_l`. See `j.rs`: `m_n`, and `o.rs` `p_q`.";
    let found = [("c_d", "e/f.rs"), ("a_b", "e/f.rs"), ("g_h", "i.rs"), ("p_q", "o.rs")];
    assert_eq!(tests_in_files(text), found);
}

/// The invariants of ARCHITECTURE.md, with what tests each.
fn invariants(text: &str) -> Vec<(&str, &str)> {
    let section = text.split("\n## Invariants\n").nth(1).unwrap().split("\n## ").next().unwrap();
    let found: Vec<_> =
        section.split("\n* ").skip(1).map(|all| all.split_once("*Tests:*").unwrap_or((all, ""))).collect();
    assert!(found.len() > 50, "{} invariants: the test looks at the wrong lines", found.len());
    found
}

#[test]
fn every_name_among_the_tests_of_an_invariant_is_a_test_and_every_title_is_a_journey_s() {
    let (mut sources, mut missing) = (Vec::new(), BTreeSet::new());
    files(&root(), &mut sources);
    let code: String = sources.iter().map(|path| fs::read_to_string(path).unwrap()).collect();
    let all = all_tests();
    let text = fs::read_to_string(root().join("ARCHITECTURE.md")).unwrap();
    for (_, tests) in invariants(&text) {
        let names = quoted(tests).filter(|word| is_name(word) && !all.contains(*word));
        missing.extend(names.map(str::to_owned));
        let titles = tests.split('"').skip(1).step_by(2).map(|title| title.replace('\n', " ").replace("  ", " "));
        missing.extend(titles.filter(|title| !code.contains(title.trim_end_matches('…').trim_end())));
    }
    assert_eq!(missing, BTreeSet::new());
}

#[test]
fn every_invariant_names_what_tests_it() {
    let text = fs::read_to_string(root().join("ARCHITECTURE.md")).unwrap();
    for (invariant, tests) in invariants(&text) {
        assert!(quoted(tests).next().is_some(), "no test is named for: {invariant}");
    }
}
