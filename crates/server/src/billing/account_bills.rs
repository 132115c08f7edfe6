//! A member's bills: the list with its filter, one bill beside the one before it, and its statement as a PDF.

use super::{household, overview::came_since, people::people_of, receipt_pdf};
use crate::{
    clock::{day_in, start_of},
    error::{Error, Result},
    limits::{self, rules},
    state::App,
    store::sessions::Session,
};
use contract::{
    Locale, Money,
    bill::{
        BillKind,
        account::{AccountBill, AccountBills, BillSummary},
    },
    problem_details::ErrorCode,
};

/// Twelve o’clock, where the day is known and no more.
const NOON_MILLIS: i64 = 12 * 3_600_000;

/// Which bills to list. The year chooses among the settled ones only: what is owed is owed whatever its year.
#[derive(Clone, Copy, Debug, Default)]
pub struct Filter {
    pub kind: Option<BillKind>,
    pub person: Option<u16>,
    pub year: Option<i16>,
}

pub async fn list(app: &App, session: &Session, filter: Filter) -> Result<AccountBills> {
    let membership = &session.membership;
    let groups = app.store.bill_groups(&membership.id).await?;
    let people = people_of(&membership.id, groups.iter().map(|group| group.patient.as_str()));
    let name = filter.person.and_then(|number| people.iter().find(|person| person.number == number));
    let is_person = |patient: &str| filter.person.is_none() || name.is_some_and(|person| person.name == patient);
    let is_kind = |kind| filter.kind.is_none_or(|wanted| wanted == kind);
    let settled = groups.iter().filter(|group| group.settled > 0);
    let chosen = settled.clone().filter(|group| is_kind(group.kind) && is_person(&group.patient));
    let year = filter.year.or_else(|| chosen.map(|group| group.year).max());
    let region = membership.region;
    let bills = app.store.bill_summaries(&membership.id, year).await?.into_iter();
    let bills = bills.filter(|bill| is_kind(bill.kind) && is_person(&bill.patient));
    let bills = bills.map(|bill| with_settled_at(bill, region.time_zone()));
    let (open, mut closed): (Vec<_>, Vec<_>) = bills.partition(|bill| !bill.balance.is_zero());
    let day = |bill: &BillSummary| bill.settled_at.map(|at| day_in(region.time_zone(), at));
    closed.sort_by_key(|bill| std::cmp::Reverse((day(bill), bill.issued, bill.id.clone())));
    let mut years: Vec<i16> = settled.map(|group| group.year).collect();
    years.sort_unstable_by(|one, other| other.cmp(one));
    years.dedup();
    let (last_visit, _) = app.store.visited_before(&session.id).await?;
    let is_new = came_since(region, last_visit);
    Ok(AccountBills {
        as_of: app.clock.now(),
        today: app.today(membership.region),
        kind: filter.kind,
        person: filter.person,
        year,
        owed: sum(&open, |bill| bill.balance)?,
        pending: sum(&open, |bill| bill.pending)?,
        new_bills: open.iter().filter(|bill| is_new(bill.issued)).map(|bill| bill.id.clone()).collect(),
        open,
        settled: closed,
        years,
        people,
        household: household::owed(app, session).await?,
    })
}

/// The billing system changes no amount of a bill that is there. So a settled one on which nothing was paid here, as
/// one that was paid at the visit, was settled when it was issued.
fn with_settled_at(bill: BillSummary, zone: &str) -> BillSummary {
    let issued = bill.balance.is_zero().then(|| start_of(zone, bill.issued).plus_millis(NOON_MILLIS));
    BillSummary { settled_at: bill.settled_at.or(issued), ..bill }
}

fn sum(bills: &[BillSummary], of: fn(&BillSummary) -> Money) -> Result<Money> {
    Money::sum(bills.iter().map(of)).ok_or_else(Error::fault)
}

/// How often a bill is read again that payments change while it is read.
const READS: usize = 3;

/// One bill, open or settled, what was paid on it, the bill before it, and what was asked about it. The bill and its
/// payments are of one moment: a bill that changed while its payments were read is read again.
pub async fn one(app: &App, session: &Session, id: &str) -> Result<AccountBill> {
    let now = app.clock.now();
    let (membership, since) = (&session.membership, app.just_since(now));
    let read = || app.store.bill_and_previous(&membership.id, id, since);
    let (mut bill, mut previous) = read().await?;
    let mut payments = Vec::new();
    for _ in 0..READS {
        payments = app.store.payments_on_bill(session, id).await?;
        let (bill_again, previous_again) = read().await?;
        if bill_again == bill {
            break;
        }
        (bill, previous) = (bill_again, previous_again);
    }
    let bill = bill.ok_or_else(|| Error::new(ErrorCode::NotFound))?;
    Ok(AccountBill {
        as_of: now,
        today: app.today(membership.region),
        bill,
        payments,
        previous,
        takes_questions: app.questions_to.is_some(),
        questions: app.store.questions(&membership.id, id).await?,
    })
}

/// A PDF, and its name.
pub struct Statement {
    pub content: Vec<u8>,
    pub name: &'static str,
}

impl Statement {
    pub(super) fn drawn(
        file: std::result::Result<Vec<u8>, receipt_pdf::SheetError>,
        name: &'static str,
    ) -> Result<Self> {
        let fault = |error: receipt_pdf::SheetError| {
            tracing::error!(%error, "a statement was not drawn");
            Error::new(ErrorCode::Fault)
        };
        Ok(Self { content: file.map_err(fault)?, name })
    }
}

/// The bill's statement as Letter pages.
pub async fn statement(app: &App, session: &Session, id: &str, locale: Locale) -> Result<Statement> {
    let shown = one(app, session, id).await?;
    limits::take(app, &[app.limits.bucket(&rules::DRAWINGS_BY_SESSION, &session.id)]).await?;
    let (portal, zone) = (app.portal.clone(), session.membership.region.time_zone());
    let drawn = move || receipt_pdf::statement(&shown, &portal, zone, locale);
    Statement::drawn(app.drawing.run(drawn).await?, "statement.pdf")
}
