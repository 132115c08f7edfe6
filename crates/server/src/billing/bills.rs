//! The bills of a membership, and what was paid on them lately.

use crate::{
    error::{Error, Result},
    state::App,
    store::{memberships::Membership, sessions::Session},
};
use contract::{
    Money,
    bill::{Bill, BillList},
    problem_details::ErrorCode,
};

/// Every bill on which something is owed, the earliest due first.
pub async fn list(app: &App, session: &Session) -> Result<BillList> {
    let list = of(app, session, &session.membership).await?;
    let Some(member) = session.member().filter(|_| app.portal.limits.pay_from_balance) else { return Ok(list) };
    let balance = app.store.standing(&session.membership.id).await?.balance;
    if balance.is_zero() {
        return Ok(list);
    }
    let balance_first = app.store.balance_settings(&member.account).await?.is_first;
    Ok(BillList { balance: Some(balance), balance_first, ..list })
}

/// Of a membership, as the session may see its payments.
pub(super) async fn of(app: &App, session: &Session, membership: &Membership) -> Result<BillList> {
    let now = app.clock.now();
    let bills = app.store.open_bills(&membership.id, app.just_since(now)).await?;
    let owed = Money::sum(bills.iter().map(|bill| bill.balance)).ok_or_else(|| Error::new(ErrorCode::Fault))?;
    // After the bills: a bill that is paid meanwhile is listed without its payment, and never missing without one.
    let payments = app.store.bill_payments(&membership.id, session, now).await?;
    let region = membership.region;
    let (today, debit_day) = (app.today(region), Some(app.debit_day(region, now)));
    Ok(BillList { as_of: now, today, debit_day, owed, bills, payments, balance: None, balance_first: false })
}

/// One bill, paid or not.
pub async fn one(app: &App, session: &Session, id: &str) -> Result<Bill> {
    let since = app.just_since(app.clock.now());
    let bill = app.store.bill(&session.membership.id, id, since).await?;
    bill.ok_or_else(|| Error::new(ErrorCode::NotFound))
}
