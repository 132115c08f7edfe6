//! The account's balance: what the plan holds for the member, the credits and debits that made it, adding to it,
//! getting it back, and how it is used.

mod attempt;
mod deposit;
mod kept;
mod refund;
mod review;
mod statement;
#[cfg(all(test, feature = "ssr"))]
mod tests;
mod usage;

use super::{Query, page};
use crate::{
    config::Deployment,
    i18n::{format, say, t},
    route::Records,
    session::CurrentSession,
    ui::{Heading, Notice, NoticeKind},
};
use contract::{Money, balance::Balance};
use deposit::AddMoney;
use leptos::prelude::*;
use refund::GetMoneyBack;
use statement::Statement;
use usage::BalanceUse;

#[component]
pub fn BalancePage() -> impl IntoView {
    let balance = Query::new(|client| async move { client.balance(None).await });
    content(balance)
}

fn content(balance: Query<Balance>) -> AnyView {
    let deployment = Deployment::here();
    let head = view! { <Heading words=t(|w| w.account().balance.title)/> }.into_any();
    let has_deposits =
        Memo::new(move |_| deployment.portal().is_some_and(|portal| portal.limits.max_deposit_cents > 0));
    let add = balance.show_once(6, move || {
        view! { <Show when=move || has_deposits.get()><AddMoney balance/></Show> <GetMoneyBack balance/> <BalanceUse balance/> }.into_any()
    });
    let main = view! { {balance.show(8, standing)} {add} }.into_any();
    page(Records::Balance.into(), head, vec![balance.state()], main)
}

fn standing(balance: Balance) -> AnyView {
    let (credit, as_of, session) = (balance.balance, balance.as_of, CurrentSession::here());
    let plain = say(move |w| format::money(w.locale, credit).trim_start_matches('$').to_owned());
    let when = say(move |w| (w.account().overview.as_of)(&format::moment(w.locale, as_of, session.time_zone())));
    let deposits = balance.on_their_way.len();
    let later = (!balance.on_their_way.is_empty()).then(|| balance.if_cleared()).flatten().map(|sum| {
        view! { <br/> {say(move |w| (w.account().balance.if_clears)(&format::money(w.locale, sum), deposits))} }
    });
    let owed = balance.owed;
    let owed = (owed != Money::ZERO).then(|| {
        let words = say(move |w| (w.account().balance.owed)(&format::money(w.locale, owed)));
        view! { <Notice kind=NoticeKind::Warn words/> }
    });
    view! {
        <section class="pay-sheet" aria-labelledby="credit">
            <div class="pay-stack">
                <div class="pay-total">
                    <h2 id="credit">{t(|w| w.account().balance.credit)}</h2>
                    <span class="pay-total__sum pay-money" translate="no"><small>"$"</small>{plain}</span>
                    <p class="pay-note">{when}{later}</p>
                </div>
                {owed}
                <Statement balance/>
            </div>
        </section>
    }
    .into_any()
}
