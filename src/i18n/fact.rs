//! Facts in a sentence: amounts, dates, times, phones, references, addresses. Page translators write numbers in another
//! way and take the letters of a reference for words, so each fact stands in an element that they leave alone.

use contract::date_format;
use leptos::prelude::*;
use std::ops::Range;

/// A text as it stands on a page. With facts among words it is one element, as it is one item of its line.
pub fn sentence(text: String) -> AnyView {
    let kept = |text: &str| view! { <span translate="no">{text.to_owned()}</span> }.into_any();
    let (mut parts, mut end) = (Vec::new(), 0);
    for fact in facts(&text) {
        if fact == (0..text.len()) {
            return kept(&text);
        }
        parts.push(text[end..fact.start].to_owned().into_any());
        end = fact.end;
        parts.push(kept(&text[fact]));
    }
    if parts.is_empty() {
        return text.into_any();
    }
    parts.push(text[end..].to_owned().into_any());
    view! { <span>{parts}</span> }.into_any()
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Word {
    Fact,
    /// A month or a weekday: part of the fact beside it.
    Name,
    /// Joins a day and its month in Spanish.
    Of,
    Other,
}

fn word(word: &str) -> Word {
    let bare = word.trim_matches([',', '.', '(', ')']);
    if bare.contains(|c: char| c.is_ascii_digit() || c == '@') || bare.starts_with("KP-") {
        Word::Fact
    } else if date_format::is_name(bare) {
        Word::Name
    } else if bare == "de" {
        Word::Of
    } else {
        Word::Other
    }
}

/// Where the facts of a text are.
fn facts(text: &str) -> Vec<Range<usize>> {
    let mut at = 0;
    let words = text.split(' ').map(|part| {
        let start = at;
        at += part.len() + 1;
        (word(part), start..start + part.len())
    });
    let (mut found, mut run, mut is_fact) = (Vec::new(), None::<Range<usize>>, false);
    // one more ends the last run
    for (word, at) in words.chain([(Word::Other, text.len()..text.len())]) {
        match (word, &mut run) {
            (Word::Fact | Word::Name, None) => (run, is_fact) = (Some(at), word == Word::Fact),
            (Word::Fact | Word::Name, Some(run)) => (run.end, is_fact) = (at.end, is_fact || word == Word::Fact),
            // counts if something follows it
            (Word::Of, Some(_)) => {}
            (Word::Of | Word::Other, _) => found.extend(run.take().filter(|_| is_fact).map(|run| trimmed(text, run))),
        }
    }
    found
}

/// Without the sentence's own marks around it.
fn trimmed(text: &str, run: Range<usize>) -> Range<usize> {
    let fact = &text[run.clone()];
    let fact = fact.trim_end_matches([',', '.', ':', ';', '?', '!']);
    let end = if fact.contains('(') { fact } else { fact.trim_end_matches(')') };
    let start = if end.contains(')') { 0 } else { end.len() - end.trim_start_matches('(').len() };
    run.start + start..run.start + end.len()
}

/// A page's text as its readers see it, for tests.
#[cfg(test)]
pub fn without_facts(html: &str) -> String {
    let mut parts = html.split("<span translate=\"no\">");
    let before = parts.next().unwrap_or_default().to_owned();
    parts.fold(before, |html, part| html + &part.replacen("</span>", "", 1)).replace("<!>", "")
}

#[cfg(all(test, feature = "ssr"))]
mod tests {
    use super::*;

    fn found(text: &str) -> Vec<&str> {
        facts(text).into_iter().map(|fact| &text[fact]).collect()
    }

    #[test]
    fn facts_are_found_in_sentences_of_either_language() {
        assert_eq!(found("Your bank declined $1,234.50 from the Visa card ending in 4242."), ["$1,234.50", "4242"]);
        assert_eq!(
            found("You still owe this, due Wed, Nov 25. Call (510) 555-0134."),
            ["Wed, Nov 25", "(510) 555-0134"]
        );
        assert_eq!(found("Vence el mié, 25 de nov, o antes"), ["mié, 25 de nov"]);
        assert_eq!(
            found("$20.50 de la factura, miércoles, 25 de noviembre de 2026"),
            ["$20.50", "miércoles, 25 de noviembre de 2026"]
        );
        assert_eq!(found("Until 5\u{a0}pm Pacific (Monday to Friday)"), ["5\u{a0}pm"]);
        assert_eq!(found("Sent to ana.oneill@example.org, KP-ABCD-EFGH"), ["ana.oneill@example.org, KP-ABCD-EFGH"]);
        assert_eq!(found("May we write to you? (since May 2026)"), ["May 2026"]);
        assert_eq!(found("De noviembre a mayo"), [] as [&str; 0]);
        assert_eq!(found("$64.10"), ["$64.10"]);
        assert_eq!(found(""), [] as [&str; 0]);
    }

    #[test]
    fn a_sentence_is_one_element_and_a_word_none() {
        let html = |text: &str| sentence(text.to_owned()).to_html();
        assert_eq!(html("Pay"), "Pay");
        assert_eq!(html("$5.00"), "<span translate=\"no\">$5.00</span>");
        assert!(html("Pay $5.00 now").starts_with("<span>Pay "), "{}", html("Pay $5.00 now"));
    }
}
