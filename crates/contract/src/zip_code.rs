//! ZIP code: five digits, or nine.

use crate::{FieldProblem, field_problem::is_digits, typed, value::text_value};
use std::fmt;

/// `ddddd` or `ddddd-dddd`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ZipCode(String);

impl ZipCode {
    pub fn parse(text: &str) -> Result<Self, FieldProblem> {
        let text = typed::plain(text);
        let text = typed::without_label(&text);
        if text.is_empty() {
            return Err(FieldProblem::Missing);
        }
        let (five, four) = match text.split_once(['-', ' ']) {
            Some((five, four)) => (five, Some(four.trim_start_matches(['-', ' ']))),
            None if text.len() == 9 && text.is_ascii() => (&text[..5], Some(&text[5..])),
            None => (text, None),
        };
        let fits = |part: &str, length| part.len() == length && is_digits(part);
        match four {
            None if fits(five, 5) => Ok(Self(five.to_owned())),
            Some(four) if fits(five, 5) && fits(four, 4) => Ok(Self(format!("{five}-{four}"))),
            _ => Err(FieldProblem::Malformed),
        }
    }
    pub fn five(&self) -> &str {
        &self.0[..5]
    }
}

impl fmt::Display for ZipCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}
text_value!(ZipCode: "^[0-9]{5}(-[0-9]{4})?$");

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_zip_code_is_five_digits_or_nine() {
        for (text, zip) in [
            ("946123610", "94612-3610"),
            ("94612 3610", "94612-3610"),
            ("00501", "00501"),
            (" 94612-3610 ", "94612-3610"),
            ("94612 \u{2013} 3610", "94612-3610"),
            ("ZIP: 94612", "94612"),
        ] {
            assert_eq!(ZipCode::parse(text).unwrap().to_string(), zip, "{text}");
        }
        for text in ["9461", "94612-", "ABCDE", "94612-36100", "9461236", "éééé1"] {
            assert_eq!(ZipCode::parse(text), Err(FieldProblem::Malformed), "{text}");
        }
    }
}
