//! Texts of the server for people, in both languages: for the receipt's PDF and for e-mail, with dates, times and
//! amounts in the format of the language. The app's texts are in the app; the authorisation's is in the contract.

use contract::{
    Date, Instant, Locale, Money, authorisation,
    bill::BillKind,
    payment::{BankAccountKind, Failure, Method, PaymentState, Phase},
};
use jiff::{Timestamp, tz::TimeZone};

const WEEKDAYS: [(&str, &str); 7] = [
    ("Sunday", "domingo"),
    ("Monday", "lunes"),
    ("Tuesday", "martes"),
    ("Wednesday", "miércoles"),
    ("Thursday", "jueves"),
    ("Friday", "viernes"),
    ("Saturday", "sábado"),
];

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

/// As in the authorisation: `November 23, 2026`, `23 de noviembre de 2026`.
pub fn day(date: Date, locale: Locale) -> String {
    authorisation::long_date(date, locale)
}

/// `Monday, November 23, 2026` / `lunes, 23 de noviembre de 2026`.
pub fn weekday_and_day(date: Date, locale: Locale) -> String {
    // 1970-01-01 was a Thursday.
    let at = usize::try_from((date.days() + 4).rem_euclid(7)).unwrap_or(0);
    let (english, spanish) = WEEKDAYS.get(at).unwrap_or(&WEEKDAYS[0]);
    format!("{}, {}", say(locale, english, spanish), day(date, locale))
}

/// `Monday, November 23, 2026, 9:52 am Pacific time`, by the clock of a region.
pub fn moment(instant: Instant, time_zone: &str, locale: Locale) -> String {
    let zone = TimeZone::get(time_zone).unwrap_or(TimeZone::UTC);
    let Ok(timestamp) = Timestamp::from_millisecond(instant.millis()) else { return instant.to_string() };
    let local = timestamp.to_zoned(zone);
    let parts = (u8::try_from(local.month()), u8::try_from(local.day()));
    let (Ok(month), Ok(day_of_month)) = parts else { return instant.to_string() };
    let Some(date) = Date::new(local.year(), month, day_of_month) else { return instant.to_string() };
    let hour = match local.hour() % 12 {
        0 => 12,
        hour => hour,
    };
    let half = match (local.hour() < 12, locale) {
        (true, Locale::En) => "am",
        (false, Locale::En) => "pm",
        (true, Locale::Es) => "a. m.",
        (false, Locale::Es) => "p. m.",
    };
    let clock = authorisation::clock(time_zone, locale);
    let comma = if locale == Locale::Es { "," } else { "" };
    format!("{}, {hour}:{:02} {half}{comma} {clock}", weekday_and_day(date, locale), local.minute())
}

/// `7 am`, `7 a. m.`
pub fn hour(hour: u8, locale: Locale) -> String {
    let half = if hour < 12 { say(locale, "am", "a. m.") } else { say(locale, "pm", "p. m.") };
    match hour % 12 {
        0 => format!("12 {half}"),
        short => format!("{short} {half}"),
    }
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
    }
}

pub fn bill_kind(kind: BillKind, locale: Locale) -> &'static str {
    match kind {
        BillKind::Professional => say(locale, "Professional bill", "Factura profesional"),
        BillKind::Hospital => say(locale, "Hospital bill", "Factura del hospital"),
        BillKind::Premium => say(locale, "Premium bill", "Factura de la prima del plan"),
    }
}

pub fn state(state: PaymentState, locale: Locale) -> &'static str {
    match state {
        PaymentState::Scheduled => {
            say(locale, "Scheduled: nothing has been taken yet", "Programado: aún no se ha cobrado nada")
        }
        PaymentState::Processing => {
            say(locale, "Processing: your bank has not paid yet", "En proceso: su banco aún no ha pagado")
        }
        PaymentState::Paid => say(locale, "Paid", "Pagado"),
        PaymentState::Failed => say(locale, "Failed: no money was taken", "No se realizó: no se cobró nada"),
        PaymentState::Returned => {
            say(locale, "Returned by your bank: you still owe this", "Devuelto por su banco: aún debe este importe")
        }
        PaymentState::Refunded => say(locale, "Refunded", "Reembolsado"),
        PaymentState::Cancelled => say(locale, "Cancelled: no money was taken", "Cancelado: no se cobró nada"),
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
            say(locale, "There was not enough money available.", "No había suficiente dinero disponible.")
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
        assert_eq!(
            moment(instant, "America/Los_Angeles", Locale::En),
            "Monday, November 23, 2026, 9:52 am Pacific time"
        );
        assert_eq!(
            moment(instant, "Pacific/Honolulu", Locale::Es),
            "lunes, 23 de noviembre de 2026, 7:52 a. m., hora de Hawái"
        );
    }
}
