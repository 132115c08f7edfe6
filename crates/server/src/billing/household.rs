//! What a member may see and pay of the bills of people they pay for: amounts and due dates, and no services.

use super::bills;
use crate::{
    error::{Error, Result},
    state::App,
    store::{household::PaidFor, memberships::Membership, sessions::Session},
    token::is_id,
};
use contract::{
    Money,
    bill::{Bill, BillKind, BillList},
    household::{HouseholdBill, HouseholdBills},
    problem_details::ErrorCode,
};

/// Whom the member of a session pays for by this link; none if they do not, or not any more.
pub async fn paid_for(app: &App, session: &Session, link: &str) -> Result<Option<PaidFor>> {
    let Some(member) = session.member().filter(|_| is_id(link)) else { return Ok(None) };
    Ok(app.store.paid_for(&member.account).await?.into_iter().find(|person| person.id == link))
}

/// Whose bills an order pays. With a link that is not the member's it is the member's own membership: the order is
/// refused where it would be written, after its key is closed.
pub async fn membership_of(app: &App, session: &Session, link: Option<&str>) -> Result<Membership> {
    let person = match link {
        Some(link) => paid_for(app, session, link).await?,
        None => None,
    };
    Ok(person.map_or_else(|| session.membership.clone(), |person| person.membership))
}

/// Their open bills, to choose from and to pay.
pub async fn bills(app: &App, session: &Session, link: &str) -> Result<BillList> {
    let person = paid_for(app, session, link).await?.ok_or_else(|| Error::new(ErrorCode::NotFound))?;
    let mut list = bills::of(app, session, &person.membership).await?;
    list.bills = list.bills.into_iter().map(|bill| bill.without_services(&person.name)).collect();
    list.payments.iter_mut().for_each(|payment| payment.kind = BillKind::Household);
    Ok(list)
}

/// What each of them owes.
pub async fn owed(app: &App, session: &Session) -> Result<Vec<HouseholdBills>> {
    let Some(member) = session.member() else { return Ok(Vec::new()) };
    let since = app.just_since(app.clock.now());
    let mut all = Vec::new();
    for person in app.store.paid_for(&member.account).await? {
        let bills = app.store.open_bills(&person.membership.id, since).await?;
        let sum = |of: fn(&Bill) -> Money| Money::sum(bills.iter().map(of)).ok_or_else(Error::fault);
        let (owed, pending) = (sum(|bill| bill.balance)?, sum(|bill| bill.pending)?);
        let bills = bills.into_iter().map(|bill| HouseholdBill {
            id: bill.id,
            due: bill.due,
            balance: bill.balance,
            pending: bill.pending,
        });
        all.push(HouseholdBills { id: person.id, name: person.name, owed, pending, bills: bills.collect() });
    }
    Ok(all)
}
