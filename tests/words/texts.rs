//! The texts that people read, taken from the source: of the app, of the processor's form, of e-mails and receipts.

use std::{
    collections::BTreeSet,
    fs,
    path::{Path, PathBuf},
};

const PLACES: [&str; 11] = [
    "src/i18n",
    "index.html",
    "boot.js",
    "crates/processor/frame/words.js",
    "crates/processor/frame/index.html",
    "crates/contract/src/authorisation.rs",
    "crates/contract/src/consent.rs",
    "crates/server/src/mail",
    "crates/server/src/mail.rs",
    "crates/server/src/i18n.rs",
    "crates/server/src/billing/receipt_pdf.rs",
];

pub fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

pub fn files(place: &Path, found: &mut BTreeSet<PathBuf>) {
    if place.is_dir() {
        fs::read_dir(place).unwrap().for_each(|entry| files(&entry.unwrap().path(), found));
    } else if place.extension().is_some_and(|kind| ["rs", "js", "html"].contains(&kind.to_str().unwrap())) {
        found.insert(place.to_owned());
    }
}

/// Relative to the repository, and the text without the tests beside it.
pub fn read(file: &Path) -> (String, String) {
    let name = file.strip_prefix(root()).unwrap().display().to_string();
    let text = fs::read_to_string(file).unwrap();
    (name, text.split("#[cfg(test)]\nmod tests").next().unwrap_or_default().to_owned())
}

/// A text of a file, and the field, function or, of HTML, line that it is of.
pub struct SourceText {
    /// Relative to the repository.
    pub file: String,
    pub place: String,
    /// As the source has it: values are `{…}`.
    pub words: String,
}

/// In both languages.
pub fn all_texts() -> Vec<SourceText> {
    let mut all = BTreeSet::new();
    PLACES.iter().for_each(|place| files(&root().join(place), &mut all));
    let of_file = |file: &PathBuf| {
        let (name, text) = read(file);
        texts(&name, &text)
    };
    let found: Vec<_> = all.iter().flat_map(of_file).collect();
    assert!(found.len() > 1_000, "{} texts: the test looks at the wrong files", found.len());
    found
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Language {
    English,
    Spanish,
}

/// By the small words that every sentence has.
pub fn language(words: &str) -> Language {
    const ENGLISH: &str =
        "the you your we our is are it of to and this that was with by at on an for not has have can be no";
    const SPANISH: &str =
        "el la los las su sus de del que en un una se es por con para al lo y si esta este más ya otra";
    let words = words.to_lowercase();
    let count = |list: &str| {
        let is_listed = |word: &&str| list.split(' ').any(|one| one == *word);
        words.split(|letter: char| !letter.is_alphabetic() && letter != '’').filter(is_listed).count()
    };
    let accents = words.chars().filter(|letter| "áéíóúñ¿¡".contains(*letter)).count();
    if count(ENGLISH) >= count(SPANISH) + accents { Language::English } else { Language::Spanish }
}

fn texts(name: &str, text: &str) -> Vec<SourceText> {
    let file = name.to_owned();
    if name.ends_with(".html") {
        let of_line = |line: &str| SourceText { file: file.clone(), place: file.clone(), words: without_tags(line) };
        return text.lines().map(of_line).collect();
    }
    let (quote, is_catalogue) = if name.ends_with(".js") { ('\'', true) } else { ('"', name.starts_with("src/i18n")) };
    let (mut all, mut place) = (Vec::new(), String::new());
    let (mut code, mut rest) = (String::new(), text.chars().peekable());
    while let Some(letter) = rest.next() {
        if letter == '/' && rest.peek() == Some(&'/') {
            while rest.next_if(|letter| *letter != '\n').is_some() {}
        } else if letter != quote || code.ends_with('\'') {
            code.push(letter);
        } else {
            place = place_of(&code, is_catalogue).unwrap_or(place);
            code.clear();
            let mut words = String::new();
            while let Some(letter) = rest.next().filter(|letter| *letter != quote) {
                words.push(letter);
                words.extend((letter == '\\').then(|| rest.next()).flatten());
            }
            all.push(SourceText { file: file.clone(), place: place.clone(), words });
        }
    }
    all
}

/// The last field (of a catalogue) or function that begins in this code.
fn place_of(code: &str, is_catalogue: bool) -> Option<String> {
    let is_of_name = |letter: char| letter.is_alphanumeric() || letter == '_';
    let function = code.rfind("fn ").map(|at| (at, &code[at + 3..]));
    let field = code.rmatch_indices(": ").find_map(|(end, _)| {
        let begin = code[..end].rfind(|letter| !is_of_name(letter)).map_or(0, |at| at + 1);
        let before = code[..begin].trim_end_matches(' ');
        (begin < end && before.ends_with(['\n', '{', ','])).then_some((begin, &code[begin..]))
    });
    let (_, found) = if is_catalogue { function.max(field) } else { function }?;
    Some(found.split(|letter| !is_of_name(letter)).next().unwrap_or_default().to_owned())
}

/// Of a line that is markup; what is above the body are links.
fn without_tags(line: &str) -> String {
    let after_tags = line.split('<').enumerate().map(|(at, part)| match (at, part.split_once('>')) {
        (0, _) | (_, None) => part,
        (_, Some((_, text))) => text,
    });
    after_tags.collect::<Vec<_>>().join(" ").replace("{{", "{").replace("}}", "}")
}
