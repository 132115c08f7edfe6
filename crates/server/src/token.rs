//! Random tokens, their stored hashes, and the syntax of ids.

use sha2::{Digest, Sha256};

/// 256 random bits as hexadecimal digits.
pub fn random_token() -> Result<String, getrandom::Error> {
    let mut bytes = [0; 32];
    getrandom::fill(&mut bytes)?;
    Ok(hex(&bytes))
}

pub fn hash(text: &str) -> String {
    hex(&Sha256::digest(text.as_bytes()))
}

fn hex(bytes: &[u8]) -> String {
    use std::fmt::Write;
    bytes.iter().fold(String::new(), |mut text, byte| {
        _ = write!(text, "{byte:02x}");
        text
    })
}

/// Ids, ours and a plan's, are printable ASCII: PostgreSQL rejects some characters that a JSON string may contain.
pub fn is_id(text: &str) -> bool {
    (1..=128).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_graphic())
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn a_token_is_256_bits_of_which_each_varies() {
        let tokens: Vec<String> = (0..200).map(|_| random_token().unwrap()).collect();
        assert_eq!(tokens.iter().collect::<BTreeSet<_>>().len(), 200);
        for token in &tokens {
            assert!(token.len() == 64 && token.bytes().all(|byte| byte.is_ascii_hexdigit()), "{token}");
        }
        for digit in 0..64 {
            let of_digit = |token: &String| u32::from_str_radix(&token[digit..=digit], 16).unwrap();
            let (ones, zeros) = tokens.iter().fold((0, 0), |(ones, zeros), token| {
                let bits = of_digit(token);
                (ones | bits, zeros | (!bits & 0xf))
            });
            assert_eq!((ones, zeros), (0xf, 0xf), "digit {digit}");
        }
    }

    #[test]
    fn what_is_kept_of_a_token_is_its_sha_256() {
        assert_eq!(hash("abc"), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    }
}
