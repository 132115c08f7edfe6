//! Texts of problems of the fields that several forms have: what is wrong with a name, an e-mail address or a phone
//! number, and what to type. Other problems have the words that all fields share (`problem`).

use super::problem;
use contract::{
    FieldProblem::{self, *},
    PersonName, password,
};

/// Each takes the field's name.
pub struct FieldWords {
    pub name: fn(&str, FieldProblem) -> String,
    pub email: fn(&str, FieldProblem) -> String,
    pub phone: fn(&str, FieldProblem) -> String,
    pub state: fn(&str, FieldProblem) -> String,
    pub zip: fn(&str, FieldProblem) -> String,
    /// With the least number of characters.
    pub new_password: fn(&str, FieldProblem, least: u16) -> String,
}

pub const EN: FieldWords = FieldWords {
    name: |field, problem| match problem {
        Missing => format!("{field}: type a name"),
        LooksLikeCard => {
            format!("{field}: this looks like a card number or its code; we have not kept it. Type a name")
        }
        NotAllowed | Malformed => format!("{field}: use letters. Some of these signs can’t be in a name"),
        other => problem::EN.within(field, other, PersonName::MOST),
    },
    email: |field, problem| match problem {
        Missing => format!("{field}: type an e-mail address"),
        Malformed | NotAllowed => format!("{field}: use an e-mail address such as name@example.org"),
        TooLong => format!("{field}: use at most 254 characters, 64 of them before the @"),
        other => (problem::EN.at)(field, other),
    },
    phone: |field, problem| match problem {
        Missing | LooksLikeCard => (problem::EN.at)(field, problem),
        _ => format!("{field}: use the 10 digits of a US number, such as 415-555-0142"),
    },
    state: |field, _| format!("{field}: choose your state"),
    zip: |field, problem| match problem {
        LooksLikeCard => (problem::EN.at)(field, problem),
        _ => format!("{field}: use 5 digits, or 5 and 4, such as 94612-3610"),
    },
    new_password: |field, problem, least| match problem {
        Missing | TooShort => format!("{field}: use at least {least} characters"),
        other => problem::EN.within(field, other, password::MOST),
    },
};

pub const ES: FieldWords = FieldWords {
    name: |field, problem| match problem {
        Missing => format!("{field}: escriba un nombre"),
        LooksLikeCard => {
            format!("{field}: parece un número de tarjeta o su código; no lo hemos guardado. Escriba un nombre")
        }
        NotAllowed | Malformed => format!("{field}: use letras. Algunos de estos signos no pueden estar en un nombre"),
        other => problem::ES.within(field, other, PersonName::MOST),
    },
    email: |field, problem| match problem {
        Missing => format!("{field}: escriba un correo electrónico"),
        Malformed | NotAllowed => format!("{field}: use un correo electrónico como nombre@example.org"),
        TooLong => format!("{field}: use 254 caracteres como máximo, 64 antes de la @"),
        other => (problem::ES.at)(field, other),
    },
    phone: |field, problem| match problem {
        Missing | LooksLikeCard => (problem::ES.at)(field, problem),
        _ => format!("{field}: use los 10 dígitos de un número de EE. UU., como 415-555-0142"),
    },
    state: |field, _| format!("{field}: elija su estado"),
    zip: |field, problem| match problem {
        LooksLikeCard => (problem::ES.at)(field, problem),
        _ => format!("{field}: use 5 dígitos, o 5 y 4, como 94612-3610"),
    },
    new_password: |field, problem, least| match problem {
        Missing | TooShort => format!("{field}: use al menos {least} caracteres"),
        other => problem::ES.within(field, other, password::MOST),
    },
};

#[cfg(test)]
mod tests {
    use super::*;
    use contract::{
        Email, Password, Phone, UsState, ZipCode, bill::question::QuestionText, field_problem::typed_code,
        payment::Nickname, person::AddressLine,
    };

    /// What people type where something else belongs.
    const TYPED: [&str; 14] = [
        "",
        " ",
        "x",
        "123",
        "terrence",
        "not an address",
        "ana@",
        "@example.org",
        "4242 4242 4242 4242",
        "0000000000000000",
        "-5.00",
        "Ana \u{202e}O",
        "<b>Ana</b>",
        "415-555-01429",
    ];

    /// Every message that a field can have for these texts, whatever the form.
    fn messages(w: &FieldWords, shared: &problem::ProblemWords) -> Vec<(&'static str, String)> {
        let long = "a".repeat(600);
        let long_email = format!("{long}@example.org");
        let mut said = Vec::new();
        for text in TYPED.into_iter().chain([long.as_str(), long_email.as_str()]) {
            said.extend(PersonName::parse(text).err().map(|problem| ("name", (w.name)("Field", problem))));
            said.extend(Email::parse(text).err().map(|problem| ("email", (w.email)("Field", problem))));
            said.extend(Phone::parse(text).err().map(|problem| ("phone", (w.phone)("Field", problem))));
            said.extend(UsState::parse(text).err().map(|problem| ("state", (w.state)("Field", problem))));
            said.extend(ZipCode::parse(text).err().map(|problem| ("zip", (w.zip)("Field", problem))));
            let line = AddressLine::parse(text).err();
            said.extend(line.map(|problem| ("address", shared.within("Field", problem, AddressLine::MOST))));
            let nickname = Nickname::parse(text).err();
            said.extend(nickname.map(|problem| ("nickname", shared.within("Field", problem, Nickname::MOST))));
            let question = QuestionText::parse(text).err();
            said.extend(question.map(|problem| ("question", shared.within("Field", problem, QuestionText::MOST))));
            let code = typed_code(text).err();
            said.extend(code.map(|problem| ("code", (shared.at)("Field", problem))));
            let password = Password::parse(text).and_then(|password| password.has_least(15));
            said.extend(password.err().map(|problem| ("password", (w.new_password)("Field", problem, 15))));
        }
        said
    }

    #[test]
    fn a_message_says_what_is_wrong_with_the_field_and_never_just_to_check_it() {
        for (w, shared) in [(&EN, &problem::EN), (&ES, &problem::ES)] {
            let messages = messages(w, shared);
            assert!(messages.len() > 80, "{}", messages.len());
            for (field, said) in messages {
                assert!(said.starts_with("Field: ") && !said.ends_with(shared.other), "{field}: {said}");
            }
        }
    }

    #[test]
    fn a_message_about_what_is_too_long_says_the_longest_that_is_taken() {
        for (w, shared) in [(&EN, &problem::EN), (&ES, &problem::ES)] {
            for (said, most) in [
                ((w.name)("Field", TooLong), "255"),
                ((w.email)("Field", TooLong), "254"),
                ((w.new_password)("Field", TooLong, 15), "256"),
                (shared.within("Field", TooLong, AddressLine::MOST), "64"),
            ] {
                assert!(said.contains(most), "{said}");
            }
        }
    }

    #[test]
    fn the_example_in_a_message_is_one_that_would_be_taken() {
        assert!(Email::parse("name@example.org").is_ok() && Email::parse("nombre@example.org").is_ok());
        assert!(Phone::parse("415-555-0142").is_ok() && ZipCode::parse("94612-3610").is_ok());
    }
}
