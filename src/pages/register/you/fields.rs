//! The fields of the personal details: strings, until they are valid as a new account, or as the draft that is stored
//! with the session.

use crate::{
    billing::{PersonalField as Field, checked_address, checked_name},
    form::Problems,
};
use contract::{
    Email, Locale, Password, Phone,
    account::{NewAccount, RegistrationDraft, TERMS_VERSION},
    field_problem::plain_text,
    member_profile::FullName,
    password::LEAST,
};
use leptos::prelude::*;

/// What is typed, a text a field.
#[derive(Clone, Copy)]
pub struct TypedFields([RwSignal<String>; Field::ALL.len()]);

impl TypedFields {
    pub fn new() -> Self {
        Self(Field::ALL.map(|_| RwSignal::new(String::new())))
    }

    pub fn of(&self, field: Field) -> RwSignal<String> {
        let at = Field::ALL.iter().position(|of| *of == field).unwrap_or_default();
        self.0[at]
    }

    /// Tracks.
    pub fn check(&self, locale: Locale) -> Result<NewAccount, Problems<Field>> {
        let mut problems = Problems::default();
        let text = |field| self.of(field).get();
        let name = checked_name(&mut problems, text);
        let address = checked_address(&mut problems, text);
        let email = text(Field::Email);
        let email = problems.check(Field::Email, plain_text(&email).and_then(|()| Email::parse(&email)));
        let phone = problems.check(Field::Phone, Phone::parse(&text(Field::Phone)));
        let password = Password::parse(&text(Field::Password));
        let password = password.and_then(|password| password.has_least(LEAST).map(|()| password));
        let password = problems.check(Field::Password, password);
        let account = || {
            let FullName { first_name, last_name } = name?;
            Some(NewAccount {
                terms_version: TERMS_VERSION,
                first_name,
                last_name,
                address: address?,
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
            Field::ALL.into_iter().for_each(|field| typed.of(field).set("4242 4242 4242 4242".to_owned()));
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
