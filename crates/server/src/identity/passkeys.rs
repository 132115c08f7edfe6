//! The passkeys of an account: its owner adds and removes them.

use super::{
    ceremony::{answered, challenged, not_taken, site},
    factors::{
        webauthn::{self, User},
        wrong,
    },
    notices::notice_to_owner,
    recovery_codes::{first_codes, removed},
    sessions::SignedIn,
};
use crate::{
    error::{Error, Result, refused},
    limits::{self, rules},
    mail,
    state::App,
    store::factors,
};
use contract::{
    FieldProblem,
    factor::{PasskeyChallenge, RecoveryCodes},
    problem_details::ErrorCode,
};
use sha2::{Digest, Sha256};

/// What the browser is to be asked for a new one.
pub async fn challenge(app: &App, SignedIn { session, account }: &SignedIn) -> Result<PasskeyChallenge> {
    let known = app.store.passkeys(&account.id).await?;
    if known.len() >= factors::MOST_PASSKEYS {
        return Err(too_many_passkeys("passkey"));
    }
    // Authenticators store it: it contains no personal data, and is the same for every passkey of the account.
    let handle = Sha256::digest(format!("passkeys of {}", account.id));
    let (name, display_name) = (account.email.to_string(), account.name());
    let user = User { handle: handle.get(..16).unwrap_or_default(), name: &name, display_name: &display_name };
    let asked =
        webauthn::begin_registration(site(app)?, user, &known).map_err(|reason| not_taken(reason, "passkey"))?;
    challenged(app, &session.id, &asked).await
}

/// Keeps the one that the browser made.
pub async fn add(app: &App, signed_in: &SignedIn, device: &str, response: &str) -> Result<RecoveryCodes> {
    limits::take(app, &[app.limits.bucket(&rules::FACTORS_BY_ACCOUNT, &signed_in.account.id)]).await?;
    let (state, response) = answered(app, &signed_in.session.id, response, "response").await?;
    let made = webauthn::finish_registration(site(app)?, &state, &response);
    let made = made.map_err(|reason| not_taken(reason, "response"))?;
    let (mut tx, account) = signed_in.begin(app).await?;
    let now = app.clock.now();
    if usize::try_from(factors::count_passkeys(&mut tx, &account.id).await?).unwrap_or(0) >= factors::MOST_PASSKEYS {
        return refused(tx, too_many_passkeys("response")).await;
    }
    if !factors::add_passkey(&mut tx, &account.id, &made, device, now).await? {
        return refused(tx, wrong("response")).await;
    }
    let codes = first_codes(app, &mut tx, &account).await?;
    notice_to_owner(app, &account, mail::passkey_added).put(&mut tx, now).await?;
    tx.commit().await?;
    Ok(codes)
}

pub async fn remove(app: &App, signed_in: &SignedIn, id: &str) -> Result<()> {
    let (mut tx, account) = signed_in.begin(app).await?;
    let is_removed = factors::remove_passkey(&mut tx, &account.id, id).await?;
    removed(app, tx, &account, is_removed, mail::passkey_removed).await
}

fn too_many_passkeys(field: &str) -> Error {
    Error::field(ErrorCode::Invalid, field, FieldProblem::TooLarge)
}
