//! Limits on the length of a file and of a function. A test may be a long function: it is read from top to bottom.

use crate::source::{files, root, sources};
use std::{collections::BTreeSet, fs};

/// Lines of a file.
const LONGEST_FILE: usize = 350;
/// Lines of a function, from its `fn` to the brace that closes it.
const LONGEST_FUNCTION: usize = 60;

const FOLDERS: [&str; 5] = ["crates", "end2end", "src", "style", "tests"];
const CRATES: [&str; 7] = [
    "crates/capture/src",
    "crates/contract/src",
    "crates/processor/src",
    "crates/serve/src",
    "crates/server/src",
    "crates/xtask/src",
    "src",
];

#[test]
fn files_are_short_enough_to_be_read_at_once() {
    let mut long = BTreeSet::new();
    for folder in FOLDERS {
        for path in ["rs", "mjs", "js", "css"].iter().flat_map(|kind| files(&root().join(folder), kind)) {
            if fs::read_to_string(&path).unwrap().lines().count() > LONGEST_FILE {
                long.insert(path.strip_prefix(root()).unwrap().to_string_lossy().into_owned());
            }
        }
    }
    assert_eq!(long, BTreeSet::new());
}

#[test]
fn functions_are_short_enough_to_be_seen_at_once() {
    let (mut long, mut seen) = (BTreeSet::new(), 0);
    for folder in CRATES {
        for source in sources(folder) {
            for (name, lines) in functions(&source.code) {
                seen += 1;
                if lines > LONGEST_FUNCTION {
                    long.insert(format!("{folder}/{}: {name}", source.name));
                }
            }
        }
    }
    assert!(seen > 1_500, "{seen} functions: the test looks at the wrong lines");
    assert_eq!(long, BTreeSet::new());
}

/// Each function's name and lines, by rustfmt's indentation: it ends at a brace that stands as far to the left as it
/// began.
pub fn functions(code: &str) -> Vec<(&str, usize)> {
    const BEFORE: [&str; 6] = ["pub", "pub(crate)", "pub(super)", "async", "const", "unsafe"];
    let lines: Vec<_> = code.lines().collect();
    let mut found = Vec::new();
    for (at, line) in lines.iter().enumerate() {
        let mut words = line.split_whitespace().skip_while(|word| BEFORE.contains(word));
        let (Some("fn"), Some(name)) = (words.next(), words.next()) else { continue };
        let margin = &line[..line.len() - line.trim_start().len()];
        let is_end = |line: &&&str| {
            let rest = line.strip_prefix(margin).filter(|rest| !rest.starts_with(' '));
            rest.is_some_and(|rest| rest == "}" || rest.ends_with(';') || rest.ends_with(" }") || rest.ends_with("{}"))
        };
        let count = 1 + lines[at..].iter().position(|line| is_end(&line)).unwrap();
        found.push((name.split(['(', '<']).next().unwrap(), count));
    }
    found
}

#[test]
fn lines_of_functions_are_counted() {
    let code = "trait A {\n    fn a();\n    fn b(\n        &self,\n    ) -> u8;\n}\npub async fn c<T>() {\n    if d {\n    }\n}\nfn e() {}\n";
    assert_eq!(functions(code), [("a", 1), ("b", 3), ("c", 4), ("e", 1)]);
}
