//! A bill of made-up charges, as a member sees it who considers bills without paper. It names nobody, and says that it
//! is a sample.

use super::{account_bills::Statement, receipt_pdf};
use crate::{
    error::{Error, Result},
    i18n,
    limits::{self, rules},
    state::App,
    store::sessions::Session,
};
use contract::{
    Date, Locale, Money,
    bill::{Bill, BillKind, BillLine, account::AccountBill},
};

/// Between the day of a service and the bill, and between the bill and the day on which it is due.
const BILLED_AFTER_DAYS: i64 = 24;
const DUE_AFTER_DAYS: i64 = 30;

/// On the same pages as any other.
pub async fn statement(app: &App, session: &Session, locale: Locale) -> Result<Statement> {
    limits::take(app, &[app.limits.bucket(&rules::DRAWINGS_BY_SESSION, &session.id)]).await?;
    let region = session.membership.region;
    let shown = AccountBill {
        as_of: app.clock.now(),
        today: app.today(region),
        bill: bill(app.today(region), locale).ok_or_else(Error::fault)?,
        payments: Vec::new(),
        previous: None,
        takes_questions: false,
        questions: Vec::new(),
    };
    let portal = app.portal.clone();
    let drawn = move || receipt_pdf::sample_statement(&shown, &portal, region.time_zone(), locale);
    Statement::drawn(app.drawing.run(drawn).await?, "sample-bill.pdf")
}

fn bill(today: Date, locale: Locale) -> Option<Bill> {
    let say = |english, spanish| i18n::say(locale, english, spanish).to_owned();
    let served = today.plus_days(-BILLED_AFTER_DAYS);
    let line = |description: String, [billed, discount, plan_paid, you_owe]: [i64; 4]| {
        Some(BillLine {
            date_of_service: served,
            provider: say("Sample Clinic", "Clínica de ejemplo"),
            description,
            billed: Money::from_cents(billed)?,
            discount: Money::from_cents(discount)?,
            plan_paid: Money::from_cents(plan_paid)?,
            you_paid: Money::ZERO,
            you_owe: Money::from_cents(you_owe)?,
        })
    };
    let lines = vec![
        line(say("Office visit", "Consulta"), [24_000, 9_000, 12_000, 3_000])?,
        line(say("Lab tests", "Análisis de laboratorio"), [8_000, 3_500, 3_000, 1_500])?,
    ];
    Some(Bill {
        id: "sample".to_owned(),
        kind: BillKind::Professional,
        patient: say("Sample patient", "Paciente de ejemplo"),
        issued: today,
        due: today.plus_days(DUE_AFTER_DAYS),
        balance: Money::sum(lines.iter().map(|line| line.you_owe))?,
        pending: Money::ZERO,
        just_paid: None,
        lines,
    })
}
