//! Second factors: codes of an authenticator app (`totp`), passkeys (`webauthn`) and recovery codes (`recovery`).
//! `seal` encrypts TOTP secrets and hashes recovery codes before they are stored. Knows no account, no database and no
//! request: what has to be remembered between two calls is handed to the caller.

pub mod recovery;
pub mod seal;
pub mod totp;
pub mod webauthn;

use crate::error::Error;
use contract::{FieldProblem, problem_details::ErrorCode};

/// What was shown is not right, or was used before: which is not told.
pub fn wrong(field: &str) -> Error {
    Error::field(ErrorCode::WrongCredentials, field, FieldProblem::Unknown)
}

/// Nothing where the machine has no randomness to give.
pub fn random<const COUNT: usize>() -> Option<[u8; COUNT]> {
    let mut bytes = [0; COUNT];
    getrandom::fill(&mut bytes).ok().map(|()| bytes)
}

/// What a keyboard for Japanese or Chinese writes wide, as ASCII.
fn narrow(letter: char) -> char {
    match letter {
        '\u{ff01}'..='\u{ff5e}' => char::from_u32(u32::from(letter) - 0xfee0).unwrap_or(letter),
        _ => letter,
    }
}

fn is_separator(letter: char) -> bool {
    letter.is_whitespace() || matches!(letter, '-' | '\u{2010}'..='\u{2015}' | '\u{2212}')
}
