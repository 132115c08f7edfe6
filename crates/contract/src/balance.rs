//! Wire types of an account's balance: the credit that a member holds, its statement, and the order of a deposit.

use crate::{
    Amount, Date, Email, Instant, Locale, Money, PersonName,
    payment::{Method, PaidBill, PaymentOrder, PaymentSummary},
};
use serde::{Deserialize, Serialize};

/// Below this a member is not told, and above it neither: nobody holds so much.
pub const LOWEST_LOW_CENTS: i64 = 100;
pub const MOST_LOW_CENTS: i64 = 1_000_000;

/// `PUT /balance/settings`: how the member uses the balance.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct BalanceSettings {
    /// The member is told each time the balance falls below it; nothing is never. At least `LOWEST_LOW_CENTS`, and at
    /// most `MOST_LOW_CENTS`.
    pub low: Option<Amount>,
    /// Paying bills begins with the balance chosen; otherwise the member is asked each time.
    pub is_first: bool,
}

/// `GET /balance`: what the plan holds for a member, and how it came to be.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Balance {
    pub as_of: Instant,
    pub time_zone: String,
    /// Today in the region, and the day from which a bank debit is planned.
    pub today: Date,
    pub debit_day: Date,
    /// What can be used now.
    pub balance: Money,
    /// Deposits that went back after they were used: what the next deposit pays first. Nothing while `balance` is more
    /// than nothing.
    pub owed: Money,
    /// Of that, what can go back to the cards and accounts that deposits came from.
    #[serde(default)]
    pub refundable: Money,
    #[serde(default)]
    pub settings: BalanceSettings,
    /// Deposits whose bank has not paid yet, the newest first. Nothing of them is in `balance`.
    pub on_their_way: Vec<PaymentSummary>,
    /// Credits and debits, the newest first.
    pub changes: Vec<BalanceChange>,
    /// The `cursor` of the next page of changes, opaque; none on the last.
    pub next: Option<String>,
}

impl Balance {
    /// What it is once all deposits on their way have cleared: of which `owed` is paid first.
    pub fn if_cleared(&self) -> Option<Money> {
        let more = Money::sum(self.on_their_way.iter().filter_map(|deposit| deposit.deposit))?;
        Some(self.balance.plus(more)?.minus(self.owed).unwrap_or(Money::ZERO))
    }
}

/// A line of the statement, as the ledger has it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct BalanceChange {
    pub at: Instant,
    pub why: BalanceReason,
    /// In, or out.
    pub is_in: bool,
    pub amount: Money,
    /// `Balance::balance` and `Balance::owed` after it.
    pub after: Money,
    pub owed_after: Money,
    /// The payment that it is part of, and what that is paid with.
    pub payment: String,
    pub method: Method,
    /// The bills of that payment; none of a deposit.
    pub bills: Vec<PaidBill>,
    /// A refund that the processor has not answered for.
    #[serde(default)]
    pub is_on_its_way: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum BalanceReason {
    Deposit,
    /// The bank took a deposit back.
    Returned,
    /// It went back to the method that it came from.
    Refunded,
    /// What was to go back could not, and is here again.
    NotRefunded,
    /// Money that came for bills which somebody else had paid meanwhile.
    Credit,
    /// It paid bills.
    Applied,
    #[serde(other)]
    Unknown,
}

/// `POST /balance/refunds`. The key is the `Idempotency-Key` header.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct RefundOrder {
    pub amount: Amount,
}

/// `POST /deposits`. The key is the `Idempotency-Key` header.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct DepositOrder {
    /// What goes to the balance, without the fee.
    pub amount: Amount,
    /// From the capture frame; single use.
    pub token: String,
    pub payer_name: PersonName,
    pub email: Option<Email>,
    /// The card fee the member was shown; refused when it is not the fee that applies.
    pub fee: Money,
    /// The authorisation the member agreed to, word for word (`payment::Terms`, of no bills).
    pub authorisation: String,
    pub locale: Locale,
    /// As in a payment's order.
    #[serde(default)]
    pub begin_by: Option<Instant>,
}

impl From<DepositOrder> for PaymentOrder {
    fn from(order: DepositOrder) -> Self {
        let DepositOrder { amount, token, payer_name, email, fee, authorisation, locale, begin_by } = order;
        let (shares, deposit, pay_again) = (Vec::new(), Some(amount), false);
        let (saved_method, save_method, save_consent) = (None, false, None);
        Self {
            shares,
            token,
            payer_name,
            email,
            fee,
            authorisation,
            locale,
            pay_again,
            begin_by,
            deposit,
            saved_method,
            save_method,
            save_consent,
            from_balance: None,
            household: None,
        }
    }
}
