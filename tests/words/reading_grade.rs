//! How easy the texts are to read: for somebody of the 8th grade, in English by Flesch and Kincaid, in Spanish by
//! Fernández Huerta, whose 60 to 70 is the 7th and 8th grade. Sentences are judged, by the file that has them, which is
//! a page or a kind of e-mail, and each longer text by itself. Labels, buttons and headings are no sentences.

use crate::texts::{Language, all_texts, language};
use std::collections::BTreeMap;

/// The school year of the reader, at most.
const HIGHEST_GRADE: f64 = 8.0;
/// Of 100.
const LOWEST_EASE: f64 = 60.0;
/// From so many words on a text is judged by itself: one long word decides about a short one.
const LONG_TEXT: usize = 10;
/// Not judged. The authorisation is agreed to and kept word for word, and has to name payer, sum, account, day and how
/// to revoke it. The other is markup.
const NOT_JUDGED: [&str; 2] = ["crates/contract/src/authorisation.rs", "crates/server/src/mail/html.rs"];

/// The sentences of a text: four words or more, with a mark at the end. A value counts as a word of one syllable.
fn sentences(text: &str) -> Vec<Vec<String>> {
    let mut plain = String::new();
    let mut in_value = false;
    for letter in text.chars() {
        match letter {
            '{' => plain.push('1'),
            '}' | '\\' => {}
            _ if in_value => {}
            _ => plain.push(letter),
        }
        in_value = letter == '{' || in_value && letter != '}';
    }
    let ends = plain.split_inclusive(['.', '!', '?']);
    let whole = ends.filter(|sentence| sentence.ends_with(['.', '!', '?']));
    let words = |sentence: &str| {
        let parts = sentence.split(|letter: char| !letter.is_alphanumeric() && !"’'$".contains(letter));
        parts.filter(|word| word.chars().any(char::is_alphanumeric)).map(str::to_lowercase).collect::<Vec<_>>()
    };
    whole.map(words).filter(|words| words.len() >= 4).collect()
}

fn is_vowel(letter: char) -> bool {
    "aeiouyáéíóúü".contains(letter)
}

/// Groups of vowels, but for a silent `e` at the end.
fn english_syllables(word: &str) -> usize {
    // each with the letters after which it is spoken
    let silent =
        [("es", "laeiouysxzcg"), ("ed", "aeiouytd"), ("e", "laeiouy")].into_iter().find_map(|(end, spoken)| {
            let stem = word.strip_suffix(end)?;
            stem.ends_with(|last| !spoken.contains(last)).then_some(stem)
        });
    groups(silent.unwrap_or(word), |_, _| false)
}

/// Groups of vowels: two strong ones are two syllables, and so is a weak one with an accent.
fn spanish_syllables(word: &str) -> usize {
    let spoken = word.replace("qu", "k").replace("gue", "ge").replace("gui", "gi");
    // a consonant, but for the last letter
    let (head, last) = spoken.split_at(spoken.char_indices().next_back().map_or(0, |(at, _)| at));
    let spoken = head.replace('y', "j") + last;
    let is_strong = |letter| "aeoáéó".contains(letter);
    let is_stressed = |letter| "íú".contains(letter);
    groups(&spoken, |before, letter| {
        is_strong(before) && is_strong(letter) || is_stressed(before) || is_stressed(letter)
    })
}

fn groups(word: &str, is_apart: impl Fn(char, char) -> bool) -> usize {
    let (mut count, mut before) = (0, None);
    for letter in word.chars() {
        let vowel = is_vowel(letter).then_some(letter);
        count += usize::from(vowel.is_some_and(|now| before.is_none_or(|before| is_apart(before, now))));
        before = vowel;
    }
    count.max(1)
}

/// Words a sentence, and syllables a word.
fn lengths(sentences: &[Vec<String>], language: Language) -> (f64, f64) {
    let words: Vec<&String> = sentences.iter().flatten().collect();
    let syllables = |word: &&String| match language {
        _ if word.chars().all(char::is_numeric) => 1,
        Language::English => english_syllables(word),
        Language::Spanish => spanish_syllables(word),
    };
    let all: usize = words.iter().map(syllables).sum();
    (words.len() as f64 / sentences.len() as f64, all as f64 / words.len() as f64)
}

/// What is too hard about it.
fn too_hard(sentences: &[Vec<String>], language: Language) -> Option<String> {
    let (words, syllables) = lengths(sentences, language);
    match language {
        Language::English => {
            let grade = 0.39 * words + 11.8 * syllables - 15.59;
            (grade > HIGHEST_GRADE).then(|| format!("grade {grade:.1}"))
        }
        Language::Spanish => {
            let ease = 206.84 - 60.0 * syllables - 1.02 * words;
            (ease < LOWEST_EASE).then(|| format!("ease {ease:.1}"))
        }
    }
}

#[test]
fn every_page_and_email_is_for_readers_of_the_8th_grade_or_below() {
    let (mut pages, mut found) = (BTreeMap::<_, Vec<_>>::new(), Vec::new());
    for text in all_texts().into_iter().filter(|text| !NOT_JUDGED.contains(&text.file.as_str())) {
        let (language, sentences) = (language(&text.words), sentences(&text.words));
        if sentences.iter().map(Vec::len).sum::<usize>() >= LONG_TEXT
            && let Some(how) = too_hard(&sentences, language)
        {
            found.push(format!("{how}: {} {}: {}", text.file, text.place, text.words));
        }
        pages.entry((text.file, language)).or_default().extend(sentences);
    }
    let judged: usize = pages.values().map(Vec::len).sum();
    assert!(judged > 700, "{judged} sentences: the test reads the wrong texts");
    for ((file, language), sentences) in pages.iter().filter(|(_, sentences)| !sentences.is_empty()) {
        found.extend(too_hard(sentences, *language).map(|how| format!("{how}: {file} in {language:?}")));
    }
    assert!(found.is_empty(), "{} texts:\n{}", found.len(), found.join("\n"));
}

#[test]
fn hard_words_and_long_sentences_are_recognised() {
    let judged = |text: &str| too_hard(&sentences(text), language(text));
    assert_eq!(judged("We sent your payment to your bank. Please don’t pay again."), None);
    assert!(judged("The institution’s authorization procedure necessitates additional documentation.").is_some());
    assert_eq!(judged("Enviamos su pago a su banco. Por favor, no pague otra vez."), None);
    assert!(judged("La autorización institucional requiere documentación administrativa complementaria.").is_some());
}

#[test]
fn syllables_are_counted_as_they_are_spoken() {
    for (word, count) in [("bill", 1), ("paid", 1), ("made", 1), ("money", 2), ("account", 2), ("authorization", 5)] {
        assert_eq!(english_syllables(word), count, "{word}");
    }
    for (word, count) in [("su", 1), ("cuenta", 2), ("día", 2), ("autorización", 5), ("línea", 3), ("pague", 2)] {
        assert_eq!(spanish_syllables(word), count, "{word}");
    }
}
