//! `ApiError`: classifies every HTTP response of the billing API by what the member can do about it. Pure; the texts
//! are in `i18n`.
//!
//! Between the browser and the API stand proxies, firewalls, captive portals and pages of maintenance, and each can
//! answer with any status. So a status alone says nothing. Only a problem document of this API
//! (`application/problem+json` that is a [`ProblemDetails`] about this very status) is an error response, and only JSON
//! or an empty body is a success. Everything else is `Faulty`: whether a write took place is unknown.

use contract::problem_details::{ErrorCode, ProblemDetails};

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ApiError {
    /// The request did not leave, or no answer came back: whether it arrived is unknown.
    Offline,
    /// No answer in time: whether it arrived is unknown.
    TimedOut,
    /// The session ended, or there was none.
    SignedOut,
    /// The session began a moment ago, and the browser did not send its cookie along: it keeps none.
    NoCookies,
    Forbidden,
    /// There is no such thing, or it is not this session's.
    Missing,
    /// Too many attempts: seconds after which to retry.
    Busy(u32),
    /// The server says why; `errors` may name fields.
    Refused(ProblemDetails),
    /// The server, or something before it, is in trouble: whether a write took place is unknown.
    Faulty,
}

/// What a server that says nothing about it is given, in seconds.
const PATIENCE: u32 = 60;

impl ApiError {
    /// The body of a success, or what went wrong. A `Retry-After` header is not looked at: the document has the
    /// seconds, and the header can be a date.
    pub fn read(status: u16, content_type: &str, body: String) -> Result<String, Self> {
        match status {
            200..=299 if body.is_empty() || is(content_type, "application/json") => Ok(body),
            400..=599 => Err(Self::of_problem_details(status, content_type, &body)),
            _ => Err(Self::Faulty),
        }
    }

    fn of_problem_details(status: u16, content_type: &str, body: &str) -> Self {
        let document =
            is(content_type, "application/problem+json").then(|| serde_json::from_str::<ProblemDetails>(body));
        let Some(Ok(details)) = document else { return Self::Faulty };
        if details.status != status {
            return Self::Faulty;
        }
        match details.code {
            ErrorCode::SignedOut => Self::SignedOut,
            ErrorCode::ForeignOrigin => Self::Forbidden,
            ErrorCode::NotFound => Self::Missing,
            ErrorCode::TooMany => Self::Busy(details.retry_after.unwrap_or(PATIENCE)),
            _ if status < 500 => Self::Refused(details),
            _ => Self::Faulty,
        }
    }

    pub fn code(&self) -> Option<ErrorCode> {
        if let Self::Refused(details) = self { Some(details.code) } else { None }
    }
}

/// Parameters such as `charset` and the case do not matter.
fn is(content_type: &str, name: &str) -> bool {
    content_type.split(';').next().is_some_and(|kind| kind.trim().eq_ignore_ascii_case(name))
}

#[cfg(test)]
pub mod tests {
    use super::*;

    pub const PROBLEM: &str = "application/problem+json";

    pub fn document(status: u16, code: &str) -> String {
        format!(r#"{{"type":"about:blank","title":"x","status":{status},"code":"{code}","errors":[]}}"#)
    }

    fn error(status: u16, content_type: &str, body: &str) -> ApiError {
        ApiError::read(status, content_type, body.to_owned()).unwrap_err()
    }

    #[test]
    fn a_status_without_our_document_says_nothing() {
        let ours = document(404, "not_found");
        for status in
            [301, 400, 401, 403, 404, 405, 407, 408, 409, 410, 413, 415, 422, 429, 451, 500, 502, 503, 504, 511]
        {
            for (content_type, body) in [
                ("text/html", "<h1>Not Found</h1>"),
                ("text/html", ours.as_str()),
                ("application/json", ours.as_str()),
                ("", ours.as_str()),
                ("", ""),
                (PROBLEM, ""),
                (PROBLEM, "<h1>"),
                (PROBLEM, r#"{"type":"about:blank","title":"Not Found","status":404}"#),
                ("application/json", r#"{"code":"not_found"}"#),
            ] {
                assert_eq!(error(status, content_type, body), ApiError::Faulty, "{status} {content_type} {body}");
            }
        }
    }

    #[test]
    fn a_document_about_another_status_is_not_about_this_answer() {
        assert_eq!(error(404, PROBLEM, &document(404, "not_found")), ApiError::Missing);
        assert_eq!(error(502, PROBLEM, &document(404, "not_found")), ApiError::Faulty);
        assert_eq!(error(404, PROBLEM, &document(401, "signed_out")), ApiError::Faulty);
    }

    #[test]
    fn our_document_is_believed_however_its_type_is_written() {
        for kind in [PROBLEM, "application/problem+json; charset=utf-8", "Application/Problem+JSON ;x=y"] {
            assert_eq!(error(401, kind, &document(401, "signed_out")), ApiError::SignedOut);
            assert_eq!(error(403, kind, &document(403, "foreign_origin")), ApiError::Forbidden);
        }
        assert_eq!(error(404, PROBLEM, &document(404, "no_match")).code(), Some(ErrorCode::NoMatch));
        assert_eq!(error(403, PROBLEM, &document(403, "password_needed")).code(), Some(ErrorCode::PasswordNeeded));
        assert_eq!(error(409, PROBLEM, &document(409, "too_late")).code(), Some(ErrorCode::TooLate));
    }

    #[test]
    fn an_unknown_code_is_still_a_rejection() {
        let body = document(422, "brand_new").replace(r#""errors":[]"#, r#""errors":[],"more":1"#);
        assert_eq!(error(422, PROBLEM, &body).code(), Some(ErrorCode::Unknown));
    }

    #[test]
    fn trouble_of_the_server_is_not_too_many_tries() {
        let busy = document(429, "too_many").replace(r#""errors":[]"#, r#""errors":[],"retry_after":7"#);
        assert_eq!(error(429, PROBLEM, &busy), ApiError::Busy(7));
        assert_eq!(error(429, PROBLEM, &document(429, "too_many")), ApiError::Busy(60));
        assert_eq!(error(503, PROBLEM, &document(503, "unavailable")), ApiError::Faulty);
        assert_eq!(error(500, PROBLEM, &document(500, "fault")), ApiError::Faulty);
    }

    #[test]
    fn a_success_is_json_or_empty() {
        assert_eq!(ApiError::read(204, "", String::new()), Ok(String::new()));
        assert_eq!(ApiError::read(201, "application/json; charset=utf-8", "{}".to_owned()), Ok("{}".to_owned()));
        for status in [200, 201, 204] {
            assert_eq!(error(status, "text/html", "<h1>Welcome to the airport</h1>"), ApiError::Faulty);
        }
        assert_eq!(error(304, "application/json", "{}"), ApiError::Faulty);
    }
}
