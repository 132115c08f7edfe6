//! Memberships: whose bills there are, and the identifiers that find them.

use super::Store;
use contract::{Identifier, Region};
use sqlx::Row;
use std::collections::BTreeMap;

#[derive(Clone, Debug)]
pub struct Membership {
    pub id: String,
    pub region: Region,
    /// Last three characters of the number that is its own.
    pub ending: String,
}

/// The one text normalised identifiers are compared by.
pub fn canonical(identifiers: &BTreeMap<Identifier, String>) -> String {
    let mut parts: Vec<String> = identifiers.iter().map(|(name, value)| format!("{name}={value}")).collect();
    parts.sort();
    parts.join(";")
}

impl Store {
    /// A ZIP code printed with four more digits is found with and without them: the first five are compared.
    pub async fn find_membership(
        &self,
        region: Region,
        identifiers: &BTreeMap<Identifier, String>,
    ) -> Result<Option<Membership>, sqlx::Error> {
        let row = sqlx::query("SELECT id, ending FROM membership WHERE region = $1 AND identifiers = $2")
            .bind(region.code())
            .bind(canonical(&five_digit_zip(identifiers)))
            .fetch_optional(&self.read)
            .await?;
        row.map(|row| Ok(Membership { id: row.try_get(0)?, region, ending: row.try_get(1)? })).transpose()
    }
}

/// What is stored and compared: the ZIP code's first five digits.
pub fn five_digit_zip(identifiers: &BTreeMap<Identifier, String>) -> BTreeMap<Identifier, String> {
    let mut identifiers = identifiers.clone();
    if let Some(zip) = identifiers.get_mut(&Identifier::Zip) {
        zip.truncate(5);
    }
    identifiers
}
