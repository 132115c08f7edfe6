//! Normalisation of typed and pasted text. Characters that nobody sees are dropped, and what is the same sign to a
//! reader becomes the same character. Every type of this crate that reads what people type begins here.

/// A line of text that is no name and no code (an e-mail address, an amount): without characters that nobody sees, and
/// with every space as a space. Trimmed.
pub fn visible(text: &str) -> String {
    let shown = text.chars().filter(|c| !is_invisible(*c) && !is_joiner(*c) && !is_override(*c));
    shown.map(|c| if is_space(c) { ' ' } else { c }).collect::<String>().trim().to_owned()
}

/// A name or an address line: as `visible`, with one space between words. Two kinds of invisible characters stay: those
/// that join letters or keep them apart (Persian, Sinhala and many others are not spelled without them), and those that
/// `field_problem::plain_text` refuses.
pub fn written(text: &str) -> String {
    let mut kept = String::new();
    let mut rest = text.chars().filter(|c| !is_invisible(*c)).peekable();
    while let Some(c) = rest.next() {
        let neighbours = [kept.chars().next_back(), rest.peek().copied()];
        match c {
            _ if is_space(c) && (kept.is_empty() || kept.ends_with(' ')) => {}
            _ if is_space(c) => kept.push(' '),
            _ if is_joiner(c) && !neighbours.iter().all(|c| c.is_some_and(may_be_joined)) => {}
            _ => kept.push(c),
        }
    }
    kept.trim().to_owned()
}

/// Digits and signs of ASCII, however a keyboard writes them: full-width signs, other hyphens and dashes, digits of
/// Arabic, Persian, Hindi and Bengali keyboards.
pub fn plain(text: &str) -> String {
    visible(text).chars().map(fold).collect()
}

/// A number or a code: as `plain`, without spaces and hyphens.
pub fn compact(text: &str) -> String {
    let folded = text.chars().filter(|c| !is_invisible(*c) && !is_joiner(*c) && !is_override(*c)).map(fold);
    folded.filter(|c| *c != '-' && !is_space(*c) && !c.is_whitespace()).collect()
}

/// A number of digits alone: as `compact`, without a label that was copied along (`HRN 123`, `#123`, `Card: 123`).
pub fn number(text: &str) -> String {
    compact(without_label(&plain(text)))
}

/// Before the first digit, words are a label if a space or a sign ends them.
pub fn without_label(text: &str) -> &str {
    let (label, number) = text.split_at(text.find(|c: char| c.is_ascii_digit()).unwrap_or(0));
    if label.ends_with([' ', ':', '#', '.']) { number } else { text }
}

/// Where only digits can stand, the letters that look like one in print: O is 0, and I and l are 1.
pub fn letters_as_digits(text: &str) -> String {
    let digit = |c| match c {
        'O' | 'o' => '0',
        'I' | 'i' | 'L' | 'l' => '1',
        other => other,
    };
    text.chars().map(digit).collect()
}

/// One character as ASCII, where a number or a code is read.
pub fn fold(c: char) -> char {
    /// Where the digits of a script begin.
    const ZEROS: [u32; 4] = [0x660, 0x6f0, 0x966, 0x9e6];
    let code = u32::from(c);
    match c {
        '\u{2010}'..='\u{2015}' | '\u{2043}' | '\u{2212}' | '\u{fe58}' | '\u{fe63}' => '-',
        '\u{ff01}'..='\u{ff5e}' => char::from_u32(code - 0xfee0).unwrap_or(c),
        _ if c.is_ascii() => c,
        _ => ZEROS
            .iter()
            .find(|zero| (**zero..**zero + 10).contains(&code))
            .map_or(c, |zero| char::from(b'0' + (code - zero) as u8)),
    }
}

/// Every space but those that end a line; also a blank of Braille.
fn is_space(c: char) -> bool {
    matches!(c, '\t' | '\u{2800}') || c.is_whitespace() && !c.is_control() && !matches!(c, '\u{2028}' | '\u{2029}')
}

/// Nothing on paper: soft hyphen, zero-width, direction marks and isolates, fillers, annotations, byte-order mark,
/// tags.
fn is_invisible(c: char) -> bool {
    matches!(c, '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{115f}' | '\u{1160}' | '\u{180e}' | '\u{200b}' | '\u{200e}' | '\u{200f}'
        | '\u{202a}'..='\u{202c}' | '\u{2060}'..='\u{206f}' | '\u{3164}' | '\u{feff}' | '\u{ffa0}'
        | '\u{fff9}'..='\u{fffc}' | '\u{e0000}'..='\u{e007f}')
}

/// ZERO WIDTH NON-JOINER and ZERO WIDTH JOINER.
fn is_joiner(c: char) -> bool {
    matches!(c, '\u{200c}' | '\u{200d}')
}

/// Letters of the scripts whose letters join, which begin with Arabic.
fn may_be_joined(c: char) -> bool {
    c >= '\u{600}' && !is_space(c) && !is_joiner(c)
}

/// Shows the characters behind it in another order than they are in.
pub(crate) fn is_override(c: char) -> bool {
    matches!(c, '\u{202d}' | '\u{202e}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_nobody_sees_is_dropped_and_every_space_is_a_space() {
        assert_eq!(visible("\u{feff}a\u{ad}n\u{200b}a\u{200d}@\u{202d}x\u{202c}.org\u{a0} "), "ana@x.org");
        assert_eq!(visible("1\u{202f}234\u{3000}5\t6"), "1 234 5 6");
        assert_eq!(written(" Ana\u{a0}\u{2009} O\u{ad}\u{2019}Neill\u{200b} \u{2800}"), "Ana O\u{2019}Neill");
        assert_eq!(written("\u{2067}\u{5d0}\u{5d1}\u{2069}\u{200f}"), "\u{5d0}\u{5d1}");
    }

    #[test]
    fn joiners_stay_between_letters_that_join_and_nowhere_else() {
        for name in
            ["\u{645}\u{647}\u{62f}\u{6cc}\u{200c}\u{646}\u{698}\u{627}\u{62f}", "\u{dc1}\u{dca}\u{200d}\u{dbb}\u{dd3}"]
        {
            assert_eq!(written(name), name);
        }
        assert_eq!(written("A\u{200c}n\u{200d}a\u{200d} \u{200c}\u{645}\u{200d}"), "Ana \u{645}");
    }

    #[test]
    fn digits_and_hyphens_are_ascii_however_a_keyboard_writes_them() {
        for typed in [
            "12\u{ff13}",
            "\u{661}\u{662}\u{663}",
            "\u{6f1}\u{6f2}\u{6f3}",
            "\u{967}\u{968}\u{969}",
            "\u{9e7}\u{9e8}\u{9e9}",
        ] {
            assert_eq!(plain(typed), "123", "{typed}");
        }
        assert_eq!(plain("1\u{2011}2\u{2212}3\u{ff0d}4\u{fe63}5"), "1-2-3-4-5");
        assert_eq!(compact("\u{ff21}\u{ff42} \u{2013} 1\u{a0}2\n"), "Ab12");
    }

    #[test]
    fn a_label_that_was_copied_along_is_no_part_of_a_number() {
        for typed in ["HRN 12-34", "HRN: 1234", "#1234", "Health record no. 1234", "N\u{fa}mero 1234", " 1234"] {
            assert_eq!(number(typed), "1234", "{typed}");
        }
        for other in ["1234A", "A1234", "HRN"] {
            assert_eq!(number(other), other);
        }
    }
}
