//! Saved payment methods of a member: listed, kept, named, made the default, replaced and removed. The processor keeps
//! the numbers and gives a token that can be charged again; here is what may be known beside it.

use super::{methods, payer::Payer};
use crate::{
    error::{Error, Result, refused},
    limits::{self, rules},
    state::App,
    store::{
        Tx, accounts, consents,
        forgotten_tokens::ForgottenToken,
        renewals,
        saved_methods::{self, NewRow},
        sessions::Session,
        verifications,
    },
};
use contract::{
    FieldProblem,
    payment::{MOST_SAVED, Method, MethodReplacement, NewSavedMethod, SavedMethod, SavedMethodChange, SavedMethods},
    problem_details::{ErrorCode, FieldError},
};

/// Bank accounts, then cards; by name or, without one, by what they are.
pub async fn list(app: &App, session: &Session) -> Result<SavedMethods> {
    let mut methods = app.store.saved_methods(account_of(session)?, app.here(session.membership.region)).await?;
    methods.sort_by_cached_key(|saved| (matches!(saved.method, Method::Card { .. }), label(saved), saved.id.clone()));
    Ok(SavedMethods { today: app.today(session.membership.region), methods })
}

fn label(saved: &SavedMethod) -> String {
    if saved.nickname.is_empty() {
        match &saved.method {
            Method::Card { brand, last4, .. } => format!("{} {last4}", brand.name()).to_lowercase(),
            Method::Bank { account, last4 } => format!("{account:?} {last4}").to_lowercase(),
            Method::Balance | Method::Check | Method::Phone => String::new(),
        }
    } else {
        saved.nickname.to_string().to_lowercase()
    }
}

/// Keeps what was typed in the capture frame. One that is there already is named as such.
pub async fn save(app: &App, payer: &Payer<'_>, session: &Session, new: &NewSavedMethod) -> Result<SavedMethods> {
    let account = account_of(session)?;
    let given = methods::given(app, new.consent.as_ref())?;
    let (method, token) = typed(app, payer, account, &new.token, None).await?;
    let mut tx = begin(app, session).await?;
    let id = crate::id::new(app.clock.now());
    let row = NewRow { id: &id, account, token: &token, method: &method, nickname: &new.nickname };
    if !saved_methods::add(&mut tx, &row, MOST_SAVED, app.clock.now()).await? {
        return refused(tx, Error::field(ErrorCode::Invalid, "token", FieldProblem::TooLarge)).await;
    }
    consents::give_for_method(&mut tx, account, (&id, &method), &given).await?;
    if new.is_default {
        saved_methods::set_default(&mut tx, account, &id, true).await?;
    }
    tx.commit().await?;
    list(app, session).await
}

/// Another card or account in the place of one: whatever uses the old one uses the new one.
pub async fn replace(
    app: &App,
    payer: &Payer<'_>,
    session: &Session,
    id: &str,
    new: &MethodReplacement,
) -> Result<SavedMethods> {
    let account = account_of(session)?;
    if app.store.saved_method(account, id).await?.is_none() {
        return Err(Error::new(ErrorCode::NotFound));
    }
    let given = methods::given(app, new.consent.as_ref())?;
    let (method, token) = typed(app, payer, account, &new.token, Some(id)).await?;
    let mut tx = begin_with(app, session, id).await?;
    let before = saved_methods::replace(&mut tx, id, &method, &token).await?;
    consents::give_for_method(&mut tx, account, (id, &method), &given).await?;
    forget(app, tx, account, before).await?;
    list(app, session).await
}

pub async fn change(app: &App, session: &Session, id: &str, change: &SavedMethodChange) -> Result<SavedMethods> {
    take(app, account_of(session)?).await?;
    let mut tx = begin_with(app, session, id).await?;
    if let Some(nickname) = &change.nickname {
        saved_methods::rename(&mut tx, id, nickname).await?;
    }
    if let Some(is_default) = change.is_default {
        saved_methods::set_default(&mut tx, account_of(session)?, id, is_default).await?;
    }
    tx.commit().await?;
    list(app, session).await
}

/// Refused while something uses it. Past payments keep their own word of it.
pub async fn remove(app: &App, session: &Session, id: &str) -> Result<SavedMethods> {
    take(app, account_of(session)?).await?;
    let mut tx = begin_with(app, session, id).await?;
    let Some(token) = saved_methods::remove(&mut tx, id).await? else {
        return refused(tx, Error::new(ErrorCode::MethodInUse)).await;
    };
    consents::withdraw_for_method(&mut tx, account_of(session)?, id, app.clock.now()).await?;
    forget(app, tx, account_of(session)?, token).await?;
    list(app, session).await
}

/// Ends the transaction that took a token away. The processor is told to forget it.
async fn forget(app: &App, mut tx: Tx, account: &str, token: String) -> Result<()> {
    verifications::forget(&mut tx, &token).await?;
    ForgottenToken { token, owner: account.to_owned() }.enqueue(&mut tx, app.clock.now()).await?;
    tx.commit().await?;
    app.wake_worker();
    Ok(())
}

/// What the token stands for, and one of the account's in its place. Refused for a brand that is not accepted, and for
/// what the account has already, unless that is the one to be replaced.
async fn typed(
    app: &App,
    payer: &Payer<'_>,
    account: &str,
    token: &str,
    but: Option<&str>,
) -> Result<(Method, String)> {
    take(app, account).await?;
    let method = methods::name(app, payer, token).await?;
    if let Method::Card { brand, .. } = &method
        && !app.portal.cards.contains(brand)
    {
        return Err(Error::field(ErrorCode::BrandNotAccepted, "token", FieldProblem::BrandNotAccepted));
    }
    let there = app.store.saved_methods(account, app.here(payer.membership.region)).await?;
    if let Some(saved) = there.iter().find(|saved| saved.method == method && Some(saved.id.as_str()) != but) {
        // and which it is
        let fields = ["token".to_owned(), format!("methods.{}", saved.id)];
        let errors = fields.map(|field| FieldError { field, problem: FieldProblem::Duplicate }).to_vec();
        return Err(Error { code: ErrorCode::Invalid, errors, retry_after: None });
    }
    let token = methods::reusable(app, payer.binding, token, account).await?;
    Ok((method, token))
}

pub(super) async fn take(app: &App, account: &str) -> Result<()> {
    limits::take(app, &[app.limits.bucket(&rules::METHOD_CHANGES_BY_ACCOUNT, account)]).await
}

pub(super) fn account_of(session: &Session) -> Result<&str> {
    session.member().map(|member| member.account.as_str()).ok_or_else(|| Error::new(ErrorCode::SignedOut))
}

/// A transaction in which the account is locked, and the session goes on.
pub(super) async fn begin(app: &App, session: &Session) -> Result<Tx> {
    let account = account_of(session)?;
    let mut tx = app.store.begin().await?;
    let is_there = accounts::lock(&mut tx, account).await?.is_some();
    if is_there && renewals::still_opens(&mut tx, session, app.clock.now()).await? {
        return Ok(tx);
    }
    refused(tx, Error::new(ErrorCode::SignedOut)).await
}

/// As `begin`, with one of the account's methods locked.
pub(super) async fn begin_with(app: &App, session: &Session, id: &str) -> Result<Tx> {
    let mut tx = begin(app, session).await?;
    if saved_methods::lock(&mut tx, account_of(session)?, id).await? {
        return Ok(tx);
    }
    refused(tx, Error::new(ErrorCode::NotFound)).await
}
