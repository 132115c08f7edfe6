//! `POST /bill-lookups`: from what is printed on a statement to a payer's session. One answer for any mismatch, and a limit on
//! tries that fail, by address and by what is looked up.

use super::session::view;
use crate::{
    http::{client_address::ClientAddress, extract::Body, session_tokens},
    limits::{
        self,
        rules::{self, Rule},
        tallies::Kind,
    },
    refusal::{Answer, Error},
    state::App,
    store::{limits::Bucket, memberships::canonical, sessions::AuthLevel},
};
use axum::{
    Json,
    extract::State,
    http::{HeaderMap, StatusCode},
};
use contract::{
    Identifier, Problem, Region,
    refusal::{FieldError, RefusalCode},
    session::{BillLookup, SessionView},
};
use std::{collections::BTreeMap, net::IpAddr};

/// Finds a bill by its statement and opens a session that sees this membership's bills only.
#[utoipa::path(
    post, path = "/bill-lookups", request_body = BillLookup,
    responses(
        (
            status = 201, description = "A payer's session began", body = SessionView,
            headers(("Set-Cookie" = String, description = "The session's token")),
        ),
        (status = 404, description = "no_match, whatever was wrong"),
        (status = 429),
    )
)]
pub async fn look_up(
    State(app): State<App>,
    ClientAddress(address): ClientAddress,
    headers: HeaderMap,
    Body(lookup): Body<BillLookup>,
) -> Answer<(StatusCode, HeaderMap, Json<SessionView>)> {
    let identifiers = normalised(&app, &lookup)?;
    let rules = [&rules::LOOKUPS_BY_ADDRESS, &rules::LOOKUPS_BY_STATEMENT];
    let tries = tries(&app, rules, lookup.region, &identifiers, address);
    limits::take(&app, &tries).await?;
    let membership = app.store.find_membership(lookup.region, &identifiers).await?;
    app.limits.tallies.add(Kind::Lookups, membership.is_none());
    let membership = membership.ok_or_else(|| Error::new(RefusalCode::NoMatch))?;
    // Whoever is right uses up nothing: a library has one address for all its readers.
    limits::give_back(&app, &tries).await?;
    let now = app.clock.now();
    let mut tx = app.store.begin().await?;
    let found = (membership, None, AuthLevel::Full);
    let (session, cookies) = session_tokens::begin(&app, &mut tx, &headers, found, now).await?;
    tx.commit().await?;
    Ok((StatusCode::CREATED, cookies, Json(view(Some(&session), now))))
}

/// What a statement is counted by: the address that shows it, and the statement.
fn tries(
    app: &App,
    [by_address, by_statement]: [&Rule; 2],
    region: Region,
    identifiers: &BTreeMap<Identifier, String>,
    address: IpAddr,
) -> Vec<Bucket> {
    let mut buckets = app.limits.by_address(by_address, address).to_vec();
    buckets.push(app.limits.bucket(by_statement, &format!("{region};{}", canonical(identifiers))));
    buckets
}

/// What was typed as it is compared, for a letter to whom the statement belongs to, if whoever asks may ask so often. Each ask counts,
/// since an answer that tells nothing must not tell by a limit either.
pub async fn checked_for_letter(
    app: &App,
    lookup: &BillLookup,
    address: IpAddr,
) -> Answer<BTreeMap<Identifier, String>> {
    let identifiers = normalised(app, lookup)?;
    let rules = [&rules::LETTERS_BY_ADDRESS, &rules::LETTERS_BY_STATEMENT];
    limits::take(app, &tries(app, rules, lookup.region, &identifiers, address)).await?;
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
