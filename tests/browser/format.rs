//! Money and dates through the browser's `Intl`.

use contract::{Date, Instant, Locale, Money};
use kppay::i18n::format::{self, WallClock};
use wasm_bindgen_test::wasm_bindgen_test;

#[wasm_bindgen_test]
fn money_is_written_with_groups_and_cents_and_no_rounding() {
    let amount = Money::parse("1234567.89").unwrap();
    assert_eq!(format::money(Locale::En, amount), "$1,234,567.89");
    assert_eq!(format::money(Locale::Es, Money::parse("64.1").unwrap()), "$64.10");
    assert_eq!(format::money(Locale::En, Money::parse("9999999.99").unwrap()), "$9,999,999.99");
}

#[wasm_bindgen_test]
fn dates_carry_their_weekday_in_both_languages() {
    let date = Date::parse("2026-11-25").unwrap();
    assert_eq!(format::long_date(Locale::En, date), "Wednesday, November 25, 2026");
    assert_eq!(format::long_date(Locale::Es, date), "miércoles, 25 de noviembre de 2026");
    assert_eq!(format::short_date(Locale::En, date), "Wed, Nov 25");
    assert_eq!(format::medium_date(Locale::En, date), "Nov 25, 2026");
}

#[wasm_bindgen_test]
fn one_is_told_from_many_by_the_language_s_rule() {
    for locale in Locale::ALL {
        assert_eq!(format::plural(locale, 1, "one", "many"), "one");
        for n in [0, 2, 11, 21, 100] {
            assert_eq!(format::plural(locale, n, "one", "many"), "many");
        }
    }
}

#[wasm_bindgen_test]
fn a_civil_date_is_the_same_day_wherever_the_browser_is() {
    for day in ["2026-01-01", "2026-03-08", "2026-11-01", "2028-02-29"] {
        let date = Date::parse(day).unwrap();
        let text = format::medium_date(Locale::En, date);
        assert!(text.contains(&format!(" {},", date.day())), "{day}: {text}");
    }
}

#[wasm_bindgen_test]
fn the_clock_on_the_wall_is_the_region_s() {
    // Monday 2026-11-23 16:30 UTC
    let at = Instant::parse("2026-11-23T16:30:00Z").unwrap().millis();
    assert_eq!(WallClock::at(at, "America/Los_Angeles"), WallClock { weekday: 0, hour: 8 });
    assert_eq!(WallClock::at(at, "Pacific/Honolulu"), WallClock { weekday: 0, hour: 6 });
    assert_eq!(WallClock::at(at, "America/New_York"), WallClock { weekday: 0, hour: 11 });
    // midnight is hour 0, not 24
    let midnight = Instant::parse("2026-11-23T08:00:00Z").unwrap().millis();
    assert_eq!(WallClock::at(midnight, "America/Los_Angeles"), WallClock { weekday: 0, hour: 0 });
}
