//! `/bill-lookups`: opens a session with the identifiers of a statement.

use crate::{
    error::Result,
    http::{client_address::ClientAddress, cookies, extract::Body},
    identity::{browser::Browser, lookups},
    state::App,
};
use axum::{
    Json,
    extract::State,
    http::{HeaderMap, StatusCode},
};
use contract::session::{BillLookup, SessionView};

/// Finds a bill by its statement and opens a session that sees this membership's bills only.
#[utoipa::path(
    post, path = "/bill-lookups", request_body = BillLookup,
    responses(
        (
            status = 201, description = "A payer's session began", body = SessionView,
            headers(("Set-Cookie" = String, description = "The session's token")),
        ),
        (status = 404, description = "no_match: there is no such bill; which number is wrong is not said"),
        (status = 429),
    )
)]
pub async fn look_up(
    State(app): State<App>,
    ClientAddress(address): ClientAddress,
    browser: Browser,
    Body(lookup): Body<BillLookup>,
) -> Result<(StatusCode, HeaderMap, Json<SessionView>)> {
    let entered = lookups::look_up(&app, &browser, &lookup, address).await?;
    Ok((StatusCode::CREATED, cookies::keep(&app, &entered.kept), Json(entered.view)))
}
