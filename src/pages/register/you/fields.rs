//! The fields of the personal details: strings, until they are valid as a new account, or as the draft that is stored
//! with the session.

use crate::{form::Problems, i18n::Words};
use contract::{
    Email, FieldProblem, Locale, Password, PersonName, Phone, UsAddress, UsState, ZipCode,
    account::{NewAccount, RegistrationDraft, TERMS_VERSION},
    field_problem::plain_text,
    password::LEAST,
    person::AddressLine,
};
use leptos::prelude::*;

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Field {
    FirstName,
    LastName,
    Line1,
    Line2,
    City,
    State,
    Zip,
    Email,
    Phone,
    Password,
}

pub const FIELDS: [Field; 10] = [
    Field::FirstName,
    Field::LastName,
    Field::Line1,
    Field::Line2,
    Field::City,
    Field::State,
    Field::Zip,
    Field::Email,
    Field::Phone,
    Field::Password,
];

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
            Self::Email => "email",
            Self::Phone => "phone",
            Self::Password => "new-password",
        }
    }
    /// The server's name of it.
    pub fn path(self) -> &'static str {
        match self {
            Self::FirstName => "first_name",
            Self::LastName => "last_name",
            Self::Line1 => "address.line1",
            Self::Line2 => "address.line2",
            Self::City => "address.city",
            Self::State => "address.state",
            Self::Zip => "address.zip",
            Self::Email => "email",
            Self::Phone => "phone",
            Self::Password => "password",
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
            Self::Email => w.email,
            Self::Phone => w.phone,
            Self::Password => w.password,
        }
    }
    pub fn words(w: &'static Words, field: Self, problem: FieldProblem) -> String {
        let (label, words) = (field.label(w), w.fields());
        match field {
            Self::FirstName | Self::LastName => (words.name)(label, problem),
            Self::Email => (words.email)(label, problem),
            Self::Phone => (words.phone)(label, problem),
            Self::State => (words.state)(label, problem),
            Self::Zip => (words.zip)(label, problem),
            Self::Password => (words.new_password)(label, problem, LEAST as u16),
            Self::Line1 | Self::Line2 | Self::City => (w.problem.at)(label, problem),
        }
    }
}

/// What is typed, a text a field.
#[derive(Clone, Copy)]
pub struct TypedFields([RwSignal<String>; FIELDS.len()]);

impl TypedFields {
    pub fn new() -> Self {
        Self(FIELDS.map(|_| RwSignal::new(String::new())))
    }

    pub fn of(&self, field: Field) -> RwSignal<String> {
        let at = FIELDS.iter().position(|of| *of == field).unwrap_or_default();
        self.0[at]
    }

    /// Tracks.
    pub fn check(&self, locale: Locale) -> Result<NewAccount, Problems<Field>> {
        let mut problems = Problems::default();
        let text = |field| self.of(field).get();
        let first_name = problems.check(Field::FirstName, PersonName::parse(&text(Field::FirstName)));
        let last_name = problems.check(Field::LastName, PersonName::parse_if_any(&text(Field::LastName)));
        let line1 = problems.check(Field::Line1, AddressLine::parse(&text(Field::Line1)));
        let line2 = match text(Field::Line2) {
            line2 if line2.trim().is_empty() => Some(None),
            line2 => problems.check(Field::Line2, AddressLine::parse(&line2)).map(Some),
        };
        let city = problems.check(Field::City, AddressLine::parse(&text(Field::City)));
        let state = problems.check(Field::State, UsState::parse(&text(Field::State)));
        let zip = problems.check(Field::Zip, ZipCode::parse(&text(Field::Zip)));
        let email = text(Field::Email);
        let email = problems.check(Field::Email, plain_text(&email).and_then(|()| Email::parse(&email)));
        let phone = problems.check(Field::Phone, Phone::parse(&text(Field::Phone)));
        let password = Password::parse(&text(Field::Password));
        let password = password.and_then(|password| password.has_least(LEAST).map(|()| password));
        let password = problems.check(Field::Password, password);
        let account = || {
            Some(NewAccount {
                terms_version: TERMS_VERSION,
                first_name: first_name?,
                last_name: last_name?,
                address: UsAddress { line1: line1?, line2: line2?, city: city?, state: state?, zip: zip? },
                email: email?,
                phone: phone?,
                locale,
                password: password?,
            })
        };
        problems.or(account())
    }

    /// All but the password, which is nowhere but in its field, and but texts that may not leave the page, such as a
    /// card number. Tracks.
    pub fn draft(self, locale: RwSignal<Locale>) -> RegistrationDraft {
        let text = |field| Some(self.of(field).get()).filter(|text| plain_text(text).is_ok()).unwrap_or_default();
        RegistrationDraft {
            terms_version: None,
            first_name: text(Field::FirstName),
            last_name: text(Field::LastName),
            line1: text(Field::Line1),
            line2: text(Field::Line2),
            city: text(Field::City),
            state: text(Field::State),
            email: text(Field::Email),
            phone: text(Field::Phone),
            locale: Some(locale.get()),
        }
    }

    /// What was typed before, where nothing is typed now.
    pub fn restore(&self, draft: &RegistrationDraft) {
        for (field, text) in [
            (Field::FirstName, &draft.first_name),
            (Field::LastName, &draft.last_name),
            (Field::Line1, &draft.line1),
            (Field::Line2, &draft.line2),
            (Field::City, &draft.city),
            (Field::State, &draft.state),
            (Field::Email, &draft.email),
            (Field::Phone, &draft.phone),
        ] {
            if self.of(field).with_untracked(String::is_empty) {
                self.of(field).set(text.clone());
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_card_number_typed_into_any_field_stays_out_of_what_is_kept() {
        Owner::new().with(|| {
            let typed = TypedFields::new();
            FIELDS.into_iter().for_each(|field| typed.of(field).set("4242 4242 4242 4242".to_owned()));
            typed.of(Field::City).set("San Diego".to_owned());
            let kept = typed.draft(RwSignal::new(Locale::En));
            let only_the_city = RegistrationDraft {
                city: "San Diego".to_owned(),
                locale: Some(Locale::En),
                ..RegistrationDraft::default()
            };
            assert_eq!(kept, only_the_city);
        });
    }
}
