//! The notice on the review after an attempt that certainly took no money: that first, then why, then what to do. It is
//! shown only for this server's response to this very order; `checking` handles everything that leaves doubt.

use super::{Review, Unready};
use crate::{
    api::Client,
    browser,
    config::Deployment,
    error::ApiError,
    i18n::{Language, ReviewWords, Text, Words},
    navigation::href,
    pages::pay::{
        amount::in_between,
        checkout::{Checkout, Lost, choice},
    },
    route::Pay,
    session::CurrentSession,
    ui::{Notice, NoticeKind, dynamic, minutes},
};
use contract::problem_details::ErrorCode;
use leptos::{html, prelude::*, task::spawn_local};

#[component]
pub fn NothingTaken(checkout: Checkout, ready: Memo<Result<Review, Unready>>) -> impl IntoView {
    let place = NodeRef::<html::Div>::new();
    let (language, deployment) = (Language::here(), Deployment::here());
    let is_shown = Memo::new(move |_| checkout.error.with(Option::is_some) || checkout.never_arrived.get().is_some());
    browser::effect(move |_| {
        if let (true, Some(place)) = (is_shown.get(), place.get()) {
            browser::focus_and_show(place);
        }
    });
    let notice = move || {
        let w = &language.words().pay().review;
        let said = |title: &str, words: &str, link: Option<AnyView>| {
            let (title, words) = (Text::stored(title.to_owned()), Text::stored(words.to_owned()));
            view! { <Notice kind=NoticeKind::Warn title words>{link}</Notice> }.into_any()
        };
        let link = |step: Pay, words: &str| {
            Some(view! { <p><a class="pay-link" href=href(step)>{format!("{}{words}", w.change)}</a></p> }.into_any())
        };
        let amount = || link(Pay::Amount, w.change_what[1]);
        let method = || link(Pay::Method, w.change_what[2]);
        match checkout.never_arrived.get() {
            Some(Lost::Ours) => return said(w.nothing_taken, w.never_arrived, None),
            Some(Lost::OfBefore) => return said(w.not_from_before_title, w.not_from_before, None),
            None => {}
        }
        let Some(error) = checkout.error.get() else { return ().into_any() };
        match error.code() {
            Some(ErrorCode::JustPaid | ErrorCode::OverBalance) if is_too_late(checkout, ready) => {
                said(w.nothing_taken, w.paid_meanwhile, Some(what_is_left(checkout, w)))
            }
            Some(ErrorCode::JustPaid) => said(w.nothing_taken, w.just_paid, None),
            Some(ErrorCode::OverBalance) => said(w.nothing_taken, w.over_balance, amount()),
            Some(ErrorCode::OrderRefused) => match email_problem(language.words(), &error) {
                Some(words) => said(w.nothing_taken, &words, link(Pay::Method, w.change_what[3])),
                None if is_of(&error, "from_balance") => said(w.nothing_taken, w.balance_refused, method()),
                None => said(w.nothing_taken, w.not_together, amount()),
            },
            Some(ErrorCode::TokenRefused) if is_of(&error, "saved_method") => {
                said(w.nothing_taken, w.saved_refused, method())
            }
            Some(ErrorCode::TokenRefused) => said(w.nothing_taken, w.token_refused, method()),
            Some(ErrorCode::BrandNotAccepted) => said(w.nothing_taken, w.brand_refused, method()),
            Some(ErrorCode::TermsChanged) => said(w.nothing_taken, w.terms_changed, None),
            Some(ErrorCode::TooLate) => said(w.nothing_taken, w.too_late, None),
            _ => match error {
                ApiError::SignedOut => {
                    let find = view! { <p><a class="pay-link" href=href(Pay::Find)>{w.find_again}</a></p> };
                    said(language.words().failure().signed_out_title, w.not_sent, Some(find.into_any()))
                }
                ApiError::Busy(seconds) => {
                    let words = (w.too_many)(minutes(seconds), &deployment.contacts().billing_phone);
                    said(w.nothing_taken, &words, None)
                }
                _ => said(w.nothing_taken, w.try_later, None),
            },
        }
    };
    view! { <div role="alert" tabindex="-1" class="pay-live" node_ref=place>{dynamic(notice)}</div> }
}

/// What is wrong with the e-mail address, if the order was refused for it. Its field is on the step before.
fn email_problem(w: &'static Words, error: &ApiError) -> Option<String> {
    let ApiError::Refused(details) = error else { return None };
    let wrong = details.errors.iter().find(|error| error.field == "email")?;
    Some((w.fields().email)(w.pay().method.email, wrong.problem))
}

/// A saved method has expired, or was removed; a balance has less.
fn is_of(error: &ApiError, field: &str) -> bool {
    matches!(error, ApiError::Refused(details) if details.errors.iter().any(|error| error.field == field))
}

/// Not all of what was chosen can be paid any more. Tracks.
fn is_too_late(checkout: Checkout, ready: Memo<Result<Review, Unready>>) -> bool {
    !checkout.gone.with(Vec::is_empty) || ready.with(|ready| *ready == Err(Unready::Lacks(Pay::Amount)))
}

/// The payment that came in between, and the way to what is owed now.
fn what_is_left(checkout: Checkout, w: &'static ReviewWords) -> AnyView {
    let mut bills = checkout.gone.get();
    // of a bill that can be paid still, but not so much of it
    let shares = checkout.bill_list().map(|list| checkout.draft.with(|draft| choice::shares(&list, draft, 0)));
    let over = shares.unwrap_or_default().into_iter().filter(|share| share.amount.is_err());
    bills.extend(over.map(|share| share.bill.id));
    let paid = in_between(checkout, &bills);
    view! {
        {paid.map(|paid| view! { <p>{paid}</p> })}
        <p><a class="pay-link" href=href(Pay::Amount)>{w.what_you_owe}</a></p>
    }
    .into_any()
}

/// An order that was refused because the day or the bills changed needs fresh bills; one that came too late, the
/// server's time. And whose session it is now is asked after every error response: bills and a token that it does not
/// have are another tab's.
pub fn refresh_after_error(checkout: Checkout, session: CurrentSession, client: Client) {
    browser::effect(move |is_first| {
        let Some(code) = checkout.error.with(|error| error.as_ref().and_then(ApiError::code)) else { return };
        let is_stale = matches!(
            code,
            ErrorCode::OverBalance | ErrorCode::OrderRefused | ErrorCode::TermsChanged | ErrorCode::JustPaid
        );
        if !is_first && is_stale {
            checkout.fetch(client.clone());
        }
        let client = client.clone();
        spawn_local(async move {
            if let Ok(view) = client.session().await {
                session.accept(&view);
            }
            if code == ErrorCode::TokenRefused {
                checkout.draft.update(|draft| (draft.token, draft.saved_method, draft.key) = (None, None, None));
            }
        });
    });
}
