//! Double-entry ledger, in integer cents: every movement of money is one entry with a source and postings that sum to
//! zero. Debits are positive. An entry is written once for its source and reason, unless the caller says that it
//! happens again. Knows neither payments nor processors: the caller builds the postings (`store::movements` those of
//! payments).

use super::{
    Tx,
    batch::Batch,
    credit::{self, Change},
};
use contract::Instant;
use sqlx::Row;
use std::fmt;

/// What moved the money, and its id.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Source<'a> {
    pub kind: SourceKind,
    pub id: &'a str,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SourceKind {
    Payment,
    /// Money that a member put into the account before a bill was there.
    Deposit,
    /// Credit that the plan sent back.
    Refund,
    /// Credit that went to a bill.
    Credit,
}

impl SourceKind {
    fn word(self) -> &'static str {
        match self {
            Self::Payment => "payment",
            Self::Deposit => "deposit",
            Self::Refund => "refund",
            Self::Credit => "credit",
        }
    }
}

/// Why money moved.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reason {
    /// It came in: the processor took it, or it was put in.
    Paid,
    /// The bank took it back.
    Returned,
    /// The plan gave it back.
    Refunded,
    /// Credit was applied to what is owed.
    Applied,
}

impl Reason {
    /// As the ledger keeps it; the second time with `:2` behind it, and so on.
    pub fn word(self) -> &'static str {
        match self {
            Self::Paid => "paid",
            Self::Returned => "returned",
            Self::Refunded => "refunded",
            Self::Applied => "applied",
        }
    }
}

/// An account of the books. Those of a member are by membership.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Account {
    /// What the processor owes the plan.
    ProcessorClearing,
    CardFees,
    /// What the plan took itself, by mail or phone.
    TakenByPlan,
    /// What the member owes.
    Receivable(String),
    /// What the plan owes the member.
    Credit(String),
    /// What the member owes of deposits that went back after they were used.
    CreditOwed(String),
}

impl Account {
    /// The account of a name that `Display` wrote.
    fn parse(name: &str) -> Option<Self> {
        match name.split_once(':') {
            None if name == "processor_clearing" => Some(Self::ProcessorClearing),
            None if name == "card_fees" => Some(Self::CardFees),
            None if name == "taken_by_plan" => Some(Self::TakenByPlan),
            Some(("receivable", membership)) => Some(Self::Receivable(membership.to_owned())),
            Some(("credit", membership)) => Some(Self::Credit(membership.to_owned())),
            Some(("credit_owed", membership)) => Some(Self::CreditOwed(membership.to_owned())),
            _ => None,
        }
    }
}

impl fmt::Display for Account {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::ProcessorClearing => f.write_str("processor_clearing"),
            Self::CardFees => f.write_str("card_fees"),
            Self::TakenByPlan => f.write_str("taken_by_plan"),
            Self::Receivable(membership) => write!(f, "receivable:{membership}"),
            Self::Credit(membership) => write!(f, "credit:{membership}"),
            Self::CreditOwed(membership) => write!(f, "credit_owed:{membership}"),
        }
    }
}

/// A change of one account.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Posting {
    pub account: Account,
    /// A debit is positive.
    pub cents: i64,
}

/// The entry's id, from which a repeated one is known.
pub fn entry_id(source: Source<'_>, reason: &str) -> String {
    match source.kind {
        // As the version before names them.
        SourceKind::Payment => format!("{}:{reason}", source.id),
        kind => format!("{}:{}:{reason}", kind.word(), source.id),
    }
}

/// Writes an entry, and its postings among other writes, which must be run in the same transaction. The second of one
/// source and reason is an entry of its own: the caller has locked the source, and knows that it happened again. An
/// error, and nothing written, if the postings don't sum to zero or there are none. What it does to a member's credit
/// is written with it (`credit`). Gives the entry's id.
pub async fn enter(
    tx: &mut Tx,
    writes: &mut Batch,
    source: Source<'_>,
    reason: Reason,
    postings: &[Posting],
    at: Instant,
) -> Result<String, sqlx::Error> {
    must_balance(postings)?;
    let word = reason.word();
    let mut entry = entry_id(source, word);
    if !insert(tx, &entry, source, word, at).await? {
        let sql = "SELECT COUNT(*) FROM ledger_entry WHERE (source_kind = $1 AND source = $2 OR source_kind IS NULL AND payment = $2) \
                   AND (reason = $3 OR reason LIKE $4)";
        let before = sqlx::query(sql).bind(source.kind.word()).bind(source.id).bind(word).bind(format!("{word}:%"));
        let before: i64 = before.fetch_one(&mut **tx).await?.try_get(0)?;
        let again = format!("{word}:{}", before + 1);
        entry = entry_id(source, &again);
        if !insert(tx, &entry, source, &again, at).await? {
            return Err(sqlx::Error::Protocol("a ledger entry is there already".to_owned()));
        }
    }
    if let Some(change) = change_of(postings, at) {
        credit::change(tx, &entry, &change).await?;
    }
    add_postings(writes, &entry, postings);
    Ok(entry)
}

/// What postings do to a member's credit; they are those of one member.
fn change_of(postings: &[Posting], at: Instant) -> Option<Change<'_>> {
    let mut change = None;
    for Posting { account, cents } in postings.iter().filter(|posting| posting.cents != 0) {
        let (membership, credit, owed) = match account {
            Account::Credit(membership) => (membership, -cents, 0),
            Account::CreditOwed(membership) => (membership, 0, *cents),
            Account::ProcessorClearing | Account::CardFees | Account::TakenByPlan | Account::Receivable(_) => continue,
        };
        let change = change.get_or_insert(Change { membership, credit: 0, owed: 0, at });
        (change.credit, change.owed) = (change.credit + credit, change.owed + owed);
    }
    change
}

macro_rules! insert {
    ($otherwise:literal) => {
        concat!(
            "INSERT INTO ledger_entry (id, payment, source_kind, source, reason, at) VALUES ($1, $2, $3, $4, $5, $6)",
            $otherwise
        )
    };
}

/// As `enter`, with the entry, too, among the writes: of a source and reason that nothing was ever entered of. No
/// credit can be changed so.
pub fn enter_first(
    writes: &mut Batch,
    source: Source<'_>,
    reason: Reason,
    postings: &[Posting],
    at: Instant,
) -> Result<(), sqlx::Error> {
    must_balance(postings)?;
    if change_of(postings, at).is_some() {
        return Err(sqlx::Error::Protocol("credit is changed by a statement of its own".to_owned()));
    }
    let entry = entry_id(source, reason.word());
    let payment = (source.kind == SourceKind::Payment).then(|| source.id.to_owned());
    let (kind, id, at) = (source.kind.word().into(), source.id.into(), at.millis().into());
    writes.add(insert!(""), [entry.as_str().into(), payment.into(), kind, id, reason.word().into(), at]);
    add_postings(writes, &entry, postings);
    Ok(())
}

fn add_postings(writes: &mut Batch, entry: &str, postings: &[Posting]) {
    let postings = postings.iter().filter(|posting| posting.cents != 0);
    let rows = postings.map(|posting| [entry.into(), posting.account.to_string().into(), posting.cents.into()]);
    writes.add_rows("INSERT INTO ledger_posting (entry, account, cents)", rows);
}

/// The postings of the last entry of this source and reason; none if there is no such entry.
pub async fn last(tx: &mut Tx, source: Source<'_>, reason: Reason) -> Result<Vec<Posting>, sqlx::Error> {
    let word = reason.word();
    let sql = "SELECT ledger_posting.account AS account, ledger_posting.cents AS cents FROM ledger_posting WHERE entry = \
               (SELECT id FROM ledger_entry WHERE (source_kind = $1 AND source = $2 OR source_kind IS NULL AND payment = $2) \
               AND (reason = $3 OR reason LIKE $4) ORDER BY at DESC, id DESC LIMIT 1)";
    let rows = sqlx::query(sql).bind(source.kind.word()).bind(source.id).bind(word).bind(format!("{word}:%"));
    let rows = rows.fetch_all(&mut **tx).await?;
    rows.iter()
        .map(|row| {
            let account =
                Account::parse(row.try_get("account")?).ok_or_else(|| sqlx::Error::Decode("account".into()))?;
            Ok(Posting { account, cents: row.try_get("cents")? })
        })
        .collect()
}

fn must_balance(postings: &[Posting]) -> Result<(), sqlx::Error> {
    let error = || sqlx::Error::Protocol("the postings of a ledger entry do not balance".to_owned());
    balances(postings).then_some(()).ok_or_else(error)
}

fn balances(postings: &[Posting]) -> bool {
    let is_something = postings.iter().any(|posting| posting.cents != 0);
    is_something && postings.iter().map(|posting| i128::from(posting.cents)).sum::<i128>() == 0
}

/// False if the entry is there already.
async fn insert(tx: &mut Tx, id: &str, source: Source<'_>, reason: &str, at: Instant) -> Result<bool, sqlx::Error> {
    let done = sqlx::query(insert!(" ON CONFLICT (id) DO NOTHING"))
        .bind(id)
        .bind((source.kind == SourceKind::Payment).then_some(source.id))
        .bind(source.kind.word())
        .bind(source.id)
        .bind(reason)
        .bind(at.millis())
        .execute(&mut **tx)
        .await?;
    Ok(done.rows_affected() == 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn posting(account: Account, cents: i64) -> Posting {
        Posting { account, cents }
    }

    #[test]
    fn postings_balance_if_they_move_something_and_sum_to_zero() {
        let owed = || Account::Receivable("m".to_owned());
        assert!(balances(&[posting(Account::ProcessorClearing, 5), posting(owed(), -5)]));
        assert!(!balances(&[posting(Account::ProcessorClearing, 5), posting(owed(), -4)]));
        assert!(!balances(&[
            posting(Account::ProcessorClearing, i64::MAX),
            posting(owed(), i64::MAX),
            posting(Account::CardFees, 2)
        ]));
        assert!(!balances(&[posting(owed(), 0)]));
        assert!(!balances(&[]));
    }

    #[test]
    fn an_account_is_read_back_by_its_name() {
        for account in [
            Account::ProcessorClearing,
            Account::CardFees,
            Account::Receivable("a:b".to_owned()),
            Account::Credit("a".to_owned()),
            Account::CreditOwed("a".to_owned()),
            Account::TakenByPlan,
        ] {
            assert_eq!(Account::parse(&account.to_string()), Some(account));
        }
        assert_eq!(Account::parse("elsewhere"), None);
    }
}
