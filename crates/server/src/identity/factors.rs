//! Second factors: codes of an authenticator app (`totp`), passkeys (`webauthn`) and recovery codes (`recovery`).
//! `seal` encrypts TOTP secrets and hashes recovery codes before they are stored. Knows no account, no database and no
//! request: what has to be remembered between two calls is handed to the caller.

pub mod recovery;
pub mod seal;
pub mod totp;
pub mod webauthn;

use crate::error::Error;
use contract::{FieldProblem, problem_details::ErrorCode};

/// What was shown is not right, or was used before: the answer does not say which.
pub fn wrong(field: &str) -> Error {
    Error::field(ErrorCode::WrongCredentials, field, FieldProblem::Unknown)
}

/// Nothing where the machine has no randomness to give.
pub fn random<const COUNT: usize>() -> Option<[u8; COUNT]> {
    let mut bytes = [0; COUNT];
    getrandom::fill(&mut bytes).ok().map(|()| bytes)
}
