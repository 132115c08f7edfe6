//! The error notice for a failed request: one per page, at the page's own place for it. It takes the focus when it
//! appears after an action of the member (on a phone it may be out of sight).

use super::{Notice, NoticeKind, dynamic};
use crate::{
    browser,
    config::Deployment,
    error::ApiError,
    i18n::{Language, Text, Words, t},
};
use leptos::{html, prelude::*};

/// Title and sentence for an error, of a page's own; `None` leaves it to the usual ones.
type OwnWords = fn(&'static Words, &ApiError, phone: &str) -> Option<(String, String)>;

/// `error` with nothing in it shows nothing. `words` replaces the usual words for the errors it answers for.
#[component]
pub fn Failure(
    #[prop(into)] error: Signal<Option<ApiError>>,
    #[prop(optional)] words: Option<OwnWords>,
    /// Shows a button that tries again.
    #[prop(optional)]
    on_retry: Option<Callback<()>>,
) -> impl IntoView {
    let (deployment, language) = (Deployment::here(), Language::here());
    let place = NodeRef::<html::Div>::new();
    let mut was_shown = true;
    browser::effect(move |_| {
        let is_shown = error.with(Option::is_some);
        if let Some(place) = place.get_untracked().filter(|_| is_shown && !was_shown) {
            browser::focus_and_show(place);
        }
        was_shown = is_shown;
    });
    let notice = move || {
        let Some(error) = error.get() else { return ().into_any() };
        let (w, phone) = (language.words(), deployment.contacts().billing_phone);
        let own = words.and_then(|words| words(w, &error, &phone));
        let (title, text) = own.unwrap_or_else(|| usual_words(w, &error, &phone));
        let kind = match error {
            ApiError::Missing | ApiError::Refused(_) | ApiError::Faulty | ApiError::Forbidden => NoticeKind::Bad,
            _ => NoticeKind::Warn,
        };
        let retry = on_retry.map(|on_retry| {
            let again = move |_| on_retry.run(());
            view! { <p><button class="pay-link" type="button" on:click=again>{t(|w| w.shell.try_again)}</button></p> }
        });
        view! { <Notice kind title=Text::stored(title) words=Text::stored(text)>{retry}</Notice> }.into_any()
    };
    view! { <div role="alert" tabindex="-1" class="pay-live" node_ref=place>{dynamic(notice)}</div> }
}

/// Title and sentence for an error where a page has none of its own.
pub fn usual_words(w: &'static Words, error: &ApiError, phone: &str) -> (String, String) {
    let shell = &w.shell;
    let w = w.failure();
    match error {
        ApiError::Offline => (shell.offline_title.to_owned(), shell.offline.to_owned()),
        ApiError::TimedOut => (w.timed_out_title.to_owned(), w.timed_out.to_owned()),
        ApiError::SignedOut => (w.signed_out_title.to_owned(), w.signed_out.to_owned()),
        ApiError::NoCookies => (w.no_cookies_title.to_owned(), (w.no_cookies)(phone)),
        ApiError::Busy(seconds) => (w.busy_title.to_owned(), (w.busy)(minutes(*seconds))),
        // not "this page does not exist": the page is there, what it asked for is not
        ApiError::Missing | ApiError::Forbidden | ApiError::Refused(_) | ApiError::Faulty => {
            (w.faulty_title.to_owned(), (w.faulty)(phone))
        }
    }
}

/// For what was only read, where nothing is typed.
pub fn reading_words(w: &'static Words, error: &ApiError, phone: &str) -> Option<(String, String)> {
    let w = w.failure();
    let (title, text) = match error {
        ApiError::Offline | ApiError::SignedOut | ApiError::NoCookies => return None,
        ApiError::TimedOut => (w.timed_out_title, (w.unread)(phone)),
        ApiError::Busy(seconds) => (w.unread_title, (w.unread_busy)(minutes(*seconds))),
        ApiError::Missing | ApiError::Forbidden | ApiError::Refused(_) | ApiError::Faulty => {
            (w.unread_title, (w.unread)(phone))
        }
    };
    Some((title.to_owned(), text))
}

/// Rounded up, so that a retry after that time is not rejected again.
pub fn minutes(seconds: u32) -> usize {
    seconds.div_ceil(60).max(1) as usize
}
