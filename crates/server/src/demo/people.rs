//! The members of the demo: names, identifiers and what each one is there to show. All of it is made up; addresses end
//! in `example.org`, and every identifier is one nobody was given.

use contract::{FieldProblem, Identifier, Identifiers, Region};

/// Every demo member who has an account signs in with this one.
pub const PASSWORD: &str = "copper river lantern seven";

/// What a member is there to show.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scenario {
    /// Exactly the bills of the drawn page.
    Drawn,
    /// One or two open bills.
    Ordinary,
    OwesNothing,
    HospitalOnly,
    PastDue,
    /// Ten thousand payments in history.
    ManyPayments,
}

pub struct Person {
    pub name: &'static str,
    pub region: Region,
    pub identifiers: &'static [(Identifier, &'static str)],
    pub email: &'static str,
    pub scenario: Scenario,
    /// Whose services the bills are for, when it is not the member.
    pub patient: Option<&'static str>,
}

impl Person {
    pub fn identifier(&self, identifier: Identifier) -> Option<&'static str> {
        self.identifiers.iter().find(|(which, _)| *which == identifier).map(|(_, value)| *value)
    }
    pub fn identifiers(&self) -> Result<Identifiers, FieldProblem> {
        Identifiers::of(self.identifiers.iter().copied())
    }
    /// Last three characters of the number that is the member's own.
    pub fn ending(&self) -> String {
        let own =
            self.identifier(Identifier::Hrn).or_else(|| self.identifier(Identifier::BillingUnit)).unwrap_or_default();
        own.chars().skip(own.chars().count().saturating_sub(3)).collect()
    }
    /// The last one of a region has none yet, where there are two: somebody to register as.
    pub fn has_account(&self) -> bool {
        !matches!(self.name, "Mei Tanaka" | "Terrence Miles" | "Kenji Sato" | "Hannah Brandt")
    }
    /// That of the ZIP code.
    pub fn city(&self) -> &'static str {
        match self.identifier(Zip).and_then(|zip| zip.get(..5)).unwrap_or_default() {
            "95814" => "Sacramento",
            "92103" => "San Diego",
            "80205" => "Denver",
            "80903" => "Colorado Springs",
            "30309" => "Atlanta",
            "31401" => "Savannah",
            "96813" => "Honolulu",
            "96720" => "Hilo",
            "97209" => "Portland",
            "98101" => "Seattle",
            "99201" => "Spokane",
            _ => "Oakland",
        }
    }
    pub fn patient(&self) -> &'static str {
        self.patient.unwrap_or(self.name)
    }
}

use Identifier::{Billgroup, BillingUnit, Group, Hrn, Subgroup, Zip};

/// The first one of a region is the one to show; the very first is the drawn one.
pub const PEOPLE: [Person; 13] = [
    Person {
        name: "Ana O’Neill",
        region: Region::California,
        identifiers: &[
            (Group, "100245"),
            (Subgroup, "003"),
            (Billgroup, "0A1"),
            (Zip, "94612-3610"),
            (Hrn, "012345678"),
        ],
        email: "ana.oneill@example.org",
        scenario: Scenario::Drawn,
        patient: None,
    },
    Person {
        name: "José Ñuñez-O’Brien",
        region: Region::California,
        identifiers: &[(Group, "100245"), (Subgroup, "011"), (Billgroup, "0B7"), (Zip, "95814"), (Hrn, "000482913")],
        email: "jose.nunez-obrien@example.org",
        scenario: Scenario::Ordinary,
        patient: Some("Zoë Ñuñez-O’Brien"),
    },
    Person {
        name: "Mei Tanaka",
        region: Region::California,
        identifiers: &[(Group, "107730"), (Subgroup, "001"), (Billgroup, "0A2"), (Zip, "92103"), (Hrn, "007651204")],
        email: "mei.tanaka@example.org",
        scenario: Scenario::OwesNothing,
        patient: None,
    },
    Person {
        name: "Ruth Okoro",
        region: Region::Colorado,
        identifiers: &[(Group, "200118"), (Subgroup, "002"), (Billgroup, "0C4"), (Zip, "80205"), (Hrn, "003319870")],
        email: "ruth.okoro@example.org",
        scenario: Scenario::HospitalOnly,
        patient: None,
    },
    Person {
        name: "Daniel Archuleta",
        region: Region::Colorado,
        identifiers: &[
            (Group, "200118"),
            (Subgroup, "014"),
            (Billgroup, "0C9"),
            (Zip, "80903-1142"),
            (Hrn, "001000245"),
        ],
        email: "daniel.archuleta@example.org",
        scenario: Scenario::ManyPayments,
        patient: None,
    },
    Person {
        name: "Grace Boateng",
        region: Region::Georgia,
        identifiers: &[(Group, "30562"), (Subgroup, "0007"), (Billgroup, "D1"), (Zip, "30309"), (Hrn, "004410293")],
        email: "grace.boateng@example.org",
        scenario: Scenario::PastDue,
        patient: None,
    },
    Person {
        name: "Terrence Miles",
        region: Region::Georgia,
        identifiers: &[(Group, "30562"), (Subgroup, "0021"), (Billgroup, "D3"), (Zip, "31401"), (Hrn, "009120047")],
        email: "terrence.miles@example.org",
        scenario: Scenario::Ordinary,
        patient: None,
    },
    Person {
        name: "Leilani Kahananui",
        region: Region::Hawaii,
        identifiers: &[(Group, "40031"), (Subgroup, "01"), (Billgroup, "0H2"), (Zip, "96813"), (Hrn, "002207715")],
        email: "leilani.kahananui@example.org",
        scenario: Scenario::Ordinary,
        patient: None,
    },
    Person {
        name: "Kenji Sato",
        region: Region::Hawaii,
        identifiers: &[(Group, "40031"), (Subgroup, "04"), (Billgroup, "0H5"), (Zip, "96720"), (Hrn, "006634108")],
        email: "kenji.sato@example.org",
        scenario: Scenario::OwesNothing,
        patient: None,
    },
    Person {
        name: "Nora Lindqvist",
        region: Region::Oregon,
        identifiers: &[(Group, "500874"), (Subgroup, "006"), (Billgroup, "0R1"), (Zip, "97209"), (Hrn, "008873301")],
        email: "nora.lindqvist@example.org",
        scenario: Scenario::Ordinary,
        patient: Some("Elsa Lindqvist"),
    },
    Person {
        name: "Oleg Petrenko",
        region: Region::Washington,
        identifiers: &[(BillingUnit, "WA00412883"), (Zip, "98101")],
        email: "oleg.petrenko@example.org",
        scenario: Scenario::Ordinary,
        patient: None,
    },
    Person {
        name: "Hannah Brandt",
        region: Region::Washington,
        identifiers: &[(BillingUnit, "WA00991507"), (Zip, "99201-0456")],
        email: "hannah.brandt@example.org",
        scenario: Scenario::PastDue,
        patient: None,
    },
    // The last one: anyone before others would change their ids.
    Person {
        name: HOUSEHOLD[1],
        region: Region::Oregon,
        identifiers: &[(Group, "500874"), (Subgroup, "006"), (Billgroup, "0R1"), (Zip, "97209"), (Hrn, "008873327")],
        email: "erik.lindqvist@example.org",
        scenario: Scenario::PastDue,
        patient: None,
    },
];

/// Two adults with a plan each: the first pays for the second, and has a child's bills among the own ones.
pub const HOUSEHOLD: [&str; 2] = ["Nora Lindqvist", "Erik Lindqvist"];

#[cfg(test)]
mod tests {
    use super::*;
    use crate::profile::Profile;
    use contract::Email;

    #[test]
    fn every_identifier_is_one_the_region_takes_in_its_one_form() {
        let profile = Profile::demo().unwrap();
        for person in &PEOPLE {
            let region = profile.regions().iter().find(|profile| profile.region == person.region);
            let schema = &region.unwrap().schema;
            assert_eq!(schema.len(), person.identifiers.len(), "{}", person.name);
            for field in schema {
                let value = person.identifier(field.identifier).unwrap();
                assert_eq!(field.normalise(value).as_deref(), Ok(value), "{}", person.name);
            }
            assert!(Email::parse(person.email).is_ok());
        }
    }
}
