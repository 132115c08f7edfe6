//! The checkout state that the steps of paying share: the bills, what was chosen and typed, and the attempt in
//! progress. Stored with the session on the server (`/payment-draft`), so a reload or a second tab goes on; the
//! browser's storage holds one random key.

mod attempt;
pub mod choice;
mod kept;

use crate::{
    api::Client,
    attempt::{Attempt, Event},
    browser,
    error::ApiError,
    fetched::Fetched,
    navigation::Navigation,
    route::{Enter, Pay},
    session::{Access, CurrentSession, Session},
};
use contract::{
    Instant, Money,
    bill::BillList,
    payment::{DraftShare, MethodKind, PaymentDraft},
};
use leptos::{prelude::*, task::spawn_local};

/// An order that never arrived.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Lost {
    /// Of this visit, and of what is on the review.
    Ours,
    /// Of a visit before. These bills were not paid by it; whose bills it was for is not known.
    OfBefore,
}

/// The notice above bills that are not those of before.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Other {
    /// Another tab opened them while others were read here.
    TookOver,
    /// The payment that was sent before is another bill's, and reached the server.
    WasPaid,
}

/// Context.
#[derive(Clone, Copy)]
pub struct Checkout {
    pub bills: RwSignal<Fetched<BillList>>,
    pub draft: RwSignal<PaymentDraft>,
    /// The payer has chosen what to pay: until then everything is only offered.
    pub is_chosen: RwSignal<bool>,
    /// The draft is the server's, or newer.
    pub is_restored: RwSignal<bool>,
    pub attempt: RwSignal<Attempt>,
    /// The draft is one of an earlier page or visit: it is said so.
    pub is_resumed: RwSignal<bool>,
    /// How often something was edited, how much of that the server was told, and how much it answered.
    edits: RwSignal<u32>,
    told: StoredValue<u32>,
    heard: StoredValue<u32>,
    /// The kind of method chosen, before there is one.
    pub kind: RwSignal<Option<MethodKind>>,
    /// What was sent and when, by this device's clock; not known any more after a reload.
    pub sent: RwSignal<Option<(Money, Instant)>>,
    /// Why the last attempt took no money.
    pub error: RwSignal<Option<ApiError>>,
    /// The last attempt never reached the server.
    pub never_arrived: RwSignal<Option<Lost>>,
    /// Bills that were chosen and can't be paid any more, since they were paid meanwhile.
    pub gone: RwSignal<Vec<String>>,
    pub other: RwSignal<Option<Other>>,
    /// A step was asked for without a visit: the page that finds the bill says so.
    pub finds_first: RwSignal<bool>,
    /// The card whose security code was wrong is not the one to use, whatever the draft says that is still to come.
    uses_another: StoredValue<bool>,
    /// The member asked for their own bills, whatever the draft says that is still to come.
    own_bills: StoredValue<bool>,
    /// The binding of the session that the bills and the draft belong to, and whether it is a member's.
    of: StoredValue<Option<(String, bool)>>,
}

/// Provides what is kept while the steps come and go.
pub fn provide() {
    provide_context(Checkout::new());
}

impl Checkout {
    fn new() -> Self {
        Self {
            bills: RwSignal::new(Fetched::Waiting),
            draft: RwSignal::default(),
            is_chosen: RwSignal::new(false),
            is_restored: RwSignal::new(false),
            attempt: RwSignal::default(),
            is_resumed: RwSignal::new(false),
            edits: RwSignal::new(0),
            told: StoredValue::new(0),
            heard: StoredValue::new(0),
            kind: RwSignal::new(None),
            sent: RwSignal::new(None),
            error: RwSignal::new(None),
            never_arrived: RwSignal::new(None),
            gone: RwSignal::default(),
            other: RwSignal::new(None),
            finds_first: RwSignal::new(false),
            uses_another: StoredValue::new(false),
            own_bills: StoredValue::new(false),
            of: StoredValue::new(None),
        }
    }

    pub fn here() -> Self {
        use_context().unwrap_or_else(Self::new)
    }

    /// Tracks.
    pub fn bill_list(self) -> Option<BillList> {
        self.bills.with(|bills| bills.value().cloned())
    }

    /// For every step after the first: a guest is told that the visit ended or, without one, led to finding the bill; a
    /// payer's bills and draft are fetched.
    pub fn arrive(self) {
        let (session, navigation, client) = (CurrentSession::here(), Navigation::here(), Client::here());
        browser::effect(move |is_first| match session.get() {
            Session::Restoring => {}
            Session::Guest if browser::visit_was_lost() => navigation.replace(Enter::TimedOut),
            Session::Guest | Session::PendingSecondFactor(_) => {
                self.finds_first.set(true);
                navigation.replace(Pay::Find);
            }
            Session::Payer(access) | Session::Member(access, _) => {
                browser::visit_is_on();
                if self.adopt_session(&access, session.with_untracked(Session::is_member)) && !is_first {
                    self.other.set(Some(Other::TookOver));
                }
                self.fetch(client.clone());
            }
        });
    }

    /// For the steps before the review: while an attempt is on its way nothing is chosen anew, there is only its
    /// outcome to wait for.
    pub fn wait_for_what_was_sent(self) {
        let navigation = Navigation::here();
        browser::effect(move |_| {
            if self.attempt.with(Attempt::is_on_its_way) {
                navigation.replace(Pay::Review);
            }
        });
    }

    /// Signing in while paying keeps the bills of the same membership; any other session starts afresh, and an order
    /// that was sent belongs to a visit that has ended. What was chosen before signing in is said aloud.
    /// Returns whether the bills are other ones than before.
    fn adopt_session(self, access: &Access, is_member: bool) -> bool {
        let binding = access.capture_binding.clone();
        let (is_other, was_payer) = self.of.with_value(|of| match of {
            Some((before, was_member)) => (*before != binding, !was_member),
            None => (false, false),
        });
        if is_other {
            self.reset();
            self.attempt.update(|attempt| *attempt = std::mem::take(attempt).after(Event::VisitEnded).0);
        } else if was_payer && is_member && self.is_chosen.get_untracked() {
            self.is_resumed.set(true);
        }
        self.of.set_value(Some((binding, is_member)));
        is_other
    }

    /// A new visit knows nothing of the one before.
    pub fn reset(self) {
        self.of.set_value(None);
        self.draft.set(PaymentDraft::default());
        self.is_chosen.set(false);
        self.is_restored.set(false);
        self.is_resumed.set(false);
        self.uses_another.set_value(false);
        // what was edited in the one before is not kept with the next
        self.forget_edits();
        self.kind.set(None);
        self.bills.set(Fetched::Waiting);
        self.other.set(None);
        self.gone.set(Vec::new());
        self.clear_error();
        if !self.attempt.with_untracked(Attempt::is_on_its_way) {
            self.attempt.set(Attempt::Resting);
        }
    }

    /// The bills, anew; and the draft, once a visit.
    pub fn fetch(self, client: Client) {
        let is_restored = self.is_restored.get_untracked();
        spawn_local(async move {
            let draft = if is_restored { Ok(None) } else { client.payment_draft().await.map(Some) };
            // Without the draft the bills alone would look as if nothing had been chosen yet.
            let fetched = match draft {
                Ok(draft) => self.bills_of(&client, draft).await,
                Err(error) => Err(error),
            };
            match fetched {
                Ok((draft, bills)) => {
                    if let Some(draft) = draft
                        && !self.is_restored.get_untracked()
                    {
                        let is_resumed = !draft.is_untouched();
                        self.is_chosen.set(is_resumed);
                        self.is_resumed.set(is_resumed);
                        self.restore(draft);
                    }
                    self.prune(&bills);
                    self.bills.set(Fetched::Here(bills));
                }
                // Bills that are here stay, as of the moment they tell, when newer ones can't be had.
                Err(error) if error == ApiError::SignedOut || self.bills.with_untracked(|bills| !bills.is_here()) => {
                    self.bills.set(Fetched::Failed(error));
                }
                Err(_) => {}
            }
        });
    }

    fn restore(self, mut draft: PaymentDraft) {
        if self.uses_another.get_value() {
            self.uses_another.set_value(false);
            without_card(&mut draft);
        }
        // a deposit is kept beside it, and is another page's
        draft.deposit = None;
        self.draft.set(draft);
        self.is_restored.set(true);
    }

    /// Another card or account than the one whose security code was wrong. After a reload the draft is with the server:
    /// then as soon as it is here. Returns whether something was changed that is to be kept.
    pub fn use_another(self) -> bool {
        if !self.is_restored.get_untracked() {
            self.uses_another.set_value(true);
            return false;
        }
        let needs_code = self.draft.with_untracked(|draft| draft.needs_code);
        if needs_code {
            self.edit(without_card);
        }
        needs_code
    }

    /// Drops the shares of bills that can't be paid any more, and remembers their bills where a payment tells why.
    /// A visit that has chosen nothing yet starts with everything, and with the balance for who uses that first.
    fn prune(self, bills: &BillList) {
        let payable = |id: &str| bills.bills.iter().any(|bill| bill.id == id && !bill.payable().is_zero());
        self.draft.update(|draft| {
            let is_untouched = draft.is_untouched();
            let gone = draft.shares.extract_if(.., |share| !payable(&share.bill)).map(|share| share.bill);
            let told: Vec<_> = gone.filter(|bill| bills.payments_on(bill).next().is_some()).collect();
            if !told.is_empty() {
                self.gone.update(|all| all.extend(told));
            }
            if is_untouched {
                let all = bills.bills.iter().filter(|bill| !bill.payable().is_zero() && bill.just_paid.is_none());
                draft.shares =
                    all.map(|bill| DraftShare { bill: bill.id.clone(), part: None, paid_before: None }).collect();
                draft.from_balance = bills.balance_first && !draft.shares.is_empty();
            }
        });
    }

    /// Any edit is a new intent: it gets a new key.
    pub fn edit(self, change: impl FnOnce(&mut PaymentDraft)) {
        self.draft.update(|draft| {
            change(draft);
            draft.key = None;
        });
        self.edits.update(|edits| *edits += 1);
        self.is_chosen.set(true);
        self.is_restored.set(true);
        self.is_resumed.set(false);
        self.other.set(None);
        self.gone.set(Vec::new());
        self.clear_error();
    }

    /// Continue was pressed beside the bills, and what was paid on them lately: that is not asked about again.
    pub fn choose(self, shares: &[choice::Share]) {
        self.is_chosen.set(true);
        let seen = |bill: &str| shares.iter().find(|share| share.bill.id == bill)?.bill.just_paid.as_ref();
        self.draft.update(|draft| {
            draft.shares.iter_mut().for_each(|share| share.paid_before = seen(&share.bill).map(|paid| paid.at));
        });
        self.gone.set(Vec::new());
        self.clear_error();
    }

    pub fn clear_error(self) {
        self.error.set(None);
        self.never_arrived.set(None);
    }
}

fn without_card(draft: &mut PaymentDraft) {
    if draft.needs_code {
        (draft.token, draft.method, draft.needs_code) = (None, None, false);
    }
}

#[cfg(test)]
mod tests;
