//! Mail coupons: what a check that comes by mail is booked by, for each open bill of a membership.

use crate::{
    error::{Error, Result},
    qr,
    state::App,
    store::sessions::Session,
};
use contract::{
    Region,
    bill::Bill,
    coupon::{MailCoupon, MailCoupons, PrintedNumber},
};
use std::fmt::Write;

pub async fn of(app: &App, session: &Session) -> Result<MailCoupons> {
    let membership = &session.membership;
    let on_file = app.store.identifiers_on_file(&membership.id).await?;
    let schema = app.portal.region(membership.region).map_or(&[][..], |profile| profile.schema.as_slice());
    let number = |identifier| Some(PrintedNumber { identifier, text: on_file.get(identifier)?.to_owned() });
    let identifiers: Vec<PrintedNumber> = schema.iter().filter_map(|field| number(field.identifier)).collect();
    let bills = app.store.open_bills(&membership.id, app.just_since(app.clock.now())).await?;
    let payable = bills.into_iter().filter(|bill| !bill.payable().is_zero());
    let coupons = payable.map(|bill| coupon(bill, membership.region, &identifiers));
    let coupons = coupons.collect::<Option<_>>().ok_or_else(Error::fault)?;
    Ok(MailCoupons { identifiers, coupons })
}

fn coupon(bill: Bill, region: Region, identifiers: &[PrintedNumber]) -> Option<MailCoupon> {
    let amount = bill.payable();
    let qr = qr::drawing(&for_machines(&bill, region, identifiers))?;
    Some(MailCoupon { bill: bill.id, kind: bill.kind, patient: bill.patient, amount, due: bill.due, qr })
}

fn for_machines(bill: &Bill, region: Region, identifiers: &[PrintedNumber]) -> String {
    let mut lines = format!("COUPON 1\nREGION {region}\n");
    for PrintedNumber { identifier, text } in identifiers {
        _ = writeln!(lines, "{} {text}", identifier.key().to_ascii_uppercase());
    }
    _ = write!(lines, "BILL {}\nAMOUNT {}\nDUE {}", bill.id, bill.payable(), bill.due);
    lines
}

#[cfg(test)]
mod tests {
    use super::*;
    use contract::{Date, Identifier, Money, bill::BillKind};

    #[test]
    fn a_machine_reads_what_can_be_paid_of_which_bill_a_line_each() {
        let day = Date::parse("2026-12-04").unwrap();
        let bill = Bill {
            id: "0193-ab".into(),
            kind: BillKind::Hospital,
            patient: "Ana O’Neill".into(),
            issued: day,
            due: day,
            balance: Money::parse("64.10").unwrap(),
            pending: Money::parse("20").unwrap(),
            just_paid: None,
            lines: Vec::new(),
        };
        let number = |identifier, text: &str| PrintedNumber { identifier, text: text.into() };
        let numbers = [number(Identifier::BillingUnit, "WA00418220"), number(Identifier::Zip, "98101")];
        let lines = ["COUPON 1", "REGION WA", "BILLING_UNIT WA00418220", "ZIP 98101", "BILL 0193-ab", "AMOUNT 44.10"];
        let text = format!("{}\nDUE 2026-12-04", lines.join("\n"));
        assert_eq!(for_machines(&bill, Region::Washington, &numbers), text);
        assert!(coupon(bill, Region::Washington, &numbers).is_some());
    }
}
