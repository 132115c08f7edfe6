//! Double entry, in integer cents. Every movement of money is one entry whose postings sum to zero; an entry is written once for a
//! payment and a reason, so a repeated settlement writes nothing twice. Debits are positive.

use super::Tx;
use contract::{Instant, Money};

/// Why money moved.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reason {
    /// The processor took the money.
    Paid,
    /// The bank took it back.
    Returned,
    /// The plan gave it back.
    Refunded,
}

impl Reason {
    /// As the ledger keeps it.
    pub fn word(self) -> &'static str {
        match self {
            Self::Paid => "paid",
            Self::Returned => "returned",
            Self::Refunded => "refunded",
        }
    }
}

/// What one payment moved: the bills' part, and the card fee.
pub struct Movement<'a> {
    pub payment: &'a str,
    pub membership: &'a str,
    pub total: Money,
    pub fee: Money,
    pub at: Instant,
}

impl Movement<'_> {
    /// Paid: what the processor owes us goes up, what the member owes goes down, the fee is earned. Returned and refunded: the
    /// reverse.
    pub async fn post(&self, tx: &mut Tx, reason: Reason) -> Result<(), sqlx::Error> {
        let (total, fee) = (self.total.cents(), self.fee.cents());
        let sign = if reason == Reason::Paid { 1 } else { -1 };
        let entry = format!("{}:{}", self.payment, reason.word());
        sqlx::query("INSERT INTO ledger_entry (id, payment, reason, at) VALUES ($1, $2, $3, $4)")
            .bind(&entry)
            .bind(self.payment)
            .bind(reason.word())
            .bind(self.at.millis())
            .execute(&mut **tx)
            .await?;
        let receivable = format!("receivable:{}", self.membership);
        for (account, cents) in
            [("processor_clearing", total + fee), (receivable.as_str(), -total), ("card_fees", -fee)]
        {
            if cents != 0 {
                sqlx::query("INSERT INTO ledger_posting (entry, account, cents) VALUES ($1, $2, $3)")
                    .bind(&entry)
                    .bind(account)
                    .bind(sign * cents)
                    .execute(&mut **tx)
                    .await?;
            }
        }
        Ok(())
    }
}
