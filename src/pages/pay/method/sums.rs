//! What the chosen bills cost by each method: some regions have a fee on credit cards, and nobody is to meet it first
//! in the review.

use super::MethodState;
use crate::{
    billing::SlipLine,
    config::Deployment,
    i18n::Language,
    pages::pay::{
        amount::{slip_lines, slip_total},
        checkout::choice,
    },
    session::CurrentSession,
};
use contract::{
    Money,
    bill::BillList,
    payment::{Terms, charged_to_credit},
};
use leptos::prelude::*;

#[derive(Clone, Copy)]
pub struct Sums {
    state: MethodState,
    /// Of the chosen bills, without a fee.
    total: Signal<Option<Money>>,
    lines: Signal<Vec<SlipLine>>,
    deployment: Deployment,
    session: CurrentSession,
}

impl Sums {
    pub fn of(state: MethodState) -> Self {
        let deployment = Deployment::here();
        let least = move || deployment.portal().map_or(100, |portal| portal.limits.min_payment_cents);
        let least = Signal::derive(least);
        let (total, lines) = (slip_total(state.checkout, least), slip_lines(state.checkout, least));
        Self { state, total, lines, deployment, session: CurrentSession::here() }
    }

    /// By credit card and by anything else, where that is not the same. Tracks.
    pub fn by_method(self) -> Option<(Money, Money)> {
        let (portal, region, rest) = (self.deployment.portal()?, self.session.region()?, self.rest()?);
        Some((charged_to_credit(&portal, region, rest)?, rest))
    }

    /// What the balance pays, if that was chosen. Tracks.
    pub fn from_balance(self) -> Money {
        let total = self.total.get().unwrap_or(Money::ZERO);
        let checkout = self.state.checkout;
        let of = |bills: &BillList| checkout.draft.with(|draft| choice::from_balance(bills, draft, total));
        checkout.bills.with(|bills| bills.value().map_or(Money::ZERO, of))
    }

    /// What it leaves to another method. Tracks.
    pub fn rest(self) -> Option<Money> {
        self.total.get()?.minus(self.from_balance())
    }

    /// Of the card that is known, while its kind of method is chosen. Tracks.
    fn fee(self) -> Option<Money> {
        let (portal, region, total) = (self.deployment.portal()?, self.session.region()?, self.rest()?);
        let saved = self.state.saved.method();
        let typed = || self.state.checkout.draft.with(|draft| draft.token.as_ref().and(draft.method.clone()));
        let is_saved = saved.is_some();
        let method = saved.or_else(typed)?;
        let today = self.state.checkout.bills.with(|bills| bills.value().map(|bills| bills.today))?;
        let from_balance = Money::ZERO;
        let terms =
            Terms { portal: &portal, region, today, debit_day: today, method: &method, total, from_balance, bills: 1 };
        let is_chosen = is_saved || self.state.kind.get() == Some(method.kind());
        Some(terms.fee()).filter(|fee| is_chosen && !fee.is_zero())
    }

    /// For the slip, with the fee.
    pub fn charged(self) -> Signal<Option<Money>> {
        Signal::derive(move || contract::payment::charged(self.total.get()?, self.fee().unwrap_or(Money::ZERO)))
    }

    pub fn lines(self) -> Signal<Vec<SlipLine>> {
        let language = Language::here();
        Signal::derive(move || {
            let what = || language.words().pay().review.card_fee.to_owned();
            let fee = self.fee().map(|amount| SlipLine { what: what(), note: String::new(), amount });
            let what = || language.words().pay().method.of_balance.to_owned();
            let part = Some(self.from_balance()).filter(|part| !part.is_zero());
            let part = part.map(|amount| SlipLine { what: what(), note: String::new(), amount });
            self.lines.get().into_iter().chain(fee).chain(part).collect()
        })
    }
}
