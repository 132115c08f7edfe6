//! A due date as a file for the calendar of this device: one event of one day (RFC 5545).

use contract::{Date, Instant};

/// The file as the address of a link to download it.
pub fn calendar_file(id: &str, made: Instant, day: Date, what: &str) -> String {
    format!("data:text/calendar;charset=utf-8,{}", escaped(&event(id, made, day, what)))
}

fn event(id: &str, made: Instant, day: Date, what: &str) -> String {
    let digits = |text: String| text.replace(['-', ':'], "");
    let stamp = digits(made.to_string());
    let stamp = stamp.split(['.', 'Z']).next().unwrap_or_default();
    let what = what.replace('\\', "\\\\").replace(',', "\\,").replace(';', "\\;");
    [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        "PRODID:-//kppay//bills//EN",
        "BEGIN:VEVENT",
        &format!("UID:{id}"),
        &format!("DTSTAMP:{stamp}Z"),
        &format!("DTSTART;VALUE=DATE:{}", digits(day.to_string())),
        &format!("SUMMARY:{what}"),
        "END:VEVENT",
        "END:VCALENDAR",
        "",
    ]
    .join("\r\n")
}

fn escaped(text: &str) -> String {
    let escape =
        |byte: u8| if byte.is_ascii_alphanumeric() { char::from(byte).to_string() } else { format!("%{byte:02X}") };
    text.bytes().map(escape).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_due_date_is_an_event_of_one_day() {
        let (made, day) = (Instant::parse("2026-11-23T17:50:00.123Z").unwrap(), Date::parse("2026-12-20").unwrap());
        let text = event("0193-ab", made, day, "Hospital bill: $1,000.00");
        let lines: Vec<&str> = text.split("\r\n").collect();
        assert_eq!(
            lines[4..8],
            [
                "UID:0193-ab",
                "DTSTAMP:20261123T175000Z",
                "DTSTART;VALUE=DATE:20261220",
                "SUMMARY:Hospital bill: $1\\,000.00"
            ]
        );
        assert_eq!(escaped("día: 1\r\n"), "d%C3%ADa%3A%201%0D%0A");
        assert!(
            calendar_file("0193-ab", made, day, "")
                .starts_with("data:text/calendar;charset=utf-8,BEGIN%3AVCALENDAR%0D")
        );
    }
}
