//! Wire type of a QR code.

use serde::{Deserialize, Serialize};

/// A QR code as an SVG path: the view box is `0 0 size size`, the path the dark modules.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct QrDrawing {
    pub size: u32,
    pub path: String,
}
