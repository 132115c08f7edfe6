//! A payment that took nothing, or came back: the next step that helps for this reason, and what was tried.
//! What was chosen is kept.

use super::{facts::fact, today};
use crate::{
    api::Client,
    billing::State,
    browser,
    i18n::{Pick, Text, format, say, t},
    navigation::href,
    pages::pay::checkout::Checkout,
    route::{Pay, Read, Records},
    ui::{ButtonLink, dynamic, list},
};
use contract::{
    Date,
    bill::{BillKind, BillList},
    payment::{DraftShare, Failure, Method, Payment, PaymentShare, PaymentState},
};
use leptos::{prelude::*, task::spawn_local};

/// What helps after a failure: the first is the main one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Step {
    /// The same card or account, typed once more.
    Retype,
    Again,
    Another,
    Less,
}

/// Another card does not help against our own trouble, and a smaller part only where there was too little.
fn steps(why: Failure, is_bank: bool) -> &'static [Step] {
    match why {
        Failure::InsufficientFunds if is_bank => &[Step::Less, Step::Another],
        Failure::InsufficientFunds | Failure::Declined => &[Step::Another, Step::Less],
        Failure::WrongSecurityCode | Failure::AccountNotFound => &[Step::Retype, Step::Another],
        Failure::CardExpired | Failure::AccountClosed | Failure::NotAuthorised | Failure::Stopped => &[Step::Another],
        Failure::ProcessingError => &[Step::Again, Step::Another],
    }
}

/// A saved card or account is charged by its token: nothing of it can be typed again.
fn helpful(why: Failure, is_bank: bool, is_saved: bool) -> impl Iterator<Item = Step> {
    steps(why, is_bank).iter().copied().filter(move |step| !is_saved || *step != Step::Retype)
}

impl Step {
    fn leads_to(self) -> Pay {
        if self == Self::Less { Pay::Amount } else { Pay::Method }
    }
    fn words(self, is_bank: bool) -> Pick {
        match self {
            Self::Retype if is_bank => |w| w.pay().outcome.retype_account,
            Self::Retype => |w| w.pay().outcome.retype_code,
            Self::Again => |w| w.pay().outcome.try_again,
            Self::Another => |w| w.pay().outcome.use_another,
            Self::Less => |w| w.pay().outcome.pay_less,
        }
    }
}

/// More about what helps, if there is more to say.
fn advice(why: Failure, is_bank: bool) -> Option<Pick> {
    match why {
        Failure::Declined if !is_bank => Some(|w| w.pay().outcome.ask_card_bank),
        Failure::Declined | Failure::NotAuthorised | Failure::Stopped => Some(|w| w.pay().outcome.ask_bank),
        Failure::InsufficientFunds => Some(|w| w.pay().outcome.another_day),
        Failure::ProcessingError => Some(|w| w.pay().outcome.not_your_bank),
        _ => None,
    }
}

/// `is_linked`: an e-mail's link was opened, so there is no visit, or one of other bills.
#[component]
pub fn WhatNow(payment: StoredValue<Payment>, is_linked: bool) -> impl IntoView {
    let (checkout, client) = (Checkout::here(), Client::here());
    let (why, is_bank) = payment.with_value(reason);
    let link = move |(at, step): (usize, Step)| {
        let class = if at == 0 { "pay-button pay-button--main" } else { "pay-button" };
        let client = client.clone();
        let choose = move |_| {
            payment.with_value(|payment| choose_again(checkout, &client, payment));
            if step == Step::Another {
                forget_card(checkout, &client);
            }
        };
        view! { <a class=class href=href(step.leads_to()) on:click=choose><span>{t(step.words(is_bank))}</span></a> }
            .into_any()
    };
    // after a reload the draft comes later
    let is_saved = Memo::new(move |_| checkout.draft.with(|draft| draft.saved_method.is_some()));
    let links = if is_linked {
        view! { <ButtonLink to=Pay::Find words=t(|w| w.pay().outcome.find_bill) main=true/> }.into_any()
    } else {
        dynamic(move || list(helpful(why, is_bank, is_saved.get()).enumerate(), link.clone()))
    };
    let advice = advice(why, is_bank).map(|words| view! { {t(words)} " " });
    let kept = (!is_linked).then(|| t(|w| w.pay().outcome.kept).into_any());
    view! {
        <section class="pay-stack">
            <h2>{t(|w| w.pay().outcome.what_you_can_do)}</h2>
            <div class="pay-row">{links}</div>
            <p>{advice}{kept}</p>
        </section>
    }
}

/// A deposit that took nothing: another card or account may make it.
#[component]
pub fn DepositAgain(payment: StoredValue<Payment>) -> impl IntoView {
    let (why, is_bank) = payment.with_value(reason);
    let advice = advice(why, is_bank).map(|words| view! { <p>{t(words)}</p> });
    view! {
        <section class="pay-stack" data-print="no">
            <h2>{t(|w| w.pay().outcome.what_you_can_do)}</h2>
            <div class="pay-row"><ButtonLink to=Records::Balance words=t(|w| w.pay().outcome.use_another) main=true/></div>
            {advice}
        </section>
    }
}

/// Why, and whether a bank account was to be debited.
fn reason(payment: &Payment) -> (Failure, bool) {
    (payment.failure.unwrap_or(Failure::ProcessingError), matches!(payment.method, Method::Bank { .. }))
}

/// The same bills and amounts are chosen, where nothing else is: days later, when a debit comes back, no draft has
/// them.
fn choose_again(checkout: Checkout, client: &Client, payment: &Payment) {
    // after a reload the draft is with the server, and the next page asks for it
    let is_elsewhere = !checkout.is_restored.get_untracked();
    let is_kept = checkout.is_chosen.get_untracked() && checkout.draft.with_untracked(|draft| !draft.shares.is_empty());
    if payment.state == PaymentState::Failed && (is_kept || is_elsewhere) {
        return;
    }
    checkout.edit(|draft| draft.shares = payment.shares.iter().map(share_again).collect());
    let client = client.clone();
    spawn_local(async move { _ = checkout.keep(&client).await });
}

/// The card whose security code was wrong, where another is to be used.
fn forget_card(checkout: Checkout, client: &Client) {
    if checkout.use_another() {
        let client = client.clone();
        spawn_local(async move { _ = checkout.keep(&client).await });
    }
}

/// All of a bill is chosen as all of it.
fn share_again(share: &PaymentShare) -> DraftShare {
    let part = (share.amount != share.leaves).then(|| share.amount.to_string());
    DraftShare { bill: share.bill.clone(), part, paid_before: None }
}

#[component]
pub fn TriedFacts(payment: StoredValue<Payment>, is_linked: bool) -> impl IntoView {
    let payment = payment.get_value();
    let (charged, owed, state) = (payment.charged, payment.owed_now, payment.state);
    let (at, zone) = (payment.created_at, payment.time_zone.clone());
    let since = payment.events.iter().rev().find(|event| event.state == state).map(|event| event.at);
    let note = match since {
        _ if state == PaymentState::Failed => Some(t(|w| w.pay().outcome.final_note)),
        Some(since) => Some({
            let zone = zone.clone();
            say(move |w| format::moment(w.locale, since, &zone))
        }),
        None => None,
    };
    let note = note.map(|note| view! { <small>{note}</small> });
    view! {
        <dl class="pay-facts">
            {fact(
                t(|w| w.pay().outcome.tried),
                say(move |w| format::money(w.locale, charged)),
                Some(say(move |w| format::moment(w.locale, at, &zone))),
            )}
            <div>
                <dt>{t(|w| w.pay().outcome.state)}</dt>
                <dd><State state/>{note}</dd>
            </div>
            {fact(t(|w| w.pay().outcome.you_owe), say(move |w| format::money(w.locale, owed)), (!is_linked).then(|| first_due(&payment)))}
            {fact(t(|w| w.pay().outcome.reference), Text::stored(payment.reference), Some(t(|w| w.pay().outcome.reference_note)))}
        </dl>
        <p class="pay-row">
            <a class="pay-link" href=href(Read::Help)>{t(|w| w.pay().outcome.help)}</a>
            <a class="pay-link" href=href(Read::Coupon)>{t(|w| w.pay().outcome.by_mail)}</a>
        </p>
    }
}

/// What is owed is the sum of all bills, so the day is the first of theirs; empty until they are here.
fn first_due(payment: &Payment) -> Text {
    let (client, today) = (Client::here(), today(payment));
    // of somebody else only these bills are known
    let others = payment.shares.iter().filter(|share| share.kind == BillKind::Household).map(|share| share.due).min();
    let first = RwSignal::new(others);
    browser::effect(move |_| {
        if others.is_some() {
            return;
        }
        let client = client.clone();
        spawn_local(async move {
            if let Ok(bills) = client.bills(None).await {
                _ = first.try_set(earliest(&bills));
            }
        });
    });
    say(move |w| {
        let words = |day| (w.pay().outcome.first_due)(&format::short_date(w.locale, day), day < today);
        first.get().map(words).unwrap_or_default()
    })
}

fn earliest(bills: &BillList) -> Option<Date> {
    bills.bills.iter().map(|bill| bill.due).min()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::i18n::words;
    use contract::{Locale, Money};

    const ALL: [Failure; 9] = [
        Failure::Declined,
        Failure::InsufficientFunds,
        Failure::CardExpired,
        Failure::WrongSecurityCode,
        Failure::AccountClosed,
        Failure::AccountNotFound,
        Failure::NotAuthorised,
        Failure::Stopped,
        Failure::ProcessingError,
    ];

    fn said(why: Failure, is_bank: bool) -> String {
        let w = words(Locale::En);
        let steps = steps(why, is_bank).iter().map(|step| step.words(is_bank)(w));
        let advice = advice(why, is_bank).map(|words| words(w));
        steps.chain(advice).collect::<Vec<_>>().join(" | ")
    }

    #[test]
    fn each_reason_is_answered_by_what_helps_against_it() {
        for (why, first) in [
            (Failure::WrongSecurityCode, Step::Retype),
            (Failure::CardExpired, Step::Another),
            (Failure::ProcessingError, Step::Again),
        ] {
            assert_eq!(steps(why, false)[0], first, "{why:?}");
            assert!(!steps(why, false).contains(&Step::Less), "a smaller part does not help: {why:?}");
        }
        assert_eq!(steps(Failure::InsufficientFunds, true), [Step::Less, Step::Another]);
        for why in ALL {
            assert!(!said(why, true).contains("the back of your card"), "an account has no card: {why:?}");
            assert_eq!(said(why, false).contains("the back of your card"), why == Failure::Declined, "{why:?}");
        }
        assert!(!said(Failure::ProcessingError, false).contains("refused"));
    }

    #[test]
    fn nothing_of_a_saved_card_or_account_is_to_be_typed_again() {
        for (why, is_bank) in [(Failure::WrongSecurityCode, false), (Failure::AccountNotFound, true)] {
            assert_eq!(helpful(why, is_bank, false).next(), Some(Step::Retype));
            assert_eq!(helpful(why, is_bank, true).collect::<Vec<_>>(), [Step::Another]);
        }
    }

    #[test]
    fn what_came_back_is_chosen_again_with_its_amount() {
        let money = |text| Money::parse(text).unwrap();
        let share = |amount, leaves| PaymentShare {
            bill: "surgery".into(),
            kind: BillKind::Hospital,
            patient: String::new(),
            amount: money(amount),
            leaves: money(leaves),
            due: Date::parse("2026-12-20").unwrap(),
            lines: Vec::new(),
        };
        assert_eq!(share_again(&share("150.00", "1150.00")).part.as_deref(), Some("150.00"));
        assert_eq!(share_again(&share("64.10", "64.10")).part, None);
    }
}
