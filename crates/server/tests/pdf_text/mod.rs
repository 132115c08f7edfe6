//! The text of a PDF as a screen reader gets it: in the order of the content, with what `ActualText` says in the place
//! of its glyphs, and with `ReversedChars` put in order.

use pdf_extract::{Dictionary, Document, Object, content::Operation};
use std::collections::HashMap;

/// What each glyph of a font says.
type Glyphs = HashMap<u16, String>;

struct Marked {
    /// Instead of what is inside.
    says: Option<String>,
    is_reversed: bool,
    inside: Vec<String>,
}

pub fn text(file: &[u8]) -> String {
    let document = Document::load_mem(file).unwrap();
    let mut text = String::new();
    for page in document.get_pages().into_values() {
        let fonts = document.get_page_fonts(page).unwrap();
        let fonts = fonts.into_iter().map(|(name, font)| (name, glyphs(&document, font))).collect();
        text.push_str(&page_text(&document.get_and_decode_page_content(page).unwrap().operations, &fonts));
    }
    text
}

fn page_text(operations: &[Operation], fonts: &HashMap<Vec<u8>, Glyphs>) -> String {
    let mut open = vec![Marked { says: None, is_reversed: false, inside: Vec::new() }];
    let mut font = &Glyphs::new();
    for Operation { operator, operands } in operations {
        match operator.as_str() {
            "Tf" => font = &fonts[operands[0].as_name().unwrap()],
            "Tj" | "TJ" => open.last_mut().unwrap().inside.extend(operands.iter().flat_map(|part| shown(part, font))),
            "BMC" | "BDC" => open.push(Marked {
                says: operands.get(1).and_then(|with| actual_text(with.as_dict().ok()?)),
                is_reversed: operands[0].as_name().unwrap() == b"ReversedChars",
                inside: Vec::new(),
            }),
            "EMC" => {
                let mut ended = open.pop().unwrap();
                if ended.is_reversed {
                    ended.inside.reverse();
                }
                open.last_mut().unwrap().inside.push(ended.says.unwrap_or_else(|| ended.inside.concat()));
            }
            _ => {}
        }
    }
    open.remove(0).inside.concat()
}

fn actual_text(properties: &Dictionary) -> Option<String> {
    let bytes = properties.get(b"ActualText").ok()?.as_str().ok()?;
    let Some(wide) = bytes.strip_prefix(&[0xfe, 0xff]) else { return String::from_utf8(bytes.to_vec()).ok() };
    Some(from_utf16(wide))
}

fn from_utf16(bytes: &[u8]) -> String {
    let units: Vec<u16> = bytes.chunks(2).map(|pair| u16::from_be_bytes([pair[0], pair[1]])).collect();
    String::from_utf16(&units).unwrap()
}

fn shown(part: &Object, font: &Glyphs) -> Vec<String> {
    match part {
        Object::String(glyphs, _) => {
            glyphs.chunks(2).map(|id| font[&u16::from_be_bytes([id[0], id[1]])].clone()).collect()
        }
        Object::Array(parts) => parts.iter().flat_map(|part| shown(part, font)).collect(),
        _ => Vec::new(),
    }
}

/// Reads the font's `ToUnicode`, whose lines are `<glyph> <text in UTF-16>`.
fn glyphs(document: &Document, font: &Dictionary) -> Glyphs {
    let map = document.get_object(font.get(b"ToUnicode").unwrap().as_reference().unwrap()).unwrap();
    let map = String::from_utf8(map.as_stream().unwrap().get_plain_content().unwrap()).unwrap();
    let hex = |text: &str| -> Vec<u8> {
        text.as_bytes().chunks(2).map(|two| u8::from_str_radix(str::from_utf8(two).unwrap(), 16).unwrap()).collect()
    };
    let pair = |line: &str| {
        let (id, text) = line.trim().strip_prefix('<')?.strip_suffix('>')?.split_once("> <")?;
        Some((u16::from_str_radix(id, 16).ok()?, from_utf16(&hex(text))))
    };
    map.lines().filter(|line| line.matches('<').count() == 2).filter_map(pair).collect()
}
