//! Texts of field problems, written to follow the field's name: "Email: use a name, @ and a domain". The only place
//! that turns a `FieldProblem` into words.

use contract::FieldProblem;

pub struct ProblemWords {
    /// The field's name and what is wrong.
    pub at: fn(field: &str, problem: FieldProblem) -> String,
    /// With the longest that the field takes.
    pub at_most: fn(field: &str, most: usize) -> String,
    pub looks_like_card: &'static str,
    /// What no field of the app has a word for: a problem of a later version. A field that can have another one names
    /// it itself.
    pub other: &'static str,
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
                FieldProblem::NotDigits => "use digits only",
                FieldProblem::NotAlphanumeric => "use letters and digits only",
                FieldProblem::AllZeros => "copy the number as it is printed, not all zeros",
                FieldProblem::LooksLikeCard => EN.looks_like_card,
                FieldProblem::NotAllowed => "use letters, digits and everyday signs, on one line",
                FieldProblem::Unticked => "tick the box to go on",
                FieldProblem::Common => "this is easy to guess; use words that only you would put together",
                FieldProblem::NamesService => "leave the name of this service out of it",
                FieldProblem::NamesOwner => "leave your name and e-mail address out of it",
                _ => EN.other,
            },
        )
    },
    at_most: |field, most| format!("{field}: use at most {most} characters"),
    looks_like_card: "this looks like a card number; we have not kept it",
    other: "our server can’t take this; type it another way",
};

pub const ES: ProblemWords = ProblemWords {
    at: |field, problem| {
        join(
            field,
            match problem {
                FieldProblem::Missing => "complete este campo",
                FieldProblem::NotDigits => "use solo dígitos",
                FieldProblem::NotAlphanumeric => "use solo letras y dígitos",
                FieldProblem::AllZeros => "copie el número como está impreso, no todo ceros",
                FieldProblem::LooksLikeCard => ES.looks_like_card,
                FieldProblem::NotAllowed => "use letras, dígitos y signos comunes, en una línea",
                FieldProblem::Unticked => "marque la casilla para continuar",
                FieldProblem::Common => "es fácil de adivinar; use palabras que solo usted juntaría",
                FieldProblem::NamesService => "no incluya el nombre de este servicio",
                FieldProblem::NamesOwner => "no incluya su nombre ni su correo electrónico",
                _ => ES.other,
            },
        )
    },
    at_most: |field, most| format!("{field}: use {most} caracteres como máximo"),
    looks_like_card: "parece un número de tarjeta; no lo hemos guardado",
    other: "nuestro servidor no puede recibirlo; escríbalo de otra manera",
};
