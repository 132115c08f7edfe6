//! The bills of people whom the member pays for: whose, how much and until when, and the way to pay them.

use crate::{
    billing::BillMark,
    i18n::{Text, format, say, t},
    navigation::{FOR, Navigation},
    pages::account::total::Total,
    route::Account,
    ui::list,
};
use contract::{
    Date, Instant,
    bill::{BillKind, account::AccountBills},
    household::{HouseholdBill, HouseholdBills},
};
use leptos::prelude::*;

/// A sheet a person, whatever the filter.
pub fn sheets(bills: AccountBills) -> AnyView {
    let (as_of, today) = (bills.as_of, bills.today);
    let note = (!bills.household.is_empty())
        .then(|| view! { <p class="pay-note">{t(|w| w.account().household.each_apart)}</p> });
    view! { {list(bills.household, move |person| sheet(person, as_of, today))} {note} }.into_any()
}

fn sheet(person: HouseholdBills, as_of: Instant, today: Date) -> AnyView {
    let HouseholdBills { id, name, owed, pending, bills } = person;
    let title = {
        let name = name.clone();
        say(move |w| (w.account().household.bills_of)(&name))
    };
    let total = Total { id: format!("household-{id}"), title, sum: owed, pending, as_of };
    let address = Navigation::here().href_with(Account::Pay, &format!("{FOR}{id}"));
    let pay = (owed != pending).then(|| {
        view! { <a class="pay-button" href=address><span>{say(move |w| (w.account().household.pay_for)(&name))}</span></a> }
    });
    let rows = if bills.is_empty() {
        view! { <p>{t(|w| w.account().bills.nothing_open)}</p> }.into_any()
    } else {
        view! { <ul class="pay-rows">{list(bills, move |bill| row(bill, today))}</ul> }.into_any()
    };
    view! {
        <section class="pay-sheet" aria-labelledby=format!("household-{id}")>
            <div class="pay-stack">
                <div class="pay-owe">{total.show(().into_any(), ().into_any())} {pay}</div>
                {rows}
            </div>
        </section>
    }
    .into_any()
}

fn row(bill: HouseholdBill, today: Date) -> AnyView {
    let HouseholdBill { due, balance, .. } = bill;
    let when: Text = say(move |w| {
        let day = format::short_date(w.locale, due);
        if due < today { (w.account().bills.was_due)(&day) } else { (w.account().overview.due)(&day) }
    });
    let kind = say(|w| (w.pay().amount.kind)(BillKind::Household).to_owned());
    view! {
        <li>
            <div class="pay-rows__row">
                <BillMark kind=BillKind::Household/>
                <div><b>{kind}</b><small>{when}</small></div>
                <div class="pay-rows__end">
                    <span class="pay-money">{say(move |w| format::money(w.locale, balance))}</span>
                </div>
            </div>
        </li>
    }
    .into_any()
}
