//! Whether a secret could be one: what is short, or is one character over and over, is what whoever guesses tries first. That nobody
//! can guess it is the operator's to see to.

/// Of 32 random hexadecimal digits fewer are different once in some billions of times.
const LEAST_DIFFERENT: usize = 6;

/// White space counts for nothing.
pub fn is_varied(secret: &str) -> bool {
    let mut signs: Vec<char> = secret.chars().filter(|sign| !sign.is_whitespace()).collect();
    signs.sort_unstable();
    signs.dedup();
    signs.len() >= LEAST_DIFFERENT
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_repeats_few_characters_is_not_varied() {
        for secret in ["", "          ", " \t\n \u{a0}", "xxxxxxxxxxxxxxxx", "abababababab", "1234512345 12345"] {
            assert!(!is_varied(secret), "{secret}");
        }
        for secret in ["0123456789abcdef", "9f86d081884c7d659a2feaa0c55ad015", "3q2+7wAAAAB1c2Vy"] {
            assert!(is_varied(secret), "{secret}");
        }
    }
}
