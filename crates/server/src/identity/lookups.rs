//! Look-ups: from what is printed on a statement to a payer's session, or to an e-mail with the user ID. One answer for any mismatch, and
//! a limit on tries that fail, by address and by what is looked up.

use super::{
    account_requests::{self, AccountRequest},
    browser::Browser,
    sessions::{self, Entered, view},
};
use crate::{
    limits::{
        self,
        rules::{self, Rule},
        tallies::Kind,
    },
    refusal::{Answer, Error},
    state::App,
    store::{
        limits::Bucket,
        memberships::{canonical, five_digit_zip},
        sessions::Who,
    },
};
use contract::{
    Identifier, Problem, Region,
    account::UserIdReminder,
    refusal::{FieldError, RefusalCode},
    session::BillLookup,
};
use std::{collections::BTreeMap, net::IpAddr};

/// Opens a session that sees the bills of the statement's membership only.
pub async fn look_up(app: &App, browser: &Browser, lookup: &BillLookup, address: IpAddr) -> Answer<Entered> {
    let identifiers = normalised(app, lookup)?;
    let rules = [&rules::LOOKUPS_BY_ADDRESS, &rules::LOOKUPS_BY_STATEMENT];
    let tries = tries(app, rules, lookup.region, &identifiers, address);
    let look = async {
        let membership = app.store.find_membership(lookup.region, &identifiers).await?;
        app.limits.tallies.add(Kind::Lookups, membership.is_none());
        Ok(membership)
    };
    // Whoever is right uses up nothing: a library has one address for all its readers.
    let membership = limits::judge(app, &tries, Error::new(RefusalCode::NoMatch), look).await?;
    let now = app.clock.now();
    let mut tx = app.store.begin().await?;
    let (session, kept) = sessions::begin(&mut tx, browser, membership, Who::Payer, now).await?;
    tx.commit().await?;
    Ok(Entered { view: view(&session, now), kept })
}

/// Queues an e-mail with the user ID to the address on file of whom the statement belongs to.
pub async fn remind(app: &App, asked: UserIdReminder, address: IpAddr) -> Answer<()> {
    let UserIdReminder { region, identifiers, locale } = asked;
    let identifiers = checked_for_letter(app, &BillLookup { region, identifiers }, address).await?;
    let identifiers = five_digit_zip(&identifiers);
    account_requests::request(app, &AccountRequest::Remind { region, identifiers, locale }).await
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
async fn checked_for_letter(app: &App, lookup: &BillLookup, address: IpAddr) -> Answer<BTreeMap<Identifier, String>> {
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
