//! What the chosen bills cost by each method: some regions have a fee on credit cards, and nobody is to meet it first
//! in the review.

use super::MethodState;
use crate::{
    billing::SlipLine,
    config::Deployment,
    i18n::{Language, Words, format, say},
    pages::pay::amount::slip_lines,
    session::CurrentSession,
    ui::dynamic,
};
use contract::{
    Money,
    payment::{CardFunding, Method, MethodKind, charged, charged_to_credit},
};
use leptos::prelude::*;

#[derive(Clone, Copy)]
pub struct Sums {
    state: MethodState,
    lines: Signal<Vec<SlipLine>>,
    deployment: Deployment,
    session: CurrentSession,
}

impl Sums {
    pub fn of(state: MethodState) -> Self {
        let deployment = Deployment::here();
        let least = move || deployment.portal().map_or(100, |portal| portal.limits.min_payment_cents);
        let least = Signal::derive(least);
        let lines = slip_lines(state.checkout, least);
        Self { state, lines, deployment, session: CurrentSession::here() }
    }

    /// By credit card and by anything else, where that is not the same. Tracks.
    pub fn by_method(self) -> Option<(Money, Money)> {
        let (portal, region, rest) = (self.deployment.portal()?, self.session.region()?, self.state.rest()?);
        Some((charged_to_credit(&portal, region, rest)?, rest))
    }

    /// Of the credit card that is known or being typed, while its kind of method is chosen. Tracks.
    fn fee(self) -> Option<Money> {
        let (credit, other) = self.by_method().filter(|_| self.is_credit())?;
        credit.minus(other)
    }

    /// Tracks.
    fn is_credit(self) -> bool {
        let state = self.state;
        let known = || state.checkout.draft.with(|draft| draft.token.as_ref().and(draft.method.clone()));
        match state.saved.method() {
            Some(saved) => is_credit(&saved),
            None if state.kind.get() != Some(MethodKind::Card) => false,
            None => match known().filter(|method| method.kind() == MethodKind::Card) {
                Some(known) => is_credit(&known),
                None => state.capture.funding.get() == Some(CardFunding::Credit),
            },
        }
    }

    /// The total with the fee. Tracks.
    fn with_fee(self) -> Option<Money> {
        charged(self.state.total.get()?, self.fee().unwrap_or(Money::ZERO))
    }

    /// For the slip.
    pub fn charged(self) -> Signal<Option<Money>> {
        Signal::derive(move || self.with_fee())
    }

    /// Said below the form as soon as the card is known to have a fee: on a phone the slip is out of sight there.
    pub fn fee_notice(self) -> AnyView {
        let notice = dynamic(move || match self.fee().zip(self.with_fee()) {
            Some((fee, sum)) => view! { <p class="pay-note">{say(move |w| fee_words(w, fee, sum))}</p> }.into_any(),
            None => ().into_any(),
        });
        view! { <div class="pay-live" aria-live="polite">{notice}</div> }.into_any()
    }

    /// What a saved method costs, and when it pays. Tracks.
    pub fn cost(self, w: &'static Words, method: &Method) -> String {
        if method.kind() == MethodKind::Bank {
            let days = self.deployment.portal().map_or(3, |portal| portal.limits.bank_debit_business_days);
            return (w.pay().method.bank_when)(days);
        }
        let fee = self.by_method().filter(|_| is_credit(method)).and_then(|(credit, other)| credit.minus(other));
        match fee.and_then(|fee| Some((fee, charged(self.state.total.get()?, fee)?))) {
            Some((fee, sum)) => fee_words(w, fee, sum),
            None => w.pay().method.card_when.to_owned(),
        }
    }

    pub fn lines(self) -> Signal<Vec<SlipLine>> {
        let language = Language::here();
        Signal::derive(move || {
            let what = || language.words().pay().review.card_fee.to_owned();
            let fee = self.fee().map(|amount| SlipLine { what: what(), note: String::new(), amount });
            let what = || language.words().pay().method.of_balance.to_owned();
            let part = Some(self.state.balance_pays()).filter(|part| !part.is_zero());
            let part = part.map(|amount| SlipLine { what: what(), note: String::new(), amount });
            self.lines.get().into_iter().chain(fee).chain(part).collect()
        })
    }
}

fn fee_words(w: &'static Words, fee: Money, sum: Money) -> String {
    let (fee, sum) = (format::money(w.locale, fee), format::money(w.locale, sum));
    format!("{} {fee}. {} {sum}.", w.pay().review.card_fee, w.pay().amount.you_pay)
}

fn is_credit(method: &Method) -> bool {
    matches!(method, Method::Card { funding: CardFunding::Credit, .. })
}
