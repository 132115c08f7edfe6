//! Recovery codes: single-use codes to keep on paper, for signing in without the authenticator. Stateless: the caller
//! knows which are used.

use super::random;
use contract::typed;

const COUNT: usize = 10;
const LENGTH: usize = 10;

/// Crockford's base 32: without the letters that look like digits, and without u.
const ALPHABET: &[u8; 32] = b"0123456789abcdefghjkmnpqrstvwxyz";

/// Ten codes of 50 random bits, as `xxxxx-xxxxx`. Nothing where the machine has no randomness to give.
pub fn codes() -> Option<Vec<String>> {
    let bytes = random::<{ COUNT * LENGTH }>()?;
    Some(bytes.chunks_exact(LENGTH).map(|code| grouped(code.iter().map(|byte| character(*byte)))).collect())
}

/// One such code.
pub fn code() -> Option<String> {
    Some(grouped(random::<LENGTH>()?.into_iter().map(character)))
}

fn character(byte: u8) -> char {
    char::from(ALPHABET[usize::from(byte & 31)])
}

fn grouped(characters: impl Iterator<Item = char>) -> String {
    let mut code = String::from_iter(characters);
    code.insert(LENGTH / 2, '-');
    code
}

/// The code as it was shown, whatever became of it on the way: case, spaces, hyphens, o for 0, and i or l for 1.
/// Nothing if no code looks like that.
pub fn normalise(typed: &str) -> Option<String> {
    let typed = typed::compact(typed);
    let characters = typed.chars().map(|character| match character.to_ascii_lowercase() {
        'o' => '0',
        'i' | 'l' => '1',
        character => character,
    });
    let characters: Vec<char> = characters.take(LENGTH + 1).collect();
    let is_code = characters.len() == LENGTH
        && characters.iter().all(|character| ALPHABET.iter().any(|l| *character == char::from(*l)));
    is_code.then(|| grouped(characters.into_iter()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashSet;

    #[test]
    fn ten_codes_are_given_and_none_is_like_another() {
        let (some, others) = (codes().unwrap(), codes().unwrap());
        assert_eq!(some.len(), 10);
        assert_eq!(some.iter().chain(&others).collect::<HashSet<_>>().len(), 20);
    }

    #[test]
    fn a_code_is_two_groups_of_five() {
        for code in codes().unwrap() {
            let (left, right) = code.split_once('-').unwrap();
            assert_eq!((left.len(), right.len()), (5, 5), "{code}");
            assert!(!code.contains(['i', 'l', 'o', 'u']), "{code}");
        }
    }

    #[test]
    fn every_character_comes_up() {
        let all: HashSet<char> =
            (0..20).flat_map(|_| codes().unwrap()).flat_map(|code| code.chars().collect::<Vec<_>>()).collect();
        assert_eq!(all.len(), 33);
    }

    #[test]
    fn a_code_is_known_again_as_it_was_shown() {
        for code in codes().unwrap() {
            assert_eq!(normalise(&code).as_deref(), Some(code.as_str()));
        }
    }

    #[test]
    fn case_and_separators_do_not_matter() {
        for typed in [
            "ab3de-fgh01",
            " AB3DE FGH01\n",
            "ab3d efgh 01",
            "\u{2066}ab3de\u{200b}fgh01\u{2069}",
            "ab3de\u{2011}fgh01",
            "ａｂ３ｄｅ－ｆｇｈ０１",
        ] {
            assert_eq!(normalise(typed).as_deref(), Some("ab3de-fgh01"), "{typed}");
        }
    }

    #[test]
    fn letters_are_read_as_the_digits_they_look_like() {
        assert_eq!(normalise("oO0iI-lL1ab").as_deref(), Some("00011-111ab"));
    }

    #[test]
    fn what_no_code_looks_like_is_none() {
        for typed in ["", "ab3de-fgh0", "ab3de-fgh012", "ab3de-fghu1", "ab3de-fgh0é", "ab3de_fgh01"] {
            assert_eq!(normalise(typed), None, "{typed}");
        }
    }
}
