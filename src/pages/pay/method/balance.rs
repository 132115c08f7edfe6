//! The member's balance in the method step: a choice, ticked at first only for members who chose to use it first. It
//! pays first, and another method the rest, if it leaves any.

use super::MethodState;
use crate::{
    i18n::{format, say},
    ui::dynamic,
};
use contract::Money;
use leptos::prelude::*;

pub fn balance_box(state: MethodState) -> AnyView {
    let checkout = state.checkout;
    let balance = Memo::new(move |_| checkout.bills.with(|bills| bills.value().and_then(|bills| bills.balance)));
    dynamic(move || match balance.get() {
        Some(balance) => choice(state, balance),
        None => ().into_any(),
    })
}

fn choice(state: MethodState, balance: Money) -> AnyView {
    let checkout = state.checkout;
    let is_ticked = Memo::new(move |_| checkout.draft.with(|draft| draft.from_balance));
    let tick = move |event| {
        let is_ticked = event_target_checked(&event);
        checkout.edit(|draft| draft.from_balance = is_ticked);
    };
    let rest = Memo::new(move |_| state.rest());
    let note = say(move |w| match rest.get() {
        Some(rest) if is_ticked.get() => {
            let rest = (!rest.is_zero()).then(|| format::money(w.locale, rest));
            (w.pay().method.balance_pays)(rest.as_deref())
        }
        _ => String::new(),
    });
    view! {
        <div>
            <label class="pay-check">
                <input type="checkbox" id="from-balance" name="from-balance" aria-describedby="from-balance-note"
                    prop:checked=is_ticked on:change=tick/>
                <span>{say(move |w| (w.pay().method.use_balance)(&format::money(w.locale, balance)))}</span>
            </label>
            <p class="pay-note" id="from-balance-note" role="status">{note}</p>
        </div>
    }
    .into_any()
}
