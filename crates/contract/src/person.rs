//! People: names, e-mail, phone, mailing address.

use crate::{
    FieldProblem, ZipCode,
    field_problem::{fold_digit, is_digits, plain_text},
    value::text_value,
};
use serde::{Deserialize, Serialize};
use std::fmt;

/// Letters of any script, marks, spaces, `'`, `’`, `-`, `.`; up to 255 characters; one letter is fine.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct PersonName(String);

impl PersonName {
    pub fn parse(text: &str) -> Result<Self, FieldProblem> {
        let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
        if text.is_empty() {
            return Err(FieldProblem::Missing);
        }
        plain_text(&text)?;
        let folded: String = text.chars().map(fold_digit).collect();
        // Three or four digits alone are a security code. A card number is refused above.
        if is_digits(&folded) && matches!(folded.len(), 3 | 4) {
            return Err(FieldProblem::LooksLikeCard);
        }
        if text.chars().count() > 255 {
            return Err(FieldProblem::TooLong);
        }
        let fits = |c: char| c.is_alphabetic() || is_combining(c) || matches!(c, ' ' | '\'' | '\u{2019}' | '-' | '.');
        if !text.chars().all(fits) || !text.chars().any(char::is_alphabetic) {
            return Err(FieldProblem::NotAllowed);
        }
        Ok(Self(text))
    }
}

fn is_combining(c: char) -> bool {
    matches!(c, '\u{300}'..='\u{36f}' | '\u{1ab0}'..='\u{1aff}' | '\u{1dc0}'..='\u{1dff}')
}

/// At most 254 characters, 64 before the `@`, a domain with a dot. Only the domain is lower-cased.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Email(String);

/// Domains most mail goes to; a neighbour of one of them is offered as the likely meaning.
const KNOWN_DOMAINS: [&str; 8] =
    ["gmail.com", "yahoo.com", "hotmail.com", "outlook.com", "icloud.com", "aol.com", "comcast.net", "msn.com"];

impl Email {
    pub fn parse(text: &str) -> Result<Self, FieldProblem> {
        let text = text.trim();
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
        if KNOWN_DOMAINS.contains(&domain) {
            return None;
        }
        let meant = KNOWN_DOMAINS.into_iter().find(|known| is_one_slip(domain, known))?;
        Some(Self(format!("{local}@{meant}")))
    }
}

/// What somebody signs in with: an e-mail address as it is compared, which means the same in capitals. Text of any kind
/// is one; what is no address is nobody's.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(from = "String")]
pub struct UserId(String);

impl UserId {
    pub fn of(typed: &str) -> Self {
        Self(typed.trim().to_lowercase())
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

/// A North American number, kept as E.164: `+1`, area, exchange and line.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Phone(String);

impl Phone {
    pub fn parse(text: &str) -> Result<Self, FieldProblem> {
        let text: String = text.trim().chars().map(fold_digit).collect();
        if text.is_empty() {
            return Err(FieldProblem::Missing);
        }
        if text.chars().any(|c| !c.is_ascii_digit() && !" ()+-.".contains(c)) {
            return Err(FieldProblem::Malformed);
        }
        let digits: String = text.chars().filter(char::is_ascii_digit).collect();
        let ten = if digits.len() == 11 { digits.strip_prefix('1').ok_or(FieldProblem::Malformed)? } else { &digits };
        let area_and_exchange = |at: usize| ten.as_bytes().get(at).is_some_and(|byte| (b'2'..=b'9').contains(byte));
        match ten.len() {
            ..10 => Err(FieldProblem::TooShort),
            10 if area_and_exchange(0) && area_and_exchange(3) => Ok(Self(format!("+1{ten}"))),
            10 => Err(FieldProblem::Malformed),
            _ => Err(FieldProblem::TooLong),
        }
    }
}

/// States, DC, territories and military addresses, as the Postal Service writes them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct UsState(&'static str);

const STATES: &str = "AL AK AZ AR CA CO CT DE FL GA HI ID IL IN IA KS KY LA ME MD MA MI MN MS MO MT NE NV NH NJ NM NY NC ND OH OK OR PA \
                      RI SC SD TN TX UT VT VA WA WV WI WY DC PR GU VI AS MP AA AE AP";

impl UsState {
    pub fn parse(text: &str) -> Result<Self, FieldProblem> {
        let text = text.trim().to_ascii_uppercase();
        if text.is_empty() {
            return Err(FieldProblem::Missing);
        }
        STATES.split_whitespace().find(|state| **state == text).map(Self).ok_or(FieldProblem::Malformed)
    }
    pub fn all() -> impl Iterator<Item = Self> {
        STATES.split_whitespace().map(Self)
    }
}

/// A mailing address in the United States.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct UsAddress {
    pub line1: AddressLine,
    pub line2: Option<AddressLine>,
    pub city: AddressLine,
    pub state: UsState,
    pub zip: ZipCode,
}

/// 1 to 64 characters without control characters.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct AddressLine(String);

impl AddressLine {
    pub fn parse(text: &str) -> Result<Self, FieldProblem> {
        let text = text.trim();
        if text.is_empty() {
            return Err(FieldProblem::Missing);
        }
        plain_text(text)?;
        if text.chars().count() > 64 { Err(FieldProblem::TooLong) } else { Ok(Self(text.to_owned())) }
    }
}

macro_rules! shown_as_kept {
    ($($type:ident),+) => {$(
        impl fmt::Display for $type {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }
    )+};
}
shown_as_kept!(PersonName, Email, Phone, UsState, AddressLine);
// Beyond ASCII the forms say less than `parse` does: a class of every script's letters is not a thing all readers of
// them have.
text_value!(
    PersonName: r"^(['.-][ '.-]*)?[^\x00-@\[-`{-\xA9][^\x00-\x1F!-&(-,/-@\[-`{-\xA0]{0,254}$",
    Email: r"^[^\x00- \x22(),.:;<>@\[-\]\x7F-\xA9]+(\.[^\x00- \x22(),.:;<>@\[-\]\x7F-\xA9]+)*@[^\x00-/:-`{-\xA9]([^\x00-,./:-`{-\xA9]*[^\x00-/:-`{-\xA9])?(\.[^\x00-/:-`{-\xA9]([^\x00-,./:-`{-\xA9]*[^\x00-/:-`{-\xA9])?)+$",
    Phone: r"^\+1[2-9][0-9]{2}[2-9][0-9]{6}$",
    UsState: "^[A-Z]{2}$",
    AddressLine: r"^[^\x00- \x7F-\xA0]([^\x00-\x1F\x7F-\x9F]{0,62}[^\x00- \x7F-\xA0])?$",
);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_people_are_names() {
        for name in
            ["O", "Ana O\u{2019}Neill", "Jos\u{e9} \u{d1}u\u{f1}ez-O'Brien", "李小龙", "Jr. Smith", "Zoe\u{308}"]
        {
            assert!(PersonName::parse(name).is_ok(), "{name}");
        }
        for (text, why) in [
            ("", FieldProblem::Missing),
            ("123", FieldProblem::LooksLikeCard),
            (" 4567 ", FieldProblem::LooksLikeCard),
            ("\u{ff11}23", FieldProblem::LooksLikeCard),
            ("4242424242424242", FieldProblem::LooksLikeCard),
            ("12", FieldProblem::NotAllowed),
            ("12345", FieldProblem::NotAllowed),
            ("-", FieldProblem::NotAllowed),
            ("<script>", FieldProblem::NotAllowed),
            ("a\u{202e}b", FieldProblem::NotAllowed),
        ] {
            assert_eq!(PersonName::parse(text), Err(why), "{text}");
        }
    }

    #[test]
    fn an_email_address_keeps_its_local_part() {
        assert_eq!(Email::parse(" Ana.O'Neill@Example.ORG ").unwrap().to_string(), "Ana.O'Neill@example.org");
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
        assert_eq!(typo("a@gmail.com"), None);
        assert_eq!(typo("a@example.org"), None);
    }

    #[test]
    fn a_phone_number_is_kept_as_e164() {
        for text in ["1-800-390-3507", "(800) 390-3507", "800.390.3507", "+1 800 390 3507"] {
            assert_eq!(Phone::parse(text).unwrap().to_string(), "+18003903507", "{text}");
        }
        assert_eq!(Phone::parse("100-390-3507"), Err(FieldProblem::Malformed));
        assert_eq!(Phone::parse("390-3507"), Err(FieldProblem::TooShort));
    }

    #[test]
    fn a_name_has_at_most_255_characters() {
        assert!(PersonName::parse(&"\u{f1}".repeat(255)).is_ok());
        assert_eq!(PersonName::parse(&"n".repeat(256)), Err(FieldProblem::TooLong));
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

    #[test]
    fn the_states_are_those_of_the_postal_service() {
        assert_eq!(UsState::all().count(), 50 + 1 + 5 + 3);
        for state in ["CA", "ca ", "DC", "PR", "GU", "VI", "AS", "MP", "AA", "AE", "AP"] {
            assert_eq!(UsState::parse(state).unwrap().to_string(), state.trim().to_uppercase());
        }
        assert_eq!(UsState::parse("XX"), Err(FieldProblem::Malformed));
        assert_eq!(UsState::parse(" "), Err(FieldProblem::Missing));
    }

    #[test]
    fn an_address_line_has_one_to_64_characters() {
        assert_eq!(
            AddressLine::parse(" 1 \u{d1}and\u{fa} Way, #12 ").unwrap().to_string(),
            "1 \u{d1}and\u{fa} Way, #12"
        );
        assert!(AddressLine::parse(&"x".repeat(64)).is_ok());
        assert_eq!(AddressLine::parse(&"x".repeat(65)), Err(FieldProblem::TooLong));
        assert_eq!(AddressLine::parse("  "), Err(FieldProblem::Missing));
        assert_eq!(AddressLine::parse("4242 4242 4242 4242"), Err(FieldProblem::LooksLikeCard));
    }
}
