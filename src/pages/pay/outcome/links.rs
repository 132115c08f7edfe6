//! The links to a receipt that went out by e-mail, for a member who sees the payment: how often they were opened, what
//! the payer is told of it, and how to turn them off.

use crate::{
    api::Client,
    browser,
    i18n::{format, say, t},
    ui::{Failure, dynamic},
};
use contract::payment::{Payment, ReceiptLinks};
use leptos::{html, prelude::*, task::spawn_local};

#[component]
pub fn Links(payment: StoredValue<Payment>) -> impl IntoView {
    let client = Client::here();
    let id = payment.with_value(|payment| payment.id.clone());
    let (links, is_off) = (RwSignal::new(None::<ReceiptLinks>), RwSignal::new(false));
    let error = RwSignal::new(None);
    let place = NodeRef::<html::P>::new();
    browser::effect({
        let (client, id) = (client.clone(), id.clone());
        move |_| {
            let (client, id) = (client.clone(), id.clone());
            // a receipt is one without them, too
            spawn_local(async move { _ = links.try_set(client.receipt_links(&id).await.ok()) });
        }
    });
    let turn_off = Callback::new(move |()| {
        let (client, id) = (client.clone(), id.clone());
        spawn_local(async move {
            match client.end_receipt_links(&id).await {
                Ok(()) => {
                    // the button goes
                    if let Some(place) = place.try_get_untracked().flatten() {
                        browser::focus(place);
                    }
                    links.set(None);
                    is_off.set(true);
                    error.set(None);
                }
                Err(failed) => error.set(Some(failed)),
            }
        });
    });
    let shown = Memo::new(move |_| links.get().filter(|links| links.open > 0));
    let about = dynamic(move || shown.get().map(|links| about(payment, links, turn_off)).into_any());
    let off = say(move |w| if is_off.get() { w.pay().links.off.to_owned() } else { String::new() });
    view! {
        <div class="pay-live" data-print="no">
            {about}
            <p role="status" tabindex="-1" node_ref=place>{off}</p>
            <Failure error=error/>
        </div>
    }
}

fn about(payment: StoredValue<Payment>, links: ReceiptLinks, turn_off: Callback<()>) -> AnyView {
    let zone = payment.with_value(|payment| payment.time_zone.clone());
    let ReceiptLinks { open, opened, last_opened_at } = links;
    let words = say(move |w| {
        let last = last_opened_at.map(|at| format::moment(w.locale, at, &zone));
        (w.pay().links.sent)(open, opened, last.as_deref())
    });
    view! {
        <p class="pay-note">{words}</p>
        <p>
            <button class="pay-link" type="button" on:click=move |_| turn_off.run(())>
                {if open == 1 { t(|w| w.pay().links.turn_off_one) } else { t(|w| w.pay().links.turn_off_all) }}
            </button>
        </p>
    }
    .into_any()
}
