//! The two steps of a deposit, the form and its review. The review has an address, and what it is of is kept with the
//! session.

use super::{
    super::{attempt::DepositAttempt, kept::keep, review::Reviewed},
    Deposit,
};
use crate::{browser, route::Records};
use contract::payment::DepositDraft;
use leptos::{prelude::*, task::spawn_local};

/// Query of the review.
const REVIEW: &str = "step=review";

/// What is shown.
#[derive(Clone, PartialEq)]
pub enum Step {
    Form,
    Waiting,
    Review(Reviewed),
    Checking,
}

impl Deposit {
    /// What was reviewed before a reload.
    pub fn restore(self) {
        let client = self.client.get_value();
        browser::effect(move |_| {
            let client = client.clone();
            spawn_local(async move {
                let kept = client.payment_draft().await.ok().and_then(|draft| draft.deposit);
                if let Some(DepositDraft { amount, token, method: Some(method) }) = kept
                    && self.amount.try_with_untracked(String::is_empty) == Some(true)
                {
                    _ = self.amount.try_set(amount);
                    _ = self.kind.try_set(Some(method.kind()));
                    _ = self.known.try_set(Some((token, method)));
                }
                _ = self.is_restored.try_set(true);
            });
        });
    }

    /// Tracks.
    pub fn step(self, attempt: DepositAttempt) -> Step {
        if attempt.is_unsure() {
            return Step::Checking;
        }
        let address = self.navigation.address_here();
        let is_review = address.split_once('?').is_some_and(|(_, query)| query == REVIEW);
        match self.reviewed() {
            _ if !is_review => Step::Form,
            Some(reviewed) => Step::Review(reviewed),
            None if self.is_restored.get() => Step::Form,
            None => Step::Waiting,
        }
    }

    /// Tracks.
    pub fn reviewed(self) -> Option<Reviewed> {
        let (token, method) = self.known.get()?;
        let amount = self.check().ok()?;
        (self.kind.get() == Some(method.kind())).then_some(Reviewed { token, method, amount })
    }

    /// The review; what it is of is kept first. Without that a reload forgets it, and nothing else.
    pub fn to_review(self) {
        let client = self.client.get_value();
        let Some(Reviewed { token, method, .. }) = untrack(|| self.reviewed()) else {
            return self.form.is_busy.set(false);
        };
        let deposit = DepositDraft { amount: self.amount.get_untracked(), token, method: Some(method) };
        spawn_local(async move {
            _ = keep(&client, Some(deposit)).await;
            // anyone who left the page meanwhile is not led on
            if self.form.is_busy.try_set(false).is_none() {
                self.navigation.go_with_query(Records::Balance, REVIEW);
            }
        });
    }

    pub fn to_form(self) {
        self.navigation.go_with_query(Records::Balance, "");
    }
}
