//! Payments as rows: read here, begun in `begin`, settled in `settle`.

use super::{Store, Tx, cents, from_word, json, sessions::Session, value, word};
use contract::{
    Date, IdempotencyKey, Instant, Locale, Money,
    account::AuthorisationGiven,
    payment::{PaidLine, Payment, PaymentEvent, PaymentShare, PaymentState},
};
use sqlx::{Row, any::AnyRow};

/// What one key has done so far.
#[derive(Debug)]
pub struct KeyUse {
    pub id: String,
    pub fingerprint: String,
    /// The processor has not answered yet.
    pub is_running: bool,
}

impl Store {
    pub async fn key_use(&self, membership: &str, key: &IdempotencyKey) -> Result<Option<KeyUse>, sqlx::Error> {
        let row =
            sqlx::query("SELECT id, fingerprint, ask_at FROM payment WHERE membership = $1 AND idempotency_key = $2")
                .bind(membership)
                .bind(key.to_string())
                .fetch_optional(&self.read)
                .await?;
        row.map(|row| {
            let ask_at: Option<i64> = row.try_get("ask_at")?;
            Ok(KeyUse {
                id: row.try_get("id")?,
                fingerprint: row.try_get("fingerprint")?,
                is_running: ask_at.is_some(),
            })
        })
        .transpose()
    }

    /// The payment, if this session may see it: a payer's own, a member's every one of the membership.
    pub async fn payment_seen_by(&self, session: &Session, id: &str) -> Result<Option<Payment>, sqlx::Error> {
        let row = if session.member.is_some() {
            sqlx::query(PAYMENT_OF_MEMBERSHIP).bind(id).bind(&session.membership.id)
        } else {
            sqlx::query(PAYMENT_OF_SESSION).bind(id).bind(&session.id)
        };
        self.optional_payment(row.fetch_optional(&self.read).await?).await
    }

    /// The newest first.
    pub async fn last_payments(&self, membership: &str, limit: i64) -> Result<Vec<Payment>, sqlx::Error> {
        let rows = sqlx::query(LAST_PAYMENTS).bind(membership).bind(limit).fetch_all(&self.read).await?;
        let mut payments = Vec::with_capacity(rows.len());
        for row in &rows {
            payments.push(self.payment_from(row).await?);
        }
        Ok(payments)
    }

    /// What a member authorised, word for word, the newest first. Those that guests gave are theirs.
    pub async fn authorisations_of(&self, account: &str, limit: i64) -> Result<Vec<AuthorisationGiven>, sqlx::Error> {
        let rows = sqlx::query(
            "SELECT id, authorisation, authorisation_version, locale, created_at AS at FROM payment \
             WHERE account = $1 ORDER BY created_at DESC, id DESC LIMIT $2",
        );
        let rows = rows.bind(account).bind(limit).fetch_all(&self.read).await?;
        rows.iter()
            .map(|row| {
                Ok(AuthorisationGiven {
                    payment: row.try_get("id")?,
                    text: row.try_get("authorisation")?,
                    locale: from_word(row.try_get("locale")?)?,
                    version: u16::try_from(row.try_get::<i64, _>("authorisation_version")?).unwrap_or(0),
                    at: Instant::from_millis(row.try_get("at")?),
                })
            })
            .collect()
    }

    /// The payment of a key, for whoever of the membership knows the key; that session may see it by its id from then on.
    pub async fn payment_of_key(
        &self,
        session: &Session,
        key: &IdempotencyKey,
    ) -> Result<Option<Payment>, sqlx::Error> {
        let row = sqlx::query(PAYMENT_OF_KEY).bind(&session.membership.id).bind(key.to_string());
        let row = row.fetch_optional(&self.read).await?;
        if let Some(row) = &row
            && session.member.is_none()
            && row.try_get::<String, _>("session")? != session.id
        {
            let id: String = row.try_get("id")?;
            let adopt = "UPDATE payment SET session = $2 WHERE id = $1";
            sqlx::query(adopt).bind(id).bind(&session.id).execute(&self.write).await?;
        }
        self.optional_payment(row).await
    }

    pub async fn payment(&self, id: &str) -> Result<Option<Payment>, sqlx::Error> {
        let row = sqlx::query(PAYMENT).bind(id).fetch_optional(&self.read).await?;
        self.optional_payment(row).await
    }

    /// Who wants letters about a payment, and in which language; nobody may.
    pub async fn reader_of_letters(&self, id: &str) -> Result<Option<(contract::Email, Locale)>, sqlx::Error> {
        let sql = "SELECT email, locale FROM payment WHERE id = $1 AND email IS NOT NULL";
        let row = sqlx::query(sql).bind(id).fetch_optional(&self.read).await?;
        row.map(|row| Ok((value(&row, "email")?, value(&row, "locale")?))).transpose()
    }

    pub async fn payment_locale(&self, id: &str) -> Result<Locale, sqlx::Error> {
        let row = sqlx::query("SELECT locale FROM payment WHERE id = $1").bind(id).fetch_one(&self.read).await?;
        value(&row, "locale")
    }

    async fn optional_payment(&self, row: Option<AnyRow>) -> Result<Option<Payment>, sqlx::Error> {
        match row {
            Some(row) => self.payment_from(&row).await.map(Some),
            None => Ok(None),
        }
    }

    async fn payment_from(&self, row: &AnyRow) -> Result<Payment, sqlx::Error> {
        let id: String = row.try_get("id")?;
        let membership: String = row.try_get("membership")?;
        let owed = self.owed(&membership).await?;
        let state: PaymentState = from_word(row.try_get("state")?)?;
        let is_on_its_way = matches!(state, PaymentState::Processing | PaymentState::Scheduled);
        let (total, fee) = (cents(row, "total_cents")?, cents(row, "fee_cents")?);
        let failure: Option<String> = row.try_get("failure")?;
        let email: Option<String> = row.try_get("email")?;
        let optional_date = |column: &str| -> Result<Option<Date>, sqlx::Error> {
            let text: Option<String> = row.try_get(column)?;
            Ok(text.and_then(|text| Date::parse(&text).ok()))
        };
        let region: contract::Region = value(row, "region")?;
        Ok(Payment {
            reference: row.try_get("reference")?,
            key: value(row, "idempotency_key")?,
            state,
            is_final: !is_on_its_way,
            can_retry: matches!(state, PaymentState::Failed | PaymentState::Returned | PaymentState::Cancelled),
            total,
            fee,
            charged: total.plus(fee).unwrap_or(total),
            shares: self.shares_of(&id, state).await?,
            method: json(row.try_get("method")?)?,
            payer_name: row.try_get("payer_name")?,
            email: email.and_then(|email| contract::Email::parse(&email).ok()),
            created_at: Instant::from_millis(row.try_get("created_at")?),
            time_zone: region.time_zone().to_owned(),
            sent_on: optional_date("sent_on")?,
            expected_on: optional_date("expected_on")?,
            moved_by: json(row.try_get("moved_by")?)?,
            failure: failure.as_deref().map(from_word).transpose()?,
            owed_now: owed,
            owed_if_cleared: if is_on_its_way { owed.minus(total).unwrap_or(Money::ZERO) } else { owed },
            authorisation: row.try_get("authorisation")?,
            authorisation_version: u32::try_from(row.try_get::<i64, _>("authorisation_version")?).unwrap_or(0),
            events: self.events_of(&id).await?,
            id,
        })
    }

    async fn shares_of(&self, payment: &str, state: PaymentState) -> Result<Vec<PaymentShare>, sqlx::Error> {
        let sql = "SELECT payment_share.bill AS bill, kind, patient, due, amount_cents, leaves_cents FROM payment_share \
                   JOIN bill ON bill.id = payment_share.bill WHERE payment = $1 ORDER BY position";
        let rows = sqlx::query(sql).bind(payment).fetch_all(&self.read).await?;
        let sql = "SELECT payment_line.bill AS bill, service_date, provider, description, after_insurance_cents, paid_cents \
                   FROM payment_line JOIN bill_line ON bill_line.bill = payment_line.bill AND bill_line.position = payment_line.line \
                   WHERE payment = $1 ORDER BY service_date, payment_line.line";
        let lines = sqlx::query(sql).bind(payment).fetch_all(&self.read).await?;
        rows.iter()
            .map(|row| {
                let bill: String = row.try_get("bill")?;
                let (amount, mut leaves) = (cents(row, "amount_cents")?, cents(row, "leaves_cents")?);
                // What was reserved for a payment that took nothing, or gave it back, is owed again.
                if !matches!(state, PaymentState::Paid | PaymentState::Processing | PaymentState::Scheduled) {
                    leaves = leaves.plus(amount).unwrap_or(leaves);
                }
                let of_bill = lines.iter().filter(|line| line.try_get::<String, _>("bill").is_ok_and(|of| of == bill));
                Ok(PaymentShare {
                    kind: from_word(row.try_get("kind")?)?,
                    patient: row.try_get("patient")?,
                    amount,
                    leaves,
                    due: value(row, "due")?,
                    lines: of_bill.map(paid_line_of).collect::<Result<_, _>>()?,
                    bill,
                })
            })
            .collect()
    }

    async fn events_of(&self, payment: &str) -> Result<Vec<PaymentEvent>, sqlx::Error> {
        let sql = "SELECT state, at FROM payment_event WHERE payment = $1 ORDER BY position";
        let rows = sqlx::query(sql).bind(payment).fetch_all(&self.read).await?;
        rows.iter()
            .map(|row| {
                let at = Instant::from_millis(row.try_get("at")?);
                Ok(PaymentEvent { state: from_word(row.try_get("state")?)?, at })
            })
            .collect()
    }
}

const PAYMENT: &str = "SELECT payment.*, membership.region AS region FROM payment JOIN membership ON membership.id = payment.membership \
     WHERE payment.id = $1";
const PAYMENT_OF_SESSION: &str = "SELECT payment.*, membership.region AS region FROM payment JOIN membership ON membership.id = payment.membership \
     WHERE payment.id = $1 AND payment.session = $2";
const PAYMENT_OF_MEMBERSHIP: &str = "SELECT payment.*, membership.region AS region FROM payment JOIN membership ON membership.id = payment.membership \
     WHERE payment.id = $1 AND payment.membership = $2";
const LAST_PAYMENTS: &str = "SELECT payment.*, membership.region AS region FROM payment JOIN membership ON membership.id = payment.membership \
     WHERE payment.membership = $1 ORDER BY payment.created_at DESC, payment.id DESC LIMIT $2";
const PAYMENT_OF_KEY: &str = "SELECT payment.*, membership.region AS region FROM payment JOIN membership ON membership.id = payment.membership \
     WHERE payment.membership = $1 AND idempotency_key = $2";

fn paid_line_of(row: &AnyRow) -> Result<PaidLine, sqlx::Error> {
    Ok(PaidLine {
        date_of_service: value(row, "service_date")?,
        provider: row.try_get("provider")?,
        description: row.try_get("description")?,
        after_insurance: cents(row, "after_insurance_cents")?,
        paid: cents(row, "paid_cents")?,
    })
}

pub async fn add_event(tx: &mut Tx, payment: &str, state: PaymentState, at: Instant) -> Result<(), sqlx::Error> {
    sqlx::query(
        "INSERT INTO payment_event (payment, position, state, at) \
         SELECT $1, COUNT(*), $2, $3 FROM payment_event WHERE payment = $1",
    )
    .bind(payment)
    .bind(word(&state)?)
    .bind(at.millis())
    .execute(&mut **tx)
    .await?;
    Ok(())
}
