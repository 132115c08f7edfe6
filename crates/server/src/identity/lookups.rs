//! Bill look-ups: the identifiers printed on a statement lead to a payer's session, or to an e-mail with the user ID.
//! Every mismatch has the same response. Failed attempts are limited, by address and by what is looked up.

use super::{
    account_requests::{self, AccountRequest},
    browser::Browser,
    sessions::{self, IssuedSession, view},
};
use crate::{
    error::{Error, Result},
    limits::{
        self,
        rules::{self, Rule},
        tallies::Kind,
    },
    state::App,
    store::{limits::Bucket, memberships::Membership, sessions::Who},
};
use contract::{
    FieldProblem, Identifiers, Region,
    account::UserIdReminder,
    problem_details::{ErrorCode, FieldError},
    session::BillLookup,
};
use std::net::IpAddr;

/// Opens a session that sees the bills of the statement's membership only.
pub async fn look_up(app: &App, browser: &Browser, lookup: &BillLookup, address: IpAddr) -> Result<IssuedSession> {
    let membership = find(app, lookup, address).await?;
    let now = app.clock.now();
    let mut tx = app.store.begin().await?;
    let (session, kept) = sessions::begin(&mut tx, browser, membership, Who::Payer, now).await?;
    tx.commit().await?;
    Ok(IssuedSession { view: view(&session, now), kept })
}

/// The membership of a statement, or the one answer for any mismatch, within the limits of look-ups.
pub(super) async fn find(app: &App, lookup: &BillLookup, address: IpAddr) -> Result<Membership> {
    let BillLookup { region, identifiers } = lookup;
    check(app, *region, identifiers)?;
    let rules = [&rules::LOOKUPS_BY_ADDRESS, &rules::LOOKUPS_BY_STATEMENT];
    let tries = tries(app, rules, *region, identifiers, address);
    let look = async {
        let membership = app.store.find_membership(*region, identifiers).await?;
        app.limits.tallies.add(Kind::Lookups, membership.is_none());
        Ok(membership)
    };
    // A successful look-up uses up nothing: a library has one address for all its readers.
    limits::judge(app, &tries, Error::new(ErrorCode::NoMatch), look).await
}

/// Queues an e-mail with the user ID to the address on file of whom the statement belongs to. Each ask counts, since an
/// answer that reveals nothing must not reveal it by a limit either.
pub async fn remind(app: &App, asked: UserIdReminder, address: IpAddr) -> Result<()> {
    let UserIdReminder { region, identifiers, locale } = asked;
    check(app, region, &identifiers)?;
    let rules = [&rules::EMAILS_BY_ADDRESS, &rules::EMAILS_BY_STATEMENT];
    limits::take(app, &tries(app, rules, region, &identifiers, address)).await?;
    account_requests::request(app, &AccountRequest::Remind { region, identifiers, locale }).await
}

/// What a statement is counted by: the address that shows it, and the statement.
fn tries(
    app: &App,
    [by_address, by_statement]: [&Rule; 2],
    region: Region,
    identifiers: &Identifiers,
    address: IpAddr,
) -> Vec<Bucket> {
    let mut buckets = app.limits.by_address(by_address, address).to_vec();
    buckets.push(app.limits.bucket(by_statement, &format!("{region};{}", identifiers.comparison_key())));
    buckets
}

/// Every identifier of the region's schema and no other.
fn check(app: &App, region: Region, identifiers: &Identifiers) -> Result<()> {
    let profile = app.portal.region(region);
    let profile = profile.ok_or_else(|| Error::field(ErrorCode::Invalid, "region", FieldProblem::Unknown))?;
    let problems = identifiers.problems(&profile.schema).into_iter();
    let errors: Vec<_> = problems
        .map(|(identifier, problem)| FieldError { field: format!("identifiers.{identifier}"), problem })
        .collect();
    if errors.is_empty() { Ok(()) } else { Err(Error { code: ErrorCode::Invalid, errors, retry_after: None }) }
}
