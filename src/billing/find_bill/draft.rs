//! The draft of the bill look-up form: strings, until the region's schema turns them into identifiers that can be sent.
//! Kept in memory only, so that going back finds it again.

use crate::form::Problems;
use contract::{Identifier, Identifiers, portal::IdentifierField};
use leptos::prelude::*;

/// Context: one text an identifier, for whichever the region asks.
#[derive(Clone, Copy)]
pub struct FindDraft([RwSignal<String>; Identifier::ALL.len()]);

impl Default for FindDraft {
    fn default() -> Self {
        Self(Identifier::ALL.map(|_| RwSignal::new(String::new())))
    }
}

impl FindDraft {
    pub fn text(&self, identifier: Identifier) -> RwSignal<String> {
        let at = Identifier::ALL.iter().position(|of| *of == identifier).unwrap_or_default();
        self.0[at]
    }
}

/// The identifiers as the server will look for them, or every problem, in the schema's order.
pub fn parse(
    schema: &[IdentifierField],
    typed: impl Fn(Identifier) -> String,
) -> Result<Identifiers, Problems<Identifier>> {
    Identifiers::parse(schema, typed).map_err(|problems| problems.into_iter().collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use contract::FieldProblem;

    fn schema() -> Vec<IdentifierField> {
        let field = |identifier, digits_only, min, max, sample: &str| IdentifierField {
            identifier,
            digits_only,
            min,
            max,
            sample: sample.to_owned(),
        };
        vec![
            field(Identifier::Group, true, 6, 6, "100245"),
            field(Identifier::Subgroup, true, 3, 3, "003"),
            field(Identifier::Billgroup, false, 3, 3, "0A1"),
            field(Identifier::Zip, true, 5, 10, "94612-3610"),
            field(Identifier::Hrn, true, 1, 9, "012345678"),
        ]
    }

    fn typed(pairs: &'static [(Identifier, &'static str)]) -> impl Fn(Identifier) -> String {
        move |of| pairs.iter().find(|(identifier, _)| *identifier == of).map_or("", |(_, text)| text).to_owned()
    }

    #[test]
    fn what_is_copied_from_the_paper_becomes_canonical() {
        let found = parse(
            &schema(),
            typed(&[
                (Identifier::Group, "100245"),
                (Identifier::Subgroup, "003"),
                (Identifier::Billgroup, "0A1"),
                (Identifier::Zip, "946123610"),
                (Identifier::Hrn, " 12-345-678 "),
            ]),
        );
        let found = found.unwrap();
        assert_eq!(found.get(Identifier::Zip), Some("94612-3610"));
        assert_eq!(found.get(Identifier::Hrn), Some("012345678"));
    }

    #[test]
    fn every_problem_is_listed_in_the_order_of_the_page() {
        let problems = parse(
            &schema(),
            typed(&[
                (Identifier::Group, "100245"),
                (Identifier::Billgroup, "0A1"),
                (Identifier::Zip, "9461"),
                (Identifier::Hrn, "12345678A"),
            ]),
        );
        let fields: Vec<Identifier> = problems.unwrap_err().iter().map(|(field, _)| field).collect();
        assert_eq!(fields, [Identifier::Subgroup, Identifier::Zip, Identifier::Hrn]);
    }

    #[test]
    fn a_card_number_is_refused_by_its_name() {
        let problems = parse(&schema(), typed(&[(Identifier::Hrn, "4242 4242 4242 4242")]));
        assert_eq!(problems.unwrap_err().of(Identifier::Hrn), Some(FieldProblem::LooksLikeCard));
    }
}
