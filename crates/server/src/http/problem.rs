//! RFC 9457: an error as a problem document (`application/problem+json`) with its status.

use crate::error::Error;
use axum::{
    Json,
    http::{HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use contract::problem_details::{ErrorCode, ProblemDetails};

fn status(code: ErrorCode) -> StatusCode {
    use ErrorCode as Code;
    match code {
        Code::Malformed | Code::KeyMissing => StatusCode::BAD_REQUEST,
        Code::SignedOut => StatusCode::UNAUTHORIZED,
        Code::ForeignOrigin | Code::PasswordNeeded => StatusCode::FORBIDDEN,
        Code::NoMatch | Code::NotFound => StatusCode::NOT_FOUND,
        Code::MethodNotAllowed => StatusCode::METHOD_NOT_ALLOWED,
        Code::KeyInUse
        | Code::KeyElsewhere
        | Code::JustPaid
        | Code::TooLate
        | Code::MethodInUse
        | Code::BalanceLeft => StatusCode::CONFLICT,
        Code::TooLarge => StatusCode::PAYLOAD_TOO_LARGE,
        Code::NotJson => StatusCode::UNSUPPORTED_MEDIA_TYPE,
        Code::Invalid
        | Code::KeyReused
        | Code::OverBalance
        | Code::OrderRefused
        | Code::TermsChanged
        | Code::TokenRefused
        | Code::WrongCredentials
        | Code::LinkRefused
        | Code::HouseholdRefused
        | Code::BrandNotAccepted => StatusCode::UNPROCESSABLE_ENTITY,
        Code::TooMany => StatusCode::TOO_MANY_REQUESTS,
        Code::Unavailable => StatusCode::SERVICE_UNAVAILABLE,
        Code::Fault | Code::Unknown => StatusCode::INTERNAL_SERVER_ERROR,
    }
}

impl IntoResponse for Error {
    fn into_response(self) -> Response {
        let status = status(self.code);
        let details = ProblemDetails {
            r#type: "about:blank".to_owned(),
            title: status.canonical_reason().unwrap_or_default().to_owned(),
            status: status.as_u16(),
            code: self.code,
            errors: self.errors,
            retry_after: self.retry_after,
        };
        let retry_after = details.retry_after;
        let mut response = (status, Json(details)).into_response();
        let headers = response.headers_mut();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/problem+json"));
        if let Some(seconds) = retry_after {
            headers.insert(header::RETRY_AFTER, HeaderValue::from(seconds));
        }
        response
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_error_is_a_problem_document_with_its_status() {
        let answer = Error::later(ErrorCode::Unavailable, 5).into_response();
        assert_eq!(answer.status(), StatusCode::SERVICE_UNAVAILABLE);
        assert_eq!(answer.headers()[header::CONTENT_TYPE], "application/problem+json");
        assert_eq!(answer.headers()[header::RETRY_AFTER], "5");
        assert_eq!(Error::new(ErrorCode::Fault).into_response().status(), StatusCode::INTERNAL_SERVER_ERROR);
    }
}
