//! The state in which the outcome is unknown: the order was sent and no response came. Says so, polls, and never
//! resends by itself.

use crate::{
    attempt::Attempt,
    browser,
    config::Deployment,
    i18n::{format, say, t},
    pages::pay::{amount::big_sum, checkout::Checkout},
    route::Pay,
    session::CurrentSession,
    ui::{ButtonLink, Icon, Sign, dynamic, page_heading, with_phone},
};
use leptos::prelude::*;

#[component]
pub fn Checking() -> impl IntoView {
    let checkout = Checkout::here();
    let has_ended = Memo::new(move |_| checkout.attempt.with(|attempt| matches!(attempt, Attempt::Ended(_))));
    let title = say(move |w| {
        if has_ended.get() { w.pay().review.ended_title } else { w.pay().review.checking_title }.to_owned()
    });
    let h1 = page_heading(title);
    let sum = dynamic(move || match checkout.sent.get() {
        Some((charged, _)) => view! { <p>{big_sum(charged)}</p> }.into_any(),
        None => ().into_any(),
    });
    let is_offline = offline();
    let body = dynamic(move || if has_ended.get() { ended() } else { asking(checkout, is_offline) });
    view! {
        <div class="pay-receipt">
            <article class="pay-sheet" aria-busy="true">
                <div class="pay-stack pay-stack--roomy">
                    <div class="pay-receipt__head" role="status">
                        <span class="pay-seal" data-state="processing"><Icon sign=Sign::Search/></span>
                        <h1 tabindex="-1" node_ref=h1>{title}</h1>
                        {sum}
                    </div>
                    {body}
                </div>
            </article>
        </div>
    }
}

/// The visit ended before there was an outcome.
fn ended() -> AnyView {
    view! {
        <p class="pay-lead">{t(|w| w.pay().review.ended)}</p>
        <p class="pay-row"><ButtonLink to=Pay::Find words=t(|w| w.pay().review.find_again) main=true/></p>
    }
    .into_any()
}

/// What is known, and that the rest is being asked for.
fn asking(checkout: Checkout, is_offline: RwSignal<bool>) -> AnyView {
    let (deployment, session) = (Deployment::here(), CurrentSession::here());
    let tries = Memo::new(move |_| {
        checkout.attempt.with(|attempt| if let Attempt::Unsure(_, tries) = attempt { tries + 1 } else { 0 })
    });
    let asking = say(move |w| if is_offline.get() { w.pay().review.offline } else { w.pay().review.asking }.to_owned());
    let tried = say(move |w| if is_offline.get() { String::new() } else { (w.pay().review.tries)(tries.get()) });
    let pressed = say(move |w| {
        checkout.sent.get().map(|(_, at)| format::moment(w.locale, at, session.time_zone())).unwrap_or_default()
    });
    view! {
        <p class="pay-lead">{t(|w| w.pay().review.checking_lead)} " " <b>{t(|w| w.pay().review.dont_pay_again)}</b></p>
        <section class="pay-stack">
            <h2>{t(|w| w.pay().review.what_we_know)}</h2>
            <ol class="pay-ledger">
                <li data-state="done">
                    <span class="pay-ledger__dot"><Icon sign=Sign::Done/></span>
                    <div><b>{t(|w| w.pay().review.you_pressed)}</b><small>{pressed}</small></div>
                </li>
                <li data-state="now" aria-current="step">
                    <span class="pay-ledger__dot"><Icon sign=Sign::Clock/></span>
                    <div><b role=move || is_offline.get().then_some("status")>{asking}</b><small>{tried}</small></div>
                </li>
                <li data-state="next">
                    <span class="pay-ledger__dot"><Icon sign=Sign::Next/></span>
                    <div><b>{t(|w| w.pay().review.outcome)}</b><small>{t(|w| w.pay().review.outcome_note)}</small></div>
                </li>
            </ol>
        </section>
        <hr class="pay-tear"/>
        <p>{with_phone(say(move |w| (w.pay().review.can_close)(&deployment.contacts().billing_phone)))}</p>
    }
    .into_any()
}

/// Whether this device says that it has no connection at all.
fn offline() -> RwSignal<bool> {
    let is_offline = RwSignal::new(false);
    let heard = StoredValue::new_local(Vec::new());
    browser::effect(move |_| {
        let look = move || is_offline.set(!browser::is_online());
        look();
        heard.set_value(["online", "offline"].map(|event| browser::Listening::to(event, look)).into());
    });
    is_offline
}
