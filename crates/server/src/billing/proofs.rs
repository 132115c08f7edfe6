//! The proof pack of a tax year for a reimbursement account: what counts and what does not, and its files, CSV, PDF and
//! a zip of both with the receipts.

use super::{
    csv::{BYTE_ORDER_MARK, push_row, word},
    people::people_of,
    receipt_pdf::{self, ReceiptCopy, SheetError},
    zipped::{self, File},
};
use crate::{
    clock::{day_in, start_of},
    error::{Error, Result},
    limits::{self, rules},
    state::App,
    store::{proofs::PaidService, sessions::Session},
};
use contract::{
    Date, Locale, Money,
    payment::{LeftOut, Payment, ProofLine, ProofPack, ProofPerson, left_out},
    portal::Portal,
    problem_details::ErrorCode,
};
use std::collections::BTreeSet;

/// Older than any payment.
const FIRST_YEAR: i16 = 1900;
/// Before a year: what was made then may have been paid in it.
const PAID_LATER_MILLIS: i64 = 31 * 86_400_000;
/// Receipts in a zip file: each takes some tens of milliseconds to draw. More are further files, each with its part.
const MOST_RECEIPTS: usize = 100;

/// One of the pack's files.
pub struct ProofFile {
    pub content: Vec<u8>,
    pub kind: ProofKind,
    pub year: i16,
    /// Of several zip files.
    pub part: u16,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ProofKind {
    Csv,
    Pdf,
    Zip,
}

/// Which pack: of a year, and of one person or all.
#[derive(Clone, Copy, Debug)]
pub struct Asked {
    pub year: i16,
    pub person: Option<u16>,
}

/// A year that has not begun, or is none, is not found.
pub async fn pack(app: &App, session: &Session, Asked { year, person }: Asked) -> Result<ProofPack> {
    let (membership, today) = (&session.membership, app.today(session.membership.region));
    let begins = |year| Date::new(year, 1, 1).filter(|_| (FIRST_YEAR..=today.year()).contains(&year));
    let first = begins(year).ok_or_else(|| Error::new(ErrorCode::NotFound))?;
    let zone = membership.region.time_zone();
    let until = start_of(zone, first.plus_months_keeping(1, 12));
    let made = [start_of(zone, first).plus_millis(-PAID_LATER_MILLIS), until];
    let services = app.store.paid_services(&membership.id, year, made).await?;
    let lines = services.into_iter().map(|service| line_of(service, zone, year));
    let lines: Vec<_> = lines.filter(|line| is_of(line, year)).collect();
    let people = people_with_sums(&membership.id, &lines)?;
    let name = person.map(|number| people.iter().find(|one| one.number == number).map(|one| one.name.clone()));
    let lines = lines.into_iter().filter(|line| name.as_ref().is_none_or(|name| name.as_ref() == Some(&line.patient)));
    let (counted, left_out): (Vec<_>, Vec<_>) = lines.partition(|line| line.why.is_none());
    let does_not_count = left_out.iter().filter(|line| line.why.is_some_and(LeftOut::is_paid));
    let receipts = receipts_of(&counted).len();
    let served = app.store.years_of_service(&membership.id).await?;
    let years: BTreeSet<i16> =
        served.into_iter().filter(|one| *one <= today.year()).chain([year, today.year()]).collect();
    Ok(ProofPack {
        as_of: app.clock.now(),
        today,
        year,
        years: years.into_iter().rev().collect(),
        person,
        counts: sum(&counted)?,
        does_not_count: sum(does_not_count)?,
        people,
        counted,
        left_out,
        receipts: u32::try_from(receipts).map_err(|_| Error::fault())?,
        receipts_in_zip: u32::try_from(receipts.min(MOST_RECEIPTS)).map_err(|_| Error::fault())?,
    })
}

/// A premium, and care of another year, are of the year in which they were paid. What is on its way or went back is of
/// the year of its service, and of the one in which it was made or paid.
fn is_of(line: &ProofLine, year: i16) -> bool {
    let is_by_service = line.date_of_service.year() == year && !line.why.is_some_and(LeftOut::is_paid);
    is_by_service || line.on.year() == year
}

fn sum<'a>(lines: impl IntoIterator<Item = &'a ProofLine>) -> Result<Money> {
    Money::sum(lines.into_iter().map(|line| line.paid)).ok_or_else(Error::fault)
}

fn line_of(service: PaidService, zone: &str, year: i16) -> ProofLine {
    let why = left_out(service.kind, service.state, service.date_of_service, year);
    ProofLine {
        on: day_in(zone, service.paid_at.unwrap_or(service.made_at)),
        came_back_on: (why == Some(LeftOut::WentBack)).then(|| day_in(zone, service.since)),
        payment: service.payment,
        reference: service.reference,
        kind: service.kind,
        date_of_service: service.date_of_service,
        patient: service.patient,
        provider: service.provider,
        description: service.description,
        after_insurance: service.after_insurance,
        paid: service.paid,
        state: service.state,
        is_by_health_account: service.is_by_health_account,
        why,
    }
}

fn people_with_sums(membership: &str, lines: &[ProofLine]) -> Result<Vec<ProofPerson>> {
    let people = people_of(membership, lines.iter().map(|line| line.patient.as_str()));
    let with_sum = people.into_iter().map(|person| {
        let own = || lines.iter().filter(|line| line.patient == person.name && line.why.is_none());
        let services = u32::try_from(own().count()).map_err(|_| Error::fault())?;
        Ok(ProofPerson { number: person.number, services, counts: sum(own())?, name: person.name.clone() })
    });
    with_sum.collect()
}

/// Payments that the lines are of, the newest first.
fn receipts_of(lines: &[ProofLine]) -> Vec<&str> {
    let mut payments: Vec<(Date, &str)> = lines.iter().map(|line| (line.on, line.payment.as_str())).collect();
    payments.sort_unstable_by(|one, other| other.cmp(one));
    let mut seen = BTreeSet::new();
    payments.into_iter().map(|(_, payment)| payment).filter(|payment| seen.insert(*payment)).collect()
}

/// The receipts of a part, of which the first is number 1 and there always.
fn receipts_in(receipts: Vec<&str>, part: u16) -> Option<Vec<&str>> {
    let before = usize::from(part.checked_sub(1)?) * MOST_RECEIPTS;
    let is_there = before == 0 || before < receipts.len();
    is_there.then(|| receipts.into_iter().skip(before).take(MOST_RECEIPTS).collect())
}

/// The pack as a file, in a language. A part that is not there is not found.
pub async fn file(
    app: &App,
    session: &Session,
    asked: Asked,
    (kind, part): (ProofKind, u16),
    locale: Locale,
) -> Result<ProofFile> {
    let pack = pack(app, session, asked).await?;
    let of_part = receipts_in(receipts_of(&pack.counted), part).ok_or_else(|| Error::new(ErrorCode::NotFound))?;
    let rule = if kind == ProofKind::Zip { &rules::PROOF_ZIPS_BY_SESSION } else { &rules::DRAWINGS_BY_SESSION };
    limits::take(app, &[app.limits.bucket(rule, &session.id)]).await?;
    let (portal, zone) = (app.portal.clone(), session.membership.region.time_zone());
    let mut receipts = Vec::new();
    if kind == ProofKind::Zip {
        for id in of_part {
            let payment = app.store.payment_seen_by(session, id).await?;
            receipts.push((payment.ok_or_else(Error::fault)?, app.store.payment_locale(id).await?));
        }
    }
    let drawn = app.drawing.run(move || match kind {
        ProofKind::Csv => Ok(csv(&pack).into_bytes()),
        ProofKind::Pdf => receipt_pdf::proof(&pack, &portal, zone, locale),
        ProofKind::Zip => with_receipts(&pack, &receipts, &portal, zone, locale),
    });
    let content = drawn.await?.map_err(|error| {
        tracing::error!(%error, "a proof was not drawn");
        Error::fault()
    })?;
    Ok(ProofFile { content, kind, year: asked.year, part })
}

const HEAD: &str = "date_of_service,patient,provider,description,after_insurance,amount,paid,counts,why_not,state,\
    hsa_fsa_card,receipt,paid_on\r\n";

/// A row a line: what counts first, then what does not, as 0.00 with its reason. What is on its way or went back is not
/// paid. What was paid by the card of such an account is marked: it has been claimed already.
pub fn csv(pack: &ProofPack) -> String {
    let mut file = format!("{BYTE_ORDER_MARK}{HEAD}");
    for line in pack.counted.iter().chain(&pack.left_out) {
        let part = |is_in: bool| (if is_in { line.paid } else { Money::ZERO }).to_string();
        let is_paid = line.why.is_none_or(LeftOut::is_paid);
        let row: [&str; 13] = [
            &line.date_of_service.to_string(),
            &line.patient,
            &line.provider,
            &line.description,
            &line.after_insurance.to_string(),
            &line.paid.to_string(),
            &part(is_paid),
            &part(line.why.is_none()),
            &line.why.map(word).unwrap_or_default(),
            &word(line.state),
            if line.is_by_health_account { "yes" } else { "no" },
            &line.reference,
            &if is_paid { line.on.to_string() } else { String::new() },
        ];
        push_row(&mut file, row);
    }
    file
}

fn with_receipts(
    pack: &ProofPack,
    receipts: &[(Payment, Locale)],
    portal: &Portal,
    zone: &str,
    locale: Locale,
) -> Result<Vec<u8>, SheetError> {
    let mut files = vec![
        File::new(format!("proof-{}.csv", pack.year), csv(pack).into_bytes()),
        File::new(format!("proof-{}.pdf", pack.year), receipt_pdf::proof(pack, portal, zone, locale)?),
    ];
    for (payment, locale) in receipts {
        let receipt = receipt_pdf::receipt(payment, portal, *locale, ReceiptCopy::OfThePayer)?;
        files.push(File::new(format!("receipts/receipt-{}.pdf", payment.reference), receipt));
    }
    zipped::zipped(files, pack.today).map_err(SheetError::Writer)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_parts_of_a_zip_have_every_receipt_once_and_no_part_is_empty_but_the_first_of_nothing() {
        for (many, parts) in [(0, 1), (1, 1), (100, 1), (101, 2), (3_675, 37)] {
            let all: Vec<String> = (0..many).map(|number| number.to_string()).collect();
            let part = |number| receipts_in(all.iter().map(String::as_str).collect(), number);
            let found: Vec<&str> = (1..=parts).flat_map(|number| part(number).unwrap()).collect();
            assert_eq!(found, all);
            assert_eq!((part(0), part(parts + 1), part(u16::MAX)), (None, None, None), "{many}");
        }
    }
}
