//! The e-mail about a payment by mail or phone that came back, as a check that bounced. The payer may have been another
//! person than the member whom it tells.

use super::{Sender, body::Body};
use crate::{
    i18n::{self, say},
    store::{outbox::Message, posted_reversals::ReturnedPayment},
};
use contract::{Locale, date_format, notices::NoticeKind};

pub fn payment_came_back(sender: &Sender<'_>, returned: &ReturnedPayment, locale: Locale) -> Message {
    let say = |english, spanish| say(locale, english, spanish).to_owned();
    let total = returned.of_bill.plus(returned.of_balance).unwrap_or(returned.of_bill);
    let mut facts = vec![
        (say("We got it on", "Lo recibimos el"), date_format::long_date(returned.received_on, locale)),
        (say("Method", "Forma de pago"), i18n::method(&returned.method, locale)),
    ];
    if !returned.of_bill.is_zero() {
        facts.push((say("You owe again", "Debe otra vez"), i18n::money(returned.of_bill)));
    }
    if !returned.of_balance.is_zero() {
        facts.push((say("Taken from your balance", "Se quitó de su saldo"), i18n::money(returned.of_balance)));
    }
    let mut body = Body::new(sender, locale, ("A payment came back", "Un pago fue devuelto")).say_of(
        (
            "The bank returned a payment of {}, so it no longer counts.",
            "El banco devolvió un pago de {}, y por eso ya no cuenta.",
        ),
        &i18n::money(total),
    );
    if let Some(reason) = returned.reason {
        body = body.say((i18n::failure(reason, Locale::En), i18n::failure(reason, Locale::Es)));
    }
    body.facts(facts)
        .button(("See the payment", "Ver el pago"), format!("{}/pay/payments/{}", sender.home, returned.payment))
        .say((
            "You can pay the bill again. If you used money from this payment, you owe that part too.",
            "Puede pagar la factura otra vez. Si usó dinero de este pago, también debe esa parte.",
        ))
        .say(("Questions? Call {phone}.", "¿Preguntas? Llame al {phone}."))
        .write_notice(NoticeKind::NotPaid)
}
