//! The ledger postings of payments: the bills' part and the card fee, taken and given back. A payment's state is locked
//! while it moves, so a repeated answer of the processor moves nothing twice; a debit that is presented again moves it
//! again.

use super::{
    Tx,
    batch::Batch,
    credit::{self, Credit},
    ledger::{self, Account, Posting, Reason, Source, SourceKind},
};
use contract::{Instant, Money};

/// Where the member's money goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Destination {
    /// It lowers what the member owes.
    Bills,
    /// It is the member's credit: a deposit, or somebody else paid the bills meanwhile.
    Credit,
}

/// What one payment moves.
pub struct Movement<'a> {
    pub payment: &'a str,
    pub membership: &'a str,
    pub total: Money,
    pub fee: Money,
    pub is_deposit: bool,
    /// The plan took it itself: no processor owes it.
    pub is_by_plan: bool,
    pub at: Instant,
}

impl Movement<'_> {
    pub async fn take(&self, tx: &mut Tx, writes: &mut Batch, towards: Destination) -> Result<(), sqlx::Error> {
        let postings = match towards {
            Destination::Bills => self.taken(),
            Destination::Credit => self.credited(credit::lock(tx, self.membership).await?),
        };
        ledger::enter(tx, writes, self.source(), Reason::Paid, &postings, self.at).await.map(drop)
    }

    /// As `take`, of a payment that was never taken before: all of it is among the writes.
    pub fn take_first(&self, writes: &mut Batch) -> Result<(), sqlx::Error> {
        ledger::enter_first(writes, self.source(), Reason::Paid, &self.taken(), self.at)
    }

    /// The reverse of the last time it was taken; gives whose the money was. Of credit only what is there is taken: the
    /// rest is owed.
    pub async fn give_back(&self, tx: &mut Tx, writes: &mut Batch, reason: Reason) -> Result<Destination, sqlx::Error> {
        let mut postings = ledger::last(tx, self.source(), Reason::Paid).await?;
        if postings.is_empty() {
            postings = self.taken();
        }
        let is_credit = |posting: &Posting| matches!(posting.account, Account::Credit(_) | Account::CreditOwed(_));
        let from = if self.is_deposit || postings.iter().any(is_credit) {
            postings = self.uncredited(credit::lock(tx, self.membership).await?);
            Destination::Credit
        } else {
            postings.iter_mut().for_each(|posting| posting.cents = -posting.cents);
            Destination::Bills
        };
        ledger::enter(tx, writes, self.source(), reason, &postings, self.at).await?;
        Ok(from)
    }

    /// What the balance pays of the bills, and what was held for it. All of it is there, unless a server of the version
    /// before took it: then the rest is owed.
    pub async fn apply(&self, tx: &mut Tx, writes: &mut Batch) -> Result<(), sqlx::Error> {
        let cents = self.total.cents();
        credit::release(tx, self.membership, cents).await?;
        let gives = credit::lock(tx, self.membership).await?.gives(cents);
        let membership = || self.membership.to_owned();
        let postings = [
            Posting { account: Account::Credit(membership()), cents: gives },
            Posting { account: Account::CreditOwed(membership()), cents: cents - gives },
            Posting { account: Account::Receivable(membership()), cents: -cents },
        ];
        let source = Source { kind: SourceKind::Credit, id: self.payment };
        ledger::enter(tx, writes, source, Reason::Applied, &postings, self.at).await.map(drop)
    }

    /// What was held and is not used. Of a deposit that went back meanwhile, it pays what is owed.
    pub async fn release(&self, tx: &mut Tx, writes: &mut Batch) -> Result<(), sqlx::Error> {
        credit::release(tx, self.membership, self.total.cents()).await?;
        pay_owed(tx, writes, self.membership, self.payment, self.at).await.map(drop)
    }

    /// What the processor owes the plan, or what the plan took, goes up; what the member owes goes down, the fee is
    /// earned.
    pub fn taken(&self) -> Vec<Posting> {
        let (total, fee) = (self.total.cents(), self.fee.cents());
        vec![
            Posting { account: self.taken_into(), cents: total + fee },
            Posting { account: Account::Receivable(self.membership.to_owned()), cents: -total },
            Posting { account: Account::CardFees, cents: -fee },
        ]
    }

    fn taken_into(&self) -> Account {
        if self.is_by_plan { Account::TakenByPlan } else { Account::ProcessorClearing }
    }

    /// As `taken`, to a member's credit: what is owed of it is paid first.
    fn credited(&self, credit: Credit) -> Vec<Posting> {
        let (total, fee) = (self.total.cents(), self.fee.cents());
        let pays = credit.pays(total);
        self.of_credit([total + fee, pays - total, -pays, -fee])
    }

    fn uncredited(&self, credit: Credit) -> Vec<Posting> {
        let (total, fee) = (self.total.cents(), self.fee.cents());
        let gives = credit.gives(total);
        self.of_credit([-total - fee, gives, total - gives, fee])
    }

    fn of_credit(&self, cents: [i64; 4]) -> Vec<Posting> {
        let membership = || self.membership.to_owned();
        let accounts =
            [self.taken_into(), Account::Credit(membership()), Account::CreditOwed(membership()), Account::CardFees];
        accounts.into_iter().zip(cents).map(|(account, cents)| Posting { account, cents }).collect()
    }

    fn source(&self) -> Source<'_> {
        Source { kind: if self.is_deposit { SourceKind::Deposit } else { SourceKind::Payment }, id: self.payment }
    }
}

/// Credit that is free pays what is owed of it; gives whether there was any. The member's sum stays as it is, so no
/// line of a statement shows it.
pub async fn pay_owed(
    tx: &mut Tx,
    writes: &mut Batch,
    membership: &str,
    because_of: &str,
    at: Instant,
) -> Result<bool, sqlx::Error> {
    let credit = credit::lock(tx, membership).await?;
    let pays = credit.pays(credit.cents);
    if pays == 0 {
        return Ok(false);
    }
    let postings = [
        Posting { account: Account::Credit(membership.to_owned()), cents: pays },
        Posting { account: Account::CreditOwed(membership.to_owned()), cents: -pays },
    ];
    let source = Source { kind: SourceKind::Credit, id: because_of };
    ledger::enter(tx, writes, source, Reason::Applied, &postings, at).await?;
    Ok(true)
}
