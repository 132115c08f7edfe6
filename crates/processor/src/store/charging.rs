//! One charge: what keeps a token from being charged, and the rows that are written when it is.

use super::{CHARGE, Charge, DAY_MILLIS, NewCharge, NotCharged, TOKEN_MILLIS, charge_of, kept, parsed, text};
use crate::{sandbox::Outcome, transaction::Tx};
use contract::{
    Date, Instant,
    payment::{Failure, Method, PaymentState, plan_debit},
};
use sqlx::{AssertSqlSafe, Row};

/// Banks answer in the afternoon, UTC.
pub const ANSWER_MILLIS: i64 = 15 * 3_600_000;
const BUSINESS_DAYS: u8 = 3;

pub async fn charge_in(
    tx: &mut Tx,
    new: &NewCharge<'_>,
    now: Instant,
) -> Result<Result<Charge, NotCharged>, sqlx::Error> {
    let before = sqlx::query(AssertSqlSafe(format!("{CHARGE} WHERE idempotency_key = $1"))).bind(new.key);
    if let Some(before) = before.fetch_optional(&mut **tx).await? {
        let charged: String = before.try_get("token")?;
        let same = (charged == new.token || kept::is_made_of(tx, &charged, new.token).await?)
            && before.try_get::<i64, _>("amount_cents")? == new.amount_cents
            && before.try_get::<String, _>("reference")? == new.reference;
        return Ok(if same { Ok(charge_of(&before)?) } else { Err(NotCharged::KeyReused) });
    }
    let closed = sqlx::query("SELECT 1 FROM closed_key WHERE idempotency_key = $1").bind(new.key);
    if closed.fetch_optional(&mut **tx).await?.is_some() {
        return Ok(Err(NotCharged::KeyClosed));
    }
    let sql = "SELECT used_by, made_at, is_kept, method, outcome FROM token WHERE token = $1 AND binding = $2";
    let token = sqlx::query(sql).bind(new.token).bind(new.binding).fetch_optional(&mut **tx).await?;
    let Some(token) = token else { return Ok(Err(NotCharged::NoSuchToken)) };
    if token.try_get::<Option<String>, _>("used_by")?.is_some() {
        return Ok(Err(NotCharged::TokenUsed));
    }
    let is_kept = token.try_get::<i64, _>("is_kept")? != 0;
    if !is_kept && token.try_get::<i64, _>("made_at")? <= now.millis() - TOKEN_MILLIS {
        return Ok(Err(NotCharged::NoSuchToken));
    }
    let method: Method = parsed(token.try_get("method")?)?;
    let outcome: Outcome = parsed(token.try_get("outcome")?)?;
    let (state, failure, end) = first_answer(&method, outcome, new.send_on.unwrap_or(now.utc_date()));
    let single = if is_kept { kept::single(tx, new, now).await? } else { new.token.to_owned() };
    sqlx::query("UPDATE token SET used_by = $2 WHERE token = $1")
        .bind(&single)
        .bind(new.key)
        .execute(&mut **tx)
        .await?;
    sqlx::query(
        "INSERT INTO charge (id, idempotency_key, token, amount_cents, reference, state, failure, made_at, ends_at, ends_as) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
    )
    .bind(new.id)
    .bind(new.key)
    .bind(&single)
    .bind(new.amount_cents)
    .bind(new.reference)
    .bind(text(&state)?)
    .bind(failure.map(|failure| text(&failure)).transpose()?)
    .bind(now.millis())
    .bind(end)
    .bind(end.map(|_| text(&outcome)).transpose()?)
    .execute(&mut **tx)
    .await?;
    let made = sqlx::query(AssertSqlSafe(format!("{CHARGE} WHERE id = $1"))).bind(new.id);
    Ok(Ok(charge_of(&made.fetch_one(&mut **tx).await?)?))
}

/// What a charge says at once; for a bank debit, when the bank will say more.
fn first_answer(method: &Method, outcome: Outcome, send_on: Date) -> (PaymentState, Option<Failure>, Option<i64>) {
    match (method, outcome) {
        (Method::Bank { .. }, _) => {
            let plan = plan_debit(send_on, BUSINESS_DAYS);
            let end = plan.expected_on.days() * DAY_MILLIS + ANSWER_MILLIS;
            (PaymentState::Processing, None, Some(end))
        }
        (_, Outcome::Pays) => (PaymentState::Paid, None, None),
        (_, Outcome::Fails(why) | Outcome::Returns(why)) => (PaymentState::Failed, Some(why), None),
    }
}
