//! Checks of docs/asvs.md: every requirement once, with counts that are right, and with a test or a section for each
//! that is met.

use crate::{is_test_name, quoted, root};
use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
};

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
