//! Which notices a member gets: shown, and changed by the member. The outbox honours it when it sends
//! (`jobs::send_mail`).

use super::{notices::notice_to_owner, sessions::SignedIn};
use crate::{
    error::{Error, Result, refused},
    limits::{self, rules},
    mail,
    state::App,
    store::{consents, notice_choices},
};
use contract::{
    FieldProblem,
    consent::ConsentPurpose,
    notices::{NoticeChange, NoticeChoice, NoticeKind, NoticeSettings},
    problem_details::ErrorCode,
};

pub async fn show(app: &App, signed_in: &SignedIn) -> Result<NoticeSettings> {
    let account = &signed_in.account.id;
    let texts = if app.settings.has_texts() { Some(app.store.text_number(account).await?) } else { None };
    let is_paperless = app.store.has_consent(account, ConsentPurpose::Paperless).await?;
    Ok(NoticeSettings { notices: app.store.notice_choices(account, kinds(app)).await?, is_paperless, texts })
}

/// All of what is asked, or nothing of it. No password is asked for, so the owner is told if e-mails come no more.
pub async fn change(app: &App, signed_in: &SignedIn, change: &NoticeChange) -> Result<NoticeSettings> {
    check(app, change)?;
    limits::take(app, &[app.limits.bucket(&rules::NOTICE_CHANGES_BY_ACCOUNT, &signed_in.account.id)]).await?;
    let (mut tx, account) = signed_in.begin(app).await?;
    let (now, mut is_turned_off) = (app.clock.now(), false);
    let turns_off = |choice: &NoticeChoice| choice.kind == NoticeKind::BillReady && !choice.email;
    if let Some(place) = change.notices.iter().position(turns_off)
        && consents::holds(&mut tx, &account.id, ConsentPurpose::Paperless).await?
    {
        return refused(tx, not_changed(place, FieldProblem::NotAllowed)).await;
    }
    for choice in &change.notices {
        is_turned_off |= notice_choices::choose(&mut tx, &account.id, choice, now).await?;
    }
    if is_turned_off {
        notice_to_owner(app, &account, mail::notices_turned_off).put(&mut tx, now).await?;
    }
    tx.commit().await?;
    show(app, signed_in).await
}

/// Those that this deployment sends.
fn kinds(app: &App) -> impl Iterator<Item = NoticeKind> {
    let limits = &app.portal.limits;
    let has_deposits = limits.max_deposit_cents > 0;
    let has_balance = has_deposits || limits.pay_from_balance;
    NoticeKind::ALL.into_iter().filter(move |kind| match kind {
        NoticeKind::Deposit => has_deposits,
        NoticeKind::LowBalance => has_balance,
        _ => true,
    })
}

fn check(app: &App, change: &NoticeChange) -> Result<()> {
    for (place, choice) in change.notices.iter().enumerate() {
        let is_sent = kinds(app).any(|kind| kind == choice.kind);
        let is_named_before = change.notices.iter().take(place).any(|before| before.kind == choice.kind);
        let problem = match choice {
            _ if !is_sent => FieldProblem::NoSuch,
            _ if is_named_before => FieldProblem::Duplicate,
            NoticeChoice { kind, email: false, .. } if kind.is_always_sent() => FieldProblem::NotAllowed,
            _ => continue,
        };
        return Err(not_changed(place, problem));
    }
    Ok(())
}

fn not_changed(place: usize, problem: FieldProblem) -> Error {
    Error::field(ErrorCode::Invalid, format!("notices.{place}"), problem)
}
