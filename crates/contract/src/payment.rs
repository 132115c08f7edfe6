//! Wire types of payments. Here is the payment, the fact that the server keeps; the order that makes one, its draft,
//! its key, its method, its states, the link to its receipt, the proof of a year and what a month came to are modules
//! of their own. What both sides compute about a payment is in `rules` and `terms`.

mod draft;
mod history;
mod key;
mod method;
mod order;
mod proof;
mod receipt;
mod rules;
mod saved;
mod spending;
mod state;
mod terms;
mod verification;

pub use draft::{DepositDraft, DraftShare, PaymentDraft};
pub use history::{Payee, PaymentFilter, PaymentKind, PaymentSort, PaymentTotals, StateTotal};
pub use key::IdempotencyKey;
pub use method::{BankAccountKind, CardFunding, Method, MethodKind, PaymentToken};
pub use order::{OrderShare, PaymentOrder};
pub use proof::{LeftOut, ProofLine, ProofPack, ProofPerson, left_out};
pub use receipt::{ReceiptLinks, ReceiptSecret};
pub use rules::{DebitPlan, allocate, card_fee, counts_on, debit_day, pay_in_order, plan_debit};
pub use saved::{
    ExpiryNotice, MOST_SAVED, MethodReplacement, MethodUse, NewSavedMethod, Nickname, SavedMethod, SavedMethodChange,
    SavedMethods,
};
pub use spending::{MonthSpending, Spending};
pub use state::{Failure, PaymentState, Phase};
pub use terms::{Terms, charged, charged_to_credit};
pub use verification::{DepositAmounts, SmallDeposit, VERIFICATION_TRIES, Verification};

use crate::{Date, Email, Instant, Money, bill::BillKind};
use serde::{Deserialize, Serialize};

/// A page of payments, the newest first.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct PaymentPage {
    pub payments: Vec<PaymentSummary>,
    /// The `cursor` of the next page, opaque; none on the last.
    pub next: Option<String>,
    /// Of all pages of the list, where they were asked for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub totals: Option<PaymentTotals>,
}

/// A payment as a row of a list: what `Payment` says of it, without its charges, its history and its words.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct PaymentSummary {
    pub id: String,
    pub reference: String,
    pub state: PaymentState,
    /// When it came to this state.
    pub since: Instant,
    /// With the fee.
    pub charged: Money,
    pub bills: Vec<PaidBill>,
    pub method: Method,
    pub created_at: Instant,
    pub time_zone: String,
    /// Bank debit: the day it is handed to the bank. A server of the version before does not say it.
    #[serde(default)]
    pub sent_on: Option<Date>,
    pub expected_on: Option<Date>,
    pub failure: Option<Failure>,
    /// What goes to the balance of the account: then it pays no bill.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub deposit: Option<Money>,
    /// As in `Payment`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub other_part: Option<OtherPart>,
    /// Oldest first; the last one is `state`. A server of the version before does not say them.
    #[serde(default)]
    pub events: Vec<PaymentEvent>,
}

/// A bill in a payment.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct PaidBill {
    pub bill: String,
    pub kind: BillKind,
    pub patient: String,
    pub amount: Money,
}

/// A payment as it stands: a fact of the server's.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Payment {
    /// Opaque, in the receipt's address.
    pub id: String,
    /// For people: `KP-7F3Q-2M8D`.
    pub reference: String,
    pub key: IdempotencyKey,
    pub state: PaymentState,
    pub is_final: bool,
    /// The same bills can be paid again by the member, with a new key.
    pub can_retry: bool,
    /// Sum of the shares, or the deposit, without the fee.
    pub total: Money,
    pub fee: Money,
    /// `total + fee`.
    pub charged: Money,
    pub shares: Vec<PaymentShare>,
    /// What goes to the balance of the account: then it pays no bill.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub deposit: Option<Money>,
    /// The other part of the same order, a payment of its own: one is from the balance of the account, and one by
    /// another method. Nothing of it is in `total`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub other_part: Option<OtherPart>,
    pub method: Method,
    pub payer_name: String,
    pub email: Option<Email>,
    pub created_at: Instant,
    pub time_zone: String,
    /// Bank debit: the day it is handed to the bank, and the business day it is expected to be paid.
    pub sent_on: Option<Date>,
    pub expected_on: Option<Date>,
    /// The day on which it counts as paid if it clears (`counts_on`), to be compared with when a bill is due. A server
    /// of the version before does not say it.
    pub counts_on: Option<Date>,
    /// Holidays and weekends that moved one of these days, as dates.
    pub moved_by: Vec<Date>,
    pub failure: Option<Failure>,
    /// What the membership owes now, and what it will if this payment clears.
    pub owed_now: Money,
    pub owed_if_cleared: Money,
    pub authorisation: String,
    pub authorisation_version: u32,
    /// Of a deposit: what of it went back to the member since.
    #[serde(default)]
    pub given_back: Money,
    /// The bills are the viewer's, and somebody who pays for them made the payment: the authorisation is theirs.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub is_by_another: bool,
    /// Oldest first; the last one is `state`.
    pub events: Vec<PaymentEvent>,
}

/// A payment that was ordered together with another one. What the balance paid stays paid if the other goes back.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct OtherPart {
    pub payment: String,
    pub reference: String,
    /// With the fee.
    pub charged: Money,
    pub method: Method,
    pub state: PaymentState,
}

impl OtherPart {
    /// What was ordered in all, beside a part of so much.
    pub fn with(&self, charged: Money) -> Money {
        self.charged.plus(charged).unwrap_or(charged)
    }
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct PaymentShare {
    pub bill: String,
    pub kind: BillKind,
    pub patient: String,
    pub amount: Money,
    /// What stays owed on this bill if the payment clears, and until when it can be paid.
    pub leaves: Money,
    pub due: Date,
    /// The charges this share pays, oldest first, for a reimbursement account.
    pub lines: Vec<PaidLine>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct PaidLine {
    pub date_of_service: Date,
    pub provider: String,
    pub description: String,
    /// The member's part of the charge after insurance, whatever was paid on it before.
    pub after_insurance: Money,
    pub paid: Money,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct PaymentEvent {
    pub state: PaymentState,
    pub at: Instant,
}

impl Payment {
    /// What is said first about it: the sum of the order where both parts of it came to the same, or the other part is
    /// paid and this one is on its way; otherwise this part alone.
    pub fn told(&self) -> Money {
        let is_one = |other: Phase| {
            let own = self.state.phase();
            own == other || (own, other) == (Phase::OnItsWay, Phase::Took)
        };
        let other = self.other_part.as_ref().filter(|part| is_one(part.state.phase()));
        other.map_or(self.charged, |part| part.with(self.charged))
    }

    /// As somebody may see it who paid for another person: whose bills, how much, and until when.
    pub fn without_services(self, whose: &str) -> Self {
        let share = |share: PaymentShare| PaymentShare {
            kind: BillKind::Household,
            patient: whose.to_owned(),
            lines: Vec::new(),
            ..share
        };
        let payment = self.of_its_bills_only();
        Self { shares: payment.shares.into_iter().map(share).collect(), ..payment }
    }

    /// It pays bills of somebody else, whose services are not said.
    pub fn is_for_another(&self) -> bool {
        self.shares.iter().any(|share| share.kind == BillKind::Household)
    }

    /// As the one sees it for whom somebody else paid: who did, and nothing of theirs.
    pub fn of_another_payer(self) -> Self {
        Self { email: None, authorisation: String::new(), is_by_another: true, ..self }
    }

    /// What is owed is what these bills leave: of others of the membership nothing is said.
    pub fn of_its_bills_only(self) -> Self {
        let left = Money::sum(self.shares.iter().map(|share| share.leaves)).unwrap_or(Money::ZERO);
        let reserved = if self.state.is_on_its_way() { self.total } else { Money::ZERO };
        Self { owed_now: left.plus(reserved).unwrap_or(left), owed_if_cleared: left, ..self }
    }
}

impl From<Payment> for PaymentSummary {
    fn from(payment: Payment) -> Self {
        let bills = payment.shares.into_iter().map(|share| PaidBill {
            bill: share.bill,
            kind: share.kind,
            patient: share.patient,
            amount: share.amount,
        });
        Self {
            since: payment.events.last().map_or(payment.created_at, |event| event.at),
            bills: bills.collect(),
            id: payment.id,
            reference: payment.reference,
            state: payment.state,
            charged: payment.charged,
            method: payment.method,
            created_at: payment.created_at,
            time_zone: payment.time_zone,
            sent_on: payment.sent_on,
            expected_on: payment.expected_on,
            failure: payment.failure,
            deposit: payment.deposit,
            other_part: payment.other_part,
            events: payment.events,
        }
    }
}
