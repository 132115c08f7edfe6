//! The active sessions on the security page: where somebody is signed in with this account, and ending one or all
//! others.

use super::SecurityQuery;
use crate::{
    api::Client,
    browser,
    error::ApiError,
    i18n::{format, say, t},
    ui::{Failure, Icon, Sign, dynamic, list},
};
use contract::account::SessionEntry;
use leptos::{html, prelude::*, task::spawn_local};

#[derive(Clone, Copy)]
struct SessionList {
    shown: SecurityQuery,
    /// One was ended.
    said: RwSignal<bool>,
    answer: RwSignal<Option<ApiError>>,
    /// Takes the focus when the button that had it is gone.
    title: NodeRef<html::H2>,
    client: StoredValue<Client>,
}

impl SessionList {
    fn new(shown: SecurityQuery) -> Self {
        Self {
            shown,
            said: RwSignal::new(false),
            answer: RwSignal::new(None),
            title: NodeRef::new(),
            client: StoredValue::new(Client::here()),
        }
    }

    fn end(self, id: String) {
        let client = self.client.get_value();
        spawn_local(async move { self.ended(client.end_session_of(&id).await) });
    }

    fn end_others(self) {
        let client = self.client.get_value();
        spawn_local(async move { self.ended(client.end_other_sessions().await) });
    }

    fn ended(self, answer: Result<(), ApiError>) {
        match answer {
            // one that has ended meanwhile is what was wanted
            Ok(()) | Err(ApiError::Missing) => {
                self.answer.set(None);
                self.said.set(true);
                if let Some(title) = self.title.try_get_untracked().flatten() {
                    browser::focus(title);
                }
                self.shown.refresh();
            }
            Err(error) => self.answer.set(Some(error)),
        }
    }
}

#[component]
pub fn Sessions(shown: SecurityQuery) -> impl IntoView {
    let own = SessionList::new(shown);
    let count = Memo::new(move |_| shown.of(|security| security.sessions.len()));
    let all = dynamic(move || {
        if count.get() > 1 {
            let end = move |_| own.end_others();
            view! { <p><button class="pay-button" type="button" on:click=end>{t(|w| w.account().security.end_others)}</button></p> }
                .into_any()
        } else {
            view! { <p class="pay-note">{t(|w| w.account().security.nowhere_else)}</p> }.into_any()
        }
    });
    let words = say(move |w| match (own.said.get(), count.get()) {
        (true, 1) => w.account().security.others_ended.to_owned(),
        (true, _) => w.account().security.one_ended.to_owned(),
        _ => String::new(),
    });
    let rows = dynamic(move || list(shown.of(|security| security.sessions.clone()), move |seen| row(own, seen)));
    view! {
        <section class="pay-sheet" aria-labelledby="sessions-title">
            <div class="pay-stack">
                <h2 id="sessions-title" tabindex="-1" node_ref=own.title>{t(|w| w.account().security.sessions)}</h2>
                <Failure error=own.answer/>
                <p class="pay-hidden" role="status">{words}</p>
                <ul class="pay-rows">{rows}</ul>
                {all}
            </div>
        </section>
    }
}

fn row(own: SessionList, seen: SessionEntry) -> AnyView {
    let (id, is_this, began, last) = (seen.id, seen.is_this, seen.created_at, seen.seen_at);
    let device =
        say(
            move |w| {
                if seen.device.is_empty() {
                    w.account().security.unknown_device.to_owned()
                } else {
                    seen.device.clone()
                }
            },
        );
    let when = say(move |w| {
        let zone = own.shown.of(|security| security.time_zone.clone());
        let moment = |at| format::moment(w.locale, at, &zone);
        (w.account().security.since)(&moment(began), &moment(last))
    });
    let act = if is_this {
        view! { <span class="pay-state" data-state="good"><Icon sign=Sign::Done/><span>{t(|w| w.account().security.this_one)}</span></span> }
            .into_any()
    } else {
        view! {
            <button class="pay-link" type="button" on:click=move |_| own.end(id.clone())>
                {t(|w| w.account().security.end)}
                <span class="pay-hidden">{say(move |w| (w.account().security.end_of)(&device.get()))}</span>
            </button>
        }
        .into_any()
    };
    view! {
        <li><div class="pay-rows__row"><div><b>{device}</b><small>{when}</small></div><div class="pay-rows__end">{act}</div></div></li>
    }
    .into_any()
}
