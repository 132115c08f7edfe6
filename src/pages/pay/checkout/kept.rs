//! Keeping the payment draft with the session: at each step, and while something is typed, so that a reload forgets
//! nothing; and forgetting it, to start over.

use super::{Attempt, Checkout, choice};
use crate::{api::Client, error::ApiError, fetched::Fetched, ui::keep_typed};
use contract::{bill::BillList, payment::PaymentDraft};
use leptos::{prelude::*, task::spawn_local};

impl Checkout {
    /// Whose bills are paid: the member's own, or somebody's whom they pay for, by the id of the link.
    pub fn pay_for(self, link: Option<String>, client: Client) {
        if link.is_none() && !self.is_restored.get_untracked() {
            self.own_bills.set_value(true);
            return;
        }
        let is_same = self.is_restored.get_untracked() && self.draft.with_untracked(|draft| draft.household == link);
        if is_same || self.attempt.with_untracked(Attempt::is_on_its_way) {
            return;
        }
        self.bills.set(Fetched::Waiting);
        self.draft.set(PaymentDraft { household: link, ..PaymentDraft::default() });
        self.is_restored.set(true);
        self.is_chosen.set(false);
        self.is_resumed.set(false);
        self.kind.set(None);
        self.gone.set(Vec::new());
        self.clear_error();
        spawn_local(async move { _ = self.keep(&client).await });
    }

    /// The bills that a draft is about: the one that came, or else the one that is here. If the member does not pay for
    /// these people any more, their own.
    pub(super) async fn bills_of(
        self,
        client: &Client,
        mut draft: Option<PaymentDraft>,
    ) -> Result<(Option<PaymentDraft>, BillList), ApiError> {
        let of = |draft: &PaymentDraft| draft.household.clone();
        if self.own_bills.get_value() && draft.as_ref().and_then(of).is_some() {
            draft = Some(PaymentDraft::default());
            client.keep_payment_draft(&PaymentDraft::default()).await?;
        }
        self.own_bills.set_value(false);
        let link = draft.as_ref().map_or_else(|| self.draft.with_untracked(of), of);
        match client.bills(link.as_deref()).await {
            Err(ApiError::Missing) if link.is_some() => {
                let own = PaymentDraft::default();
                if draft.is_none() {
                    self.draft.set(own.clone());
                }
                Ok((draft.map(|_| own), client.bills(None).await?))
            }
            bills => Ok((draft, bills?)),
        }
    }

    /// Keeps the draft with the session.
    pub async fn keep(self, client: &Client) -> Result<(), ApiError> {
        let draft = self.told_now();
        let told = self.told.get_value();
        client.keep_payment_draft(&draft).await.inspect(|()| self.heard.set_value(told))
    }

    /// The draft as the server is told it now.
    fn told_now(self) -> PaymentDraft {
        self.told.set_value(self.edits.get_untracked());
        choice::without_card_numbers(self.draft.get_untracked())
    }

    /// While this page stands: keeps what is edited once the payer rests or leaves, so that a reload forgets nothing.
    pub fn keep_edits(self) {
        let client = Client::here();
        let leaving = client.clone();
        let keep = move || {
            if self.edits.get_untracked() != self.told.get_value() {
                let client = client.clone();
                spawn_local(async move { _ = self.keep(&client).await });
            }
        };
        let leave = move || {
            if self.edits.get_untracked() != self.heard.get_value() {
                leaving.leave_payment_draft(&self.told_now());
            }
        };
        keep_typed(move || self.edits.track(), keep, leave);
    }

    /// What is edited up to now is nothing to keep.
    pub(super) fn forget_edits(self) {
        let edits = self.edits.get_untracked();
        self.told.set_value(edits);
        self.heard.set_value(edits);
    }

    /// What was chosen before is forgotten, here and with the session.
    pub fn start_over(self, client: Client) {
        self.edit(|draft| *draft = PaymentDraft::default());
        self.is_chosen.set(false);
        self.kind.set(None);
        self.forget_edits();
        if let Some(bills) = self.bills.with_untracked(|bills| bills.value().cloned()) {
            self.prune(&bills);
        }
        spawn_local(async move { _ = client.keep_payment_draft(&PaymentDraft::default()).await });
    }
}
