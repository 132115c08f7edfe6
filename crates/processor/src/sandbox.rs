//! The published test numbers, and what a charge of each one does. Nothing else is accepted, so no real number can end
//! up here.

use contract::{
    AccountNumber, CardNumber, SecurityCode,
    payment::{CardFunding, Failure},
};
use serde::{Deserialize, Serialize};

/// What the one charge of a token will do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "what", content = "why")]
pub enum Outcome {
    /// Cards are paid at once; bank debits on their day.
    Pays,
    Fails(Failure),
    /// Bank debits only, on their day.
    Returns(Failure),
}

const CARDS: [(&str, CardFunding, Outcome); 15] = [
    ("4242424242424242", CardFunding::Credit, Outcome::Pays),
    ("4012888888881881", CardFunding::Credit, Outcome::Pays),
    ("4000056655665556", CardFunding::Debit, Outcome::Pays),
    ("5555555555554444", CardFunding::Credit, Outcome::Pays),
    ("2223003122003222", CardFunding::Credit, Outcome::Pays),
    ("5200828282828210", CardFunding::Debit, Outcome::Pays),
    ("378282246310005", CardFunding::Credit, Outcome::Pays),
    ("6011111111111117", CardFunding::Credit, Outcome::Pays),
    // Of an HSA or FSA: only the processor knows.
    ("6011000990139424", CardFunding::HsaFsa, Outcome::Pays),
    ("4000000000000002", CardFunding::Credit, Outcome::Fails(Failure::Declined)),
    ("4000000000009995", CardFunding::Credit, Outcome::Fails(Failure::InsufficientFunds)),
    ("4000000000000069", CardFunding::Credit, Outcome::Fails(Failure::CardExpired)),
    ("4000000000000127", CardFunding::Credit, Outcome::Fails(Failure::WrongSecurityCode)),
    ("4000000000000119", CardFunding::Credit, Outcome::Fails(Failure::ProcessingError)),
    ("4000000000000341", CardFunding::Credit, Outcome::Fails(Failure::Declined)),
];

/// With any routing number that is one.
const ACCOUNTS: [(&str, Outcome); 5] = [
    ("000123456789", Outcome::Pays),
    ("000111111116", Outcome::Returns(Failure::InsufficientFunds)),
    ("000111111113", Outcome::Returns(Failure::AccountClosed)),
    ("000222222227", Outcome::Returns(Failure::AccountNotFound)),
    ("000333333335", Outcome::Returns(Failure::NotAuthorised)),
];

pub fn card(number: &CardNumber) -> Option<(CardFunding, Outcome)> {
    CARDS.iter().find(|(test, ..)| number.is(test)).map(|(_, funding, outcome)| (*funding, *outcome))
}

/// How many digits of a number say who issued the card (ISO/IEC 7812-1: the issuer identification number).
pub const ISSUER_DIGITS: usize = 8;

/// Whether the cards whose numbers begin with these digits are credit or debit cards.
pub fn funding(issuer: &str) -> Option<CardFunding> {
    CARDS.iter().find(|(test, ..)| test.get(..ISSUER_DIGITS) == Some(issuer)).map(|(_, funding, _)| *funding)
}

/// What the one charge of a card does after its security code was wrong and was typed again: zeros are wrong again, any
/// other code is right.
pub fn with_code_again(code: &SecurityCode) -> Outcome {
    if code.is_zeros() { Outcome::Fails(Failure::WrongSecurityCode) } else { Outcome::Pays }
}

pub fn account(number: &AccountNumber) -> Option<Outcome> {
    ACCOUNTS.iter().find(|(test, _)| number.is(test)).map(|(_, outcome)| *outcome)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_test_number_is_one_that_the_frame_accepts() {
        for (number, ..) in CARDS {
            assert!(CardNumber::parse(number).is_ok_and(|number| card(&number).is_some()), "{number}");
        }
        for (number, _) in ACCOUNTS {
            assert!(AccountNumber::parse(number).is_ok_and(|number| account(&number).is_some()), "{number}");
        }
        assert!(card(&CardNumber::parse("4242424242094243").unwrap()).is_none());
    }

    #[test]
    fn the_first_digits_of_a_number_tell_the_funding_of_its_card() {
        for (number, of_card, _) in CARDS {
            assert_eq!(funding(&number[..ISSUER_DIGITS]), Some(of_card), "{number}");
        }
        for other in ["", "4242424", "424242424", "41111111"] {
            assert_eq!(funding(other), None, "{other}");
        }
    }
}
