//! The authorisations on the profile page, word for word, the newest first. Earlier ones are fetched a page at a time
//! and drawn below, so that what was opened stays open.

use super::{AuthorisationQuery, standing};
use crate::{
    api::Client,
    browser,
    config::Deployment,
    error::ApiError,
    i18n::{format, say, sentence, t},
    navigation::href,
    route::Pay,
    session::CurrentSession,
    ui::{Failure, Icon, Sign, dynamic, list, with_phone},
};
use contract::{account::AuthorisationEntry, member_profile::AuthorisationPage};
use leptos::{html, prelude::*, task::spawn_local};

#[component]
pub fn Authorisations(
    first: AuthorisationPage,
    given: AuthorisationQuery,
    /// The button that had the focus has gone: it goes on to the title.
    was_revoked: RwSignal<bool>,
) -> impl IntoView {
    let title = NodeRef::<html::H2>::new();
    browser::effect(move |_| {
        if let Some(title) = title.get()
            && was_revoked.get_untracked()
        {
            was_revoked.set(false);
            browser::focus(title);
        }
    });
    let deployment = Deployment::here();
    let revoke = say(move |w| (w.account().profile.revoke)(&deployment.contacts().billing_phone));
    let standing = (!first.standing.is_empty()).then(|| standing::rows(given, was_revoked, first.standing.clone()));
    let payments = if first.authorisations.is_empty() && standing.is_some() {
        ().into_any()
    } else if first.authorisations.is_empty() {
        view! { <p>{t(|w| w.account().profile.none_authorised)}</p> }.into_any()
    } else {
        view! { <p class="pay-note">{with_phone(revoke)}</p> {a_page(first, false)} }.into_any()
    };
    view! {
        <section class="pay-sheet" aria-labelledby="authorised-title">
            <div class="pay-stack">
                <div>
                    <h2 id="authorised-title" tabindex="-1" node_ref=title>{t(|w| w.account().profile.authorised)}</h2>
                    <p class="pay-note">{t(|w| w.account().profile.authorised_note)}</p>
                </div>
                {standing}
                {payments}
            </div>
        </section>
    }
}

/// `is_asked` is one that a button asked for: the button has gone, and the focus goes on to what came.
fn a_page(page: AuthorisationPage, is_asked: bool) -> AnyView {
    let place = NodeRef::<html::Ul>::new();
    if is_asked {
        browser::effect(move |_| {
            if let Some(place) = place.get() {
                browser::focus(place);
            }
        });
    }
    let rows = list(page.authorisations, row);
    let rest = page.next.map(rest);
    let tabindex = is_asked.then_some("-1");
    view! { <ul class="pay-rows pay-rows--close" tabindex=tabindex node_ref=place>{rows}</ul> {rest} }.into_any()
}

fn rest(next: String) -> AnyView {
    let (page, is_busy) = (RwSignal::new(None::<AuthorisationPage>), RwSignal::new(false));
    let (failed, client) = (RwSignal::new(None::<ApiError>), Client::here());
    let ask = Callback::new(move |()| {
        if is_busy.get_untracked() {
            return;
        }
        is_busy.set(true);
        failed.set(None);
        let (client, next) = (client.clone(), next.clone());
        spawn_local(async move {
            let answer = client.authorisations(Some(&next)).await;
            // the page may have been left
            _ = is_busy.try_set(false);
            match answer {
                Ok(more) => _ = page.try_set(Some(more)),
                Err(error) => _ = failed.try_set(Some(error)),
            }
        });
    });
    dynamic(move || {
        if let Some(page) = page.get() {
            return a_page(page, true);
        }
        let words = say(move |w| {
            let w = &w.account().profile;
            if is_busy.get() { w.more_loading } else { w.more }.to_owned()
        });
        let is_waiting = Signal::derive(move || is_busy.get().then_some("true"));
        view! {
            <Failure error=failed/>
            <p><button class="pay-button" type="button" aria-busy=is_waiting on:click=move |_| ask.run(())>{words}</button></p>
        }
        .into_any()
    })
}

fn row(given: AuthorisationEntry) -> AnyView {
    let (at, version, charged) = (given.at, given.version, given.charged);
    let session = CurrentSession::here();
    let when = say(move |w| {
        let amount = charged.map(|charged| format::money(w.locale, charged));
        let day = format::day(w.locale, at, session.time_zone());
        (w.account().profile.given)(amount.as_deref(), &day, version)
    });
    view! {
        <li>
            <details class="pay-more">
                <summary>{when}<Icon sign=Sign::Down/></summary>
                <p class="pay-quote" lang=given.locale.code()>{sentence(given.text)}</p>
                <p><a class="pay-link" href=href(Pay::Payment(given.payment))>{t(|w| w.account().profile.payment)}</a></p>
            </details>
        </li>
    }
    .into_any()
}
