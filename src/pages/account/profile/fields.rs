//! The parts of a profile that are changed each by itself: the strings of their fields, until they are a valid change.

use crate::{
    billing::{PersonalField as Field, checked_address, checked_name},
    form::Problems,
    i18n::{Words, format},
};
use contract::{
    Locale, PersonName, Phone,
    member_profile::{PersonalDetails, ProfileChange},
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
                // no part of the profile's forms
                Field::Email | Field::Password => String::new(),
            });
        }
        self.locale.set(person.locale);
    }

    /// Tracks.
    pub fn check(self) -> Result<ProfileChange, Problems<Field>> {
        let mut problems = Problems::default();
        let text = |field| self.of(field).get();
        let change = match self.part {
            Part::Name => {
                checked_name(&mut problems, text).map(|name| ProfileChange { name: Some(name), ..Default::default() })
            }
            Part::Address => {
                let address = checked_address(&mut problems, text);
                address.map(|address| ProfileChange { address: Some(address), ..Default::default() })
            }
            Part::Phone => {
                let phone = problems.check(Field::Phone, Phone::parse(&text(Field::Phone)));
                phone.map(|phone| ProfileChange { phone: Some(phone), ..Default::default() })
            }
            Part::Language => Some(ProfileChange { locale: Some(self.locale.get()), ..Default::default() }),
        };
        problems.or(change)
    }
}
