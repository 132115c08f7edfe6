//! `/household`: the people a member pays for, and those who pay for the member.

use crate::{
    error::Result,
    http::{
        client_address::ClientAddress,
        extract::{Body, Id},
    },
    identity::{household, sessions::SignedIn},
    state::App,
};
use axum::{Json, extract::State};
use contract::household::{Household, NewHouseholdPerson};

/// Whom the member pays for, and who pays for the member.
#[utoipa::path(
    get, path = "/household",
    responses(
        (status = 200, body = Household),
        (status = 401),
    )
)]
pub async fn show(State(app): State<App>, signed_in: SignedIn) -> Result<Json<Household>> {
    Ok(Json(household::show(&app, &signed_in).await?))
}

/// Adds somebody to pay for, by what is printed on their statement. Both are told by e-mail.
#[utoipa::path(
    post, path = "/household", request_body = NewHouseholdPerson,
    responses(
        (status = 200, body = Household),
        (status = 401),
        (status = 404, description = "no_match: there is no such statement; which number is wrong is not said"),
        (status = 429),
    )
)]
pub async fn add(
    State(app): State<App>,
    ClientAddress(address): ClientAddress,
    signed_in: SignedIn,
    Body(new): Body<NewHouseholdPerson>,
) -> Result<Json<Household>> {
    Ok(Json(household::add(&app, &signed_in, new, address).await?))
}

/// Ends it, by the one who pays or the one who is paid for. Both are told by e-mail.
#[utoipa::path(
    delete, path = "/household/{id}", params(("id" = String, Path)),
    responses(
        (status = 200, body = Household),
        (status = 401),
        (status = 429),
    )
)]
pub async fn end(State(app): State<App>, signed_in: SignedIn, Id(id): Id) -> Result<Json<Household>> {
    Ok(Json(household::end(&app, &signed_in, &id).await?))
}
