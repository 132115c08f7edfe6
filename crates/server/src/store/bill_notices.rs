//! Bills whose members are to be told of them: those that are new, and those that are due soon. Whom was told is in the
//! outbox: an e-mail about a bill has the bill in its id.

use super::{Store, cents, from_word, readable, value};
use contract::{Date, Locale, Money, Region, notices::NoticeKind};
use sqlx::{Row, any::AnyRow};

macro_rules! bills_to_tell {
    ($day:literal) => {
        concat!(
            "SELECT bill.id AS bill, bill.due AS due, bill.balance_cents - bill.pending_cents AS owed_cents, \
             account.id AS account, account.locale AS locale \
             FROM bill JOIN membership ON membership.id = bill.membership JOIN account ON account.membership = membership.id \
             WHERE bill.",
            $day,
            " BETWEEN $1 AND $2 AND membership.region = $3 AND bill.balance_cents > bill.pending_cents \
             AND account.email_confirmed_at IS NOT NULL \
             AND NOT EXISTS (SELECT 1 FROM outbox WHERE outbox.id = 'bill:' || bill.id || $4) \
             AND bill.id > $5 ORDER BY bill.id LIMIT $6"
        )
    };
}

/// What is told of a bill.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BillNews {
    Ready,
    DueSoon,
}

/// One that its member is to be told of.
pub struct BillToTell {
    pub bill: String,
    pub due: Date,
    /// Without what is on its way.
    pub owed: Money,
    pub account: String,
    pub locale: Locale,
}

impl BillNews {
    pub const ALL: [Self; 2] = [Self::Ready, Self::DueSoon];

    pub fn kind(self) -> NoticeKind {
        match self {
            Self::Ready => NoticeKind::BillReady,
            Self::DueSoon => NoticeKind::DueSoon,
        }
    }

    /// Of the one e-mail about this bill.
    pub fn email_id(self, bill: &str) -> String {
        format!("bill:{bill}{}", self.ending())
    }

    const fn ending(self) -> &'static str {
        match self {
            Self::Ready => ":ready",
            Self::DueSoon => ":due",
        }
    }

    /// By the indexes `bill_by_issued` and `bill_by_due`, and the primary key of `outbox`.
    const fn sql(self) -> &'static str {
        match self {
            Self::Ready => bills_to_tell!("issued"),
            Self::DueSoon => bills_to_tell!("due"),
        }
    }
}

impl Store {
    /// Of which nobody was told, with something owed, in a region whose first and last day are these: the next after
    /// the bill of an id, without those that can't be read. Gives the last id, too, if there was a next.
    pub async fn bills_to_tell(
        &self,
        news: BillNews,
        region: Region,
        (first, last): (Date, Date),
        after: &str,
        most: i64,
    ) -> Result<(Vec<BillToTell>, Option<String>), sqlx::Error> {
        let query = sqlx::query(news.sql()).bind(first.to_string()).bind(last.to_string()).bind(region.code());
        let rows = query.bind(news.ending()).bind(after).bind(most).fetch_all(&self.read).await?;
        let last = rows.last().map(|row| row.try_get("bill")).transpose()?;
        Ok((readable::each("bill", "bill", &rows, bill_to_tell).0, last))
    }
}

fn bill_to_tell(row: &AnyRow) -> Result<BillToTell, sqlx::Error> {
    Ok(BillToTell {
        bill: row.try_get("bill")?,
        due: value(row, "due")?,
        owed: cents(row, "owed_cents")?,
        account: row.try_get("account")?,
        locale: from_word(row.try_get("locale")?)?,
    })
}
