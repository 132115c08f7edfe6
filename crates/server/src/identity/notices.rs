//! Security notices: e-mails to the owner of an account about what was changed in it, queued in the transaction of the
//! change, and text messages where the owner chose them, too.

use crate::{
    error::Result,
    mail::{self, Sender},
    state::App,
    store::{
        Tx,
        accounts::Account,
        outbox::{Holds, Message, NoticeOf, QueuedEmail},
        texts,
    },
};
use contract::{Instant, notices::NoticeKind};

/// A notice to the address on file, put into the outbox with what it is about.
pub struct Notice<'a> {
    account: &'a Account,
    message: Message,
    /// Where the deployment sends text messages.
    text: Option<String>,
}

/// Makes the text of a notice to an account's owner.
pub type NoticeTemplate = fn(&Account, &Sender<'_>) -> Message;

pub fn notice_to_owner<'a>(
    app: &App,
    account: &'a Account,
    template: impl FnOnce(&Account, &Sender<'_>) -> Message,
) -> Notice<'a> {
    let text = app.settings.has_texts().then(|| mail::notice_text(NoticeKind::Security, &app.sender(), account.locale));
    Notice { account, message: template(account, &app.sender()), text }
}

impl Notice<'_> {
    pub async fn put(&self, tx: &mut Tx, at: Instant) -> Result<()> {
        self.put_about(tx, &self.account.id, at).await
    }

    /// With what it is about, by which such e-mails are counted.
    pub async fn put_about(&self, tx: &mut Tx, cause: &str, at: Instant) -> Result<()> {
        let (id, to) = (crate::id::new(at), &self.account.email);
        if let Some(text) = &self.text {
            let notice = NoticeOf { account: &self.account.id, kind: NoticeKind::Security };
            texts::put_notice(tx, &id, notice, text, at).await?;
        }
        Ok(QueuedEmail { id, cause, to, message: &self.message, holds: Holds::Nothing, notice: None, at }
            .put(tx)
            .await?)
    }
}
