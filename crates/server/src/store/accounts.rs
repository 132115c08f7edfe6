//! Accounts and the links that were mailed to them. Knows passwords as their hashes and links as their tokens' hashes.

use super::{Store, Tx, from_word, to_json, value};
use contract::{Email, Instant, Locale, PersonName, Phone, UsAddress};
use sqlx::{Row, any::AnyRow};

#[derive(Clone, Debug)]
pub struct Account {
    pub id: String,
    pub membership: String,
    pub email: Email,
    pub is_email_confirmed: bool,
    pub first_name: PersonName,
    pub last_name: PersonName,
    pub locale: Locale,
    /// Argon2id, with its parameters.
    pub password: String,
    pub password_changed_at: Instant,
    /// Too short to be all there is.
    pub is_password_short: bool,
    pub terms_version: u16,
    pub terms_accepted_at: Instant,
}

/// Everything of an account at its beginning.
#[derive(Clone, Debug, serde::Serialize, serde::Deserialize)]
pub struct Opening {
    pub membership: String,
    pub email: Email,
    pub first_name: PersonName,
    pub last_name: PersonName,
    pub address: UsAddress,
    pub phone: Phone,
    pub locale: Locale,
    pub password: String,
    pub terms_version: u16,
    pub at: Instant,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Purpose {
    Confirm,
    Reset,
}

impl Purpose {
    fn word(self) -> &'static str {
        match self {
            Self::Confirm => "confirm",
            Self::Reset => "reset",
        }
    }
}

/// How a user ID is compared: an address means the same in capitals.
pub fn user_id(email: &Email) -> String {
    email.to_string().to_lowercase()
}

impl Account {
    pub fn name(&self) -> String {
        format!("{} {}", self.first_name, self.last_name)
    }
}

macro_rules! accounts {
    ($tables_and_condition:literal) => {
        concat!(
            "SELECT account.id AS id, account.membership AS membership, account.email AS email, \
             account.email_confirmed_at AS email_confirmed_at, account.first_name AS first_name, account.last_name AS last_name, \
             account.locale AS locale, account.password AS password, account.password_changed_at AS password_changed_at, \
             account.is_password_short AS is_password_short, account.terms_version AS terms_version, \
             account.terms_accepted_at AS terms_accepted_at FROM ",
            $tables_and_condition
        )
    };
}

impl Store {
    pub async fn account(&self, id: &str) -> Result<Option<Account>, sqlx::Error> {
        one(sqlx::query(accounts!("account WHERE account.id = $1")).bind(id).fetch_optional(&self.read).await?)
    }

    pub async fn account_of_user_id(&self, user_id: &str) -> Result<Option<Account>, sqlx::Error> {
        let sql = accounts!("account WHERE account.user_id = $1");
        one(sqlx::query(sql).bind(user_id).fetch_optional(&self.read).await?)
    }

    pub async fn account_of_membership(&self, membership: &str) -> Result<Option<Account>, sqlx::Error> {
        let sql = accounts!("account WHERE account.membership = $1");
        one(sqlx::query(sql).bind(membership).fetch_optional(&self.read).await?)
    }

    /// Whose link it is, if it would still be taken.
    pub async fn account_of_link(
        &self,
        purpose: Purpose,
        token_hash: &str,
        now: Instant,
    ) -> Result<Option<Account>, sqlx::Error> {
        let sql = accounts!(
            "account JOIN link ON link.account = account.id WHERE link.token_hash = $1 AND link.purpose = $2 \
             AND link.used_at IS NULL AND link.created_at <= $3 AND link.expires_at > $3 AND link.email = account.email"
        );
        let row = sqlx::query(sql).bind(token_hash).bind(purpose.word()).bind(now.millis());
        one(row.fetch_optional(&self.read).await?)
    }

    /// Links of an account that were sent to an address since a moment: a limit on letters nobody asked for.
    pub async fn links_since(
        &self,
        account: &str,
        to: &Email,
        purpose: Purpose,
        since: Instant,
    ) -> Result<i64, sqlx::Error> {
        let sql = "SELECT COUNT(*) FROM link WHERE account = $1 AND purpose = $2 AND created_at > $3 AND email = $4";
        let count =
            sqlx::query_scalar(sql).bind(account).bind(purpose.word()).bind(since.millis()).bind(to.to_string());
        count.fetch_one(&self.read).await
    }
}

fn one(row: Option<AnyRow>) -> Result<Option<Account>, sqlx::Error> {
    row.as_ref().map(account_from).transpose()
}

fn account_from(row: &AnyRow) -> Result<Account, sqlx::Error> {
    let version: i64 = row.try_get("terms_version")?;
    Ok(Account {
        id: row.try_get("id")?,
        membership: row.try_get("membership")?,
        email: value(row, "email")?,
        is_email_confirmed: row.try_get::<Option<i64>, _>("email_confirmed_at")?.is_some(),
        first_name: value(row, "first_name")?,
        last_name: value(row, "last_name")?,
        locale: from_word(row.try_get("locale")?)?,
        password: row.try_get("password")?,
        password_changed_at: Instant::from_millis(row.try_get("password_changed_at")?),
        is_password_short: row.try_get::<i64, _>("is_password_short")? != 0,
        terms_version: u16::try_from(version).unwrap_or(0),
        terms_accepted_at: Instant::from_millis(row.try_get("terms_accepted_at")?),
    })
}

/// Opens it, unless this membership or this address has one: then `None`.
pub async fn open(tx: &mut Tx, opening: &Opening) -> Result<Option<String>, sqlx::Error> {
    let id = uuid::Uuid::now_v7().to_string();
    let done = sqlx::query(
        "INSERT INTO account (id, membership, user_id, email, first_name, last_name, address, phone, locale, password, \
         password_changed_at, terms_version, terms_accepted_at, created_at) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $11, $11) ON CONFLICT DO NOTHING",
    )
    .bind(&id)
    .bind(&opening.membership)
    .bind(user_id(&opening.email))
    .bind(opening.email.to_string())
    .bind(opening.first_name.to_string())
    .bind(opening.last_name.to_string())
    .bind(to_json(&opening.address)?)
    .bind(opening.phone.to_string())
    .bind(opening.locale.code())
    .bind(&opening.password)
    .bind(opening.at.millis())
    .bind(i64::from(opening.terms_version))
    .execute(&mut **tx)
    .await?;
    Ok((done.rows_affected() > 0).then_some(id))
}

/// A link that leads to this account; whatever was sent before for the same purpose is void.
pub async fn add_link(
    tx: &mut Tx,
    purpose: Purpose,
    account: &str,
    email: &Email,
    token_hash: &str,
    (now, until): (Instant, Instant),
) -> Result<(), sqlx::Error> {
    void_links(tx, purpose, account, now).await?;
    sqlx::query(
        "INSERT INTO link (token_hash, purpose, account, email, created_at, expires_at) VALUES ($1, $2, $3, $4, $5, $6)",
    )
    .bind(token_hash)
    .bind(purpose.word())
    .bind(account)
    .bind(email.to_string())
    .bind(now.millis())
    .bind(until.millis())
    .execute(&mut **tx)
    .await?;
    Ok(())
}

async fn void_links(tx: &mut Tx, purpose: Purpose, account: &str, now: Instant) -> Result<(), sqlx::Error> {
    sqlx::query("UPDATE link SET used_at = $3 WHERE account = $1 AND purpose = $2 AND used_at IS NULL")
        .bind(account)
        .bind(purpose.word())
        .bind(now.millis())
        .execute(&mut **tx)
        .await?;
    Ok(())
}

/// Takes a link, once: gives its account and the address it was sent to, which must still be the account's.
pub async fn use_link(
    tx: &mut Tx,
    purpose: Purpose,
    token_hash: &str,
    now: Instant,
) -> Result<Option<(String, Email)>, sqlx::Error> {
    // A link from the future was made before the clock went back: nobody can tell how old it is.
    let row = sqlx::query(
        "UPDATE link SET used_at = $3 WHERE token_hash = $1 AND purpose = $2 AND used_at IS NULL AND created_at <= $3 \
         AND expires_at > $3 AND email = (SELECT account.email FROM account WHERE account.id = link.account) \
         RETURNING account, email",
    )
    .bind(token_hash)
    .bind(purpose.word())
    .bind(now.millis())
    .fetch_optional(&mut **tx)
    .await?;
    row.map(|row| Ok((row.try_get("account")?, value(&row, "email")?))).transpose()
}

/// Confirms the address, if it is still the account's.
pub async fn confirm_email(tx: &mut Tx, account: &str, email: &Email, now: Instant) -> Result<bool, sqlx::Error> {
    let done = sqlx::query("UPDATE account SET email_confirmed_at = $3 WHERE id = $1 AND email = $2")
        .bind(account)
        .bind(email.to_string())
        .bind(now.millis())
        .execute(&mut **tx)
        .await?;
    Ok(done.rows_affected() > 0)
}

/// Another address for an account that has not confirmed its own. False if it is confirmed, or the address is another account's.
pub async fn change_unconfirmed_email(
    tx: &mut Tx,
    account: &str,
    email: &Email,
    now: Instant,
) -> Result<bool, sqlx::Error> {
    let done = sqlx::query(
        "UPDATE account SET email = $2, user_id = $3 WHERE id = $1 AND email_confirmed_at IS NULL \
         AND NOT EXISTS (SELECT 1 FROM account WHERE user_id = $3 AND id <> $1)",
    )
    .bind(account)
    .bind(email.to_string())
    .bind(user_id(email))
    .execute(&mut **tx)
    .await?;
    // What was sent to the address of before opens nothing any more.
    void_links(tx, Purpose::Reset, account, now).await?;
    Ok(done.rows_affected() > 0)
}

/// `hash` is Argon2id; `is_short` says that it would not do without a second factor.
pub async fn set_password(
    tx: &mut Tx,
    account: &str,
    hash: &str,
    is_short: bool,
    now: Instant,
) -> Result<(), sqlx::Error> {
    sqlx::query("UPDATE account SET password = $2, is_password_short = $3, password_changed_at = $4 WHERE id = $1")
        .bind(account)
        .bind(hash)
        .bind(i64::from(is_short))
        .bind(now.millis())
        .execute(&mut **tx)
        .await?;
    void_links(tx, Purpose::Reset, account, now).await
}

/// Ends every session of the account but one.
pub async fn end_sessions(tx: &mut Tx, account: &str, but: Option<&str>, now: Instant) -> Result<(), sqlx::Error> {
    sqlx::query("UPDATE session SET ended_at = $3, draft = NULL WHERE account = $1 AND ended_at IS NULL AND id <> $2")
        .bind(account)
        .bind(but.unwrap_or_default())
        .bind(now.millis())
        .execute(&mut **tx)
        .await?;
    Ok(())
}
