//! Whom members pay for: the links between an account and the membership of somebody else.

use super::{Store, Tx, begin::NewPayment, memberships::Membership, value};
use contract::{
    Instant, Region,
    household::{Household, HouseholdLink, MOST_PEOPLE},
};
use sqlx::{Row, any::AnyRow};

/// Somebody whom a member pays for.
pub struct PaidFor {
    /// Of the link.
    pub id: String,
    pub name: String,
    pub membership: Membership,
}

/// A link's two sides.
pub struct Sides {
    pub account: String,
    pub membership: String,
}

/// By the index `household_link_of_account` and the primary key of `membership`.
const PAID_FOR: &str = "SELECT household_link.id AS id, household_link.added_at AS added_at, membership.id AS membership, \
    membership.name AS name, membership.region AS region, membership.ending AS ending FROM household_link \
    JOIN membership ON membership.id = household_link.membership WHERE household_link.account = $1 \
    ORDER BY household_link.added_at, household_link.id";

/// By the index `household_link_of_membership`. A payer is named as the plan names them.
const PAID_BY: &str = "SELECT household_link.id AS id, household_link.added_at AS added_at, membership.name AS name \
    FROM household_link JOIN account ON account.id = household_link.account \
    JOIN membership ON membership.id = account.membership WHERE household_link.membership = $1 \
    ORDER BY household_link.added_at, household_link.id";

impl Store {
    /// Both sides of an account.
    pub async fn household(&self, account: &str, membership: &str) -> Result<Household, sqlx::Error> {
        let pays_for = sqlx::query(PAID_FOR).bind(account).fetch_all(&self.read).await?;
        let paid_by = sqlx::query(PAID_BY).bind(membership).fetch_all(&self.read).await?;
        let links = |rows: &[AnyRow]| rows.iter().map(link_of).collect::<Result<_, sqlx::Error>>();
        Ok(Household { pays_for: links(&pays_for)?, paid_by: links(&paid_by)? })
    }

    pub async fn paid_for(&self, account: &str) -> Result<Vec<PaidFor>, sqlx::Error> {
        let person = |row: &AnyRow| {
            let region: Region = value(row, "region")?;
            let membership = Membership { id: row.try_get("membership")?, region, ending: row.try_get("ending")? };
            Ok(PaidFor { id: row.try_get("id")?, name: row.try_get("name")?, membership })
        };
        sqlx::query(PAID_FOR).bind(account).fetch_all(&self.read).await?.iter().map(person).collect()
    }

    /// A link by either of its sides; none if it is not one of theirs.
    pub async fn household_link(
        &self,
        id: &str,
        account: &str,
        membership: &str,
    ) -> Result<Option<Sides>, sqlx::Error> {
        let sql = "SELECT account, membership FROM household_link WHERE id = $1 AND (account = $2 OR membership = $3)";
        let row = sqlx::query(sql).bind(id).bind(account).bind(membership).fetch_optional(&self.read).await?;
        row.map(|row| Ok(Sides { account: row.try_get("account")?, membership: row.try_get("membership")? }))
            .transpose()
    }
}

fn link_of(row: &AnyRow) -> Result<HouseholdLink, sqlx::Error> {
    let since = Instant::from_millis(row.try_get("added_at")?);
    Ok(HouseholdLink { id: row.try_get("id")?, name: row.try_get("name")?, since })
}

/// What came of adding somebody.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Added {
    New,
    /// The account pays for them already.
    Before,
    /// It pays for as many as one may.
    Full,
}

/// In a transaction that has locked the account.
pub async fn add(tx: &mut Tx, id: &str, account: &str, membership: &str, at: Instant) -> Result<Added, sqlx::Error> {
    let sql = "SELECT membership FROM household_link WHERE account = $1";
    let there: Vec<String> = sqlx::query_scalar(sql).bind(account).fetch_all(&mut **tx).await?;
    if there.iter().any(|other| other == membership) {
        return Ok(Added::Before);
    }
    if there.len() >= usize::from(MOST_PEOPLE) {
        return Ok(Added::Full);
    }
    let sql = "INSERT INTO household_link (id, account, membership, added_at) VALUES ($1, $2, $3, $4)";
    let insert = sqlx::query(sql).bind(id).bind(account).bind(membership).bind(at.millis());
    insert.execute(&mut **tx).await?;
    Ok(Added::New)
}

/// Ends a link by either of its sides; false if it is not one of theirs, or not any more.
pub async fn end(tx: &mut Tx, id: &str, account: &str, membership: &str) -> Result<bool, sqlx::Error> {
    let sql = "DELETE FROM household_link WHERE id = $1 AND (account = $2 OR membership = $3)";
    let done = sqlx::query(sql).bind(id).bind(account).bind(membership).execute(&mut **tx).await?;
    Ok(done.rows_affected() > 0)
}

/// Writes into a payment that begins whose member pays it, if that is somebody else's; false if they do not pay for
/// them, or not any more. The link is locked until the payment is written: it ends before the payment begins, or after.
pub(super) async fn pay_by(tx: &mut Tx, new: &NewPayment<'_>) -> Result<bool, sqlx::Error> {
    let (Some(link), account) = (&new.order.household, new.initiator.account()) else { return Ok(true) };
    let lock = "UPDATE household_link SET account = account WHERE id = $1 AND account = $2 AND membership = $3";
    let locked = sqlx::query(lock).bind(link).bind(account).bind(new.membership).execute(&mut **tx).await?;
    if locked.rows_affected() == 0 {
        return Ok(false);
    }
    let sql = "UPDATE payment SET payer_membership = (SELECT account.membership FROM account WHERE account.id = $2) \
               WHERE id = $1";
    sqlx::query(sql).bind(&new.id).bind(account).execute(&mut **tx).await?;
    Ok(true)
}
