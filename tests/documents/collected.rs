//! The tests that cargo runs: functions with the attribute of a test, in files that a crate's root or the root of its
//! tests reaches by `mod`. A function of the same name, one in a comment and one that is ignored are none.

use crate::{root, source};
use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::{Path, PathBuf},
};

/// Of a file by its whole path: the names of its tests.
pub type Tests = BTreeMap<PathBuf, BTreeSet<String>>;

pub fn tests() -> Tests {
    let crates = fs::read_dir(root().join("crates")).unwrap().map(|entry| entry.unwrap().path());
    let mut found = Tests::new();
    for of in crates.chain([root()]).filter(|of| of.join("Cargo.toml").exists()) {
        for file in roots(&of) {
            collect(&file, true, &mut found);
        }
    }
    assert!(found.values().map(BTreeSet::len).sum::<usize>() > 900, "the test looks for the wrong thing");
    found
}

/// Where cargo begins to read: the library, the programs, and what stands right in `tests/` or is a `main.rs` there.
fn roots(of: &Path) -> Vec<PathBuf> {
    let manifest = fs::read_to_string(of.join("Cargo.toml")).unwrap();
    let named = manifest.split("\npath = \"").skip(1).map(|rest| rest.split('"').next().unwrap().to_owned());
    let mut found: Vec<_> =
        named.chain(["src/lib.rs", "src/main.rs"].map(str::to_owned)).map(|at| of.join(at)).collect();
    for entry in fs::read_dir(of.join("tests")).into_iter().flatten().flatten() {
        let path = entry.path();
        found.push(if path.is_dir() { path.join("main.rs") } else { path });
    }
    found.retain(|path| path.is_file() && path.extension().is_some_and(|kind| kind == "rs"));
    found
}

fn collect(path: &Path, is_root: bool, found: &mut Tests) {
    let file = fs::canonicalize(path).unwrap();
    if found.contains_key(&file) {
        return;
    }
    let code = source::without_comments(&fs::read_to_string(&file).unwrap());
    let (tests, modules) = items(&code);
    found.insert(file.clone(), tests);
    let (folder, stem) = (file.parent().unwrap(), file.file_stem().unwrap());
    let own = if is_root || stem == "mod" { folder.to_owned() } else { folder.join(stem) };
    for module in modules {
        let at = [
            path_of(&code, &module).map(|path| folder.join(path)),
            Some(own.join(format!("{module}.rs"))),
            Some(own.join(&module).join("mod.rs")),
        ];
        if let Some(next) = at.into_iter().flatten().find(|path| path.is_file()) {
            collect(&next, false, found);
        }
    }
}

/// `#[path = "…"]` of a module.
fn path_of<'a>(code: &'a str, module: &str) -> Option<&'a str> {
    let (before, _) = code.split_once(&format!("mod {module};"))?;
    let (path, rest) = before.rsplit_once("#[path = \"")?.1.split_once('"')?;
    (!rest.contains(';')).then_some(path)
}

/// The names of the tests in a file, and of the modules in files of their own. What is never compiled is left out.
fn items(code: &str) -> (BTreeSet<String>, Vec<String>) {
    let tokens = source::tokens(code);
    let (mut tests, mut modules, mut attributes, mut at) = (BTreeSet::new(), Vec::new(), Vec::<String>::new(), 0);
    while at < tokens.len() {
        match tokens[at..] {
            ["#", "[", ..] => {
                let end = closing(&tokens, at + 1);
                attributes.push(tokens[at + 2..end].concat());
                at = end;
            }
            ["fn", name, "(", ..] if is_run(&attributes) => {
                tests.insert(name.to_owned());
                attributes.clear();
            }
            ["mod", name, ";", ..] if !attributes.iter().any(|of| is_never(of)) => {
                modules.push(name.to_owned());
                attributes.clear();
            }
            ["async" | "pub", ..] => {}
            _ => attributes.clear(),
        }
        at += 1;
    }
    (tests, modules)
}

/// The bracket that closes the one at `at`.
fn closing(tokens: &[&str], at: usize) -> usize {
    let mut depth = 0;
    let is_last = |token: &&str| {
        depth += i32::from(*token == "[") - i32::from(*token == "]");
        depth == 0
    };
    at + tokens[at..].iter().position(is_last).unwrap()
}

fn is_never(attribute: &str) -> bool {
    attribute.contains("any()") || attribute == "cfg(false)" || attribute.contains("ignore")
}

fn is_run(attributes: &[String]) -> bool {
    let is_test = |of: &String| {
        of == "test"
            || of.starts_with("tokio::test")
            || of.starts_with("wasm_bindgen_test") && !of.contains("configure")
    };
    attributes.iter().any(is_test) && !attributes.iter().any(|of| is_never(of))
}

#[test]
fn a_test_has_its_attribute_and_is_neither_ignored_nor_in_a_comment() {
    let code = "#[test]\nfn a() {}\n#[should_panic]\n#[tokio::test(flavor = \"multi_thread\")]\npub async fn b() {}\n";
    let names = |code: &str| items(&source::without_comments(code)).0.into_iter().collect::<Vec<_>>().join(" ");
    assert_eq!(names(code), "a b");
    let none = "fn a() {}\n#[test]\n#[ignore = \"slow\"]\nfn b() {}\n#[test]\nconst C: u8 = 1;\nfn c() {}\n// #[test]\n// fn d() {}\n/* #[test]\nfn e() {} */\n#[cfg(any())]\n#[test]\nfn f() {}\nconst G: &str = \"#[test] fn g() {}\";";
    assert_eq!(names(none), "");
    let modules =
        "#[cfg(test)]\nmod a;\n#[path = \"x/c.rs\"]\nmod b;\n// mod c;\nmod d { fn e() {} }\n#[cfg(any())]\nmod f;";
    assert_eq!(items(&source::without_comments(modules)).1, ["a", "b"]);
    assert_eq!((path_of(modules, "a"), path_of(modules, "b")), (None, Some("x/c.rs")));
}
