//! Wire types of mail coupons: what is printed, cut off and mailed with a check. To whom and where is in the profile
//! (`portal::Contacts`).

use crate::{Date, Identifier, Money, bill::BillKind, qr::QrDrawing};
use serde::{Deserialize, Serialize};

/// Answer to `GET /mail-coupons`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct MailCoupons {
    /// What the membership's statements print, in their order.
    pub identifiers: Vec<PrintedNumber>,
    /// One for each bill on which something can be paid, the earliest due first.
    pub coupons: Vec<MailCoupon>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct PrintedNumber {
    pub identifier: Identifier,
    pub text: String,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct MailCoupon {
    pub bill: String,
    pub kind: BillKind,
    pub patient: String,
    /// What can be paid: payments on their way are subtracted.
    pub amount: Money,
    pub due: Date,
    /// The same for a machine, a line each: `COUPON 1`, `REGION CA`, the identifiers as `GROUP 100245`, `BILL` and its
    /// id, `AMOUNT 64.10`, `DUE 2026-12-04`.
    pub qr: QrDrawing,
}
