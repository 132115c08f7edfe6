//! Wire types of payments: the order a client sends, the payment the server returns, and its states. What both sides compute about a payment
//! (days, fee, which charges it pays) is in `rules`.

mod rules;

pub use rules::{DebitPlan, allocate, card_fee, counts_on, debit_day, plan_debit};

use crate::{
    Amount, CardBrand, Date, Email, Expiry, FieldProblem, Instant, Locale, Money, PersonName, bill::BillKind,
    value::text_value,
};
use serde::{Deserialize, Serialize};
use std::fmt;

/// A UUID made when the review step is built; the same intent keeps the same key until its payment is final.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct IdempotencyKey(String);

impl IdempotencyKey {
    /// 8-4-4-4-12 hexadecimal digits, any case; kept in lower case.
    pub fn parse(text: &str) -> Result<Self, FieldProblem> {
        let text = text.trim();
        let shape = text.len() == 36
            && text.bytes().enumerate().all(|(at, byte)| match at {
                8 | 13 | 18 | 23 => byte == b'-',
                _ => byte.is_ascii_hexdigit(),
            });
        if shape { Ok(Self(text.to_ascii_lowercase())) } else { Err(FieldProblem::Malformed) }
    }
    /// A version 4 UUID from sixteen random bytes: randomness is the caller's.
    pub fn from_random(mut bytes: [u8; 16]) -> Self {
        bytes[6] = bytes[6] & 0x0f | 0x40;
        bytes[8] = bytes[8] & 0x3f | 0x80;
        let mut text = String::with_capacity(36);
        for (at, byte) in bytes.iter().enumerate() {
            if matches!(at, 4 | 6 | 8 | 10) {
                text.push('-');
            }
            for nibble in [byte >> 4, byte & 15] {
                text.push(char::from(b"0123456789abcdef"[usize::from(nibble)]));
            }
        }
        Self(text)
    }
}
impl fmt::Display for IdempotencyKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}
text_value!(IdempotencyKey: "^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$");

/// `POST /payments`. The key is the `Idempotency-Key` header.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct PaymentOrder {
    /// One bill, several, or part of one; each bill at most once.
    pub shares: Vec<OrderShare>,
    /// From the capture frame; single use.
    pub token: String,
    pub payer_name: PersonName,
    pub email: Option<Email>,
    /// The card fee the member was shown; refused when it is not the fee that applies.
    pub fee: Money,
    /// The authorisation the member agreed to, word for word (`authorisation::Authorisation::text`).
    pub authorisation: String,
    pub locale: Locale,
    /// The member said yes to paying a bill that was paid minutes ago.
    #[serde(default)]
    pub pay_again: bool,
    /// Until when, by the server's clock, the payment may begin: later it is refused as `too_late`, so that whoever lost the answer can
    /// know that nothing will come of the order any more. Not part of the intent: the same order may be sent again with a later one.
    #[serde(default)]
    pub begin_by: Option<Instant>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct OrderShare {
    pub bill: String,
    pub amount: Amount,
}

/// `PUT`/`GET /payment-draft`: what the payer has chosen so far, kept with the payer's session on the server so that a reload or a
/// second tab goes on without anything personal in the browser's storage. When the session runs out only the bills and amounts are kept, for
/// whoever comes back in this browser; all of it is gone when the payment is final.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields, default)]
pub struct PaymentDraft {
    /// Bill id and the amount as typed; a bill that is not here is "not now".
    pub shares: Vec<DraftShare>,
    /// What the processor named for the token (`POST /payment-methods`); what a client says here is not kept.
    pub method: Option<Method>,
    /// From the capture frame. Kept once its method is named.
    pub token: Option<String>,
    pub payer_name: String,
    pub email: String,
    /// Set when the review step is built, and replaced by any edit.
    pub key: Option<IdempotencyKey>,
}

impl PaymentDraft {
    /// What may outlive the session it was typed in: which bills, and how much of each.
    pub fn without_what_is_private(self) -> Self {
        Self { shares: self.shares, ..Self::default() }
    }
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct DraftShare {
    pub bill: String,
    /// As typed; `None` is all of it.
    pub part: Option<String>,
}

/// `POST /payment-methods`: a token of the capture frame, whose method is to be named.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct PaymentToken {
    pub token: String,
}

/// `POST /receipt-links/open` and `/receipt-links/revoke`: what stands behind the `#` of a link to a receipt.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct ReceiptSecret {
    pub secret: String,
}

/// What may be known of a card or bank account outside the processor.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Method {
    Card { brand: CardBrand, last4: String, expiry: Expiry, funding: CardFunding },
    Bank { account: BankAccountKind, last4: String },
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum CardFunding {
    Credit,
    Debit,
    HsaFsa,
    #[serde(other)]
    Unknown,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum BankAccountKind {
    Checking,
    Savings,
}

/// A page of payments, the newest first.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct PaymentPage {
    pub payments: Vec<PaymentSummary>,
    /// The `cursor` of the next page, opaque; none on the last.
    pub next: Option<String>,
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
    pub expected_on: Option<Date>,
    pub failure: Option<Failure>,
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
    /// Sum of the shares, without the fee.
    pub total: Money,
    pub fee: Money,
    /// `total + fee`.
    pub charged: Money,
    pub shares: Vec<PaymentShare>,
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
    /// Oldest first; the last one is `state`.
    pub events: Vec<PaymentEvent>,
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
    /// Owed after insurance, before this payment.
    pub after_insurance: Money,
    pub paid: Money,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct PaymentEvent {
    pub state: PaymentState,
    pub at: Instant,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum PaymentState {
    Scheduled,
    Paid,
    Failed,
    Returned,
    Refunded,
    Cancelled,
    /// Also what a client shows for a state it does not know.
    #[serde(other)]
    Processing,
}

/// Where a payment's money is: what everything goes by that need not know the state exactly.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Phase {
    /// Not final: its cents are reserved on the bills.
    OnItsWay,
    Took,
    /// Taken or under way, and gone back: the bills are owed again.
    WentBack,
    /// Final, and nothing was taken at any time.
    TookNothing,
}

impl PaymentState {
    pub fn phase(self) -> Phase {
        match self {
            Self::Scheduled | Self::Processing => Phase::OnItsWay,
            Self::Paid => Phase::Took,
            Self::Returned | Self::Refunded => Phase::WentBack,
            Self::Failed | Self::Cancelled => Phase::TookNothing,
        }
    }
    pub fn is_on_its_way(self) -> bool {
        self.phase() == Phase::OnItsWay
    }
    pub fn took_no_money(self) -> bool {
        self.phase() == Phase::TookNothing
    }
    /// The bills can be paid again by whoever tried: what the plan gave back is its own affair.
    pub fn can_retry(self) -> bool {
        self.took_no_money() || self == Self::Returned
    }
}

/// Why no money was taken, or why it went back. An unknown one is shown as `ProcessingError`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Failure {
    Declined,
    InsufficientFunds,
    CardExpired,
    WrongSecurityCode,
    AccountClosed,
    AccountNotFound,
    NotAuthorised,
    Stopped,
    #[serde(other)]
    ProcessingError,
}

impl Failure {
    /// Whether a bank said no, and not something in between.
    pub fn is_of_bank(self) -> bool {
        self != Self::ProcessingError
    }
    /// What a payer without an account is told of a card: why exactly a bank said no is what somebody who tries cards wants to know.
    /// Of an account it comes days later, and is told.
    pub fn without_detail(self) -> Self {
        match self {
            Self::InsufficientFunds | Self::CardExpired | Self::WrongSecurityCode => Self::Declined,
            other => other,
        }
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
            expected_on: payment.expected_on,
            failure: payment.failure,
        }
    }
}

impl PaymentOrder {
    /// The sum of the shares, without the fee; `None` when it is more than money can be here.
    pub fn total(&self) -> Option<Money> {
        Money::sum(self.shares.iter().map(|share| share.amount.money()))
    }
    /// What the card or account is charged: the total with the fee. `None` when it is more than money can be here: no such order is
    /// taken, or the processor would be asked for another sum than the books say.
    pub fn charged(&self) -> Option<Money> {
        self.total()?.plus(self.fee)
    }
    /// The way in which `fingerprint` compares. Whoever changes it counts this up and keeps the old way in `fingerprint_of`: a retry may
    /// reach another version of the server than the one that took the order.
    pub const FINGERPRINT: u16 = 1;

    /// As a version of the past compares; `None` for one that is not known here.
    pub fn fingerprint_of(&self, version: u16) -> Option<String> {
        (version == Self::FINGERPRINT).then(|| self.fingerprint())
    }

    /// One text for one intent: two orders under one key are the same when these are.
    pub fn fingerprint(&self) -> String {
        // Every part says its length first: no text a client puts into one part reads as two.
        let mut shares: Vec<String> =
            self.shares.iter().map(|share| format!("{}:{}={}", share.bill.len(), share.bill, share.amount)).collect();
        shares.sort();
        let email = self.email.as_ref().map(ToString::to_string).unwrap_or_default();
        let Self { token, payer_name, fee, authorisation, locale, pay_again, .. } = self;
        [
            shares.join(",").as_str(),
            token,
            &payer_name.to_string(),
            &email,
            &fee.to_string(),
            authorisation,
            locale.code(),
            if *pay_again { "again" } else { "" },
        ]
        .map(|part| format!("{}:{part}", part.len()))
        .join("|")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_is_a_uuid() {
        let key = IdempotencyKey::from_random([0xff; 16]).to_string();
        assert_eq!(key, "ffffffff-ffff-4fff-bfff-ffffffffffff");
        assert_eq!(IdempotencyKey::parse(&key.to_uppercase()).unwrap().to_string(), key);
        assert_eq!(IdempotencyKey::parse("ffffffff-ffff-4fff-bfff-fffffffffff"), Err(FieldProblem::Malformed));
    }

    #[test]
    fn a_state_this_client_does_not_know_is_processing() {
        assert_eq!(serde_json::from_str::<PaymentState>("\"in_orbit\"").unwrap(), PaymentState::Processing);
        assert_eq!(serde_json::from_str::<Failure>("\"in_orbit\"").unwrap(), Failure::ProcessingError);
    }

    #[test]
    fn what_is_not_on_its_way_is_final_and_only_what_took_nothing_for_good_can_be_tried_again() {
        use PaymentState::{Cancelled, Failed, Paid, Processing, Refunded, Returned, Scheduled};
        let all = [Scheduled, Processing, Paid, Returned, Refunded, Failed, Cancelled];
        let only = |is: fn(PaymentState) -> bool| all.into_iter().filter(|state| is(*state)).collect::<Vec<_>>();
        assert_eq!(only(PaymentState::is_on_its_way), [Scheduled, Processing]);
        assert_eq!(only(PaymentState::took_no_money), [Failed, Cancelled]);
        assert_eq!(only(PaymentState::can_retry), [Returned, Failed, Cancelled]);
    }

    fn order(shares: &[(&str, &str)]) -> PaymentOrder {
        PaymentOrder {
            shares: shares
                .iter()
                .map(|(bill, amount)| OrderShare { bill: (*bill).to_owned(), amount: Amount::parse(amount).unwrap() })
                .collect(),
            token: "tok".to_owned(),
            payer_name: PersonName::parse("Ana O’Neill").unwrap(),
            email: None,
            fee: Money::ZERO,
            authorisation: "I, Ana O’Neill, authorize".to_owned(),
            locale: Locale::En,
            pay_again: false,
            begin_by: None,
        }
    }

    #[test]
    fn one_intent_has_one_fingerprint_whatever_the_order_of_its_bills() {
        let one = order(&[("a", "1.00"), ("b", "2.00")]);
        assert_eq!(one.fingerprint(), order(&[("b", "2"), ("a", "$1.00")]).fingerprint());
        assert_eq!(one.total().unwrap().to_string(), "3.00");
    }

    #[test]
    fn the_same_intent_sent_again_later_has_the_same_fingerprint() {
        let one = order(&[("a", "1.00")]);
        let later = PaymentOrder { begin_by: Some(Instant::from_millis(1)), ..one.clone() };
        assert_eq!(one.fingerprint(), later.fingerprint());
    }

    #[test]
    fn what_is_charged_is_the_total_with_the_fee_or_nothing_that_can_be_said() {
        let mut one = order(&[("a", "9999999.00")]);
        one.fee = Money::parse("0.99").unwrap();
        assert_eq!(one.charged().unwrap().to_string(), "9999999.99");
        one.fee = Money::parse("1.00").unwrap();
        assert_eq!((one.total().is_some(), one.charged()), (true, None));
    }

    #[test]
    fn any_other_intent_has_another_fingerprint() {
        let one = order(&[("a", "1.00"), ("b", "2.00")]);
        let email = Some(Email::parse("ana@example.org").unwrap());
        let others = [
            order(&[("a", "1.00")]),
            order(&[("a", "1.00"), ("b", "2.01")]),
            order(&[("a=1.00,b", "2.00")]),
            order(&[("a=1.00,1:b", "2.00")]),
            PaymentOrder { token: "tok2".to_owned(), ..one.clone() },
            PaymentOrder { payer_name: PersonName::parse("Ana").unwrap(), ..one.clone() },
            PaymentOrder { email, ..one.clone() },
            PaymentOrder { fee: Money::parse("0.05").unwrap(), ..one.clone() },
            PaymentOrder { authorisation: String::new(), ..one.clone() },
            PaymentOrder { locale: Locale::Es, ..one.clone() },
            PaymentOrder { pay_again: true, ..one.clone() },
        ];
        for other in others {
            assert_ne!(one.fingerprint(), other.fingerprint(), "{other:?}");
        }
    }

    #[test]
    fn an_order_with_a_field_nobody_knows_or_an_amount_of_nothing_is_refused() {
        let good = serde_json::to_value(order(&[("a", "1.00")])).unwrap();
        assert!(serde_json::from_value::<PaymentOrder>(good.clone()).is_ok());
        for amount in ["\"0.00\"", "\"-5\"", "5"] {
            let mut bad = good.clone();
            bad["shares"][0]["amount"] = serde_json::from_str(amount).unwrap();
            assert!(serde_json::from_value::<PaymentOrder>(bad).is_err(), "{amount}");
        }
        let mut more = good;
        more["card_number"] = "4242424242424242".into();
        assert!(serde_json::from_value::<PaymentOrder>(more).is_err());
    }
}
