//! Catching up with a server of the version before, which books credit into the ledger and knows no balances: the
//! change that each such entry makes is written afterwards.

use super::{Change, change, lock};
use crate::store::{Store, ledger::Account, retry, trouble};
use sqlx::Row;

/// A round.
const AT_ONCE: i64 = 100;

/// By the index `ledger_posting_of_credit` and the key of `credit_change`.
const MISSED: &str = "SELECT ledger_posting.entry AS entry, ledger_posting.account AS account FROM ledger_posting \
    JOIN ledger_entry ON ledger_entry.id = ledger_posting.entry WHERE SUBSTR(ledger_posting.account, 1, 7) = 'credit:' \
    AND NOT EXISTS (SELECT 1 FROM credit_change WHERE credit_change.entry = ledger_posting.entry) \
    ORDER BY ledger_entry.at, ledger_entry.id LIMIT $1";

impl Store {
    /// Gives how many entries it caught up with. One that fails is logged and keeps no other.
    pub async fn catch_up_with_credit(&self) -> Result<usize, sqlx::Error> {
        let rows = sqlx::query(MISSED).bind(AT_ONCE).fetch_all(&self.read).await?;
        let mut caught = 0;
        for row in &rows {
            let (entry, account): (&str, &str) = (row.try_get("entry")?, row.try_get("account")?);
            match retry(|| self.catch_up_with(entry, account)).await {
                Ok(is_new) => caught += usize::from(is_new),
                Err(error) => {
                    tracing::error!(entry, "a balance does not have an entry of the version before");
                    trouble::log(&error);
                }
            }
        }
        Ok(caught)
    }

    /// False if another server did it first: with the credit locked, the change that it wrote is seen.
    async fn catch_up_with(&self, entry: &str, account: &str) -> Result<bool, sqlx::Error> {
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
        change(&mut tx, entry, &Change { membership, credit: of_owed - cents, owed: of_owed }).await?;
        tx.commit().await?;
        Ok(true)
    }
}
