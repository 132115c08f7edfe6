//! How a member uses the balance: whether paying bills begins with it, and below which amount the member is told; and
//! the job that tells.

use super::{
    deposits,
    saved_methods::{account_of, begin},
};
use crate::{
    error::{Error, Result},
    limits::{self, rules},
    mail,
    state::App,
    store::{
        accounts,
        balance_settings::{self, LowBalance},
        jobs::{self, Job},
        outbox::{Holds, NoticeOf, QueuedEmail},
        sessions::Session,
        texts,
    },
};
use contract::{
    FieldProblem, Money,
    balance::{Balance, BalanceSettings, LOWEST_LOW_CENTS, MOST_LOW_CENTS},
    notices::NoticeKind,
    problem_details::ErrorCode,
};

/// Gives the balance with them.
pub async fn change(app: &App, session: &Session, settings: &BalanceSettings) -> Result<Balance> {
    let problem = settings.low.and_then(|low| match low.money().cents() {
        cents if cents < LOWEST_LOW_CENTS => Some(FieldProblem::TooSmall),
        cents if cents > MOST_LOW_CENTS => Some(FieldProblem::TooLarge),
        _ => None,
    });
    if let Some(problem) = problem {
        return Err(Error::field(ErrorCode::Invalid, "low", problem));
    }
    let account = account_of(session)?;
    limits::take(app, &[app.limits.bucket(&rules::BALANCE_SETTINGS_BY_ACCOUNT, account)]).await?;
    let mut tx = begin(app, session).await?;
    balance_settings::put(&mut tx, account, settings).await?;
    tx.commit().await?;
    deposits::balance(app, session, None, deposits::FIRST_CHANGES).await
}

/// The account may be closed by now, or the notice turned off: then nobody is told.
pub async fn run(app: &App, job: &Job) -> Result<()> {
    let low: LowBalance = serde_json::from_str(&job.payload).map_err(|_| Error::fault())?;
    let (mut tx, at) = (app.store.begin().await?, app.clock.now());
    let account = accounts::lock(&mut tx, &low.account).await?;
    jobs::finish(&mut tx, job).await?;
    let is_on = balance_settings::settings_in(&mut tx, &low.account).await?.low.is_some();
    if let Some(account) = account.filter(|_| is_on) {
        let (id, locale) = (format!("low:{}", low.entry), account.locale);
        let notice = NoticeOf { account: &account.id, kind: NoticeKind::LowBalance };
        if app.settings.has_texts() {
            let text = mail::notice_text(notice.kind, &app.sender(), locale);
            texts::put_notice(&mut tx, &id, notice, &text, at).await?;
        }
        let [left, chosen] =
            [low.left_cents, low.low_cents].map(|cents| Money::from_cents(cents).unwrap_or(Money::ZERO));
        let message = mail::balance_low(&app.sender(), left, chosen, locale);
        let (to, holds, notice) = (&account.email, Holds::Nothing, Some(notice));
        QueuedEmail { id, cause: &low.entry, to, message: &message, holds, notice, at }.put(&mut tx).await?;
    }
    Ok(tx.commit().await?)
}
