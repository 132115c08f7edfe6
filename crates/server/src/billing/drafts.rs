//! Payment drafts: the payer's choices and input so far, stored with the session so that no personal data is in the
//! browser's storage. Card data in the wrong field is rejected here, before it is stored.

use super::{household, methods, payments::MOST_BILLS};
use crate::{
    address::is_misread,
    error::{Error, Result},
    state::App,
    store::sessions::Session,
    token::is_id,
};
use contract::{
    Email, FieldProblem, PersonName,
    field_problem::plain_text,
    payment::{DepositDraft, Method, PaymentDraft},
    problem_details::ErrorCode,
};

const LONGEST: usize = 300;

/// What was kept; empty if nothing was.
pub async fn kept(app: &App, session: &Session) -> Result<PaymentDraft> {
    with_its_method(app, session, app.store.draft(&session.id).await?).await
}

/// Keeps it in place of what was kept before. Names that programs give can't be told from numbers that people type, so
/// only those are kept that name something: bills of this member or of somebody they pay for, and a token whose method
/// the processor has named to this payer.
pub async fn keep(app: &App, session: &Session, mut draft: PaymentDraft) -> Result<()> {
    check(&draft)?;
    let membership = household::membership_of(app, session, draft.household.as_deref()).await?;
    draft.household = draft.household.filter(|_| membership.id != session.membership.id);
    let known = app.store.bill_ids(&membership.id).await?;
    draft.shares.retain(|share| known.contains(&share.bill));
    let draft = with_its_method(app, session, draft).await?;
    put(app, session, Some(&draft)).await
}

/// The token is the reference to a method. What the browser says of it, or a server of the version before kept, is not
/// looked at.
async fn with_its_method(app: &App, session: &Session, mut draft: PaymentDraft) -> Result<PaymentDraft> {
    draft.deposit = with_named_method(app, session, draft.deposit).await?;
    if let Some(id) = draft.saved_method.take() {
        return with_saved_method(app, session, draft, id).await;
    }
    draft.method = match &draft.token {
        Some(token) if draft.needs_code => methods::without_code(app, &session.capture_binding, token).await?,
        Some(token) => methods::named(app, &session.capture_binding, token).await?,
        None => None,
    };
    draft.token = draft.token.filter(|_| draft.method.is_some());
    draft.needs_code &= draft.token.is_some();
    Ok(draft)
}

/// A member's deposit whose token was named.
async fn with_named_method(
    app: &App,
    session: &Session,
    deposit: Option<DepositDraft>,
) -> Result<Option<DepositDraft>> {
    let Some(mut deposit) = deposit.filter(|_| session.member().is_some()) else { return Ok(None) };
    deposit.method = methods::named(app, &session.capture_binding, &deposit.token).await?;
    Ok(Some(deposit).filter(|deposit| deposit.method.is_some()))
}

/// A saved method is chosen by its id, in place of a token; one that is not the member's, or not any more, by nothing.
async fn with_saved_method(app: &App, session: &Session, mut draft: PaymentDraft, id: String) -> Result<PaymentDraft> {
    let found = match session.member() {
        Some(member) if is_id(&id) => app.store.saved_method(&member.account, &id).await?,
        _ => None,
    };
    (draft.token, draft.needs_code, draft.save_method) = (None, false, false);
    draft.saved_method = found.is_some().then_some(id);
    draft.method = found.map(|found| found.method);
    Ok(draft)
}

/// Wipes it.
pub async fn forget(app: &App, session: &Session) -> Result<()> {
    put(app, session, None).await
}

/// What can be said without the database.
fn check(draft: &PaymentDraft) -> Result<()> {
    let invalid = |field: String, problem| Err(Error::field(ErrorCode::Invalid, field, problem));
    // Three or four digits alone are a security code, which plain text may be.
    if PersonName::parse(&draft.payer_name) == Err(FieldProblem::LooksLikeCard) {
        return invalid("payer_name".to_owned(), FieldProblem::LooksLikeCard);
    }
    let parts = draft.shares.iter().enumerate().flat_map(|(at, share)| {
        [(format!("shares.{at}.bill"), Some(&share.bill)), (format!("shares.{at}.part"), share.part.as_ref())]
    });
    let amount = draft.deposit.as_ref().map(|deposit| &deposit.amount);
    let typed = [
        ("payer_name".to_owned(), Some(&draft.payer_name)),
        ("email".to_owned(), Some(&draft.email)),
        ("deposit.amount".to_owned(), amount),
    ];
    for (field, text) in parts.chain(typed) {
        let Some(text) = text else { continue };
        if text.chars().count() > LONGEST {
            return invalid(field, FieldProblem::TooLong);
        }
        if !field.ends_with(".bill") {
            plain_text(text).or_else(|problem| invalid(field, problem))?;
        }
    }
    // An order with it would be refused.
    if Email::parse(&draft.email).is_ok_and(|email| is_misread(&email)) {
        return invalid("email".to_owned(), FieldProblem::Malformed);
    }
    if draft.shares.len() > MOST_BILLS {
        return invalid("shares".to_owned(), FieldProblem::TooLong);
    }
    let of_deposit = draft.deposit.as_ref().and_then(|deposit| deposit.method.as_ref());
    let is_long = draft.method.iter().chain(of_deposit).any(|method| match method {
        Method::Card { last4, .. } | Method::Bank { last4, .. } => last4.chars().count() > 4,
        Method::Balance | Method::Check | Method::Phone => false,
    });
    if is_long {
        return invalid("method.last4".to_owned(), FieldProblem::LooksLikeCard);
    }
    let names = [
        ("token", draft.token.as_ref()),
        ("saved_method", draft.saved_method.as_ref()),
        ("household", draft.household.as_ref()),
        ("deposit.token", draft.deposit.as_ref().map(|deposit| &deposit.token)),
    ];
    for (field, name) in names {
        if name.is_some_and(|name| name.len() > LONGEST) {
            return invalid(field.to_owned(), FieldProblem::TooLong);
        }
    }
    Ok(())
}

/// Not in a session that ended since: what it held was wiped.
async fn put(app: &App, session: &Session, draft: Option<&PaymentDraft>) -> Result<()> {
    let is_kept = app.store.keep_draft(&session.id, draft, app.clock.now()).await?;
    if is_kept { Ok(()) } else { Err(Error::new(ErrorCode::SignedOut)) }
}
