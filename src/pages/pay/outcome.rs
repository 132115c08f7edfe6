//! The outcome page of one payment, at an address of its own: receipt, on its way, failed, returned. It needs the
//! payer's session; anybody else is told how to get there.

pub mod by_link;
mod deposit;
mod facts;
mod failed;
mod kept;
mod links;
mod parts;
mod progress;
mod still_owed;
mod visit;

use super::{
    amount::big_sum,
    checkout::Checkout,
    receipt::{Authorised, Lines},
};
use crate::{
    api::Client,
    browser,
    error::ApiError,
    fetched::Fetched,
    i18n::{Pick, Text, Words, format, say, t},
    navigation::href,
    route::{Account, Enter},
    session::{CurrentSession, Session},
    ui::{Icon, Notice, Sign, Waiting, dynamic, list, page_heading},
};
use by_link::{ByLink, KeepLinked};
use contract::{
    Date,
    payment::{Failure as Why, Payment, PaymentState, Phase},
};
use deposit::DepositFacts;
use facts::PaidFacts;
use failed::{DepositAgain, TriedFacts, WhatNow};
use gloo_timers::future::TimeoutFuture;
use kept::Keep;
use leptos::{prelude::*, task::spawn_local};
use links::Links;
use parts::order_parts;
use progress::Progress;
use still_owed::still_owed;
use visit::{end_visit, not_here};

/// How often a payment that is on its way is asked about.
const AGAIN_MILLIS: u32 = 20_000;

#[component]
pub fn PaymentPage(id: String) -> impl IntoView {
    let fetched = Fetched::at_first();
    fetch(fetched, id.clone());
    let shown = Memo::new(move |_| fetched.get());
    dynamic(move || match shown.get() {
        Fetched::Waiting => view! {
            <div class="pay-receipt">
                <h1 class="pay-hidden" tabindex="-1">{t(|w| w.pay().outcome.receipt_title)}</h1>
                <Waiting rows=5/>
            </div>
        }
        .into_any(),
        Fetched::Here(payment) => outcome(payment, None),
        Fetched::Failed(error) => not_here(error, &id),
    })
}

/// Once the session is known; and now and then while the payment is on its way.
fn fetch(fetched: RwSignal<Fetched<Payment>>, id: String) {
    let (session, client, checkout) = (CurrentSession::here(), Client::here(), Checkout::here());
    let ask = move || {
        let (client, id) = (client.clone(), id.clone());
        spawn_local(async move {
            match client.payment(&id).await {
                Ok(payment) => {
                    settle_draft(checkout, &client, &payment);
                    fetched.set(Fetched::Here(payment));
                }
                // what is shown stays while the connection is gone; the page may have been left
                Err(error) if fetched.try_with_untracked(Fetched::is_here) == Some(false) => {
                    fetched.set(Fetched::Failed(error))
                }
                Err(_) => {}
            }
        });
    };
    browser::effect({
        let ask = ask.clone();
        move |_| match session.get() {
            Session::Restoring => {}
            Session::Guest | Session::PendingSecondFactor(_) => fetched.set(Fetched::Failed(ApiError::SignedOut)),
            _ => ask(),
        }
    });
    browser::effect(move |_| {
        let ask = ask.clone();
        spawn_local(async move {
            loop {
                TimeoutFuture::new(AGAIN_MILLIS).await;
                let is_on_its_way =
                    |fetched: &Fetched<Payment>| fetched.value().is_some_and(|payment| !payment.is_final);
                match fetched.try_with_untracked(is_on_its_way) {
                    Some(true) => ask(),
                    Some(false) => {}
                    // the page was left
                    None => return,
                }
            }
        });
    });
}

/// The attempt is over. What was chosen is kept only when it can be tried again, and then without the used token; it
/// stays as the name of a card whose security code is to be typed again.
fn settle_draft(checkout: Checkout, client: &Client, payment: &Payment) {
    let key = Some(payment.key.clone());
    let needs_code = payment.failure == Some(Why::WrongSecurityCode);
    let is_ours = checkout.draft.with_untracked(|draft| draft.key == key);
    let is_restored = checkout.is_restored.get_untracked();
    checkout.finish();
    if payment.state.took_no_money() {
        let client = client.clone();
        spawn_local(async move {
            // after a reload the draft is with the server only
            let kept =
                if is_restored { None } else { client.payment_draft().await.ok().filter(|draft| draft.key == key) };
            if is_ours || kept.is_some() {
                checkout.edit(|draft| {
                    if let Some(kept) = kept {
                        *draft = kept;
                    }
                    draft.needs_code = needs_code && draft.token.is_some();
                    if !draft.needs_code && draft.saved_method.is_none() {
                        (draft.token, draft.method) = (None, None);
                    }
                });
                _ = checkout.keep(&client).await;
            }
        });
    } else if is_ours {
        checkout.reset();
    }
}

fn outcome(payment: Payment, by: Option<ByLink>) -> AnyView {
    let is_deposit = payment.deposit.is_some();
    let payment = StoredValue::new(payment);
    let state = payment.with_value(|payment| payment.state);
    let (is_on_its_way, failed) = (state.is_on_its_way(), state.can_retry());
    let is_receipt = !is_on_its_way && !failed;
    let is_authorised = payment.with_value(|payment| !payment.method.is_taken_by_plan() && !payment.is_by_another);
    let is_payers = payment.with_value(|payment| !payment.is_by_another);
    let is_member = CurrentSession::here().with_untracked(Session::is_member);
    let keep = move || match by {
        Some(by) => view! { <KeepLinked payment by/> }.into_any(),
        None if is_member && is_payers => view! { <Keep payment/> <Links payment/> }.into_any(),
        None => view! { <Keep payment/> }.into_any(),
    };
    view! {
        <div class="pay-receipt">
            <article class="pay-sheet">
                <div class="pay-stack pay-stack--roomy">
                    <Head payment/>
                    {payment.with_value(|payment| order_parts(payment, by.is_some()))}
                    {is_deposit.then(|| view! {
                        {if failed { view! { <DepositAgain payment/> }.into_any() } else { keep() }}
                        <DepositFacts payment/>
                        {is_authorised.then(|| view! { <Authorised payment/> })}
                    })}
                    {(is_receipt && !is_deposit).then(|| view! {
                        {keep()}
                        <hr class="pay-tear"/>
                        {payment.with_value(|payment| list(payment.shares.clone(), |share| view! { <Lines share today=today(payment)/> }.into_any()))}
                        <PaidFacts payment/>
                        {is_authorised.then(|| view! { <Authorised payment/> })}
                    })}
                    {(is_on_its_way && !is_deposit).then(|| view! {
                        <Progress payment/>
                        {keep()}
                        {is_authorised.then(|| view! { <Authorised payment/> })}
                    })}
                    {(failed && !is_deposit).then(|| view! {
                        <WhatNow payment is_linked=by.is_some()/>
                        <hr class="pay-tear"/>
                        <TriedFacts payment is_linked=by.is_some()/>
                        {(by.is_some() || state == PaymentState::Returned).then(keep)}
                    })}
                </div>
            </article>
            {(!failed && !is_deposit && by.is_none()).then(still_owed)}
            {is_receipt.then(next_time)}
            {end_visit()}
        </div>
    }
    .into_any()
}

/// The money first.
#[component]
fn Head(payment: StoredValue<Payment>) -> impl IntoView {
    let payment = payment.get_value();
    let (state, told) = (payment.state, payment.told());
    let title: Text = match state {
        PaymentState::Paid => t(|w| w.pay().outcome.paid),
        PaymentState::Failed => t(|w| w.pay().outcome.failed),
        PaymentState::Returned => t(|w| w.pay().outcome.returned),
        PaymentState::Refunded => t(|w| w.pay().outcome.refunded),
        PaymentState::Cancelled => t(|w| w.pay().outcome.cancelled),
        PaymentState::Processing | PaymentState::Scheduled => t(|w| w.pay().outcome.sent),
    };
    let (seal, sign) = match state {
        PaymentState::Paid => (None, Sign::Check),
        PaymentState::Processing | PaymentState::Scheduled => (Some("processing"), Sign::Clock),
        PaymentState::Refunded => (Some("processing"), Sign::Return),
        PaymentState::Returned => (Some("failed"), Sign::Return),
        PaymentState::Failed | PaymentState::Cancelled => (Some("failed"), Sign::Cross),
    };
    let is_bad = seal == Some("failed");
    let h1 = page_heading(title);
    let lead = say(move |w| lead(w, &payment));
    view! {
        <p class="pay-paper">{t(on_paper(state))}</p>
        <div class="pay-receipt__head" role=is_bad.then_some("alert")>
            <span class="pay-seal" data-state=seal><Icon sign=sign/></span>
            <h1 tabindex="-1" node_ref=h1>{title}</h1>
            {(!is_bad).then(|| view! { <p>{big_sum(told)}</p> })}
            <p class=if is_bad { "pay-lead" } else { "" }>{lead}</p>
        </div>
    }
}

/// What became of it, in one sentence.
fn lead(w: &'static Words, payment: &Payment) -> String {
    let (o, amount) = (&w.pay().outcome, format::money(w.locale, payment.charged));
    let (method, why) = ((w.pay().method.known)(&payment.method), payment.failure.unwrap_or(Why::ProcessingError));
    match payment.state {
        PaymentState::Paid if payment.method.is_taken_by_plan() => {
            let day = format::date_at(payment.created_at, &payment.time_zone);
            (o.taken_by_plan)(&format::long_date(w.locale, day), &method)
        }
        PaymentState::Paid if payment.is_by_another => {
            let when = format::moment(w.locale, payment.created_at, &payment.time_zone);
            format!("{when}. {}: {}.", w.pay().receipt.payer, payment.payer_name)
        }
        PaymentState::Paid => {
            let when = format::moment(w.locale, payment.created_at, &payment.time_zone);
            let other = payment.other_part.as_ref().filter(|_| payment.told() != payment.charged);
            (w.pay().receipt.paid_how)(
                &when,
                &method,
                other.map(|part| (w.pay().method.known)(&part.method)).as_deref(),
            )
        }
        PaymentState::Failed => (o.failed_lead)(why, &method, &amount),
        PaymentState::Returned if payment.deposit.is_some() => {
            (w.account().balance.returned_lead)((o.why)(why), &amount)
        }
        PaymentState::Returned => (o.returned_lead)(why, &amount),
        PaymentState::Refunded => o.refunded_lead.to_owned(),
        PaymentState::Cancelled => o.cancelled_lead.to_owned(),
        PaymentState::Processing | PaymentState::Scheduled => {
            let day = payment.expected_on.map(|day| format::long_date(w.locale, day)).unwrap_or_default();
            (o.sent_lead)(&day)
        }
    }
}

/// What the page is called on paper: only what is paid is a receipt.
fn on_paper(state: PaymentState) -> Pick {
    match state.phase() {
        Phase::Took => |w| w.pay().receipt.on_paper[0],
        Phase::OnItsWay => |w| w.pay().receipt.on_paper[1],
        Phase::WentBack | Phase::TookNothing => |w| w.pay().receipt.on_paper[2],
    }
}

/// By the region's clock.
pub(super) fn today(payment: &Payment) -> Date {
    format::date_at(CurrentSession::here().server_now(), &payment.time_zone)
}

/// Offers an account to a payer without one, and a link back to it to a member.
fn next_time() -> AnyView {
    let is_member = CurrentSession::here().is_member();
    let is_member = Memo::new(move |_| is_member.get());
    dynamic(move || {
        if is_member.get() {
            view! { <p data-print="no"><a class="pay-link" href=href(Account::Overview)>{t(|w| w.shell.account)}</a></p> }
                .into_any()
        } else {
            register()
        }
    })
}

fn register() -> AnyView {
    view! {
        <section data-print="no">
            <Notice sign=Sign::Person title=t(|w| w.pay().outcome.next_time) words=t(|w| w.pay().outcome.next_time_lead)>
                <p><a href=href(Enter::Register)>{t(|w| w.pay().outcome.register)}</a></p>
            </Notice>
        </section>
    }
    .into_any()
}
