//! Whether a password is known from breaches, or is a phrase that everybody knows. `common.mjs` says where the 200,000
//! are from and how the file is made: 100,000 that had 15 characters or more, as many stems of such with something at
//! an end as came more than once, the most common ones of 8 to 14, which do beside a second factor, and our own
//! `phrases.txt`.
//!
//! Compared is a *form* of what was typed: its letters and digits alone, without the digits at its ends. Spaces,
//! punctuation, capitals and a year at the end are what people add to a common password so that it is taken, and what
//! anyone who guesses adds first. So a word with a long random number at an end is refused, too.
//!
//! Kept are the first four bytes of each form's SHA-256, in buckets by the first two: 465 KB. Of other passwords one in
//! about 7,000 is refused as well, since three forms are looked up, each with a chance of one in 21,000: its owner
//! chooses another one. Knows nothing of patterns: `zxcvbn` does.

use sha2::{Digest, Sha256};
use std::sync::LazyLock;

/// How many forms each bucket has, and then the third and fourth byte of each.
static FORMS: &[u8] = include_bytes!("common.bin");
const BUCKETS: usize = 1 << 16;
/// Characters of a form. What is shorter is compared as it was typed.
const LEAST_FORM: usize = 8;

/// Where each bucket begins, and where the last one ends.
static BEGINNINGS: LazyLock<Vec<usize>> = LazyLock::new(|| {
    let sizes = FORMS.get(..BUCKETS).unwrap_or_default();
    let ends = sizes.iter().scan(0, |end, size| {
        *end += usize::from(*size);
        Some(*end)
    });
    std::iter::once(0).chain(ends).collect()
});

/// Of a password after NFKC, in lower case.
pub fn is_common(normalised: &str) -> bool {
    let folded: String = normalised.chars().filter(|sign| sign.is_alphanumeric()).collect();
    let bare = folded.trim_matches(|sign: char| sign.is_ascii_digit());
    let is_form = |form: &str| form.chars().count() >= LEAST_FORM && is_listed(form);
    is_form(bare) || is_form(&folded) || is_listed(normalised)
}

fn is_listed(form: &str) -> bool {
    let hash: [u8; 32] = Sha256::digest(form.as_bytes()).into();
    let [first, second, third, fourth, ..] = hash;
    let bucket = usize::from(u16::from_be_bytes([first, second]));
    let (all, _) = FORMS.get(BUCKETS..).unwrap_or_default().as_chunks::<2>();
    let (from, to) = (BEGINNINGS.get(bucket), BEGINNINGS.get(bucket + 1));
    let bucket = from.zip(to).and_then(|(from, to)| all.get(*from..*to)).unwrap_or_default();
    bucket.contains(&[third, fourth])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_and_short_ones_of_the_list_are_common_and_others_are_not() {
        for text in [
            // the first and the 3,000th of 15 characters or more
            "mailcreated5240",
            "zcjdthitycndj11",
            // of 8 or more
            "password",
            "12345678",
            "vxnxxjk5qhr3jp5y",
            // with fewer than eight letters and digits
            "p@ssword",
        ] {
            assert!(is_common(text), "{text}");
        }
        for text in ["", "12", "!!!", "copper river lantern seven", "another lantern on the river", "zq7#wm2x"] {
            assert!(!is_common(text), "{text}");
        }
    }

    #[test]
    fn every_phrase_of_ours_is_common_and_in_the_form_that_is_compared() {
        let phrases: Vec<&str> = include_str!("phrases.txt").lines().collect();
        assert!(phrases.len() > 1_000 && phrases.is_sorted_by(|before, after| before < after), "{}", phrases.len());
        for phrase in phrases {
            let is_form = phrase.len() >= 12 && phrase.bytes().all(|sign| sign.is_ascii_lowercase());
            assert!(is_form && is_listed(phrase), "{phrase}");
        }
    }

    #[test]
    fn the_file_is_sorted_and_as_large_as_is_said() {
        let (sizes, rest) = FORMS.split_at(BUCKETS);
        let (all, left) = rest.as_chunks::<2>();
        assert!(left.is_empty() && (199_900..=200_000).contains(&all.len()), "{}", all.len());
        assert_eq!(sizes.iter().map(|size| usize::from(*size)).sum::<usize>(), all.len());
        for bounds in BEGINNINGS.windows(2) {
            assert!(all[bounds[0]..bounds[1]].is_sorted_by(|before, after| before < after));
        }
    }

    #[test]
    fn a_look_takes_no_time_and_hardly_ever_finds_what_is_not_there() {
        let began = std::time::Instant::now();
        let found = (0..10_000).filter(|number| is_common(&format!("copper {number} river lantern"))).count();
        assert!(found <= 8, "{found}");
        let micros = began.elapsed().as_micros() / 10_000;
        println!("a look takes {micros} µs");
        assert!(micros < 500, "{micros}");
    }
}
