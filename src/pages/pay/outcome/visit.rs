//! The visit around a receipt: how to see a receipt that this visit does not show, and how to end the visit.

use crate::{
    browser,
    config::Deployment,
    error::ApiError,
    i18n::{say, t},
    navigation::Navigation,
    route::{Enter, Pay},
    session::{CurrentSession, Session},
    ui::{ButtonLink, Failure, dynamic, page_heading, with_phone},
};
use leptos::prelude::*;

/// In place of a receipt that can't be shown.
pub fn not_here(error: ApiError, id: &str) -> AnyView {
    let h1 = page_heading(t(|w| w.pay().outcome.receipt_title));
    if !matches!(error, ApiError::SignedOut | ApiError::Missing | ApiError::Forbidden) {
        let error = Signal::stored(Some(error));
        let retry = Callback::new(|()| browser::reload());
        return view! {
            <div class="pay-receipt"><h1 tabindex="-1" node_ref=h1>{t(|w| w.pay().outcome.receipt_title)}</h1><Failure error on_retry=retry/></div>
        }
        .into_any();
    }
    // anyone who is in a visit already found a bill again, and that did not help
    let (deployment, session) = (Deployment::here(), CurrentSession::here());
    let is_over = error == ApiError::SignedOut;
    let words = say(move |w| {
        let phone = deployment.contacts().billing_phone;
        if is_over { w.pay().outcome.not_here.to_owned() } else { (w.pay().outcome.not_yours)(&phone) }
    });
    let way = if is_over {
        view! { <ButtonLink to=Pay::Find words=t(|w| w.pay().outcome.find_bill) main=true/> }
    } else {
        view! { <ButtonLink to=Pay::Amount words=t(|w| w.pay().outcome.see_owed) main=true/> }
    };
    let is_member = session.with_untracked(Session::is_member);
    let address = Navigation::here().through(Enter::SignIn, Pay::Payment(id.to_owned()), "");
    let sign_in = (!is_member).then(|| view! { <a class="pay-button" href=address>{t(|w| w.shell.sign_in)}</a> });
    view! {
        <div class="pay-receipt">
            <article class="pay-sheet">
                <div class="pay-stack">
                    <h1 tabindex="-1" node_ref=h1>{t(|w| w.pay().outcome.not_here_title)}</h1>
                    <p class="pay-lead">{with_phone(words)}</p>
                    <p class="pay-row">{way} {sign_in}</p>
                </div>
            </article>
        </div>
    }
    .into_any()
}

/// Somebody who paid on a computer of others leaves nothing there.
pub fn end_visit() -> AnyView {
    let session = CurrentSession::here();
    let is_payer = Memo::new(move |_| session.with(|session| matches!(session, Session::Payer(_))));
    let end = move |_| session.end();
    dynamic(move || {
        let button =
            || view! { <button class="pay-button" type="button" on:click=end>{t(|w| w.shell.end_visit)}</button> };
        is_payer
            .get()
            .then(|| {
                view! {
                    <section class="pay-stack pay-stack--tight" data-print="no">
                        <p>{t(|w| w.pay().outcome.end_visit)}</p>
                        <p>{button()}</p>
                    </section>
                }
            })
            .into_any()
    })
}
