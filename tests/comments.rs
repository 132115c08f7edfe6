//! Checks of comments, names and operators' messages in all code of this repository: lines of comments are short and
//! full, and words of this house that have a standard term in the field are not used. Test names are sentences and may
//! use any other word.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
#![cfg(not(target_arch = "wasm32"))]

#[allow(dead_code)]
#[path = "arrows/source.rs"]
mod source;

use std::{
    collections::BTreeSet,
    fs,
    path::{Path, PathBuf},
};

/// Characters of a line.
const LONGEST_LINE: usize = 120;

/// In comments, each with what is written instead.
const NOT_IN_COMMENTS: [(&str, &str); 9] = [
    ("errand", "job"),
    ("storey", "layer"),
    ("halfway", "pending second factor"),
    ("the house", "this repository, or the plan"),
    ("refusal", "rejection, or problem document"),
    ("siege", "attack"),
    ("whoever", "anyone who, or who"),
    ("of ours", "our, or this repository's"),
    ("not to be had", "unavailable"),
];
/// Parts of names, between underscores.
const NOT_IN_NAMES: [(&str, &str); 8] = [
    ("storey", "layer"),
    ("storeys", "layers"),
    ("refusal", "error"),
    ("siege", "attack"),
    ("sieges", "attacks"),
    ("besieged", "under_attack"),
    ("heed", "check"),
    ("nobodys", "unknown"),
];

fn files(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap().flatten() {
        let (path, name) = (entry.path(), entry.file_name());
        let is_foreign = ["target", "dist", "node_modules", ".git"].iter().any(|other| name == *other);
        if path.is_dir() && !is_foreign {
            files(&path, found);
        } else if !path.is_dir() {
            found.push(path);
        }
    }
}

struct File {
    /// Path inside the repository.
    name: String,
    text: String,
    /// What begins a comment.
    mark: &'static str,
}

fn read() -> Vec<File> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut paths = Vec::new();
    files(root, &mut paths);
    let file = |path: PathBuf| {
        let name = path.strip_prefix(root).unwrap().to_string_lossy().replace('\\', "/");
        let mark = match path.extension().and_then(|kind| kind.to_str()) {
            Some("rs" | "mjs" | "js") => "//",
            Some("css") => "/*",
            Some("toml") => "#",
            None if name.starts_with(".ci/") => "#",
            _ => return None,
        };
        // this file lists the words
        let is_read = !name.starts_with("public/") && name != "tests/comments.rs" && name != "tests/documents/main.rs";
        is_read.then(|| File { name, text: fs::read_to_string(&path).unwrap(), mark })
    };
    let found: Vec<_> = paths.into_iter().filter_map(file).collect();
    assert!(found.len() > 300, "{} files", found.len());
    found
}

/// The comment on a line. A mark inside of a string begins none.
fn comment<'a>(line: &'a str, mark: &str) -> Option<&'a str> {
    let trimmed = line.trim_start();
    let is_inside = (mark == "/*" || mark == "//") && trimmed.starts_with("* ");
    if trimmed.starts_with(mark) || is_inside || trimmed.starts_with("/*") {
        return Some(trimmed);
    }
    let (before, after) = line.split_once(&format!(" {mark} "))?;
    (before.matches('"').count() % 2 == 0 && before.matches('\'').count() % 2 == 0).then_some(after)
}

#[test]
fn lines_of_comments_are_short() {
    let mut long = Vec::new();
    for File { name, text, mark } in read() {
        for (at, line) in text.lines().enumerate().filter(|(_, line)| comment(line, mark).is_some()) {
            let length = line.chars().count();
            if length > LONGEST_LINE {
                long.push(format!("{name}:{}: {length} characters", at + 1));
            }
        }
    }
    assert!(long.is_empty(), "{} lines:\n{}", long.len(), long.join("\n"));
}

/// A line that ends before its paragraph does, although the next word would have fitted by far.
const SHORTEST_BROKEN_LINE: usize = 90;

/// Of two lines of one comment, whether the first is broken too early. What is indented, a list or the end of a
/// sentence is broken where its writer wants.
fn is_broken_early(line: &str, next: &str, mark: &str) -> bool {
    let text = |line: &str| {
        let rest = line.trim_start().strip_prefix(mark)?;
        rest.trim_start_matches(['/', '!']).strip_prefix(' ').map(str::to_owned)
    };
    let (Some(first), Some(second)) = (text(line), text(next)) else { return false };
    let is_prose =
        |text: &str| text.starts_with(|c: char| c.is_alphabetic() || "`(\"'[".contains(c)) && !text.starts_with("```");
    let word = second.split(' ').next().unwrap().chars().count();
    is_prose(&first)
        && is_prose(&second)
        && !first.ends_with(['.', ':', '?', '|'])
        && line.chars().count() + 1 + word <= SHORTEST_BROKEN_LINE
}

#[test]
fn lines_of_comments_are_broken_where_they_are_full() {
    let mut early = Vec::new();
    for File { name, text, mark } in read() {
        let lines: Vec<_> = text.lines().collect();
        let pairs = lines.windows(2).enumerate().filter(|(_, pair)| is_broken_early(pair[0], pair[1], mark));
        early.extend(pairs.map(|(at, _)| format!("{name}:{}", at + 1)));
    }
    assert!(early.is_empty(), "{} lines:\n{}", early.len(), early.join("\n"));
    assert!(is_broken_early("/// one that", "/// `found` it", "//") && !is_broken_early("// One.", "// Two", "//"));
    assert!(
        !is_broken_early("// a list", "// * of things", "//") && !is_broken_early("let a = 1;", "let b = 2;", "//")
    );
}

#[test]
fn comments_use_the_standard_terms() {
    let mut found = Vec::new();
    for File { name, text, mark } in read() {
        for (at, line) in text.lines().enumerate() {
            let Some(comment) = comment(line, mark).map(str::to_lowercase) else { continue };
            for (word, instead) in NOT_IN_COMMENTS.iter().filter(|(word, _)| has_word(&comment, word)) {
                found.push(format!("{name}:{}: {word}: write {instead}", at + 1));
            }
        }
    }
    assert!(found.is_empty(), "{} comments:\n{}", found.len(), found.join("\n"));
}

/// With its plural; what stands in backticks is code.
fn has_word(comment: &str, word: &str) -> bool {
    let prose: Vec<_> = comment.split('`').step_by(2).collect();
    let is_letter = |c: Option<char>| c.is_some_and(char::is_alphanumeric);
    prose.iter().any(|prose| {
        prose.match_indices(word).any(|(at, _)| {
            let rest = &prose[at + word.len()..];
            let rest = rest.strip_prefix('s').unwrap_or(rest);
            !is_letter(prose[..at].chars().next_back()) && !is_letter(rest.chars().next())
        })
    })
}

#[test]
fn names_use_the_standard_terms() {
    let mut found = BTreeSet::new();
    for File { name, text, .. } in read().into_iter().filter(|file| file.name.ends_with(".rs")) {
        for line in text.lines().filter(|line| comment(line, "//").is_none()) {
            for word in line.split(|c: char| !c.is_alphanumeric() && c != '_') {
                for part in word.split('_') {
                    let part = part.to_lowercase();
                    if let Some((_, instead)) = NOT_IN_NAMES.iter().find(|(not, _)| *not == part) {
                        found.insert(format!("{name}: {word}: write {instead}"));
                    }
                }
            }
        }
    }
    assert!(found.is_empty(), "{} names:\n{}", found.len(), found.into_iter().collect::<Vec<_>>().join("\n"));
}

/// What is written for members, in the two languages; its words are the plan's and have tests of their own.
const FOR_MEMBERS: [&str; 2] = ["i18n", "mail"];
/// Besides what comments may not say.
const NOT_IN_MESSAGES: [(&str, &str); 2] = [("so many", "how many, or too many"), ("is told", "gets, or is shown")];

/// Whether a string is a sentence: SQL names tables and columns, a path and a key are one word.
fn is_message(text: &str) -> bool {
    let is_statement = text.contains(" FROM ") || text.starts_with("\"UPDATE ") || text.starts_with("\"INSERT ");
    text.starts_with(['"', 'r']) && text.contains(' ') && !is_statement
}

#[test]
fn messages_to_operators_use_the_standard_terms() {
    let (mut found, mut seen) = (Vec::new(), 0);
    for folder in ["capture", "contract", "processor", "serve", "server", "xtask"] {
        let folder = format!("crates/{folder}/src");
        for source in source::sources(&folder).iter().filter(|source| !FOR_MEMBERS.contains(&source.top())) {
            for text in source.texts().into_iter().filter(|text| is_message(text)) {
                // a string that goes on in the next line is one sentence
                let said = text.to_lowercase().replace("\\\n", " ");
                let said = said.split_whitespace().collect::<Vec<_>>().join(" ");
                let words = NOT_IN_COMMENTS.iter().chain(&NOT_IN_MESSAGES).filter(|(word, _)| has_word(&said, word));
                found.extend(
                    words.map(|(word, instead)| format!("{folder}/{}: {word}: write {instead}: {text}", source.name)),
                );
                seen += 1;
            }
        }
    }
    assert!(found.is_empty(), "{} messages:\n{}", found.len(), found.join("\n"));
    assert!(seen > 500, "{seen} messages: the test looks for the wrong thing");
}

#[test]
fn comments_are_found_where_they_are() {
    assert_eq!(comment("    let a = 1; // one", "//"), Some("one"));
    assert_eq!(comment("let a = \"x // y\";", "//"), None);
    assert_eq!(comment("  //! one", "//"), Some("//! one"));
    assert_eq!(comment("  gap: 1em; /* one */", "/*"), Some("one */"));
    assert!(has_word("the refusals are", "refusal") && !has_word("`refusal` and besieged", "siege"));
}
