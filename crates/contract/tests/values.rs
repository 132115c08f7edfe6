//! What holds for every value type, whatever is typed: nothing panics, what is shown reads back as itself, and a slip
//! of the finger is caught wherever arithmetic can catch it.
#![cfg(not(target_arch = "wasm32"))]
#![allow(clippy::unwrap_used)]

use contract::{
    AccountNumber, Amount, CardBrand, CardNumber, Date, Email, Expiry, HealthRecordNumber, IdempotencyKey, Identifier,
    Instant, Locale, Money, PersonName, Phone, Region, RoutingNumber, SecurityCode, UsState, ZipCode,
    field_problem::plain_text, person::AddressLine, portal::IdentifierField,
};
use proptest::prelude::*;

/// Anything at all, and what fingers make of the things this crate reads.
fn typed() -> impl Strategy<Value = String> {
    prop_oneof![
        any::<String>(),
        "\\PC{0,40}",
        "[ $]{0,2}-?[0-9]{0,9}[.,]?[0-9]{0,3}[.,]?[0-9]{0,3} ?",
        "[0-9\u{ff10}-\u{ff19} -]{0,24}",
        "[0-9]{1,4}[/ -]{1,3}[0-9]{1,4}",
        "[0-9]{4}-[0-9]{2}-[0-9]{2}(T[0-9]{2}:[0-9]{2}:[0-9]{2}(\\.[0-9]{0,10})?(Z|\\+00:00)?)?",
        "[A-Za-z0-9.'+éİΣ-]{0,12}@?[A-Za-z0-9éİΣ.-]{0,12}(\\.[a-zA-Z]{1,3})?",
        "[A-Za-zéñ李 .'’-]{0,20}",
        "[+]?[0-9 ().-]{7,18}",
        "[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}",
        "[ A-Za-z0-9_-]{0,12}",
    ]
}

/// `parse` of anything: no panic; and what it made, shown and read again, is the same.
macro_rules! reads_back {
    ($text:expr; $($type:ty),+ $(,)?) => {$(
        if let Ok(value) = <$type>::parse($text) {
            let shown = value.to_string();
            prop_assert_eq!(<$type>::parse(&shown), Ok(value), "{} shows as {}", stringify!($type), shown);
        }
    )+};
}

/// The same through JSON, for the types that have it.
macro_rules! reads_back_from_json {
    ($text:expr; $($type:ty),+ $(,)?) => {$(
        if let Ok(value) = <$type>::parse($text) {
            let json = serde_json::to_string(&value).unwrap();
            prop_assert_eq!(serde_json::from_str::<$type>(&json).ok(), Some(value), "{}", json);
        }
    )+};
}

/// Digits followed by the one last digit that makes them a number.
fn completed(digits: &str, is_good: impl Fn(&str) -> bool) -> String {
    let mut good: Vec<String> = (0..10).map(|last| format!("{digits}{last}")).filter(|text| is_good(text)).collect();
    assert_eq!(good.len(), 1, "{digits}");
    good.remove(0)
}

fn card_digits() -> impl Strategy<Value = String> {
    prop_oneof!["4[0-9]{14}", "5[1-5][0-9]{13}", "3[47][0-9]{12}", "6011[0-9]{11}", "65[0-9]{13}"]
        .prop_map(|digits| completed(&digits, |text| CardNumber::parse(text).is_ok()))
}

fn routing_digits() -> impl Strategy<Value = String> {
    "(0[1-9]|1[0-2]|2[1-9]|3[0-2]|6[1-9]|7[0-2]|80)[0-9]{6}"
        .prop_map(|digits| completed(&digits, |text| RoutingNumber::parse(text).is_ok()))
}

/// With the digit at `at` moved on by `by` (1 to 9).
fn with_wrong_digit(digits: &str, at: usize, by: u8) -> String {
    let mut bytes = digits.as_bytes().to_vec();
    bytes[at] = (bytes[at] - b'0' + by) % 10 + b'0';
    String::from_utf8(bytes).unwrap()
}

/// With the digits at `at` and after it exchanged, and how far apart they are.
fn with_swap(digits: &str, at: usize) -> (String, u8) {
    let mut bytes = digits.as_bytes().to_vec();
    bytes.swap(at, at + 1);
    let apart = bytes[at].abs_diff(bytes[at + 1]);
    (String::from_utf8(bytes).unwrap(), apart)
}

proptest! {
    #[test]
    fn whatever_is_typed_what_is_shown_reads_back_as_itself(text in typed()) {
        reads_back!(&text;
            Money, Amount, Date, Instant, Region, Locale, Identifier, HealthRecordNumber, ZipCode, Email, PersonName, Phone, UsState, AddressLine, RoutingNumber, AccountNumber, Expiry,
            IdempotencyKey);
        reads_back_from_json!(&text;
            Money, Amount, Date, Instant, HealthRecordNumber, ZipCode, Email, PersonName, Phone, AddressLine,
            RoutingNumber, Expiry, IdempotencyKey);
    }

    #[test]
    fn whatever_is_typed_nothing_panics(text in typed()) {
        let _ = plain_text(&text);
        let _ = CardNumber::parse(&text);
        let brand = CardBrand::of_digits(&text).unwrap_or(CardBrand::Other);
        let _ = SecurityCode::parse(&text, brand);
        if let Ok(email) = Email::parse(&text) {
            let _ = email.typo();
        }
        for (identifier, digits_only) in Identifier::ALL.into_iter().flat_map(|one| [(one, true), (one, false)]) {
            for (min, max) in [(1, 9), (3, 3), (8, 12)] {
                let field = IdentifierField { identifier, digits_only, min, max, sample: String::new() };
                if let Ok(read) = field.normalise(&text) {
                    prop_assert_eq!(field.normalise(&read), Ok(read.clone()));
                }
            }
        }
    }

    #[test]
    fn text_that_turns_or_holds_a_card_number_is_no_name_and_no_address(
        before in "[A-Za-z ]{1,8}", hidden in "[\u{0}-\u{8}\u{202d}\u{202e}\u{2028}]", after in "[a-z]{1,8}",
        card in card_digits(),
    ) {
        let sneaky = format!("x{before}{hidden}{after}");
        prop_assert!(PersonName::parse(&sneaky).is_err() && AddressLine::parse(&sneaky).is_err());
        let misplaced = format!("{before}{card}{after}");
        prop_assert!(PersonName::parse(&misplaced).is_err() && AddressLine::parse(&misplaced).is_err());
    }

    #[test]
    fn one_wrong_digit_of_a_card_number_is_caught(digits in card_digits(), at in 0usize..14, by in 1u8..10) {
        prop_assert!(CardNumber::parse(&with_wrong_digit(&digits, at, by)).is_err());
    }

    #[test]
    fn two_neighbours_of_a_card_number_swapped_are_caught_unless_they_are_zero_and_nine(
        digits in card_digits(), at in 0usize..14,
    ) {
        let (swapped, apart) = with_swap(&digits, at);
        if apart == 0 {
            prop_assert_eq!(swapped, digits);
        } else if apart == 9 {
            // Luhn can't tell 09 from 90. Only where the swap makes another brand is there anything to see.
            if CardBrand::of_digits(&swapped) == CardBrand::of_digits(&digits) {
                prop_assert!(CardNumber::parse(&swapped).is_ok());
            }
        } else {
            prop_assert!(CardNumber::parse(&swapped).is_err());
        }
    }

    #[test]
    fn one_wrong_digit_of_a_routing_number_is_caught(digits in routing_digits(), at in 0usize..9, by in 1u8..10) {
        prop_assert!(RoutingNumber::parse(&with_wrong_digit(&digits, at, by)).is_err());
    }

    #[test]
    fn two_neighbours_of_a_routing_number_swapped_are_caught_unless_five_apart(
        digits in routing_digits(), at in 0usize..8,
    ) {
        let (swapped, apart) = with_swap(&digits, at);
        // 3, 7 and 1 lie two, four and six apart: a swap of digits five apart moves the sum by a multiple of ten.
        prop_assert!(apart == 0 || apart == 5 || RoutingNumber::parse(&swapped).is_err());
    }

    #[test]
    fn spaces_and_hyphens_in_a_card_number_change_nothing(digits in card_digits(), every in 1usize..6, with in "[ -]") {
        let chunks: Vec<String> = digits.as_bytes().chunks(every).map(|c| String::from_utf8_lossy(c).into_owned()).collect();
        prop_assert_eq!(CardNumber::parse(&chunks.join(&with)), CardNumber::parse(&digits));
    }

    #[test]
    fn a_brand_once_named_stays_that_brand_while_typing_goes_on(digits in "[0-9]{1,19}") {
        let mut named = None;
        for end in 1..=digits.len() {
            let now = CardBrand::of_digits(&digits[..end]);
            if named.is_some() {
                prop_assert_eq!(now, named, "{}", &digits[..end]);
            }
            named = now;
        }
    }

    #[test]
    fn debug_shows_no_more_than_four_digits(card in card_digits(), account in "[0-9]{4,16}1") {
        let shown = format!("{:?} {:?}", CardNumber::parse(&card).unwrap(), AccountNumber::parse(&account).unwrap());
        prop_assert_eq!(shown.chars().filter(char::is_ascii_digit).count(), 8);
        let code = SecurityCode::parse(&card[..3], CardBrand::Visa).unwrap();
        let shown = format!("{code:?}");
        prop_assert!(!shown.chars().any(|c| c.is_ascii_digit()));
    }

    #[test]
    fn a_health_record_number_keeps_every_digit_and_has_nine(number in 1u32..=999_999_999) {
        let hrn = HealthRecordNumber::parse(&number.to_string()).unwrap().to_string();
        prop_assert_eq!(hrn.len(), 9);
        prop_assert_eq!(hrn.parse::<u32>(), Ok(number));
    }

    #[test]
    fn a_likely_meaning_of_an_address_differs_in_its_domain_only(local in "[a-z]{1,9}", domain in "[a-z]{3,9}\\.(com|net|co)") {
        let email = Email::parse(&format!("{local}@{domain}")).unwrap();
        if let Some(meant) = email.typo() {
            prop_assert_ne!(&meant, &email);
            let meant = meant.to_string();
            prop_assert_eq!(meant.split('@').next(), Some(local.as_str()));
            prop_assert_eq!(Email::parse(&meant).unwrap().typo(), None);
        }
    }

    #[test]
    fn a_key_made_of_random_bytes_is_a_uuid_of_version_four(bytes in any::<[u8; 16]>()) {
        let text = IdempotencyKey::from_random(bytes).to_string();
        prop_assert!(IdempotencyKey::parse(&text).is_ok());
        prop_assert_eq!(&text[14..15], "4");
        prop_assert!("89ab".contains(&text[19..20]));
    }
}
