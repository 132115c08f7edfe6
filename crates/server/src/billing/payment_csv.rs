//! Payments as CSV, for a spreadsheet: a row a bill or deposit of each payment, and one for its fee. The column
//! `amount` is what was asked for, and `kept` what of it was taken and kept: nothing of a payment that failed, is on
//! its way, or went back.

use super::{
    csv::{BYTE_ORDER_MARK, push_row, word},
    history::{self, Asked},
};
use crate::{
    clock::day_in,
    error::Result,
    state::App,
    store::{payment_pages::Cursor, sessions::Session},
};
use contract::{
    Money,
    payment::{Method, PaymentSummary, Phase},
};

/// Payments a statement.
const AT_ONCE: i64 = 500;
const HEAD: &str = "date,receipt,state,state_since,bill_kind,patient,amount,kept,method\r\n";

#[derive(Debug)]
pub struct PaymentCsv(pub String);

/// All pages of a list, from that one on. The time of a request bounds it.
pub async fn write(app: &App, session: &Session, asked: Asked) -> Result<PaymentCsv> {
    let mut file = format!("{BYTE_ORDER_MARK}{HEAD}");
    let Some(mut page) = history::of_person(app, session, asked).await? else { return Ok(PaymentCsv(file)) };
    page.limit = AT_ONCE;
    loop {
        let found = app.store.page_of_payments(&session.membership.id, &page).await?;
        found.payments.iter().for_each(|payment| write_payment(&mut file, payment));
        page.after = found.next.as_deref().and_then(Cursor::parse);
        if page.after.is_none() {
            return Ok(PaymentCsv(file));
        }
    }
}

fn write_payment(file: &mut String, payment: &PaymentSummary) {
    let (made, since) = (day_in(&payment.time_zone, payment.created_at), day_in(&payment.time_zone, payment.since));
    let method = match &payment.method {
        Method::Card { brand, last4, .. } => format!("{} {last4}", brand.name()),
        Method::Bank { last4, .. } => format!("bank {last4}"),
        Method::Balance => "balance".to_owned(),
        Method::Check => "mailed check".to_owned(),
        Method::Phone => "phone".to_owned(),
    };
    let mut row = |kind: &str, patient: &str, amount: Money| {
        let kept = if payment.state.phase() == Phase::Took { amount } else { Money::ZERO }.to_string();
        let (made, since, amount) = (made.to_string(), since.to_string(), amount.to_string());
        let state = word(payment.state);
        push_row(file, [&made, &payment.reference, &state, &since, kind, patient, &amount, &kept, &method]);
    };
    for bill in &payment.bills {
        row(&word(bill.kind), &bill.patient, bill.amount);
    }
    if let Some(deposit) = payment.deposit {
        row("deposit", "", deposit);
    }
    let bills = Money::sum(payment.bills.iter().map(|bill| bill.amount).chain(payment.deposit));
    if let Some(fee) = bills.and_then(|bills| payment.charged.minus(bills)).filter(|fee| !fee.is_zero()) {
        row("card_fee", "", fee);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_failed_is_on_its_way_or_went_back_is_not_counted_as_kept() {
        let payment = |state: &str| -> PaymentSummary {
            serde_json::from_value(serde_json::json!({
                "id": "p", "reference": "KP-1", "state": state, "since": "2026-11-23T18:00:00Z", "charged": "65.10",
                "bills": [{ "bill": "b", "kind": "professional", "patient": "Ana", "amount": "64.10" }],
                "method": { "kind": "bank", "account": "checking", "last4": "6789" },
                "created_at": "2026-11-23T18:00:00Z", "time_zone": "America/Los_Angeles", "expected_on": null,
                "failure": null
            }))
            .unwrap()
        };
        for (state, kept) in [
            ("paid", ["64.10", "1.00"]),
            ("failed", ["0.00"; 2]),
            ("cancelled", ["0.00"; 2]),
            ("scheduled", ["0.00"; 2]),
            ("processing", ["0.00"; 2]),
            ("returned", ["0.00"; 2]),
            ("refunded", ["0.00"; 2]),
        ] {
            let mut file = String::new();
            write_payment(&mut file, &payment(state));
            let rows: Vec<Vec<&str>> = file.lines().map(|row| row.split(',').collect()).collect();
            assert_eq!([rows[0][7], rows[1][7]], kept, "{file}");
            assert_eq!([rows[0][6], rows[1][6]], ["64.10", "1.00"], "{file}");
        }
    }
}
