//! Money, dates and plurals as people of a language write them. In the browser `Intl` does it (amounts go in as decimal
//! strings, never as floating point); rendered natively, a small own version does, which the browser tests hold beside
//! `Intl`.

use contract::{Date, Instant, Locale, Money, Region};

/// `$1,234.50`, with a true minus where there is one to write.
pub fn money(locale: Locale, amount: Money) -> String {
    imp::money(locale, amount)
}

/// `Wednesday, November 25, 2026` · `miércoles, 25 de noviembre de 2026`.
pub fn long_date(locale: Locale, date: Date) -> String {
    imp::date(locale, date, Form::Long)
}

/// `Wed, Nov 25` · `mié, 25 de nov`: a weekday always, the year where it is plain.
pub fn short_date(locale: Locale, date: Date) -> String {
    imp::date(locale, date, Form::Short)
}

/// `Nov 25, 2026` · `25 nov 2026`: for tables and facts.
pub fn medium_date(locale: Locale, date: Date) -> String {
    imp::date(locale, date, Form::Medium)
}

/// The day it is at that moment in a time zone: `Mon, Nov 23, 2026`. Natively in UTC.
pub fn day(locale: Locale, at: Instant, time_zone: &str) -> String {
    imp::day(locale, at, time_zone)
}

/// Date and time of day in a time zone: `November 23, 2026 at 9:14 AM PST`. Natively in UTC.
pub fn moment(locale: Locale, at: Instant, time_zone: &str) -> String {
    imp::moment(locale, at, time_zone)
}

/// The time of day at that moment in a time zone: `9:14 am` · `9:14 a. m.` Natively in UTC.
pub fn time(locale: Locale, at: Instant, time_zone: &str) -> String {
    imp::time(locale, at, time_zone).to_lowercase()
}

/// The date at that moment in a time zone. Natively in UTC.
pub fn date_at(at: Instant, time_zone: &str) -> Date {
    imp::date_at(at, time_zone).unwrap_or_else(|| Date::from_days(at.millis().div_euclid(86_400_000)))
}

/// Chooses between one and many by the language's own rule.
pub fn plural(locale: Locale, n: usize, one: &'static str, many: &'static str) -> &'static str {
    if imp::is_one(locale, n) { one } else { many }
}

/// Weekday 0 is Monday. Hour and minute in this time zone, of an instant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct WallClock {
    pub weekday: u8,
    pub hour: u8,
}

impl WallClock {
    pub fn at(instant_millis: i64, time_zone: &str) -> Self {
        imp::wall_clock(instant_millis, time_zone)
    }
}

/// `7 am` · `7 a. m.`, which is never broken over two lines.
pub fn hour(locale: Locale, hour: u8) -> String {
    hour_words(locale, hour, "")
}

fn hour_words(locale: Locale, hour: u8, minute: &str) -> String {
    let (twelve, after) = ((hour + 11) % 12 + 1, hour >= 12);
    match (locale, after) {
        (Locale::En, false) => format!("{twelve}{minute}\u{a0}am"),
        (Locale::En, true) => format!("{twelve}{minute}\u{a0}pm"),
        (Locale::Es, false) => format!("{twelve}{minute}\u{a0}a.\u{a0}m."),
        (Locale::Es, true) => format!("{twelve}{minute}\u{a0}p.\u{a0}m."),
    }
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
    match (locale, region) {
        (_, Region::Hawaii) => self::region(locale, region),
        (Locale::En, Region::Colorado) => "Mountain",
        (Locale::Es, Region::Colorado) => "Montaña",
        (Locale::En, Region::Georgia) => "Eastern",
        (Locale::Es, Region::Georgia) => "Este",
        (Locale::En, _) => "Pacific",
        (Locale::Es, _) => "Pacífico",
    }
}

#[derive(Clone, Copy)]
enum Form {
    Long,
    Medium,
    Short,
}

/// Through `Intl`.
#[cfg(target_arch = "wasm32")]
mod imp {
    use super::*;
    use js_sys::{Array, Function, Intl, Object, Reflect};
    use wasm_bindgen::{JsCast, JsValue};

    fn tag(locale: Locale) -> Array {
        Array::of1(&match locale {
            Locale::En => "en-US".into(),
            Locale::Es => "es-US".into(),
        })
    }

    fn options(pairs: &[(&str, &str)]) -> Object {
        let options = Object::new();
        for (name, value) in pairs {
            _ = Reflect::set(&options, &JsValue::from_str(name), &JsValue::from_str(value));
        }
        options
    }

    fn call(format: &Function, value: &JsValue) -> String {
        format.call1(&JsValue::UNDEFINED, value).ok().and_then(|text| text.as_string()).unwrap_or_default()
    }

    pub fn money(locale: Locale, amount: Money) -> String {
        let options = options(&[("style", "currency"), ("currency", "USD")]);
        let format = Intl::NumberFormat::new(&tag(locale), options.unchecked_ref());
        call(&format.format(), &JsValue::from_str(&amount.to_string()))
    }

    fn date_format(locale: Locale, pairs: &[(&str, &str)]) -> Function {
        Intl::DateTimeFormat::new(&tag(locale), options(pairs).unchecked_ref()).format()
    }

    pub fn date(locale: Locale, date: Date, form: Form) -> String {
        let noon = date.days() as f64 * 86_400_000.0 + 43_200_000.0;
        let pairs: &[(&str, &str)] = match form {
            Form::Long => {
                &[("timeZone", "UTC"), ("weekday", "long"), ("year", "numeric"), ("month", "long"), ("day", "numeric")]
            }
            Form::Medium => &[("timeZone", "UTC"), ("year", "numeric"), ("month", "short"), ("day", "numeric")],
            Form::Short => &[("timeZone", "UTC"), ("weekday", "short"), ("month", "short"), ("day", "numeric")],
        };
        call(&date_format(locale, pairs), &JsValue::from_f64(noon))
    }

    pub fn day(locale: Locale, at: Instant, time_zone: &str) -> String {
        let pairs = [
            ("timeZone", time_zone),
            ("weekday", "short"),
            ("year", "numeric"),
            ("month", "short"),
            ("day", "numeric"),
        ];
        call(&date_format(locale, &pairs), &JsValue::from_f64(at.millis() as f64))
    }

    pub fn moment(locale: Locale, at: Instant, time_zone: &str) -> String {
        let pairs = [
            ("timeZone", time_zone),
            ("year", "numeric"),
            ("month", "long"),
            ("day", "numeric"),
            ("hour", "numeric"),
            ("minute", "2-digit"),
            ("timeZoneName", "short"),
        ];
        call(&date_format(locale, &pairs), &JsValue::from_f64(at.millis() as f64))
    }

    pub fn time(locale: Locale, at: Instant, time_zone: &str) -> String {
        let pairs = [("timeZone", time_zone), ("hour", "numeric"), ("minute", "2-digit")];
        call(&date_format(locale, &pairs), &JsValue::from_f64(at.millis() as f64))
    }

    pub fn date_at(at: Instant, time_zone: &str) -> Option<Date> {
        let pairs = [("timeZone", time_zone), ("year", "numeric"), ("month", "2-digit"), ("day", "2-digit")];
        // "11/23/2026"
        let text = call(&date_format(Locale::En, &pairs), &JsValue::from_f64(at.millis() as f64));
        let mut parts = text.split('/');
        let (month, day, year) = (parts.next()?, parts.next()?, parts.next()?);
        Date::parse(&format!("{year}-{month}-{day}")).ok()
    }

    pub fn is_one(locale: Locale, n: usize) -> bool {
        Intl::PluralRules::new(&tag(locale), &Object::new()).select(n as f64) == "one"
    }

    pub fn wall_clock(millis: i64, time_zone: &str) -> WallClock {
        let pairs = [("timeZone", time_zone), ("weekday", "short"), ("hour", "2-digit"), ("hourCycle", "h23")];
        // "Mon 09" or "Mon, 09": the first three letters and the last two digits
        let text = call(&date_format(Locale::En, &pairs), &JsValue::from_f64(millis as f64));
        let weekday = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"].iter().position(|day| text.starts_with(day));
        let hour = text.rsplit(|c: char| !c.is_ascii_digit()).next().and_then(|hour| hour.parse().ok());
        WallClock { weekday: weekday.unwrap_or(6) as u8, hour: hour.unwrap_or(0) }
    }
}

/// Without a browser.
#[cfg(not(target_arch = "wasm32"))]
mod imp {
    use super::*;

    const MONTHS: [[&str; 12]; 2] = [
        [
            "January",
            "February",
            "March",
            "April",
            "May",
            "June",
            "July",
            "August",
            "September",
            "October",
            "November",
            "December",
        ],
        [
            "enero",
            "febrero",
            "marzo",
            "abril",
            "mayo",
            "junio",
            "julio",
            "agosto",
            "septiembre",
            "octubre",
            "noviembre",
            "diciembre",
        ],
    ];
    const DAYS: [[&str; 7]; 2] = [
        ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"],
        ["lunes", "martes", "miércoles", "jueves", "viernes", "sábado", "domingo"],
    ];

    fn first_three(word: &str) -> String {
        word.chars().take(3).collect()
    }

    pub fn money(_: Locale, amount: Money) -> String {
        let plain = amount.to_string();
        let (whole, cents) = plain.split_once('.').unwrap_or((&plain, "00"));
        let mut grouped = String::from("$");
        for (at, digit) in whole.chars().enumerate() {
            if at > 0 && (whole.len() - at) % 3 == 0 {
                grouped.push(',');
            }
            grouped.push(digit);
        }
        format!("{grouped}.{cents}")
    }

    pub fn date(locale: Locale, date: Date, form: Form) -> String {
        let language = locale as usize;
        let month = MONTHS[language][usize::from(date.month()) - 1];
        // 1970-01-01 was a Thursday
        let weekday = DAYS[language][(date.days() + 3).rem_euclid(7) as usize];
        let (day, year) = (date.day(), date.year());
        match (locale, form) {
            (Locale::En, Form::Long) => format!("{weekday}, {month} {day}, {year}"),
            (Locale::Es, Form::Long) => format!("{weekday}, {day} de {month} de {year}"),
            (Locale::En, Form::Medium) => format!("{} {day}, {year}", first_three(month)),
            (Locale::Es, Form::Medium) => format!("{day} de {} de {year}", first_three(month)),
            (Locale::En, Form::Short) => format!("{}, {} {day}", first_three(weekday), first_three(month)),
            (Locale::Es, Form::Short) => format!("{}, {day} de {}", first_three(weekday), first_three(month)),
        }
    }

    pub fn day(locale: Locale, at: Instant, _: &str) -> String {
        date(locale, Date::from_days(at.millis().div_euclid(86_400_000)), Form::Medium)
    }

    pub fn moment(locale: Locale, at: Instant, _: &str) -> String {
        let (days, minutes) = (at.millis().div_euclid(86_400_000), at.millis().rem_euclid(86_400_000) / 60_000);
        let date = date(locale, Date::from_days(days), Form::Long);
        format!("{date}, {:02}:{:02} UTC", minutes / 60, minutes % 60)
    }

    pub fn time(locale: Locale, at: Instant, _: &str) -> String {
        let minutes = at.millis().rem_euclid(86_400_000) / 60_000;
        let (hour, minute) = ((minutes / 60) as u8, minutes % 60);
        hour_words(locale, hour, &format!(":{minute:02}"))
    }

    pub fn date_at(_: Instant, _: &str) -> Option<Date> {
        None
    }

    pub fn is_one(_: Locale, n: usize) -> bool {
        n == 1
    }

    pub fn wall_clock(millis: i64, _: &str) -> WallClock {
        let hours = millis.div_euclid(3_600_000);
        WallClock { weekday: (hours.div_euclid(24) + 3).rem_euclid(7) as u8, hour: hours.rem_euclid(24) as u8 }
    }
}

#[cfg(all(test, not(target_arch = "wasm32")))]
mod tests {
    use super::*;

    #[test]
    fn without_a_browser_money_and_dates_read_the_same() {
        let date = Date::parse("2026-11-25").unwrap();
        assert_eq!(money(Locale::En, Money::parse("1234567.89").unwrap()), "$1,234,567.89");
        assert_eq!(long_date(Locale::En, date), "Wednesday, November 25, 2026");
        assert_eq!(long_date(Locale::Es, date), "miércoles, 25 de noviembre de 2026");
        assert_eq!(short_date(Locale::En, date), "Wed, Nov 25");
        assert_eq!(medium_date(Locale::En, date), "Nov 25, 2026");
    }

    #[test]
    fn noon_and_midnight_are_twelve() {
        assert_eq!(hour(Locale::En, 0), "12\u{a0}am");
        assert_eq!(hour(Locale::En, 12), "12\u{a0}pm");
        assert_eq!(hour(Locale::Es, 17), "5\u{a0}p.\u{a0}m.");
    }

    #[test]
    fn every_region_has_a_name_and_a_zone_in_both_languages() {
        for locale in Locale::ALL {
            for of in Region::ALL {
                assert!(!region(locale, of).is_empty() && !zone(locale, of).is_empty());
            }
        }
    }
}
