//! The embedded fonts, and which of them draws a character. DejaVu Sans draws the plan's own words, the scripts of
//! Europe, and Hebrew. The other fonts are compressed, and are unpacked when a text first needs them; where they come
//! from is in `crates/server/fonts/README.md`.

use krilla::text::Font;
use rustybuzz::Face;
use std::{io::Read, ops::RangeInclusive, sync::OnceLock};

/// An embedded font could not be read.
#[derive(Debug)]
pub(super) struct Unreadable;

/// One font, for drawing (`font`) and for shaping (`face`).
pub(super) struct Type {
    pub(super) font: Font,
    pub(super) face: Face<'static>,
}

impl Type {
    fn new(bytes: &'static [u8]) -> Option<Self> {
        Some(Self { font: Font::new(bytes.into(), 0)?, face: Face::from_slice(bytes, 0)? })
    }

    /// Whether it has a glyph for every character of a cluster. Joiners and variation selectors need none.
    fn draws(&self, cluster: &str) -> bool {
        let needs_none = |c| matches!(c, '\u{200c}' | '\u{200d}' | '\u{fe00}'..='\u{fe0f}' | '\u{e0100}'..='\u{e01ef}');
        cluster.chars().all(|c| needs_none(c) || self.face.glyph_index(c).is_some())
    }
}

/// Which of a document's fonts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Which {
    Regular,
    Bold,
    Packed(usize),
}

/// The fonts of one document.
pub(super) struct Fonts {
    regular: Type,
    bold: Type,
    /// Those of `PACKED` that were needed.
    opened: Vec<Option<Type>>,
}

impl Fonts {
    pub(super) fn new() -> Result<Self, Unreadable> {
        Ok(Self {
            regular: Type::new(dejavu::sans::regular()).ok_or(Unreadable)?,
            bold: Type::new(dejavu::sans::bold()).ok_or(Unreadable)?,
            opened: PACKED.iter().map(|_| None).collect(),
        })
    }

    pub(super) fn get(&self, which: Which) -> &Type {
        match which {
            Which::Regular => &self.regular,
            Which::Bold => &self.bold,
            Which::Packed(at) => self.opened[at].as_ref().unwrap_or(&self.regular),
        }
    }

    /// The font that draws all of a cluster: that of its block, or DejaVu, which alone has a bold. None if none does.
    pub(super) fn choose(&mut self, cluster: &str, is_bold: bool) -> Option<Which> {
        let is_for = |packed: &Packed| cluster.chars().any(|c| packed.blocks.iter().any(|block| block.contains(&c)));
        let of_block = PACKED.iter().position(is_for);
        if let Some(at) = of_block.filter(|at| self.opened[*at].is_none()) {
            self.opened[at] = PACKED[at].unpacked().and_then(Type::new);
        }
        let main = if is_bold { Which::Bold } else { Which::Regular };
        let mut candidates = of_block.map(Which::Packed).into_iter().chain([main, Which::Regular]);
        candidates.find(|font| self.get(*font).draws(cluster))
    }

    #[cfg(test)]
    pub(super) fn unpacked(&self) -> usize {
        self.opened.iter().flatten().count()
    }
}

/// A font as it is in the program.
struct Packed {
    /// TrueType, by Brotli.
    bytes: &'static [u8],
    /// Where in Unicode its characters are.
    blocks: &'static [RangeInclusive<char>],
    unpacked: OnceLock<Option<Vec<u8>>>,
}

impl Packed {
    fn unpacked(&'static self) -> Option<&'static [u8]> {
        let unpack = || {
            let mut font = Vec::new();
            brotli::Decompressor::new(self.bytes, 1 << 16).read_to_end(&mut font).ok().map(|_| font)
        };
        self.unpacked.get_or_init(unpack).as_deref()
    }
}

macro_rules! packed {
    ($($name:literal: $($block:expr),+;)+) => {
        [$(Packed {
            bytes: include_bytes!(concat!("../../../fonts/", $name, ".ttf.br")),
            blocks: &[$($block),+],
            unpacked: OnceLock::new(),
        }),+]
    };
}

/// As `crates/server/fonts/build.py` makes them.
static PACKED: [Packed; 22] = packed! {
    "han": '\u{2e80}'..='\u{312f}', '\u{3400}'..='\u{9fff}', '\u{f900}'..='\u{faff}',
        '\u{fe30}'..='\u{fe4f}', '\u{ff00}'..='\u{ffef}';
    "hangul": '\u{3130}'..='\u{318f}', '\u{ac00}'..='\u{d7af}';
    "arabic": '\u{600}'..='\u{6ff}', '\u{750}'..='\u{77f}', '\u{8a0}'..='\u{8ff}';
    "devanagari": '\u{900}'..='\u{97f}', '\u{a8e0}'..='\u{a8ff}';
    "bengali": '\u{980}'..='\u{9ff}';
    "gurmukhi": '\u{a00}'..='\u{a7f}';
    "gujarati": '\u{a80}'..='\u{aff}';
    "oriya": '\u{b00}'..='\u{b7f}';
    "tamil": '\u{b80}'..='\u{bff}';
    "telugu": '\u{c00}'..='\u{c7f}';
    "kannada": '\u{c80}'..='\u{cff}';
    "malayalam": '\u{d00}'..='\u{d7f}';
    "sinhala": '\u{d80}'..='\u{dff}';
    "thai": '\u{e00}'..='\u{e7f}';
    "tibetan": '\u{f00}'..='\u{fff}';
    "myanmar": '\u{1000}'..='\u{109f}';
    "ethiopic": '\u{1200}'..='\u{139f}';
    "cherokee": '\u{13a0}'..='\u{13ff}', '\u{ab70}'..='\u{abbf}';
    "khmer": '\u{1780}'..='\u{17ff}';
    "mongolian": '\u{1800}'..='\u{18af}';
    "syriac": '\u{700}'..='\u{74f}';
    "thaana": '\u{780}'..='\u{7bf}';
};

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_font_can_be_read_and_has_characters_of_each_of_its_blocks() {
        for packed in &PACKED {
            let font = Type::new(packed.unpacked().unwrap()).unwrap();
            for block in packed.blocks {
                assert!(block.clone().any(|c| font.face.glyph_index(c).is_some()), "{block:?}");
            }
        }
    }
}
