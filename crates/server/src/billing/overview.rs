//! The overview of an account: what is owed, which bills are new to the member, the credit and the last payments.

use crate::{
    clock::day_in,
    error::{Error, Result},
    state::App,
    store::{payment_pages::Page, sessions::Session},
};
use contract::{Date, Instant, Money, Region, bill::account::AccountOverview};

/// As many payments as it shows; the rest are the history's.
const LAST: i64 = 5;

/// Three statements. The bills come first: one that is paid meanwhile is listed without its payment, and never missing
/// without one.
pub async fn overview(app: &App, session: &Session) -> Result<AccountOverview> {
    let (membership, as_of) = (&session.membership, app.clock.now());
    let bills = app.store.open_bills(&membership.id, app.just_since(as_of)).await?;
    let payments = app.store.page_of_payments(&membership.id, &Page { limit: LAST, ..Page::default() }).await?;
    let (last_visit, credit) = app.store.visited_before(&session.id).await?;
    let (zone, is_new) = (membership.region.time_zone(), came_since(membership.region, last_visit));
    let fault = || Error::fault();
    Ok(AccountOverview {
        as_of,
        today: day_in(zone, as_of),
        owed: Money::sum(bills.iter().map(|bill| bill.balance)).ok_or_else(fault)?,
        pending: Money::sum(bills.iter().map(|bill| bill.pending)).ok_or_else(fault)?,
        credit,
        last_visit,
        new_bills: bills.iter().filter(|bill| is_new(bill.issued)).map(|bill| bill.id.clone()).collect(),
        bills,
        payments: payments.payments,
    })
}

/// Whether a bill of a day is new to a member who was here before. It has the day on which it was issued and no hour:
/// one of that day may have come after the visit.
pub fn came_since(region: Region, last_visit: Option<Instant>) -> impl Fn(Date) -> bool {
    let seen_until = last_visit.map(|at| day_in(region.time_zone(), at));
    move |issued| seen_until.is_some_and(|day| issued >= day)
}
