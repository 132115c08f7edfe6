//! The authenticator app (TOTP) of an account: its owner adds and removes it.

use super::{
    factors::{totp::Secret, wrong},
    notices::notice_to_owner,
    recovery_codes::{first_codes, removed},
    second_factor::{guard_code, opened},
    sessions::SignedIn,
};
use crate::{
    error::{Error, Result, refused},
    limits::{self, rules},
    mail, qr,
    state::App,
    store::factors,
};
use contract::{
    factor::{AuthenticatorOffer, RecoveryCodes},
    problem_details::ErrorCode,
};

/// Offers a secret to an app. Nothing is asked for with it before a code of it has come.
pub async fn offer(app: &App, signed_in: &SignedIn) -> Result<AuthenticatorOffer> {
    let (mut tx, account) = signed_in.begin(app).await?;
    let secret = Secret::random().ok_or_else(Error::fault)?;
    let sealed = app.seal.close(&account.id, &secret.base32()).ok_or_else(Error::fault)?;
    if !factors::offer_authenticator(&mut tx, &account.id, &sealed, app.clock.now()).await? {
        return refused(tx, Error::new(ErrorCode::NotFound)).await;
    }
    tx.commit().await?;
    let uri = secret.uri(&app.portal.brand.name, &account.email.to_string());
    let qr = qr::drawing(&uri).ok_or_else(Error::fault)?;
    Ok(AuthenticatorOffer { secret: secret.grouped(), uri, qr })
}

/// Begins to ask for codes of the app, with the first one.
pub async fn add(app: &App, signed_in: &SignedIn, code: &str) -> Result<RecoveryCodes> {
    let read = &signed_in.account;
    let kept = app.store.authenticator(&read.id).await?.filter(|kept| kept.confirmed_at.is_none());
    let kept = kept.ok_or_else(|| Error::new(ErrorCode::NotFound))?;
    limits::take(app, &[app.limits.bucket(&rules::FACTORS_BY_ACCOUNT, &read.id)]).await?;
    let step = opened(app, read, &kept.sealed)?.accepts(code, app.clock.unmoved().millis(), None);
    let step = guard_code(app, read, "code", async { Ok(step) }).await?;
    let (mut tx, account) = signed_in.begin(app).await?;
    let now = app.clock.now();
    if !factors::confirm_authenticator(&mut tx, &account.id, &kept.sealed, step, now).await? {
        return refused(tx, wrong("code")).await;
    }
    let codes = first_codes(app, &mut tx, &account).await?;
    notice_to_owner(app, &account, mail::authenticator_added).put(&mut tx, now).await?;
    tx.commit().await?;
    Ok(codes)
}

/// Asks for no more codes of the app.
pub async fn remove(app: &App, signed_in: &SignedIn) -> Result<()> {
    let (mut tx, account) = signed_in.begin(app).await?;
    let is_removed = factors::remove_authenticator(&mut tx, &account.id).await?;
    removed(app, tx, &account, is_removed, mail::authenticator_removed).await
}
