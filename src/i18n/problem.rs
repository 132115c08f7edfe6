//! What is wrong with a field, in words that follow the field's name: "Email: use a name, @ and a domain". The only place that
//! turns a `Problem` into words.

use contract::Problem;

pub struct ProblemWords {
    /// The field's name and what is wrong.
    pub at: fn(field: &str, problem: Problem) -> String,
    pub looks_like_card: &'static str,
}

fn join(field: &str, words: &str) -> String {
    format!("{field}: {words}")
}

pub const EN: ProblemWords = ProblemWords {
    at: |field, problem| {
        join(
            field,
            match problem {
                Problem::Missing => "fill this in",
                Problem::TooShort => "this is too short",
                Problem::TooLong => "this is too long",
                Problem::NotDigits => "digits only",
                Problem::NotAlphanumeric => "letters and digits only",
                Problem::AllZeros => "this can’t be all zeros",
                Problem::Negative => "this can’t be less than zero",
                Problem::Zero => "this must be more than $0.00",
                Problem::TooPrecise => "use dollars and cents, such as 64.10",
                Problem::TooLarge => "this is more than we can take here",
                Problem::TooSmall => "this is less than the smallest payment",
                Problem::OverBalance => "this is more than what is owed",
                Problem::LooksLikeCard => EN.looks_like_card,
                Problem::BadChecksum => "check the digits, one of them is not right",
                Problem::BadPrefix => "check the first digits",
                Problem::Expired => "this date is in the past",
                Problem::TooFarAhead => "this date is too far ahead",
                Problem::BrandNotAccepted => "we don’t accept this kind of card",
                Problem::NotAllowed => "some of these characters can’t be used here",
                Problem::Unticked => "tick the box to go on",
                Problem::Duplicate => "this is here twice",
                Problem::Common => "this is easy to guess; use words that only you would put together",
                Problem::NamesService => "leave the name of this service out of it",
                Problem::NamesOwner => "leave your name and e-mail address out of it",
                Problem::Malformed | Problem::Unknown => "check what you typed",
            },
        )
    },
    looks_like_card: "this looks like a card number; we have not kept it",
};

pub const ES: ProblemWords = ProblemWords {
    at: |field, problem| {
        join(
            field,
            match problem {
                Problem::Missing => "complete este campo",
                Problem::TooShort => "es demasiado corto",
                Problem::TooLong => "es demasiado largo",
                Problem::NotDigits => "solo dígitos",
                Problem::NotAlphanumeric => "solo letras y dígitos",
                Problem::AllZeros => "no pueden ser todos ceros",
                Problem::Negative => "no puede ser menos de cero",
                Problem::Zero => "debe ser más de $0.00",
                Problem::TooPrecise => "use dólares y centavos, como 64.10",
                Problem::TooLarge => "es más de lo que podemos recibir aquí",
                Problem::TooSmall => "es menos que el pago mínimo",
                Problem::OverBalance => "es más de lo que se debe",
                Problem::LooksLikeCard => ES.looks_like_card,
                Problem::BadChecksum => "revise los dígitos, uno de ellos no es correcto",
                Problem::BadPrefix => "revise los primeros dígitos",
                Problem::Expired => "esta fecha ya pasó",
                Problem::TooFarAhead => "esta fecha está demasiado lejos",
                Problem::BrandNotAccepted => "no aceptamos este tipo de tarjeta",
                Problem::NotAllowed => "algunos de estos caracteres no se pueden usar aquí",
                Problem::Unticked => "marque la casilla para continuar",
                Problem::Duplicate => "está repetido",
                Problem::Common => "es fácil de adivinar; use palabras que solo usted juntaría",
                Problem::NamesService => "no incluya el nombre de este servicio",
                Problem::NamesOwner => "no incluya su nombre ni su correo electrónico",
                Problem::Malformed | Problem::Unknown => "revise lo que escribió",
            },
        )
    },
    looks_like_card: "parece un número de tarjeta; no lo hemos guardado",
};
