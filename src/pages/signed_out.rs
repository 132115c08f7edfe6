//! The page after a session has ended: why it ended, where to see what was paid, and how to go on. It is loaded as a new document, so that
//! nothing of the session is left in memory. Another tab may have paid, so it never says that no payment was made.

use crate::{
    browser,
    i18n::{say, t},
    route::{Enter, Pay},
    ui::{ButtonLink, Heading},
};
use leptos::prelude::*;

/// `by_clock`: the session timed out.
#[component]
pub fn SignedOutPage(by_clock: bool) -> impl IntoView {
    // a payment attempt whose outcome was not shown yet
    let is_on_its_way = RwSignal::new(false);
    browser::effect(move |_| is_on_its_way.set(browser::tab_storage(browser::ATTEMPT).is_some()));
    let words = say(move |w| {
        let w = &w.account().sign_in;
        match (is_on_its_way.get(), by_clock) {
            (true, _) => w.on_its_way,
            (false, true) => w.timed_out,
            (false, false) => w.signed_out,
        }
        .to_owned()
    });
    let title =
        if by_clock { t(|w| w.account().sign_in.timed_out_title) } else { t(|w| w.account().sign_in.signed_out_title) };
    view! {
        <div class="pay-signin">
            <Heading words=title/>
            <p class="pay-lead">{words}</p>
            <p class="pay-row">
                <ButtonLink to=Enter::SignIn words=t(|w| w.account().sign_in.resume) main=true/>
                <ButtonLink to=Pay::Find words=t(|w| w.account().sign_in.find_again)/>
            </p>
        </div>
    }
}
