//! The number that a member's text messages go to: the member agrees to them, and types the code that is sent there.

use super::{factors::recovery, notice_settings, notices::notice_to_owner, sessions::SignedIn};
use crate::{
    error::{Error, Result, refused},
    limits::{self, rules},
    mail,
    state::App,
    store::{
        Tx,
        accounts::{self, Account},
        consents, text_numbers, texts,
    },
};
use contract::{
    FieldProblem, Phone,
    consent::{self, ConsentPurpose, GivenConsent},
    notices::{NewTextNumber, NoticeSettings, TextNumberCode},
    problem_details::ErrorCode,
};

/// As long as a code works.
pub const CODE_MILLIS: i64 = 10 * 60_000;

/// Sends a code there. A number from before gets nothing from now on: no password is asked for, so the owner is told.
pub async fn begin(app: &App, signed_in: &SignedIn, new: NewTextNumber) -> Result<NoticeSettings> {
    check_offered(app)?;
    let NewTextNumber { phone, consent: text, locale } = new;
    if text != consent::text_messages(&app.portal.brand.name, &app.portal.contacts.billing_phone, locale) {
        return Err(Error::new(ErrorCode::TermsChanged));
    }
    let (mut tx, account) = signed_in.begin(app).await?;
    let buckets = [
        app.limits.bucket(&rules::TEXT_CODES_BY_ACCOUNT, &account.id),
        app.limits.bucket(&rules::TEXT_CODES_BY_NUMBER, &phone.to_string()),
    ];
    limits::take_in(app, &mut tx, &buckets).await?;
    let now = app.clock.now();
    let code = recovery::code().ok_or_else(Error::fault)?;
    let given = GivenConsent { text, locale, version: consent::TEXTS_VERSION, at: now };
    let given = consents::give(&mut tx, &account.id, ConsentPurpose::Texts, &given).await?;
    let (hash, until) = (app.seal.hash(&code), now.plus_millis(CODE_MILLIS));
    if text_numbers::begin(&mut tx, &account.id, &phone, &given, (&hash, until)).await? {
        notice_to_owner(app, &account, mail::texts_ended).put(&mut tx, now).await?;
    }
    texts::put_code(&mut tx, &account.id, &phone, &mail::code_text(&code, &app.sender(), locale), now).await?;
    tx.commit().await?;
    notice_settings::show(app, signed_in).await
}

/// From now on notices go there that the member turns on.
pub async fn confirm(app: &App, signed_in: &SignedIn, typed: &TextNumberCode) -> Result<NoticeSettings> {
    check_offered(app)?;
    let wrong = || Error::field(ErrorCode::Invalid, "code", FieldProblem::NoSuch);
    limits::take(app, &[app.limits.bucket(&rules::TEXT_CODE_TRIES_BY_ACCOUNT, &signed_in.account.id)]).await?;
    let code = recovery::normalise(&typed.code).ok_or_else(wrong)?;
    let (mut tx, account) = signed_in.begin(app).await?;
    let now = app.clock.now();
    if !text_numbers::confirm(&mut tx, &account.id, &app.seal.hash(&code), now).await? {
        return refused(tx, wrong()).await;
    }
    notice_to_owner(app, &account, mail::texts_turned_on).put(&mut tx, now).await?;
    tx.commit().await?;
    notice_settings::show(app, signed_in).await
}

pub async fn end(app: &App, signed_in: &SignedIn) -> Result<NoticeSettings> {
    check_offered(app)?;
    let (mut tx, account) = signed_in.begin(app).await?;
    end_in(app, &mut tx, &account, None).await?;
    tx.commit().await?;
    notice_settings::show(app, signed_in).await
}

/// Who has the number wrote STOP: whichever accounts have it send no more there. One that has got another number
/// meanwhile keeps that.
pub async fn stop(app: &App, phone: &Phone) -> Result<()> {
    for id in app.store.accounts_of_text_number(phone).await? {
        let mut tx = app.store.begin().await?;
        if let Some(account) = accounts::lock(&mut tx, &id).await? {
            end_in(app, &mut tx, &account, Some(phone)).await?;
        }
        tx.commit().await?;
    }
    Ok(())
}

/// Of the account whose row the transaction has locked.
async fn end_in(app: &App, tx: &mut Tx, account: &Account, phone: Option<&Phone>) -> Result<()> {
    let now = app.clock.now();
    if text_numbers::end(tx, &account.id, phone, now).await? {
        notice_to_owner(app, account, mail::texts_ended).put(tx, now).await?;
    }
    Ok(())
}

/// As if there were no such call, where the deployment sends none.
fn check_offered(app: &App) -> Result<()> {
    if app.settings.has_texts() { Ok(()) } else { Err(Error::new(ErrorCode::NotFound)) }
}
