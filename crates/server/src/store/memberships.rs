//! Memberships: whose bills there are, and the identifiers that find them.

use super::{Store, Tx, value};
use contract::{Email, Identifier, Identifiers, Region, ZipCode};
use sqlx::Row;

#[derive(Clone, Debug)]
pub struct Membership {
    pub id: String,
    pub region: Region,
    /// Last three characters of the number that is its own.
    pub ending: String,
}

impl Store {
    pub async fn find_membership(
        &self,
        region: Region,
        identifiers: &Identifiers,
    ) -> Result<Option<Membership>, sqlx::Error> {
        let row = sqlx::query("SELECT id, ending FROM membership WHERE region = $1 AND identifiers = $2")
            .bind(region.code())
            .bind(identifiers.comparison_key())
            .fetch_optional(&self.read)
            .await?;
        row.map(|row| Ok(Membership { id: row.try_get(0)?, region, ending: row.try_get(1)? })).transpose()
    }

    pub async fn membership(&self, id: &str) -> Result<Option<Membership>, sqlx::Error> {
        let sql = "SELECT region, ending FROM membership WHERE id = $1";
        let row = sqlx::query(sql).bind(id).fetch_optional(&self.read).await?;
        row.map(|row| {
            Ok(Membership { id: id.to_owned(), region: value(&row, "region")?, ending: row.try_get("ending")? })
        })
        .transpose()
    }

    /// The plan's own address for a membership.
    pub async fn email_on_file(&self, membership: &str) -> Result<Option<Email>, sqlx::Error> {
        let sql = "SELECT email FROM membership WHERE id = $1";
        let text: Option<String> = sqlx::query_scalar(sql).bind(membership).fetch_optional(&self.read).await?;
        Ok(text.and_then(|text| Email::parse(&text).ok()))
    }

    /// The ZIP code that identifies a membership's bills, where one does: five digits.
    pub async fn zip_on_file(&self, membership: &str) -> Result<Option<ZipCode>, sqlx::Error> {
        let on_file = self.identifiers_on_file(membership).await?;
        Ok(on_file.get(Identifier::Zip).and_then(|zip| ZipCode::parse(zip).ok()))
    }

    /// What finds a membership's bills. The ZIP code has five digits.
    pub async fn identifiers_on_file(&self, membership: &str) -> Result<Identifiers, sqlx::Error> {
        let sql = "SELECT identifiers FROM membership WHERE id = $1";
        let text: String = sqlx::query_scalar(sql).bind(membership).fetch_one(&self.read).await?;
        let parts = text.split(';').filter_map(|part| part.split_once('='));
        let parts = parts.filter_map(|(name, text)| Some((Identifier::parse(name).ok()?, text)));
        Identifiers::of(parts).map_err(|problem| sqlx::Error::Decode(problem.key().into()))
    }
}

/// From now on no other transaction decides about these memberships. Always in the same order: two that need the same
/// ones must not wait for each other.
pub async fn lock(tx: &mut Tx, mut ids: Vec<&str>) -> Result<(), sqlx::Error> {
    ids.sort_unstable();
    ids.dedup();
    for id in ids {
        let sql = "UPDATE membership SET ending = ending WHERE id = $1";
        sqlx::query(sql).bind(id).execute(&mut **tx).await?;
    }
    Ok(())
}
