//! What a member paid in each of the last months, by kind of bill.

use crate::{
    clock::start_of,
    error::{Error, Result},
    state::App,
    store::{sessions::Session, spending::Spent},
};
use contract::{
    Date, Money,
    bill::BillKind,
    payment::{MonthSpending, Spending},
};

const MONTHS: u16 = 12;

pub async fn of(app: &App, session: &Session) -> Result<Spending> {
    let (region, today) = (session.membership.region, app.today(session.membership.region));
    let months = months_until(today);
    let moments: Vec<_> = months.iter().map(|month| start_of(region.time_zone(), *month)).collect();
    let spent = app.store.spending(&session.membership.id, &moments).await?;
    let months = months.iter().take(usize::from(MONTHS)).enumerate();
    let months: Option<Vec<_>> = months.map(|(at, month)| sums_of(*month, at, &spent)).collect();
    Ok(Spending { as_of: app.clock.now(), months: months.ok_or_else(Error::fault)? })
}

/// The first days of the last months and, as the end of this one, of the next.
fn months_until(today: Date) -> Vec<Date> {
    let this = Date::new(today.year(), today.month(), 1).unwrap_or(today);
    let first = (1..MONTHS).fold(this, |month, _| {
        let before = month.plus_days(-1);
        Date::new(before.year(), before.month(), 1).unwrap_or(before)
    });
    (0..=MONTHS).map(|count| first.plus_months_keeping(1, count)).collect()
}

/// Nothing if it is more than money can be here.
fn sums_of(month: Date, at: usize, spent: &[Spent]) -> Option<MonthSpending> {
    let of_month = || spent.iter().filter(|part| part.month == at);
    let of = |kind| Money::sum(of_month().filter(|part| part.kind == Some(kind)).map(|part| part.sum));
    let (premium, professional) = (of(BillKind::Premium)?, of(BillKind::Professional)?);
    let (hospital, household) = (of(BillKind::Hospital)?, of(BillKind::Household)?);
    let card_fees = Money::sum(of_month().map(|part| part.card_fees))?;
    let total = Money::sum([premium, professional, hospital, household, card_fees])?;
    Some(MonthSpending { month, premium, professional, hospital, household, card_fees, total })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_months_are_twelve_and_end_where_the_next_one_begins() {
        let months = months_until(Date::parse("2028-02-29").unwrap());
        let ends = [months[0], months[1], months[11], months[12]].map(|day| day.to_string());
        assert_eq!(
            (months.len(), ends),
            (13, ["2027-03-01", "2027-04-01", "2028-02-01", "2028-03-01"].map(str::to_owned))
        );
    }
}
