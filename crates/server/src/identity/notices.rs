//! Security notices: e-mails to the owner of an account about what was changed in it, queued in the transaction of the
//! change.

use crate::{
    error::Result,
    mail::Sender,
    state::App,
    store::{
        Tx,
        accounts::Account,
        outbox::{Holds, Message, QueuedEmail},
    },
};
use contract::Instant;

/// A notice to the address on file, put into the outbox with what it is about.
pub struct Notice<'a> {
    account: &'a Account,
    message: Message,
}

/// Makes the text of a notice to an account's owner.
pub type NoticeTemplate = fn(&Account, &Sender<'_>) -> Message;

pub fn notice_to_owner<'a>(
    app: &App,
    account: &'a Account,
    template: impl FnOnce(&Account, &Sender<'_>) -> Message,
) -> Notice<'a> {
    Notice { account, message: template(account, &app.sender()) }
}

impl Notice<'_> {
    pub async fn put(&self, tx: &mut Tx, at: Instant) -> Result<()> {
        let id = crate::id::new(at);
        let (cause, to) = (&self.account.id, &self.account.email);
        Ok(QueuedEmail { id, cause, to, message: &self.message, holds: Holds::Nothing, notice: None, at }
            .put(tx)
            .await?)
    }
}
