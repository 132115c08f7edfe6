//! `GET /portal`: the deployment's public configuration.

use crate::state::App;
use axum::{Json, extract::State};
use contract::portal::Portal;

/// What this deployment is: regions, identifiers, contacts, cards, where the capture frame is.
#[utoipa::path(get, path = "/portal", responses((status = 200, body = Portal)))]
pub async fn portal(State(app): State<App>) -> Json<Portal> {
    Json(app.portal.clone())
}
