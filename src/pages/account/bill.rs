//! One bill: what is owed until when, where the money went, its charges, why it is different from the one before, and
//! what was paid on it.

mod ask;
mod paid;
mod why;

use super::{Query, page, parts::entry, total::Total};
use crate::{
    api::Client,
    billing::{Charges, MoneyFlow, calendar_file, flow_of},
    i18n::{Text, format, say, t},
    navigation::href,
    route::{Account, Pay, Read},
    ui::{Back, ButtonLink, Icon, Notice, NoticeKind, Sign, download, list, not_made, page_heading},
};
use ask::Asking;
use contract::{
    Date, Instant,
    bill::{Bill, BillKind, BillLine, account::AccountBill},
};
use leptos::prelude::*;
use paid::paid_on;
use why::why;

const DAY_MILLIS: i64 = 86_400_000;

#[component]
pub fn BillPage(id: String) -> impl IntoView {
    let own = id.clone();
    let bill = Query::new(move |client| {
        let id = own.clone();
        async move { client.account_bill(&id).await }
    });
    let h1 = page_heading(t(|w| w.account().bills.one));
    let name = say(move |w| {
        let bill = bill.of(|shown| Some((shown.bill.kind, shown.bill.issued)));
        bill.map_or_else(
            || w.account().bills.one.to_owned(),
            |(kind, issued)| (w.account().bills.name)(kind, &format::medium_date(w.locale, issued)),
        )
    });
    let patient = say(move |w| {
        let patient = bill.of(|shown| Some(shown.bill.patient.clone()));
        patient.map(|name| (w.pay().amount.patient)(&name)).unwrap_or_default()
    });
    let head = view! {
        <Back to=Account::Bills words=t(|w| w.account().bills.all_bills)/>
        <div class="pay-stack pay-stack--tight">
            <h1 tabindex="-1" node_ref=h1>{name}</h1>
            <p class="pay-lead">{patient}</p>
        </div>
    };
    let main = view! {
        {bill.show(8, sheets)}
        <p class="pay-note">{t(|w| w.account().bills.cadence)} " " {t(|w| w.account().bills.late_posting)}</p>
    };
    page(Account::Bill(id).into(), head.into_any(), vec![bill.state()], main.into_any())
}

fn sheets(shown: AccountBill) -> AnyView {
    view! { {owed(&shown)} {charges(&shown)} {why(&shown)} {paid_on(&shown)} }.into_any()
}

fn owed(shown: &AccountBill) -> AnyView {
    let bill = &shown.bill;
    let (balance, pending, due, is_late) = (bill.balance, bill.pending, bill.due, bill.is_past_due(shown.today));
    let is_open = !balance.is_zero();
    let title = if is_open { t(|w| w.pay().amount.owe) } else { t(|w| w.account().bills.settled) };
    let day = is_open.then(|| due_line(due, is_late));
    let total = Total { id: "owe".to_owned(), title, sum: balance, pending, as_of: shown.as_of };
    let pay = (!bill.payable().is_zero())
        .then(|| view! { <ButtonLink to=Pay::Amount words=t(|w| w.account().bills.pay) main=true big=true/> });
    let help = is_open.then(|| {
        view! { <p><a class="pay-link" href=href(Read::Help)>{t(|w| w.account().bills.financial_help)}</a></p> }
    });
    let calendar = (is_open && !is_late).then(|| calendar(bill.id.clone(), bill.issued, due));
    view! {
        <section class="pay-sheet" aria-labelledby="owe">
            <div class="pay-stack">
                <div class="pay-owe">
                    {total.show(day.into_any(), calendar.into_any())}
                    <div class="pay-stack pay-stack--tight">{pay}{help}</div>
                </div>
                {picture(bill)}
            </div>
        </section>
    }
    .into_any()
}

fn due_line(due: Date, is_late: bool) -> AnyView {
    let day = say(move |w| {
        let day = format::long_date(w.locale, due);
        if is_late { (w.account().overview.past_due)(&day) } else { (w.account().overview.due)(&day) }
    });
    if is_late {
        view! { <p><span class="pay-state" data-state="late"><Icon sign=Sign::Warning/><span>{day}</span></span></p> }
            .into_any()
    } else {
        view! { <p><b>{day}</b></p> }.into_any()
    }
}

/// The day and nothing else: others may see the calendar.
fn calendar(id: String, issued: Date, due: Date) -> AnyView {
    let made = Instant::from_millis(issued.days() * DAY_MILLIS);
    let address = say(move |w| calendar_file(&id, made, due, w.account().bills.event));
    view! {
        <p><a class="pay-link" href=address download="due.ics"><Icon sign=Sign::Calendar/>{t(|w| w.account().bills.to_calendar)}</a></p>
    }
    .into_any()
}

/// Where the money went. A premium has no plan that paid, and wrong sums are not drawn.
fn picture(bill: &Bill) -> AnyView {
    if bill.kind == BillKind::Premium {
        return ().into_any();
    }
    if !bill.adds_up() {
        return view! { <Notice kind=NoticeKind::Warn words=t(|w| w.account().bills.no_sums)/> }.into_any();
    }
    view! { <hr class="pay-tear"/><MoneyFlow id=bill.id.clone() flow=flow_of(bill)/> }.into_any()
}

fn charges(shown: &AccountBill) -> AnyView {
    let bill = &shown.bill;
    let (lines, count) = (bill.lines.clone(), bill.lines.len());
    let below = Asking::of(shown).below();
    let (client, id) = (Client::here(), bill.id.clone());
    let page = href(Account::Statement(id.clone()));
    let file = client.clone().file(*say(move |w| client.statement_address(&id, w.locale)));
    let words = view! { <Icon sign=Sign::Download/>{t(|w| w.account().bills.statement)} };
    let table = if bill.kind == BillKind::Premium {
        view! { <ul class="pay-rows">{list(lines.into_iter().enumerate(), move |of| month(of, below))}</ul> }.into_any()
    } else {
        view! { <Charges lines below/> }.into_any()
    };
    view! {
        <section class="pay-sheet" aria-labelledby="charges">
            <div class="pay-stack">
                <h2 id="charges">{say(move |w| (w.pay().amount.charges)(count))}</h2>
                {table}
                <p class="pay-row" data-print="no">
                    <a class="pay-link" href=page><Icon sign=Sign::Bill/>{t(|w| w.account().bills.read_statement)}</a>
                    {download(file, "pay-link", words.into_any())}
                </p>
                {not_made(vec![file])}
            </div>
        </section>
    }
    .into_any()
}

/// What a premium pays for.
fn month((at, line): (usize, BillLine), below: Option<Callback<(usize, BillLine), AnyView>>) -> AnyView {
    let (from, billed) = (line.date_of_service, line.billed);
    let below = below.map(|below| below.run((at, line.clone())));
    let sum = say(move |w| format::money(w.locale, billed));
    entry(
        Text::stored(line.description),
        vec![say(move |w| format::medium_date(w.locale, from))],
        sum,
        below.into_any(),
    )
}
