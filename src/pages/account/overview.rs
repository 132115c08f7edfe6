//! The account overview: who is signed in, what is owed and as of when, each open bill with its lines and whether it is
//! new, the credit, and the last payments.

use super::{
    Query, heading, page,
    parts::{due_words, new_mark, open_state, owed_end},
    payments::payment_row,
    total::Total,
};
use crate::{
    billing::{BillMark, Charges},
    i18n::{format, say, t},
    navigation::href,
    route::{Account, Pay, Records},
    session::{CurrentSession, Session},
    ui::{ButtonLink, Icon, Notice, NoticeKind, Sign, dynamic, list},
};
use contract::{
    Date, Money,
    bill::{Bill, account::AccountOverview},
    payment::PaymentSummary,
    session::MembershipView,
};
use leptos::prelude::*;

#[component]
pub fn AccountPage() -> impl IntoView {
    let session = CurrentSession::here();
    let overview = Query::new(|client| async move { client.overview().await });
    let who = say(move |w| {
        session.with(|session| match session {
            Session::Member(access, person) => (w.account().overview.who)(&person.name, &access.membership.ending),
            _ => String::new(),
        })
    });
    let head = view! {
        {heading(t(|w| w.account().overview.title), who)}
        <div role="status" class="pay-live">{found_elsewhere()}</div>
    };
    page(Account::Overview.into(), head.into_any(), vec![overview.state()], overview.show(6, sheets))
}

fn sheets(shown: AccountOverview) -> AnyView {
    view! { {owed(&shown)} {credit(shown.credit)} {last_payments(shown.payments)} {proof()} }.into_any()
}

/// Who had found a bill, and then signed in as somebody else.
fn found_elsewhere() -> AnyView {
    let session = CurrentSession::here();
    dynamic(move || match session.found_elsewhere() {
        Some(MembershipView { ending, .. }) => {
            let words = say(move |w| (w.account().overview.found_elsewhere)(&ending));
            view! { <Notice kind=NoticeKind::Warn words/> }.into_any()
        }
        None => ().into_any(),
    })
}

/// The credit on the account, where there is any.
fn credit(credit: Money) -> AnyView {
    if credit.is_zero() {
        return ().into_any();
    }
    view! {
        <section class="pay-sheet" aria-labelledby="credit">
            <div class="pay-split">
                <h2 id="credit">{t(|w| w.account().balance.credit)}</h2>
                <a class="pay-link" href=href(Records::Balance)>
                    <span class="pay-money" translate="no">{say(move |w| format::money(w.locale, credit))}</span>
                </a>
            </div>
        </section>
    }
    .into_any()
}

fn proof() -> AnyView {
    view! {
        <p><a class="pay-link" href=href(Records::Proof)><Icon sign=Sign::Folder/>{t(|w| w.account().overview.proof)}</a></p>
    }
    .into_any()
}

fn owed(shown: &AccountOverview) -> AnyView {
    let is_clear = shown.bills.is_empty();
    let can_pay = shown.owed != shown.pending;
    let title =
        if is_clear { t(|w| w.account().overview.nothing_owed_title) } else { t(|w| w.account().overview.you_owe) };
    let total = Total { id: "owe".to_owned(), title, sum: shown.owed, pending: shown.pending, as_of: shown.as_of };
    let (today, new) = (shown.today, shown.new_bills.clone());
    let bills = shown.bills.clone().into_iter().map(|bill| (new.contains(&bill.id), bill));
    let rows = (!is_clear).then(|| {
        view! {
            <hr class="pay-tear"/>
            <ul class="pay-rows">{list(bills, move |(is_new, bill)| row(bill, is_new, today))}</ul>
            {since(shown)}
        }
    });
    view! {
        <section class="pay-sheet" aria-labelledby="owe">
            <div class="pay-stack">
                <div class="pay-owe">
                    {total.show(().into_any(), ().into_any())}
                    {can_pay.then(|| view! {
                        <ButtonLink to=Pay::Amount words=t(|w| w.account().overview.pay_all) main=true big=true/>
                    })}
                </div>
                {rows}
            </div>
        </section>
    }
    .into_any()
}

/// Since when bills are new, where one is.
fn since(shown: &AccountOverview) -> AnyView {
    let Some(at) = shown.last_visit.filter(|_| !shown.new_bills.is_empty()) else { return ().into_any() };
    let session = CurrentSession::here();
    let words = say(move |w| {
        let day = format::date_at(at, session.time_zone());
        (w.account().overview.new_since)(&format::long_date(w.locale, day))
    });
    view! { <p class="pay-note">{words}</p> }.into_any()
}

fn row(bill: Bill, is_new: bool, today: Date) -> AnyView {
    let (kind, is_late, count, patient) = (bill.kind, bill.is_past_due(today), bill.lines.len(), bill.patient);
    // a sum that can't be is no part of another
    let yours = Money::sum(bill.lines.iter().flat_map(|line| [line.you_paid, line.you_owe])).unwrap_or(bill.balance);
    let (when, state) = (due_words(bill.due, is_late), open_state(is_late, bill.balance, bill.pending));
    let end = owed_end(bill.balance, yours, state.into_any());
    let link = href(Account::Bill(bill.id));
    let name = say(move |w| (w.pay().amount.kind)(kind).to_owned());
    let new = is_new.then(new_mark);
    view! {
        <li>
            <div class="pay-rows__row">
                <BillMark kind/>
                <div>
                    <b><a href=link>{name}</a></b>{new}
                    <small>{say(move |w| (w.pay().amount.patient)(&patient))}</small>
                    <small>{when}</small>
                </div>
                <div class="pay-rows__end">{end}</div>
            </div>
            <details class="pay-more">
                <summary>
                    {say(move |w| (w.pay().amount.charges)(count))}
                    <span class="pay-hidden">{say(move |w| (w.account().overview.lines_of)((w.pay().amount.kind)(kind)))}</span>
                    <Icon sign=Sign::Down/>
                </summary>
                <Charges lines=bill.lines/>
            </details>
        </li>
    }
    .into_any()
}

fn last_payments(payments: Vec<PaymentSummary>) -> AnyView {
    let rows = if payments.is_empty() {
        view! { <p>{t(|w| w.account().overview.no_payments)}</p> }.into_any()
    } else {
        view! { <ul class="pay-rows">{list(payments, payment_row)}</ul> }.into_any()
    };
    view! {
        <section class="pay-sheet" aria-labelledby="last">
            <div class="pay-stack">
                <div class="pay-split">
                    <h2 id="last">{t(|w| w.account().overview.last_payments)}</h2>
                    <a class="pay-link" href=href(Account::History)>{t(|w| w.account().overview.all_payments)}</a>
                </div>
                {rows}
            </div>
        </section>
    }
    .into_any()
}
