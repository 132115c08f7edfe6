//! The proof of a tax year's expenses as a PDF, on the receipt's layout: what counts by person, and what does not with
//! its reason.

use super::{Cell, Sheet, SheetError, count_boxes, questions};
use crate::i18n;
use contract::{
    Locale, Money, date_format,
    payment::{LeftOut, ProofLine, ProofPack, ProofPerson},
    portal::Portal,
};

/// The file's bytes.
pub fn proof(pack: &ProofPack, portal: &Portal, time_zone: &str, locale: Locale) -> Result<Vec<u8>, SheetError> {
    let say = |english, spanish| i18n::say(locale, english, spanish);
    let title = format!("{} {}", say("Proof for HSA, FSA and HRA", "Comprobante para HSA, FSA y HRA"), pack.year);
    let mut sheet = Sheet::new(&title, locale.code())?;
    sheet.wordmark(&portal.brand.name);
    sheet.heading(1, &title);
    sheet.facts(&facts(pack, time_zone, locale));
    sheet.note(say(
        "Dates are the days of service. Amounts are yours, after insurance, and paid.",
        "Las fechas son los días del servicio. Los importes son suyos, después del seguro, y pagados.",
    ));
    for person in &pack.people {
        counted(&mut sheet, pack, person, locale);
    }
    left_out(&mut sheet, pack, locale);
    sheet.note(say("This is no tax advice.", "Esto no es asesoría fiscal."));
    sheet.heading(2, say("Questions", "Preguntas"));
    sheet.paragraph(&questions(portal, time_zone, locale));
    count_boxes(&sheet, "proof");
    let page = say("Page", "Página");
    sheet.finish(|at, of| format!("{title}   ·   {page} {at} / {of}"))
}

fn facts(pack: &ProofPack, time_zone: &str, locale: Locale) -> Vec<(String, String)> {
    let name = |english: &str, spanish: &str| i18n::say(locale, english, spanish).to_owned();
    let of_each = pack.people.iter().filter(|person| is_asked_for(pack, person));
    let of_each = of_each.map(|person| format!("{} {}", person.name, i18n::money(person.counts)));
    vec![
        (name("Tax year", "Año fiscal"), pack.year.to_string()),
        (name("Counts", "Cuenta"), i18n::money(pack.counts)),
        (name("By person", "Por persona"), of_each.collect::<Vec<_>>().join(", ")),
        (name("Paid, and does not count", "Pagado, y no cuenta"), i18n::money(pack.does_not_count)),
        (name("As of", "Al día de"), i18n::moment(pack.as_of, time_zone, locale)),
    ]
}

fn is_asked_for(pack: &ProofPack, person: &ProofPerson) -> bool {
    pack.person.is_none_or(|number| number == person.number)
}

fn counted(sheet: &mut Sheet, pack: &ProofPack, person: &ProofPerson, locale: Locale) {
    let rows: Vec<_> = pack.counted.iter().filter(|line| line.patient == person.name).collect();
    if rows.is_empty() {
        return;
    }
    sheet.heading(2, &format!("{} · {}", person.name, i18n::money(person.counts)));
    let rows: Vec<_> = rows.into_iter().map(|line| row(line, locale)).collect();
    table(sheet, &rows, i18n::money(person.counts), locale);
}

fn left_out(sheet: &mut Sheet, pack: &ProofPack, locale: Locale) {
    if pack.left_out.is_empty() {
        return;
    }
    sheet.heading(2, i18n::say(locale, "What does not count, and why", "Lo que no cuenta, y por qué"));
    sheet.note(i18n::say(
        locale,
        "The total is what was paid. What is on its way or went back was not.",
        "El total es lo que se pagó. Lo que está en camino o fue devuelto no lo está.",
    ));
    let rows: Vec<_> = pack.left_out.iter().map(|line| row(line, locale)).collect();
    table(sheet, &rows, i18n::money(pack.does_not_count), locale);
}

fn table(sheet: &mut Sheet, rows: &[Cell], total: String, locale: Locale) {
    let say = |english: &str, spanish: &str| i18n::say(locale, english, spanish).to_owned();
    let head = [say("Service", "Servicio"), say("After insurance", "Después del seguro"), say("Paid", "Pagado")];
    let total = Cell { what: say("Total", "Total"), detail: String::new(), amounts: [String::new(), total] };
    sheet.items(&head, rows, &total);
}

fn row(line: &ProofLine, locale: Locale) -> Cell {
    let say = |english, spanish| i18n::say(locale, english, spanish);
    let patient = say("Patient", "Paciente");
    let day = date_format::date(line.date_of_service, locale);
    let mut detail = format!("{day} · {} · {patient}: {} · {}", line.provider, line.patient, line.reference);
    if line.is_by_health_account {
        detail.push_str(" · ");
        detail.push_str(say("already paid from an HSA or FSA", "ya pagado de una HSA o FSA"));
    }
    if let Some(why) = line.why {
        detail.push_str(". ");
        detail.push_str(reason(why, locale));
    }
    let paid = if line.why.is_none_or(LeftOut::is_paid) { line.paid } else { Money::ZERO };
    Cell { what: line.description.clone(), detail, amounts: [i18n::money(line.after_insurance), i18n::money(paid)] }
}

fn reason(why: LeftOut, locale: Locale) -> &'static str {
    match why {
        LeftOut::Premium => i18n::say(
            locale,
            "A premium: a health FSA never pays one, an HSA in listed cases only.",
            "Una prima: una FSA nunca la paga; una HSA, solo en ciertos casos.",
        ),
        LeftOut::OtherYear => {
            i18n::say(locale, "The day of service is in another year.", "El día del servicio es de otro año.")
        }
        LeftOut::OnItsWay => {
            i18n::say(locale, "On its way: it counts once it is paid.", "En camino: cuenta cuando se haya pagado.")
        }
        LeftOut::WentBack => {
            i18n::say(locale, "The money went back, so it is no expense.", "El dinero fue devuelto; no es un gasto.")
        }
    }
}
