//! The authorisations that a member gave: one for each payment, and those to keep a card or bank account, which hold
//! until they are revoked.

use super::{notices::notice_to_owner, sessions::SignedIn};
use crate::{
    error::{Error, Result, refused},
    limits::{self, rules},
    mail,
    state::App,
    store::{consents, forgotten_tokens::ForgottenToken, payment_pages::Cursor, saved_methods, verifications},
};
use contract::{member_profile::AuthorisationPage, problem_details::ErrorCode};

const A_PAGE: i64 = 20;
/// Twenty methods at most are saved at once: all that hold are among them.
const STANDING: i64 = 100;

/// A page of them, the newest first.
pub async fn page(app: &App, signed_in: &SignedIn, before: Option<&Cursor>) -> Result<AuthorisationPage> {
    let account = &signed_in.account.id;
    let page = app.store.authorisations_of(account, before, A_PAGE).await?;
    let is_first = before.is_none();
    let standing = if is_first { app.store.standing_authorisations(account, STANDING).await? } else { Vec::new() };
    Ok(AuthorisationPage { standing, ..page })
}

/// What it was for is removed, whatever is on its way with it: that was authorised by itself.
pub async fn revoke(app: &App, signed_in: &SignedIn, id: &str) -> Result<AuthorisationPage> {
    limits::take(app, &[app.limits.bucket(&rules::METHOD_CHANGES_BY_ACCOUNT, &signed_in.account.id)]).await?;
    let (mut tx, account) = signed_in.begin(app).await?;
    let now = app.clock.now();
    let Some(revoked) = consents::revoke(&mut tx, &account.id, id, now).await? else {
        return refused(tx, Error::new(ErrorCode::NotFound)).await;
    };
    if let Some(token) = saved_methods::remove_in_use(&mut tx, &revoked.saved).await? {
        verifications::forget(&mut tx, &token).await?;
        ForgottenToken { token, owner: account.id.clone() }.enqueue(&mut tx, now).await?;
    }
    let notice =
        notice_to_owner(app, &account, |account, sender| mail::authorisation_revoked(account, sender, &revoked.method));
    notice.put(&mut tx, now).await?;
    tx.commit().await?;
    app.wake_worker();
    page(app, signed_in, None).await
}
