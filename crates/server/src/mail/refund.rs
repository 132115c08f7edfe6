//! The e-mail about credit that a member asked back: it was sent, or it could not be.

use super::{Sender, body::Body};
use crate::{
    i18n::{self, say},
    store::{outbox::Message, refunds::Refund},
};
use contract::{Locale, notices::NoticeKind};

pub fn credit_refunded(sender: &Sender<'_>, refund: &Refund, is_sent: bool, locale: Locale) -> Message {
    let (subject, first, then) = if is_sent {
        (
            ("We sent money back to you", "Le devolvimos dinero"),
            ("We sent {} from your balance back to you.", "Le devolvimos {} de su saldo."),
            (
                "Your card or bank can take up to 10 days to show it.",
                "Su tarjeta o su banco puede tardar hasta 10 días en mostrarlo.",
            ),
        )
    } else {
        (
            ("We could not send money back to you", "No pudimos devolverle dinero"),
            (
                "We could not send {} back to you. It is in your balance again.",
                "No pudimos devolverle {}. Está otra vez en su saldo.",
            ),
            ("Call {phone} if you need it another way.", "Llame al {phone} si lo necesita de otra manera."),
        )
    };
    let to = say(locale, "To", "A").to_owned();
    Body::new(sender, locale, subject)
        .say_of(first, &i18n::money(refund.amount))
        .facts(vec![(to, i18n::method(&refund.method, locale))])
        .say(then)
        .button(("See your balance", "Ver su saldo"), format!("{}/account/balance", sender.home))
        .write_notice(NoticeKind::Refund)
}
