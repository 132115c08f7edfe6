//! The ledger postings of payments: the bills' part and the card fee, taken and given back. A payment's state is locked
//! while it moves, so a repeated answer of the processor moves nothing twice; a debit that is presented again moves it
//! again.

use super::{
    Tx,
    batch::Batch,
    ledger::{self, Account, Posting, Reason, Source, SourceKind},
};
use contract::{Instant, Money};

/// Where the member's money goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Destination {
    /// It lowers what the member owes.
    Bills,
    /// Somebody else paid the bills meanwhile: it is the member's credit, and people have to give it back.
    Credit,
}

/// What one payment moves.
pub struct Movement<'a> {
    pub payment: &'a str,
    pub membership: &'a str,
    pub total: Money,
    pub fee: Money,
    pub at: Instant,
}

impl Movement<'_> {
    pub async fn take(&self, tx: &mut Tx, writes: &mut Batch, towards: Destination) -> Result<(), sqlx::Error> {
        ledger::enter(tx, writes, self.source(), Reason::Paid, &self.taken(towards), self.at).await
    }

    /// As `take`, of a payment that was never taken before: all of it is among the writes.
    pub fn take_first(&self, writes: &mut Batch) -> Result<(), sqlx::Error> {
        ledger::enter_first(writes, self.source(), Reason::Paid, &self.taken(Destination::Bills), self.at)
    }

    /// The reverse of the last time it was taken; gives whose the money was.
    pub async fn give_back(&self, tx: &mut Tx, writes: &mut Batch, reason: Reason) -> Result<Destination, sqlx::Error> {
        let mut postings = ledger::last(tx, self.source(), Reason::Paid).await?;
        if postings.is_empty() {
            postings = self.taken(Destination::Bills);
        }
        let is_credit = postings.iter().any(|posting| matches!(posting.account, Account::Credit(_)));
        postings.iter_mut().for_each(|posting| posting.cents = -posting.cents);
        ledger::enter(tx, writes, self.source(), reason, &postings, self.at).await?;
        Ok(if is_credit { Destination::Credit } else { Destination::Bills })
    }

    /// What the processor owes the plan goes up, what the member owes goes down, the fee is earned.
    pub fn taken(&self, towards: Destination) -> Vec<Posting> {
        let (total, fee) = (self.total.cents(), self.fee.cents());
        let membership = self.membership.to_owned();
        let whose = if towards == Destination::Bills { Account::Receivable } else { Account::Credit };
        vec![
            Posting { account: Account::ProcessorClearing, cents: total + fee },
            Posting { account: whose(membership), cents: -total },
            Posting { account: Account::CardFees, cents: -fee },
        ]
    }

    fn source(&self) -> Source<'_> {
        Source { kind: SourceKind::Payment, id: self.payment }
    }
}
