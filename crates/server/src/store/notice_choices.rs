//! What an account's owner chose of the notices, and whether that keeps an e-mail of the outbox from being sent.

use super::{Store, Tx, from_word, word};
use contract::{
    Instant,
    notices::{NoticeChoice, NoticeKind},
};
use sqlx::Row;

const EMAIL: &str = "email";
pub(super) const TEXT: &str = "text";

impl Store {
    /// Of these kinds: e-mails are sent and text messages are not, until something else is chosen. (The primary key of
    /// `notice_choice` serves this.)
    pub async fn notice_choices(
        &self,
        account: &str,
        kinds: impl Iterator<Item = NoticeKind>,
    ) -> Result<Vec<NoticeChoice>, sqlx::Error> {
        let mut choices: Vec<_> = kinds.map(|kind| NoticeChoice { kind, email: true, text: false }).collect();
        let sql = "SELECT kind, channel, is_on FROM notice_choice WHERE account = $1";
        for row in sqlx::query(sql).bind(account).fetch_all(&self.read).await? {
            // A kind of a later version is none that this one sends.
            let Ok(kind) = from_word::<NoticeKind>(row.try_get("kind")?) else { continue };
            let (channel, is_on): (&str, i64) = (row.try_get("channel")?, row.try_get("is_on")?);
            let Some(choice) = choices.iter_mut().find(|choice| choice.kind == kind) else { continue };
            match channel {
                EMAIL => choice.email = is_on != 0,
                TEXT => choice.text = is_on != 0,
                _ => {}
            }
        }
        Ok(choices)
    }

    /// Whether the owner still wants this e-mail of the outbox; true where it is nobody's choice, as of one to another
    /// address than the account's, which was typed for that payment.
    pub async fn is_wanted(&self, email: &str) -> Result<bool, sqlx::Error> {
        let sql = "SELECT COUNT(*) FROM outbox JOIN notice_choice ON notice_choice.account = outbox.notice_account \
                   AND notice_choice.kind = outbox.notice_kind AND notice_choice.channel = $2 \
                   JOIN account ON account.id = outbox.notice_account AND LOWER(account.email) = LOWER(outbox.to_address) \
                   WHERE outbox.id = $1 AND notice_choice.is_on = 0";
        let turned_off: i64 = sqlx::query_scalar(sql).bind(email).bind(EMAIL).fetch_one(&self.read).await?;
        Ok(turned_off == 0)
    }
}

/// Of the account whose row the transaction has locked. True if it turned e-mails off that came until now.
pub async fn choose(tx: &mut Tx, account: &str, choice: &NoticeChoice, now: Instant) -> Result<bool, sqlx::Error> {
    let sql = "INSERT INTO notice_choice (account, kind, channel, is_on, changed_at) VALUES ($1, $2, $3, $4, $5) \
               ON CONFLICT (account, kind, channel) DO UPDATE SET is_on = excluded.is_on, changed_at = excluded.changed_at \
               WHERE notice_choice.is_on <> excluded.is_on";
    let mut is_turned_off = false;
    for (channel, is_on) in [(EMAIL, choice.email), (TEXT, choice.text)] {
        let query = sqlx::query(sql).bind(account).bind(word(&choice.kind)?).bind(channel);
        let done = query.bind(i64::from(is_on)).bind(now.millis()).execute(&mut **tx).await?;
        is_turned_off |= channel == EMAIL && !is_on && done.rows_affected() > 0;
    }
    Ok(is_turned_off)
}

/// E-mails of this kind come from now on, whatever was chosen. Of the account whose row the transaction has locked.
pub async fn turn_on(tx: &mut Tx, account: &str, kind: NoticeKind, now: Instant) -> Result<(), sqlx::Error> {
    let sql = "UPDATE notice_choice SET is_on = 1, changed_at = $4 WHERE account = $1 AND kind = $2 AND channel = $3";
    let query = sqlx::query(sql).bind(account).bind(word(&kind)?).bind(EMAIL).bind(now.millis());
    query.execute(&mut **tx).await?;
    Ok(())
}
