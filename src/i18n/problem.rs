//! Texts of field problems, written to follow the field's name: "Email: use a name, @ and a domain". The only place
//! that turns a `FieldProblem` into words.

use contract::FieldProblem;

pub struct ProblemWords {
    /// The field's name and what is wrong.
    pub at: fn(field: &str, problem: FieldProblem) -> String,
    /// With the longest that the field takes.
    pub at_most: fn(field: &str, most: usize) -> String,
    pub looks_like_card: &'static str,
}

impl ProblemWords {
    /// Of a field that takes text of at most so many characters.
    pub fn within(&self, field: &str, problem: FieldProblem, most: usize) -> String {
        if problem == FieldProblem::TooLong { (self.at_most)(field, most) } else { (self.at)(field, problem) }
    }
}

fn join(field: &str, words: &str) -> String {
    format!("{field}: {words}")
}

pub const EN: ProblemWords = ProblemWords {
    at: |field, problem| {
        join(
            field,
            match problem {
                FieldProblem::Missing => "fill this in",
                FieldProblem::TooShort => "this is too short",
                FieldProblem::NotDigits => "digits only",
                FieldProblem::NotAlphanumeric => "letters and digits only",
                FieldProblem::AllZeros => "this can’t be all zeros",
                FieldProblem::Negative => "this can’t be less than zero",
                FieldProblem::Zero => "this must be more than $0.00",
                FieldProblem::TooPrecise => "use dollars and cents, such as 64.10",
                FieldProblem::TooLarge => "this is more than we can take here",
                FieldProblem::TooSmall => "this is less than the smallest payment",
                FieldProblem::OverBalance => "this is more than what is owed",
                FieldProblem::LooksLikeCard => EN.looks_like_card,
                FieldProblem::BadChecksum => "check the digits, one of them is not right",
                FieldProblem::BadPrefix => "check the first digits",
                FieldProblem::Expired => "this date is in the past",
                FieldProblem::TooFarAhead => "this date is too far ahead",
                FieldProblem::BrandNotAccepted => "we don’t accept this kind of card",
                FieldProblem::NotAllowed => "some of these characters can’t be used here",
                FieldProblem::Unticked => "tick the box to go on",
                FieldProblem::Duplicate => "this is here twice",
                FieldProblem::Outdated => "this has changed; look at it again",
                FieldProblem::Common => "this is easy to guess; use words that only you would put together",
                FieldProblem::NamesService => "leave the name of this service out of it",
                FieldProblem::NamesOwner => "leave your name and e-mail address out of it",
                FieldProblem::Malformed | FieldProblem::TooLong | FieldProblem::NoSuch | FieldProblem::Unknown => {
                    "check what you typed"
                }
            },
        )
    },
    at_most: |field, most| format!("{field}: use at most {most} characters"),
    looks_like_card: "this looks like a card number; we have not kept it",
};

pub const ES: ProblemWords = ProblemWords {
    at: |field, problem| {
        join(
            field,
            match problem {
                FieldProblem::Missing => "complete este campo",
                FieldProblem::TooShort => "es demasiado corto",
                FieldProblem::NotDigits => "solo dígitos",
                FieldProblem::NotAlphanumeric => "solo letras y dígitos",
                FieldProblem::AllZeros => "no pueden ser todos ceros",
                FieldProblem::Negative => "no puede ser menos de cero",
                FieldProblem::Zero => "debe ser más de $0.00",
                FieldProblem::TooPrecise => "use dólares y centavos, como 64.10",
                FieldProblem::TooLarge => "es más de lo que podemos recibir aquí",
                FieldProblem::TooSmall => "es menos que el pago mínimo",
                FieldProblem::OverBalance => "es más de lo que se debe",
                FieldProblem::LooksLikeCard => ES.looks_like_card,
                FieldProblem::BadChecksum => "revise los dígitos, uno de ellos no es correcto",
                FieldProblem::BadPrefix => "revise los primeros dígitos",
                FieldProblem::Expired => "esta fecha ya pasó",
                FieldProblem::TooFarAhead => "esta fecha está demasiado lejos",
                FieldProblem::BrandNotAccepted => "no aceptamos este tipo de tarjeta",
                FieldProblem::NotAllowed => "algunos de estos caracteres no se pueden usar aquí",
                FieldProblem::Unticked => "marque la casilla para continuar",
                FieldProblem::Duplicate => "está repetido",
                FieldProblem::Outdated => "esto ha cambiado; mírelo otra vez",
                FieldProblem::Common => "es fácil de adivinar; use palabras que solo usted juntaría",
                FieldProblem::NamesService => "no incluya el nombre de este servicio",
                FieldProblem::NamesOwner => "no incluya su nombre ni su correo electrónico",
                FieldProblem::Malformed | FieldProblem::TooLong | FieldProblem::NoSuch | FieldProblem::Unknown => {
                    "revise lo que escribió"
                }
            },
        )
    },
    at_most: |field, most| format!("{field}: use {most} caracteres como máximo"),
    looks_like_card: "parece un número de tarjeta; no lo hemos guardado",
};
