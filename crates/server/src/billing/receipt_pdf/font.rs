//! The embedded font: what it can draw, how wide a text is, and where its lines break.

use krilla::text::Font;
use ttf_parser::Face;

/// The embedded font could not be read.
#[derive(Debug)]
pub(super) struct Unreadable;

/// One font, for drawing and for measuring.
pub(super) struct Type {
    pub(super) font: Font,
    face: Face<'static>,
}

impl Type {
    pub(super) fn new(bytes: &'static [u8]) -> Result<Self, Unreadable> {
        let font = Font::new(bytes.into(), 0).ok_or(Unreadable)?;
        Ok(Self { font, face: Face::parse(bytes, 0).map_err(|_| Unreadable)? })
    }

    /// What the font can't draw becomes the replacement character, which it can; line breaks become spaces.
    pub(super) fn printable(&self, text: &str) -> String {
        let draw = |character: char| match character {
            _ if character.is_control() => ' ',
            _ if self.face.glyph_index(character).is_some() => character,
            _ => char::REPLACEMENT_CHARACTER,
        };
        text.chars().map(draw).collect()
    }

    pub(super) fn width(&self, text: &str, size: f32) -> f32 {
        let units = f32::from(self.face.units_per_em());
        let advance = |character| self.face.glyph_index(character).and_then(|glyph| self.face.glyph_hor_advance(glyph));
        text.chars().map(|character| f32::from(advance(character).unwrap_or(1_200))).sum::<f32>() * size / units
    }

    /// Words to lines; a word longer than the line is cut. Each line but the last keeps its final space, so that a
    /// reader of the text finds the words apart.
    pub(super) fn wrap(&self, text: &str, size: f32, width: f32) -> Vec<String> {
        let mut lines = Vec::new();
        let mut line = String::new();
        for word in text.split_whitespace() {
            let candidate = if line.is_empty() { word.to_owned() } else { format!("{line} {word}") };
            if self.width(&candidate, size) <= width {
                line = candidate;
                continue;
            }
            if !line.is_empty() {
                lines.push(std::mem::take(&mut line) + " ");
            }
            for character in word.chars() {
                line.push(character);
                if self.width(&line, size) > width && line.chars().count() > 1 {
                    line.pop();
                    lines.push(std::mem::take(&mut line));
                    line.push(character);
                }
            }
        }
        lines.push(line);
        lines
    }
}
