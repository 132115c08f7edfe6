//! Saved payment methods of an account, the authorisations to keep them, and which payments were made with them.
//! Written in a transaction that has the account's row locked (`accounts::lock`), but for what comes with a payment.

use super::{
    Store, Tx,
    batch::Batch,
    begin::NewPayment,
    consents, from_word, json, readable, retry, to_json, value,
    verifications::{self, Here},
};
use contract::{
    Expiry, Instant, Locale, Region,
    consent::GivenConsent,
    member_profile::StandingAuthorisation,
    payment::{Method, MethodUse, Nickname, SavedMethod},
};
use sqlx::{Row, any::AnyRow};

/// What came with a payment is there once that was answered and did not fail.
macro_rules! is_saved {
    () => {
        "(payment_method.came_with IS NULL OR EXISTS (SELECT 1 FROM payment AS brought WHERE brought.id = payment_method.came_with \
         AND brought.ask_at IS NULL AND brought.state NOT IN ('failed', 'cancelled')))"
    };
}

/// A payment that is not final.
macro_rules! is_on_its_way {
    () => {
        "payment.state IN ('processing', 'scheduled')"
    };
}

/// Credit of an account that goes back, with the deposits that it came from: a deposit is made with what was typed, so
/// the method that it goes to is known by what it is. By the membership, with which a unique index of `credit_refund`
/// begins.
macro_rules! goes_back {
    () => {
        "FROM credit_refund JOIN payment ON payment.id = credit_refund.payment WHERE credit_refund.state = 'on_its_way' \
         AND credit_refund.membership = (SELECT account.membership FROM account WHERE account.id = "
    };
}

/// By the indexes `payment_method_of_account` and `payment_by_method_by_method`: a row for each use.
const LIST: &str = concat!(
    "SELECT payment_method.id AS id, payment_method.method AS method, payment_method.nickname AS nickname, \
     payment_method.is_default AS is_default, payment_method.created_at AS created_at, payment.id AS used_by, \
     method_verification.state AS verification, method_verification.arrives_at AS arrives_at, \
     method_verification.tries_left AS tries_left \
     FROM payment_method LEFT JOIN method_verification ON method_verification.token = payment_method.token \
     LEFT JOIN payment_by_method ON payment_by_method.method = payment_method.id \
     AND EXISTS (SELECT 1 FROM payment WHERE payment.id = payment_by_method.payment AND ",
    is_on_its_way!(),
    ") LEFT JOIN payment ON payment.id = payment_by_method.payment WHERE payment_method.account = $1 AND ",
    is_saved!(),
    " ORDER BY payment_method.created_at, payment_method.id, payment.id"
);
const ONE: &str = concat!(
    "SELECT payment_method.method AS method, payment_method.token AS token FROM payment_method \
     WHERE payment_method.id = $1 AND payment_method.account = $2 AND ",
    is_saved!()
);
const LOCK: &str =
    concat!("UPDATE payment_method SET nickname = nickname WHERE id = $1 AND account = $2 AND ", is_saved!());
const REMOVE: &str = concat!(
    "DELETE FROM payment_method WHERE id = $1 AND NOT EXISTS (SELECT 1 FROM payment_by_method \
     JOIN payment ON payment.id = payment_by_method.payment WHERE payment_by_method.method = $1 AND ",
    is_on_its_way!(),
    ") AND NOT EXISTS (SELECT 1 ",
    goes_back!(),
    "payment_method.account) AND payment.method = payment_method.method) RETURNING token"
);

const GOES_BACK: &str =
    concat!("SELECT DISTINCT payment.id AS id, payment.method AS method ", goes_back!(), "$1) ORDER BY payment.id");

/// What a payment has to do with saved methods.
#[derive(Debug)]
pub enum SavedUse {
    Nothing,
    /// It is made with this one.
    With(String),
    /// The method that it is made with is kept under this token.
    Keeps {
        token: String,
        account: String,
        given: GivenConsent,
    },
}

/// What is needed to charge one.
pub struct Chargeable {
    pub method: Method,
    pub token: String,
}

pub struct NewRow<'a> {
    pub id: &'a str,
    pub account: &'a str,
    pub token: &'a str,
    pub method: &'a Method,
    pub nickname: &'a Nickname,
}

/// A card that its member is to be told about.
pub struct ExpiringCard {
    pub id: String,
    pub account: String,
    pub locale: Locale,
    pub method: Method,
}

impl ExpiringCard {
    /// Of the one e-mail about it and the month in which it expires.
    pub fn email_id(&self, month: Expiry) -> String {
        format!("card:{}:{month}", self.id)
    }
}

/// Reads all saved methods after an id: they are few beside payments, and this is done by one server once in a while.
const EXPIRING: &str = concat!(
    "SELECT payment_method.id AS id, payment_method.method AS method, account.id AS account, account.locale AS locale \
     FROM payment_method JOIN account ON account.id = payment_method.account \
     JOIN membership ON membership.id = account.membership \
     WHERE payment_method.method LIKE '%\"expiry\":\"' || $1 || '\"%' AND membership.region = $2 \
     AND account.email_confirmed_at IS NOT NULL AND payment_method.id > $3 AND ",
    is_saved!(),
    " AND NOT EXISTS (SELECT 1 FROM outbox WHERE outbox.id = 'card:' || payment_method.id || ':' || $1) \
     ORDER BY payment_method.id LIMIT $4"
);

/// By the index `consent_of_account`. One whose method is gone and that nobody revoked came to nothing.
const STANDING: &str = concat!(
    "SELECT consent.id AS id, consent.about AS about, consent.text AS text, consent.locale AS locale, \
     consent.version AS version, consent.given_at AS given_at, consent.withdrawn_at AS withdrawn_at \
     FROM consent LEFT JOIN payment_method ON payment_method.id = consent.method AND ",
    is_saved!(),
    " WHERE consent.account = $1 AND consent.purpose = 'saved_method' \
     AND (consent.withdrawn_at IS NOT NULL OR payment_method.id IS NOT NULL) \
     ORDER BY CASE WHEN consent.withdrawn_at IS NULL THEN 0 ELSE 1 END, consent.given_at DESC, consent.id LIMIT $2"
);

impl Store {
    /// At most so many: those that hold first, then the newest of those that were revoked.
    pub async fn standing_authorisations(
        &self,
        account: &str,
        most: i64,
    ) -> Result<Vec<StandingAuthorisation>, sqlx::Error> {
        let standing = |row: &AnyRow| {
            Ok(StandingAuthorisation {
                id: row.try_get("id")?,
                method: json(row.try_get("about")?)?,
                given: consents::given(row)?,
                revoked_at: row.try_get::<Option<i64>, _>("withdrawn_at")?.map(Instant::from_millis),
            })
        };
        sqlx::query(STANDING).bind(account).bind(most).fetch_all(&self.read).await?.iter().map(standing).collect()
    }

    /// Cards that expire in that month and of which nobody was told, without those that can't be read: the next after
    /// an id. Gives the last id, too, if there was a next.
    pub async fn cards_to_tell_of(
        &self,
        region: Region,
        month: Expiry,
        after: &str,
        most: i64,
    ) -> Result<(Vec<ExpiringCard>, Option<String>), sqlx::Error> {
        let query = sqlx::query(EXPIRING).bind(month.to_string()).bind(region.code()).bind(after).bind(most);
        let rows = query.fetch_all(&self.read).await?;
        let last = rows.last().map(|row| row.try_get("id")).transpose()?;
        let card = |row: &AnyRow| {
            Ok(ExpiringCard {
                id: row.try_get("id")?,
                account: row.try_get("account")?,
                locale: from_word(row.try_get("locale")?)?,
                method: json(row.try_get("method")?)?,
            })
        };
        Ok((readable::each("payment_method", "id", &rows, card).0, last))
    }

    pub async fn saved_methods(&self, account: &str, here: Here) -> Result<Vec<SavedMethod>, sqlx::Error> {
        let read = || sqlx::query(LIST).bind(account).fetch_all(&self.read);
        let mut methods: Vec<SavedMethod> = Vec::new();
        for row in retry(read).await? {
            let used_by: Option<String> = row.try_get("used_by")?;
            let saved = saved_of(&row, here)?;
            if methods.last().is_none_or(|last| last.id != saved.id) {
                methods.push(saved);
            }
            if let (Some(last), Some(id)) = (methods.last_mut(), used_by) {
                last.uses.push(MethodUse::Payment { id });
            }
        }
        let goes_back = || sqlx::query(GOES_BACK).bind(account).fetch_all(&self.read);
        for row in retry(goes_back).await? {
            let (id, to): (String, Method) = (row.try_get("id")?, json(row.try_get("method")?)?);
            let to = methods.iter_mut().filter(|saved| saved.method == to);
            to.for_each(|saved| saved.uses.push(MethodUse::Refund { id: id.clone() }));
        }
        Ok(methods)
    }

    pub async fn saved_method(&self, account: &str, id: &str) -> Result<Option<Chargeable>, sqlx::Error> {
        let row = sqlx::query(ONE).bind(id).bind(account).fetch_optional(&self.read).await?;
        row.map(|row| Ok(Chargeable { method: json(row.try_get("method")?)?, token: row.try_get("token")? }))
            .transpose()
    }
}

fn saved_of(row: &AnyRow, here: Here) -> Result<SavedMethod, sqlx::Error> {
    let method = json(row.try_get("method")?)?;
    Ok(SavedMethod {
        id: row.try_get("id")?,
        verification: verifications::of_row(row, &method, here)?,
        method,
        nickname: value(row, "nickname")?,
        is_default: row.try_get::<i64, _>("is_default")? != 0,
        created_at: Instant::from_millis(row.try_get("created_at")?),
        uses: Vec::new(),
    })
}

/// Locks one of the account's; false if it is not there. A payment with it is begun before that or after this
/// transaction.
pub async fn lock(tx: &mut Tx, account: &str, id: &str) -> Result<bool, sqlx::Error> {
    Ok(sqlx::query(LOCK).bind(id).bind(account).execute(&mut **tx).await?.rows_affected() > 0)
}

/// False if the account has `most` of them.
pub async fn add(tx: &mut Tx, new: &NewRow<'_>, most: usize, now: Instant) -> Result<bool, sqlx::Error> {
    let sql = "INSERT INTO payment_method (id, account, token, method, nickname, created_at) \
               SELECT $1, $2, $3, $4, $5, $6 WHERE (SELECT COUNT(*) FROM payment_method AS other WHERE other.account = $2) < $7";
    let insert = sqlx::query(sql).bind(new.id).bind(new.account).bind(new.token).bind(to_json(new.method)?);
    let insert = insert.bind(new.nickname.to_string()).bind(now.millis()).bind(i64::try_from(most).unwrap_or(i64::MAX));
    Ok(insert.execute(&mut **tx).await?.rows_affected() > 0)
}

pub async fn rename(tx: &mut Tx, id: &str, nickname: &Nickname) -> Result<(), sqlx::Error> {
    let sql = "UPDATE payment_method SET nickname = $2 WHERE id = $1";
    sqlx::query(sql).bind(id).bind(nickname.to_string()).execute(&mut **tx).await.map(drop)
}

/// Makes it the account's one default, or no default any more.
pub async fn set_default(tx: &mut Tx, account: &str, id: &str, is_default: bool) -> Result<(), sqlx::Error> {
    let sql = if is_default {
        "UPDATE payment_method SET is_default = CASE WHEN id = $2 THEN 1 ELSE 0 END WHERE account = $1"
    } else {
        "UPDATE payment_method SET is_default = 0 WHERE account = $1 AND id = $2"
    };
    sqlx::query(sql).bind(account).bind(id).execute(&mut **tx).await.map(drop)
}

/// Another card or account in its place, under the same id. Gives the token of the one before.
pub async fn replace(tx: &mut Tx, id: &str, method: &Method, token: &str) -> Result<String, sqlx::Error> {
    let before = sqlx::query_scalar("SELECT token FROM payment_method WHERE id = $1").bind(id);
    let before = before.fetch_one(&mut **tx).await?;
    let sql = "UPDATE payment_method SET method = $2, token = $3, came_with = NULL WHERE id = $1";
    sqlx::query(sql).bind(id).bind(to_json(method)?).bind(token).execute(&mut **tx).await?;
    Ok(before)
}

/// Gives its token; None if it is in use. The row is locked by now, so what uses it is seen.
pub async fn remove(tx: &mut Tx, id: &str) -> Result<Option<String>, sqlx::Error> {
    sqlx::query_scalar(REMOVE).bind(id).fetch_optional(&mut **tx).await
}

/// As `remove`, whatever is on its way with it.
pub async fn remove_in_use(tx: &mut Tx, id: &str) -> Result<Option<String>, sqlx::Error> {
    let sql = "DELETE FROM payment_method WHERE id = $1 RETURNING token";
    sqlx::query_scalar(sql).bind(id).fetch_optional(&mut **tx).await
}

/// Whether the saved method that a payment is made with still has the token that is to be charged. It stays so until
/// the payment is written.
pub async fn is_there(tx: &mut Tx, saved: &SavedUse, token: &str) -> Result<bool, sqlx::Error> {
    let SavedUse::With(id) = saved else { return Ok(true) };
    let lock = "UPDATE payment_method SET nickname = nickname WHERE id = $1 AND token = $2";
    Ok(sqlx::query(lock).bind(id).bind(token).execute(&mut **tx).await?.rows_affected() > 0)
}

const MADE_WITH: &str = "INSERT INTO payment_by_method (payment, method) VALUES ($1, $2)";

impl SavedUse {
    pub(super) fn write(&self, writes: &mut Batch, new: &NewPayment<'_>) -> Result<(), sqlx::Error> {
        let payment = new.id.as_str();
        match self {
            Self::Nothing => {}
            Self::With(id) => writes.add(MADE_WITH, [payment.into(), id.as_str().into()]),
            Self::Keeps { token, account, given } => {
                let sql = "INSERT INTO payment_method (id, account, token, method, created_at, came_with) \
                           VALUES ($1, $2, $3, $4, $5, $6)";
                let (id, at) = (crate::id::new(new.created_at), new.created_at.millis());
                consents::write_for_method(writes, account, (&id, new.method), given)?;
                let method = to_json(new.method)?;
                writes.add(MADE_WITH, [payment.into(), id.as_str().into()]);
                let values = [id.into(), account.as_str().into(), token.as_str().into(), method.into(), at.into()];
                writes.add(sql, values.into_iter().chain([payment.into()]));
            }
        }
        Ok(())
    }
}
