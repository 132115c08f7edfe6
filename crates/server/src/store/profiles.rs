//! Personal details of an account: name, mailing address, phone, language; and its e-mail address. Written in a
//! transaction that has the account's row locked (`accounts::lock`).

use super::{Store, Tx, from_word, json, to_json, value};
use crate::address;
use contract::{Email, Instant, PersonName, member_profile::PersonalDetails};
use sqlx::{Row, any::AnyRow};

const DETAILS: &str = "SELECT first_name, last_name, address, phone, locale FROM account WHERE id = $1";

/// By the index `link_of_account`.
const WAITING: &str = "SELECT email, expires_at FROM link WHERE account = $1 AND purpose = 'new_email' AND used_at IS NULL \
    AND created_at <= $2 AND expires_at > $2 ORDER BY created_at DESC LIMIT 1";

impl Store {
    pub async fn personal_details(&self, account: &str) -> Result<PersonalDetails, sqlx::Error> {
        details_from(&sqlx::query(DETAILS).bind(account).fetch_one(&self.read).await?)
    }
}

pub async fn of(tx: &mut Tx, account: &str) -> Result<PersonalDetails, sqlx::Error> {
    details_from(&sqlx::query(DETAILS).bind(account).fetch_one(&mut **tx).await?)
}

pub async fn write(tx: &mut Tx, account: &str, details: &PersonalDetails) -> Result<(), sqlx::Error> {
    let sql = "UPDATE account SET first_name = $2, last_name = $3, address = $4, phone = $5, locale = $6 WHERE id = $1";
    sqlx::query(sql)
        .bind(account)
        .bind(details.first_name.to_string())
        .bind(details.last_name.as_ref().map(PersonName::to_string).unwrap_or_default())
        .bind(to_json(&details.address)?)
        .bind(details.phone.to_string())
        .bind(details.locale.code())
        .execute(&mut **tx)
        .await?;
    Ok(())
}

impl Store {
    /// The address that the account will have once it is confirmed.
    pub async fn email_to_confirm(&self, account: &str, now: Instant) -> Result<Option<Email>, sqlx::Error> {
        let row = sqlx::query(WAITING).bind(account).bind(now.millis()).fetch_optional(&self.read).await?;
        row.map(|row| value(&row, "email")).transpose()
    }
}

/// Until when the link that went to this address can be taken; none if another address waits, or none does.
pub async fn waits_until(
    tx: &mut Tx,
    account: &str,
    email: &Email,
    now: Instant,
) -> Result<Option<Instant>, sqlx::Error> {
    let Some(row) = sqlx::query(WAITING).bind(account).bind(now.millis()).fetch_optional(&mut **tx).await? else {
        return Ok(None);
    };
    let until = Instant::from_millis(row.try_get("expires_at")?);
    Ok((value::<Email>(&row, "email")? == *email).then_some(until))
}

/// Gives the account another address, unless another account has it: then false.
pub async fn set_email(tx: &mut Tx, account: &str, email: &Email, now: Instant) -> Result<bool, sqlx::Error> {
    let [typed, compared, read] = address::spellings(&email.user_id());
    let sql = "UPDATE account SET user_id = $2, email = $3, email_confirmed_at = $4 WHERE id = $1 \
               AND NOT EXISTS (SELECT 1 FROM account AS other WHERE other.id <> $1 AND other.user_id IN ($2, $5, $6))";
    let query = sqlx::query(sql).bind(account).bind(compared).bind(email.to_string()).bind(now.millis());
    match query.bind(typed).bind(read).execute(&mut **tx).await {
        Ok(done) => Ok(done.rows_affected() > 0),
        // Another account was given it meanwhile.
        Err(sqlx::Error::Database(error)) if error.is_unique_violation() => Ok(false),
        Err(error) => Err(error),
    }
}

fn details_from(row: &AnyRow) -> Result<PersonalDetails, sqlx::Error> {
    let has_one_name = row.try_get::<String, _>("last_name")?.is_empty();
    Ok(PersonalDetails {
        first_name: value(row, "first_name")?,
        last_name: if has_one_name { None } else { Some(value(row, "last_name")?) },
        address: json(row.try_get("address")?)?,
        phone: value(row, "phone")?,
        locale: from_word(row.try_get("locale")?)?,
    })
}
