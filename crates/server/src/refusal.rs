//! Every way a call is refused, as an RFC 9457 problem document with its status. A fault of ours is logged here, once, and told
//! to nobody.

use axum::{
    Json,
    http::{HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use contract::{
    Problem,
    refusal::{FieldError, Refusal, RefusalCode},
};

#[derive(Debug)]
pub struct Error {
    pub code: RefusalCode,
    pub errors: Vec<FieldError>,
    pub retry_after: Option<u32>,
}

pub type Answer<T> = Result<T, Error>;

impl Error {
    pub fn new(code: RefusalCode) -> Self {
        Self { code, errors: Vec::new(), retry_after: None }
    }
    pub fn field(code: RefusalCode, field: impl Into<String>, problem: Problem) -> Self {
        Self { code, errors: vec![FieldError { field: field.into(), problem }], retry_after: None }
    }
    pub fn later(code: RefusalCode, seconds: u32) -> Self {
        Self { code, errors: Vec::new(), retry_after: Some(seconds) }
    }
    pub fn status(&self) -> StatusCode {
        use RefusalCode as Code;
        match self.code {
            Code::Malformed | Code::KeyMissing => StatusCode::BAD_REQUEST,
            Code::SignedOut => StatusCode::UNAUTHORIZED,
            Code::ForeignOrigin | Code::PasswordNeeded => StatusCode::FORBIDDEN,
            Code::NoMatch | Code::NotFound => StatusCode::NOT_FOUND,
            Code::MethodNotAllowed => StatusCode::METHOD_NOT_ALLOWED,
            Code::KeyInUse | Code::JustPaid | Code::TooLate => StatusCode::CONFLICT,
            Code::TooLarge => StatusCode::PAYLOAD_TOO_LARGE,
            Code::NotJson => StatusCode::UNSUPPORTED_MEDIA_TYPE,
            Code::Invalid
            | Code::KeyReused
            | Code::OverBalance
            | Code::TermsChanged
            | Code::TokenRefused
            | Code::WrongCredentials
            | Code::LinkRefused
            | Code::BrandNotAccepted => StatusCode::UNPROCESSABLE_ENTITY,
            Code::TooMany => StatusCode::TOO_MANY_REQUESTS,
            Code::Unavailable => StatusCode::SERVICE_UNAVAILABLE,
            Code::Fault | Code::Unknown => StatusCode::INTERNAL_SERVER_ERROR,
        }
    }
}

impl From<sqlx::Error> for Error {
    fn from(error: sqlx::Error) -> Self {
        // The text of a database error can hold values: its kind and code are enough to find it.
        let (kind, code) = match &error {
            sqlx::Error::Database(refused) => ("database", refused.code().map(|code| code.into_owned())),
            sqlx::Error::PoolTimedOut => ("pool timed out", None),
            sqlx::Error::Decode(_) | sqlx::Error::ColumnDecode { .. } => ("decode", None),
            _ => ("other", None),
        };
        tracing::error!(kind, code, "the database failed");
        Self::new(RefusalCode::Fault)
    }
}

impl IntoResponse for Error {
    fn into_response(self) -> Response {
        let status = self.status();
        let refusal = Refusal {
            r#type: "about:blank".to_owned(),
            title: status.canonical_reason().unwrap_or_default().to_owned(),
            status: status.as_u16(),
            code: self.code,
            errors: self.errors,
            retry_after: self.retry_after,
        };
        let retry_after = refusal.retry_after;
        let mut response = (status, Json(refusal)).into_response();
        let headers = response.headers_mut();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/problem+json"));
        if let Some(seconds) = retry_after {
            headers.insert(header::RETRY_AFTER, HeaderValue::from(seconds));
        }
        response
    }
}
