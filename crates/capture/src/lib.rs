//! The contract's card and bank validation for the capture frame (wasm), as functions over text. Each returns the key
//! of the field's problem, or an empty text; the frame has the texts. Stateless.

use contract::{AccountNumber, CardBrand, CardNumber, Date, Expiry, FieldProblem, RoutingNumber, SecurityCode, typed};
use wasm_bindgen::prelude::wasm_bindgen;

/// A field's text as it should stand, and where the caret belongs in it (both count characters; the text is ASCII by
/// then).
#[wasm_bindgen]
pub struct Tidied {
    text: String,
    pub caret: usize,
}

#[wasm_bindgen]
impl Tidied {
    #[wasm_bindgen(getter)]
    pub fn text(&self) -> String {
        self.text.clone()
    }
}

/// Writes a card number's spaces. The caret stays behind the digit it was behind; a space is written only once a digit
/// follows it, so deleting never gets stuck.
#[wasm_bindgen]
pub fn tidy_card(text: &str, caret: usize) -> Tidied {
    let digits_before = digits(&text.chars().take(caret).collect::<String>()).len();
    let digits = digits(text);
    let brand = CardBrand::of_digits(&digits).unwrap_or(CardBrand::Other);
    let longest = brand.lengths().1;
    let mut tidied = Tidied { text: String::new(), caret: 0 };
    for (at, digit) in digits.chars().take(longest).enumerate() {
        if brand.gaps().contains(&at) {
            tidied.text.push(' ');
        }
        tidied.text.push(digit);
        if at + 1 == digits_before {
            tidied.caret = tidied.text.len();
        }
    }
    if digits_before > longest {
        tidied.caret = tidied.text.len();
    }
    tidied
}

/// The brand's name once it is sure; empty before.
#[wasm_bindgen]
pub fn brand(text: &str) -> String {
    CardBrand::of_digits(&digits(text)).map(|brand| brand.name().to_owned()).unwrap_or_default()
}

/// How long this card's security code is.
#[wasm_bindgen]
pub fn code_length(number: &str) -> usize {
    CardBrand::of_digits(&digits(number)).unwrap_or(CardBrand::Other).security_code_length()
}

#[wasm_bindgen]
pub fn check_card(text: &str) -> String {
    match CardNumber::parse(text) {
        Ok(number) if !CardBrand::ACCEPTED.contains(&number.brand()) => FieldProblem::BrandNotAccepted.key().to_owned(),
        Ok(_) => String::new(),
        // A brand we don't take is the better answer than "a digit is missing".
        Err(_) if CardBrand::of_digits(&digits(text)).is_some_and(|brand| !CardBrand::ACCEPTED.contains(&brand)) => {
            FieldProblem::BrandNotAccepted.key().to_owned()
        }
        Err(problem) => problem.key().to_owned(),
    }
}

/// `today` is `YYYY-MM-DD`.
#[wasm_bindgen]
pub fn check_expiry(text: &str, today: &str) -> String {
    let checked =
        Expiry::parse(text).and_then(|expiry| Date::parse(today).map_or(Ok(expiry), |today| expiry.check(today)));
    key(checked)
}

/// A code of a card whose codes have this length.
#[wasm_bindgen]
pub fn check_code(text: &str, length: usize) -> String {
    let is_long = length == CardBrand::Amex.security_code_length();
    key(SecurityCode::parse(text, if is_long { CardBrand::Amex } else { CardBrand::Other }))
}

#[wasm_bindgen]
pub fn check_routing(text: &str) -> String {
    key(RoutingNumber::parse(text))
}

#[wasm_bindgen]
pub fn check_account(text: &str) -> String {
    key(AccountNumber::parse(text))
}

fn key<T>(checked: Result<T, FieldProblem>) -> String {
    checked.err().map(|problem| problem.key().to_owned()).unwrap_or_default()
}

fn digits(text: &str) -> String {
    typed::compact(text).chars().filter(char::is_ascii_digit).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tidied(text: &str, caret: usize) -> (String, usize) {
        let tidied = tidy_card(text, caret);
        (tidied.text(), tidied.caret)
    }

    #[test]
    fn spaces_come_as_the_brand_writes_them() {
        assert_eq!(tidied("4242424242424242", 16), ("4242 4242 4242 4242".into(), 19));
        assert_eq!(tidied("378282246310005", 15), ("3782 822463 10005".into(), 17));
        assert_eq!(tidied("4242", 4), ("4242".into(), 4));
        assert_eq!(tidied("\u{ff14}2\u{200b}4\u{ff12}4", 5), ("4242 4".into(), 4));
    }

    #[test]
    fn the_caret_stays_behind_its_digit() {
        // A digit typed in the middle: "42|42 4242" with a 9 before the bar.
        assert_eq!(tidied("429|42 4242".replace('|', "").as_str(), 3), ("4294 2424 2".into(), 3));
        // Backspace at the start of a group leaves the caret at the end of the one before.
        assert_eq!(tidied("42424242", 4), ("4242 4242".into(), 4));
        assert_eq!(tidied("", 0), (String::new(), 0));
    }

    #[test]
    fn what_is_wrong_is_said_by_its_key() {
        assert_eq!(check_card("4242 4242 4242 4242"), "");
        assert_eq!(check_card("4242 4242 4242 4241"), "bad_checksum");
        assert_eq!(check_card("3530111333300000"), "brand_not_accepted");
        assert_eq!(check_expiry("10/26", "2026-11-23"), "expired");
        assert_eq!(check_code("123", code_length("378282246310005")), "too_short");
        assert_eq!([check_code("1234", 4), check_code("123", 3), check_code("1234", 3)], ["", "", "too_long"]);
        assert_eq!(check_routing("121000358"), "");
        assert_eq!(check_account("12"), "too_short");
    }
}
