//! E-mails to payers and members: what they say. An e-mail is queued in the transaction of the event it reports
//! (`store::outbox`), so it is sent if and only if that happened. It carries at most the last four of a card or
//! account, no patient and no service. Its links lead to our pages; what is secret of one stands behind its `#`,
//! which no server and no log sees.
//!
//! `body` writes each as text and as HTML; `balance`, `bill`, `household`, `method`, `payment`, `posted`, `profile`,
//! `question`, `refund`, `registration` and `security` have the words, and `text` those of text messages.
//! `jobs::send_mail` sends them.

mod balance;
mod bill;
mod body;
mod household;
mod html;
mod method;
mod payment;
mod posted;
mod profile;
mod question;
mod refund;
mod registration;
mod security;
mod text;

pub use balance::balance_low;
pub use bill::about_bill;
pub use household::{HouseholdChange, household_changed};
pub use html::escape as escape_html;
pub use method::{authorisation_revoked, card_expires, deposits_arrived};
pub use payment::{about_payment, receipt_opened};
pub use posted::payment_came_back;
pub use profile::{
    ChangedDetail, account_closed, address_in_use, confirm_new_email, email_change_asked, email_changed,
    notices_turned_off, paperless_off, paperless_on, profile_changed, texts_ended, texts_turned_on,
};
pub use question::{AskedCharge, charge_question};
pub use refund::credit_refunded;
pub use registration::{
    account_opened, already_registered, confirm_email, no_account_yet, registration_code, registration_moved,
    user_id_reminder,
};
pub use security::{
    authenticator_added, authenticator_removed, new_device, passkey_added, passkey_removed, password_changed,
    password_reset, recovery_code_used, recovery_codes_renewed,
};

pub use text::{code_text, notice_text};

use body::Link;
use contract::portal::Portal;

/// Whom e-mails are from: the plan, and where its pages are.
#[derive(Clone, Copy)]
pub struct Sender<'a> {
    pub portal: &'a Portal,
    /// The public origin, without a slash at its end.
    pub home: &'a str,
}

impl Sender<'_> {
    fn brand(&self) -> &str {
        &self.portal.brand.name
    }

    fn page(&self, path: &str) -> Link {
        let to = format!("{}{path}", self.home);
        Link { shown: to.clone(), to }
    }

    /// The profile's number has all its digits, the 1 in front among them.
    fn phone_link(&self) -> Link {
        let phone = &self.portal.contacts.billing_phone;
        let digits: String = phone.chars().filter(char::is_ascii_digit).collect();
        Link { shown: phone.clone(), to: format!("tel:+{digits}") }
    }
}
