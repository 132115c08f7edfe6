//! The receipt that the link of an e-mail opens, months later and without a session. The secret behind the `#` is
//! taken out of the address at once and held in memory only, also while another page of the app is shown; it opens
//! this receipt and nothing else, and here it can be ended.

use super::{kept::PrintAndSave, outcome};
use crate::{
    api::Client,
    browser,
    error::ApiError,
    i18n::t,
    ui::{Failure, Heading, Waiting, dynamic},
};
use contract::{payment::Payment, problem_details::ErrorCode};
use leptos::{prelude::*, task::spawn_local};

/// Context: the secret of the link that was opened last.
#[derive(Clone, Copy, Default)]
pub struct LinkSecret(StoredValue<String>);

#[derive(Clone, PartialEq)]
enum Link {
    Waiting,
    Opened(Box<Payment>),
    /// The page was loaded again, and the secret is gone with what was there.
    Lost,
    /// It is too old, was ended, or is no link of this app.
    Refused,
    /// Ended here.
    Ended,
    Unanswered(ApiError),
}

#[component]
pub fn LinkedReceiptPage() -> impl IntoView {
    let (LinkSecret(secret), link) = (use_context().unwrap_or_default(), RwSignal::new(Link::Waiting));
    let (client, listening) = (Client::here(), StoredValue::new_local(None));
    browser::effect(move |_| {
        let client = client.clone();
        listening.set_value(browser::take_fragments(move |taken| {
            // back from another page, such as the regions, the address has it no more
            if !taken.is_empty() {
                secret.set_value(taken);
            }
            if secret.with_value(String::is_empty) { link.set(Link::Lost) } else { open(&client, secret, link) }
        }));
    });
    let shown = Memo::new(move |_| link.get());
    dynamic(move || match shown.get() {
        Link::Waiting => view! {
            <div class="pay-receipt">
                <h1 class="pay-hidden" tabindex="-1">{t(|w| w.pay().outcome.receipt_title)}</h1>
                <Waiting rows=5/>
            </div>
        }
        .into_any(),
        Link::Opened(payment) => outcome(*payment, Some((secret, Callback::new(move |()| link.set(Link::Ended))))),
        Link::Lost => told(|w| w.pay().outcome.link_lost_title, |w| w.pay().outcome.link_lost),
        Link::Refused => told(|w| w.pay().outcome.link_refused_title, |w| w.pay().outcome.link_refused),
        Link::Ended => told(|w| w.pay().outcome.link_ended_title, |w| w.pay().outcome.link_ended),
        Link::Unanswered(error) => unanswered(error, secret, link),
    })
}

fn open(client: &Client, secret: StoredValue<String>, link: RwSignal<Link>) {
    let client = client.clone();
    link.set(Link::Waiting);
    spawn_local(async move {
        link.set(match client.open_receipt(&secret.get_value()).await {
            Ok(payment) => Link::Opened(Box::new(payment)),
            Err(error) if error.code() == Some(ErrorCode::LinkRefused) => Link::Refused,
            Err(error) => Link::Unanswered(error),
        });
    });
}

fn told(title: crate::i18n::Pick, words: crate::i18n::Pick) -> AnyView {
    view! {
        <div class="pay-receipt">
            <Heading words=t(title)/>
            <p class="pay-lead" role="status">{t(words)}</p>
        </div>
    }
    .into_any()
}

fn unanswered(error: ApiError, secret: StoredValue<String>, link: RwSignal<Link>) -> AnyView {
    let (client, error) = (Client::here(), Signal::stored(Some(error)));
    let retry = Callback::new(move |()| open(&client, secret, link));
    view! {
        <div class="pay-receipt"><Heading words=t(|w| w.pay().outcome.receipt_title)/><Failure error on_retry=retry/></div>
    }
    .into_any()
}

/// Who came by a link: its secret, and what is done once it has been ended.
pub(super) type ByLink = (StoredValue<String>, Callback<()>);

/// Keeping the receipt on paper and as a file, and ending the link.
#[component]
pub(super) fn KeepLinked(payment: StoredValue<Payment>, by: ByLink) -> impl IntoView {
    let client = Client::here();
    let file = payment.with_value(|payment| client.linked_receipt_address(&payment.id));
    let (secret, on_end) = by;
    let (error, is_busy) = (RwSignal::new(None), RwSignal::new(false));
    let end = move |_| {
        if is_busy.get_untracked() {
            return;
        }
        is_busy.set(true);
        let (client, secret) = (client.clone(), secret.get_value());
        spawn_local(async move {
            match client.end_receipt_link(&secret).await {
                // the page may be gone
                Ok(()) => _ = on_end.try_run(()),
                Err(failed) => error.set(Some(failed)),
            }
            is_busy.set(false);
        });
    };
    view! {
        <PrintAndSave file>
            <button class="pay-button" type="button" on:click=end>{t(|w| w.pay().outcome.end_link)}</button>
        </PrintAndSave>
        <p class="pay-note" data-print="no">{t(|w| w.pay().outcome.link_note)}</p>
        <Failure error=error/>
    }
}
