//! The texts keep to the members' glossary, `docs/members-words.md`: each of its terms is used, and nothing of what it
//! rules out is.

use crate::texts::{all_texts, root};
use std::fs;

/// Texts that keep a word that is ruled out, each with the reason.
const KEPT: [(&str, &str, &str); 5] = [
    ("crates/contract/src/authorisation.rs", "laborable", "agreed to word for word; another word is another version"),
    ("src/i18n/legal.rs", "puls", "the terms are agreed to word for word; another word is another version"),
    ("src/i18n/legal.rs", "por correo o", "the terms are agreed to word for word; another word is another version"),
    ("crates/server/src/mail/registration.rs", "confirm-email", "an address"),
    ("crates/server/src/mail/profile.rs", "confirm-email", "an address"),
];

struct Entry {
    line: usize,
    english: Vec<String>,
    spanish: Vec<String>,
    ruled_out: Vec<String>,
}

/// What stands in backticks in a cell, in lower case.
fn terms(cell: &str) -> Vec<String> {
    cell.split('`').skip(1).step_by(2).map(str::to_lowercase).collect()
}

/// Rows of the glossary's table: idea, English, Spanish, what is not said.
fn glossary() -> Vec<Entry> {
    let text = fs::read_to_string(root().join("docs/members-words.md")).unwrap();
    let rows = text.lines().enumerate().filter(|(_, line)| line.starts_with("| ") && line.contains('`'));
    let entry = |(at, line): (usize, &str)| {
        let cells: Vec<&str> = line.trim_matches('|').split('|').collect();
        let [_, english, spanish, not] = cells[..] else { panic!("line {}: {} cells", at + 1, cells.len()) };
        Entry { line: at + 1, english: terms(english), spanish: terms(spanish), ruled_out: terms(not) }
    };
    let found: Vec<_> = rows.map(entry).collect();
    assert!(found.len() > 25, "{} terms: the test reads the wrong table", found.len());
    found
}

/// As whole words; a `*` at the end stands for any letters.
fn says(text: &str, phrase: &str) -> bool {
    let (stem, is_open) = phrase.strip_suffix('*').map_or((phrase, false), |stem| (stem, true));
    let is_letter = |letter: Option<char>| letter.is_some_and(char::is_alphabetic);
    text.match_indices(stem).any(|(at, _)| {
        let (before, after) = (text[..at].chars().next_back(), text[at + stem.len()..].chars().next());
        !is_letter(before) && (is_open || !is_letter(after))
    })
}

/// Without the names of values.
fn plain(words: &str) -> String {
    let mut parts = words.split('{');
    let first = parts.next().unwrap_or_default().to_owned();
    parts.fold(first, |text, part| text + "…" + part.split_once('}').map_or("", |(_, after)| after)).to_lowercase()
}

#[test]
fn no_text_says_what_the_glossary_rules_out() {
    let (glossary, mut found) = (glossary(), Vec::new());
    for text in all_texts() {
        let words = plain(&text.words);
        for phrase in glossary.iter().flat_map(|entry| &entry.ruled_out).filter(|phrase| says(&words, phrase)) {
            let is_kept = KEPT.iter().any(|(file, part, _)| text.file == *file && words.contains(part));
            if !is_kept {
                found.push(format!("{} {}: “{phrase}” in {}", text.file, text.place, text.words));
            }
        }
    }
    assert!(found.is_empty(), "{} texts:\n{}", found.len(), found.join("\n"));
}

#[test]
fn every_term_of_the_glossary_is_used() {
    let texts: Vec<String> = all_texts().iter().map(|text| plain(&text.words)).collect();
    for Entry { line, english, spanish, ruled_out } in glossary() {
        assert!(!english.is_empty() && !spanish.is_empty() && !ruled_out.is_empty(), "line {line} lacks a cell");
        for term in english.iter().chain(&spanish) {
            assert!(texts.iter().any(|text| says(text, term)), "line {line}: nobody says {term}");
        }
    }
    for (file, part, _) in KEPT {
        let is_there = |text: &crate::texts::SourceText| text.file == file && text.words.to_lowercase().contains(part);
        assert!(all_texts().iter().any(is_there), "{file} has no “{part}” (any more)");
    }
}

#[test]
fn a_phrase_is_found_as_whole_words() {
    assert!(says("check your email", "email") && says("two emails", "email*") && !says("emails", "email"));
    assert!(says("press pay anew.", "anew") && !says("a new link", "anew"));
    assert!(!says("tenga a la mano", "a mano"));
    assert_eq!(plain("We write to {email} at {at:02}."), "we write to … at ….");
}
