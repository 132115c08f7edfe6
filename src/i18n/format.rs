//! Money, dates and plurals as people of a language write them. The forms are the contract's (`date_format`), the same
//! as in e-mails and on receipts. Only the time in a region is asked of the browser's `Intl`; natively it is UTC.

use contract::{Date, Instant, LocalTime, Locale, Money, Phone, Region, authorisation, date_format};

/// `$1,234.50`.
pub fn money(_: Locale, amount: Money) -> String {
    authorisation::dollars(amount)
}

/// `Wednesday, November 25, 2026` · `miércoles, 25 de noviembre de 2026`.
pub fn long_date(locale: Locale, date: Date) -> String {
    date_format::long_date(date, locale)
}

/// `Wed, Nov 25` · `mié, 25 de nov`: a weekday always, the year where it is plain.
pub fn short_date(locale: Locale, date: Date) -> String {
    date_format::short_date(date, locale)
}

/// `Nov 25, 2026` · `25 de nov de 2026`: for tables and facts.
pub fn medium_date(locale: Locale, date: Date) -> String {
    date_format::medium_date(date, locale)
}

/// `November 2026` · `noviembre de 2026`.
pub fn month(locale: Locale, date: Date) -> String {
    date_format::month_and_year(date, locale)
}

/// The day it is at that moment in a time zone: `Mon, Nov 23, 2026`.
pub fn day(locale: Locale, at: Instant, time_zone: &str) -> String {
    date_format::medium_date_with_weekday(date_at(at, time_zone), locale)
}

/// `Monday, November 23, 2026, 9:52 am Pacific`, by the clock of a time zone.
pub fn moment(locale: Locale, at: Instant, time_zone: &str) -> String {
    let local = local_time(at, time_zone);
    let time = date_format::time_of_day(local.hour, local.minute, locale);
    date_format::moment(local, time_zone, locale).replace(&time, &unbroken(&time))
}

/// The time of day at that moment in a time zone: `9:14 am` · `9:14 a. m.`
pub fn time(locale: Locale, at: Instant, time_zone: &str) -> String {
    let LocalTime { hour, minute, .. } = local_time(at, time_zone);
    unbroken(&date_format::time_of_day(hour, minute, locale))
}

/// `7 am` · `7 a. m.`
pub fn hour(locale: Locale, hour: u8) -> String {
    unbroken(&date_format::hour(hour, locale))
}

/// A time of day is never broken over two lines.
fn unbroken(time: &str) -> String {
    time.replace(' ', "\u{a0}")
}

/// The date at that moment in a time zone.
pub fn date_at(at: Instant, time_zone: &str) -> Date {
    local_time(at, time_zone).date
}

/// What calendar and clock of a time zone show at that moment.
pub fn local_time(at: Instant, time_zone: &str) -> LocalTime {
    imp::local_time(at, time_zone).unwrap_or_else(|| at.utc())
}

/// Chooses between one and many, in either language.
pub fn plural(n: usize, one: &'static str, many: &'static str) -> &'static str {
    if n == 1 { one } else { many }
}

/// `10,000`: in both languages as the United States write it.
pub fn grouped(n: usize) -> String {
    let digits = n.to_string();
    let mut text = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// As a member of this language calls it.
pub fn region(locale: Locale, region: Region) -> &'static str {
    match (locale, region) {
        (Locale::Es, Region::Hawaii) => "Hawái",
        (Locale::Es, Region::Oregon) => "Oregón",
        _ => region.name(),
    }
}

/// `Pacific` · `Pacífico`, of the region's clock.
pub fn zone(locale: Locale, region: Region) -> &'static str {
    date_format::zone(region.time_zone(), locale)
}

/// Through `Intl`.
#[cfg(target_arch = "wasm32")]
mod imp {
    use super::*;
    use js_sys::{Array, Intl, Object, Reflect};
    use wasm_bindgen::{JsCast, JsValue};

    pub fn local_time(at: Instant, time_zone: &str) -> Option<LocalTime> {
        let options = Object::new();
        for (name, value) in [
            ("timeZone", time_zone),
            ("year", "numeric"),
            ("month", "2-digit"),
            ("day", "2-digit"),
            ("hour", "2-digit"),
            ("minute", "2-digit"),
            ("hourCycle", "h23"),
        ] {
            _ = Reflect::set(&options, &JsValue::from_str(name), &JsValue::from_str(value));
        }
        let format = Intl::DateTimeFormat::new(&Array::of1(&"en-US".into()), options.unchecked_ref()).format();
        // "11/23/2026, 09:52"
        let text = format.call1(&JsValue::UNDEFINED, &JsValue::from_f64(at.millis() as f64)).ok()?.as_string()?;
        let mut numbers = text.split(|c: char| !c.is_ascii_digit()).filter_map(|number| number.parse::<i16>().ok());
        let mut next = || numbers.next();
        let (month, day, year, hour, minute) = (next()?, next()?, next()?, next()?, next()?);
        Some(LocalTime { date: Date::new(year, month as u8, day as u8)?, hour: hour as u8, minute: minute as u8 })
    }
}

/// Without a browser.
#[cfg(not(target_arch = "wasm32"))]
mod imp {
    use super::*;

    pub fn local_time(at: Instant, _: &str) -> Option<LocalTime> {
        Some(at.utc())
    }
}

/// `(510) 555-0142` of E.164.
pub fn phone(phone: &Phone) -> String {
    let text = phone.to_string();
    let digits = text.trim_start_matches("+1");
    match (digits.get(..3), digits.get(3..6), digits.get(6..)) {
        (Some(area), Some(exchange), Some(line)) => format!("({area}) {exchange}-{line}"),
        _ => text,
    }
}

#[cfg(all(test, not(target_arch = "wasm32")))]
mod tests {
    use super::*;

    #[test]
    fn a_time_of_day_is_never_broken_over_two_lines() {
        assert_eq!(hour(Locale::En, 12), "12\u{a0}pm");
        assert_eq!(hour(Locale::Es, 17), "5\u{a0}p.\u{a0}m.");
        let at = Instant::parse("2026-11-23T17:52:00Z").unwrap();
        let zone = Region::California.time_zone();
        assert_eq!(moment(Locale::En, at, zone), "Monday, November 23, 2026, 5:52\u{a0}pm Pacific");
        assert_eq!(moment(Locale::Es, at, zone), "lunes, 23 de noviembre de 2026, 5:52\u{a0}p.\u{a0}m. (Pacífico)");
    }

    #[test]
    fn every_region_has_a_name_in_both_languages() {
        for locale in Locale::ALL {
            for of in Region::ALL {
                assert!(!region(locale, of).is_empty());
            }
        }
    }
}
