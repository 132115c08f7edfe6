//! Texts of the server for people, in both languages: for the receipt's PDF and for e-mail. The app's texts are in the
//! app; those of dates and of the authorisation are in the contract.

use crate::clock::{day_in, local_time_in};
use contract::{
    Instant, Locale, Money, authorisation,
    bill::BillKind,
    date_format,
    payment::{BankAccountKind, Failure, Method, Payment, PaymentState, Phase},
};

/// Picks the language's half of a pair.
pub fn say<'a>(locale: Locale, english: &'a str, spanish: &'a str) -> &'a str {
    match locale {
        Locale::En => english,
        Locale::Es => spanish,
    }
}

/// As in the authorisation: `$1,234.50`.
pub fn money(amount: Money) -> String {
    authorisation::dollars(amount)
}

/// `Monday, November 23, 2026, 9:52 am Pacific`, by the clock of a region.
pub fn moment(instant: Instant, time_zone: &str, locale: Locale) -> String {
    date_format::moment(local_time_in(time_zone, instant), time_zone, locale)
}

/// `Visa card ending in 4242`: at most the last four are known here.
pub fn method(method: &Method, locale: Locale) -> String {
    match method {
        Method::Card { brand, last4, .. } => match locale {
            Locale::En => format!("{} card ending in {last4}", brand.name()),
            Locale::Es => format!("tarjeta {} terminada en {last4}", brand.name()),
        },
        Method::Bank { account, last4 } => match (account, locale) {
            (BankAccountKind::Checking, Locale::En) => format!("checking account ending in {last4}"),
            (BankAccountKind::Savings, Locale::En) => format!("savings account ending in {last4}"),
            (BankAccountKind::Checking, Locale::Es) => format!("cuenta corriente terminada en {last4}"),
            (BankAccountKind::Savings, Locale::Es) => format!("cuenta de ahorros terminada en {last4}"),
        },
        Method::Balance => say(locale, "balance of your account", "saldo de su cuenta").to_owned(),
        Method::Check => say(locale, "by mail, check", "por correo postal, cheque").to_owned(),
        Method::Phone => say(locale, "by phone", "por teléfono").to_owned(),
    }
}

/// What a card or bank statement calls a payment that took money or is on its way to do so.
pub fn on_statement(payment: &Payment, name: &str, locale: Locale) -> Option<(String, String)> {
    let label = say(locale, "On your card or bank statement", "En el estado de cuenta de su tarjeta o banco");
    let is_charged = matches!(payment.method, Method::Card { .. } | Method::Bank { .. });
    let is_charged = is_charged && !payment.state.took_no_money();
    (is_charged && !name.is_empty()).then(|| (label.to_owned(), name.to_owned()))
}

/// When a payment was made: of what the plan took itself the day alone is known.
pub fn made_at(payment: &Payment, locale: Locale) -> String {
    if payment.method.is_taken_by_plan() {
        date_format::long_date(day_in(&payment.time_zone, payment.created_at), locale)
    } else {
        moment(payment.created_at, &payment.time_zone, locale)
    }
}

/// In the place of an authorisation, where the plan took the payment itself.
pub fn taken_by_plan(locale: Locale) -> (&'static str, &'static str) {
    (
        say(locale, "How it was paid", "Cómo se pagó"),
        say(
            locale,
            "The plan took this payment itself, by mail or phone, and posted it here. Nothing was authorized online.",
            "El plan recibió este pago directamente, por correo postal o por teléfono, y lo registró aquí. No se autorizó nada en línea.",
        ),
    )
}

/// Of an order that the balance and another method pay: its sum, and each part with its state and its number, this one
/// first.
pub fn order_parts(payment: &Payment, locale: Locale) -> Vec<(String, String)> {
    let Some(other) = &payment.other_part else { return Vec::new() };
    let part = |by: &Method, state: PaymentState, charged, reference: &str| {
        let state = match (by, state) {
            (Method::Balance, PaymentState::Cancelled) => released(locale),
            _ => self::state(state, locale),
        };
        let number = say(locale, "Receipt number", "Número de recibo");
        (first_letter(&method(by, locale)), format!("{}. {state}. {number}: {reference}", money(charged)))
    };
    vec![
        (say(locale, "All of your order", "Todo su pedido").to_owned(), money(other.with(payment.charged))),
        part(&payment.method, payment.state, payment.charged, &payment.reference),
        part(&other.method, other.state, other.charged, &other.reference),
    ]
}

/// What became of the balance's part of an order whose other part took nothing.
pub fn released(locale: Locale) -> &'static str {
    say(locale, "Not used: it is in your balance again", "Sin usar: está otra vez en su saldo")
}

fn first_letter(words: &str) -> String {
    let mut letters = words.chars();
    letters.next().map(|first| first.to_uppercase().collect::<String>() + letters.as_str()).unwrap_or_default()
}

/// What the total of a payment is for.
pub fn total(is_deposit: bool, locale: Locale) -> &'static str {
    if is_deposit {
        say(locale, "Deposit to your balance", "Depósito en su saldo")
    } else {
        say(locale, "For the bills", "Por las facturas")
    }
}

pub fn bill_kind(kind: BillKind, locale: Locale) -> &'static str {
    match kind {
        BillKind::Professional => say(locale, "Professional bill", "Factura profesional"),
        BillKind::Hospital => say(locale, "Hospital bill", "Factura de hospital"),
        BillKind::Premium => say(locale, "Plan premium", "Prima del plan"),
        BillKind::Household => say(locale, "Bill of the household", "Factura del hogar"),
    }
}

pub fn state(state: PaymentState, locale: Locale) -> &'static str {
    match state {
        PaymentState::Scheduled => {
            say(locale, "Scheduled: nothing has been taken yet", "Programado: todavía no se ha cobrado nada")
        }
        PaymentState::Processing => {
            say(locale, "Processing: your bank has not paid yet", "En proceso: su banco todavía no ha pagado")
        }
        PaymentState::Paid => say(locale, "Paid", "Pagado"),
        PaymentState::Failed => say(locale, "Failed: no money was taken", "No se realizó: no se cobró nada"),
        PaymentState::Returned => {
            say(locale, "Returned by your bank: you still owe this", "Devuelto por su banco: todavía debe este importe")
        }
        PaymentState::Refunded => say(locale, "Refunded", "Reembolsado"),
        PaymentState::Cancelled => say(locale, "Canceled: no money was taken", "Cancelado: no se cobró nada"),
    }
}

/// What the sum of a payment is, by where its money is: only what was taken was charged.
pub fn charged(state: PaymentState, locale: Locale) -> &'static str {
    match state.phase() {
        Phase::Took => say(locale, "Total charged", "Total cobrado"),
        Phase::OnItsWay => say(locale, "To be debited", "Se debitará"),
        Phase::WentBack => say(locale, "Amount that went back", "Importe que volvió"),
        Phase::TookNothing => say(locale, "Amount tried", "Importe intentado"),
    }
}

/// As `charged`, of one service or one bill.
pub fn paid_column(state: PaymentState, locale: Locale) -> &'static str {
    if state.phase() == Phase::Took { say(locale, "Paid", "Pagado") } else { say(locale, "This payment", "Este pago") }
}

pub fn failure(failure: Failure, locale: Locale) -> &'static str {
    match failure {
        Failure::Declined => say(locale, "The bank declined the payment.", "El banco rechazó el pago."),
        Failure::InsufficientFunds => {
            say(locale, "There was not enough money available.", "No había fondos suficientes.")
        }
        Failure::CardExpired => say(locale, "The card has expired.", "La tarjeta está vencida."),
        Failure::WrongSecurityCode => {
            say(locale, "The security code did not match.", "El código de seguridad no coincidió.")
        }
        Failure::AccountClosed => say(locale, "The account is closed.", "La cuenta está cerrada."),
        Failure::AccountNotFound => say(locale, "The bank found no such account.", "El banco no encontró esa cuenta."),
        Failure::NotAuthorised => say(
            locale,
            "The bank says this debit was not authorized.",
            "El banco dice que este débito no fue autorizado.",
        ),
        Failure::Stopped => say(locale, "The payment was stopped at the bank.", "El pago se detuvo en el banco."),
        Failure::ProcessingError => say(locale, "The payment could not be processed.", "No se pudo procesar el pago."),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_moment_is_said_by_the_regions_clock() {
        // 2026-11-23T17:52:00Z
        let instant = Instant::from_millis(1_795_456_320_000);
        assert_eq!(moment(instant, "America/Los_Angeles", Locale::En), "Monday, November 23, 2026, 9:52 am Pacific");
        assert_eq!(
            moment(instant, "Pacific/Honolulu", Locale::Es),
            "lunes, 23 de noviembre de 2026, 7:52 a. m. (Hawái)"
        );
    }
}
