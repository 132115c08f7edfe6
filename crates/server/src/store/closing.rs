//! Closing an account: what it would do, and the deletion of everything that is the account's own. Payments stay, as
//! those of a payer without an account, beside a row that says that there was one.

use super::{Store, Tx, cents};
use contract::{Instant, Money};
use sqlx::Row;

/// What is said before an account is closed.
pub struct Contents {
    pub payments_on_their_way: u32,
    pub methods: u32,
    pub balance: Money,
    pub owed: Money,
    pub deposits_on_their_way: u32,
}

/// By the indexes `payment_of_account`, `payment_method_of_account` and `deposit_of_membership`.
const CONTENTS: &str = "SELECT (SELECT COUNT(*) FROM payment WHERE account = $1 AND deposit_cents = 0 \
    AND state IN ('processing', 'scheduled')) AS payments, \
    (SELECT COUNT(*) FROM payment_method WHERE account = $1) AS methods, \
    CAST(COALESCE((SELECT cents FROM credit WHERE membership = $2), 0) AS BIGINT) AS balance, \
    CAST(COALESCE((SELECT owed_cents FROM credit WHERE membership = $2), 0) AS BIGINT) AS owed, \
    (SELECT COUNT(*) FROM payment WHERE membership = $2 AND deposit_cents > 0 \
    AND state IN ('processing', 'scheduled')) AS deposits";

/// Takes a row away from the account, or the account from a row that stays: each table that refers to an account has
/// its statement, in an order in which nothing is left behind. Without one for a table the account would stay.
pub const STATEMENTS: [&str; 19] = [
    "UPDATE payment SET closed_account = account, account = NULL, initiator_kind = 'session', \
     initiator = COALESCE(session, account), session = COALESCE(session, account) WHERE account = $1",
    "UPDATE session SET account = NULL, draft = NULL WHERE account = $1",
    "UPDATE registration SET account = NULL WHERE account = $1",
    "DELETE FROM payment_by_method WHERE method IN (SELECT id FROM payment_method WHERE account = $1)",
    "DELETE FROM payment_method WHERE account = $1",
    "DELETE FROM method_verification WHERE account = $1",
    // The plan gets a question that waits. Its text goes once it was sent, as a secret's does.
    "UPDATE outbox SET is_secret = 1, body_text = CASE WHEN next_try_at IS NULL THEN '' ELSE body_text END, \
     body_html = CASE WHEN next_try_at IS NULL THEN '' ELSE body_html END \
     WHERE id IN (SELECT id FROM charge_question WHERE account = $1)",
    "DELETE FROM charge_question WHERE account = $1",
    "DELETE FROM notice_choice WHERE account = $1",
    "DELETE FROM balance_setting WHERE account = $1",
    "DELETE FROM text_number WHERE account = $1",
    "DELETE FROM consent WHERE account = $1",
    "DELETE FROM household_link WHERE account = $1",
    "DELETE FROM household_link WHERE membership = (SELECT membership FROM account WHERE id = $1)",
    "DELETE FROM link WHERE account = $1",
    "DELETE FROM authenticator WHERE account = $1",
    "DELETE FROM passkey WHERE account = $1",
    "DELETE FROM recovery_code WHERE account = $1",
    "DELETE FROM recovery_renewal WHERE account = $1",
];

/// E-mails that wait and that the owner turned off: what says so goes with the account.
const GIVE_UP: &str = "UPDATE outbox SET next_try_at = NULL, given_up_at = $2 \
    WHERE notice_account = $1 AND next_try_at IS NOT NULL AND EXISTS (SELECT 1 FROM notice_choice \
    JOIN account ON account.id = notice_choice.account AND LOWER(account.email) = LOWER(outbox.to_address) WHERE notice_choice.account = outbox.notice_account AND notice_choice.kind = outbox.notice_kind \
    AND notice_choice.channel = 'email' AND notice_choice.is_on = 0)";

impl Store {
    pub async fn closing_contents(&self, account: &str, membership: &str) -> Result<Contents, sqlx::Error> {
        contents(&sqlx::query(CONTENTS).bind(account).bind(membership).fetch_one(&self.read).await?)
    }
}

/// As a transaction sees it, which has ended the account's sessions: no payment of it begins any more.
pub async fn contents_in(tx: &mut Tx, account: &str, membership: &str) -> Result<Contents, sqlx::Error> {
    contents(&sqlx::query(CONTENTS).bind(account).bind(membership).fetch_one(&mut **tx).await?)
}

fn contents(row: &sqlx::any::AnyRow) -> Result<Contents, sqlx::Error> {
    let number = |name| row.try_get::<i64, _>(name).map(|number| u32::try_from(number).unwrap_or(u32::MAX));
    Ok(Contents {
        payments_on_their_way: number("payments")?,
        methods: number("methods")?,
        balance: cents(row, "balance")?,
        owed: cents(row, "owed")?,
        deposits_on_their_way: number("deposits")?,
    })
}

/// Locks the account against every row that would refer to it. The first statement of the transaction: over PostgreSQL
/// a payment that is being written holds the account before it waits for its session.
pub async fn lock(tx: &mut Tx, account: &str) -> Result<(), sqlx::Error> {
    // Over SQLite nobody else writes while this transaction does.
    if tx.is_postgres() {
        sqlx::query("SELECT id FROM account WHERE id = $1 FOR UPDATE").bind(account).fetch_optional(&mut **tx).await?;
    }
    Ok(())
}

/// Deletes the account. Its sessions have ended. Gives the tokens of its saved methods.
pub async fn close(tx: &mut Tx, account: &str, now: Instant) -> Result<Vec<String>, sqlx::Error> {
    let keep = "INSERT INTO closed_account (id, membership, opened_at, closed_at) \
                SELECT id, membership, created_at, $2 FROM account WHERE id = $1";
    for sql in [keep, GIVE_UP] {
        sqlx::query(sql).bind(account).bind(now.millis()).execute(&mut **tx).await?;
    }
    let tokens = sqlx::query_scalar("SELECT token FROM payment_method WHERE account = $1");
    let tokens = tokens.bind(account).fetch_all(&mut **tx).await?;
    for sql in STATEMENTS {
        sqlx::query(sql).bind(account).execute(&mut **tx).await?;
    }
    sqlx::query("DELETE FROM account WHERE id = $1").bind(account).execute(&mut **tx).await?;
    Ok(tokens)
}
