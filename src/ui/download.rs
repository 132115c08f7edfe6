//! A link to a file. The app asks for it, so that the page says in words when there is none; the browser saves it.

use super::{Failure, dynamic, minutes};
use crate::{
    error::ApiError,
    fetched::FileOffer,
    i18n::{Words, t},
    navigation::Navigation,
    route::{Enter, Route},
};
use leptos::{ev::MouseEvent, prelude::*};

/// In another tab or window the link is the browser's, as any.
pub fn download(file: FileOffer, class: &'static str, inner: AnyView) -> AnyView {
    let is_busy = Signal::derive(move || file.is_asked.get().then_some("true"));
    let follow = move |event: MouseEvent| {
        if !(event.ctrl_key() || event.meta_key() || event.shift_key() || event.alt_key()) {
            event.prevent_default();
            file.ask.run(());
        }
    };
    view! { <a class=class href=file.address download="" rel="external" aria-busy=is_busy on:click=follow>{inner}</a> }
        .into_any()
}

/// Why one of these files was not made, and the way to sign in and back where the session has ended.
pub fn not_made(files: Vec<FileOffer>) -> AnyView {
    let navigation = Navigation::here();
    let error = Signal::derive(move || files.iter().find_map(|file| file.failed.get()));
    let sign_in = dynamic(move || {
        let is_over = matches!(error.get(), Some(ApiError::SignedOut | ApiError::NoCookies));
        let Some(here) = navigation.route().filter(|route| is_over && Route::is_of_member(route)) else {
            return ().into_any();
        };
        let there = navigation.through(Enter::SignIn, here, &navigation.address_here());
        // loaded anew: nothing of the session that ended is kept
        view! { <p><a class="pay-link" href=there rel="external">{t(|w| w.shell.sign_in)}</a></p> }.into_any()
    });
    view! { <div data-print="no"><Failure error words=file_words/>{sign_in}</div> }.into_any()
}

fn file_words(w: &'static Words, error: &ApiError, phone: &str) -> Option<(String, String)> {
    let (shell, w) = (&w.shell, w.failure());
    let why = match error {
        ApiError::Offline => shell.offline.to_owned(),
        ApiError::SignedOut | ApiError::NoCookies => w.signed_out.to_owned(),
        ApiError::Busy(seconds) => (w.unread_busy)(minutes(*seconds)),
        _ => (w.unread)(phone),
    };
    Some((w.no_file.to_owned(), why))
}
