//! The member's bills: what is open and as of when, and what was settled in a year. Filtered by kind, person and year;
//! the filter is in the address, where a person is a number.

mod filter;
mod household;

use self::filter::{Filter, KINDS};
use super::{
    Query, page,
    parts::{bill_state, chip, due_words, new_mark, open_state, owed_end},
    total::Total,
};
use crate::{
    billing::BillMark,
    i18n::{Text, format, say, t},
    navigation::{Navigation, href},
    route::{Account, Pay},
    session::CurrentSession,
    ui::{ButtonLink, Heading, Sign, dynamic, list},
};
use contract::{
    Date,
    bill::account::{AccountBills, BillSummary},
};
use leptos::prelude::*;

#[component]
pub fn BillsPage() -> impl IntoView {
    let navigation = Navigation::here();
    let filter = Memo::new(move |_| Filter::of(&navigation.address_here()));
    let bills = Query::new(move |client| {
        let query = filter.get().query();
        async move { client.account_bills(&query).await }
    });
    let count = say(move |w| {
        let counts = bills.of(|bills| Some((bills.open.len(), bills.settled.len())));
        counts.map(|(open, settled)| (w.account().bills.count)(open, settled)).unwrap_or_default()
    });
    let head = view! {
        <Heading words=t(|w| w.account().bills.title)/>
        {chips(filter, bills)}
        <p class="pay-hidden" role="status">{count}</p>
    };
    let main = view! {
        {bills.show(6, sheets)}
        <p class="pay-note">{t(|w| w.account().bills.cadence)} " " {t(|w| w.account().bills.late_posting)}</p>
    };
    page(Account::Bills.into(), head.into_any(), vec![bills.state()], main.into_any())
}

/// Links, a row each for kind, person and year; the ones that are chosen say so. They stay while the list changes.
fn chips(filter: Memo<Filter>, bills: Query<AccountBills>) -> AnyView {
    let navigation = Navigation::here();
    let chip = move |words: Text, set: fn(Filter, Choice) -> Filter, to: Choice| {
        let there = move || set(filter.get(), to);
        let href = move || navigation.href_with(Account::Bills, &there().query());
        chip(words, href, move || there() == filter.get())
    };
    let kinds = list(KINDS, move |(kind, _)| {
        chip(t_kind(kind), Filter::with_kind, Choice { kind: Some(kind), ..Choice::default() })
    });
    let people = Memo::new(move |_| bills.of(|bills| bills.people.clone()));
    let years = Memo::new(move |_| bills.of(|bills| bills.years.clone()));
    let people = dynamic(move || {
        let people = people.get();
        if people.len() < 2 {
            return ().into_any();
        }
        let each = list(people, move |person| {
            let to = Choice { person: Some(person.number), ..Choice::default() };
            chip(Text::stored(person.name), Filter::with_person, to)
        });
        let all = chip(t(|w| w.account().bills.everyone), Filter::with_person, Choice::default());
        view! { <div class="pay-row" role="group" aria-label=t(|w| w.account().bills.people)>{all}{each}</div> }
            .into_any()
    });
    let years = dynamic(move || {
        let years = years.get();
        if years.len() < 2 {
            return ().into_any();
        }
        let each = list(years, move |year| {
            let to = Choice { year: Some(year), ..Choice::default() };
            chip(Text::stored(year.to_string()), Filter::with_year, to)
        });
        let newest = chip(t(|w| w.account().bills.newest), Filter::with_year, Choice::default());
        view! { <div class="pay-row" role="group" aria-label=t(|w| w.account().bills.years)>{newest}{each}</div> }
            .into_any()
    });
    let all = chip(t(|w| w.account().bills.all_kinds), Filter::with_kind, Choice::default());
    view! {
        <div class="pay-stack" data-print="no">
            <div class="pay-row" role="group" aria-label=t(|w| w.account().bills.kinds)>{all}{kinds}</div>
            {people}
            {years}
        </div>
    }
    .into_any()
}

/// What a chip chooses: one of these, or none for all.
type Choice = Filter;

fn t_kind(kind: contract::bill::BillKind) -> Text {
    say(move |w| (w.pay().amount.kind_short)(kind).to_owned())
}

fn sheets(bills: AccountBills) -> AnyView {
    let is_filtered = bills.kind.is_some() || bills.person.is_some();
    if bills.open.is_empty() && bills.settled.is_empty() {
        let none = nothing(is_filtered || !bills.people.is_empty());
        return view! { {none} {household::sheets(bills)} }.into_any();
    }
    view! { {open(&bills)} {settled(&bills)} {household::sheets(bills)} }.into_any()
}

fn nothing(is_filtered: bool) -> AnyView {
    let words = if is_filtered {
        view! {
            <p>{t(|w| w.account().bills.none_found)}</p>
            <p><a class="pay-link" href=href(Account::Bills)>{t(|w| w.account().bills.show_all)}</a></p>
        }
        .into_any()
    } else {
        view! { <p>{t(|w| w.account().bills.first_bill)}</p> }.into_any()
    };
    view! { <section class="pay-sheet"><div class="pay-stack">{words}</div></section> }.into_any()
}

fn open(bills: &AccountBills) -> AnyView {
    let (owed, pending, today, count) = (bills.owed, bills.pending, bills.today, bills.open.len());
    let title = say(move |w| (w.account().bills.open)(count));
    let total = Total { id: "open".to_owned(), title, sum: owed, pending, as_of: bills.as_of };
    let can_pay = owed != pending;
    // it leads to all bills, whatever the filter
    let is_filtered = bills.kind.is_some() || bills.person.is_some();
    let pay = say(move |w| if is_filtered { w.account().bills.pay } else { w.account().overview.pay_all }.to_owned());
    let rows = if bills.open.is_empty() {
        view! { <p>{t(|w| w.account().bills.nothing_open)}</p> }.into_any()
    } else {
        let new = bills.new_bills.clone();
        let rows = list(bills.open.clone(), move |bill| open_row(new.contains(&bill.id), bill, today));
        view! { <hr class="pay-tear"/><ul class="pay-rows">{rows}</ul> }.into_any()
    };
    view! {
        <section class="pay-sheet" aria-labelledby="open">
            <div class="pay-stack">
                <div class="pay-owe">
                    {total.show(().into_any(), ().into_any())}
                    {can_pay.then(|| view! {
                        <ButtonLink to=Pay::Amount words=pay main=true big=true/>
                    })}
                </div>
                {rows}
            </div>
        </section>
    }
    .into_any()
}

fn settled(bills: &AccountBills) -> AnyView {
    let Some(year) = bills.year.filter(|_| !bills.settled.is_empty()) else { return ().into_any() };
    let count = bills.settled.len();
    view! {
        <section class="pay-sheet" aria-labelledby="settled">
            <div class="pay-stack">
                <div class="pay-split">
                    <h2 id="settled">{say(move |w| (w.account().bills.settled_of)(year))}</h2>
                    <span class="pay-note">{say(move |w| (w.account().bills.settled_count)(count))}</span>
                </div>
                <ul class="pay-rows">{list(bills.settled.clone(), settled_row)}</ul>
            </div>
        </section>
    }
    .into_any()
}

fn open_row(is_new: bool, bill: BillSummary, today: Date) -> AnyView {
    let is_late = bill.due < today;
    let state = open_state(is_late, bill.balance, bill.pending)
        .unwrap_or_else(|| bill_state("due", Sign::Next, t(|w| w.account().bills.not_set)));
    let (when, end) = (due_words(bill.due, is_late), owed_end(bill.balance, bill.yours, state));
    row(bill, is_new, Some(when), end)
}

fn settled_row(bill: BillSummary) -> AnyView {
    let (yours, settled_at, session) = (bill.yours, bill.settled_at, CurrentSession::here());
    let when = settled_at.map(|at| {
        say(move |w| {
            let day = format::date_at(at, session.time_zone());
            (w.account().bills.settled_on)(&format::medium_date(w.locale, day))
        })
    });
    let state = if yours.is_zero() {
        bill_state("due", Sign::Shield, t(|w| w.account().bills.nothing_to_pay))
    } else {
        bill_state("paid", Sign::Done, t(|w| w.states().paid))
    };
    let sum = view! { <span class="pay-money">{say(move |w| format::money(w.locale, yours))}</span> };
    row(bill, false, when, view! { {sum} {state} }.into_any())
}

fn row(bill: BillSummary, is_new: bool, when: Option<Text>, end: AnyView) -> AnyView {
    let (kind, issued) = (bill.kind, bill.issued);
    let of = say(move |w| format!("{} · {}", format::medium_date(w.locale, issued), bill.patient));
    let named = say(move |w| format!("{}, {}", (w.pay().amount.kind_short)(kind), of.get().replace(" · ", ", ")));
    view! {
        <li>
            <div class="pay-rows__row">
                <BillMark kind/>
                <div>
                    <b><a href=href(Account::Bill(bill.id)) aria-label=named>{t_kind(kind)}</a></b>
                    {is_new.then(new_mark)}
                    <small aria-hidden="true">{of}</small>
                    {when.map(|when| view! { <small>{when}</small> })}
                </div>
                <div class="pay-rows__end">{end}</div>
            </div>
        </li>
    }
    .into_any()
}
