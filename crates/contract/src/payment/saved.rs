//! Payment methods that a member keeps: a card or a bank account by what may be known of it, with a name of the
//! member's own. The processor keeps the numbers.

use super::{Method, Verification};
use crate::{
    Date, Expiry, FieldProblem, Instant, consent::ShownConsent, field_problem::plain_text, typed, value::text_value,
};
use serde::{Deserialize, Serialize};
use std::fmt;

/// Saved methods of one account at most.
pub const MOST_SAVED: usize = 20;

/// The member's own name for a method; empty is none. It holds no card data: at most four digits.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Nickname(String);

impl Nickname {
    pub const MOST: usize = 40;

    pub fn parse(text: &str) -> Result<Self, FieldProblem> {
        let text = typed::written(text);
        plain_text(&text)?;
        if typed::plain(&text).chars().filter(char::is_ascii_digit).count() > 4 {
            return Err(FieldProblem::LooksLikeCard);
        }
        if text.chars().count() > Self::MOST { Err(FieldProblem::TooLong) } else { Ok(Self(text)) }
    }

    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl fmt::Display for Nickname {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}
text_value!(Nickname: r"^([^\x00-\x209 \x7F-\xA0]([^\x00-\x1F0-9\x7F-\x9F]{0,38}[^\x00-\x200-9\x7F-\xA0])?)?$");

/// Answer to `GET /payment-methods`, and to whatever changes them: bank accounts, then cards, by name.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct SavedMethods {
    /// Today in the region.
    pub today: Date,
    pub methods: Vec<SavedMethod>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct SavedMethod {
    pub id: String,
    pub method: Method,
    pub nickname: Nickname,
    /// Offered first when the member pays.
    pub is_default: bool,
    pub created_at: Instant,
    /// Money on its way with it: while there is any, it can't be removed.
    pub uses: Vec<MethodUse>,
    /// Of a bank account; a card needs none.
    #[serde(default)]
    pub verification: Option<Verification>,
}

/// What a saved method is in use for. What is added here is said of it on its page, and holds it (the server's
/// `store/saved_methods.rs`).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum MethodUse {
    /// A payment that is on its way.
    Payment { id: String },
    /// Credit that goes back to it, of this deposit.
    Refund { id: String },
    /// Of a later version.
    #[serde(other)]
    Unknown,
}

/// `POST /payment-methods/saved`: keeps what was typed in the capture frame.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct NewSavedMethod {
    pub token: String,
    #[serde(default)]
    pub nickname: Nickname,
    /// The first one is the default, whatever is said.
    #[serde(default)]
    pub is_default: bool,
    /// `consent::saved_method`, as it was shown. Without it nothing is kept.
    #[serde(default)]
    pub consent: Option<ShownConsent>,
}

/// `PUT /payment-methods/{id}`: what was typed in the capture frame takes the place of what is there.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct MethodReplacement {
    pub token: String,
    /// As in `NewSavedMethod`.
    #[serde(default)]
    pub consent: Option<ShownConsent>,
}

/// `PATCH /payment-methods/{id}`: what is absent stays.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct SavedMethodChange {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub nickname: Option<Nickname>,
    /// False leaves the account without a default, if this is it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub is_default: Option<bool>,
}

/// What is to be said of a card's expiry.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ExpiryNotice {
    Expired,
    ThisMonth,
    NextMonth,
}

impl ExpiryNotice {
    /// The month in which a card expires that is first warned about on that day, on pages and by e-mail.
    pub fn first_warned_of(today: Date) -> Expiry {
        Expiry::in_month_of(today.plus_months_keeping(1, 1))
    }
}

impl SavedMethod {
    /// Nothing for a bank account, and while a card is good for longer than the month after this one.
    pub fn expiry_notice(&self, today: Date) -> Option<ExpiryNotice> {
        let Method::Card { expiry, .. } = &self.method else { return None };
        match *expiry {
            expiry if expiry.is_past(today) => Some(ExpiryNotice::Expired),
            expiry if expiry == Expiry::in_month_of(today) => Some(ExpiryNotice::ThisMonth),
            expiry if expiry == ExpiryNotice::first_warned_of(today) => Some(ExpiryNotice::NextMonth),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{CardBrand, payment::CardFunding};

    #[test]
    fn a_nickname_holds_no_card_data() {
        for name in ["", "Household", " Tarjeta de Ana ", "Visa 4242", "Señora’s card", &"n".repeat(40)] {
            assert_eq!(Nickname::parse(name).map(|name| name.to_string()), Ok(name.trim().to_owned()));
        }
        for name in ["4242 4242 4242 4242", "mine 42425", "000123456789", "021000021", "12/29 123", "４２４２４"] {
            assert_eq!(Nickname::parse(name), Err(FieldProblem::LooksLikeCard), "{name}");
        }
        assert_eq!(Nickname::parse(&"n".repeat(41)), Err(FieldProblem::TooLong));
        assert_eq!(Nickname::parse("a\u{202e}b"), Err(FieldProblem::NotAllowed));
    }

    #[test]
    fn a_card_is_warned_about_from_the_month_before_its_last() {
        let of = |expiry: &str, today: &str| {
            let expiry = Expiry::parse(expiry).unwrap();
            let (brand, funding) = (CardBrand::Visa, CardFunding::Credit);
            let method = Method::Card { brand, last4: "4242".into(), expiry, funding };
            let (id, nickname, created_at) = (String::new(), Nickname::default(), Instant::from_millis(0));
            let saved = SavedMethod {
                id,
                method,
                nickname,
                is_default: false,
                created_at,
                uses: Vec::new(),
                verification: None,
            };
            saved.expiry_notice(Date::parse(today).unwrap())
        };
        for (expiry, today, notice) in [
            ("11/26", "2026-12-01", Some(ExpiryNotice::Expired)),
            ("11/26", "2026-11-30", Some(ExpiryNotice::ThisMonth)),
            ("11/26", "2026-11-01", Some(ExpiryNotice::ThisMonth)),
            ("12/26", "2026-11-30", Some(ExpiryNotice::NextMonth)),
            ("01/27", "2026-12-31", Some(ExpiryNotice::NextMonth)),
            ("02/27", "2027-01-31", Some(ExpiryNotice::NextMonth)),
            ("03/27", "2027-01-31", None),
            ("01/27", "2026-11-30", None),
        ] {
            assert_eq!(of(expiry, today), notice, "{expiry} on {today}");
        }
    }
}
