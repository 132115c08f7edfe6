//! E-mails about a saved card or bank account to its member: small deposits that have arrived, a card that
//! expires, and an authorisation that was revoked.

use super::{Sender, body::Body};
use crate::{
    i18n::{self, say},
    store::{accounts::Account, outbox::Message},
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

/// In the month before its last.
pub fn card_expires(method: &Method, sender: &Sender<'_>, locale: Locale) -> Message {
    let subject = ("A saved card expires next month", "Una tarjeta guardada vence el próximo mes");
    Body::new(sender, locale, subject)
        .say((
            "A card that you saved expires at the end of next month. Put a new one in its place, and what uses the old one uses the new one.",
            "Una tarjeta que guardó vence al final del próximo mes. Ponga una nueva en su lugar, y lo que usa la anterior usará la nueva.",
        ))
        .facts(vec![(say(locale, "Card", "Tarjeta").to_owned(), i18n::method(method, locale))])
        .button(
            ("See my payment methods", "Ver mis formas de pago"),
            format!("{}/account/methods", sender.home),
        )
        .write_notice(NoticeKind::SavedMethod)
}

pub fn authorisation_revoked(account: &Account, sender: &Sender<'_>, method: &Method) -> Message {
    let locale = account.locale;
    Body::new(sender, locale, ("You revoked an authorization", "Usted revocó una autorización"))
        .say((
            "An authorization to keep a card or bank account was revoked in your profile. It is removed from your saved payment methods, and is charged for nothing new. Payments on their way go on.",
            "En su perfil se revocó una autorización para conservar una tarjeta o cuenta bancaria. Ya no está entre sus formas de pago guardadas y no se le cobra nada nuevo. Los pagos en camino siguen su curso.",
        ))
        .facts(vec![(say(locale, "Payment method", "Forma de pago").to_owned(), i18n::method(method, locale))])
        .say((
            "If it was not you, choose a new password at {/forgot-password}, or call {phone}.",
            "Si no fue usted, elija una nueva contraseña en {/forgot-password} o llame al {phone}.",
        ))
        .write_notice(NoticeKind::Security)
}
