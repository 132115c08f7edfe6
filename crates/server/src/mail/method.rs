//! E-mails about a saved card or bank account to its member: small deposits that have arrived, and a card that expires.

use super::{Sender, body::Body};
use crate::{
    i18n::{self, say},
    store::outbox::Message,
};
use contract::{Locale, notices::NoticeKind, payment::Method};

pub fn deposits_arrived(method: &Method, sender: &Sender<'_>, locale: Locale) -> Message {
    let subject = ("Two small deposits are in your bank account", "Hay dos depósitos pequeños en su cuenta bancaria");
    Body::new(sender, locale, subject)
        .say((
            "We sent two small deposits to your saved bank account. Your bank shows their amounts. Type them, and the account is verified.",
            "Enviamos dos depósitos pequeños a su cuenta bancaria guardada. Su banco muestra los importes. Escríbalos y la cuenta queda verificada.",
        ))
        .facts(vec![(say(locale, "Account", "Cuenta").to_owned(), i18n::method(method, locale))])
        .button(("Enter the amounts", "Escribir los importes"), format!("{}/account/methods", sender.home))
        .say((
            "If you did not ask for this, call {phone}.",
            "Si usted no lo pidió, llame al {phone}.",
        ))
        .write_notice(NoticeKind::SavedMethod)
}
