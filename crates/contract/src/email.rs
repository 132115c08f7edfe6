//! E-mail address, and the user ID that one is.

use crate::{FieldProblem, field_problem::plain_text, typed, value::text_value};
use serde::{Deserialize, Serialize};
use std::fmt;

/// At most 254 characters, 64 before the `@`, a domain with a dot. Only the domain is lower-cased.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Email(String);

/// Domains most mail goes to; a neighbour of one of them is offered as the likely meaning.
const KNOWN_DOMAINS: [&str; 8] =
    ["gmail.com", "yahoo.com", "hotmail.com", "outlook.com", "icloud.com", "aol.com", "comcast.net", "msn.com"];
/// Their neighbours that are providers, too.
const NO_SLIPS: [&str; 4] = ["mail.com", "email.com", "ymail.com", "fmail.com"];

impl Email {
    pub fn parse(text: &str) -> Result<Self, FieldProblem> {
        let text = typed::visible(text).replace('\u{ff20}', "@");
        let text = text.get(..7).filter(|label| label.eq_ignore_ascii_case("mailto:")).map_or(&*text, |_| &text[7..]);
        // As an address book copies it, and as it stands at the end of a sentence.
        let text = text.trim_start_matches(['<', ' ']).trim_end_matches(['>', '.', ',', ';']);
        if text.is_empty() {
            return Err(FieldProblem::Missing);
        }
        plain_text(text)?;
        let (local, domain) = text.rsplit_once('@').ok_or(FieldProblem::Malformed)?;
        if text.chars().count() > 254 || local.chars().count() > 64 {
            return Err(FieldProblem::TooLong);
        }
        let local_fits = !local.is_empty()
            && !local.starts_with('.')
            && !local.ends_with('.')
            && !local.contains("..")
            && local.chars().all(|c| c.is_alphanumeric() || "!#$%&'*+/=?^_`{|}~.-".contains(c));
        let domain = domain.to_lowercase();
        let domain_fits = domain.contains('.')
            && domain.split('.').all(|label| {
                !label.is_empty()
                    && label.len() <= 63
                    && !label.starts_with('-')
                    && !label.ends_with('-')
                    && label.chars().all(|c| c.is_alphanumeric() || c == '-')
            });
        if !local_fits || !domain_fits {
            return Err(FieldProblem::Malformed);
        }
        Ok(Self(format!("{local}@{domain}")))
    }
    pub fn user_id(&self) -> UserId {
        UserId::of(&self.0)
    }
    /// The address that was probably meant, when the domain is one slip away from a common one. Offered, never applied.
    pub fn typo(&self) -> Option<Self> {
        let (local, domain) = self.0.rsplit_once('@')?;
        if KNOWN_DOMAINS.contains(&domain) || NO_SLIPS.contains(&domain) {
            return None;
        }
        // Many firms are one letter away from a name of three letters: there, only the ending can be a slip.
        let has_name = |known: &str| known.len() > 7 || domain.starts_with(&known[..4]);
        let meant = KNOWN_DOMAINS.into_iter().find(|known| has_name(known) && is_one_slip(domain, known))?;
        Some(Self(format!("{local}@{meant}")))
    }
}

/// What somebody signs in with: an e-mail address in lower case. Any text is taken; one that is no address belongs to
/// no account.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(from = "String")]
pub struct UserId(String);

impl UserId {
    pub fn of(text: &str) -> Self {
        Self(typed::visible(text).to_lowercase())
    }
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl From<String> for UserId {
    fn from(typed: String) -> Self {
        Self::of(&typed)
    }
}

/// One character missing, added, changed, or two neighbours swapped.
fn is_one_slip(a: &str, b: &str) -> bool {
    let (a, b) = (a.as_bytes(), b.as_bytes());
    let same = a.iter().zip(b).take_while(|(x, y)| x == y).count();
    let (a, b) = (&a[same..], &b[same..]);
    match (a, b) {
        ([], [_]) | ([_], []) => true,
        ([x, y, rest_a @ ..], [u, v, rest_b @ ..]) if x == v && y == u && rest_a == rest_b => true,
        ([_, rest_a @ ..], [_, rest_b @ ..]) if rest_a == rest_b => true,
        ([_, rest_a @ ..], b) if rest_a == b => true,
        (a, [_, rest_b @ ..]) if a == rest_b => true,
        _ => false,
    }
}

impl fmt::Display for Email {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}
// Beyond ASCII the pattern allows more than `parse`: not every reader of patterns has a class for letters of all
// scripts.
text_value!(
    Email: r"^[^\x00- \x22(),.:;<>@\[-\]\x7F-\xA9]+(\.[^\x00- \x22(),.:;<>@\[-\]\x7F-\xA9]+)*@[^\x00-/:-`{-\xA9]([^\x00-,./:-`{-\xA9]*[^\x00-/:-`{-\xA9])?(\.[^\x00-/:-`{-\xA9]([^\x00-,./:-`{-\xA9]*[^\x00-/:-`{-\xA9])?)+$",
);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_email_address_keeps_its_local_part() {
        assert_eq!(Email::parse(" Ana.O'Neill@Example.ORG ").unwrap().to_string(), "Ana.O'Neill@example.org");
        for text in [
            "mailto:ana@example.org",
            "<ana@example.org>",
            "ana@example.org.",
            "ana\u{ff20}example.org",
            "\u{202a}ana@exam\u{ad}ple.org\u{a0}",
            "ana@exa\u{1160}mple.o\u{3164}rg",
        ] {
            assert_eq!(Email::parse(text).unwrap().to_string(), "ana@example.org", "{text}");
        }
        assert!(Email::parse("ana.1987.2024.120345@example.org").is_ok());
        for text in ["ana", "ana@", "@example.org", "ana@example", "a..b@example.org", "ana@-x.org", "a b@example.org"]
        {
            assert_eq!(Email::parse(text), Err(FieldProblem::Malformed), "{text}");
        }
    }

    #[test]
    fn an_email_address_is_of_one_line() {
        for text in [
            "ana@example.org\r\nBcc: x@example.org",
            "ana\n@example.org",
            "ana@exa\rmple.org",
            "a\u{2028}b@example.org",
        ] {
            assert_eq!(Email::parse(text), Err(FieldProblem::NotAllowed), "{text:?}");
        }
    }

    #[test]
    fn a_likely_slip_in_the_domain_is_offered() {
        let typo = |text: &str| Email::parse(text).unwrap().typo().map(|email| email.to_string());
        for slip in ["gmial.com", "gmai.com", "gmaill.com", "gnail.com"] {
            assert_eq!(typo(&format!("a@{slip}")), Some("a@gmail.com".to_owned()), "{slip}");
        }
        for other in ["gmail.com", "example.org", "ymail.com", "mail.com", "email.com", "aon.com", "aol.com"] {
            assert_eq!(typo(&format!("a@{other}")), None, "{other}");
        }
        assert_eq!(typo("a@aol.con"), Some("a@aol.com".to_owned()));
    }

    #[test]
    fn an_email_address_has_at_most_254_characters_and_64_before_the_at() {
        let local = "a".repeat(64);
        assert!(Email::parse(&format!("{local}@example.org")).is_ok());
        assert_eq!(Email::parse(&format!("a{local}@example.org")), Err(FieldProblem::TooLong));
        let domain = ["b".repeat(63), "c".repeat(63), "d".repeat(58), "org".to_owned()].join(".");
        assert_eq!(local.len() + 1 + domain.len(), 255);
        assert_eq!(Email::parse(&format!("{local}@{domain}")), Err(FieldProblem::TooLong));
        assert!(Email::parse(&format!("{}@{domain}", &local[1..])).is_ok());
    }
}
