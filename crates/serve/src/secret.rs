//! Rejects weak secrets: few different characters, or one word repeated, are what an attacker tries first. A strong secret is the operator's
//! responsibility.

/// Of 32 random hexadecimal digits fewer are different once in some billions of times.
const LEAST_DIFFERENT: usize = 6;

/// White space counts for nothing.
pub fn is_varied(secret: &str) -> bool {
    let mut signs: Vec<char> = secret.chars().filter(|sign| !sign.is_whitespace()).collect();
    let is_repeated = (1..=signs.len() / 2).any(|period| signs[period..] == signs[..signs.len() - period]);
    signs.sort_unstable();
    signs.dedup();
    signs.len() >= LEAST_DIFFERENT && !is_repeated
}

/// Whether two secrets differ in more than capitals and white space.
pub fn are_different(one: &str, other: &str) -> bool {
    let bare = |secret: &str| -> String { secret.split_whitespace().collect::<String>().to_lowercase() };
    bare(one) != bare(other)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_repeats_few_characters_is_not_varied() {
        for secret in [
            "",
            "          ",
            " \t\n \u{a0}",
            "xxxxxxxxxxxxxxxx",
            "abababababab",
            "1234512345 12345",
            "changeme-changeme-changeme-chang",
            "0123456789abcdef0123456789abcdef",
        ] {
            assert!(!is_varied(secret), "{secret}");
        }
        for secret in ["0123456789abcdef", "9f86d081884c7d659a2feaa0c55ad015", "3q2+7wAAAAB1c2Vy"] {
            assert!(is_varied(secret), "{secret}");
        }
    }

    #[test]
    fn capitals_and_white_space_make_no_other_secret() {
        assert!(!are_different("9f86d081884c7d65", "9F86D081884C7D65\n"));
        assert!(are_different("9f86d081884c7d65", "9f86d081884c7d66"));
    }
}
