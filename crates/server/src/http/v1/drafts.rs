//! `/payment-draft`: what the payer has chosen and typed so far, kept with the session so that nothing personal is in the
//! browser's storage. Card data in the wrong box is refused here, before it is kept.

use crate::{
    http::{
        client_address::ClientAddress,
        extract::{ActiveSession, Body},
    },
    limits::tokens,
    paying,
    refusal::{Answer, Error},
    state::App,
    store::sessions::Session,
};
use axum::{Json, extract::State, http::StatusCode};
use contract::{
    PersonName, Problem,
    payment::{Method, PaymentDraft},
    problem::plain_text,
    refusal::RefusalCode,
};
use std::net::IpAddr;

const LONGEST: usize = 300;

/// Empty when nothing was kept.
#[utoipa::path(
    get, path = "/payment-draft",
    responses((status = 200, body = PaymentDraft), (status = 401))
)]
pub async fn show(State(app): State<App>, ActiveSession(session): ActiveSession) -> Answer<Json<PaymentDraft>> {
    Ok(Json(app.store.draft(&session.id).await?))
}

/// Keeps it in place of what was kept before.
#[utoipa::path(
    put, path = "/payment-draft", request_body = PaymentDraft,
    responses(
        (status = 204),
        (status = 401),
        (status = 429),
    )
)]
pub async fn keep(
    State(app): State<App>,
    ClientAddress(address): ClientAddress,
    ActiveSession(session): ActiveSession,
    Body(mut draft): Body<PaymentDraft>,
) -> Answer<StatusCode> {
    // Three or four digits alone are a security code, which plain text may be.
    if PersonName::parse(&draft.payer_name) == Err(Problem::LooksLikeCard) {
        return Err(Error::field(RefusalCode::Invalid, "payer_name", Problem::LooksLikeCard));
    }
    let parts = draft.shares.iter().enumerate().flat_map(|(at, share)| {
        [(format!("shares.{at}.bill"), Some(&share.bill)), (format!("shares.{at}.part"), share.part.as_ref())]
    });
    let typed = [("payer_name".to_owned(), Some(&draft.payer_name)), ("email".to_owned(), Some(&draft.email))];
    for (field, text) in parts.chain(typed) {
        let Some(text) = text else { continue };
        if text.chars().count() > LONGEST {
            return Err(Error::field(RefusalCode::Invalid, field, Problem::TooLong));
        }
        if !field.ends_with(".bill") {
            plain_text(text).map_err(|problem| Error::field(RefusalCode::Invalid, field, problem))?;
        }
    }
    if draft.shares.len() > super::payments::MOST_BILLS {
        return Err(Error::field(RefusalCode::Invalid, "shares", Problem::TooLong));
    }
    let last4 = draft.method.as_ref().map(|method| match method {
        Method::Card { last4, .. } | Method::Bank { last4, .. } => last4,
    });
    if last4.is_some_and(|last4| last4.chars().count() > 4) {
        return Err(Error::field(RefusalCode::Invalid, "method.last4", Problem::LooksLikeCard));
    }
    if draft.token.as_ref().is_some_and(|token| token.len() > LONGEST) {
        return Err(Error::field(RefusalCode::Invalid, "token", Problem::TooLong));
    }
    // Names that programs give can't be told from numbers that people type. Only those are kept that name something: bills of this
    // member, and a token that the processor made for this payer.
    let known = app.store.bill_ids(&session.membership.id).await?;
    draft.shares.retain(|share| known.contains(&share.bill));
    if let Some(token) = &draft.token
        && !is_token(&app, &session, token, address).await?
    {
        draft.token = None;
        draft.method = None;
    }
    kept(&app, &session, Some(&draft)).await
}

/// Whether it stands for anything. The processor is asked about a token once, and about so many at most.
async fn is_token(app: &App, session: &Session, token: &str, address: IpAddr) -> Answer<bool> {
    match tokens::known_or_question(app, session, token, address).await? {
        Ok(_) => Ok(true),
        Err(_) => paying::remember(app, token, &session.capture_binding).await,
    }
}

/// Wipes it.
#[utoipa::path(
    delete, path = "/payment-draft",
    responses(
        (status = 204),
        (status = 401),
    )
)]
pub async fn forget(State(app): State<App>, ActiveSession(session): ActiveSession) -> Answer<StatusCode> {
    kept(&app, &session, None).await
}

/// Not in a session that ended since: what it held was wiped.
async fn kept(app: &App, session: &Session, draft: Option<&PaymentDraft>) -> Answer<StatusCode> {
    if app.store.keep_draft(&session.id, draft, app.clock.now()).await? {
        Ok(StatusCode::NO_CONTENT)
    } else {
        Err(Error::new(RefusalCode::SignedOut))
    }
}
