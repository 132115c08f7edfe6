//! What was being paid before a reload, an earlier visit or signing in: said aloud, with a way on and a way to begin
//! again.

use super::AmountState;
use crate::{
    api::Client,
    browser,
    i18n::{format, say, t},
    navigation::Navigation,
    pages::pay::checkout::choice,
    route::Pay,
    ui::{Notice, dynamic},
};
use leptos::{ev::MouseEvent, prelude::*};

#[component]
pub fn Resume(state: AmountState) -> impl IntoView {
    let (client, navigation) = (Client::here(), Navigation::here());
    let checkout = state.checkout;
    // what it is of, where it is of one bill
    let before = Memo::new(move |_| {
        let shares = checkout.is_resumed.get().then(|| state.shares())?;
        choice::order(&shares)?;
        let bill = if let [share] = &shares[..] { Some(share.bill.clone()) } else { None };
        Some((choice::total(&shares)?, bill))
    });
    let notice = move || {
        let (total, bill) = before.get()?;
        let title = say(move |w| {
            let name = bill.as_ref().map(|bill| state.name(w, bill));
            (w.pay().amount.resumed)(&format::money(w.locale, total), name.as_deref())
        });
        let go_on = move |_| {
            checkout.is_resumed.set(false);
            let has_method = checkout.draft.with_untracked(|draft| draft.token.is_some());
            navigation.go(if has_method { Pay::Review } else { Pay::Method });
        };
        let client = client.clone();
        let start_over = move |event: MouseEvent| {
            // the button goes
            browser::focus_field(&event_target(&event), "owed");
            checkout.start_over(client.clone());
        };
        Some(view! {
            <div role="status">
                <Notice title words=t(|w| w.pay().amount.resumed_lead)>
                    <p class="pay-row">
                        <button class="pay-button" type="button" on:click=go_on>{t(|w| w.pay().amount.resume)}</button>
                        <button class="pay-link" type="button" on:click=start_over>{t(|w| w.pay().amount.start_over)}</button>
                    </p>
                </Notice>
            </div>
        })
    };
    dynamic(move || notice().into_any())
}
