//! Dates and times of day in words, in both languages: one form for pages, e-mails, receipts and the authorisation,
//! whatever a machine's own language data says. Knows no time zone's rules: the caller passes in a region's local time.

use crate::{Date, LocalTime, Locale};

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
const WEEKDAYS: [[&str; 7]; 2] = [
    ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"],
    ["lunes", "martes", "miércoles", "jueves", "viernes", "sábado", "domingo"],
];

/// `November 2026` · `noviembre de 2026`: a heading.
pub fn month_and_year(date: Date, locale: Locale) -> String {
    match locale {
        Locale::En => format!("{} {}", month(date, locale), date.year()),
        Locale::Es => format!("{} de {}", month(date, locale), date.year()),
    }
}

fn month(date: Date, locale: Locale) -> &'static str {
    MONTHS[locale as usize][usize::from(date.month()) - 1]
}

fn weekday(date: Date, locale: Locale) -> &'static str {
    WEEKDAYS[locale as usize][date.weekday() as usize]
}

/// The short form of a month or a weekday.
fn short(word: &str) -> &str {
    word.char_indices().nth(3).map_or(word, |(end, _)| &word[..end])
}

/// The word is a month's or a weekday's, in long or short.
pub fn is_name(word: &str) -> bool {
    MONTHS.as_flattened().iter().chain(WEEKDAYS.as_flattened()).any(|name| word == *name || word == short(name))
}

/// `November 23, 2026` · `23 de noviembre de 2026`.
pub fn date(date: Date, locale: Locale) -> String {
    in_order(date, month(date, locale), locale)
}

/// `Monday, November 23, 2026` · `lunes, 23 de noviembre de 2026`.
pub fn long_date(of: Date, locale: Locale) -> String {
    format!("{}, {}", weekday(of, locale), date(of, locale))
}

/// `Nov 23, 2026` · `23 de nov de 2026`.
pub fn medium_date(date: Date, locale: Locale) -> String {
    in_order(date, short(month(date, locale)), locale)
}

/// `Mon, Nov 23, 2026` · `lun, 23 de nov de 2026`.
pub fn medium_date_with_weekday(date: Date, locale: Locale) -> String {
    format!("{}, {}", short(weekday(date, locale)), medium_date(date, locale))
}

/// `Mon, Nov 23` · `lun, 23 de nov`: where the year is plain.
pub fn short_date(date: Date, locale: Locale) -> String {
    let (weekday, month, day) = (short(weekday(date, locale)), short(month(date, locale)), date.day());
    match locale {
        Locale::En => format!("{weekday}, {month} {day}"),
        Locale::Es => format!("{weekday}, {day} de {month}"),
    }
}

fn in_order(date: Date, month: &str, locale: Locale) -> String {
    let (day, year) = (date.day(), date.year());
    match locale {
        Locale::En => format!("{month} {day}, {year}"),
        Locale::Es => format!("{day} de {month} de {year}"),
    }
}

/// `9:52 am` · `9:52 a. m.`
pub fn time_of_day(hour: u8, minute: u8, locale: Locale) -> String {
    of_twelve(hour, &format!(":{minute:02}"), locale)
}

/// `7 am` · `7 a. m.`: a whole hour, as opening hours are.
pub fn hour(hour: u8, locale: Locale) -> String {
    of_twelve(hour, "", locale)
}

fn of_twelve(hour: u8, minute: &str, locale: Locale) -> String {
    let (twelve, is_after_noon) = ((hour + 11) % 12 + 1, hour % 24 >= 12);
    let half = match (locale, is_after_noon) {
        (Locale::En, false) => "am",
        (Locale::En, true) => "pm",
        (Locale::Es, false) => "a. m.",
        (Locale::Es, true) => "p. m.",
    };
    format!("{twelve}{minute} {half}")
}

/// `Monday, November 23, 2026, 9:52 am Pacific` · `lunes, 23 de noviembre de 2026, 9:52 a. m. (Pacífico)`.
pub fn moment(at: LocalTime, time_zone: &str, locale: Locale) -> String {
    let (day, time) = (long_date(at.date, locale), time_of_day(at.hour, at.minute, locale));
    let zone = zone(time_zone, locale);
    match locale {
        Locale::En => format!("{day}, {time} {zone}"),
        Locale::Es => format!("{day}, {time} ({zone})"),
    }
}

/// `Pacific` · `Pacífico`; the name itself of a time zone that no region has.
pub fn zone(time_zone: &str, locale: Locale) -> &str {
    match (time_zone, locale) {
        ("America/Los_Angeles", Locale::En) => "Pacific",
        ("America/Los_Angeles", Locale::Es) => "Pacífico",
        ("America/Denver", Locale::En) => "Mountain",
        ("America/Denver", Locale::Es) => "Montaña",
        ("America/New_York", Locale::En) => "Eastern",
        ("America/New_York", Locale::Es) => "Este",
        ("Pacific/Honolulu", Locale::En) => "Hawaii",
        ("Pacific/Honolulu", Locale::Es) => "Hawái",
        (other, _) => other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Region;

    fn day(text: &str) -> Date {
        Date::parse(text).unwrap()
    }

    #[test]
    fn a_moment_has_one_form_in_each_language() {
        let at = LocalTime { date: day("2026-11-23"), hour: 9, minute: 52 };
        let pacific = Region::California.time_zone();
        assert_eq!(moment(at, pacific, Locale::En), "Monday, November 23, 2026, 9:52 am Pacific");
        assert_eq!(moment(at, pacific, Locale::Es), "lunes, 23 de noviembre de 2026, 9:52 a. m. (Pacífico)");
        let evening = LocalTime { hour: 22, minute: 5, ..at };
        let hawaii = Region::Hawaii.time_zone();
        assert_eq!(moment(evening, hawaii, Locale::En), "Monday, November 23, 2026, 10:05 pm Hawaii");
    }

    #[test]
    fn a_date_has_its_words_in_each_language() {
        let said = |date, locale| {
            [
                super::date(date, locale),
                long_date(date, locale),
                medium_date(date, locale),
                medium_date_with_weekday(date, locale),
                short_date(date, locale),
            ]
        };
        assert_eq!(
            said(day("2026-11-25"), Locale::En),
            ["November 25, 2026", "Wednesday, November 25, 2026", "Nov 25, 2026", "Wed, Nov 25, 2026", "Wed, Nov 25"]
        );
        assert_eq!(
            said(day("2026-09-09"), Locale::Es),
            [
                "9 de septiembre de 2026",
                "miércoles, 9 de septiembre de 2026",
                "9 de sep de 2026",
                "mié, 9 de sep de 2026",
                "mié, 9 de sep"
            ]
        );
        assert_eq!(short_date(day("2027-05-01"), Locale::En), "Sat, May 1");
    }

    #[test]
    fn noon_and_midnight_are_twelve() {
        let said = |of, locale| (hour(of, locale), time_of_day(of, 5, locale));
        assert_eq!(said(0, Locale::En), ("12 am".into(), "12:05 am".into()));
        assert_eq!(said(12, Locale::En), ("12 pm".into(), "12:05 pm".into()));
        assert_eq!(said(17, Locale::Es), ("5 p. m.".into(), "5:05 p. m.".into()));
        assert_eq!(hour(24, Locale::En), "12 am");
    }

    #[test]
    fn every_region_s_clock_has_a_name_in_both_languages() {
        for locale in Locale::ALL {
            for region in Region::ALL {
                assert!(!zone(region.time_zone(), locale).contains('/'), "{region}");
            }
        }
    }
}
