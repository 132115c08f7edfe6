//! Where the letter leads: one press confirms the address. The press is the member's: programs that look into links of letters
//! follow them, and press nothing.

use crate::{
    api::Client,
    browser,
    error::ApiError,
    i18n::t,
    route::Route,
    session::{CurrentSession, Session},
    ui::{ButtonLink, Failure, Heading, live},
};
use contract::{account::LinkToken, refusal::RefusalCode};
use leptos::{prelude::*, task::spawn_local};

#[derive(Clone, Copy, PartialEq, Eq)]
enum Link {
    Here,
    /// The page was loaded anew, and what stood behind the `#` is gone.
    Lost,
    Used,
    Refused,
}

#[component]
pub fn ConfirmEmailPage() -> impl IntoView {
    let (client, session) = (Client::here(), CurrentSession::here());
    let (token, link) = (StoredValue::new(String::new()), RwSignal::new(Link::Here));
    let (answer, is_busy) = (RwSignal::new(None), RwSignal::new(false));
    let listening = StoredValue::new_local(None);
    browser::watch(move |_| {
        listening.set_value(browser::take_fragments(move |taken| {
            link.set(if taken.is_empty() { Link::Lost } else { Link::Here });
            token.set_value(taken);
        }));
    });
    let press = StoredValue::new(move || {
        if is_busy.get_untracked() {
            return;
        }
        is_busy.set(true);
        answer.set(None);
        let client = client.clone();
        spawn_local(async move {
            let confirmed = client.confirm_email(&LinkToken { token: token.get_value() }).await;
            is_busy.set(false);
            match confirmed {
                Ok(()) => {
                    link.set(Link::Used);
                    if let Ok(view) = client.session().await {
                        session.take_in(&view);
                    }
                }
                Err(error) if error.code() == Some(RefusalCode::LinkRefused) => link.set(Link::Refused),
                Err(error) => answer.set(Some(error)),
            }
        });
    });
    let shown = Memo::new(move |_| link.get());
    let body = live(move || {
        let (to, go) = if session.0.with(|session| matches!(session, Session::Member(..))) {
            (Route::Account, t(|w| w.shell.account))
        } else {
            (Route::SignIn, t(|w| w.account().sign_in.title))
        };
        match shown.get() {
            Link::Here => view! {
                <Heading words=t(|w| w.account().register.confirm_title)/>
                <p class="pay-lead">{t(|w| w.account().register.confirm_lead)}</p>
                <Failure error=Signal::derive(move || -> Option<ApiError> { answer.get() })/>
                <p class="pay-row">
                    <button class="pay-button pay-button--main" type="button" aria-busy=move || is_busy.get().then_some("true")
                        on:click=move |_| press.with_value(|press| press())>{t(|w| w.account().register.confirm)}</button>
                </p>
            }
            .into_any(),
            Link::Used => view! {
                <Heading words=t(|w| w.account().register.confirmed_title)/>
                <p class="pay-lead" role="status">{t(|w| w.account().register.confirmed)}</p>
                <p class="pay-row"><ButtonLink to words=go main=true/></p>
            }
            .into_any(),
            Link::Lost => view! {
                <Heading words=t(|w| w.account().sign_in.link_lost_title)/>
                <p class="pay-lead">{t(|w| w.account().sign_in.link_lost)}</p>
            }
            .into_any(),
            Link::Refused => view! {
                <Heading words=t(|w| w.account().register.link_refused_title)/>
                <p class="pay-lead">{t(|w| w.account().register.link_refused)}</p>
                <p class="pay-row"><ButtonLink to words=go main=true/></p>
            }
            .into_any(),
        }
    });
    view! { <div class="pay-signin">{body}</div> }
}
