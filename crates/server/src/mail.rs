//! E-mails to members: what they say. An e-mail is queued in the transaction of the event it reports (`store::outbox`), so it is sent if
//! and only if that happened. It carries no card or bank number, no patient and no service. Its links lead to pages of ours; what is
//! secret of one stands behind its `#`, which no server and no log sees.
//!
//! `html` is the same text for mail programs that show HTML. `jobs::send_mail` sends it.

mod account;
mod html;

pub use account::{
    account_opened, already_registered, authenticator_added, authenticator_removed, confirm_email, new_device,
    no_account_yet, passkey_added, passkey_removed, password_changed, password_reset, recovery_code_used,
    recovery_codes_renewed, registration_code, registration_moved, user_id_reminder,
};

use crate::{store::outbox::Message, words};
use contract::{
    Locale,
    payment::{Method, Payment, PaymentState},
    portal::Portal,
};

fn message(subject: String, text: String, locale: Locale) -> Message {
    Message { html: html::page(locale.code(), &subject, &text), subject, text }
}

/// The e-mail that goes with a payment's state: the receipt, that it is on its way, that it came back, or that it took no money.
pub fn about_payment(payment: &Payment, portal: &Portal, home: &str, locale: Locale) -> Message {
    let say = |english, spanish| words::say(locale, english, spanish);
    let amount = words::money(payment.charged);
    let (subject, first) = match (payment.state, locale) {
        (PaymentState::Paid, Locale::En) => {
            ("Your payment receipt", format!("Your payment of {amount} is paid. Thank you."))
        }
        (PaymentState::Paid, Locale::Es) => ("Su recibo de pago", format!("Su pago de {amount} está pagado. Gracias.")),
        (PaymentState::Processing | PaymentState::Scheduled, Locale::En) => (
            "We received your payment",
            format!(
                "We sent your payment of {amount} to your bank. Your bank has not paid yet. Please don’t pay again."
            ),
        ),
        (PaymentState::Processing | PaymentState::Scheduled, Locale::Es) => (
            "Recibimos su pago",
            format!(
                "Enviamos su pago de {amount} a su banco. Su banco aún no ha pagado. Por favor, no pague otra vez."
            ),
        ),
        (PaymentState::Returned, Locale::En) => (
            "Your bank returned your payment",
            format!("Your bank returned your payment of {amount}. You still owe this amount."),
        ),
        (PaymentState::Returned, Locale::Es) => {
            ("Su banco devolvió su pago", format!("Su banco devolvió su pago de {amount}. Todavía debe este importe."))
        }
        (PaymentState::Refunded, Locale::En) => {
            ("Your payment was refunded", format!("Your payment of {amount} was refunded."))
        }
        (PaymentState::Refunded, Locale::Es) => {
            ("Su pago fue reembolsado", format!("Su pago de {amount} fue reembolsado."))
        }
        (PaymentState::Failed, Locale::En) => (
            "Your payment did not go through",
            format!("Your payment of {amount} did not go through: no money was taken. You still owe this amount."),
        ),
        (PaymentState::Failed, Locale::Es) => (
            "Su pago no se realizó",
            format!("Su pago de {amount} no se realizó: no se tomó dinero. Todavía debe este importe."),
        ),
        (PaymentState::Cancelled, Locale::En) => (
            "Your payment was canceled",
            format!("Your payment of {amount} was canceled: no money was taken. You still owe this amount."),
        ),
        (PaymentState::Cancelled, Locale::Es) => (
            "Su pago fue cancelado",
            format!("Su pago de {amount} fue cancelado: no se tomó dinero. Todavía debe este importe."),
        ),
    };
    let brand = &portal.brand.name;
    let mut lines = vec![first, String::new()];
    let number = if payment.state.took_no_money() {
        say("Reference", "Referencia")
    } else {
        say("Receipt number", "Número de recibo")
    };
    lines.push(format!("{number}: {}", payment.reference));
    let moment = words::moment(payment.created_at, &payment.time_zone, locale);
    lines.push(format!("{}: {moment}", say("Date", "Fecha")));
    lines.push(format!("{}: {}", say("For the bills", "Por las facturas"), words::money(payment.total)));
    if !payment.fee.is_zero() {
        lines.push(format!("{}: {}", say("Card fee", "Cargo por tarjeta"), words::money(payment.fee)));
    }
    if let (true, Some(expected)) = (payment.state.is_on_its_way(), payment.expected_on) {
        let expected = words::weekday_and_day(expected, locale);
        lines.push(format!("{}: {expected}", say("Expected by", "Se espera para el")));
    }
    if let (PaymentState::Returned | PaymentState::Failed, Some(failure)) = (payment.state, payment.failure) {
        // Whoever tries cards reads it too.
        let is_card = matches!(payment.method, Method::Card { .. });
        let failure = if is_card { failure.without_detail() } else { failure };
        lines.push(words::failure(failure, locale).to_owned());
    }
    lines.push(String::new());
    let phone = &portal.contacts.billing_phone;
    lines.push(match locale {
        Locale::En => format!("Questions? Call {phone}, or see {home}. We never ask for card numbers by e-mail."),
        Locale::Es => {
            format!(
                "¿Preguntas? Llame al {phone} o visite {home}. Nunca pedimos números de tarjeta por correo electrónico."
            )
        }
    });
    lines.push(brand.clone());
    message(format!("{brand}: {subject} ({})", payment.reference), lines.join("\n"), locale)
}
