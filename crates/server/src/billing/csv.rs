//! Rows of a CSV file for a spreadsheet: cells that stay one cell and are never run as a formula.

use serde::Serialize;

/// A file begins with it: without one Excel reads names in the wrong encoding.
pub const BYTE_ORDER_MARK: char = '\u{feff}';

pub fn push_row<const N: usize>(file: &mut String, cells: [&str; N]) {
    file.push_str(&cells.map(cell).join(","));
    file.push_str("\r\n");
}

/// As in the API.
pub fn word(value: impl Serialize) -> String {
    serde_json::to_value(value).ok().as_ref().and_then(serde_json::Value::as_str).unwrap_or_default().to_owned()
}

/// What a spreadsheet would run as a formula becomes text.
fn cell(text: &str) -> String {
    let is_formula = text.starts_with(['=', '+', '-', '@', '\t', '\r']);
    let text = if is_formula { format!("'{text}") } else { text.to_owned() };
    if text.contains([',', '"', '\r', '\n', '\t']) { format!("\"{}\"", text.replace('"', "\"\"")) } else { text }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cell_is_never_a_formula_and_never_two_cells() {
        for (text, expected) in [
            ("Ana O’Neill", "Ana O’Neill"),
            ("=1+1", "'=1+1"),
            ("+1", "'+1"),
            ("-1", "'-1"),
            ("@SUM(A1)", "'@SUM(A1)"),
            ("\t=1", "\"'\t=1\""),
            ("O'Neill, Ana \"A\"", "\"O'Neill, Ana \"\"A\"\"\""),
            ("a\r\n=1", "\"a\r\n=1\""),
        ] {
            assert_eq!(cell(text), expected);
        }
    }
}
