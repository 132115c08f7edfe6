//! `GET /receipts/{year}`: the proof of a tax year's expenses for a reimbursement account (HSA, FSA or HRA), and the
//! rule that says what counts: care with its day of service in that year, paid, and not gone back.

use super::{PaymentState, Phase};
use crate::{Date, Instant, Money, bill::BillKind};
use serde::{Deserialize, Serialize};

/// What was paid of each service, counted and left out; of one person if one was asked for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ProofPack {
    pub as_of: Instant,
    /// Today in the region.
    pub today: Date,
    pub year: i16,
    /// With a service for this member, the newest first; this year and the one that was asked for are among them.
    pub years: Vec<i16>,
    /// The person that was asked for, by number.
    pub person: Option<u16>,
    /// Sum of `counted`.
    pub counts: Money,
    /// What was paid and does not count: a part of `left_out`, as what is on its way or went back is not paid.
    pub does_not_count: Money,
    /// All with a line of this year, whichever person was asked for.
    pub people: Vec<ProofPerson>,
    /// By day of service.
    pub counted: Vec<ProofLine>,
    pub left_out: Vec<ProofLine>,
    /// Receipts that the lines of `counted` are on; and how many of them, the newest, are in the first zip file. Each
    /// further part has as many, and the last one the rest.
    pub receipts: u32,
    pub receipts_in_zip: u32,
}

/// What counts of one person.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ProofPerson {
    /// For an address that names nobody; as in `AccountBills`.
    pub number: u16,
    pub name: String,
    pub services: u32,
    pub counts: Money,
}

/// What one payment paid of one service: the five fields that an administrator asks for, and where they are from.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ProofLine {
    /// The payment's id, in the receipt's address.
    pub payment: String,
    pub reference: String,
    pub kind: BillKind,
    pub date_of_service: Date,
    pub patient: String,
    pub provider: String,
    pub description: String,
    /// The member's part of the charge after insurance, whatever was paid on it before.
    pub after_insurance: Money,
    /// What this payment pays of it.
    pub paid: Money,
    /// The day on which it was paid; of a payment that was not, the day on which it was made.
    pub on: Date,
    pub state: PaymentState,
    pub came_back_on: Option<Date>,
    /// Paid by the card of such an account, or from a balance that money of one is in, which is used first: it has been
    /// claimed already.
    pub is_by_health_account: bool,
    /// Why it does not count.
    pub why: Option<LeftOut>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum LeftOut {
    /// A health FSA never pays one, an HSA in listed cases only.
    Premium,
    /// The day of service decides, not the day of the payment.
    OtherYear,
    OnItsWay,
    WentBack,
}

impl LeftOut {
    /// It is the member's expense all the same.
    pub fn is_paid(self) -> bool {
        matches!(self, Self::Premium | Self::OtherYear)
    }
}

/// Why a payment of a service does not count in a tax year; nothing if it does.
pub fn left_out(kind: BillKind, state: PaymentState, date_of_service: Date, year: i16) -> Option<LeftOut> {
    match state.phase() {
        Phase::OnItsWay => Some(LeftOut::OnItsWay),
        Phase::WentBack | Phase::TookNothing => Some(LeftOut::WentBack),
        Phase::Took if kind == BillKind::Premium => Some(LeftOut::Premium),
        Phase::Took if date_of_service.year() != year => Some(LeftOut::OtherYear),
        Phase::Took => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn care_of_the_year_counts_once_it_is_paid_and_a_premium_never() {
        let day = |text| Date::parse(text).unwrap();
        for (kind, state, service, why) in [
            (BillKind::Hospital, PaymentState::Paid, "2026-01-01", None),
            (BillKind::Professional, PaymentState::Paid, "2026-12-31", None),
            (BillKind::Professional, PaymentState::Paid, "2025-12-31", Some(LeftOut::OtherYear)),
            (BillKind::Premium, PaymentState::Paid, "2026-05-01", Some(LeftOut::Premium)),
            (BillKind::Premium, PaymentState::Returned, "2026-05-01", Some(LeftOut::WentBack)),
            (BillKind::Hospital, PaymentState::Scheduled, "2026-05-01", Some(LeftOut::OnItsWay)),
            (BillKind::Hospital, PaymentState::Processing, "2026-05-01", Some(LeftOut::OnItsWay)),
            (BillKind::Hospital, PaymentState::Refunded, "2026-05-01", Some(LeftOut::WentBack)),
            (BillKind::Hospital, PaymentState::Failed, "2026-05-01", Some(LeftOut::WentBack)),
        ] {
            assert_eq!(left_out(kind, state, day(service), 2026), why, "{kind:?} {state:?} {service}");
        }
    }
}
