//! `GET /portal`: the public configuration of a deployment. It has everything that differs between plans, and nothing
//! about a member. The values are in the server's `profile.toml`; none is in this crate.

use crate::{CardBrand, Identifier, Locale, Region};
use serde::{Deserialize, Serialize};

/// The deployment's profile, and where its processor's capture frame is served.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Portal {
    pub brand: Brand,
    pub regions: Vec<RegionProfile>,
    pub contacts: Contacts,
    pub cards: Vec<CardBrand>,
    pub locales: Vec<Locale>,
    pub limits: Limits,
    pub capture: Capture,
    /// What a payment is called on the statement of a card or bank account. A server of the version before does not say
    /// it.
    #[serde(default)]
    pub statement_descriptor: String,
    /// True only where the server runs with `--demo`.
    pub demo: bool,
}

/// What of it stands in the page that the server sends, as JSON: known before the first answer, and without any.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct PageFacts {
    pub brand: Brand,
    pub contacts: Contacts,
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Brand {
    /// The wordmark, as text.
    pub name: String,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct RegionProfile {
    pub region: Region,
    /// IANA name; "today" and office hours are the region's.
    pub time_zone: String,
    /// What identifies a bill here, in the order a member meets it.
    pub schema: Vec<IdentifierField>,
    /// Card surcharge in hundredths of a percent; 0 where there is none. At most 200 in Colorado.
    pub card_surcharge_basis_points: u16,
}

/// One identifier as this region prints it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct IdentifierField {
    pub identifier: Identifier,
    /// Digits only; otherwise letters and digits.
    pub digits_only: bool,
    /// Shortest and longest length in characters, as printed.
    pub min: u8,
    pub max: u8,
    /// Shown on the drawn statement until the member has typed something.
    pub sample: String,
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Contacts {
    /// Pay by phone, and questions about a bill.
    pub billing_phone: String,
    pub individual_plans_phone: String,
    pub fax: String,
    /// Whom a check is made payable to. A server of the version before does not say it.
    #[serde(default)]
    pub payee: String,
    /// Lines of the postal address, without a name.
    pub mail: Vec<String>,
    /// Weekdays, whole hours of the region's clock: from, until.
    pub opens: u8,
    pub closes: u8,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Limits {
    /// A part of a bill must be at least this many cents (unless the bill is smaller).
    pub min_payment_cents: i64,
    /// A bill counts as just paid for this many minutes: a second payment asks first.
    pub just_paid_minutes: u16,
    /// Business days a bank debit usually takes.
    pub bank_debit_business_days: u8,
    /// The hour of the region's clock from which a bank debit goes to the bank on the next business day; 24 for no
    /// such hour.
    #[serde(default = "no_cut_off")]
    pub bank_debit_cut_off: u8,
    /// What can be added to an account's balance at once, in cents: at least, and at most. Where nothing can be added
    /// the most is 0.
    #[serde(default)]
    pub min_deposit_cents: i64,
    #[serde(default)]
    pub max_deposit_cents: i64,
    /// A member can pay bills from the balance of the account.
    #[serde(default)]
    pub pay_from_balance: bool,
}

fn no_cut_off() -> u8 {
    24
}

/// The processor's frame. The app embeds `url` and listens to messages from `origin` only.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Capture {
    pub url: String,
    pub origin: String,
}

impl Portal {
    pub fn region(&self, region: Region) -> Option<&RegionProfile> {
        self.regions.iter().find(|profile| profile.region == region)
    }
}
