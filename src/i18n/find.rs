//! Texts of the bill look-up: the identifiers, where they are printed, and what is wrong with one.

use contract::{FieldProblem, Identifier, portal::IdentifierField};

pub struct FindWords {
    pub title: &'static str,
    pub lead: fn(usize) -> String,
    pub label: fn(Identifier) -> &'static str,
    pub hint: fn(&IdentifierField) -> String,
    pub place: fn(Identifier) -> String,
    pub all_places: &'static str,
    /// With what was typed, so that a wrong letter can be named.
    pub error: fn(&IdentifierField, FieldProblem, typed: &str) -> String,
    pub echo: &'static str,
    pub submit: &'static str,
    pub searching: &'static str,
    pub no_statement: &'static str,
    pub no_match_title: &'static str,
    pub no_match: fn(&str) -> String,
}

/// As the statement prints it: it is in English in either language.
pub fn printed(identifier: Identifier) -> &'static str {
    match identifier {
        Identifier::Group => "Group",
        Identifier::Subgroup => "Subgroup",
        Identifier::Billgroup => "Billgroup",
        Identifier::Zip => "ZIP code",
        Identifier::Hrn => "Health record number",
        Identifier::BillingUnit => "Billing unit ID",
    }
}

fn length(field: &IdentifierField) -> String {
    if field.min == field.max { field.max.to_string() } else { format!("{}–{}", field.min, field.max) }
}

/// The first letter among digits.
fn wrong_character(typed: &str) -> Option<char> {
    typed.chars().find(|c| c.is_ascii_alphabetic())
}

fn count_en(n: usize) -> String {
    ["no", "one", "two", "three", "four", "five", "six"].get(n).map_or_else(|| n.to_string(), |word| (*word).to_owned())
}

fn count_es(n: usize) -> String {
    ["ningún", "un", "dos", "tres", "cuatro", "cinco", "seis"]
        .get(n)
        .map_or_else(|| n.to_string(), |word| (*word).to_owned())
}

pub const EN: FindWords = FindWords {
    title: "Find your bill",
    lead: |n| format!("Copy {} numbers from your statement. The picture shows where each one is printed.", count_en(n)),
    label: printed,
    hint: |field| match field.identifier {
        Identifier::Zip => "Of the address the bill was mailed to".to_owned(),
        Identifier::Hrn => "Up to 9 digits. Spaces and leading zeros don’t matter.".to_owned(),
        _ if field.digits_only => format!("{} digits", length(field)),
        _ => format!("{} letters or digits", length(field)),
    },
    place: |identifier| match identifier {
        Identifier::Group | Identifier::Subgroup | Identifier::Billgroup => {
            format!("{}: in the box, top right", printed(identifier))
        }
        Identifier::Zip => "ZIP code: at the end of your address".to_owned(),
        Identifier::Hrn => "Health record number: right, under the box".to_owned(),
        Identifier::BillingUnit => "Billing unit ID: in the box, top right".to_owned(),
    },
    all_places: "Everything you type is printed in the top half of your statement.",
    error: |field, problem, typed| {
        let label = printed(field.identifier);
        match (field.identifier, problem) {
            (_, FieldProblem::LooksLikeCard | FieldProblem::NotAllowed | FieldProblem::AllZeros) => {
                (super::problem::EN.at)(label, problem)
            }
            (Identifier::Zip, _) => format!("{label}: use 5 digits, or 5 and 4, such as {}", field.sample),
            (Identifier::Hrn, FieldProblem::Missing) => format!("{label}: copy the number from your statement"),
            (Identifier::Hrn, FieldProblem::TooLong) => format!("{label}: 9 digits at most"),
            (_, FieldProblem::NotDigits) => match wrong_character(typed) {
                Some(letter) => format!("{label}: digits only, without the letter {letter}"),
                None => (super::problem::EN.at)(label, problem),
            },
            (_, FieldProblem::NotAlphanumeric) => (super::problem::EN.at)(label, problem),
            _ if field.digits_only => format!("{label}: copy the {} digits from your statement", length(field)),
            _ => format!("{label}: copy the {} letters or digits from your statement", length(field)),
        }
    },
    echo: "We will look for ",
    submit: "Find my bill",
    searching: "Looking for your bill…",
    no_statement: "I don’t have a statement",
    no_match_title: "We found no bill with these numbers",
    no_match: |phone| {
        format!(
            "One or more of them may not match your statement, or the bill may be from another region. Compare them with the paper, or call {phone}."
        )
    },
};

pub const ES: FindWords = FindWords {
    title: "Busque su factura",
    lead: |n| {
        format!("Copie {} números de su estado de cuenta. El dibujo muestra dónde está impreso cada uno.", count_es(n))
    },
    label: label_es,
    hint: |field| match field.identifier {
        Identifier::Zip => "De la dirección a la que se envió la factura".to_owned(),
        Identifier::Hrn => "Hasta 9 dígitos. Los espacios y los ceros iniciales no importan.".to_owned(),
        _ if field.digits_only => format!("{} dígitos", length(field)),
        _ => format!("{} letras o dígitos", length(field)),
    },
    place: |identifier| match identifier {
        Identifier::Group => "Grupo: en el recuadro, arriba a la derecha".to_owned(),
        Identifier::Subgroup => "Subgrupo: en el recuadro, arriba a la derecha".to_owned(),
        Identifier::Billgroup => "Grupo de facturación: en el recuadro, arriba a la derecha".to_owned(),
        Identifier::Zip => "Código postal: al final de su dirección".to_owned(),
        Identifier::Hrn => "Número de historia clínica: debajo del recuadro, a la derecha".to_owned(),
        Identifier::BillingUnit => "Unidad de facturación: en el recuadro, arriba a la derecha".to_owned(),
    },
    all_places: "Todo lo que debe escribir está impreso en la mitad superior de su estado de cuenta.",
    error: |field, problem, typed| {
        let label = label_es(field.identifier);
        match (field.identifier, problem) {
            (_, FieldProblem::LooksLikeCard | FieldProblem::NotAllowed | FieldProblem::AllZeros) => {
                (super::problem::ES.at)(label, problem)
            }
            (Identifier::Zip, _) => format!("{label}: use 5 dígitos, o 5 y 4, como {}", field.sample),
            (Identifier::Hrn, FieldProblem::Missing) => format!("{label}: copie el número de su estado de cuenta"),
            (Identifier::Hrn, FieldProblem::TooLong) => format!("{label}: 9 dígitos como máximo"),
            (_, FieldProblem::NotDigits) => match wrong_character(typed) {
                Some(letter) => format!("{label}: solo dígitos, sin la letra {letter}"),
                None => (super::problem::ES.at)(label, problem),
            },
            (_, FieldProblem::NotAlphanumeric) => (super::problem::ES.at)(label, problem),
            _ if field.digits_only => format!("{label}: copie los {} dígitos de su estado de cuenta", length(field)),
            _ => format!("{label}: copie las {} letras o dígitos de su estado de cuenta", length(field)),
        }
    },
    echo: "Buscaremos ",
    submit: "Buscar mi factura",
    searching: "Buscando su factura…",
    no_statement: "No tengo un estado de cuenta",
    no_match_title: "No encontramos ninguna factura con estos números",
    no_match: |phone| {
        format!(
            "Puede que uno o varios no coincidan con su estado de cuenta, o que la factura sea de otra región. Compárelos con el papel o llame al {phone}."
        )
    },
};

/// The member's word, and what the paper says.
fn label_es(identifier: Identifier) -> &'static str {
    match identifier {
        Identifier::Group => "Grupo (Group)",
        Identifier::Subgroup => "Subgrupo (Subgroup)",
        Identifier::Billgroup => "Grupo de facturación (Billgroup)",
        Identifier::Zip => "Código postal (ZIP)",
        Identifier::Hrn => "Número de historia clínica (HRN)",
        Identifier::BillingUnit => "Unidad de facturación (Billing unit ID)",
    }
}
