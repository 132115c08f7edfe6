//! The deployment's profile: `profile.toml`, one plan's data, written by its operator. Each value is validated by its
//! contract type; an invalid one is reported with its line, its key and what would be valid. Knows nothing of what the
//! data is used for.

mod security_txt;
mod values;

pub use security_txt::SecurityTxt;

use contract::{
    CardBrand, Email, Identifier, Locale, Region,
    portal::{Brand, Capture, Contacts, IdentifierField, Limits, Portal, RegionProfile},
};
use serde::Deserialize;
use std::{fmt, fs, ops::Range, path::Path};
use toml::Spanned;
use values::Words;

/// The demo's, which is also the example that operators copy.
const DEMO_FILE: &str = "crates/server/profile.toml";
/// Of a surcharge on credit cards, in hundredths of a percent: what card networks allow, and what Colorado does (C.R.S.
/// 5-2-212).
const SURCHARGE_AT_MOST: u16 = 400;
const SURCHARGE_AT_MOST_IN_COLORADO: u16 = 200;
/// What `Spanned` adds to the path of a key.
const SPANNED: &str = ".$__serde_spanned_private_value";
/// No identifier is longer than this in characters (`contract::Identifier::normalise`).
const LONGEST_IDENTIFIER: u8 = 32;

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Profile {
    brand: Brand,
    contacts: Contacts,
    cards: Vec<CardBrand>,
    statement_descriptor: String,
    limits: Limits,
    regions: Vec<RegionProfile>,
    security_txt: Option<SecurityTxt>,
    questions_to: Option<Email>,
}

impl Profile {
    /// From the repository that this was built in: a server has no plan's facts built in, not even the demo's.
    pub fn demo() -> Result<Self, String> {
        Self::read(Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/profile.toml")))
    }

    /// The error is a sentence for the operator.
    pub fn read(file: &Path) -> Result<Self, String> {
        let name = file.display();
        let text = fs::read_to_string(file)
            .map_err(|error| format!("--profile {name}: {error}. Name a file like {DEMO_FILE}"))?;
        Self::parse(&text).map_err(|mistake| format!("--profile {name}, {mistake}. A complete one is {DEMO_FILE}"))
    }

    pub fn parse(text: &str) -> Result<Self, ProfileError> {
        let file = toml::Deserializer::parse(text).map_err(|error| ProfileError::of_syntax(text, &error))?;
        let file: File =
            serde_path_to_error::deserialize(file).map_err(|error| ProfileError::of_value(text, &error))?;
        file.checked().map_err(|(at, key, why)| ProfileError { line: line(text, Some(at)), key, why })
    }

    pub fn regions(&self) -> &[RegionProfile] {
        &self.regions
    }

    pub fn security_txt(&self) -> Option<&SecurityTxt> {
        self.security_txt.as_ref()
    }

    pub fn questions_to(&self) -> Option<&Email> {
        self.questions_to.as_ref()
    }

    /// What `GET /portal` says.
    pub fn portal(self, capture: Capture, demo: bool) -> Portal {
        let Self { brand, contacts, cards, statement_descriptor, limits, regions, .. } = self;
        let locales = Locale::ALL.to_vec();
        Portal { brand, regions, contacts, cards, locales, limits, capture, statement_descriptor, demo }
    }
}

/// What is wrong in the file, and where.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ProfileError {
    line: usize,
    /// From the top of the file; of what is no TOML, the line itself.
    key: String,
    why: String,
}

impl ProfileError {
    fn of_syntax(text: &str, error: &toml::de::Error) -> Self {
        let line = line(text, error.span());
        let key = text.lines().nth(line - 1).unwrap_or_default().trim().to_owned();
        Self { line, key, why: error.message().to_owned() }
    }

    fn of_value(text: &str, error: &serde_path_to_error::Error<toml::de::Error>) -> Self {
        let (key, error) = (error.path().to_string().replace(SPANNED, ""), error.inner());
        Self { line: line(text, error.span()), key, why: error.message().to_owned() }
    }
}

impl fmt::Display for ProfileError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "line {}, {}: {}", self.line, self.key, self.why)
    }
}

fn line(text: &str, at: Option<Range<usize>>) -> usize {
    let before = text.get(..at.map_or(0, |at| at.start)).unwrap_or_default();
    1 + before.matches('\n').count()
}

/// The file as it is written. What concerns one value alone is checked while it is read, the rest by `checked`.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    brand: BrandTable,
    contacts: ContactsTable,
    payment: PaymentTable,
    regions: Spanned<Vec<Spanned<RegionTable>>>,
    security_txt: Option<SecurityTxt>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct BrandTable {
    name: Words,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ContactsTable {
    #[serde(deserialize_with = "values::phone")]
    billing_phone: String,
    #[serde(deserialize_with = "values::phone")]
    individual_plans_phone: String,
    #[serde(deserialize_with = "values::phone")]
    fax: String,
    payee: Words,
    #[serde(deserialize_with = "values::mail")]
    mail: Vec<String>,
    opens: u8,
    closes: Spanned<u8>,
    /// Nobody is asked by e-mail where the profile says nothing of it.
    #[serde(default, deserialize_with = "values::email")]
    questions: Option<Email>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct PaymentTable {
    #[serde(deserialize_with = "values::cards")]
    cards: Vec<CardBrand>,
    #[serde(deserialize_with = "values::statement_descriptor")]
    statement_descriptor: String,
    #[serde(deserialize_with = "values::least")]
    least: i64,
    just_paid_minutes: u16,
    #[serde(deserialize_with = "values::business_days")]
    bank_debit_business_days: u8,
    #[serde(deserialize_with = "values::cut_off")]
    bank_debit_cut_off: u8,
    /// What can be added to a balance at once. Nothing can where the profile says nothing of it: every server of the
    /// deployment must know deposits first.
    deposit: Option<DepositTable>,
    /// Whether a member can pay bills from the balance: every server of the deployment must know such payments first.
    #[serde(default)]
    from_balance: bool,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct DepositTable {
    #[serde(deserialize_with = "values::least")]
    least: i64,
    #[serde(deserialize_with = "values::least")]
    most: i64,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RegionTable {
    #[serde(deserialize_with = "values::region")]
    region: Region,
    card_surcharge_basis_points: Spanned<u16>,
    identifiers: Spanned<Vec<Spanned<IdentifierTable>>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct IdentifierTable {
    #[serde(deserialize_with = "values::identifier")]
    identifier: Identifier,
    digits_only: bool,
    min: u8,
    max: u8,
    sample: String,
}

/// Where, which key, and why.
type Invalid = (Range<usize>, String, String);

impl File {
    fn checked(self) -> Result<Profile, Invalid> {
        let File { brand: BrandTable { name: Words(name) }, contacts, payment, regions, security_txt } = self;
        let questions_to = contacts.questions.clone();
        Ok(Profile {
            questions_to,
            brand: Brand { name },
            contacts: contacts.checked()?,
            cards: payment.cards,
            statement_descriptor: payment.statement_descriptor,
            limits: Limits {
                min_payment_cents: payment.least,
                just_paid_minutes: payment.just_paid_minutes,
                bank_debit_business_days: payment.bank_debit_business_days,
                bank_debit_cut_off: payment.bank_debit_cut_off,
                min_deposit_cents: payment.deposit.as_ref().map_or(0, |deposit| deposit.least),
                max_deposit_cents: payment.deposit.as_ref().map_or(0, |deposit| deposit.most),
                pay_from_balance: payment.from_balance,
            },
            regions: checked_regions(regions)?,
            security_txt,
        })
    }
}

impl ContactsTable {
    fn checked(self) -> Result<Contacts, Invalid> {
        let Self { billing_phone, individual_plans_phone, fax, payee: Words(payee), mail, opens, closes, .. } = self;
        let (at, closes) = (closes.span(), closes.into_inner());
        if closes > 23 || opens >= closes {
            let why = format!("{closes} with opens = {opens}: write whole hours of 0 to 23, closing after opening");
            return Err((at, "contacts.closes".to_owned(), why));
        }
        Ok(Contacts { billing_phone, individual_plans_phone, fax, payee, mail, opens, closes })
    }
}

fn checked_regions(tables: Spanned<Vec<Spanned<RegionTable>>>) -> Result<Vec<RegionProfile>, Invalid> {
    let whole = tables.span();
    let mut found: Vec<RegionProfile> = Vec::new();
    for (at, table) in tables.into_inner().into_iter().enumerate() {
        let (span, key) = (table.span(), format!("regions[{at}]"));
        let profile = table.into_inner().checked(&key)?;
        if found.iter().any(|other| other.region == profile.region) {
            let why = format!("{} is there already: write one [[regions]] for each", profile.region);
            return Err((span, format!("{key}.region"), why));
        }
        found.push(profile);
    }
    let missing: Vec<_> =
        Region::ALL.into_iter().filter(|region| found.iter().all(|there| there.region != *region)).collect();
    if missing.is_empty() {
        return Ok(found);
    }
    Err((whole, "regions".to_owned(), format!("no {}: write a [[regions]] for each", values::regions(missing))))
}

impl RegionTable {
    fn checked(self, key: &str) -> Result<RegionProfile, Invalid> {
        let Self { region, card_surcharge_basis_points: points, identifiers } = self;
        let most = if region == Region::Colorado { SURCHARGE_AT_MOST_IN_COLORADO } else { SURCHARGE_AT_MOST };
        if *points.get_ref() > most {
            let why = format!("{} in {region}: write 0 to {most}, hundredths of a percent", points.get_ref());
            return Err((points.span(), format!("{key}.card_surcharge_basis_points"), why));
        }
        let (span, key) = (identifiers.span(), format!("{key}.identifiers"));
        let mut schema: Vec<IdentifierField> = Vec::new();
        for (at, table) in identifiers.into_inner().into_iter().enumerate() {
            let (span, key) = (table.span(), format!("{key}[{at}]"));
            let field =
                table.into_inner().checked().map_err(|(name, why)| (span.clone(), format!("{key}.{name}"), why))?;
            if schema.iter().any(|other| other.identifier == field.identifier) {
                let why = format!("{} is there already: ask for each once", field.identifier);
                return Err((span, format!("{key}.identifier"), why));
            }
            schema.push(field);
        }
        if schema.is_empty() {
            return Err((span, key, "none: write what finds a bill".to_owned()));
        }
        Ok(RegionProfile {
            region,
            time_zone: region.time_zone().to_owned(),
            schema,
            card_surcharge_basis_points: points.into_inner(),
        })
    }
}

impl IdentifierTable {
    fn checked(self) -> Result<IdentifierField, (&'static str, String)> {
        let Self { identifier, digits_only, min, max, sample } = self;
        if min == 0 || min > max || max > LONGEST_IDENTIFIER {
            let why = format!("{max} with min = {min}: write lengths of 1 to {LONGEST_IDENTIFIER}, the longest last");
            return Err(("max", why));
        }
        let field = IdentifierField { identifier, digits_only, min, max, sample };
        let read = field.normalise(&field.sample);
        if read.as_ref() == Ok(&field.sample) {
            return Ok(field);
        }
        let why = match read {
            Ok(read) => format!("{:?} is kept as {read:?}: write that", field.sample),
            Err(_) => format!("{:?} is not of this form: write one that is, or change the form", field.sample),
        };
        Err(("sample", why))
    }
}
