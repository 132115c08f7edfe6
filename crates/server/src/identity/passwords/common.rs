//! Whether a password is one of the 100,000 that are seen most often in breaches and are long enough for us: all of 15 characters or
//! more among the million most common ones (9,700), and the most common of 8 to 14, which do beside a second factor. `common.mjs`
//! says where they are from and how the file is made.
//!
//! Kept as the first four bytes of each SHA-256, sorted: 400 KB, no allocation, a binary search of 17 steps. One in 43,000 other
//! passwords has the same four bytes and is refused, too: its owner chooses another one. Knows nothing of patterns: `zxcvbn` does.

use sha2::{Digest, Sha256};

static HASHES: &[u8] = include_bytes!("common.bin");

/// Of a password after NFKC, in lower case.
pub fn is_common(normalised: &str) -> bool {
    let hash = Sha256::digest(normalised.as_bytes());
    let (hashes, _) = HASHES.as_chunks::<4>();
    hash.first_chunk::<4>().is_some_and(|first| hashes.binary_search(first).is_ok())
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
        ] {
            assert!(is_common(text), "{text}");
        }
        for text in ["", "copper river lantern seven", "another lantern on the river", "zq7#wm2x"] {
            assert!(!is_common(text), "{text}");
        }
    }

    #[test]
    fn the_file_is_sorted_and_as_large_as_is_said() {
        let (hashes, rest) = HASHES.as_chunks::<4>();
        assert!(rest.is_empty() && hashes.is_sorted_by(|a, b| a < b));
        assert!((99_900..=100_000).contains(&hashes.len()), "{}", hashes.len());
    }

    #[test]
    fn a_look_takes_no_time() {
        let began = std::time::Instant::now();
        let found = (0..10_000).filter(|number| is_common(&format!("copper river lantern {number}"))).count();
        assert!(found <= 5, "{found}");
        let micros = began.elapsed().as_micros() / 10_000;
        println!("a look takes {micros} µs");
        assert!(micros < 500, "{micros}");
    }
}
