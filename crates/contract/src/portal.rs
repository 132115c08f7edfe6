//! `GET /portal`: what a deployment is. Everything a plan may want to say differently is here, and nothing about a member.

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
    /// True only where the server runs with `--demo`.
    pub demo: bool,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
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

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Contacts {
    /// Pay by phone, and questions about a bill.
    pub billing_phone: String,
    pub individual_plans_phone: String,
    pub fax: String,
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

/// The identifiers most regions print, with their lengths there: group, subgroup, billgroup.
fn five(group: (u8, &str), subgroup: (u8, &str), billgroup: (u8, &str), zip: &str) -> Vec<IdentifierField> {
    let exactly = |identifier, digits_only, (length, sample): (u8, &str)| IdentifierField {
        identifier,
        digits_only,
        min: length,
        max: length,
        sample: sample.to_owned(),
    };
    vec![
        exactly(Identifier::Group, true, group),
        exactly(Identifier::Subgroup, true, subgroup),
        exactly(Identifier::Billgroup, false, billgroup),
        zip_field(zip),
        IdentifierField {
            identifier: Identifier::Hrn,
            digits_only: true,
            min: 1,
            max: 9,
            sample: "012345678".to_owned(),
        },
    ]
}

fn zip_field(sample: &str) -> IdentifierField {
    IdentifierField { identifier: Identifier::Zip, digits_only: true, min: 5, max: 10, sample: sample.to_owned() }
}

impl Portal {
    /// The profile this product ships with; a deployment edits its own copy.
    pub fn shipped(capture: Capture, demo: bool) -> Self {
        let schema = |region| match region {
            Region::California => five((6, "100245"), (3, "003"), (3, "0A1"), "94612-3610"),
            Region::Colorado => five((6, "200310"), (3, "012"), (3, "0C4"), "80205-1234"),
            Region::Georgia => five((5, "30417"), (4, "0021"), (2, "G7"), "30303-2120"),
            Region::Hawaii => five((5, "40980"), (2, "05"), (3, "0H2"), "96813-4400"),
            Region::Oregon => five((6, "500777"), (3, "009"), (3, "0B8"), "97201-5110"),
            Region::Washington => vec![
                IdentifierField {
                    identifier: Identifier::BillingUnit,
                    digits_only: false,
                    min: 8,
                    max: 12,
                    sample: "WA00418220".to_owned(),
                },
                zip_field("98101-2330"),
            ],
        };
        let regions = Region::ALL.into_iter().map(|region| RegionProfile {
            region,
            time_zone: region.time_zone().to_owned(),
            schema: schema(region),
            card_surcharge_basis_points: if region == Region::Colorado { 150 } else { 0 },
        });
        Self {
            brand: Brand { name: "kppay".to_owned() },
            regions: regions.collect(),
            contacts: Contacts {
                billing_phone: "1-800-390-3507".to_owned(),
                individual_plans_phone: "1-866-278-9502".to_owned(),
                fax: "1-800-731-4661".to_owned(),
                mail: ["Ordway Building", "One Kaiser Plaza", "Oakland, CA 94612"].map(str::to_owned).to_vec(),
                opens: 7,
                closes: 17,
            },
            cards: CardBrand::ACCEPTED.to_vec(),
            locales: Locale::ALL.to_vec(),
            limits: Limits { min_payment_cents: 100, just_paid_minutes: 10, bank_debit_business_days: 3 },
            capture,
            demo,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shipped() -> Portal {
        Portal::shipped(
            Capture { url: "https://pay.example/capture".into(), origin: "https://pay.example".into() },
            false,
        )
    }

    #[test]
    fn every_sample_on_a_drawn_statement_fits_its_own_field() {
        for profile in shipped().regions {
            for field in &profile.schema {
                let read = field.identifier.normalise(&field.sample, field);
                assert_eq!(read.as_ref(), Ok(&field.sample), "{:?} {:?}", profile.region, field.identifier);
            }
        }
    }

    #[test]
    fn washington_asks_for_a_billing_unit_and_the_others_for_five_numbers() {
        use Identifier::{Billgroup, BillingUnit, Group, Hrn, Subgroup, Zip};
        let portal = shipped();
        for region in Region::ALL {
            let asked: Vec<_> = portal.region(region).unwrap().schema.iter().map(|field| field.identifier).collect();
            let five = vec![Group, Subgroup, Billgroup, Zip, Hrn];
            assert_eq!(asked, if region == Region::Washington { vec![BillingUnit, Zip] } else { five });
        }
    }

    #[test]
    fn only_colorado_has_a_card_surcharge_and_it_is_at_most_two_percent() {
        for profile in shipped().regions {
            let points = profile.card_surcharge_basis_points;
            assert!(points <= 200);
            assert_eq!(points > 0, profile.region == Region::Colorado);
        }
    }

    #[test]
    fn the_contacts_are_the_plan_s_own() {
        let contacts = shipped().contacts;
        assert_eq!(contacts.billing_phone, "1-800-390-3507");
        assert_eq!(contacts.individual_plans_phone, "1-866-278-9502");
        assert_eq!(contacts.fax, "1-800-731-4661");
        assert_eq!((contacts.opens, contacts.closes), (7, 17));
        for number in [contacts.billing_phone, contacts.individual_plans_phone, contacts.fax] {
            assert!(crate::Phone::parse(&number).is_ok(), "{number}");
        }
    }

    #[test]
    fn a_profile_survives_being_written_and_read() {
        let portal = shipped();
        let text = serde_json::to_string(&portal).unwrap();
        assert_eq!(serde_json::from_str::<Portal>(&text).unwrap(), portal);
    }
}
