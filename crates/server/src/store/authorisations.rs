//! Authorisations that an account gave, the newest first: one with each payment, word for word, read by pages with a
//! keyset cursor; and those to keep a card or bank account, which hold until they are revoked.

use super::{Store, cents, consents, from_word, json, payment_pages::Cursor, saved_methods::is_saved};
use contract::{
    Instant,
    account::AuthorisationEntry,
    member_profile::{AuthorisationPage, StandingAuthorisation},
};
use sqlx::{Row, any::AnyRow};

/// A page, by the index `payment_of_account`.
const PAGE: &str = "SELECT id, authorisation, authorisation_version, locale, created_at AS at, \
    total_cents + fee_cents AS charged_cents FROM payment \
    WHERE account = $1 AND (created_at < $2 OR created_at = $2 AND id < $3) \
    ORDER BY created_at DESC, id DESC LIMIT $4";

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
