//! What the chosen bills cost by each method: some regions have a fee on credit cards, and nobody is to meet it first
//! in the review.

use super::MethodState;
use crate::{
    billing::SlipLine, config::Deployment, i18n::Language, pages::pay::amount::slip_lines, session::CurrentSession,
};
use contract::{
    Money,
    payment::{Terms, charged_to_credit},
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

    /// Of the card that is known, while its kind of method is chosen. Tracks.
    fn fee(self) -> Option<Money> {
        let (portal, region, total) = (self.deployment.portal()?, self.session.region()?, self.state.rest()?);
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
        Signal::derive(move || contract::payment::charged(self.state.total.get()?, self.fee().unwrap_or(Money::ZERO)))
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
