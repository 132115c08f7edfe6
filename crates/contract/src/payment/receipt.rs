//! The link of an e-mail to a payment's receipt.

use crate::Instant;
use serde::{Deserialize, Serialize};

/// `POST /receipt-links/open` and `/receipt-links/revoke`: what stands behind the `#` of a link to a receipt.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct ReceiptSecret {
    pub secret: String,
}

/// Answer to `GET /payments/{id}/receipt-links`: what became of the links to a payment's receipt that were e-mailed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ReceiptLinks {
    /// How many still open it.
    pub open: u32,
    /// How often these were opened, and when a browser opened one last. Not known of openings of half a year ago.
    pub opened: u32,
    pub last_opened_at: Option<Instant>,
}
