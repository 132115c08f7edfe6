//! What is said when the server could not be asked, or would not: one notice, in the page's own place for it, focused when it
//! appears after something the member did (on a phone it may be out of sight).

use super::{Notice, NoticeKind};
use crate::{
    browser,
    config::Deployment,
    error::ApiError,
    i18n::{Text, Words, say, t},
};
use leptos::{html, prelude::*};

/// `error` with nothing in it shows nothing. `words` replaces the usual words for the errors it answers for.
#[component]
pub fn Failure(
    #[prop(into)] error: Signal<Option<ApiError>>,
    #[prop(optional)] words: Option<fn(&'static Words, &ApiError, phone: &str) -> Option<(String, String)>>,
    /// Shows a button that tries again.
    #[prop(optional)]
    on_retry: Option<Callback<()>>,
) -> impl IntoView {
    let deployment = Deployment::here();
    let place = NodeRef::<html::Div>::new();
    Effect::new(move |before: Option<bool>| {
        let is_shown = error.with(Option::is_some);
        if before == Some(false) && is_shown {
            if let Some(place) = place.get_untracked() {
                browser::focus_and_show(place);
            }
        }
        is_shown
    });
    let said = move |part: fn((String, String)) -> String| -> Text {
        say(move |w| {
            let phone = deployment.contacts().billing_phone;
            let pair = error.with(|error| {
                let error = error.as_ref()?;
                words.and_then(|words| words(w, error, &phone)).or_else(|| Some(usual(w, error, &phone)))
            });
            pair.map(part).unwrap_or_default()
        })
    };
    let (title, text) = (said(|pair| pair.0), said(|pair| pair.1));
    let kind = Memo::new(move |_| {
        error.with(|error| match error {
            Some(ApiError::Refused(_) | ApiError::Faulty | ApiError::Forbidden) => NoticeKind::Bad,
            _ => NoticeKind::Warn,
        })
    });
    let retry = move || {
        on_retry.map(|on_retry| {
            let again = move |_| on_retry.run(());
            view! { <p><button class="pay-link" type="button" on:click=again>{t(|w| w.shell.try_again)}</button></p> }
        })
    };
    let shown = Memo::new(move |_| error.with(Option::is_some));
    view! {
        <div role="alert" tabindex="-1" class="pay-live" node_ref=place>
            {move || shown.get().then(|| view! { <Notice kind=kind.get() title words=text>{retry()}</Notice> })}
        </div>
    }
}

/// Title and sentence.
fn usual(w: &'static Words, error: &ApiError, phone: &str) -> (String, String) {
    let w = &w.shell;
    match error {
        ApiError::Offline => (w.offline_title.to_owned(), w.offline.to_owned()),
        ApiError::TimedOut => (w.timed_out_title.to_owned(), w.timed_out.to_owned()),
        ApiError::SignedOut => (w.signed_out_title.to_owned(), w.signed_out.to_owned()),
        ApiError::Busy(seconds) => (w.busy_title.to_owned(), (w.busy)(minutes(*seconds))),
        ApiError::Missing => (w.not_found_title.to_owned(), w.not_found_lead.to_owned()),
        ApiError::Forbidden | ApiError::Refused(_) | ApiError::Faulty => (w.faulty_title.to_owned(), (w.faulty)(phone)),
    }
}

/// Rounded up: whoever comes back then is not sent away again.
fn minutes(seconds: u32) -> u32 {
    seconds.div_ceil(60).max(1)
}
