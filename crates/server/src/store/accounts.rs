//! Accounts, and the links that were mailed to them. Passwords and the tokens of links are stored as hashes.
//!
//! An account is opened when its e-mail address is confirmed, so one without that date was opened by a server of an
//! earlier version and is no account: nothing here finds it, and it is forgotten a day after it was opened or when its
//! owner registers anew.

use super::{Store, Tx, from_word, to_json, value};
use crate::address;
use contract::{Email, Instant, Locale, PersonName, Phone, UsAddress, UserId};
use sqlx::{Row, any::AnyRow};

#[derive(Clone, Debug)]
pub struct Account {
    pub id: String,
    pub membership: String,
    pub email: Email,
    pub first_name: PersonName,
    /// None for somebody who has one name: an empty text in the table.
    pub last_name: Option<PersonName>,
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
    #[serde(default)]
    pub last_name: Option<PersonName>,
    pub address: UsAddress,
    pub phone: Phone,
    pub locale: Locale,
    pub password: String,
    pub terms_version: u16,
    pub at: Instant,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Purpose {
    /// A new password; it went to the account's address.
    Reset,
    /// A new address for the account; it went there.
    NewEmail,
}

impl Purpose {
    fn word(self) -> &'static str {
        match self {
            Self::Reset => "reset",
            Self::NewEmail => "new_email",
        }
    }
}

impl Account {
    /// First and last.
    pub fn names(&self) -> Vec<String> {
        [Some(&self.first_name), self.last_name.as_ref()].into_iter().flatten().map(PersonName::to_string).collect()
    }
    pub fn name(&self) -> String {
        self.names().join(" ")
    }
}

macro_rules! accounts {
    ($tables_and_condition:literal) => {
        concat!(
            "SELECT account.id AS id, account.membership AS membership, account.email AS email, \
             account.first_name AS first_name, account.last_name AS last_name, \
             account.locale AS locale, account.password AS password, account.password_changed_at AS password_changed_at, \
             account.is_password_short AS is_password_short, account.terms_version AS terms_version, \
             account.terms_accepted_at AS terms_accepted_at FROM ",
            $tables_and_condition
        )
    };
}

impl Store {
    pub async fn account(&self, id: &str) -> Result<Option<Account>, sqlx::Error> {
        let sql = accounts!("account WHERE account.id = $1 AND account.email_confirmed_at IS NOT NULL");
        one(sqlx::query(sql).bind(id).fetch_optional(&self.read).await?)
    }

    /// Of two that an earlier version opened under two forms of one address, the one whose form this is.
    pub async fn account_of_user_id(&self, user_id: &UserId) -> Result<Option<Account>, sqlx::Error> {
        let sql = accounts!(
            "account WHERE account.user_id IN ($1, $2, $3) AND account.email_confirmed_at IS NOT NULL \
             ORDER BY CASE account.user_id WHEN $1 THEN 1 WHEN $2 THEN 2 ELSE 3 END LIMIT 1"
        );
        let [typed, compared, read] = address::spellings(user_id);
        one(sqlx::query(sql).bind(typed).bind(compared).bind(read).fetch_optional(&self.read).await?)
    }

    pub async fn account_of_membership(&self, membership: &str) -> Result<Option<Account>, sqlx::Error> {
        let sql = accounts!("account WHERE account.membership = $1 AND account.email_confirmed_at IS NOT NULL");
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
             AND link.used_at IS NULL AND link.created_at <= $3 AND link.expires_at > $3 \
             AND (link.email = account.email OR link.purpose = 'new_email') AND account.email_confirmed_at IS NOT NULL"
        );
        let row = sqlx::query(sql).bind(token_hash).bind(purpose.word()).bind(now.millis());
        one(row.fetch_optional(&self.read).await?)
    }
}

fn one(row: Option<AnyRow>) -> Result<Option<Account>, sqlx::Error> {
    row.as_ref().map(account_from).transpose()
}

fn account_from(row: &AnyRow) -> Result<Account, sqlx::Error> {
    let version: i64 = row.try_get("terms_version")?;
    let has_one_name = row.try_get::<String, _>("last_name")?.is_empty();
    Ok(Account {
        id: row.try_get("id")?,
        membership: row.try_get("membership")?,
        email: value(row, "email")?,
        first_name: value(row, "first_name")?,
        last_name: if has_one_name { None } else { Some(value(row, "last_name")?) },
        locale: from_word(row.try_get("locale")?)?,
        password: row.try_get("password")?,
        password_changed_at: Instant::from_millis(row.try_get("password_changed_at")?),
        is_password_short: row.try_get::<i64, _>("is_password_short")? != 0,
        terms_version: u16::try_from(version).unwrap_or(0),
        terms_accepted_at: Instant::from_millis(row.try_get("terms_accepted_at")?),
    })
}

/// Locks the account and reads it: nothing else changes it, its password, its factors or its sessions until the
/// transaction is over. The first statement in every transaction that does. (Any column takes the row; one that nothing
/// refers to costs no look at other tables.)
pub async fn lock(tx: &mut Tx, id: &str) -> Result<Option<Account>, sqlx::Error> {
    sqlx::query("UPDATE account SET locale = locale WHERE id = $1").bind(id).execute(&mut **tx).await?;
    one(sqlx::query(accounts!("account WHERE account.id = $1")).bind(id).fetch_optional(&mut **tx).await?)
}

/// Opens it, now that its address is confirmed, unless this membership or this address has one: then `None`.
pub async fn open(tx: &mut Tx, opening: &Opening, now: Instant) -> Result<Option<String>, sqlx::Error> {
    let id = crate::id::new(now);
    let [typed, compared, read] = address::spellings(&opening.email.user_id());
    let done = sqlx::query(
        "INSERT INTO account (id, membership, user_id, email, first_name, last_name, address, phone, locale, password, \
         password_changed_at, terms_version, terms_accepted_at, created_at, email_confirmed_at) \
         SELECT $1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $11, $11, $13 \
         WHERE NOT EXISTS (SELECT 1 FROM account WHERE user_id IN ($14, $15)) ON CONFLICT DO NOTHING",
    )
    .bind(&id)
    .bind(&opening.membership)
    .bind(compared)
    .bind(opening.email.to_string())
    .bind(opening.first_name.to_string())
    .bind(opening.last_name.as_ref().map(PersonName::to_string).unwrap_or_default())
    .bind(to_json(&opening.address)?)
    .bind(opening.phone.to_string())
    .bind(opening.locale.code())
    .bind(&opening.password)
    .bind(opening.at.millis())
    .bind(i64::from(opening.terms_version))
    .bind(now.millis())
    .bind(typed)
    .bind(read)
    .execute(&mut **tx)
    .await?;
    Ok((done.rows_affected() > 0).then_some(id))
}

/// What an earlier version opened for this membership or this address, and nobody confirmed.
pub async fn unconfirmed_of(tx: &mut Tx, membership: &str, user_id: &UserId) -> Result<Vec<String>, sqlx::Error> {
    let sql =
        "SELECT id FROM account WHERE email_confirmed_at IS NULL AND (membership = $1 OR user_id IN ($2, $3, $4))";
    let [typed, compared, read] = address::spellings(user_id);
    sqlx::query_scalar(sql).bind(membership).bind(typed).bind(compared).bind(read).fetch_all(&mut **tx).await
}

/// Deletes an account that was never confirmed, and ends its sessions. Payments stay, as those of a payer.
pub async fn forget_unconfirmed(tx: &mut Tx, account: &str, now: Instant) -> Result<(), sqlx::Error> {
    let lock = "UPDATE account SET locale = locale WHERE id = $1 AND email_confirmed_at IS NULL";
    if sqlx::query(lock).bind(account).execute(&mut **tx).await?.rows_affected() == 0 {
        return Ok(());
    }
    let end = "UPDATE session SET ended_at = COALESCE(ended_at, $2), draft = NULL, account = NULL WHERE account = $1";
    sqlx::query(end).bind(account).bind(now.millis()).execute(&mut **tx).await?;
    for sql in [
        "UPDATE registration SET account = NULL WHERE account = $1",
        "UPDATE payment SET account = NULL WHERE account = $1",
        "DELETE FROM link WHERE account = $1",
        "DELETE FROM authenticator WHERE account = $1",
        "DELETE FROM passkey WHERE account = $1",
        "DELETE FROM recovery_code WHERE account = $1",
        "DELETE FROM account WHERE id = $1",
    ] {
        sqlx::query(sql).bind(account).execute(&mut **tx).await?;
    }
    Ok(())
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

/// Every link of one purpose that was not used.
pub async fn void_links(tx: &mut Tx, purpose: Purpose, account: &str, now: Instant) -> Result<(), sqlx::Error> {
    sqlx::query("UPDATE link SET used_at = $3 WHERE account = $1 AND purpose = $2 AND used_at IS NULL")
        .bind(account)
        .bind(purpose.word())
        .bind(now.millis())
        .execute(&mut **tx)
        .await?;
    Ok(())
}

/// A link that was taken: whose it was, and where it was sent.
pub struct UsedLink {
    pub account: String,
    pub email: Email,
}

/// Takes a link, once. The address of the account of a link to a new password must still be the one it was sent to.
pub async fn use_link(
    tx: &mut Tx,
    purpose: Purpose,
    token_hash: &str,
    now: Instant,
) -> Result<Option<UsedLink>, sqlx::Error> {
    // A link from the future was made before the clock went back: its age is unknown.
    let row = sqlx::query(
        "UPDATE link SET used_at = $3 WHERE token_hash = $1 AND purpose = $2 AND used_at IS NULL AND created_at <= $3 \
         AND expires_at > $3 AND (purpose = 'new_email' \
         OR email = (SELECT account.email FROM account WHERE account.id = link.account)) RETURNING account, email",
    )
    .bind(token_hash)
    .bind(purpose.word())
    .bind(now.millis())
    .fetch_optional(&mut **tx)
    .await?;
    row.map(|row| Ok(UsedLink { account: row.try_get("account")?, email: value(&row, "email")? })).transpose()
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
    void_links(tx, Purpose::Reset, account, now).await?;
    // A new password ends a change of the address that somebody else may have asked for.
    void_links(tx, Purpose::NewEmail, account, now).await
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
