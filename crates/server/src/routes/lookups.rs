//! `POST /bill-lookups`: from what is printed on a statement to a payer's session. One answer for any mismatch, and a limit on
//! tries, by address and by what is looked up.

use super::session::view;
use crate::{
    caller::{self, Body},
    refusal::{Answer, Error},
    state::App,
    store::{memberships::canonical, sessions::Standing},
};
use axum::{
    Json,
    extract::{ConnectInfo, State},
    http::{HeaderMap, StatusCode},
};
use contract::{
    Identifier, Problem,
    refusal::{FieldError, Refusal, RefusalCode},
    session::{BillLookup, SessionView},
};
use std::{collections::BTreeMap, net::SocketAddr};

/// Finds a bill by its statement and opens a session that sees this membership's bills only.
#[utoipa::path(
    post, path = "/bill-lookups", request_body = BillLookup,
    responses(
        (
            status = 201, description = "A payer's session began", body = SessionView,
            headers(("Set-Cookie" = String, description = "The session's token")),
        ),
        (status = 400, body = Refusal, content_type = "application/problem+json"),
        (status = 403, body = Refusal, content_type = "application/problem+json"),
        (status = 404, description = "no_match, whatever was wrong", body = Refusal, content_type = "application/problem+json"),
        (status = 413, body = Refusal, content_type = "application/problem+json"),
        (status = 415, body = Refusal, content_type = "application/problem+json"),
        (status = 422, body = Refusal, content_type = "application/problem+json"),
        (status = 429, body = Refusal, content_type = "application/problem+json"),
    )
)]
pub async fn look_up(
    State(app): State<App>,
    ConnectInfo(address): ConnectInfo<SocketAddr>,
    headers: HeaderMap,
    Body(lookup): Body<BillLookup>,
) -> Answer<(StatusCode, HeaderMap, Json<SessionView>)> {
    let identifiers = checked(&app, &lookup, address, &headers)?;
    let membership = app.store.find_membership(lookup.region, &identifiers).await?;
    let membership = membership.ok_or_else(|| Error::new(RefusalCode::NoMatch))?;
    let (session, cookies) = caller::begin_session(&app, &headers, membership, None, Standing::Whole).await?;
    Ok((StatusCode::CREATED, cookies, Json(view(Some(&session), app.clock.now()))))
}

/// What was typed as it is compared, if whoever asks may ask so often.
pub fn checked(
    app: &App,
    lookup: &BillLookup,
    address: SocketAddr,
    headers: &HeaderMap,
) -> Answer<BTreeMap<Identifier, String>> {
    let now = app.clock.now();
    let too_many = |seconds| Error::later(RefusalCode::TooMany, seconds);
    app.lookups_by_address.take(&caller::address(address.ip(), headers, app).to_string(), now).map_err(too_many)?;
    let identifiers = normalised(app, lookup)?;
    let what = caller::hash(&format!("{};{}", lookup.region, canonical(&identifiers)));
    app.lookups_by_bill.take(&what, now).map_err(too_many)?;
    Ok(identifiers)
}

/// Every identifier of the region's schema and no other, each as it is compared.
fn normalised(app: &App, lookup: &BillLookup) -> Answer<BTreeMap<Identifier, String>> {
    let profile = app.portal.region(lookup.region);
    let profile = profile.ok_or_else(|| Error::field(RefusalCode::Invalid, "region", Problem::Unknown))?;
    let mut identifiers = BTreeMap::new();
    let mut errors = Vec::new();
    let mut wrong = |identifier: Identifier, problem| {
        errors.push(FieldError { field: format!("identifiers.{identifier}"), problem });
    };
    for field in &profile.schema {
        match lookup.identifiers.get(&field.identifier) {
            None => wrong(field.identifier, Problem::Missing),
            Some(text) => match field.identifier.normalise(text, field) {
                Ok(value) => _ = identifiers.insert(field.identifier, value),
                Err(problem) => wrong(field.identifier, problem),
            },
        }
    }
    for identifier in
        lookup.identifiers.keys().filter(|key| !profile.schema.iter().any(|field| field.identifier == **key))
    {
        wrong(*identifier, Problem::Unknown);
    }
    if errors.is_empty() {
        Ok(identifiers)
    } else {
        Err(Error { code: RefusalCode::Invalid, errors, retry_after: None })
    }
}
