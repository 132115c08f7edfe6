//! Checks of the documentation: every test and file that a document names exists, every invariant of ARCHITECTURE.md
//! names what tests it, and `docs/asvs.md` has every requirement once, with counts that are right and with a test or a
//! section for each that is met. Lines are short, and words that have a standard term in the field are not used. It
//! does not judge whether a test shows what it is named for.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
#![cfg(not(target_arch = "wasm32"))]

use std::{
    collections::{BTreeMap, BTreeSet},
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

/// Requirements of levels 1 and 2 in each chapter of ASVS 5.0.0, counted in its own list.
const REQUIREMENTS: [(u8, usize); 17] = [
    (1, 27),
    (2, 11),
    (3, 19),
    (4, 10),
    (5, 9),
    (6, 35),
    (7, 18),
    (8, 7),
    (9, 7),
    (10, 29),
    (11, 14),
    (12, 9),
    (13, 13),
    (14, 9),
    (15, 13),
    (16, 16),
    (17, 7),
];

/// What they ask for is that something is written down.
const OF_DOCUMENTATION: [&str; 12] =
    ["2.1.3", "6.1.1", "6.1.2", "6.1.3", "7.1.1", "7.1.2", "8.1.1", "8.1.2", "13.1.1", "14.1.1", "15.1.1", "15.1.3"];

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
fn every_test_that_a_document_names_is_there() {
    let mut sources = Vec::new();
    files(&root(), &mut sources);
    let code: String = sources.iter().map(|path| fs::read_to_string(path).unwrap()).collect();
    let mut missing = BTreeSet::new();
    // The changelog names tables and indexes, and no tests.
    for document in DOCUMENTS.into_iter().filter(|document| *document != "CHANGELOG.md") {
        let text = fs::read_to_string(root().join(document)).unwrap();
        for word in quoted(&text) {
            if is_test_name(word) && !code.contains(&format!("fn {word}(")) {
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
fn every_invariant_names_what_tests_it() {
    let text = fs::read_to_string(root().join("ARCHITECTURE.md")).unwrap();
    let section = text.split("\n## Invariants\n").nth(1).unwrap().split("\n## ").next().unwrap();
    let invariants: Vec<_> = section.split("\n* ").skip(1).collect();
    assert!(invariants.len() > 50, "{} invariants: the test looks at the wrong lines", invariants.len());
    for invariant in invariants {
        let tests = invariant.split("*Tests:*").nth(1).unwrap_or_default();
        assert!(quoted(tests).next().is_some(), "no test is named for: {invariant}");
    }
}

/// `| 6.2.1 | 1 | … | met | … |` as chapter, level and state.
fn requirement(line: &str) -> Option<(u8, u8, String, String)> {
    let cells: Vec<_> = line.strip_prefix('|')?.split('|').map(str::trim).collect();
    let (number, level, state) = (cells.first()?, cells.get(1)?, cells.get(3)?);
    let chapter = number.split('.').next()?.parse().ok()?;
    (number.matches('.').count() == 2).then_some(())?;
    Some((chapter, level.parse().ok()?, (*state).to_owned(), (*number).to_owned()))
}

#[test]
fn every_requirement_of_asvs_levels_1_and_2_has_one_row_and_the_counts_are_right() {
    let text = fs::read_to_string(root().join("docs/asvs.md")).unwrap();
    let rows: Vec<_> = text.lines().filter_map(requirement).collect();
    let numbers: BTreeSet<_> = rows.iter().map(|row| &row.3).collect();
    assert_eq!(numbers.len(), rows.len(), "a requirement stands twice");
    for (chapter, count) in REQUIREMENTS {
        assert_eq!(rows.iter().filter(|row| row.0 == chapter).count(), count, "V{chapter}");
    }
    let mut counts: BTreeMap<(u8, &str), usize> = BTreeMap::new();
    for (_, level, state, number) in &rows {
        assert!(["met", "open", "not applicable"].contains(&state.as_str()), "{number}: {state}");
        *counts.entry((*level, state)).or_default() += 1;
    }
    for level in [1, 2] {
        let of = |state| counts.get(&(level, state)).copied().unwrap_or(0);
        let line = format!("| level {level} | {} | {} | {} |", of("met"), of("open"), of("not applicable"));
        assert!(text.contains(&line), "docs/asvs.md should say {line}");
    }
}

/// A test's name, or a file of journeys with the title of one of its scenes.
fn names_a_test(row: &str) -> bool {
    let titles: Vec<_> = row.split('"').skip(1).step_by(2).map(|title| title.trim_end_matches('…')).collect();
    let has_scene = |word: &str| {
        let journey = fs::read_to_string(root().join("end2end/tests").join(word)).unwrap_or_default();
        titles.iter().any(|title| !title.is_empty() && journey.contains(title))
    };
    quoted(row).any(|word| is_test_name(word) || word.ends_with(".test.mjs") && has_scene(word))
}

/// A numbered section of `docs/security.md`, or a title that stands in bold on the page itself.
fn names_a_section(row: &str, page: &str, security: &str) -> bool {
    let number = row.split("section ").nth(1).and_then(|rest| rest.split([' ', ',', ':']).next());
    let title = row.split('“').nth(1).and_then(|rest| rest.split('”').next());
    number.is_some_and(|number| row.contains("(security.md)") && security.contains(&format!("\n## {number}. ")))
        || title.is_some_and(|title| page.contains(&format!("\n**{title}**")))
}

#[test]
fn every_met_requirement_names_a_test_or_the_document_that_it_asks_for() {
    let page = fs::read_to_string(root().join("docs/asvs.md")).unwrap();
    let security = fs::read_to_string(root().join("docs/security.md")).unwrap();
    let (mut bare, mut of_documentation) = (BTreeSet::new(), 0);
    for row in page.lines() {
        let Some((_, _, state, number)) = requirement(row) else { continue };
        let is_of_documentation = OF_DOCUMENTATION.contains(&number.as_str());
        of_documentation += usize::from(is_of_documentation);
        let is_shown = if is_of_documentation { names_a_section(row, &page, &security) } else { names_a_test(row) };
        if state == "met" && !is_shown {
            bare.insert(number);
        }
    }
    assert_eq!(bare, BTreeSet::new());
    assert_eq!(of_documentation, OF_DOCUMENTATION.len());
}

#[test]
fn no_code_of_ours_is_unsafe() {
    let mut sources = Vec::new();
    files(&root(), &mut sources);
    for path in sources
        .iter()
        .filter(|path| path.extension().is_some_and(|kind| kind == "rs") && !path.ends_with("documents.rs"))
    {
        let code = fs::read_to_string(path).unwrap();
        for word in ["unsafe {", "unsafe fn", "unsafe impl", "unsafe extern"] {
            assert!(!code.contains(word), "{}: {word}", path.display());
        }
    }
}
