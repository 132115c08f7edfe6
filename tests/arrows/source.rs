//! Source files as these tests read them: the code without its comments and without its unit tests, and the paths that
//! it imports, each from the root of its crate. Macros are not expanded.

use std::{
    fs,
    path::{Path, PathBuf},
};

pub struct Source {
    /// Path below the folder that was read: `pages/pay/find.rs`.
    pub name: String,
    /// Path of its module: `pages`, `pay`, `find`. The roots of a crate are called `lib` and `main`.
    pub module: Vec<String>,
    /// Without comments and without `mod tests`.
    pub code: String,
}

impl Source {
    /// Module at the top of the crate: `pages` for `pages/pay/find.rs`.
    pub fn top(&self) -> &str {
        &self.module[0]
    }

    /// The paths into its own crate, by `crate::`, `self::` or `super::`, wherever they stand: `["api", "Client"]`.
    pub fn imports(&self) -> Vec<Vec<String>> {
        let is_root = matches!(self.top(), "lib" | "main");
        imports(&self.code, if is_root { &[] } else { &self.module })
    }

    /// Words, `::` and single signs of the code; strings are left out.
    pub fn tokens(&self) -> Vec<&str> {
        tokens(&self.code)
    }

    /// The strings of the code, as they are written.
    pub fn texts(&self) -> Vec<&str> {
        texts(&self.code)
    }

    /// What a module gives others under a name of its own: the paths of each `pub use`, and `type Name` for each
    /// `pub type`.
    pub fn exports(&self) -> Vec<String> {
        exports(&tokens(&self.code))
    }

    /// Whether the file declares a module of that name.
    pub fn declares(&self, name: &str) -> bool {
        tokens(&self.code).windows(3).any(|three| three[..2] == ["mod", name] && [";", "{"].contains(&three[2]))
    }

    /// The paths into another crate: `["bill", "Bill"]` for `contract::bill::Bill`.
    pub fn imports_of(&self, library: &str) -> Vec<Vec<String>> {
        let tokens = tokens(&self.code);
        let starts = (0..tokens.len()).filter(|at| tokens[*at] == library && starts_a_path(&tokens, *at));
        starts.flat_map(|at| paths(&tokens, at + 2, &[]).0).collect()
    }
}

pub fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

pub fn read(name: &str) -> String {
    fs::read_to_string(root().join(name)).unwrap_or_else(|error| panic!("{name}: {error}"))
}

/// What is not of this repository.
const FOREIGN: [&str; 3] = ["dist", "node_modules", "target"];

pub fn files(folder: &Path, extension: &str) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() && !FOREIGN.iter().any(|name| path.ends_with(name)) {
            found.extend(files(&path, extension));
        } else if path.extension().is_some_and(|of| of == extension) {
            found.push(path);
        }
    }
    found.sort();
    found
}

pub fn sources(folder: &str) -> Vec<Source> {
    let folder = root().join(folder);
    let source = |path: PathBuf| {
        let name = path.strip_prefix(&folder).unwrap().to_string_lossy().replace('\\', "/");
        let module = name.trim_end_matches(".rs").split('/').map(str::to_owned).collect();
        Source { module, code: without_tests(&without_comments(&fs::read_to_string(&path).unwrap())), name }
    };
    let found: Vec<_> = files(&folder, "rs").into_iter().filter(|path| !is_of_tests(path)).map(source).collect();
    assert!(!found.is_empty(), "{} holds no file", folder.display());
    found
}

/// Whether the module above declares it for tests only; a file is not left out for its name alone.
fn is_of_tests(path: &Path) -> bool {
    path.ends_with("tests.rs")
        && is_declared_for_tests(&fs::read_to_string(path.parent().unwrap().with_extension("rs")).unwrap())
}

fn is_declared_for_tests(above: &str) -> bool {
    let before = above.split_once("\nmod tests;").map_or("", |(before, _)| before);
    before.rsplit('\n').take_while(|line| line.starts_with("#[")).any(|line| line == "#[cfg(test)]")
}

/// Where a string or a character that begins at `at` ends; `at` itself where none begins. A lifetime is none.
fn end_of_text(code: &[u8], at: usize) -> usize {
    let is_in_a_word = at > 0 && (code[at - 1].is_ascii_alphanumeric() || code[at - 1] == b'_');
    let rest = &code[at..];
    if (rest[0] == b'r' || rest.starts_with(b"br")) && !is_in_a_word {
        let from = 1 + usize::from(rest[0] == b'b');
        let hashes = rest[from..].iter().take_while(|byte| **byte == b'#').count();
        if rest.get(from + hashes) == Some(&b'"') {
            let end = [b"\"".as_slice(), &b"#".repeat(hashes)].concat();
            let body = from + hashes + 1;
            let length = rest[body..].windows(end.len()).position(|window| window == end).unwrap();
            return at + body + length + end.len();
        }
    }
    let quote = rest[0];
    let is_text = quote == b'"' || quote == b'\'' && (rest[1] == b'\\' || closes_soon(rest));
    if !is_text {
        return at;
    }
    let mut end = 1;
    while rest[end] != quote {
        end += if rest[end] == b'\\' { 2 } else { 1 };
    }
    at + end + 1
}

/// `'x'`, where `x` is one character of up to four bytes; `'a` is a lifetime.
fn closes_soon(rest: &[u8]) -> bool {
    let length = rest[1..].iter().skip(1).take_while(|byte| **byte & 0xC0 == 0x80).count() + 1;
    rest.get(1 + length) == Some(&b'\'')
}

pub fn without_comments(text: &str) -> String {
    let bytes = text.as_bytes();
    let (mut code, mut at) = (Vec::new(), 0);
    while at < bytes.len() {
        let end = end_of_text(bytes, at);
        if end > at {
            code.extend_from_slice(&bytes[at..end]);
            at = end;
        } else if bytes[at..].starts_with(b"//") {
            at += bytes[at..].iter().take_while(|byte| **byte != b'\n').count();
        } else if bytes[at..].starts_with(b"/*") {
            at += 2 + bytes[at + 2..].windows(2).position(|two| two == b"*/").unwrap() + 2;
        } else {
            code.push(bytes[at]);
            at += 1;
        }
    }
    String::from_utf8(code).unwrap()
}

/// rustfmt ends a module at the brace that stands as far to the left as it began.
fn without_tests(code: &str) -> String {
    let Some((before, rest)) = code.split_once("#[cfg(test)]\n") else { return code.to_owned() };
    let is_module = rest.lines().next().is_some_and(|line| line.ends_with("mod tests {"));
    let Some((_, after)) = rest.split_once("\n}\n").filter(|_| is_module) else { return code.to_owned() };
    format!("{before}{after}")
}

/// Words, `::`, and single signs; strings are left out.
pub fn tokens(code: &str) -> Vec<&str> {
    let bytes = code.as_bytes();
    let (mut found, mut at) = (Vec::new(), 0);
    let is_of_word = |byte: &u8| byte.is_ascii_alphanumeric() || *byte == b'_';
    while at < bytes.len() {
        let end = end_of_text(bytes, at);
        let length = match bytes[at] {
            _ if end > at => end - at,
            byte if is_of_word(&byte) => bytes[at..].iter().take_while(|byte| is_of_word(byte)).count(),
            _ if bytes[at..].starts_with(b"::") => 2,
            _ => 1,
        };
        let token = code.get(at..at + length).unwrap_or_default();
        if end == at && !token.trim().is_empty() {
            found.push(token);
        }
        at += length;
    }
    found
}

fn texts(code: &str) -> Vec<&str> {
    let (bytes, mut found, mut at) = (code.as_bytes(), Vec::new(), 0);
    while at < bytes.len() {
        let end = end_of_text(bytes, at);
        found.extend((end > at).then(|| &code[at..end]));
        at = end.max(at + 1);
    }
    found
}

/// What may stand before a path that begins with `::`.
const KEYWORDS: [&str; 9] = ["as", "dyn", "else", "if", "impl", "in", "match", "return", "use"];

/// `a::` at the beginning of a path, and not in the middle of one; `::a::` begins one, too.
fn starts_a_path(tokens: &[&str], at: usize) -> bool {
    let is_word = |token: &str| token.ends_with(|c: char| c.is_alphanumeric() || c == '_' || c == '>');
    let goes_on = |at: usize| at > 0 && is_word(tokens[at - 1]) && !KEYWORDS.contains(&tokens[at - 1]);
    tokens.get(at + 1) == Some(&"::") && !(at > 0 && tokens[at - 1] == "::" && goes_on(at - 1))
}

fn exports(tokens: &[&str]) -> Vec<String> {
    let mut found = Vec::new();
    for at in (0..tokens.len()).filter(|at| tokens[*at] == "pub") {
        let is_scoped = tokens.get(at + 1) == Some(&"(");
        let scope = tokens[at..].iter().take_while(|token| **token != ")").count();
        let item = at + 1 + if is_scoped { scope } else { 0 };
        match tokens.get(item) {
            Some(&"use") => {
                found.extend(paths(tokens, item + 1, &[]).0.iter().map(|path| path.join("::")));
            }
            Some(&"type") => found.push(format!("type {}", tokens[item + 1])),
            _ => {}
        }
    }
    found
}

fn imports(code: &str, module: &[String]) -> Vec<Vec<String>> {
    let tokens = tokens(code);
    let (mut found, mut inner, mut depth) = (Vec::new(), Vec::<(usize, String)>::new(), 0);
    for (at, token) in tokens.iter().enumerate() {
        match *token {
            "mod" if tokens.get(at + 2) == Some(&"{") => inner.push((depth, tokens[at + 1].to_owned())),
            "{" => depth += 1,
            "}" => {
                depth -= 1;
                inner.retain(|(of, _)| *of < depth);
            }
            "crate" if starts_a_path(&tokens, at) => found.extend(paths(&tokens, at + 2, &[]).0),
            "crate" if tokens.get(at + 1) == Some(&"as") => found.push(Vec::new()),
            "self" | "super" if starts_a_path(&tokens, at) || is_renamed(&tokens, at) => {
                let here: Vec<_> = module.iter().cloned().chain(inner.iter().map(|(_, name)| name.clone())).collect();
                found.extend(paths(&tokens, at, &here).0);
            }
            _ => {}
        }
    }
    found
}

/// `use super as above;`
fn is_renamed(tokens: &[&str], at: usize) -> bool {
    tokens.get(at + 1) == Some(&"as")
        && (tokens[at] == "super" && (at == 0 || tokens[at - 1] != "::") || at > 0 && tokens[at - 1] == "use")
}

/// The paths that begin at a token, below `base`, and where they end. A group in braces has several.
fn paths(tokens: &[&str], mut at: usize, base: &[String]) -> (Vec<Vec<String>>, usize) {
    let mut path = base.to_vec();
    loop {
        match tokens[at] {
            "{" => {
                let mut found = Vec::new();
                at += 1;
                while tokens[at] != "}" {
                    let (more, end) = paths(tokens, at, &path);
                    found.extend(more);
                    // up to the next member: past `as name` and the comma
                    at = end + tokens[end..].iter().take_while(|token| !matches!(**token, "," | "}")).count();
                    at += usize::from(tokens[at] == ",");
                }
                return (found, at + 1);
            }
            "::" => {
                at += 1;
                continue;
            }
            "self" => {}
            "super" => _ = path.pop(),
            name => path.push(name.to_owned()),
        }
        if tokens.get(at + 1) != Some(&"::") || tokens.get(at + 2) == Some(&"<") {
            return (vec![path], at + 1);
        }
        at += 2;
    }
}

#[test]
fn a_file_is_of_tests_if_it_is_declared_so_and_not_by_its_name() {
    assert!(is_declared_for_tests("mod a;\n#[cfg(test)]\n#[cfg(feature = \"ssr\")]\nmod tests;\nmod z;\n"));
    assert!(!is_declared_for_tests("#[cfg(test)]\nmod a;\nmod tests;\n"));
    assert!(!is_declared_for_tests("#[cfg(test)]\nmod a;\n\npub mod tests;\n"));
    assert_eq!(texts("f(\"a\", r#\"b\"c\"#, 'd', e)"), ["\"a\"", "r#\"b\"c\"#", "'d'"]);
}

#[test]
fn imports_are_read_as_the_compiler_reads_them() {
    let read = |code: &str| -> Vec<String> {
        let module = ["pages".to_owned(), "pay".to_owned(), "find".to_owned()];
        let found = imports(&without_tests(&without_comments(code)), &module);
        found.iter().map(|path| path.join("::")).collect()
    };
    assert_eq!(read("use crate::api::Client;"), ["api::Client"]);
    assert_eq!(
        read("use crate::{api, ui::{self, Icon as I, form::{A, B}}, i18n::*};"),
        ["api", "ui", "ui::Icon", "ui::form::A", "ui::form::B", "i18n::*"]
    );
    assert_eq!(
        read("use super::Draft; use super::super::home; use super::super::super::api;"),
        ["pages::pay::Draft", "pages::home", "api"]
    );
    assert_eq!(read("use self::draft::Draft;"), ["pages::pay::find::draft::Draft"]);
    assert_eq!(read("let a = f(crate::api::call::<u8>(), &crate::session::A);"), ["api::call", "session::A"]);
    assert_eq!(
        read("mod imp { use super::super::method; } fn f() { super::g() }"),
        ["pages::pay::method", "pages::pay::g"]
    );
    assert_eq!(read("pub(crate) fn f<'a>(a: &'a str) { log(\"crate::api\", '\"', r#\"\"crate::ui\"#) }"), [""; 0]);
    assert_eq!(read("// crate::api\nlet a = \"//\"; b(crate::ui::b) // crate::api\n"), ["ui::b"]);
    assert_eq!(read("/* crate::api\n */ b(crate::ui::b)"), ["ui::b"]);
    assert_eq!(read("#[cfg(test)]\nmod tests {\n    use crate::api;\n}\nuse crate::ui;"), ["ui"]);
    assert_eq!(read("other::crate_::a; a::super_::b;"), [""; 0]);
    assert_eq!(read("use crate as all; use super as above; use super::super as top;"), ["", "pages::pay", "pages"]);
    let exported = |code: &str| exports(&tokens(code)).join(" ");
    assert_eq!(exported("pub use a::{b as c, d::*};\npub(crate) use self::e;\nuse f::g;"), "a::b a::d::* e");
    assert_eq!(exported("pub use {\n    ::h as i,\n};\npub(in crate::a) type J = k::L;\npub fn m() {}"), "h type J");
    let of = |code: &str| {
        tokens(code).iter().position(|token| *token == "a").is_some_and(|at| starts_a_path(&tokens(code), at))
    };
    assert!(of("use ::a::b") && of("f(::a::b)") && of("a::b") && !of("c::a::b") && !of("d::<e>::a::b"));
}
