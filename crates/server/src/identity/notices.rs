//! Security notices: e-mails to the owner of an account about what was changed in it, queued in the transaction of the change.

use crate::{
    error::Result,
    state::App,
    store::{
        Tx,
        accounts::Account,
        outbox::{Message, QueuedEmail},
    },
};
use contract::Instant;

/// A notice to the address on file, put into the outbox with what it is about.
pub struct Notice<'a> {
    account: &'a Account,
    message: Message,
}

/// Makes the text of a notice to an account's owner, with the plan's name and contact.
pub type NoticeTemplate = fn(&Account, brand: &str, contact: (&str, &str)) -> Message;

pub fn tell_owner<'a>(app: &App, account: &'a Account, telling: NoticeTemplate) -> Notice<'a> {
    let contact = (app.settings.home.as_str(), app.portal.contacts.billing_phone.as_str());
    Notice { account, message: telling(account, &app.portal.brand.name, contact) }
}

impl Notice<'_> {
    pub async fn put(&self, tx: &mut Tx, at: Instant) -> Result<()> {
        let id = crate::id::new(at);
        let (cause, to) = (&self.account.id, &self.account.email);
        Ok(QueuedEmail { id, cause, to, message: &self.message, is_secret: false, at }.put(tx).await?)
    }
}
