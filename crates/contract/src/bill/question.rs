//! `POST /account/bills/{id}/questions`: what a member asks about one charge of a bill. It goes to the plan by e-mail.

use crate::{FieldProblem, Instant, field_problem::plain_text, typed, value::text_value};
use serde::{Deserialize, Serialize};
use std::fmt;

/// A message of one or several lines, in any script, of at most 500 characters.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct QuestionText(String);

impl QuestionText {
    pub const MOST: usize = 500;

    pub fn parse(text: &str) -> Result<Self, FieldProblem> {
        let lines: Vec<String> = text.lines().map(typed::written).collect();
        for line in &lines {
            plain_text(line)?;
        }
        let text = lines.join("\n");
        let text = text.trim();
        match text.chars().count() {
            0 => Err(FieldProblem::Missing),
            count if count > Self::MOST => Err(FieldProblem::TooLong),
            _ => Ok(Self(text.to_owned())),
        }
    }
}

impl fmt::Display for QuestionText {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}
// Digits may be a card number.
text_value!(QuestionText: r"^[A-Za-z]([A-Za-z ?.,']{0,498}[A-Za-z?.,'])?$");

/// What a question is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum QuestionTopic {
    NotMine,
    WrongAmount,
    AlreadyPaid,
    WhatIsIt,
}

impl QuestionTopic {
    /// In the order in which they are offered.
    pub const ALL: [Self; 4] = [Self::NotMine, Self::WrongAmount, Self::AlreadyPaid, Self::WhatIsIt];
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct NewQuestion {
    /// The place of the charge among the bill's lines, from 0.
    pub line: u16,
    /// Absent if the member chose none.
    #[serde(default)]
    pub topic: Option<QuestionTopic>,
    pub text: QuestionText,
}

/// A question that was asked.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ChargeQuestion {
    pub id: String,
    /// The place of the charge among the bill's lines, from 0.
    pub line: u16,
    #[serde(default)]
    pub topic: Option<QuestionTopic>,
    pub text: QuestionText,
    pub asked_at: Instant,
    pub state: QuestionState,
}

/// How far the e-mail to the plan came. Whether somebody there has read it is not known here.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum QuestionState {
    /// It is kept, and sent next.
    Waiting,
    /// The plan's mail server took it.
    Sent { at: Instant },
    /// It could not be sent.
    NotSent,
    /// One that this client does not know.
    #[serde(other)]
    Unknown,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_question_is_of_any_script_and_keeps_its_lines_and_nothing_that_nobody_sees() {
        let read = |text: &str| QuestionText::parse(text).map(|text| text.to_string());
        assert_eq!(
            read(" Why?\r\n\n\u{200b}\u{bf}Por qu\u{e9}?\u{feff} \n "),
            Ok("Why?\n\n\u{bf}Por qu\u{e9}?".to_owned())
        );
        for text in ["\u{645}\u{627} \u{647}\u{630}\u{627}\u{61f}", "\u{8fd9}\u{662f}\u{4ec0}\u{4e48}"] {
            assert_eq!(read(text), Ok(text.to_owned()));
        }
        assert_eq!(read(&"\u{e9}".repeat(500)), Ok("\u{e9}".repeat(500)));
        for (text, problem) in [
            ("\u{200b} \n", FieldProblem::Missing),
            ("I paid with 4242 4242 4242 4242", FieldProblem::LooksLikeCard),
            ("a\u{202e}b", FieldProblem::NotAllowed),
            ("a\u{7}b", FieldProblem::NotAllowed),
        ] {
            assert_eq!(read(text), Err(problem), "{text:?}");
        }
        assert_eq!(read(&"n".repeat(501)), Err(FieldProblem::TooLong));
    }

    #[test]
    fn a_state_of_a_later_version_is_unknown() {
        let sent = QuestionState::Sent { at: Instant::from_millis(0) };
        let text = serde_json::to_string(&sent).unwrap();
        assert_eq!(serde_json::from_str::<QuestionState>(&text).unwrap(), sent);
        assert_eq!(serde_json::from_str::<QuestionState>(r#"{"kind":"answered"}"#).unwrap(), QuestionState::Unknown);
    }
}
