//! The statement of one bill as a PDF, on the receipt's layout: every charge with its five sums, the bill's own, and
//! the moment it is as of.

use super::{Cell, Sheet, SheetError, count_boxes, questions};
use crate::i18n;
use contract::{
    Locale, Money,
    bill::{Bill, BillLine, account::AccountBill},
    date_format,
    portal::Portal,
};

/// The file's bytes.
pub fn statement(shown: &AccountBill, portal: &Portal, time_zone: &str, locale: Locale) -> Result<Vec<u8>, SheetError> {
    let name = i18n::say(locale, "Statement", "Estado de cuenta");
    drawn(shown, portal, time_zone, locale, (name, None))
}

/// As `statement`, of a bill that is made up: it says so first.
pub fn sample_statement(
    shown: &AccountBill,
    portal: &Portal,
    time_zone: &str,
    locale: Locale,
) -> Result<Vec<u8>, SheetError> {
    let say = |english, spanish| i18n::say(locale, english, spanish);
    let note = say(
        "This is a sample. The charges are made up, and nothing is owed.",
        "Esto es un ejemplo. Los cargos son inventados y no se debe nada.",
    );
    drawn(shown, portal, time_zone, locale, (say("Sample statement", "Ejemplo de estado de cuenta"), Some(note)))
}

fn drawn(
    shown: &AccountBill,
    portal: &Portal,
    time_zone: &str,
    locale: Locale,
    (name, note): (&str, Option<&str>),
) -> Result<Vec<u8>, SheetError> {
    let say = |english, spanish| i18n::say(locale, english, spanish);
    let bill = &shown.bill;
    let title = format!("{name} · {}", i18n::bill_kind(bill.kind, locale));
    let mut sheet = Sheet::new(&title, locale.code())?;
    sheet.wordmark(&portal.brand.name);
    sheet.heading(1, &title);
    if let Some(note) = note {
        sheet.paragraph(note);
    }
    sheet.facts(&facts(shown, time_zone, locale));
    sheet.heading(2, say("Charges", "Cargos"));
    sheet.note(say("Dates are the days of service.", "Las fechas son los días del servicio."));
    let head =
        [say("Service", "Servicio"), say("Billed", "Facturado"), say("You owe", "Usted debe")].map(str::to_owned);
    let rows: Vec<_> = bill.lines.iter().map(|line| charge(line, bill, locale)).collect();
    let amounts = [sum(bill, |line| line.billed), i18n::money(bill.balance)];
    let total = Cell { what: say("All charges", "Todos los cargos").to_owned(), detail: String::new(), amounts };
    sheet.items(&head, &rows, &total);
    if !bill.adds_up() {
        sheet.note(say(
            "The sums of this bill do not match yet. Call us before you pay it.",
            "Las sumas de esta factura todavía no coinciden. Llámenos antes de pagarla.",
        ));
    }
    sheet.note(say(
        "Payments by mail or phone can take up to 125 days to show here.",
        "Los pagos por correo postal o teléfono pueden tardar hasta 125 días en aparecer aquí.",
    ));
    sheet.heading(2, say("Questions", "Preguntas"));
    sheet.paragraph(&questions(portal, time_zone, locale));
    count_boxes(&sheet, &bill.id);
    let page = say("Page", "Página");
    sheet.finish(|at, of| format!("{page} {at} / {of}"))
}

fn sum(bill: &Bill, of: fn(&BillLine) -> Money) -> String {
    Money::sum(bill.lines.iter().map(of)).map(i18n::money).unwrap_or_default()
}

fn facts(shown: &AccountBill, time_zone: &str, locale: Locale) -> Vec<(String, String)> {
    let bill = &shown.bill;
    let name = |english: &str, spanish: &str| i18n::say(locale, english, spanish).to_owned();
    let left = i18n::money(bill.payable());
    let on_its_way = (!bill.pending.is_zero())
        .then(|| (name("If what is on its way clears", "Si se completa lo que está en camino"), left));
    let facts = [
        (name("Patient", "Paciente"), bill.patient.clone()),
        (name("Issued", "Emitida"), date_format::long_date(bill.issued, locale)),
        (name("Due", "Vence"), date_format::long_date(bill.due, locale)),
        (name("Billed", "Facturado"), sum(bill, |line| line.billed)),
        (name("Plan discount", "Descuento del plan"), sum(bill, |line| line.discount)),
        (name("Plan paid", "Pagó el plan"), sum(bill, |line| line.plan_paid)),
        (name("You paid", "Usted pagó"), sum(bill, |line| line.you_paid)),
        (name("You owe", "Usted debe"), i18n::money(bill.balance)),
        (name("As of", "Al día de"), i18n::moment(shown.as_of, time_zone, locale)),
    ];
    facts.into_iter().chain(on_its_way).collect()
}

fn charge(line: &BillLine, bill: &Bill, locale: Locale) -> Cell {
    let say = |english, spanish| i18n::say(locale, english, spanish);
    let parts = [
        (say("plan discount", "descuento del plan"), line.discount),
        (say("plan paid", "pagó el plan"), line.plan_paid),
        (say("you paid", "usted pagó"), line.you_paid),
    ];
    let parts = parts.map(|(name, sum)| format!("{name} {}", i18n::money(sum))).join(" · ");
    let patient = say("Patient", "Paciente");
    let day = date_format::date(line.date_of_service, locale);
    Cell {
        what: line.description.clone(),
        detail: format!("{day} · {} · {patient}: {} · {parts}", line.provider, bill.patient),
        amounts: [i18n::money(line.billed), i18n::money(line.you_owe)],
    }
}
