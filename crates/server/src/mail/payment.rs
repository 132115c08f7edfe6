//! E-mails about a payment: the receipt, that it is on its way, that it came back, or that it took no money; and that
//! a receipt was opened with the link of one of them. Which services it paid and whose they were is on the receipt
//! that the link opens, not here.

use super::{
    Sender,
    body::{Body, Table, TableRow, Words},
    security::named,
};
use crate::{
    i18n::{self, say},
    store::outbox::Message,
};
use contract::{
    Locale, date_format,
    notices::NoticeKind,
    payment::{Method, Payment, PaymentState, Phase},
};

/// What goes with a payment's state. `secret` opens its receipt; one that took no money has none. With the kind of
/// notice that it is to a member.
pub fn about_payment(
    payment: &Payment,
    sender: &Sender<'_>,
    secret: &str,
    (locale, notice): (Locale, Option<NoticeKind>),
) -> Message {
    let (subject, first) = if payment.deposit.is_some() { deposit_news(payment.state) } else { news(payment.state) };
    // What is sent to a bank is this part alone.
    let told = if payment.state.is_on_its_way() { payment.charged } else { payment.told() };
    let mut body = Body::new(sender, locale, subject).numbered(&payment.reference).say_of(first, &i18n::money(told));
    if let Some(why) = failure(payment, locale) {
        body = body.say((why, why));
    }
    let receipt = format!("{}/receipt#{secret}", sender.home);
    if payment.deposit.is_some() {
        body = body.button(("See your balance", "Ver su saldo"), format!("{}/account/balance", sender.home));
    } else if payment.state.can_retry() {
        body = body.button(("Pay again", "Pagar otra vez"), format!("{}/pay", sender.home));
    } else {
        let is_paid = payment.state.phase() == Phase::Took;
        let words = if is_paid { ("See the receipt", "Ver el recibo") } else { ("See the payment", "Ver el pago") };
        body = body.button(words, receipt);
        if !payment.is_for_another() {
            body = body.say((
                "It names each service, as an HSA or FSA asks, and you can save it as a file.",
                "Nombra cada servicio, como lo pide una HSA o FSA, y puede guardarse como archivo.",
            ));
        }
        body = body.say((
            "Anyone who has this link can see the receipt, so share it with care.",
            "Quien tenga este enlace puede ver el recibo: compártalo con cuidado.",
        ));
    }
    let mut facts = facts(payment, &sender.portal.statement_descriptor, locale);
    body = if payment.deposit.is_some() {
        facts.extend(sums(payment, locale));
        body.facts(facts)
    } else {
        body.facts(facts).table(bills(payment, locale))
    };
    body = authorisation(body, payment, locale).say((
        "Questions? Call {phone}, or see {home}. We never ask for card numbers by e-mail.",
        "¿Preguntas? Llame al {phone} o visite {home}. Nunca pedimos números de tarjeta por correo electrónico.",
    ));
    match notice {
        Some(kind) => body.write_notice(kind),
        None => body.write(),
    }
}

/// Or that there is none, as the plan took the payment itself.
fn authorisation<'a>(body: Body<'a>, payment: &Payment, locale: Locale) -> Body<'a> {
    if payment.method.is_taken_by_plan() {
        let (_, words) = i18n::taken_by_plan(locale);
        return body.say((words, words));
    }
    body.quote(
        ("The authorization you gave", "La autorización que usted dio"),
        &payment.authorisation,
        format!(
            "{} {}. {} {}.",
            say(locale, "Agreed on", "Aceptada el"),
            i18n::moment(payment.created_at, &payment.time_zone, locale),
            say(locale, "Text version", "Versión del texto"),
            payment.authorisation_version
        ),
    )
}

/// Subject and first paragraph.
fn news(state: PaymentState) -> (Words<'static>, Words<'static>) {
    match state {
        PaymentState::Paid => (
            ("Your payment receipt", "Su recibo de pago"),
            ("Your payment of {} is paid. Thank you.", "Su pago de {} está pagado. Gracias."),
        ),
        PaymentState::Processing | PaymentState::Scheduled => (
            ("We received your payment", "Recibimos su pago"),
            (
                "We sent your payment of {} to your bank. Your bank has not paid yet. Please don’t pay again.",
                "Enviamos su pago de {} a su banco. Su banco todavía no ha pagado. Por favor, no pague otra vez.",
            ),
        ),
        PaymentState::Returned => (
            ("Your bank returned your payment", "Su banco devolvió su pago"),
            (
                "Your bank returned your payment of {}. You still owe this amount.",
                "Su banco devolvió su pago de {}. Todavía debe este importe.",
            ),
        ),
        PaymentState::Refunded => (
            ("Your payment was refunded", "Su pago fue reembolsado"),
            ("Your payment of {} was refunded.", "Su pago de {} fue reembolsado."),
        ),
        PaymentState::Failed => (
            ("Your payment did not go through", "Su pago no se realizó"),
            (
                "Your payment of {} did not go through: no money was taken. You still owe this amount.",
                "Su pago de {} no se realizó: no se cobró nada. Todavía debe este importe.",
            ),
        ),
        PaymentState::Cancelled => (
            ("Your payment was canceled", "Su pago fue cancelado"),
            (
                "Your payment of {} was canceled: no money was taken. You still owe this amount.",
                "Su pago de {} fue cancelado: no se cobró nada. Todavía debe este importe.",
            ),
        ),
    }
}

/// As `news`, of money for the balance.
fn deposit_news(state: PaymentState) -> (Words<'static>, Words<'static>) {
    match state {
        PaymentState::Paid => (
            ("Your deposit receipt", "Su recibo de depósito"),
            ("Your deposit of {} is in your balance.", "Su depósito de {} está en su saldo."),
        ),
        PaymentState::Processing | PaymentState::Scheduled => (
            ("We received your deposit", "Recibimos su depósito"),
            (
                "We sent your deposit of {} to your bank. It counts in your balance once your bank has paid.",
                "Enviamos su depósito de {} a su banco. Cuenta en su saldo cuando su banco haya pagado.",
            ),
        ),
        PaymentState::Returned => (
            ("Your bank returned your deposit", "Su banco devolvió su depósito"),
            (
                "Your bank returned your deposit of {}. It is not in your balance. If you used some of it, you owe that part.",
                "Su banco devolvió su depósito de {}. No está en su saldo. Si usó una parte, la debe.",
            ),
        ),
        PaymentState::Refunded => (
            ("Your deposit was refunded", "Su depósito fue reembolsado"),
            ("Your deposit of {} was refunded.", "Su depósito de {} fue reembolsado."),
        ),
        PaymentState::Failed | PaymentState::Cancelled => (
            ("Your deposit did not go through", "Su depósito no se realizó"),
            (
                "Your deposit of {} did not go through: no money was taken.",
                "Su depósito de {} no se realizó: no se cobró nada.",
            ),
        ),
    }
}

fn failure(payment: &Payment, locale: Locale) -> Option<&'static str> {
    let failure = payment.failure.filter(|_| payment.state.can_retry())?;
    // Anyone who tries cards reads it too.
    let is_card = matches!(payment.method, Method::Card { .. });
    Some(i18n::failure(if is_card { failure.without_detail() } else { failure }, locale))
}

fn facts(payment: &Payment, on_statement: &str, locale: Locale) -> Vec<(String, String)> {
    let say = |english, spanish| say(locale, english, spanish).to_owned();
    let number = if payment.state.took_no_money() {
        say("Reference", "Referencia")
    } else {
        say("Receipt number", "Número de recibo")
    };
    let mut facts = i18n::order_parts(payment, locale);
    facts.extend([
        (number, payment.reference.clone()),
        (say("Date", "Fecha"), i18n::made_at(payment, locale)),
        (say("Method", "Forma de pago"), i18n::method(&payment.method, locale)),
    ]);
    if let (true, Some(expected)) = (payment.state.is_on_its_way(), payment.expected_on) {
        facts.push((say("Expected by", "Se espera para el"), date_format::long_date(expected, locale)));
    }
    facts.extend(i18n::on_statement(payment, on_statement, locale));
    facts
}

/// What it is for, the fee, and what is charged.
fn sums(payment: &Payment, locale: Locale) -> Vec<(String, String)> {
    let what = i18n::total(payment.deposit.is_some(), locale).to_owned();
    let mut sums = vec![(what, i18n::money(payment.total))];
    if !payment.fee.is_zero() {
        sums.push((say(locale, "Card fee", "Cargo por tarjeta").to_owned(), i18n::money(payment.fee)));
    }
    sums.push((i18n::charged(payment.state, locale).to_owned(), i18n::money(payment.charged)));
    sums
}

/// Each bill with its share of the payment and what stays owed on it, and the sums.
fn bills(payment: &Payment, locale: Locale) -> Table {
    let say = |english, spanish| say(locale, english, spanish).to_owned();
    let left = if payment.state.phase() == Phase::OnItsWay {
        say("Owed if it clears", "Deberá si se completa")
    } else {
        say("Still owed", "Todavía debe")
    };
    let rows = payment.shares.iter().map(|share| TableRow {
        what: i18n::bill_kind(share.kind, locale).to_owned(),
        detail: format!("{} {}", say("due", "vence el"), date_format::long_date(share.due, locale)),
        amounts: [i18n::money(share.amount), i18n::money(share.leaves)],
    });
    Table {
        head: [say("Bill", "Factura"), say("This payment", "Este pago"), left],
        rows: rows.collect(),
        sums: sums(payment, locale),
    }
}

/// To anyone who paid: a browser that had not opened it before opened the receipt, with the link of an e-mail that went
/// to `sent_to`.
pub fn receipt_opened(
    payment: &Payment,
    sender: &Sender<'_>,
    sent_to: &str,
    (at, device): (&str, &str),
    locale: Locale,
) -> Message {
    let say = |english, spanish| say(locale, english, spanish).to_owned();
    Body::new(sender, locale, ("Your receipt was opened", "Se abrió su recibo"))
        .numbered(&payment.reference)
        .say((
            "Somebody opened your receipt with the link in our e-mail. They used a browser that had not opened it before.",
            "Alguien abrió su recibo con el enlace de nuestro correo. Usó un navegador que no lo había abierto antes.",
        ))
        .facts(vec![
            (say("Receipt number", "Número de recibo"), payment.reference.clone()),
            (say("When", "Cuándo"), at.to_owned()),
            (say("Browser and system", "Navegador y sistema"), named(device, locale).to_owned()),
            (say("The e-mail went to", "El correo se envió a"), sent_to.to_owned()),
        ])
        .say((
            "If it was you, or somebody you gave the link to, there is nothing to do.",
            "Si fue usted, o alguien a quien dio el enlace, no tiene que hacer nada.",
        ))
        .say((
            "If it was not, open the link in that e-mail and choose “End this link”: after that it no longer works. Or call {phone}.",
            "Si no, abra el enlace de ese correo y elija “Anular este enlace”: después ya no funciona. O llame al {phone}.",
        ))
        .write()
}
