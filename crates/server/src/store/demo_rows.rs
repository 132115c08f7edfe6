//! Rows that only `--demo` writes or asks for: those that it seeds, the members' open bills, and what they have paid.

use super::{
    Store, Tx,
    batch::{Batch, Value},
    cents, from_word, value,
};
use crate::clock::day_in;
use contract::{Date, Instant, Region, demo::DemoBill};
use sqlx::Row;
use std::collections::HashMap;

/// Rows for the tables of an empty database.
#[derive(Default)]
pub struct DemoRows {
    pub membership: Vec<[Value; 6]>,
    pub bill: Vec<[Value; 8]>,
    pub line: Vec<[Value; 11]>,
    pub payment: Vec<[Value; 20]>,
    pub share: Vec<[Value; 5]>,
    pub paid_line: Vec<[Value; 5]>,
    pub event: Vec<[Value; 4]>,
    pub entry: Vec<[Value; 6]>,
    pub posting: Vec<[Value; 3]>,
}

impl DemoRows {
    /// In the order the tables refer to each other.
    pub async fn insert(self, tx: &mut Tx) -> Result<(), sqlx::Error> {
        let mut writes = Batch::default();
        writes.add_rows("INSERT INTO membership (id, region, identifiers, ending, name, email)", self.membership);
        writes.add_rows(
            "INSERT INTO bill (id, membership, kind, patient, issued, due, balance_cents, pending_cents)",
            self.bill,
        );
        writes.add_rows(
            "INSERT INTO bill_line (bill, position, service_date, provider, description, billed_cents, discount_cents, \
             plan_paid_cents, you_paid_cents, you_owe_cents, pending_cents)",
            self.line,
        );
        writes.add_rows(
            "INSERT INTO payment (id, reference, membership, session, idempotency_key, fingerprint, state, failure, \
             total_cents, fee_cents, method, payer_name, email, locale, authorisation, authorisation_version, created_at, \
             sent_on, expected_on, moved_by)",
            self.payment,
        );
        let share = "INSERT INTO payment_share (payment, position, bill, amount_cents, leaves_cents)";
        writes.add_rows(share, self.share);
        let paid_line = "INSERT INTO payment_line (payment, bill, line, after_insurance_cents, paid_cents)";
        writes.add_rows(paid_line, self.paid_line);
        writes.add_rows("INSERT INTO payment_event (payment, position, state, at)", self.event);
        writes.add_rows("INSERT INTO ledger_entry (id, payment, source_kind, source, reason, at)", self.entry);
        writes.add_rows("INSERT INTO ledger_posting (entry, account, cents)", self.posting);
        writes.run(tx).await?;
        let note_kinds = concat!("UPDATE payment SET bill_kind = ", kind_of_bills!("payment.id"));
        sqlx::query(note_kinds).execute(&mut **tx).await?;
        Ok(())
    }
}

impl Store {
    /// The open bills of each membership.
    pub async fn demo_open_bills(&self, now: Instant) -> Result<HashMap<String, Vec<DemoBill>>, sqlx::Error> {
        let mut open: HashMap<String, Vec<DemoBill>> = HashMap::new();
        let bills = sqlx::query(
            "SELECT membership, region, bill.id AS id, kind, due, balance_cents FROM bill \
             JOIN membership ON membership.id = bill.membership WHERE balance_cents > 0 ORDER BY due, bill.id",
        );
        for row in bills.fetch_all(&self.read).await? {
            let region: Region = value(&row, "region")?;
            let due: Date = value(&row, "due")?;
            open.entry(row.try_get("membership")?).or_default().push(DemoBill {
                id: row.try_get("id")?,
                kind: from_word(row.try_get("kind")?)?,
                balance: cents(&row, "balance_cents")?,
                past_due: due < day_in(region.time_zone(), now),
            });
        }
        Ok(open)
    }

    pub async fn demo_payments(&self, membership: &str) -> Result<i64, sqlx::Error> {
        let count = sqlx::query_scalar("SELECT COUNT(*) FROM payment WHERE membership = $1").bind(membership);
        count.fetch_one(&self.read).await
    }

    pub async fn has_accounts(&self) -> Result<bool, sqlx::Error> {
        Ok(sqlx::query_scalar::<_, i64>(ACCOUNTS).fetch_one(&self.read).await? > 0)
    }
}

const ACCOUNTS: &str = "SELECT COUNT(*) FROM account";

pub async fn has_accounts(tx: &mut Tx) -> Result<bool, sqlx::Error> {
    Ok(sqlx::query_scalar::<_, i64>(ACCOUNTS).fetch_one(&mut **tx).await? > 0)
}

pub async fn has_memberships(tx: &mut Tx) -> Result<bool, sqlx::Error> {
    let count = sqlx::query_scalar::<_, i64>("SELECT COUNT(*) FROM membership");
    Ok(count.fetch_one(&mut **tx).await? > 0)
}

/// A payment without bills becomes a deposit.
pub async fn make_deposit(tx: &mut Tx, payment: &str) -> Result<(), sqlx::Error> {
    let make = sqlx::query("UPDATE payment SET deposit_cents = total_cents WHERE id = $1").bind(payment);
    make.execute(&mut **tx).await?;
    Ok(())
}

/// What a membership has paid is its new account's, as if the member had paid it signed in.
pub async fn give_payments_to(tx: &mut Tx, membership: &str, account: &str) -> Result<(), sqlx::Error> {
    let payments =
        sqlx::query("UPDATE payment SET account = $1, initiator_kind = 'member', initiator = $1 WHERE membership = $2");
    payments.bind(account).bind(membership).execute(&mut **tx).await?;
    Ok(())
}
