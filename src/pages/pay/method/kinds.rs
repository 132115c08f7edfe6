//! The choice between a bank account and a card, with the processor's frame for the chosen one below, and when a debit
//! is paid.

use super::{Field, MethodState, frame::Frame, saved::SaveBox, sums::Sums};
use crate::{
    billing::{CaptureResult, timing},
    config::Deployment,
    i18n::{format, say, t},
    session::CurrentSession,
    ui::{Choice, Icon, Notice, Sign, dynamic},
};
use contract::{
    Date,
    payment::{MethodKind, plan_debit},
};
use leptos::prelude::*;

/// Two methods of the same size in alphabetical order, none chosen at first; the frame of the chosen one below.
#[component]
pub fn Kinds(state: MethodState, captured: Callback<CaptureResult>) -> impl IntoView {
    let (deployment, session) = (Deployment::here(), CurrentSession::here());
    let choose = move |kind| {
        Callback::new(move |()| {
            state.saved.leave();
            state.kind.set(Some(kind));
        })
    };
    let is = move |kind| Signal::derive(move || state.kind.get() == Some(kind));
    let days = move || deployment.portal().map_or(3, |portal| portal.limits.bank_debit_business_days);
    let sums = Sums::of(state);
    let bank_note = say(move |w| format!("{}\n{}", w.pay().method.bank_note, (w.pay().method.bank_when)(days())));
    let card_note = say(move |w| {
        let fee =
            deployment.portal().and_then(|portal| Some(portal.region(session.region()?)?.card_surcharge_basis_points));
        let when = match sums.by_method().zip(fee) {
            Some(((credit, other), fee)) => {
                let sum = |sum| format::money(w.locale, sum);
                (w.pay().method.card_fee)(&percent(fee), &sum(credit), &sum(other))
            }
            None => w.pay().method.card_when.to_owned(),
        };
        format!("{}\n{when}", w.pay().method.card_note)
    });
    let error = state.form.error(Field::Method);
    let kind = Memo::new(move |_| state.kind.get());
    let is_second = Memo::new(move |_| state.saved.is_offered());
    let legend_class = move || if is_second.get() { "pay-field__label" } else { "pay-hidden" };
    let legend = say(move |w| if is_second.get() { w.pay().method.or_new } else { w.pay().method.legend }.to_owned());
    view! {
        <fieldset class="pay-stack">
            <legend class=legend_class>{legend}</legend>
            {dynamic(move || error.get().map(|words| {
                view! { <span class="pay-field__error" id="method-error"><Icon sign=Sign::Alert/><span>{words}</span></span> }
            }).into_any())}
            <div class="pay-choices pay-choices--two">
                <Choice name="method" id=Some("method".to_owned()) words=t(|w| w.pay().method.bank) note=Some(bank_note)
                    chosen=is(MethodKind::Bank) on_choose=choose(MethodKind::Bank)/>
                <Choice name="method" id=None words=t(|w| w.pay().method.card) note=Some(card_note)
                    chosen=is(MethodKind::Card) on_choose=choose(MethodKind::Card)/>
            </div>
            {dynamic(move || match kind.get() {
                Some(kind) => view! { <Frame state kind captured/> {sums.fee_notice()} <SaveBox state/> }.into_any(),
                None => ().into_any(),
            })}
        </fieldset>
    }
}

/// `1.5 %` of 150.
fn percent(basis_points: u16) -> String {
    let (whole, rest) = (basis_points / 100, basis_points % 100);
    let text = format!("{whole}.{rest:02}");
    format!("{}%", text.trim_end_matches('0').trim_end_matches('.'))
}

/// When the first of the chosen bills is due.
fn due(state: MethodState) -> Option<Vec<Date>> {
    let checkout = state.checkout;
    // It stays as it was chosen while this step is shown.
    let draft = checkout.draft.get_untracked();
    let bills = checkout.bill_list()?;
    let chosen = bills.bills.iter().filter(|bill| draft.shares.iter().any(|share| share.bill == bill.id));
    Some(chosen.map(|bill| bill.due).collect())
}

/// When a bank debit is sent and paid, and which days moved it.
pub fn bank_notice(state: MethodState) -> AnyView {
    let (checkout, deployment) = (state.checkout, Deployment::here());
    let days = checkout.bills.with(|bills| bills.value().map(|bills| (bills.today, bills.debit_day)));
    let kind = state.kind.get().or_else(|| state.saved.method().map(|method| method.kind()));
    let (Some(MethodKind::Bank), Some((today, first))) = (kind, days) else { return ().into_any() };
    let days = deployment.portal().map_or(3, |portal| portal.limits.bank_debit_business_days);
    let plan = plan_debit(first.unwrap_or(today), days);
    let (sent, expected) = (plan.sent_on, plan.expected_on);
    let timing = timing(sent, &due(state).unwrap_or_default());
    let title = say(move |w| {
        let day = |date| format::short_date(w.locale, date);
        let sent = if sent == today { w.pay().method.sent_today.to_owned() } else { day(sent) };
        (w.pay().method.sent_title)(&sent, &day(expected))
    });
    let words = say(move |w| {
        let moved = plan.moved_by.iter().map(|day| (w.pay().method.sent_holiday)(&format::long_date(w.locale, *day)));
        moved.collect::<String>()
            + w.pay().method.sent_note
            + " "
            + &timing.map(|timing| timing.get()).unwrap_or_default()
    });
    view! { <Notice sign=Sign::Calendar title words/> }.into_any()
}
