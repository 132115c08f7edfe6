//! Values of the profile, each read and checked alone: what is wrong is said with what would be right.

use contract::{Amount, CardBrand, Email, Identifier, Phone, Region, person::AddressLine};
use serde::{Deserialize, Deserializer, de::Error as _};

/// One line of plain text.
#[derive(Deserialize)]
#[serde(transparent)]
pub struct Words(#[serde(deserialize_with = "words")] pub String);

/// A string that `parse` takes; of any other it is said that it is not `what`.
pub fn parsed<'de, D: Deserializer<'de>, T>(
    from: D,
    what: &str,
    parse: impl Fn(&str) -> Option<T>,
) -> Result<T, D::Error> {
    let text = String::deserialize(from)?;
    parse(&text).ok_or_else(|| D::Error::custom(format!("{text:?} is not {what}")))
}

fn words<'de, D: Deserializer<'de>>(from: D) -> Result<String, D::Error> {
    let what = "one line of 1 to 64 characters, none of them hidden, and with no number as long as a card's";
    parsed(from, what, |text| Some(AddressLine::parse(text).ok()?.to_string()))
}

/// As people read it; pages make a link of its digits, so it has all of them.
pub fn phone<'de, D: Deserializer<'de>>(from: D) -> Result<String, D::Error> {
    let what = "a North American phone number with the 1 in front, such as \"1-415-555-0142\"";
    parsed(from, what, |text| {
        let digits: String = text.chars().filter(char::is_ascii_digit).collect();
        (Phone::parse(text).ok()?.to_string() == format!("+{digits}")).then(|| text.trim().to_owned())
    })
}

pub fn email<'de, D: Deserializer<'de>>(from: D) -> Result<Option<Email>, D::Error> {
    parsed(from, "an e-mail address, such as \"billing@example.org\"", |text| Email::parse(text).ok()).map(Some)
}

pub fn mail<'de, D: Deserializer<'de>>(from: D) -> Result<Vec<String>, D::Error> {
    let lines = Vec::<Words>::deserialize(from)?;
    match lines.len() {
        1..=6 => Ok(lines.into_iter().map(|Words(line)| line).collect()),
        count => Err(D::Error::custom(format!("{count} lines: write the address in 1 to 6"))),
    }
}

pub fn cards<'de, D: Deserializer<'de>>(from: D) -> Result<Vec<CardBrand>, D::Error> {
    let brands = Vec::<CardBrand>::deserialize(from)?;
    let is_good = !brands.is_empty() && brands.iter().all(|brand| CardBrand::ACCEPTED.contains(brand));
    let is_each_once = brands.iter().enumerate().all(|(at, brand)| !brands[..at].contains(brand));
    let why = "write one or more of \"visa\", \"mastercard\", \"amex\", \"discover\", each once";
    if is_good && is_each_once { Ok(brands) } else { Err(D::Error::custom(why)) }
}

/// As card networks take it, and banks for the most part.
pub fn statement_descriptor<'de, D: Deserializer<'de>>(from: D) -> Result<String, D::Error> {
    let what = "5 to 22 characters that a card's statement prints: A to Z in capitals, at least one of them, 0 to 9, \
                spaces inside, & . , - /";
    parsed(from, what, |text| {
        let is_printed = |c: char| c.is_ascii_uppercase() || c.is_ascii_digit() || " &.,-/".contains(c);
        let is_good = (5..=22).contains(&text.len())
            && text.trim() == text
            && text.chars().all(is_printed)
            && text.contains(|c: char| c.is_ascii_uppercase());
        is_good.then(|| text.to_owned())
    })
}

pub fn least<'de, D: Deserializer<'de>>(from: D) -> Result<i64, D::Error> {
    parsed(from, "an amount above zero in dollars, such as \"1.00\"", |text| {
        Some(Amount::parse(text).ok()?.money().cents())
    })
}

pub fn business_days<'de, D: Deserializer<'de>>(from: D) -> Result<u8, D::Error> {
    let days = u8::deserialize(from)?;
    let why = || D::Error::custom(format!("{days} days: a bank debit takes 1 to 10"));
    (1..=10).contains(&days).then_some(days).ok_or_else(why)
}

pub fn cut_off<'de, D: Deserializer<'de>>(from: D) -> Result<u8, D::Error> {
    let hour = u8::deserialize(from)?;
    let why = || D::Error::custom(format!("{hour}: write a whole hour of 1 to 23, or 24 for no cut-off"));
    (1..=24).contains(&hour).then_some(hour).ok_or_else(why)
}

pub fn region<'de, D: Deserializer<'de>>(from: D) -> Result<Region, D::Error> {
    parsed(from, &format!("one of {}", regions(Region::ALL)), |text| Region::parse(text).ok())
}

pub fn identifier<'de, D: Deserializer<'de>>(from: D) -> Result<Identifier, D::Error> {
    let what = format!("one of {}", Identifier::ALL.map(Identifier::key).join(", "));
    parsed(from, &what, |text| Identifier::parse(text).ok())
}

pub fn regions(of: impl IntoIterator<Item = Region>) -> String {
    of.into_iter().map(Region::code).collect::<Vec<_>>().join(", ")
}
