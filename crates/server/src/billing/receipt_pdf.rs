//! The receipt as a PDF: tagged, on Letter paper, with everything a reimbursement account asks for, and the
//! authorisation word for word; and, on the same layout, a bill (`statement`) and a tax year (`proof`). Knows a payment
//! and the deployment's profile; not the database, and not the client.

mod fonts;
mod proof;
mod sheet;
mod statement;
mod text;

use self::sheet::{Cell, Sheet};
use crate::{i18n, metrics};
use contract::{
    Locale, Money,
    bill::BillKind,
    date_format,
    payment::{Payment, PaymentShare, PaymentState, Phase},
    portal::Portal,
};

pub use self::{
    proof::proof,
    sheet::SheetError,
    statement::{sample_statement, statement},
};

/// Whose it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ReceiptCopy {
    OfThePayer,
    /// Of anyone who has a link to it: says nothing of the payer's other bills.
    OfTheLink,
}

/// The file's bytes. Only a payment that is paid is called a receipt.
pub fn receipt(payment: &Payment, portal: &Portal, locale: Locale, copy: ReceiptCopy) -> Result<Vec<u8>, SheetError> {
    let say = |english, spanish| i18n::say(locale, english, spanish);
    let title = match payment.state.phase() {
        Phase::Took => say("Payment receipt", "Recibo de pago"),
        Phase::OnItsWay => say("Payment confirmation (not paid yet)", "Confirmación del pago (todavía no pagado)"),
        Phase::WentBack | Phase::TookNothing => {
            say("Payment record (not a receipt)", "Constancia del intento de pago (no es un recibo)")
        }
    };
    let mut sheet = Sheet::new(&format!("{title} {}", payment.reference), locale.code())?;
    sheet.wordmark(&portal.brand.name);
    sheet.heading(1, title);
    sheet.facts(&facts(payment, &portal.statement_descriptor, locale));
    for share in &payment.shares {
        bill(&mut sheet, share, payment.state, locale);
    }
    if payment.deposit.is_none() {
        still_owed(&mut sheet, payment, locale, copy);
    }
    authorisation(&mut sheet, payment, locale);
    sheet.heading(2, say("Questions", "Preguntas"));
    let number = say("Have the receipt number ready.", "Tenga a la mano el número de recibo.");
    sheet.paragraph(&format!("{} {number}", questions(portal, &payment.time_zone, locale)));
    count_boxes(&sheet, &payment.id);
    let page = say("Page", "Página");
    sheet.finish(|at, of| format!("{}   ·   {page} {at} / {of}", payment.reference))
}

/// Or that there is none, as the plan took the payment itself. Somebody else's is theirs.
fn authorisation(sheet: &mut Sheet, payment: &Payment, locale: Locale) {
    if payment.is_by_another {
        return;
    }
    let say = |english, spanish| i18n::say(locale, english, spanish);
    if payment.method.is_taken_by_plan() {
        let (heading, words) = i18n::taken_by_plan(locale);
        sheet.heading(2, heading);
        return sheet.paragraph(words);
    }
    sheet.heading(2, say("The authorization you gave", "La autorización que usted dio"));
    sheet.paragraph(&payment.authorisation);
    sheet.note(&format!(
        "{} {}. {} {}.",
        say("Agreed on", "Aceptada el"),
        i18n::moment(payment.created_at, &payment.time_zone, locale),
        say("Text version", "Versión del texto"),
        payment.authorisation_version
    ));
}

/// `of` is a payment or a bill.
fn count_boxes(sheet: &Sheet, of: &str) {
    if sheet.boxes() > 0 {
        metrics::CHARACTERS_NOT_DRAWN.add(sheet.boxes() as i64);
        tracing::warn!(of, characters = sheet.boxes(), "no font of the receipt has these characters");
    }
}

fn facts(payment: &Payment, on_statement: &str, locale: Locale) -> Vec<(String, String)> {
    let say = |english: &str, spanish: &str| i18n::say(locale, english, spanish).to_owned();
    let mut state = i18n::state(payment.state, locale).to_owned();
    if let (true, Some(expected)) = (payment.state.is_on_its_way(), payment.expected_on) {
        state.push_str(&format!(
            ". {} {}",
            say("Expected by", "Se espera para el"),
            date_format::long_date(expected, locale)
        ));
    }
    if let Some(failure) = payment.failure {
        state.push_str(". ");
        state.push_str(i18n::failure(failure, locale));
    }
    let fee = if payment.fee.is_zero() { say("None", "Ninguno") } else { i18n::money(payment.fee) };
    let charged = i18n::charged(payment.state, locale).to_owned();
    let mut facts = i18n::order_parts(payment, locale);
    facts.extend([
        (say("State", "Estado"), state),
        (say("Receipt number", "Número de recibo"), payment.reference.clone()),
        (say("Date", "Fecha"), i18n::made_at(payment, locale)),
        (say("Payer", "Quien paga"), payment.payer_name.clone()),
        (say("Method", "Forma de pago"), i18n::method(&payment.method, locale)),
    ]);
    facts.extend(i18n::on_statement(payment, on_statement, locale));
    facts.extend([
        (i18n::total(payment.deposit.is_some(), locale).to_owned(), i18n::money(payment.total)),
        (say("Card fee", "Cargo por tarjeta"), fee),
        (charged, i18n::money(payment.charged)),
    ]);
    if !payment.given_back.is_zero() {
        facts.push((say("Sent back to you", "Devuelto a usted"), i18n::money(payment.given_back)));
    }
    if let Some(sent) = payment.sent_on {
        facts.push((say("Sent to the bank", "Enviado al banco"), date_format::long_date(sent, locale)));
    }
    facts
}

fn bill(sheet: &mut Sheet, share: &PaymentShare, state: PaymentState, locale: Locale) {
    let say = |english, spanish| i18n::say(locale, english, spanish);
    sheet.heading(2, &format!("{} · {}", i18n::bill_kind(share.kind, locale), i18n::money(share.amount)));
    if share.kind == BillKind::Household {
        return sheet.note(&share.patient);
    }
    let patient = say("Patient", "Paciente");
    sheet.note(&format!(
        "{patient}: {}. {}",
        share.patient,
        say("Dates are the days of service.", "Las fechas son los días del servicio.")
    ));
    let head = [
        say("Service", "Servicio").to_owned(),
        say("After insurance", "Después del seguro").to_owned(),
        i18n::paid_column(state, locale).to_owned(),
    ];
    let rows: Vec<_> = share
        .lines
        .iter()
        .map(|line| Cell {
            what: line.description.clone(),
            detail: format!(
                "{} · {} · {patient}: {}",
                date_format::date(line.date_of_service, locale),
                line.provider,
                share.patient
            ),
            amounts: [i18n::money(line.after_insurance), i18n::money(line.paid)],
        })
        .collect();
    let after = Money::sum(share.lines.iter().map(|line| line.after_insurance)).map(i18n::money).unwrap_or_default();
    let total = Cell {
        what: say("Total", "Total").to_owned(),
        detail: String::new(),
        amounts: [after, i18n::money(share.amount)],
    };
    sheet.items(&head, &rows, &total);
}

fn still_owed(sheet: &mut Sheet, payment: &Payment, locale: Locale, copy: ReceiptCopy) {
    let say = |english, spanish| i18n::say(locale, english, spanish);
    sheet.heading(2, say("Still owed", "Lo que todavía debe"));
    let clears = payment.state.is_on_its_way();
    for share in payment.shares.iter().filter(|share| !share.leaves.is_zero()) {
        let kind = i18n::bill_kind(share.kind, locale);
        let (left, due) = (i18n::money(share.leaves), date_format::long_date(share.due, locale));
        sheet.paragraph(&match locale {
            Locale::En => format!("{kind}: {left}, due {due}."),
            Locale::Es => format!("{kind}: {left}, vence el {due}."),
        });
    }
    if copy == ReceiptCopy::OfTheLink || payment.is_for_another() {
        return;
    }
    let now = i18n::money(payment.owed_now);
    let then = i18n::money(payment.owed_if_cleared);
    sheet.paragraph(&match (locale, clears) {
        (Locale::En, true) => format!("You owe {now} today in all. If this payment clears: {then}."),
        (Locale::Es, true) => format!("Hoy debe {now} en total. Si este pago se completa: {then}."),
        (Locale::En, false) => format!("On all your bills together: {now}."),
        (Locale::Es, false) => format!("En todas sus facturas: {now}."),
    });
}

fn questions(portal: &Portal, time_zone: &str, locale: Locale) -> String {
    let contacts = &portal.contacts;
    let (opens, closes) = (date_format::hour(contacts.opens, locale), date_format::hour(contacts.closes, locale));
    let (phone, zone) = (&contacts.billing_phone, date_format::zone(time_zone, locale));
    match locale {
        Locale::En => {
            format!("Call {phone}, weekdays {opens} to {closes} {zone}.")
        }
        Locale::Es => format!("Llame al {phone}, de lunes a viernes de {opens} a {closes} ({zone})."),
    }
}
