//! Which bills the list shows, as it is written in the address. What can't be read there is left out.

use contract::bill::BillKind;

pub const KINDS: [(BillKind, &str); 3] =
    [(BillKind::Premium, "premium"), (BillKind::Professional, "professional"), (BillKind::Hospital, "hospital")];

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Filter {
    pub kind: Option<BillKind>,
    /// The number that the list gave.
    pub person: Option<u16>,
    pub year: Option<i16>,
}

impl Filter {
    pub fn of(address: &str) -> Self {
        let query =
            address.split('#').next().and_then(|address| address.split_once('?')).map_or("", |(_, query)| query);
        let value = |name: &str| query.split('&').filter_map(|part| part.split_once('=')).find(|(at, _)| *at == name);
        Self {
            kind: value("kind")
                .and_then(|(_, word)| KINDS.into_iter().find(|(_, own)| *own == word))
                .map(|(kind, _)| kind),
            person: value("person").and_then(|(_, number)| number.parse().ok()),
            year: value("year").and_then(|(_, year)| year.parse().ok()),
        }
    }

    /// `?kind=hospital&year=2026`; empty without a filter.
    pub fn query(self) -> String {
        let kind = self.kind.and_then(|kind| KINDS.into_iter().find(|(own, _)| *own == kind));
        let parts = [
            kind.map(|(_, word)| format!("kind={word}")),
            self.person.map(|number| format!("person={number}")),
            self.year.map(|year| format!("year={year}")),
        ];
        let parts: Vec<String> = parts.into_iter().flatten().collect();
        if parts.is_empty() { String::new() } else { format!("?{}", parts.join("&")) }
    }

    pub fn with_kind(self, of: Self) -> Self {
        Self { kind: of.kind, ..self }
    }
    pub fn with_person(self, of: Self) -> Self {
        Self { person: of.person, ..self }
    }
    pub fn with_year(self, of: Self) -> Self {
        Self { year: of.year, ..self }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_filter_is_read_of_the_address_that_it_was_written_into() {
        let all = Filter { kind: Some(BillKind::Hospital), person: Some(2), year: Some(2025) };
        assert_eq!(all.query(), "?kind=hospital&person=2&year=2025");
        for filter in [all, Filter::default(), all.with_kind(Filter::default()), all.with_year(Filter::default())] {
            assert_eq!(Filter::of(&format!("/account/bills{}", filter.query())), filter);
        }
    }

    #[test]
    fn what_is_no_filter_is_left_out() {
        for address in [
            "/account/bills?kind=Ana&person=Ana&year=x",
            "/account/bills?kind=hospital%20",
            "",
            "?",
            "?a#kind=hospital",
        ] {
            assert_eq!(Filter::of(address), Filter::default(), "{address}");
        }
    }
}
