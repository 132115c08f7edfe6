//! Whom the bills of a membership are for, each with a number for addresses that name nobody.

use crate::token;
use contract::bill::account::BillPerson;

/// Each name once, in the order given. A number is worked out of the name and the membership, so it stays a person's
/// whatever bills come, and says nothing to anybody who has only the address. Two that meet are told apart in the order
/// given.
pub fn people_of<'a>(membership: &str, names: impl IntoIterator<Item = &'a str>) -> Vec<BillPerson> {
    let mut people: Vec<BillPerson> = Vec::new();
    for name in names {
        if people.iter().any(|person| person.name == name) {
            continue;
        }
        let mut number = number_of(membership, name);
        while people.iter().any(|person| person.number == number) {
            number = number.wrapping_add(1);
        }
        people.push(BillPerson { number, name: name.to_owned() });
    }
    people
}

fn number_of(membership: &str, name: &str) -> u16 {
    let digest = token::hash(&format!("{membership}\n{name}"));
    digest.get(..4).and_then(|digits| u16::from_str_radix(digits, 16).ok()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_person_keeps_the_number_when_another_one_comes_first() {
        let before = people_of("m", ["Ana", "Ana"]);
        let after = people_of("m", ["Mateo", "Ana", "Mateo"]);
        let numbers = |people: &[BillPerson]| people.iter().map(|person| person.number).collect::<Vec<_>>();
        assert_eq!((before.len(), after.len()), (1, 2));
        assert_eq!(before[0], after[1]);
        assert_ne!(numbers(&people_of("other", ["Ana"])), numbers(&before), "it says nothing of the name");
        let many = people_of("m", (0..2_000).map(|at| at.to_string()).collect::<Vec<_>>().iter().map(String::as_str));
        let mut all = numbers(&many);
        all.sort_unstable();
        all.dedup();
        assert_eq!(all.len(), 2_000);
    }
}
