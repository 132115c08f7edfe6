//! The authorisations to keep a card or bank account: each can be revoked, and what that does is said before.

use super::AuthorisationQuery;
use crate::{
    api::Client,
    browser,
    error::ApiError,
    fetched::Fetched,
    i18n::{format, say, sentence, t},
    session::CurrentSession,
    ui::{Failure, Icon, Sign, dynamic, list},
};
use contract::member_profile::StandingAuthorisation;
use leptos::{html, prelude::*, task::spawn_local};

/// What the rows share.
#[derive(Clone, Copy)]
struct Standing {
    given: AuthorisationQuery,
    was_revoked: RwSignal<bool>,
    /// The one that is asked about.
    open: RwSignal<Option<String>>,
    is_busy: RwSignal<bool>,
    failed: RwSignal<Option<ApiError>>,
}

pub fn rows(given: AuthorisationQuery, was_revoked: RwSignal<bool>, all: Vec<StandingAuthorisation>) -> AnyView {
    let own = Standing {
        given,
        was_revoked,
        open: RwSignal::new(None),
        is_busy: RwSignal::new(false),
        failed: RwSignal::new(None),
    };
    view! {
        <Failure error=own.failed/>
        <ul class="pay-rows pay-rows--close">{list(all, move |one| row(own, one))}</ul>
    }
    .into_any()
}

fn row(own: Standing, one: StandingAuthorisation) -> AnyView {
    let session = CurrentSession::here();
    let StandingAuthorisation { id, method, given, revoked_at } = one;
    let (at, version) = (given.at, given.version);
    let when = say(move |w| {
        let day = |at| format::day(w.locale, at, session.time_zone());
        let given = (w.account().profile.given)(Some(&(w.pay().method.known)(&method)), &day(at), version);
        revoked_at.map(|at| format!("{given} · {}", (w.account().profile.revoked)(&day(at)))).unwrap_or(given)
    });
    let summary = NodeRef::<html::Summary>::new();
    let act = revoked_at.is_none().then(|| {
        let is_open = {
            let id = id.clone();
            Memo::new(move |_| own.open.with(|open| open.as_ref() == Some(&id)))
        };
        browser::focus_when_closed(move || is_open.get(), move || summary.get_untracked());
        dynamic(move || if is_open.get() { asks(own, id.clone()) } else { button(own, id.clone()) })
    });
    view! {
        <li>
            <details class="pay-more">
                <summary node_ref=summary>{when}<Icon sign=Sign::Down/></summary>
                <p class="pay-quote" lang=given.locale.code()>{sentence(given.text)}</p>
                {act}
            </details>
        </li>
    }
    .into_any()
}

fn button(own: Standing, id: String) -> AnyView {
    let press = move |_| own.open.set(Some(id.clone()));
    view! { <p><button class="pay-link" type="button" on:click=press>{t(|w| w.account().profile.revoke_it)}</button></p> }
        .into_any()
}

fn asks(own: Standing, id: String) -> AnyView {
    let place = NodeRef::<html::Div>::new();
    browser::effect(move |_| {
        if let Some(place) = place.get() {
            browser::focus_and_show(place);
        }
    });
    let client = StoredValue::new(Client::here());
    let press = move |_| {
        if own.is_busy.get_untracked() {
            return;
        }
        own.is_busy.set(true);
        own.failed.set(None);
        let (client, id) = (client.get_value(), id.clone());
        spawn_local(async move {
            let answer = client.revoke_authorisation(&id).await;
            // the page may have been left
            if own.is_busy.try_set(false).is_some() {
                return;
            }
            match answer {
                Ok(page) => {
                    own.was_revoked.set(true);
                    own.given.answered(Fetched::Here(page));
                }
                Err(error) => own.failed.set(Some(error)),
            }
        });
    };
    let is_waiting = Signal::derive(move || own.is_busy.get().then_some("true"));
    view! {
        <div class="pay-quote" role="group" tabindex="-1" aria-labelledby="revoke-note" node_ref=place>
            <p id="revoke-note">{t(|w| w.account().profile.revoke_note)}</p>
            <p class="pay-row">
                <button class="pay-button" type="button" aria-busy=is_waiting on:click=press>{t(|w| w.account().profile.revoke_it)}</button>
                <button class="pay-link" type="button" on:click=move |_| own.open.set(None)>{t(|w| w.account().methods.keep)}</button>
            </p>
        </div>
    }
    .into_any()
}
