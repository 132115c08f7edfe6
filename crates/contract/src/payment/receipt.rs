//! The link of an e-mail to a payment's receipt.

use serde::{Deserialize, Serialize};

/// `POST /receipt-links/open` and `/receipt-links/revoke`: what stands behind the `#` of a link to a receipt.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct ReceiptSecret {
    pub secret: String,
}
