//! The page after a session has ended: why it ended, where to see what was paid, and how to go on. It is loaded as a
//! new document, so that nothing of the session is left in memory; or shown in place of a page whose session is gone
//! when it is loaded again. Another tab may have paid, so it never says that no payment was made.

use crate::{
    browser,
    i18n::{say, t},
    navigation::Navigation,
    route::{Enter, Pay, Route},
    ui::{ButtonLink, Heading},
};
use leptos::prelude::*;

/// How the session ended.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum End {
    /// The member signed out.
    SignedOut,
    /// The payer, who has no account, ended the visit.
    Visit,
    /// By the clock, or from elsewhere.
    TimedOut,
    /// The member closed the account.
    Closed,
}

#[component]
pub fn SignedOutPage(end: End) -> impl IntoView {
    let navigation = Navigation::here();
    // a payment attempt whose outcome was not shown yet
    let is_on_its_way = RwSignal::new(false);
    browser::effect(move |_| {
        is_on_its_way.set(browser::tab_storage(browser::ATTEMPT).is_some());
        browser::visit_is_over();
    });
    let words = say(move |w| {
        let closed = w.account().closing.closed;
        let w = &w.account().sign_in;
        match (is_on_its_way.get(), end) {
            (_, End::Closed) => closed,
            (true, _) => w.on_its_way,
            (false, End::SignedOut) => w.signed_out,
            (false, End::Visit) => w.visit_ended,
            (false, End::TimedOut) => w.timed_out,
        }
        .to_owned()
    });
    let title = match end {
        End::SignedOut => t(|w| w.account().sign_in.signed_out_title),
        End::Visit => t(|w| w.account().sign_in.visit_ended_title),
        End::TimedOut => t(|w| w.account().sign_in.timed_out_title),
        End::Closed => t(|w| w.account().closing.closed_title),
    };
    // back to the page whose session ended
    let sign_in = move || match Route::then(&navigation.address_here()) {
        Some((route, filter)) => navigation.through(Enter::SignIn, route, &filter),
        None => navigation.href(Enter::SignIn),
    };
    let resume = (end != End::Closed).then(|| {
        view! { <a class="pay-button pay-button--main" href=sign_in><span>{t(|w| w.account().sign_in.resume)}</span></a> }
    });
    view! {
        <div class="pay-signin">
            <Heading words=title/>
            <p class="pay-lead">{words}</p>
            <p class="pay-row">
                {resume}
                <ButtonLink to=Pay::Find words=t(|w| w.account().sign_in.find_again)/>
            </p>
        </div>
    }
}
