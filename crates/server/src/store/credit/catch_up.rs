//! Catching up with servers of earlier versions. One books credit into the ledger and knows no balances: the change
//! that each such entry makes is written afterwards. One gives up what a payment held and leaves what is owed: that is
//! paid afterwards.

use super::{Change, change, lock};
use crate::store::{Store, batch::Batch, ledger::Account, movements, retry, trouble};
use contract::Instant;
use sqlx::{Row, any::AnyRow};

/// A page.
const AT_ONCE: usize = 100;

/// By the index `ledger_posting_of_credit` and the key of `credit_change`.
const MISSED: &str = "SELECT ledger_posting.entry AS entry, ledger_posting.account AS account, ledger_entry.at AS at FROM ledger_posting \
    JOIN ledger_entry ON ledger_entry.id = ledger_posting.entry WHERE SUBSTR(ledger_posting.account, 1, 7) = 'credit:' \
    AND NOT EXISTS (SELECT 1 FROM credit_change WHERE credit_change.entry = ledger_posting.entry) \
    AND (ledger_entry.at > $1 OR ledger_entry.at = $1 AND ledger_entry.id > $2) ORDER BY ledger_entry.at, ledger_entry.id LIMIT $3";

/// By the index `credit_owed`; with what the newest change was part of.
const OWED: &str = "SELECT credit.membership AS membership, COALESCE(ledger_entry.source, ledger_entry.payment) AS source FROM credit \
    JOIN credit_change ON credit_change.membership = credit.membership AND credit_change.position = credit.changes \
    JOIN ledger_entry ON ledger_entry.id = credit_change.entry WHERE credit.owed_cents > 0 AND credit.cents > credit.held_cents \
    ORDER BY credit.membership LIMIT 100";

impl Store {
    /// Gives how many entries it caught up with. One that fails is logged and keeps no other, however many there are.
    pub async fn catch_up_with_credit(&self) -> Result<usize, sqlx::Error> {
        let (mut caught, mut last) = (0, (0, String::new()));
        loop {
            let page =
                sqlx::query(MISSED).bind(last.0).bind(&last.1).bind(AT_ONCE as i64).fetch_all(&self.read).await?;
            for row in &page {
                caught += usize::from(self.caught_up_with(row).await?);
            }
            match page.last() {
                Some(row) if page.len() == AT_ONCE => last = (row.try_get("at")?, row.try_get("entry")?),
                _ => return Ok(caught),
            }
        }
    }

    async fn caught_up_with(&self, row: &AnyRow) -> Result<bool, sqlx::Error> {
        let (entry, account): (&str, &str) = (row.try_get("entry")?, row.try_get("account")?);
        let at = Instant::from_millis(row.try_get("at")?);
        let caught = retry(|| self.catch_up_with(entry, account, at)).await;
        Ok(caught.unwrap_or_else(|error| {
            tracing::error!(entry, "a balance does not have an entry of the version before");
            trouble::log(&error);
            false
        }))
    }

    /// Gives how many members' free credit paid what was owed.
    pub async fn pay_what_is_owed(&self, at: Instant) -> Result<usize, sqlx::Error> {
        let mut paid = 0;
        for row in &sqlx::query(OWED).fetch_all(&self.read).await? {
            let (membership, source): (&str, &str) = (row.try_get("membership")?, row.try_get("source")?);
            let pay = || async {
                let (mut tx, mut writes) = (self.begin().await?, Batch::default());
                let is_paid = movements::pay_owed(&mut tx, &mut writes, membership, source, at).await?;
                writes.run(&mut tx).await?;
                tx.commit().await?;
                Ok(is_paid)
            };
            paid += usize::from(retry(pay).await?);
        }
        Ok(paid)
    }

    /// False if another server did it first: with the credit locked, the change that it wrote is seen.
    async fn catch_up_with(&self, entry: &str, account: &str, at: Instant) -> Result<bool, sqlx::Error> {
        let Some((_, membership)) = account.split_once(':') else { return Ok(false) };
        let mut tx = self.begin().await?;
        let credit = lock(&mut tx, membership).await?;
        let sql = "SELECT cents FROM ledger_posting WHERE entry = $1 AND account = $2 \
                   AND NOT EXISTS (SELECT 1 FROM credit_change WHERE credit_change.entry = ledger_posting.entry)";
        let posting = sqlx::query(sql).bind(entry).bind(account).fetch_optional(&mut *tx).await?;
        let Some(cents) = posting.map(|row| row.try_get::<i64, _>("cents")).transpose()? else {
            tx.rollback().await?;
            return Ok(false);
        };
        // As this version would have booked it: what comes in pays what is owed, and what is not there is owed.
        let of_owed = if cents < 0 { -credit.pays(-cents) } else { cents - credit.gives(cents) };
        if of_owed != 0 {
            let owed = Account::CreditOwed(membership.to_owned()).to_string();
            let whole = "UPDATE ledger_posting SET account = $3 WHERE entry = $1 AND account = $2 AND cents = $4";
            let whole = sqlx::query(whole).bind(entry).bind(account).bind(&owed).bind(of_owed);
            if whole.execute(&mut *tx).await?.rows_affected() == 0 {
                let rest = "UPDATE ledger_posting SET cents = cents - $3 WHERE entry = $1 AND account = $2";
                sqlx::query(rest).bind(entry).bind(account).bind(of_owed).execute(&mut *tx).await?;
                let part = "INSERT INTO ledger_posting (entry, account, cents) VALUES ($1, $2, $3)";
                sqlx::query(part).bind(entry).bind(owed).bind(of_owed).execute(&mut *tx).await?;
            }
        }
        change(&mut tx, entry, &Change { membership, credit: of_owed - cents, owed: of_owed, at }).await?;
        tx.commit().await?;
        Ok(true)
    }
}
