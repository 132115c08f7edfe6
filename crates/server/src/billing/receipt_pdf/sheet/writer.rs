//! The PDF file of a sheet that is laid out: pages, outline, metadata, and tags for screen readers (PDF/UA-1).

use super::{
    super::{
        fonts::{Fonts, Which},
        text::Run,
    },
    EDGE, HEIGHT, MARGIN, Mark, NOTE, Part, Sheet, SheetError, Style, Tint, WIDTH,
};
use krilla::{
    Document, SerializeSettings,
    color::rgb,
    configure::{Accessibility, ConfigurationBuilder},
    destination::XyzDestination,
    geom::{PathBuilder, Point, Rect},
    metadata::Metadata,
    num::NormalizedF32,
    outline::{Outline, OutlineNode},
    page::PageSettings,
    paint::{Fill, Stroke},
    surface::Surface,
    tagging::{Artifact, ArtifactType, ContentTag, Node, SpanTag, TagGroup, TagTree},
};
use std::fmt;

impl Sheet {
    /// Writes the file. `footer` gets the page's number and how many there are.
    pub fn finish(mut self, footer: impl Fn(usize, usize) -> String) -> Result<Vec<u8>, SheetError> {
        let writer = |reason: &dyn fmt::Debug| SheetError::Writer(format!("{reason:?}"));
        let configuration = ConfigurationBuilder::new()
            .with_accessibility_validator(Accessibility::UA1)
            .finish()
            .map_err(|error| writer(&error))?;
        let settings = SerializeSettings { configuration, ..SerializeSettings::default() };
        let mut document = Document::new_with(settings);
        let metadata = Metadata::new().title(self.title.clone()).language(self.language.to_owned());
        document.set_metadata(metadata);
        let of = self.pages.len();
        let footers: Vec<_> =
            (1..=of).map(|at| self.fonts.lines(&footer(at, of), NOTE.is_bold, f32::INFINITY)).collect();
        let mut leaves: Vec<Vec<Node>> = self.parts.iter().map(|_| Vec::new()).collect();
        for (at, marks) in self.pages.iter().enumerate() {
            let size = PageSettings::from_wh(WIDTH, HEIGHT).ok_or_else(|| writer(&"page size"))?;
            let mut page = document.start_page_with(size);
            let mut surface = page.surface();
            for mark in marks {
                match mark {
                    Mark::Text { x, y, line, style, part } => {
                        for run in &line.runs {
                            let leaf = surface.start_tagged(ContentTag::Span(SpanTag::empty()));
                            draw(&mut surface, &self.fonts, run, (*x, *y), *style);
                            surface.end_tagged();
                            leaves[*part].push(leaf.into());
                        }
                    }
                    Mark::Rule { y } => {
                        surface.start_tagged(ContentTag::Artifact(Artifact::with_kind(ArtifactType::Layout)));
                        rule(&mut surface, *y);
                        surface.end_tagged();
                    }
                }
            }
            surface.start_tagged(ContentTag::Artifact(Artifact::with_kind(ArtifactType::Footer)));
            for run in footers[at].iter().flat_map(|line| &line.runs) {
                draw(&mut surface, &self.fonts, run, (MARGIN, HEIGHT - MARGIN + 14.0), NOTE);
            }
            surface.end_tagged();
            surface.finish();
            page.finish();
        }
        let mut outline = Outline::new();
        for (text, page, y) in self.parts.iter().filter_map(|part| part.heading.clone()) {
            outline.push_child(OutlineNode::new(text, XyzDestination::new(page, Point::from_xy(MARGIN, y))));
        }
        document.set_outline(outline);
        document.set_tag_tree(tree(&self.parts, leaves, self.language));
        document.finish().map_err(|error| writer(&error))
    }
}

/// `x` and `y` are the line's left end and top; the baseline is 0.93 em lower (DejaVu's ascent).
fn draw(surface: &mut Surface<'_>, fonts: &Fonts, run: &Run, (x, y): (f32, f32), style: Style) {
    let Style { size, color, is_bold } = style;
    // Where there is no bold font, an outline makes the strokes thicker.
    let is_thickened = is_bold && run.font != Which::Bold;
    let outline = Stroke { paint: fill(color).paint, width: size * 0.03, ..Stroke::default() };
    surface.set_fill(Some(fill(color)));
    surface.set_stroke(is_thickened.then_some(outline));
    let at = Point::from_xy(x + run.x * size, y + size * 0.93);
    surface.draw_glyphs(at, &run.glyphs, fonts.get(run.font).font.clone(), &run.text, size, false);
    surface.set_stroke(None);
}

fn fill(Tint(red, green, blue): Tint) -> Fill {
    Fill { paint: rgb::Color::new(red, green, blue).into(), opacity: NormalizedF32::ONE, rule: Default::default() }
}

fn rule(surface: &mut Surface<'_>, y: f32) {
    let Some(line) = Rect::from_xywh(MARGIN, y, WIDTH - 2.0 * MARGIN, 0.6) else { return };
    let mut path = PathBuilder::new();
    path.push_rect(line);
    if let Some(path) = path.finish() {
        surface.set_fill(Some(fill(EDGE)));
        surface.draw_path(&path);
    }
}

fn tree(parts: &[Part], mut leaves: Vec<Vec<Node>>, language: &str) -> TagTree {
    let mut tree = TagTree::new().with_lang(Some(language.to_owned()));
    let mut waiting: Vec<Vec<Node>> = parts.iter().map(|_| Vec::new()).collect();
    let mut roots = Vec::new();
    // A part comes after its parent: from the end, every part's children are complete when it is reached.
    for (at, part) in parts.iter().enumerate().rev() {
        let mut children = std::mem::take(&mut leaves[at]);
        waiting[at].reverse();
        children.append(&mut waiting[at]);
        let group = TagGroup::with_children(part.tag.clone(), children);
        match part.parent {
            Some(parent) => waiting[parent].push(group.into()),
            None => roots.push(group),
        }
    }
    roots.into_iter().rev().for_each(|group| tree.push(group));
    tree
}
