//! Double entry, in integer cents. Every movement of money is one entry whose postings sum to zero. A payment's state is locked while
//! it moves, so a repeated answer writes nothing twice; a debit that is presented again is another entry. Debits are positive.

use super::Tx;
use contract::{Instant, Money};
use sqlx::Row;

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
    /// As the ledger keeps it; the second time with `:2` behind it, and so on.
    pub fn word(self) -> &'static str {
        match self {
            Self::Paid => "paid",
            Self::Returned => "returned",
            Self::Refunded => "refunded",
        }
    }
}

/// Where the member's money goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Towards {
    /// It lowers what the member owes.
    Bills,
    /// Somebody else paid the bills meanwhile: it is the member's credit, and people have to give it back.
    Credit,
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
    /// What the processor owes us goes up, what the member owes goes down, the fee is earned.
    pub async fn take(&self, tx: &mut Tx, towards: Towards) -> Result<(), sqlx::Error> {
        let entry = self.entry(tx, Reason::Paid).await?;
        post(tx, &entry, &self.taken(towards)).await
    }

    /// The reverse of the last time it was taken; gives whose the money was.
    pub async fn give_back(&self, tx: &mut Tx, reason: Reason) -> Result<Towards, sqlx::Error> {
        let last = sqlx::query(
            "SELECT id FROM ledger_entry WHERE payment = $1 AND (reason = 'paid' OR reason LIKE 'paid:%') \
             ORDER BY at DESC, id DESC LIMIT 1",
        );
        let last = last.bind(self.payment).fetch_optional(&mut **tx).await?;
        let mut taken = Vec::new();
        if let Some(last) = last {
            let id: String = last.try_get("id")?;
            let postings = sqlx::query("SELECT account, cents FROM ledger_posting WHERE entry = $1").bind(id);
            for posting in postings.fetch_all(&mut **tx).await? {
                taken.push((posting.try_get("account")?, posting.try_get("cents")?));
            }
        }
        if taken.is_empty() {
            taken = self.taken(Towards::Bills);
        }
        let is_credit = taken.iter().any(|(account, _)| account.starts_with(CREDIT));
        taken.iter_mut().for_each(|(_, cents)| *cents = -*cents);
        let entry = self.entry(tx, reason).await?;
        post(tx, &entry, &taken).await?;
        Ok(if is_credit { Towards::Credit } else { Towards::Bills })
    }

    fn taken(&self, towards: Towards) -> Vec<(String, i64)> {
        let (total, fee) = (self.total.cents(), self.fee.cents());
        let kind = if towards == Towards::Bills { RECEIVABLE } else { CREDIT };
        vec![
            ("processor_clearing".to_owned(), total + fee),
            (format!("{kind}{}", self.membership), -total),
            ("card_fees".to_owned(), -fee),
        ]
    }

    /// Writes the entry without its postings and gives its id.
    async fn entry(&self, tx: &mut Tx, reason: Reason) -> Result<String, sqlx::Error> {
        let word = reason.word();
        if let Some(id) = self.insert(tx, word).await? {
            return Ok(id);
        }
        let sql = "SELECT COUNT(*) FROM ledger_entry WHERE payment = $1 AND (reason = $2 OR reason LIKE $3)";
        let before = sqlx::query(sql).bind(self.payment).bind(word).bind(format!("{word}:%"));
        let before: i64 = before.fetch_one(&mut **tx).await?.try_get(0)?;
        let again = self.insert(tx, &format!("{word}:{}", before + 1)).await?;
        again.ok_or_else(|| sqlx::Error::Protocol("a ledger entry is there already".to_owned()))
    }

    async fn insert(&self, tx: &mut Tx, reason: &str) -> Result<Option<String>, sqlx::Error> {
        let id = format!("{}:{reason}", self.payment);
        let done = sqlx::query(
            "INSERT INTO ledger_entry (id, payment, reason, at) VALUES ($1, $2, $3, $4) ON CONFLICT (id) DO NOTHING",
        )
        .bind(&id)
        .bind(self.payment)
        .bind(reason)
        .bind(self.at.millis())
        .execute(&mut **tx)
        .await?;
        Ok((done.rows_affected() == 1).then_some(id))
    }
}

const RECEIVABLE: &str = "receivable:";
const CREDIT: &str = "credit:";

async fn post(tx: &mut Tx, entry: &str, postings: &[(String, i64)]) -> Result<(), sqlx::Error> {
    for (account, cents) in postings.iter().filter(|(_, cents)| *cents != 0) {
        sqlx::query("INSERT INTO ledger_posting (entry, account, cents) VALUES ($1, $2, $3)")
            .bind(entry)
            .bind(account)
            .bind(*cents)
            .execute(&mut **tx)
            .await?;
    }
    Ok(())
}
