//! What time it is in a region, through the browser's `Intl`.

use contract::{Instant, Locale, Region};
use kppay::i18n::format;
use wasm_bindgen_test::wasm_bindgen_test;

#[wasm_bindgen_test]
fn a_moment_is_said_by_the_region_s_clock() {
    let said = |at: &str, region: Region, locale| {
        format::moment(locale, Instant::parse(at).unwrap(), region.time_zone()).replace('\u{a0}', " ")
    };
    let at = "2026-11-23T17:52:00Z";
    assert_eq!(said(at, Region::California, Locale::En), "Monday, November 23, 2026, 9:52 am Pacific");
    assert_eq!(said(at, Region::Georgia, Locale::Es), "lunes, 23 de noviembre de 2026, 12:52 p. m. (Este)");
    // midnight is hour 0, not 24, and the day before in Hawaii
    let midnight = "2026-11-23T08:00:00Z";
    assert_eq!(said(midnight, Region::Oregon, Locale::En), "Monday, November 23, 2026, 12:00 am Pacific");
    assert_eq!(said(midnight, Region::Hawaii, Locale::En), "Sunday, November 22, 2026, 10:00 pm Hawaii");
    // an hour less in summer, but for Hawaii
    let summer = "2027-07-01T17:52:00Z";
    assert_eq!(said(summer, Region::Colorado, Locale::En), "Thursday, July 1, 2027, 11:52 am Mountain");
    assert_eq!(said(summer, Region::Hawaii, Locale::En), "Thursday, July 1, 2027, 7:52 am Hawaii");
}
