//! Rejects weak secrets: few different characters, one word repeated, or the alphabet are what an attacker tries first.
//! A strong secret is the operator's responsibility.

/// Of 32 random hexadecimal digits fewer are different once in some billions of times.
const LEAST_DIFFERENT: usize = 6;

/// White space counts for nothing.
pub fn is_varied(secret: &str) -> bool {
    let mut signs: Vec<char> = secret.chars().filter(|sign| !sign.is_whitespace()).collect();
    let is_repeated = (1..=signs.len() / 2).any(|period| signs[period..] == signs[..signs.len() - period]);
    // Of random hexadecimal digits one in six or so is the one before it, or next to that.
    let is_next = |pair: &&[char]| u32::from(pair[0]).abs_diff(u32::from(pair[1])) <= 1;
    let is_counted = signs.windows(2).filter(is_next).count() * 3 >= signs.len() * 2;
    signs.sort_unstable();
    signs.dedup();
    signs.len() >= LEAST_DIFFERENT && !is_repeated && !is_counted
}

/// Whether two secrets differ in more than capitals, white space and what one of them has more.
pub fn are_different(one: &str, other: &str) -> bool {
    let bare = |secret: &str| -> String { secret.split_whitespace().collect::<String>().to_lowercase() };
    let (one, other) = (bare(one), bare(other));
    !one.contains(&other) && !other.contains(&one)
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
            "0123456789abcdef",
            "abcdefghijklmnopqrstuvwxyz0123456789",
            "ZYXWVUTSRQPONMLKJIHGFEDCBA9876543210",
            "aabbccddeeffgghhiijj 00112233445566778899",
        ] {
            assert!(!is_varied(secret), "{secret}");
        }
        for secret in ["9f86d081884c7d659a2feaa0c55ad015", "3q2+7wAAAAB1c2Vy"] {
            assert!(is_varied(secret), "{secret}");
        }
    }

    #[test]
    fn capitals_and_white_space_make_no_other_secret() {
        assert!(!are_different("9f86d081884c7d65", "9F86D081884C7D65\n"));
        assert!(are_different("9f86d081884c7d65", "9f86d081884c7d66"));
    }

    #[test]
    fn a_secret_with_something_before_or_behind_it_is_no_other_secret() {
        for other in ["9f86d081884c7d65x", "pepper-9F86D081884C7D65", "9f86d081884c7d6"] {
            assert!(!are_different("9f86d081884c7d65", other) && !are_different(other, "9f86d081884c7d65"), "{other}");
        }
    }
}
