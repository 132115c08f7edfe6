//! Every type that reads typed text reads the same value whatever came along that nobody sees.
#![cfg(not(target_arch = "wasm32"))]
#![allow(clippy::unwrap_used)]

use contract::{
    AccountNumber, Amount, CardBrand, CardNumber, Email, Expiry, HealthRecordNumber, Identifier, Money, PersonName,
    Phone, RoutingNumber, SecurityCode, UsState, UserId, ZipCode, person::AddressLine, portal::IdentifierField,
};

/// Dropped wherever it stands: soft hyphen, zero-width characters, direction marks, embeddings and isolates, fillers,
/// the byte-order mark, a tag.
const UNSEEN: [char; 14] = [
    '\u{ad}',
    '\u{61c}',
    '\u{180e}',
    '\u{200b}',
    '\u{200e}',
    '\u{200f}',
    '\u{202a}',
    '\u{202c}',
    '\u{2060}',
    '\u{2066}',
    '\u{2069}',
    '\u{feff}',
    '\u{ffa0}',
    '\u{e0020}',
];
/// Spaces that are none of the keyboard's.
const SPACES: [char; 7] = ['\u{a0}', '\u{2007}', '\u{2009}', '\u{202f}', '\u{205f}', '\u{3000}', '\u{2800}'];

type Read = fn(&str) -> Option<String>;

fn code(identifier: Identifier, text: &str) -> Option<String> {
    let field = IdentifierField { identifier, digits_only: false, min: 1, max: 12, sample: String::new() };
    field.normalise(text).ok()
}

/// Name, a text as it is typed, and how it is read.
const LINES: [(&str, &str, Read); 7] = [
    ("name", "Ana O\u{2019}Neill", |text| Some(PersonName::parse(text).ok()?.to_string())),
    ("address line", "1 Main St, #2", |text| Some(AddressLine::parse(text).ok()?.to_string())),
    ("e-mail", "ana.oneill@example.org", |text| Some(Email::parse(text).ok()?.to_string())),
    ("user ID", "ana.oneill@example.org", |text| Some(UserId::of(text).as_str().to_owned())),
    ("amount", "$1,234.50", |text| Some(Amount::parse(text).ok()?.to_string())),
    ("money", "1234.50", |text| Some(Money::parse(text).ok()?.to_string())),
    ("state", "CA", |text| Some(UsState::parse(text).ok()?.to_string())),
];
const NUMBERS: [(&str, &str, Read); 9] = [
    ("card number", "4242-4242 4242 4242", |text| Some(CardNumber::parse(text).ok()?.last4().to_owned())),
    ("expiry", "04/28", |text| Some(Expiry::parse(text).ok()?.to_string())),
    ("security code", "123", |text| SecurityCode::parse(text, CardBrand::Visa).is_ok().then(String::new)),
    ("routing number", "021000021", |text| Some(RoutingNumber::parse(text).ok()?.to_string())),
    ("account number", "000123456789", |text| Some(AccountNumber::parse(text).ok()?.to_string())),
    ("phone", "1-800-390-3507", |text| Some(Phone::parse(text).ok()?.to_string())),
    ("ZIP code", "94612-3610", |text| Some(ZipCode::parse(text).ok()?.to_string())),
    ("health record number", "12-345-678", |text| Some(HealthRecordNumber::parse(text).ok()?.to_string())),
    ("printed code", "WA-0041 8220", |text| code(Identifier::BillingUnit, text)),
];

fn with_every(sign: char, text: &str) -> impl Iterator<Item = String> {
    let places = text.char_indices().map(|(at, _)| at).chain([text.len()]).collect::<Vec<_>>();
    places.into_iter().map(move |at| format!("{}{sign}{}", &text[..at], &text[at..]))
}

#[test]
fn what_nobody_sees_changes_no_value_wherever_it_stands() {
    for (name, text, read) in LINES.into_iter().chain(NUMBERS) {
        let value = read(text);
        assert!(value.is_some(), "{name}: {text}");
        for typed in UNSEEN.into_iter().flat_map(|sign| with_every(sign, text)) {
            assert_eq!(read(&typed), value, "{name}: {typed:?}");
        }
    }
}

#[test]
fn joiners_and_overrides_change_no_number_and_no_address() {
    for (name, text, read) in LINES.into_iter().skip(2).chain(NUMBERS) {
        for typed in ['\u{200c}', '\u{200d}', '\u{202d}'].into_iter().flat_map(|sign| with_every(sign, text)) {
            assert_eq!(read(&typed), read(text), "{name}: {typed:?}");
        }
    }
}

#[test]
fn every_space_is_a_space() {
    for (name, text, read) in LINES.into_iter().chain(NUMBERS) {
        for space in SPACES {
            let typed = format!("{space}{}{space}", text.replace(' ', &space.to_string()));
            assert_eq!(read(&typed), read(text), "{name}: {typed:?}");
        }
    }
}

#[test]
fn hyphens_and_digits_of_other_keyboards_change_no_number() {
    for (name, text, read) in NUMBERS {
        for hyphen in ['\u{2010}', '\u{2011}', '\u{2013}', '\u{2212}', '\u{ff0d}'] {
            assert_eq!(read(&text.replace('-', &hyphen.to_string())), read(text), "{name}");
        }
        for zero in [0xff10, 0x660, 0x6f0] {
            let digit = |c: char| c.to_digit(10).map_or(c, |digit| char::from_u32(zero + digit).unwrap());
            let typed: String = text.chars().map(digit).collect();
            assert_eq!(read(&typed), read(text), "{name}: {typed}");
        }
    }
}

#[test]
fn a_label_that_was_copied_along_changes_no_number() {
    for (name, text, read) in NUMBERS.into_iter().filter(|(name, ..)| *name != "expiry") {
        for typed in [format!("#{text}"), format!("Number: {text}"), format!("{name}: {text}")] {
            assert_eq!(read(&typed), read(text), "{name}: {typed}");
        }
    }
}
