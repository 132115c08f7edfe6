//! PDF layout on Letter paper, with a cursor: headings, paragraphs, facts and a table of items, laid out line by line
//! and broken over pages. `writer` makes the file of it. Knows nothing of payments.

mod writer;

use super::{
    fonts::{Fonts, Unreadable},
    text::Line,
};
use krilla::tagging::{TableHeaderScope, Tag, TagKind};
use std::{fmt, num::NonZeroU16};

const WIDTH: f32 = 612.0;
const HEIGHT: f32 = 792.0;
const MARGIN: f32 = 54.0;
const BODY: f32 = 9.5;
const SMALL: f32 = 8.0;
const LEADING: f32 = 1.42;
const INK: Tint = Tint(0x14, 0x20, 0x1e);
const SOFT: Tint = Tint(0x4f, 0x5e, 0x5a);
const ACCENT: Tint = Tint(0x0b, 0x5d, 0x59);
const EDGE: Tint = Tint(0xb9, 0xc4, 0xc1);

#[derive(Debug)]
pub enum SheetError {
    /// The embedded font could not be read.
    Font,
    /// The writer refused the document.
    Writer(String),
}

impl fmt::Display for SheetError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Font => f.write_str("the receipt's font could not be read"),
            Self::Writer(reason) => write!(f, "the receipt could not be written: {reason}"),
        }
    }
}
impl std::error::Error for SheetError {}

impl From<Unreadable> for SheetError {
    fn from(_: Unreadable) -> Self {
        Self::Font
    }
}

/// One row of the items' table: what it is, a second line in small print, and two amounts to the right.
pub struct Cell {
    pub what: String,
    pub detail: String,
    pub amounts: [String; 2],
}

pub struct Sheet {
    title: String,
    language: &'static str,
    fonts: Fonts,
    /// Characters that no font can draw.
    boxes: usize,
    pages: Vec<Vec<Mark>>,
    /// Distance of the next line's top from the top of the page.
    y: f32,
    /// The tree of what is on the sheet, in reading order; `Mark::Text::part` points into it.
    parts: Vec<Part>,
}

struct Part {
    tag: TagKind,
    parent: Option<usize>,
    heading: Option<(String, usize, f32)>,
}

enum Mark {
    Text { x: f32, y: f32, line: Line, style: Style, part: usize },
    Rule { y: f32 },
}

/// Red, green, blue.
#[derive(Clone, Copy)]
struct Tint(u8, u8, u8);

#[derive(Clone, Copy)]
struct Style {
    is_bold: bool,
    size: f32,
    color: Tint,
}

const TEXT: Style = Style { is_bold: false, size: BODY, color: INK };
const STRONG: Style = Style { is_bold: true, size: BODY, color: INK };
const NOTE: Style = Style { is_bold: false, size: SMALL, color: SOFT };

impl Sheet {
    pub fn new(title: &str, language: &'static str) -> Result<Self, SheetError> {
        Ok(Self {
            title: title.to_owned(),
            language,
            fonts: Fonts::new()?,
            boxes: 0,
            pages: vec![Vec::new()],
            y: MARGIN,
            parts: Vec::new(),
        })
    }

    /// The brand, as text at the head of the first page.
    pub fn wordmark(&mut self, brand: &str) {
        let part = self.part(Tag::P, None);
        self.line(MARGIN, brand, Style { is_bold: true, size: 15.0, color: ACCENT }, part);
        self.y += 15.0 * LEADING + 8.0;
    }

    pub fn heading(&mut self, level: u16, text: &str) {
        let size = if level == 1 { 17.0 } else { 11.5 };
        self.y += if level == 1 { 2.0 } else { 12.0 };
        // A heading never stands alone at the foot of a page.
        self.room(size * LEADING + 4.0 * BODY * LEADING);
        let level = NonZeroU16::new(level).unwrap_or(NonZeroU16::MIN);
        let part = self.part(Tag::Hn(level, Some(text.to_owned())), None);
        self.parts[part].heading = Some((text.to_owned(), self.pages.len() - 1, self.y));
        self.block(MARGIN, WIDTH - 2.0 * MARGIN, text, Style { is_bold: true, size, color: INK }, part);
        self.y += 3.0;
    }

    pub fn paragraph(&mut self, text: &str) {
        let part = self.part(Tag::P, None);
        self.block(MARGIN, WIDTH - 2.0 * MARGIN, text, TEXT, part);
        self.y += 3.0;
    }

    pub fn note(&mut self, text: &str) {
        let part = self.part(Tag::P, None);
        self.block(MARGIN, WIDTH - 2.0 * MARGIN, text, NOTE, part);
        self.y += 3.0;
    }

    /// Name and value, as a table of two columns whose first is its header.
    pub fn facts(&mut self, facts: &[(String, String)]) {
        const NAME: f32 = 150.0;
        const GAP: f32 = 8.0;
        self.rule();
        let table = self.part(Tag::Table.with_summary(Some(self.title.clone())), None);
        let body = self.part(Tag::TBody, Some(table));
        for (name, value) in facts {
            let names = self.wrap(name, TEXT, NAME - GAP);
            let lines = self.wrap(value, STRONG, WIDTH - 2.0 * MARGIN - NAME);
            let height = names.len().max(lines.len()) as f32 * BODY * LEADING;
            self.room(height);
            let top = self.y;
            let row = self.part(Tag::TR, Some(body));
            let head = self.cell(Tag::TH(TableHeaderScope::Row), row);
            for name in names {
                self.put(MARGIN, name, Style { color: SOFT, ..TEXT }, head);
                self.y += BODY * LEADING;
            }
            self.y = top;
            let cell = self.cell(Tag::TD, row);
            for line in lines {
                self.put(MARGIN + NAME, line, STRONG, cell);
                self.y += BODY * LEADING;
            }
            self.y = top + height + 2.0;
        }
        self.rule();
    }

    pub fn items(&mut self, head: &[String; 3], rows: &[Cell], total: &Cell) {
        self.y += 3.0;
        let table = self.part(Tag::Table.with_summary(Some(head.join(", "))), None);
        let thead = self.part(Tag::THead, Some(table));
        let row = self.part(Tag::TR, Some(thead));
        self.room(3.0 * BODY * LEADING);
        for (at, text) in head.iter().enumerate() {
            let cell = self.cell(Tag::TH(TableHeaderScope::Column), row);
            match at {
                0 => self.line(MARGIN, text, NOTE, cell),
                _ => self.line_to(column(at), text, NOTE, cell),
            }
        }
        self.y += SMALL * LEADING;
        self.rule();
        let tbody = self.part(Tag::TBody, Some(table));
        for item in rows {
            self.item(item, tbody, TEXT);
            self.rule();
        }
        let tfoot = self.part(Tag::TFoot, Some(table));
        self.item(total, tfoot, STRONG);
    }

    fn item(&mut self, item: &Cell, body: usize, amounts: Style) {
        const WHAT: f32 = 290.0;
        let what = self.wrap(&item.what, STRONG, WHAT);
        let detail = self.wrap(&item.detail, NOTE, WHAT);
        self.room(what.len() as f32 * BODY * LEADING + detail.len() as f32 * SMALL * LEADING + 6.0);
        let row = self.part(Tag::TR, Some(body));
        let head = self.cell(Tag::TH(TableHeaderScope::Row), row);
        let cells = [self.cell(Tag::TD, row), self.cell(Tag::TD, row)];
        let top = self.y;
        for line in what {
            self.put(MARGIN, line, STRONG, head);
            self.y += BODY * LEADING;
        }
        for line in detail {
            self.put(MARGIN, line, NOTE, head);
            self.y += SMALL * LEADING;
        }
        let bottom = std::mem::replace(&mut self.y, top);
        for (at, (text, cell)) in item.amounts.iter().zip(cells).enumerate() {
            let style = if at == 1 { STRONG } else { amounts };
            self.line_to(column(at + 1), text, style, cell);
        }
        self.y = bottom;
    }

    /// How many characters were drawn as boxes, because no font has them.
    pub fn boxes(&self) -> usize {
        self.boxes
    }

    fn wrap(&mut self, text: &str, style: Style, width: f32) -> Vec<Line> {
        self.fonts.lines(text, style.is_bold, width / style.size)
    }

    fn part(&mut self, tag: impl Into<TagKind>, parent: Option<usize>) -> usize {
        self.parts.push(Part { tag: tag.into(), parent, heading: None });
        self.parts.len() - 1
    }

    fn cell(&mut self, tag: impl Into<TagKind>, row: usize) -> usize {
        self.part(tag, Some(row))
    }

    /// Goes to the next page if `height` does not fit on this one.
    fn room(&mut self, height: f32) {
        if self.y + height > HEIGHT - MARGIN {
            self.pages.push(Vec::new());
            self.y = MARGIN;
        }
    }

    fn mark(&mut self, mark: Mark) {
        if let Some(page) = self.pages.last_mut() {
            page.push(mark);
        }
    }

    fn put(&mut self, x: f32, line: Line, style: Style, part: usize) {
        self.boxes += line.boxes;
        self.mark(Mark::Text { x, y: self.y, line, style, part });
    }

    fn line(&mut self, x: f32, text: &str, style: Style, part: usize) {
        for line in self.wrap(text, style, f32::INFINITY) {
            self.put(x, line, style, part);
        }
    }

    fn line_to(&mut self, right: f32, text: &str, style: Style, part: usize) {
        for line in self.wrap(text, style, f32::INFINITY) {
            self.put(right - line.width * style.size, line, style, part);
        }
    }

    fn block(&mut self, x: f32, width: f32, text: &str, style: Style, part: usize) {
        for line in self.wrap(text, style, width) {
            self.room(style.size * LEADING);
            self.put(x, line, style, part);
            self.y += style.size * LEADING;
        }
    }

    fn rule(&mut self) {
        self.y += 2.0;
        self.mark(Mark::Rule { y: self.y });
        self.y += 4.0;
    }
}

/// Right edges of the two columns of amounts.
fn column(at: usize) -> f32 {
    if at == 1 { WIDTH - MARGIN - 90.0 } else { WIDTH - MARGIN }
}
