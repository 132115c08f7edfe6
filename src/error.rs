//! What can go wrong between the app and the billing API, by what the member can do about it. No words: i18n has them.

use contract::refusal::{Refusal, RefusalCode};

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ApiError {
    /// The request did not leave, or no answer came back: whether it arrived is unknown.
    Offline,
    /// No answer in time: whether it arrived is unknown.
    TimedOut,
    /// The session ended, or there was none.
    SignedOut,
    Forbidden,
    Missing,
    /// Come back after so many seconds.
    Busy(u32),
    /// The server says why; `errors` may name fields.
    Refused(Refusal),
    /// The server or the answer is broken; whether a write took place is unknown.
    Faulty,
}

/// What a server that says nothing about it is given, in seconds.
const PATIENCE: u32 = 60;

impl ApiError {
    /// Status first, body second: a body that is no problem document does not hide the status.
    pub fn from_answer(status: u16, body: &str, retry_after: Option<u32>) -> Self {
        let refusal = serde_json::from_str::<Refusal>(body).ok();
        let after = || refusal.as_ref().and_then(|r| r.retry_after).or(retry_after).unwrap_or(PATIENCE);
        match status {
            401 => Self::SignedOut,
            403 => match refusal {
                Some(refusal) if refusal.code == RefusalCode::PasswordNeeded => Self::Refused(refusal),
                _ => Self::Forbidden,
            },
            404 => match refusal {
                Some(refusal) if refusal.code == RefusalCode::NoMatch => Self::Refused(refusal),
                _ => Self::Missing,
            },
            429 | 503 => Self::Busy(after()),
            400..=499 => refusal.map_or(Self::Faulty, Self::Refused),
            _ => Self::Faulty,
        }
    }

    /// After a write: it may have taken place, ask before sending again.
    pub fn leaves_doubt(&self) -> bool {
        matches!(self, Self::Offline | Self::TimedOut | Self::Faulty)
    }

    pub fn code(&self) -> Option<RefusalCode> {
        if let Self::Refused(refusal) = self { Some(refusal.code) } else { None }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_body_that_is_not_json_keeps_its_status() {
        assert_eq!(ApiError::from_answer(429, "<html>", Some(7)), ApiError::Busy(7));
        assert_eq!(ApiError::from_answer(401, "", None), ApiError::SignedOut);
        assert_eq!(ApiError::from_answer(422, "nonsense", None), ApiError::Faulty);
        assert_eq!(ApiError::from_answer(502, "", None), ApiError::Faulty);
    }

    #[test]
    fn no_match_is_told_from_a_missing_page() {
        let body = r#"{"type":"about:blank","title":"x","status":404,"code":"no_match","errors":[]}"#;
        assert_eq!(ApiError::from_answer(404, body, None).code(), Some(RefusalCode::NoMatch));
        assert_eq!(ApiError::from_answer(404, "", None), ApiError::Missing);
    }

    #[test]
    fn an_unknown_code_is_still_a_refusal() {
        let body = r#"{"type":"about:blank","title":"x","status":422,"code":"brand_new","errors":[],"more":1}"#;
        assert_eq!(ApiError::from_answer(422, body, None).code(), Some(RefusalCode::Unknown));
    }
}
