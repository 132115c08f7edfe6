//! The fields of a person's own details, for the registration and the profile: names, labels and messages of each, and
//! the strings that are typed as valid values.

use crate::{form::Problems, i18n::Words};
use contract::{
    FieldProblem, NamePart, UsAddress, UsState, ZipCode, member_profile::FullName, password::LEAST, person::AddressLine,
};

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum PersonalField {
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

impl PersonalField {
    /// In the order of a form.
    pub const ALL: [Self; 10] = [
        Self::FirstName,
        Self::LastName,
        Self::Line1,
        Self::Line2,
        Self::City,
        Self::State,
        Self::Zip,
        Self::Email,
        Self::Phone,
        Self::Password,
    ];

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

    /// By the server's name of it, in a new account or within a part of the profile.
    pub fn of_path(path: &str) -> Option<Self> {
        Some(match path.strip_prefix("name.").unwrap_or(path) {
            "first_name" => Self::FirstName,
            "last_name" => Self::LastName,
            "address.line1" => Self::Line1,
            "address.line2" => Self::Line2,
            "address.city" => Self::City,
            "address.state" => Self::State,
            "address.zip" => Self::Zip,
            "email" => Self::Email,
            "phone" => Self::Phone,
            "password" => Self::Password,
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
            Self::Email => "email",
            Self::Phone => "tel",
            Self::Password => "new-password",
        }
    }

    /// The keyboard of a phone, and the width of the control.
    pub fn keyboard(self) -> (&'static str, &'static str) {
        match self {
            Self::Email => ("email", ""),
            Self::Phone => ("tel", "pay-input--14"),
            Self::Zip => ("numeric", "pay-input--8"),
            _ => ("text", ""),
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
            Self::FirstName | Self::LastName if problem == FieldProblem::TooLong => {
                (w.problem.at_most)(label, NamePart::MOST)
            }
            Self::FirstName | Self::LastName => (words.name)(label, problem),
            Self::Email => (words.email)(label, problem),
            Self::Phone => (words.phone)(label, problem),
            Self::State => (words.state)(label, problem),
            Self::Zip => (words.zip)(label, problem),
            Self::Password => (words.new_password)(label, problem, LEAST as u16),
            Self::Line1 | Self::Line2 | Self::City => w.problem.within(label, problem, AddressLine::MOST),
        }
    }
}

pub fn checked_name(
    problems: &mut Problems<PersonalField>,
    text: impl Fn(PersonalField) -> String,
) -> Option<FullName> {
    use PersonalField as Field;
    let first_name = problems.check(Field::FirstName, NamePart::parse(&text(Field::FirstName)));
    let last_name = problems.check(Field::LastName, NamePart::parse_if_any(&text(Field::LastName)));
    Some(FullName { first_name: first_name?, last_name: last_name? })
}

pub fn checked_address(
    problems: &mut Problems<PersonalField>,
    text: impl Fn(PersonalField) -> String,
) -> Option<UsAddress> {
    use PersonalField as Field;
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
