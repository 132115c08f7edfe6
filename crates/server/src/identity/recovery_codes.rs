//! The recovery codes of an account: they come with its first factor, go with its last, and are renewed in between.

use super::{
    factors::recovery,
    notices::{NoticeTemplate, notice_to_owner},
    sessions::SignedIn,
};
use crate::{
    error::{Error, Result, refused},
    limits::{self, rules},
    mail,
    state::App,
    store::{Tx, accounts::Account, factors},
};
use contract::{FieldProblem, factor::RecoveryCodes, problem_details::ErrorCode};

/// Each renewal costs the owner an e-mail.
const RENEWALS_A_DAY: i64 = 5;
const DAY_MILLIS: i64 = 86_400_000;

/// New ones; those from before open nothing any more.
pub async fn renew(app: &App, signed_in: &SignedIn) -> Result<RecoveryCodes> {
    limits::take(app, &[app.limits.bucket(&rules::FACTORS_BY_ACCOUNT, &signed_in.account.id)]).await?;
    let (mut tx, account) = signed_in.begin(app).await?;
    if factors::count(&mut tx, &account.id).await? == 0 {
        return refused(tx, Error::new(ErrorCode::NotFound)).await;
    }
    let now = app.clock.now();
    let day = (now.plus_millis(-DAY_MILLIS), now);
    if let Some(next) = factors::count_renewal(&mut tx, &account.id, RENEWALS_A_DAY, day).await? {
        let seconds = (next.millis() - now.millis() + 999) / 1_000;
        let seconds = u32::try_from(seconds).unwrap_or(1).max(1);
        return refused(tx, Error::later(ErrorCode::TooMany, seconds)).await;
    }
    let codes = new_codes(app, &mut tx, &account).await?;
    notice_to_owner(app, &account, mail::recovery_codes_renewed).put(&mut tx, now).await?;
    tx.commit().await?;
    Ok(codes)
}

/// With the first factor come the codes for the day it is gone; with a second one none.
pub(super) async fn first_codes(app: &App, tx: &mut Tx, account: &Account) -> Result<RecoveryCodes> {
    if factors::count(tx, &account.id).await? == 1 {
        new_codes(app, tx, account).await
    } else {
        Ok(RecoveryCodes::default())
    }
}

async fn new_codes(app: &App, tx: &mut Tx, account: &Account) -> Result<RecoveryCodes> {
    let codes = recovery::codes().ok_or_else(Error::fault)?;
    let hashes: Vec<String> = codes.iter().map(|code| app.seal.hash(code)).collect();
    factors::put_recovery_codes(tx, &account.id, &hashes).await?;
    Ok(RecoveryCodes { codes })
}

/// A password that is too short to be all there is keeps the last factor; without a factor there is nothing to recover
/// from.
pub(super) async fn removed(
    app: &App,
    mut tx: Tx,
    account: &Account,
    is_removed: bool,
    template: NoticeTemplate,
) -> Result<()> {
    if !is_removed {
        return refused(tx, Error::new(ErrorCode::NotFound)).await;
    }
    if factors::count(&mut tx, &account.id).await? == 0 {
        if account.is_password_short {
            return refused(tx, Error::field(ErrorCode::Invalid, "password", FieldProblem::TooShort)).await;
        }
        factors::put_recovery_codes(&mut tx, &account.id, &[]).await?;
    }
    notice_to_owner(app, account, template).put(&mut tx, app.clock.now()).await?;
    Ok(tx.commit().await?)
}
