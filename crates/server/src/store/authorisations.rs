//! Authorisations that an account gave, the newest first: one with each payment, word for word, read by pages with a
//! keyset cursor.

use super::{Store, cents, from_word, payment_pages::Cursor};
use contract::{Instant, account::AuthorisationEntry, member_profile::AuthorisationPage};
use sqlx::{Row, any::AnyRow};

/// A page, by the index `payment_of_account`.
const PAGE: &str = "SELECT id, authorisation, authorisation_version, locale, created_at AS at, \
    total_cents + fee_cents AS charged_cents FROM payment \
    WHERE account = $1 AND (created_at < $2 OR created_at = $2 AND id < $3) \
    ORDER BY created_at DESC, id DESC LIMIT $4";

impl Store {
    pub async fn authorisations_of(
        &self,
        account: &str,
        before: Option<&Cursor>,
        limit: i64,
    ) -> Result<AuthorisationPage, sqlx::Error> {
        let rows = sqlx::query(PAGE)
            .bind(account)
            .bind(before.map_or(i64::MAX, |before| before.created_at.millis()))
            .bind(before.map_or("", |before| &before.id))
            .bind(limit + 1) // one more shows whether there is a next page
            .fetch_all(&self.read)
            .await?;
        let mut authorisations = rows.iter().map(entry_from).collect::<Result<Vec<_>, _>>()?;
        let is_last = authorisations.len() as i64 <= limit;
        authorisations.truncate(usize::try_from(limit).unwrap_or(0));
        let next = authorisations.last().filter(|_| !is_last);
        let next = next.map(|last| Cursor { created_at: last.at, id: last.payment.clone() }.to_string());
        Ok(AuthorisationPage { authorisations, standing: Vec::new(), next })
    }
}

fn entry_from(row: &AnyRow) -> Result<AuthorisationEntry, sqlx::Error> {
    Ok(AuthorisationEntry {
        payment: row.try_get("id")?,
        text: row.try_get("authorisation")?,
        locale: from_word(row.try_get("locale")?)?,
        version: u16::try_from(row.try_get::<i64, _>("authorisation_version")?).unwrap_or(0),
        at: Instant::from_millis(row.try_get("at")?),
        charged: Some(cents(row, "charged_cents")?),
    })
}
