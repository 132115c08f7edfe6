//! `/payment-methods`, what a member keeps of them: list, save, change, replace, remove.

use crate::{
    billing::{payer::Payer, saved_methods},
    error::Result,
    http::{
        client_address::ClientAddress,
        extract::{Body, Id},
    },
    identity::sessions::SignedIn,
    state::App,
};
use axum::{Json, extract::State};
use contract::payment::{MethodReplacement, NewSavedMethod, SavedMethodChange, SavedMethods};

/// A member's saved payment methods.
#[utoipa::path(
    get, path = "/payment-methods",
    responses(
        (status = 200, body = SavedMethods),
        (status = 401),
    )
)]
pub async fn list(State(app): State<App>, member: SignedIn) -> Result<Json<SavedMethods>> {
    Ok(Json(saved_methods::list(&app, &member.session).await?))
}

/// Keeps what was typed in the capture frame. Nothing is charged.
#[utoipa::path(
    post, path = "/payment-methods/saved", request_body = NewSavedMethod,
    responses(
        (status = 200, body = SavedMethods),
        (status = 401),
        (status = 429),
        (status = 503, description = "The processor did not answer"),
    )
)]
pub async fn save(
    State(app): State<App>,
    ClientAddress(address): ClientAddress,
    member: SignedIn,
    Body(new): Body<NewSavedMethod>,
) -> Result<Json<SavedMethods>> {
    let payer = Payer::of(&member.session, address);
    Ok(Json(saved_methods::save(&app, &payer, &member.session, &new).await?))
}

/// Changes the name or the default.
#[utoipa::path(
    patch, path = "/payment-methods/{id}", params(("id" = String, Path)), request_body = SavedMethodChange,
    responses(
        (status = 200, body = SavedMethods),
        (status = 401),
        (status = 429),
    )
)]
pub async fn change(
    State(app): State<App>,
    member: SignedIn,
    Id(id): Id,
    Body(change): Body<SavedMethodChange>,
) -> Result<Json<SavedMethods>> {
    Ok(Json(saved_methods::change(&app, &member.session, &id, &change).await?))
}

/// Puts another card or account in its place, under the same id: what uses the old one uses the new one.
#[utoipa::path(
    put, path = "/payment-methods/{id}", params(("id" = String, Path)), request_body = MethodReplacement,
    responses(
        (status = 200, body = SavedMethods),
        (status = 401),
        (status = 429),
        (status = 503, description = "The processor did not answer"),
    )
)]
pub async fn replace(
    State(app): State<App>,
    ClientAddress(address): ClientAddress,
    member: SignedIn,
    Id(id): Id,
    Body(new): Body<MethodReplacement>,
) -> Result<Json<SavedMethods>> {
    let payer = Payer::of(&member.session, address);
    Ok(Json(saved_methods::replace(&app, &payer, &member.session, &id, &new).await?))
}

/// Removes it, unless something uses it. Past payments keep its brand and last four digits.
#[utoipa::path(
    delete, path = "/payment-methods/{id}", params(("id" = String, Path)),
    responses(
        (status = 200, body = SavedMethods),
        (status = 401),
        (status = 409, description = "It is in use"),
        (status = 429),
    )
)]
pub async fn remove(State(app): State<App>, member: SignedIn, Id(id): Id) -> Result<Json<SavedMethods>> {
    Ok(Json(saved_methods::remove(&app, &member.session, &id).await?))
}
