//! The body of an e-mail: what it says, in parts (paragraphs, one button, facts, a table). It is written twice, as
//! plain text here and as HTML by `html`, so that both say the same. Knows nothing of payments or accounts.

use super::{Sender, html};
use crate::{i18n, store::outbox::Message};
use contract::{Locale, notices::NoticeKind};

/// The same in English and in Spanish. `{phone}` is the plan's number, `{home}` the address of the pages and `{/path}`
/// that of one of them: links, where there are links. `{}` is a value.
pub type Words<'a> = (&'a str, &'a str);

/// A body that is being put together, with its subject. Its first paragraph is the heading.
pub struct Body<'a> {
    sender: &'a Sender<'a>,
    pub(super) locale: Locale,
    pub(super) subject: String,
    pub(super) parts: Vec<Part>,
}

pub(super) enum Part {
    Words(Vec<Span>),
    /// The one thing to do.
    Button(Link),
    /// To be typed somewhere.
    Code(String),
    Facts(Vec<(String, String)>),
    Table(Table),
    /// Somebody's own words, below a heading, and a note on them.
    Quote {
        heading: String,
        text: String,
        note: String,
    },
}

pub(super) enum Span {
    Text(String),
    Link(Link),
}

pub(super) struct Link {
    pub shown: String,
    pub to: String,
}

/// Rows of two amounts each, and sums below.
pub struct Table {
    /// Of the rows, and of their two amounts.
    pub head: [String; 3],
    pub rows: Vec<TableRow>,
    pub sums: Vec<(String, String)>,
}

pub struct TableRow {
    pub what: String,
    pub detail: String,
    pub amounts: [String; 2],
}

impl<'a> Body<'a> {
    pub fn new(sender: &'a Sender<'a>, locale: Locale, (english, spanish): Words<'_>) -> Self {
        let subject = format!("{}: {}", sender.brand(), i18n::say(locale, english, spanish));
        Self { sender, locale, subject, parts: Vec::new() }
    }

    /// For anyone who looks for it in a full inbox.
    pub fn numbered(mut self, reference: &str) -> Self {
        self.subject = format!("{} ({reference})", self.subject);
        self
    }

    pub fn say(self, words: Words<'_>) -> Self {
        self.say_of(words, "")
    }

    /// With a value in the place of `{}`, which is text whatever is in it.
    pub fn say_of(mut self, (english, spanish): Words<'_>, value: &str) -> Self {
        let spans = self.spans(i18n::say(self.locale, english, spanish), value);
        self.parts.push(Part::Words(spans));
        self
    }

    pub fn button(mut self, (english, spanish): Words<'_>, to: String) -> Self {
        self.parts.push(Part::Button(Link { shown: i18n::say(self.locale, english, spanish).to_owned(), to }));
        self
    }

    pub fn code(mut self, code: &str) -> Self {
        self.parts.push(Part::Code(code.to_owned()));
        self
    }

    pub fn facts(mut self, facts: Vec<(String, String)>) -> Self {
        self.parts.push(Part::Facts(facts));
        self
    }

    pub fn table(mut self, table: Table) -> Self {
        self.parts.push(Part::Table(table));
        self
    }

    pub fn quote(mut self, (english, spanish): Words<'_>, text: &str, note: String) -> Self {
        let heading = i18n::say(self.locale, english, spanish).to_owned();
        self.parts.push(Part::Quote { heading, text: text.to_owned(), note });
        self
    }

    /// As `write`, to a member, with the way to what they chose of the notices.
    pub fn write_notice(self, kind: NoticeKind) -> Message {
        let words = if kind.is_always_sent() {
            (
                "We always send you notes like this. Pick the rest here: {/account/notices}",
                "Los avisos de seguridad se envían siempre. Elija los demás: {/account/notices}",
            )
        } else {
            ("Pick what we send you: {/account/notices}", "Elija qué avisos recibe: {/account/notices}")
        };
        self.say(words).write()
    }

    pub fn write(self) -> Message {
        let paragraphs: Vec<String> = self.parts.iter().map(Part::text).collect();
        let text = format!("{}\n\n{}", paragraphs.join("\n\n"), self.sender.brand());
        let html = html::page(&self, self.sender.brand());
        Message { subject: self.subject, text, html }
    }

    fn spans(&self, text: &str, value: &str) -> Vec<Span> {
        let mut spans = Vec::new();
        let mut rest = text;
        while let Some((before, place, after)) = place(rest) {
            spans.push(Span::Text(before.to_owned()));
            spans.push(match place {
                "" => Span::Text(value.to_owned()),
                "phone" => Span::Link(self.sender.phone_link()),
                "home" => Span::Link(self.sender.page("")),
                path => Span::Link(self.sender.page(path)),
            });
            rest = after;
        }
        spans.push(Span::Text(rest.to_owned()));
        spans
    }
}

/// What stands before the first `{…}`, in it, and after it.
fn place(text: &str) -> Option<(&str, &str, &str)> {
    let (before, rest) = text.split_once('{')?;
    let (place, after) = rest.split_once('}')?;
    Some((before, place, after))
}

impl Part {
    fn text(&self) -> String {
        let lines = |pairs: &[(String, String)]| {
            let lines: Vec<String> = pairs.iter().map(|(what, said)| format!("{what}: {said}")).collect();
            lines.join("\n")
        };
        match self {
            Self::Words(spans) => spans.iter().map(Span::text).collect(),
            Self::Button(Link { shown, to }) => format!("{shown}:\n{to}"),
            Self::Code(code) => code.clone(),
            Self::Facts(facts) => lines(facts),
            Self::Table(table) => {
                let rows = table.rows.iter().map(|row| {
                    let [_, first, second] = &table.head;
                    let [amount, other] = &row.amounts;
                    format!("{} ({})\n{first}: {amount}\n{second}: {other}\n\n", row.what, row.detail)
                });
                rows.collect::<String>() + &lines(&table.sums)
            }
            Self::Quote { heading, text, note } => format!("{heading}\n\n{text}\n\n{note}"),
        }
    }
}

impl Span {
    fn text(&self) -> &str {
        match self {
            Self::Text(text) | Self::Link(Link { shown: text, .. }) => text,
        }
    }
}
