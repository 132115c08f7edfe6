//! Questions about charges of bills. How far the e-mail of each came is read of the outbox, where it has the question's
//! id.

use super::{Store, Tx, from_word, value, word};
use contract::{
    IdempotencyKey, Instant,
    bill::question::{ChargeQuestion, NewQuestion, QuestionState},
};
use sqlx::{Row, any::AnyRow};

macro_rules! questions {
    ($condition:literal) => {
        concat!(
            "SELECT charge_question.id AS id, charge_question.line AS line, charge_question.body AS body, charge_question.topic AS topic, \
             charge_question.bill AS bill, charge_question.asked_at AS asked_at, outbox.sent_at AS sent_at, \
             outbox.given_up_at AS given_up_at FROM charge_question JOIN bill ON bill.id = charge_question.bill \
             LEFT JOIN outbox ON outbox.id = charge_question.id WHERE ",
            $condition,
            " ORDER BY charge_question.asked_at, charge_question.id LIMIT 200"
        )
    };
}
/// By the index `charge_question_of_bill`.
const OF_BILL: &str = questions!("charge_question.bill = $2 AND bill.membership = $1");
/// By the index `charge_question_by_key`.
const OF_KEY: &str = questions!("charge_question.account = $1 AND charge_question.idempotency_key = $2");
/// Nothing for a line that the bill does not have.
const ADD: &str = "INSERT INTO charge_question (id, account, bill, line, body, idempotency_key, asked_at, topic) \
    SELECT $1, $2, bill.id, bill_line.position, $3, $4, $5, CAST($9 AS TEXT) FROM bill JOIN bill_line ON bill_line.bill = bill.id \
    WHERE bill.id = $6 AND bill_line.position = $7 AND bill.membership = $8";

pub struct NewRow<'a> {
    pub id: &'a str,
    pub account: &'a str,
    pub membership: &'a str,
    pub bill: &'a str,
    pub new: &'a NewQuestion,
    pub key: &'a IdempotencyKey,
    pub at: Instant,
}

/// False if the membership has no such bill with such a line.
pub async fn add(tx: &mut Tx, row: &NewRow<'_>) -> Result<bool, sqlx::Error> {
    let done = sqlx::query(ADD)
        .bind(row.id)
        .bind(row.account)
        .bind(row.new.text.to_string())
        .bind(row.key.to_string())
        .bind(row.at.millis())
        .bind(row.bill)
        .bind(i64::from(row.new.line))
        .bind(row.membership)
        .bind(row.new.topic.as_ref().map(word).transpose()?);
    Ok(done.execute(&mut **tx).await?.rows_affected() > 0)
}

/// The question that was asked with a key, and of which bill.
pub async fn of_key(
    tx: &mut Tx,
    account: &str,
    key: &IdempotencyKey,
) -> Result<Option<(String, ChargeQuestion)>, sqlx::Error> {
    let row = sqlx::query(OF_KEY).bind(account).bind(key.to_string()).fetch_optional(&mut **tx).await?;
    row.map(|row| Ok((row.try_get("bill")?, question_of(&row)?))).transpose()
}

impl Store {
    /// About one bill of a membership, the oldest first.
    pub async fn questions(&self, membership: &str, bill: &str) -> Result<Vec<ChargeQuestion>, sqlx::Error> {
        let rows = sqlx::query(OF_BILL).bind(membership).bind(bill).fetch_all(&self.read).await?;
        rows.iter().map(question_of).collect()
    }
}

fn question_of(row: &AnyRow) -> Result<ChargeQuestion, sqlx::Error> {
    let sent: Option<i64> = row.try_get("sent_at")?;
    let given_up: Option<i64> = row.try_get("given_up_at")?;
    Ok(ChargeQuestion {
        id: row.try_get("id")?,
        line: u16::try_from(row.try_get::<i64, _>("line")?).map_err(|error| sqlx::Error::Decode(error.into()))?,
        // One of a later version is none that this one can name.
        topic: row.try_get::<Option<&str>, _>("topic")?.and_then(|topic| from_word(topic).ok()),
        text: value(row, "body")?,
        asked_at: Instant::from_millis(row.try_get("asked_at")?),
        state: match (sent, given_up) {
            (Some(at), _) => QuestionState::Sent { at: Instant::from_millis(at) },
            (None, Some(_)) => QuestionState::NotSent,
            (None, None) => QuestionState::Waiting,
        },
    })
}
