//! The e-mail that a member's balance fell below what the member chose.

use super::{Sender, body::Body};
use crate::{
    i18n::{self, say},
    store::outbox::Message,
};
use contract::{Locale, Money, notices::NoticeKind};

pub fn balance_low(sender: &Sender<'_>, left: Money, chosen: Money, locale: Locale) -> Message {
    let first =
        ("Your balance fell below {}, as you asked us to tell you.", "Su saldo bajó de {}; usted nos pidió avisarle.");
    Body::new(sender, locale, ("Your balance is low", "Su saldo es bajo"))
        .say_of(first, &i18n::money(chosen))
        .facts(vec![(say(locale, "Balance", "Saldo").to_owned(), i18n::money(left))])
        .button(("See your balance", "Ver su saldo"), format!("{}/account/balance", sender.home))
        .write_notice(NoticeKind::LowBalance)
}
