//! Lines of text as glyphs: where a text breaks, in which order its parts stand (Unicode TR 9), and how the letters of
//! each part are joined (OpenType shaping). Lengths are in ems.

use super::fonts::{Fonts, Which};
use contract::typed;
use krilla::text::{GlyphId, KrillaGlyph};
use rustybuzz::{BufferClusterLevel, BufferFlags, Direction, UnicodeBuffer};
use std::ops::Range;
use unicode_bidi::{BidiInfo, Level, ParagraphInfo};
use unicode_normalization::UnicodeNormalization;
use unicode_script::{Script, UnicodeScript};
use unicode_segmentation::UnicodeSegmentation;

/// Drawn where no font has the character.
const BOX: char = '\u{25a1}';

/// One line. Its runs are in the order in which they are read.
pub(super) struct Line {
    pub(super) runs: Vec<Run>,
    pub(super) width: f32,
    /// Clusters that no font can draw.
    pub(super) boxes: usize,
}

/// Glyphs of one font, from left to right.
pub(super) struct Run {
    /// From the line's left end.
    pub(super) x: f32,
    pub(super) font: Which,
    /// What the glyphs say; their ranges point into it.
    pub(super) text: String,
    pub(super) glyphs: Vec<KrillaGlyph>,
    start: usize,
    width: f32,
    boxes: usize,
}

impl Fonts {
    /// The text in lines of at most this width. A word that is longer is cut. Each line but the last keeps its final
    /// space, so that a reader of the text finds the words apart.
    pub(super) fn lines(&mut self, text: &str, is_bold: bool, width: f32) -> Vec<Line> {
        let text = printable(text);
        let bidi = BidiInfo::new(&text, Some(Level::ltr()));
        let Some(paragraph) = bidi.paragraphs.first() else { return Vec::new() };
        let lines = self.breaks(&text, is_bold, width);
        lines.into_iter().map(|range| self.line(&bidi, paragraph, range, is_bold)).collect()
    }

    fn breaks(&mut self, text: &str, is_bold: bool, width: f32) -> Vec<Range<usize>> {
        let space = self.width(" ", is_bold);
        let (mut lines, mut start, mut x, mut at) = (Vec::new(), 0, 0.0, 0);
        for word in text.split(' ') {
            let length = self.width(word, is_bold);
            if at > start && x + space + length > width {
                lines.push(start..at);
                (start, x) = (at, 0.0);
            }
            x += if at > start { space } else { 0.0 };
            if length <= width {
                x += length;
            } else {
                for (inside, cluster) in word.grapheme_indices(true) {
                    let length = self.width(cluster, is_bold);
                    if at + inside > start && x + length > width {
                        lines.push(start..at + inside);
                        (start, x) = (at + inside, 0.0);
                    }
                    x += length;
                }
            }
            at += word.len() + 1;
        }
        lines.push(start..text.len());
        lines
    }

    fn line(&mut self, bidi: &BidiInfo<'_>, paragraph: &ParagraphInfo, line: Range<usize>, is_bold: bool) -> Line {
        let (levels, parts) = bidi.visual_runs(paragraph, line);
        let mut made = Line { runs: Vec::new(), width: 0.0, boxes: 0 };
        for part in parts {
            let is_rtl = levels[part.start].is_rtl();
            let mut runs = self.runs(&bidi.text[part.clone()], is_rtl, is_bold);
            if is_rtl {
                runs.reverse();
            }
            for mut run in runs {
                run.x = made.width;
                run.start += part.start;
                made.width += run.width;
                made.boxes += run.boxes;
                made.runs.push(run);
            }
        }
        made.runs.sort_by_key(|run| run.start);
        made
    }

    fn width(&mut self, text: &str, is_bold: bool) -> f32 {
        self.runs(text, false, is_bold).iter().map(|run| run.width).sum()
    }

    /// Text of one direction, cut where font or script changes; in the order in which it is read. From right to left
    /// each word is a run: a reader of the file puts the glyphs of a run in order, but not the runs.
    fn runs(&mut self, text: &str, is_rtl: bool, is_bold: bool) -> Vec<Run> {
        let mut cuts: Vec<(usize, Option<Which>, Script)> = Vec::new();
        for (at, cluster) in text.grapheme_indices(true) {
            let font = self.choose(cluster, is_bold);
            let is_cut = is_rtl && (cluster == " " || text[..at].ends_with(' '));
            let script = cluster.chars().map(|c| c.script()).find(|script| !is_shared(*script));
            match cuts.last_mut() {
                Some((_, last, known))
                    if !is_cut && *last == font && (is_shared(*known) || script.is_none_or(|s| s == *known)) =>
                {
                    *known = script.unwrap_or(*known);
                }
                _ => cuts.push((at, font, script.unwrap_or(Script::Common))),
            }
        }
        let ends = cuts.iter().skip(1).map(|cut| cut.0).chain([text.len()]).collect::<Vec<_>>();
        let run = |((start, font, _), end): ((usize, Option<Which>, Script), usize)| {
            let part = &text[start..end];
            let shaped = font.and_then(|font| self.shaped(part, font, is_rtl));
            Run { start, ..shaped.unwrap_or_else(|| self.boxes(part, is_rtl, is_bold)) }
        };
        cuts.into_iter().zip(ends).map(run).collect()
    }

    /// None if the font lacks a glyph after all.
    fn shaped(&self, text: &str, font: Which, is_rtl: bool) -> Option<Run> {
        let face = &self.get(font).face;
        let mut buffer = UnicodeBuffer::new();
        buffer.push_str(text);
        buffer.guess_segment_properties();
        buffer.set_direction(if is_rtl { Direction::RightToLeft } else { Direction::LeftToRight });
        buffer.set_flags(BufferFlags::REMOVE_DEFAULT_IGNORABLES);
        if is_rtl {
            // A mark says itself: a reader that turns the glyphs round finds it behind its letter.
            buffer.set_cluster_level(BufferClusterLevel::MonotoneCharacters);
        }
        let shaped = rustybuzz::shape(face, &[], buffer);
        let mut starts: Vec<usize> = shaped.glyph_infos().iter().map(|info| info.cluster as usize).collect();
        starts.sort_unstable();
        starts.push(text.len());
        let em = face.units_per_em() as f32;
        let glyph = |(info, position): (&rustybuzz::GlyphInfo, &rustybuzz::GlyphPosition)| {
            let start = info.cluster as usize;
            let end = starts[starts.partition_point(|other| *other <= start)];
            let length = |units| units as f32 / em;
            KrillaGlyph::new(
                GlyphId::new(info.glyph_id),
                length(position.x_advance),
                length(position.x_offset),
                length(position.y_offset),
                length(position.y_advance),
                start..end,
                None,
            )
        };
        let glyphs: Vec<_> = shaped.glyph_infos().iter().zip(shaped.glyph_positions()).map(glyph).collect();
        let is_whole = glyphs.iter().all(|glyph| glyph.glyph_id.to_u32() != 0);
        is_whole.then(|| Run::new(font, text, glyphs))
    }

    /// A box for each cluster, which still says its text to a reader of the file.
    fn boxes(&self, text: &str, is_rtl: bool, is_bold: bool) -> Run {
        let font = if is_bold { Which::Bold } else { Which::Regular };
        let face = &self.get(font).face;
        let id = face.glyph_index(BOX).unwrap_or_default();
        let advance = f32::from(face.glyph_hor_advance(id).unwrap_or_default()) / face.units_per_em() as f32;
        let glyph = |(at, cluster): (usize, &str)| {
            let range = at..at + cluster.len();
            KrillaGlyph::new(GlyphId::new(u32::from(id.0)), advance, 0.0, 0.0, 0.0, range, None)
        };
        let mut glyphs: Vec<_> = text.grapheme_indices(true).map(glyph).collect();
        if is_rtl {
            glyphs.reverse();
        }
        Run { boxes: glyphs.len(), ..Run::new(font, text, glyphs) }
    }
}

impl Run {
    fn new(font: Which, text: &str, glyphs: Vec<KrillaGlyph>) -> Self {
        let width = glyphs.iter().map(|glyph| glyph.x_advance).sum();
        Self { x: 0.0, font, text: text.to_owned(), glyphs, start: 0, width, boxes: 0 }
    }
}

/// Of no script of its own: digits, signs, marks.
fn is_shared(script: Script) -> bool {
    matches!(script, Script::Common | Script::Inherited | Script::Unknown)
}

/// Composed, without what nobody sees, and with a space for what breaks a line.
fn printable(text: &str) -> String {
    let spaced = text.nfc().map(|c| if c.is_control() || matches!(c, '\u{2028}' | '\u{2029}') { ' ' } else { c });
    let written = typed::written(&spaced.collect::<String>());
    let draw = |c| match c {
        '\u{202d}' | '\u{202e}' => None,
        '\u{fffe}' | '\u{ffff}' => Some(char::REPLACEMENT_CHARACTER),
        _ => Some(c),
    };
    written.chars().filter_map(draw).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line(text: &str) -> Line {
        let mut lines = Fonts::new().unwrap().lines(text, false, f32::INFINITY);
        assert_eq!(lines.len(), 1);
        lines.remove(0)
    }

    fn glyphs(text: &str) -> Vec<u32> {
        line(text).runs.iter().flat_map(|run| run.glyphs.iter().map(|glyph| glyph.glyph_id.to_u32())).collect()
    }

    /// What each run says, and where its left end is.
    fn runs(line: &Line) -> Vec<(&str, f32)> {
        line.runs.iter().map(|run| (run.text.as_str(), run.x)).collect()
    }

    #[test]
    fn letters_that_join_have_other_forms_than_alone() {
        let alone: Vec<u32> = ["\u{645}", "\u{62d}", "\u{645}", "\u{62f}"].into_iter().flat_map(glyphs).collect();
        let joined = glyphs("\u{645}\u{62d}\u{645}\u{62f}");
        assert_eq!(joined.len(), 4);
        assert!(joined.iter().all(|glyph| !alone.contains(glyph)), "{joined:?} {alone:?}");
        // with a sign of no script before them
        assert!(glyphs("\u{600}\u{645}\u{62d}\u{645}\u{62f}").ends_with(&joined));
    }

    #[test]
    fn consonants_of_one_syllable_are_drawn_as_one() {
        assert_eq!(glyphs("\u{915}\u{94d}\u{937}").len(), 1);
        assert_eq!(glyphs("\u{915}\u{937}").len(), 2);
        // a vowel sign that is written before its consonant
        let (syllable, consonant) = (glyphs("\u{915}\u{93f}"), glyphs("\u{915}"));
        assert_eq!((syllable.len(), syllable[1]), (2, consonant[0]));
    }

    #[test]
    fn a_name_from_right_to_left_stands_so_inside_a_sentence_from_left_to_right() {
        let line = line("I, \u{5d3}\u{5d5}\u{5d3}\u{5d9} \u{5db}\u{5d4}\u{5df}, agree");
        let runs = runs(&line);
        let (first, last) = ("\u{5d3}\u{5d5}\u{5d3}\u{5d9}", "\u{5db}\u{5d4}\u{5df}");
        assert_eq!(runs.iter().map(|run| run.0).collect::<Vec<_>>(), ["I, ", first, " ", last, ", agree"]);
        assert!(runs[0].1 < runs[3].1 && runs[3].1 < runs[2].1 && runs[2].1 < runs[1].1 && runs[1].1 < runs[4].1);
        let name = &line.runs[1].glyphs;
        assert!(name.windows(2).all(|two| two[0].text_range.start > two[1].text_range.start));
    }

    #[test]
    fn parts_of_a_name_from_right_to_left_follow_to_the_left() {
        let line = line("\u{5d3}\u{5d5}\u{5d3} 12 \u{645}\u{62d}\u{645}");
        let runs = runs(&line);
        assert!(runs.len() > 2 && runs.windows(2).all(|two| two[0].1 > two[1].1), "{runs:?}");
        assert!(runs.iter().any(|run| run.0 == "12"));
    }

    #[test]
    fn a_font_is_unpacked_when_a_text_needs_it() {
        let mut fonts = Fonts::new().unwrap();
        fonts.lines("Ana O\u{2019}Neill \u{418}\u{432}\u{430}\u{43d} \u{5d3}", true, f32::INFINITY);
        assert_eq!(fonts.unpacked(), 0);
        fonts.lines("\u{738b}\u{5c0f}\u{660e} \u{674e}", true, f32::INFINITY);
        assert_eq!(fonts.unpacked(), 1);
    }

    #[test]
    fn lines_break_between_words_and_a_longer_word_is_cut() {
        let lines = Fonts::new().unwrap().lines("one two \u{5d3}\u{5d5}\u{5d3} nnnnnnnnnnnnnnnn", false, 4.0);
        let says = |line: &Line| line.runs.iter().map(|run| run.text.as_str()).collect::<String>();
        assert_eq!(
            lines.iter().map(says).collect::<Vec<_>>(),
            ["one ", "two \u{5d3}\u{5d5}\u{5d3} ", "nnnnnn", "nnnnnn", "nnnn"]
        );
        assert!(lines.iter().all(|line| line.width < 4.5));
    }

    #[test]
    fn what_no_font_has_is_a_box_for_each_character() {
        let line = line("a\u{1f40c}\u{1f40c}");
        assert_eq!((line.boxes, line.runs.len()), (2, 2));
        assert_eq!(line.runs[1].glyphs.iter().map(|glyph| glyph.text_range.clone()).collect::<Vec<_>>(), [0..4, 4..8]);
    }
}
