//! `POST /v1/tokens/{token}/keep`: what was typed in the frame may be charged again and again by the owner that the
//! billing system names; and `POST /v1/tokens/{token}/forget`, after which it may not.

use crate::{
    App, ErrorResponse,
    charges::check_secret,
    random_name,
    store::{Keeping, NotCharged},
};
use axum::{
    Json,
    body::Bytes,
    extract::{Path, State},
    http::{HeaderMap, StatusCode},
};
use serde::{Deserialize, Serialize};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct KeepBody {
    binding: String,
    /// The binding of the kept token: an opaque text of the billing system's.
    owner: String,
}

#[derive(Serialize)]
pub struct KeptToken {
    token: String,
    /// Of which it was made.
    made_of: String,
}

/// The same token for the same owner gives the same kept token, however often it is asked for.
pub async fn keep(
    State(app): State<App>,
    headers: HeaderMap,
    Path(token): Path<String>,
    body: Bytes,
) -> Result<(StatusCode, Json<KeptToken>), ErrorResponse> {
    check_secret(&app, &headers)?;
    let malformed = ErrorResponse(StatusCode::BAD_REQUEST, "malformed");
    let Ok(KeepBody { binding, owner }) = serde_json::from_slice(&body) else { return Err(malformed) };
    if !(1..=128).contains(&owner.len()) {
        return Err(malformed);
    }
    let name = random_name("kept")?;
    let keeping = Keeping { token: &token, binding: &binding, owner: &owner, name: &name };
    match app.store.keep_token(&keeping, app.now()).await? {
        Ok(kept) => Ok((StatusCode::CREATED, Json(KeptToken { token: kept, made_of: token }))),
        Err(NotCharged::TokenUsed) => Err(ErrorResponse(StatusCode::CONFLICT, "token_used")),
        Err(_) => Err(ErrorResponse(StatusCode::NOT_FOUND, "not_found")),
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ForgetBody {
    owner: String,
}

#[derive(Serialize)]
pub struct ForgottenToken {
    /// There is no such token of this owner's any more.
    forgotten: String,
}

/// Deletes a kept token. Charges that were made of it stay. The answer is the same when there is none.
pub async fn forget(
    State(app): State<App>,
    headers: HeaderMap,
    Path(token): Path<String>,
    body: Bytes,
) -> Result<Json<ForgottenToken>, ErrorResponse> {
    check_secret(&app, &headers)?;
    let malformed = ErrorResponse(StatusCode::BAD_REQUEST, "malformed");
    let Ok(ForgetBody { owner }) = serde_json::from_slice(&body) else { return Err(malformed) };
    app.store.forget_token(&token, &owner).await?;
    Ok(Json(ForgottenToken { forgotten: token }))
}
