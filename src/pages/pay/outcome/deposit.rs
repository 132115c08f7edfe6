//! The facts of a deposit, a row each, and the way to the balance. It pays no bill and leaves none.

use super::facts::{fact, on_statement, receipt_number};
use crate::{
    i18n::{Text, format, say, t},
    route::Records,
    session::CurrentSession,
    ui::{ButtonLink, dynamic},
};
use contract::payment::Payment;
use leptos::prelude::*;

#[component]
pub fn DepositFacts(payment: StoredValue<Payment>) -> impl IntoView {
    let Payment { total, fee, charged, reference, payer_name, method, expected_on, state, given_back, .. } =
        payment.get_value();
    let is_on_its_way = state.is_on_its_way();
    let money = |sum| say(move |w| format::money(w.locale, sum));
    let fee = (!fee.is_zero()).then(|| {
        view! {
            {fact(t(|w| w.pay().review.card_fee), money(fee), None)}
            {fact(t(|w| w.pay().receipt.in_all), money(charged), None)}
        }
    });
    let given_back =
        (!given_back.is_zero()).then(|| fact(t(|w| w.account().balance.given_back), money(given_back), None));
    let expected = expected_on.filter(|_| is_on_its_way).map(|day| {
        let when = say(move |w| (w.account().overview.expected)(&format::short_date(w.locale, day)));
        fact(t(|w| w.account().balance.counts), when, None)
    });
    let is_member = CurrentSession::here().is_member();
    // where it failed, the way to the balance is what can be done
    let to_balance = dynamic(move || {
        let is_shown = is_member.get() && !state.can_retry();
        let link = is_shown.then(|| view! { <ButtonLink to=Records::Balance words=t(|w| w.account().balance.see)/> });
        link.into_any()
    });
    view! {
        <dl class="pay-facts">
            {fact(t(|w| w.account().balance.deposit), money(total), None)}
            {fee}
            {given_back}
            {fact(t(|w| w.account().balance.from), say(move |w| (w.pay().method.known)(&method)), None)}
            {expected}
            {receipt_number(reference)}
            {fact(t(|w| w.pay().receipt.payer), Text::stored(payer_name), None)}
            {on_statement()}
        </dl>
        <p data-print="no">{to_balance}</p>
    }
}
