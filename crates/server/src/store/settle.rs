//! What the processor said becomes what our books say: one transaction an answer, and the same answer twice changes nothing. Bank
//! debits come back later with `paid` or `returned`; a return after `paid` reopens what was owed.

use super::{
    Store, Tx, from_word,
    ledger::{Movement, Reason},
    outbox::Queued,
    payments::add_event,
    retry, word,
};
use crate::mail;
use contract::{
    Email, Instant, Money,
    payment::{Failure, PaymentState},
};
use sqlx::Row;

/// One answer or event of the processor about one payment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Verdict {
    /// The processor's name of the charge; none if it refused the charge itself.
    pub charge: Option<String>,
    pub state: PaymentState,
    pub failure: Option<Failure>,
}

/// A letter to queue with the verdict, made by the caller, who knows the words.
pub struct Addressed {
    pub to: Email,
    pub letter: mail::Letter,
}

/// A payment that waits for the processor's first answer.
#[derive(Debug)]
pub struct Asked {
    pub id: String,
    pub token: String,
    pub binding: String,
    pub reference: String,
    pub charged: Money,
}

impl Store {
    /// Gives whether anything changed.
    ///
    /// The letter that tells of it is queued in the same transaction, once a state.
    pub async fn settle(
        &self,
        payment: &str,
        verdict: &Verdict,
        letter: Option<&Addressed>,
        at: Instant,
    ) -> Result<bool, sqlx::Error> {
        retry(|| self.settle_once(payment, verdict, letter, at)).await
    }

    async fn settle_once(
        &self,
        payment: &str,
        verdict: &Verdict,
        letter: Option<&Addressed>,
        at: Instant,
    ) -> Result<bool, sqlx::Error> {
        let mut tx = self.begin_repeatable().await?;
        // A token is good for one charge: whoever comes with it again is to ask the processor, and be refused.
        let forget = "DELETE FROM method_token WHERE token = (SELECT token FROM payment WHERE id = $1)";
        sqlx::query(forget).bind(payment).execute(&mut *tx).await?;
        // This locks the row; a payment that has this state already is left alone.
        let row = sqlx::query(
            "UPDATE payment SET ask_at = NULL, token = NULL, binding = NULL, charge = COALESCE(charge, $2) WHERE id = $1 \
             RETURNING state, membership, session, total_cents, fee_cents",
        )
        .bind(payment)
        .bind(verdict.charge.as_deref())
        .fetch_optional(&mut *tx)
        .await?;
        let Some(row) = row else {
            tx.rollback().await?;
            return Ok(false);
        };
        let before: PaymentState = from_word(row.try_get("state")?)?;
        let membership: String = row.try_get("membership")?;
        let session: String = row.try_get("session")?;
        let movement = Movement {
            payment,
            membership: &membership,
            total: super::cents(&row, "total_cents")?,
            fee: super::cents(&row, "fee_cents")?,
            at,
        };
        use PaymentState::{Failed, Paid, Processing, Returned};
        match (before, verdict.state) {
            (Processing, Paid) => {
                move_shares(&mut tx, payment, Shares::Settle).await?;
                movement.post(&mut tx, Reason::Paid).await?;
            }
            (Processing, Failed | Returned) => move_shares(&mut tx, payment, Shares::Release).await?,
            (Paid, Returned) => {
                move_shares(&mut tx, payment, Shares::Reopen).await?;
                movement.post(&mut tx, Reason::Returned).await?;
            }
            (Processing, Processing) => {
                wipe_draft(&mut tx, &session).await?;
                put_letter(&mut tx, payment, verdict.state, letter, at).await?;
                tx.commit().await?;
                return Ok(true);
            }
            _ => {
                tx.commit().await?;
                return Ok(false);
            }
        }
        sqlx::query("UPDATE payment SET state = $2, failure = $3 WHERE id = $1")
            .bind(payment)
            .bind(word(&verdict.state)?)
            .bind(verdict.failure.map(|failure| word(&failure)).transpose()?)
            .execute(&mut *tx)
            .await?;
        add_event(&mut tx, payment, verdict.state, at).await?;
        if verdict.state == Paid {
            wipe_draft(&mut tx, &session).await?;
        }
        put_letter(&mut tx, payment, verdict.state, letter, at).await?;
        tx.commit().await?;
        Ok(true)
    }

    /// Payments whose time to ask has come; each is put off to `again`, so that two servers do not ask at once.
    pub async fn to_ask(&self, now: Instant, again: Instant) -> Result<Vec<Asked>, sqlx::Error> {
        let rows = sqlx::query(
            "UPDATE payment SET ask_at = $2 WHERE ask_at IS NOT NULL AND ask_at <= $1 \
             RETURNING id, token, binding, reference, total_cents + fee_cents AS charged_cents",
        )
        .bind(now.millis())
        .bind(again.millis())
        .fetch_all(&self.write)
        .await?;
        rows.iter()
            .map(|row| {
                Ok(Asked {
                    id: row.try_get("id")?,
                    token: row.try_get("token")?,
                    binding: row.try_get("binding")?,
                    reference: row.try_get("reference")?,
                    charged: super::cents(row, "charged_cents")?,
                })
            })
            .collect()
    }

    pub async fn payment_of_charge(&self, charge: &str) -> Result<Option<String>, sqlx::Error> {
        let row =
            sqlx::query("SELECT id FROM payment WHERE charge = $1").bind(charge).fetch_optional(&self.read).await?;
        row.map(|row| row.try_get(0)).transpose()
    }
}

async fn put_letter(
    tx: &mut Tx,
    payment: &str,
    state: PaymentState,
    letter: Option<&Addressed>,
    at: Instant,
) -> Result<(), sqlx::Error> {
    let Some(Addressed { to, letter }) = letter else { return Ok(()) };
    let id = format!("{payment}:{}", word(&state)?);
    Queued { id, cause: payment, to, letter, is_secret: false, at }.put(tx).await
}

async fn wipe_draft(tx: &mut Tx, session: &str) -> Result<(), sqlx::Error> {
    sqlx::query("UPDATE session SET draft = NULL WHERE id = $1").bind(session).execute(&mut **tx).await?;
    Ok(())
}

/// What happens to the reserved cents of a payment's shares.
enum Shares {
    /// They are paid.
    Settle,
    /// They can be paid by somebody else.
    Release,
    /// They are owed again.
    Reopen,
}

async fn move_shares(tx: &mut Tx, payment: &str, how: Shares) -> Result<(), sqlx::Error> {
    let (bill, line) = match how {
        Shares::Settle => (
            "UPDATE bill SET balance_cents = balance_cents - $1, pending_cents = pending_cents - $1 WHERE id = $2",
            "UPDATE bill_line SET you_owe_cents = you_owe_cents - $1, you_paid_cents = you_paid_cents + $1, \
             pending_cents = pending_cents - $1 WHERE bill = $2 AND position = $3",
        ),
        Shares::Release => (
            "UPDATE bill SET pending_cents = pending_cents - $1 WHERE id = $2",
            "UPDATE bill_line SET pending_cents = pending_cents - $1 WHERE bill = $2 AND position = $3",
        ),
        Shares::Reopen => (
            "UPDATE bill SET balance_cents = balance_cents + $1 WHERE id = $2",
            "UPDATE bill_line SET you_owe_cents = you_owe_cents + $1, you_paid_cents = you_paid_cents - $1 \
             WHERE bill = $2 AND position = $3",
        ),
    };
    let shares = "SELECT bill, amount_cents FROM payment_share WHERE payment = $1";
    let shares = sqlx::query(shares).bind(payment).fetch_all(&mut **tx).await?;
    let shares = shares.iter().map(|share| Ok((share.try_get(0)?, share.try_get(1)?)));
    let mut shares: Vec<(String, i64)> = shares.collect::<Result<_, sqlx::Error>>()?;
    // In the order in which payments that begin lock them; the database's own order goes by its language.
    shares.sort();
    for (id, cents) in shares {
        sqlx::query(bill).bind(cents).bind(id).execute(&mut **tx).await?;
    }
    let lines = "SELECT bill, line, paid_cents FROM payment_line WHERE payment = $1 ORDER BY bill, line";
    for paid in sqlx::query(lines).bind(payment).fetch_all(&mut **tx).await? {
        let (id, position, cents): (String, i64, i64) = (paid.try_get(0)?, paid.try_get(1)?, paid.try_get(2)?);
        sqlx::query(line).bind(cents).bind(id).bind(position).execute(&mut **tx).await?;
    }
    Ok(())
}
