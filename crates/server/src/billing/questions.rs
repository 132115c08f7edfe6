//! What a member asks about a charge: kept once for each key, with the e-mail that takes it to the plan.

use super::saved_methods::{account_of, begin};
use crate::{
    error::{Error, Result, refused},
    limits::{self, rules},
    mail::{self, AskedCharge},
    state::App,
    store::{
        outbox::{Holds, QueuedEmail},
        questions::{self, NewRow},
        sessions::Session,
    },
};
use contract::{
    FieldProblem, IdempotencyKey, Locale,
    bill::question::{ChargeQuestion, NewQuestion, QuestionState},
    problem_details::ErrorCode,
};

/// The same key and question again gives the first one. Only where the profile says to whom questions go.
pub async fn ask(
    app: &App,
    session: &Session,
    bill: &str,
    key: &IdempotencyKey,
    new: &NewQuestion,
) -> Result<ChargeQuestion> {
    let (account, membership, now) = (account_of(session)?, &session.membership, app.clock.now());
    let not_found = || Error::new(ErrorCode::NotFound);
    let to = app.questions_to.as_ref().ok_or_else(not_found)?;
    let shown = app.store.bill(&membership.id, bill, now).await?.ok_or_else(not_found)?;
    let no_line = || Error::field(ErrorCode::Invalid, "line", FieldProblem::NoSuch);
    let line = shown.lines.get(usize::from(new.line)).ok_or_else(no_line)?;
    let mut tx = begin(app, session).await?;
    if let Some((of, asked)) = questions::of_key(&mut tx, account, key).await? {
        tx.rollback().await?;
        let is_same = of == bill && asked.line == new.line && asked.topic == new.topic && asked.text == new.text;
        return if is_same { Ok(asked) } else { Err(Error::new(ErrorCode::KeyReused)) };
    }
    limits::take_in(app, &mut tx, &[app.limits.bucket(&rules::QUESTIONS_BY_ACCOUNT, account)]).await?;
    let id = crate::id::new(now);
    let row = NewRow { id: &id, account, membership: &membership.id, bill, new, key, at: now };
    if !questions::add(&mut tx, &row).await? {
        return refused(tx, no_line()).await;
    }
    let asked =
        AskedCharge { bill: &shown, number: usize::from(new.line) + 1, line, topic: new.topic, text: &new.text };
    let person = session.member().map(|member| &member.person).ok_or_else(|| Error::new(ErrorCode::SignedOut))?;
    let message = mail::charge_question(&app.sender(), person, &membership.ending, &asked, Locale::En);
    let email = QueuedEmail {
        id: id.clone(),
        cause: bill,
        to,
        message: &message,
        holds: Holds::Nothing,
        notice: None,
        at: now,
    };
    email.put(&mut tx).await?;
    tx.commit().await?;
    app.wake_worker();
    let NewQuestion { line, topic, text } = new.clone();
    Ok(ChargeQuestion { id, line, topic, text, asked_at: now, state: QuestionState::Waiting })
}
