//! The `security.txt` file (RFC 9116): where somebody who found a weakness writes to, if the profile says so.

use super::values::parsed;
use contract::Date;
use serde::{Deserialize, Deserializer};

/// Its table in the profile. It may be left out.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SecurityTxt {
    #[serde(deserialize_with = "contact")]
    contact: String,
    #[serde(deserialize_with = "day")]
    expires: Date,
}

impl SecurityTxt {
    /// The text of the file. It is good until that day begins in UTC.
    pub fn text(&self) -> String {
        let Self { contact, expires } = self;
        format!("Contact: {contact}\nExpires: {expires}T00:00:00Z\nPreferred-Languages: en, es\n")
    }

    /// From that day on nobody need trust it.
    pub fn is_expired(&self, today: Date) -> bool {
        today >= self.expires
    }
}

fn contact<'de, D: Deserializer<'de>>(from: D) -> Result<String, D::Error> {
    let what = "an address to write to, such as \"mailto:security@example.org\" or \"https://example.org/security\"";
    parsed(from, what, |text| {
        let rest = ["mailto:", "https://", "tel:"].into_iter().find_map(|scheme| text.strip_prefix(scheme))?;
        let is_one_word = !rest.is_empty() && rest.bytes().all(|byte| byte.is_ascii_graphic());
        is_one_word.then(|| text.to_owned())
    })
}

fn day<'de, D: Deserializer<'de>>(from: D) -> Result<Date, D::Error> {
    parsed(from, "a day, such as \"2027-12-31\"", |text| Date::parse(text).ok())
}
