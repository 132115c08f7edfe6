//! RFC 9457 problem documents. A client acts on `status`, `code` and `errors`; `title` is for logs. Unknown codes and
//! fields are tolerated.

use crate::FieldProblem;
use serde::{Deserialize, Serialize};

/// `application/problem+json`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ProblemDetails {
    /// `about:blank` or an address of this server's documentation.
    #[serde(default)]
    pub r#type: String,
    #[serde(default)]
    pub title: String,
    pub status: u16,
    pub code: ErrorCode,
    #[serde(default)]
    pub errors: Vec<FieldError>,
    /// Seconds; also the `Retry-After` header.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub retry_after: Option<u32>,
}

/// `field` is a JSON path without a leading dot: `identifiers.hrn`, `shares.0.amount`, `email`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct FieldError {
    pub field: String,
    pub problem: FieldProblem,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum ErrorCode {
    /// 400: not JSON, wrong types, unknown fields.
    Malformed,
    /// 422: `errors` says which fields.
    Invalid,
    /// 404 on a look-up: one answer, whichever number is wrong.
    NoMatch,
    /// 404
    NotFound,
    /// 405
    MethodNotAllowed,
    /// 401: no session, or it ended.
    SignedOut,
    /// 403: the `Origin` is missing or not ours.
    ForeignOrigin,
    /// 413
    TooLarge,
    /// 415
    NotJson,
    /// 429, with `retry_after`.
    TooMany,
    /// 400: `POST /payments` without a key.
    KeyMissing,
    /// 422: the key was used with another payload.
    KeyReused,
    /// 409: the first request with this key is still running.
    KeyInUse,
    /// 409: a payment of another membership has this key. What became of it is shown in a session of that membership
    /// only.
    KeyElsewhere,
    /// 422: a bill is gone, or what can be paid of it is not what the order says: more than that, or a part that is too
    /// small.
    OverBalance,
    /// 422: the order can't be taken as it is; `errors` says which fields. Nothing was begun, and nothing will be with
    /// its key.
    OrderRefused,
    /// 409: paid minutes ago; send `pay_again` to go on.
    JustPaid,
    /// 409: the order came after its `begin_by`, or its key was closed. Nothing was begun, and nothing will be with
    /// this key.
    TooLate,
    /// 422: the fee, or the authorisation's text, is not what applies now.
    TermsChanged,
    /// 422: the token is unknown, used, expired or another payer's.
    TokenRefused,
    /// 409: a saved payment method is in use, so it can't be removed. `GET /payment-methods` says by what.
    MethodInUse,
    /// 409: an account with credit, something owed or a deposit on its way is not closed.
    BalanceLeft,
    /// 422: the statement is the member's own, or they pay for as many people as one may.
    HouseholdRefused,
    /// 422: a card of this brand is not accepted.
    BrandNotAccepted,
    /// 422: user ID or password is not right, and not which; `retry_after` is when the next try is welcome.
    WrongCredentials,
    /// 422: the link is unknown, used or too old.
    LinkRefused,
    /// 403: the password has to be typed again first (`PUT /session/reauthentication`).
    PasswordNeeded,
    /// 503, with `retry_after`: not now. It does not say whether a write took place.
    Unavailable,
    /// 500
    Fault,
    #[serde(other)]
    Unknown,
}

impl ErrorCode {
    /// Whether an order that gets this answer came to nothing, and never will: its key was closed first, so no money
    /// was taken. Named one by one; whatever is not named leaves doubt. So does what a server says of a request before
    /// it has read it, since the same request may have been read elsewhere; a key that is in use, or was used with
    /// other words, since it has a payment to ask for; and a code that a client does not know.
    pub fn ends_an_order(self) -> bool {
        matches!(
            self,
            Self::SignedOut
                | Self::TooMany
                | Self::OverBalance
                | Self::OrderRefused
                | Self::JustPaid
                | Self::TooLate
                | Self::TermsChanged
                | Self::TokenRefused
                | Self::BrandNotAccepted
        )
    }
}
