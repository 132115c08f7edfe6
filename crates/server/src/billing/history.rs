//! A member's payments as a list: which of them a filter asks for, a page of it, and what all of its pages come to.

use super::household;
use crate::{
    clock::start_of,
    error::{Error, Result},
    state::App,
    store::{payment_filter::Filter, payment_pages::Page, sessions::Session},
};
use contract::{
    payment::{Payee, PaymentFilter, PaymentPage, PaymentSort, PaymentState, PaymentTotals},
    problem_details::ErrorCode,
};

/// `person` of a filter for the bills of the member's own membership.
const OWN: &str = "own";

/// A page of a list whose filter may name a person.
pub struct Asked {
    pub page: Page,
    pub person: Option<String>,
}

const LONGEST_TEXT: usize = 100;

impl Asked {
    /// From the first page on; none for a filter that means nothing. `zone` is the region's: a day begins by its
    /// clocks.
    pub fn of(asked: PaymentFilter, zone: &str) -> Option<Self> {
        let is_text = |text: &String| text.chars().count() <= LONGEST_TEXT && !text.contains('\0');
        if asked.q.as_ref().is_some_and(|text| !is_text(text)) {
            return None;
        }
        let filter = Filter {
            from: asked.from.map(|day| start_of(zone, day)),
            until: asked.to.map(|day| start_of(zone, day.plus_days(1))),
            kind: asked.kind,
            state: match &asked.state {
                Some(word) => Some(known_state(word)?),
                None => None,
            },
            method: asked.method,
            of: None,
            text: asked.q,
        };
        let is_oldest_first = asked.sort == Some(PaymentSort::Oldest);
        Some(Self { page: Page { filter, is_oldest_first, ..Page::default() }, person: asked.person })
    }
}

/// A client takes a state that it does not know for processing; as a filter it is none.
fn known_state(word: &str) -> Option<PaymentState> {
    let state: PaymentState = serde_json::from_value(word.into()).ok()?;
    (serde_json::to_value(state).ok()? == word).then_some(state)
}

/// A page of the payments of a member's membership, by any member of the household; with what all pages come to, if
/// they are asked for.
pub async fn page(app: &App, session: &Session, asked: Asked, with_totals: bool) -> Result<PaymentPage> {
    let page = of_person(app, session, asked).await?;
    let mut found = match &page {
        Some(page) => app.store.page_of_payments(&session.membership.id, page).await?,
        None => PaymentPage { payments: Vec::new(), next: None, totals: None },
    };
    if with_totals {
        found.totals = Some(totals(app, session, page.as_ref()).await?);
    }
    Ok(found)
}

/// With whose bills are meant; nothing if they are of nobody whom the member pays for, or not any more.
pub async fn of_person(app: &App, session: &Session, asked: Asked) -> Result<Option<Page>> {
    // A payer sees the payments of this session only, and asks for each by its key or name.
    if session.member().is_none() {
        return Err(Error::new(ErrorCode::Malformed));
    }
    let Asked { mut page, person } = asked;
    page.filter.of = match person.as_deref() {
        None => None,
        Some(OWN) => Some(session.membership.id.clone()),
        Some(link) => match household::paid_for(app, session, link).await? {
            Some(person) => Some(person.membership.id),
            None => return Ok(None),
        },
    };
    Ok(Some(page))
}

async fn totals(app: &App, session: &Session, page: Option<&Page>) -> Result<PaymentTotals> {
    let (own, as_of) = (&session.membership.id, app.clock.now());
    let states = match page {
        Some(page) => app.store.totals_of_payments(own, &page.filter).await?,
        None => Vec::new(),
    };
    let people = match session.member() {
        Some(member) => app.store.paid_for(&member.account).await?,
        None => Vec::new(),
    };
    let people = people.into_iter().map(|person| Payee { id: person.id, name: person.name }).collect();
    Ok(PaymentTotals { as_of, states, owed: app.store.owed_by(own).await?, people })
}
