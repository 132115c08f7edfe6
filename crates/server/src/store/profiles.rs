//! Personal details of an account: name, mailing address, phone, language. Written in a transaction that has the
//! account's row locked (`accounts::lock`).

use super::{Store, Tx, from_word, json, to_json, value};
use contract::{PersonName, member_profile::PersonalDetails};
use sqlx::{Row, any::AnyRow};

const DETAILS: &str = "SELECT first_name, last_name, address, phone, locale FROM account WHERE id = $1";

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
