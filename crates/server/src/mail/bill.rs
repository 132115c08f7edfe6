//! E-mails about a bill to its member: that it is here, and that it is due soon. What it is for and whose it is stands
//! on the page that the button opens.

use super::{Sender, body::Body};
use crate::{
    i18n::{self, say},
    store::{
        bill_notices::{BillNews, BillToTell},
        outbox::Message,
    },
};
use contract::date_format;

pub fn about_bill(news: BillNews, bill: &BillToTell, sender: &Sender<'_>) -> Message {
    let locale = bill.locale;
    let (subject, first) = match news {
        BillNews::Ready => (
            ("You have a new bill", "Tiene una nueva factura"),
            ("There is a new bill in your account.", "Hay una nueva factura en su cuenta."),
        ),
        BillNews::DueSoon => (
            ("A bill is due soon", "Una factura vence pronto"),
            ("A bill in your account is due soon.", "Una factura de su cuenta vence pronto."),
        ),
    };
    let say = |english, spanish| say(locale, english, spanish).to_owned();
    Body::new(sender, locale, subject)
        .say(first)
        .facts(vec![
            (say("You owe", "Usted debe"), i18n::money(bill.owed)),
            (say("Due", "Vence"), date_format::long_date(bill.due, locale)),
        ])
        .button(("See the bill", "Ver la factura"), format!("{}/account/bills/{}", sender.home, bill.bill))
        .say((
            "If you paid it by mail or phone, it can take up to 125 days until it shows.",
            "Si la pagó por correo postal o por teléfono, puede tardar hasta 125 días en mostrarse.",
        ))
        .write_notice(news.kind())
}
