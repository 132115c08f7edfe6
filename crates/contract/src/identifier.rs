//! Identifiers of a bill: the numbers printed on a statement. Which of them a region uses, and how long they are, is
//! data of the region (`portal::IdentifierField`).

use crate::{
    FieldProblem, HealthRecordNumber, ZipCode,
    field_problem::{holds_card_number, is_digits},
    portal::IdentifierField,
    typed,
    value::text_value,
};
use serde::{
    Deserialize, Deserializer, Serialize,
    de::{self, DeserializeSeed, MapAccess, Visitor},
};
use std::{collections::BTreeMap, fmt};

/// So many digits may be a card's.
const CARD_DIGITS: usize = 12;

/// The names identifiers have on the wire.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Identifier {
    Group,
    Subgroup,
    Billgroup,
    Zip,
    Hrn,
    BillingUnit,
}

impl Identifier {
    pub const ALL: [Self; 6] = [Self::Group, Self::Subgroup, Self::Billgroup, Self::Zip, Self::Hrn, Self::BillingUnit];

    pub fn parse(text: &str) -> Result<Self, FieldProblem> {
        Self::ALL.into_iter().find(|identifier| identifier.key() == text).ok_or(FieldProblem::Malformed)
    }
    pub fn key(self) -> &'static str {
        match self {
            Self::Group => "group",
            Self::Subgroup => "subgroup",
            Self::Billgroup => "billgroup",
            Self::Zip => "zip",
            Self::Hrn => "hrn",
            Self::BillingUnit => "billing_unit",
        }
    }
    /// Checks what was typed and gives the one form in which it is compared and shown, in whichever region.
    fn normalise(self, text: &str) -> Result<String, FieldProblem> {
        match self {
            Self::Hrn => HealthRecordNumber::parse(text).map(|value| value.to_string()),
            Self::Zip => ZipCode::parse(text).map(|value| value.to_string()),
            Self::Group | Self::Subgroup | Self::Billgroup | Self::BillingUnit => printed_code(text),
        }
    }
}

impl IdentifierField {
    /// As `Identifier::normalise`, and checks that it is as this region prints it.
    pub fn normalise(&self, text: &str) -> Result<String, FieldProblem> {
        let has_own_form = matches!(self.identifier, Identifier::Hrn | Identifier::Zip);
        let most = if has_own_form { 0 } else { usize::from(self.max) };
        if most < CARD_DIGITS && holds_card_number(text) {
            return Err(FieldProblem::LooksLikeCard);
        }
        if has_own_form {
            return self.identifier.normalise(text);
        }
        let code = self.identifier.normalise(text)?;
        let code = if self.digits_only { typed::letters_as_digits(&code) } else { code };
        if self.digits_only && !is_digits(&code) {
            return Err(FieldProblem::NotDigits);
        }
        match code.len() {
            length if length < usize::from(self.min) => Err(FieldProblem::TooShort),
            length if length > usize::from(self.max) => Err(FieldProblem::TooLong),
            _ => Ok(code),
        }
    }
}

/// What identifies a bill, each in the one form in which it is compared. Text becomes this once, in the form or in the
/// body of a request.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Identifiers(BTreeMap<Identifier, String>);

impl Identifiers {
    /// What was typed into a region's fields, or every problem, in their order.
    pub fn parse(
        schema: &[IdentifierField],
        typed: impl Fn(Identifier) -> String,
    ) -> Result<Self, Vec<(Identifier, FieldProblem)>> {
        let (mut found, mut problems) = (BTreeMap::new(), Vec::new());
        for field in schema {
            match field.normalise(&typed(field.identifier)) {
                Ok(text) => _ = found.insert(field.identifier, text),
                Err(problem) => problems.push((field.identifier, problem)),
            }
        }
        if problems.is_empty() { Ok(Self(found)) } else { Err(problems) }
    }

    /// Numbers as somebody wrote them, of whichever region.
    pub fn of<'a>(texts: impl IntoIterator<Item = (Identifier, &'a str)>) -> Result<Self, FieldProblem> {
        let found = texts.into_iter().map(|(identifier, text)| Ok((identifier, identifier.normalise(text)?)));
        found.collect::<Result<_, _>>().map(Self)
    }

    /// What is wrong with them for a region with these fields: each field must be there, and no other.
    pub fn problems(&self, schema: &[IdentifierField]) -> Vec<(Identifier, FieldProblem)> {
        let of_field = |field: &IdentifierField| {
            let text = self.get(field.identifier).ok_or(FieldProblem::Missing);
            text.and_then(|text| field.normalise(text)).err().map(|problem| (field.identifier, problem))
        };
        let is_asked = |identifier: &Identifier| schema.iter().any(|field| field.identifier == *identifier);
        let others = self.0.keys().filter(|identifier| !is_asked(identifier));
        schema
            .iter()
            .filter_map(of_field)
            .chain(others.map(|identifier| (*identifier, FieldProblem::Unknown)))
            .collect()
    }

    pub fn get(&self, identifier: Identifier) -> Option<&str> {
        self.0.get(&identifier).map(String::as_str)
    }
    pub fn iter(&self) -> impl Iterator<Item = (Identifier, &str)> {
        self.0.iter().map(|(identifier, text)| (*identifier, text.as_str()))
    }

    /// The one text they are kept and compared by. A ZIP code printed with four more digits is the same without them.
    /// Of a printed code, O and 0 are the same, and I and 1: nobody can tell them apart on paper.
    pub fn comparison_key(&self) -> String {
        let parts = self.0.iter().map(|(identifier, text)| match identifier {
            Identifier::Zip => format!("{identifier}={}", text.get(..5).unwrap_or(text)),
            _ => format!("{identifier}={}", text.replace('O', "0").replace('I', "1")),
        });
        let mut parts: Vec<String> = parts.collect();
        parts.sort();
        parts.join(";")
    }
}

impl<'de> Deserialize<'de> for Identifiers {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        from.deserialize_map(Texts)
    }
}

/// Reads a map whose key says how its value is read, so that an error names the one that is wrong.
struct Texts;

impl<'de> Visitor<'de> for Texts {
    type Value = Identifiers;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("identifiers")
    }
    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Identifiers, A::Error> {
        let mut found = BTreeMap::new();
        while let Some(identifier) = map.next_key()? {
            found.insert(identifier, map.next_value_seed(identifier)?);
        }
        Ok(Identifiers(found))
    }
}

impl<'de> DeserializeSeed<'de> for Identifier {
    type Value = String;

    fn deserialize<D: Deserializer<'de>>(self, from: D) -> Result<String, D::Error> {
        let text = String::deserialize(from)?;
        self.normalise(&text).map_err(|problem| de::Error::custom(problem.key()))
    }
}

/// Without the field's name, if it was copied along: `Group no. 100245`, `#0A1`, `Billing unit ID: WA00418220`.
fn without_field_name(text: &str) -> &str {
    const NAMES: [&str; 8] = ["group", "subgroup", "billgroup", "billing", "grupo", "subgrupo", "unidad", "hrn"];
    const MORE: [&str; 7] = ["no", "number", "id", "unit", "de", "facturaci\u{f3}n", "n\u{fa}mero"];
    if let Some((label, code)) = text.rsplit_once([':', '#'])
        && !label.contains(|c: char| c.is_ascii_digit())
    {
        return code;
    }
    let mut rest = text;
    while let Some((word, after)) = rest.split_once([' ', '.']) {
        let is_one_of = |names: &[&str]| names.contains(&word.to_lowercase().as_str());
        if !(is_one_of(&NAMES) || rest.len() < text.len() && (word.is_empty() || is_one_of(&MORE))) {
            break;
        }
        rest = after;
    }
    rest
}

/// Letters and digits as printed: without spaces and hyphens, upper case, leading zeros kept.
fn printed_code(text: &str) -> Result<String, FieldProblem> {
    let code = typed::compact(without_field_name(&typed::plain(text))).to_ascii_uppercase();
    match code.len() {
        0 => Err(FieldProblem::Missing),
        _ if !code.bytes().all(|byte| byte.is_ascii_alphanumeric()) => Err(FieldProblem::NotAlphanumeric),
        33.. => Err(FieldProblem::TooLong),
        _ => Ok(code),
    }
}

impl fmt::Display for Identifier {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.key())
    }
}
text_value!(Identifier: "^(group|subgroup|billgroup|zip|hrn|billing_unit)$");

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_label_that_was_copied_along_is_no_part_of_a_printed_code() {
        for (text, code) in [
            ("Group 100245", "100245"),
            ("Group no. 100-245", "100245"),
            ("N\u{fa}mero de grupo: 100245", "100245"),
            ("Grupo n\u{fa}mero 100245", "100245"),
            ("Billing unit ID: wa 00418220", "WA00418220"),
            ("#0a1", "0A1"),
            ("WA 00418220", "WA00418220"),
            ("ID 00418220", "ID00418220"),
        ] {
            assert_eq!(Identifier::BillingUnit.normalise(text), Ok(code.to_owned()), "{text}");
        }
    }

    #[test]
    fn a_letter_that_looks_like_a_digit_is_that_digit_where_only_digits_can_stand() {
        let field = |digits_only| IdentifierField {
            identifier: Identifier::Group,
            digits_only,
            min: 3,
            max: 6,
            sample: String::new(),
        };
        assert_eq!(field(true).normalise("1O02l5"), Ok("100215".to_owned()));
        assert_eq!(field(false).normalise("1O02l5"), Ok("1O02L5".to_owned()));
        let key = |code| Identifiers::of([(Identifier::Billgroup, code)]).unwrap().comparison_key();
        assert_eq!(key("OI1"), key("0i1"));
        assert_eq!(key("0A1"), "billgroup=0A1");
        assert_ne!(key("0L1"), key("011"));
    }

    #[test]
    fn a_printed_code_keeps_its_leading_zeros() {
        assert_eq!(Identifier::Billgroup.normalise(" 0a1 "), Ok("0A1".to_owned()));
        assert_eq!(Identifier::Group.normalise("10_02"), Err(FieldProblem::NotAlphanumeric));
    }

    #[test]
    fn a_region_says_how_long_its_numbers_are() {
        let field = IdentifierField {
            identifier: Identifier::Group,
            digits_only: true,
            min: 6,
            max: 6,
            sample: "100245".to_owned(),
        };
        let read = |text| field.normalise(text);
        assert_eq!(read(" 100-245 "), Ok("100245".to_owned()));
        assert_eq!(read("000245"), Ok("000245".to_owned()));
        for (text, why) in [
            ("", FieldProblem::Missing),
            ("10024", FieldProblem::TooShort),
            ("1002455", FieldProblem::TooLong),
            ("10024A", FieldProblem::NotDigits),
            ("10024\u{e9}", FieldProblem::NotAlphanumeric),
            ("4242 4242 4242 4242", FieldProblem::LooksLikeCard),
        ] {
            assert_eq!(read(text), Err(why), "{text}");
        }
    }

    #[test]
    fn identifiers_are_the_keys_of_a_map_on_the_wire_and_what_came_in_is_parsed() {
        let typed = r#"{"group":"100-245","hrn":"12345678","billing_unit":" wa00418220"}"#;
        let text = r#"{"group":"100245","hrn":"012345678","billing_unit":"WA00418220"}"#;
        let read = |text| serde_json::from_str::<Identifiers>(text);
        let map = read(typed).unwrap();
        assert_eq!((map.get(Identifier::Hrn), &map), (Some("012345678"), &read(text).unwrap()));
        assert_eq!(serde_json::to_string(&map).unwrap(), text);
        for (text, why) in [
            (r#"{"hrn":"12345678A"}"#, "not_digits"),
            (r#"{"zip":"9461"}"#, "malformed"),
            (r#"{"group":""}"#, "missing"),
            (r#"{"nothing":"1"}"#, "malformed"),
        ] {
            assert!(read(text).unwrap_err().to_string().starts_with(why), "{text}");
        }
        for identifier in Identifier::ALL {
            assert_eq!(Identifier::parse(identifier.key()), Ok(identifier));
        }
    }
    #[test]
    fn they_are_a_bill_s_when_all_of_the_region_s_fields_are_there_and_no_other() {
        let field =
            |identifier, min, max| IdentifierField { identifier, digits_only: true, min, max, sample: String::new() };
        let schema = [field(Identifier::Group, 6, 6), field(Identifier::Zip, 5, 10), field(Identifier::Hrn, 1, 9)];
        let typed = |identifier| match identifier {
            Identifier::Group => "100-245".to_owned(),
            Identifier::Zip => "946123610".to_owned(),
            _ => "12345678".to_owned(),
        };
        let found = Identifiers::parse(&schema, typed).unwrap();
        assert_eq!(found.get(Identifier::Zip), Some("94612-3610"));
        assert_eq!(found.problems(&schema), []);
        assert_eq!(found.comparison_key(), "group=100245;hrn=012345678;zip=94612");
        let short = Identifiers::of([(Identifier::Zip, "94612"), (Identifier::Group, "10024")]).unwrap();
        assert_eq!(
            short.problems(&schema),
            [(Identifier::Group, FieldProblem::TooShort), (Identifier::Hrn, FieldProblem::Missing)]
        );
        assert_eq!(short.problems(&schema[..1])[1], (Identifier::Zip, FieldProblem::Unknown));
        let empty = Identifiers::parse(&schema, |_| String::new()).unwrap_err();
        assert_eq!(empty, schema.map(|field| (field.identifier, FieldProblem::Missing)));
    }
}
