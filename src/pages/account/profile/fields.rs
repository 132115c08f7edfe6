//! The parts of a profile that are changed each by itself, and their fields: strings, until they are a valid change.

use crate::{
    form::Problems,
    i18n::{Words, format},
};
use contract::{
    FieldProblem, Locale, PersonName, Phone, UsAddress, UsState, ZipCode,
    member_profile::{FullName, PersonalDetails, ProfileChange},
    person::AddressLine,
};
use leptos::prelude::*;

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Part {
    Name,
    Address,
    Phone,
    Language,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Field {
    FirstName,
    LastName,
    Line1,
    Line2,
    City,
    State,
    Zip,
    Phone,
}

impl Part {
    pub fn label(self, w: &'static Words) -> &'static str {
        let w = &w.account().register;
        match self {
            Self::Name => w.name,
            Self::Address => w.address,
            Self::Phone => w.phone,
            Self::Language => w.language,
        }
    }

    /// In the order of the form. The language is chosen, not typed.
    pub fn fields(self) -> &'static [Field] {
        match self {
            Self::Name => &[Field::FirstName, Field::LastName],
            Self::Address => &[Field::Line1, Field::Line2, Field::City, Field::State, Field::Zip],
            Self::Phone => &[Field::Phone],
            Self::Language => &[],
        }
    }

    /// Of the control that takes the focus when the form opens.
    pub fn first_id(self) -> &'static str {
        self.fields().first().map_or("profile-english", |field| field.id())
    }

    /// The owner gets an e-mail about it.
    pub fn is_told(self) -> bool {
        self != Self::Language
    }
}

impl Field {
    pub fn id(self) -> &'static str {
        match self {
            Self::FirstName => "first-name",
            Self::LastName => "last-name",
            Self::Line1 => "line1",
            Self::Line2 => "line2",
            Self::City => "city",
            Self::State => "state",
            Self::Zip => "zip",
            Self::Phone => "phone",
        }
    }

    /// By the server's name of it, within its part.
    pub fn of_path(path: &str) -> Option<Self> {
        Some(match path {
            "name.first_name" => Self::FirstName,
            "name.last_name" => Self::LastName,
            "address.line1" => Self::Line1,
            "address.line2" => Self::Line2,
            "address.city" => Self::City,
            "address.state" => Self::State,
            "address.zip" => Self::Zip,
            "phone" => Self::Phone,
            _ => return None,
        })
    }

    pub fn autocomplete(self) -> &'static str {
        match self {
            Self::FirstName => "given-name",
            Self::LastName => "family-name",
            Self::Line1 => "address-line1",
            Self::Line2 => "address-line2",
            Self::City => "address-level2",
            Self::State => "address-level1",
            Self::Zip => "postal-code",
            Self::Phone => "tel",
        }
    }

    pub fn label(self, w: &'static Words) -> &'static str {
        let w = &w.account().register;
        match self {
            Self::FirstName => w.first_name,
            Self::LastName => w.last_name,
            Self::Line1 => w.line1,
            Self::Line2 => w.line2,
            Self::City => w.city,
            Self::State => w.state,
            Self::Zip => w.zip,
            Self::Phone => w.phone,
        }
    }

    pub fn words(w: &'static Words, field: Self, problem: FieldProblem) -> String {
        let (label, words) = (field.label(w), w.fields());
        match field {
            Self::FirstName | Self::LastName => (words.name)(label, problem),
            Self::Phone => (words.phone)(label, problem),
            Self::State => (words.state)(label, problem),
            Self::Zip => (words.zip)(label, problem),
            Self::Line1 | Self::Line2 | Self::City => (w.problem.at)(label, problem),
        }
    }
}

/// What is typed into the form of one part.
#[derive(Clone, Copy)]
pub struct TypedPart {
    part: Part,
    texts: StoredValue<Vec<(Field, RwSignal<String>)>>,
    pub locale: RwSignal<Locale>,
}

impl TypedPart {
    pub fn new(part: Part) -> Self {
        let texts = part.fields().iter().map(|field| (*field, RwSignal::new(String::new()))).collect();
        Self { part, texts: StoredValue::new(texts), locale: RwSignal::new(Locale::En) }
    }

    pub fn texts(self) -> Vec<(Field, RwSignal<String>)> {
        self.texts.get_value()
    }

    pub fn of(self, field: Field) -> RwSignal<String> {
        let text = self.texts.with_value(|texts| texts.iter().find(|(of, _)| *of == field).map(|(_, text)| *text));
        text.unwrap_or_else(|| RwSignal::new(String::new()))
    }

    /// What is saved.
    pub fn fill(self, person: &PersonalDetails) {
        let address = &person.address;
        for (field, text) in self.texts() {
            text.set(match field {
                Field::FirstName => person.first_name.to_string(),
                Field::LastName => person.last_name.as_ref().map(PersonName::to_string).unwrap_or_default(),
                Field::Line1 => address.line1.to_string(),
                Field::Line2 => address.line2.as_ref().map(AddressLine::to_string).unwrap_or_default(),
                Field::City => address.city.to_string(),
                Field::State => address.state.to_string(),
                Field::Zip => address.zip.to_string(),
                Field::Phone => format::phone(&person.phone),
            });
        }
        self.locale.set(person.locale);
    }

    /// Tracks.
    pub fn check(self) -> Result<ProfileChange, Problems<Field>> {
        let mut problems = Problems::default();
        let change = match self.part {
            Part::Name => self.name(&mut problems).map(|name| ProfileChange { name: Some(name), ..Default::default() }),
            Part::Address => {
                let address = self.address(&mut problems);
                address.map(|address| ProfileChange { address: Some(address), ..Default::default() })
            }
            Part::Phone => {
                let phone = problems.check(Field::Phone, Phone::parse(&self.of(Field::Phone).get()));
                phone.map(|phone| ProfileChange { phone: Some(phone), ..Default::default() })
            }
            Part::Language => Some(ProfileChange { locale: Some(self.locale.get()), ..Default::default() }),
        };
        problems.or(change)
    }

    fn name(self, problems: &mut Problems<Field>) -> Option<FullName> {
        let text = |field| self.of(field).get();
        let first_name = problems.check(Field::FirstName, PersonName::parse(&text(Field::FirstName)));
        let last_name = problems.check(Field::LastName, PersonName::parse_if_any(&text(Field::LastName)));
        Some(FullName { first_name: first_name?, last_name: last_name? })
    }

    fn address(self, problems: &mut Problems<Field>) -> Option<UsAddress> {
        let text = |field| self.of(field).get();
        let line1 = problems.check(Field::Line1, AddressLine::parse(&text(Field::Line1)));
        let line2 = match text(Field::Line2) {
            line2 if line2.trim().is_empty() => Some(None),
            line2 => problems.check(Field::Line2, AddressLine::parse(&line2)).map(Some),
        };
        let city = problems.check(Field::City, AddressLine::parse(&text(Field::City)));
        let state = problems.check(Field::State, UsState::parse(&text(Field::State)));
        let zip = problems.check(Field::Zip, ZipCode::parse(&text(Field::Zip)));
        Some(UsAddress { line1: line1?, line2: line2?, city: city?, state: state?, zip: zip? })
    }
}
