//! Refunds of a member's credit, to the methods that deposits came from; and the job by which the processor is asked
//! for one. It is asked by the refund's own id until it has answered: a lost answer is asked for again, and nothing
//! goes back twice.

use super::{
    deposits,
    processor::ProcessorError,
    saved_methods::{account_of, begin},
};
use crate::{
    error::{Error, Result, refused},
    limits::{self, rules},
    mail,
    state::App,
    store::{
        Tx, accounts,
        jobs::{self, Job},
        outbox::{Holds, NoticeOf, QueuedEmail},
        refunds::{self, Asked, NewRefund, Refund, RefundJob},
        sessions::Session,
        texts,
    },
};
use contract::{
    FieldProblem, IdempotencyKey, Instant,
    balance::{Balance, RefundOrder},
    notices::NoticeKind,
    problem_details::ErrorCode,
};

/// Until the processor is asked again.
const WAIT_MILLIS: i64 = 60_000;

/// The same key and amount again changes nothing. Gives the balance after it.
pub async fn ask(app: &App, session: &Session, key: &IdempotencyKey, order: &RefundOrder) -> Result<Balance> {
    let (account, membership, at) = (account_of(session)?, session.membership.id.as_str(), app.clock.now());
    let mut tx = begin(app, session).await?;
    let new = NewRefund { membership, account, key, amount: order.amount.money(), at };
    match refunds::ask(&mut tx, &new).await? {
        Asked::Made => {
            limits::take_in(app, &mut tx, &[app.limits.bucket(&rules::REFUNDS_BY_ACCOUNT, account)]).await?;
            tx.commit().await?;
            app.wake_worker();
        }
        Asked::Before => tx.rollback().await?,
        Asked::KeyReused => return refused(tx, Error::new(ErrorCode::KeyReused)).await,
        Asked::TooMuch => {
            let error = Error::field(ErrorCode::OrderRefused, "amount", FieldProblem::TooLarge);
            return refused(tx, error).await;
        }
    }
    deposits::balance(app, session, None, deposits::FIRST_CHANGES).await
}

/// Once the processor has answered, the job and what the answer changes end in one transaction.
pub async fn run(app: &App, job: &Job) -> Result<()> {
    let RefundJob { refund } = serde_json::from_str(&job.payload).map_err(|_| Error::fault())?;
    let refund = app.store.refund(&refund).await?.ok_or_else(Error::fault)?;
    let answer = if refund.is_on_its_way {
        app.processor.refund(&refund.id, &refund.charge, refund.amount).await
    } else {
        Ok(())
    };
    let (mut tx, at) = (app.store.begin().await?, app.clock.now());
    if answer == Err(ProcessorError::Unanswered) {
        tracing::warn!(refund = refund.id, "the processor does not say whether it gave money back: it is asked again");
        refund.put_off(&mut tx, job, (at, at.plus_millis(WAIT_MILLIS))).await?;
        return Ok(tx.commit().await?);
    }
    // The account may be closed by now: then nobody is told.
    let account = accounts::lock(&mut tx, &refund.account).await?;
    jobs::finish(&mut tx, job).await?;
    if refund.end(&mut tx, answer.is_ok(), at).await?
        && let Some(account) = account
    {
        tell(app, &mut tx, (&refund, &account), answer.is_ok(), at).await?;
    }
    Ok(tx.commit().await?)
}

async fn tell(
    app: &App,
    tx: &mut Tx,
    (refund, account): (&Refund, &accounts::Account),
    is_sent: bool,
    at: Instant,
) -> Result<()> {
    let id = format!("refund:{}", refund.id);
    let notice = NoticeOf { account: &account.id, kind: NoticeKind::Refund };
    if app.settings.has_texts() {
        let text = mail::notice_text(NoticeKind::Deposit, &app.sender(), account.locale);
        texts::put_notice(tx, &id, notice, &text, at).await?;
    }
    let message = mail::credit_refunded(&app.sender(), refund, is_sent, account.locale);
    let (to, holds, notice) = (&account.email, Holds::Nothing, Some(notice));
    QueuedEmail { id, cause: &refund.payment, to, message: &message, holds, notice, at }.put(tx).await?;
    Ok(())
}
