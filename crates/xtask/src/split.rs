//! `cargo xtask split`, the last step of every `trunk build` (a hook in `Trunk.toml`): cuts the app's wasm where
//! `src/app/chunks.rs` says so, and puts the chunks into Trunk's staging folder in place of the one file it made. Trunk
//! has no step of its own for it.
//!
//! rustc's wasm with its relocations → wasm-split → wasm-bindgen on the first chunk → names by content, and the
//! integrity of each where it is loaded: in `index.html`, and for the later chunks in the glue (`chunks`). The style
//! sheets become one (`sheets`). A release is also made small: short names between wasm and glue (`imports`), wasm-opt
//! on each chunk, terser on each script, and beside each file its compressed forms.

use crate::{build, child, chunks, imports, place, sheets, tools::Tools};
use base64::{Engine, prelude::BASE64_STANDARD};
use sha2::{Digest, Sha256, Sha384};
use std::path::{Path, PathBuf};
use xtask::failure::{Because, Failure, Result};

/// The name that Trunk gives its files, from the package.
const APP: &str = "kppay";
/// The script that starts the app.
const BOOT: &str = "boot";

pub fn split() -> Result<()> {
    let staging = PathBuf::from(variable("TRUNK_STAGING_DIR")?);
    let is_release = variable("TRUNK_PROFILE")? == "release";
    let tools = Tools::found()?;
    let built = place::target()
        .join("wasm32-unknown-unknown")
        .join(if is_release { "release" } else { "debug" })
        .join(format!("{APP}.wasm"));
    let work = place::target().join("split");
    if work.exists() {
        std::fs::remove_dir_all(&work).because("Emptying target/split")?;
    }
    let mut cut = tools.command("wasm-split-cli");
    child::run("wasm-split-cli", cut.arg(built).arg(&work).args(["--out-name", APP]))?;
    let mut bind = tools.command("wasm-bindgen");
    bind.args(["--target", "web", "--no-typescript", "--keep-lld-exports", "--out-dir"]).arg(work.join("bound"));
    child::run("wasm-bindgen", bind.arg(work.join(format!("{APP}.wasm"))))?;

    let later = chunks::later(&work, APP)?;
    if is_release {
        later.iter().try_for_each(|chunk| build::optimise(&tools, chunk))?;
    }
    let loader = chunks::lay(&later, &work, &staging, APP)?;
    let bound = work.join("bound");
    let main = bound.join(format!("{APP}_bg.wasm"));
    let mut glue = read(&bound.join(format!("{APP}.js")))?;
    if is_release {
        let wasm = std::fs::read(&main).because("Reading the first chunk")?;
        let (wasm, short) = imports::shorten(&wasm, &glue, &format!("./{APP}_bg.js"))?;
        std::fs::write(&main, wasm).because("Writing the first chunk")?;
        build::optimise(&tools, &main)?;
        glue = short;
    }
    let wasm = std::fs::read(&main).because("Reading the first chunk")?;
    let glue = join(&glue, &loader)?;
    let boot = read(&staging.join(trunks_own(&staging, BOOT, ".js")?))?;
    let [glue, boot] = if is_release {
        [minified(&tools, &work, &glue)?, minified(&tools, &work, &boot)?]
    } else {
        [glue.into_bytes(), boot.into_bytes()]
    };
    let mut index = read(&staging.join("index.html"))?;
    for (name, ending, bytes) in [(APP, "_bg.wasm", wasm), (APP, ".js", glue), (BOOT, ".js", boot)] {
        let old = trunks_own(&staging, name, ending)?;
        let new = format!("{name}-{}{ending}", digits(&bytes));
        std::fs::remove_file(staging.join(&old)).because("Taking Trunk's own file away")?;
        std::fs::write(staging.join(&new), &bytes).because("Writing a file of the first page")?;
        index = relink(&index, &old, &new, &integrity(&bytes))?;
    }
    let index = sheets::join(&staging, &index, APP)?;
    std::fs::write(staging.join("index.html"), index).because("Writing index.html")?;
    // Seconds for the wasm: anyone who works on the app does not wait for it.
    if is_release { build::compress(&staging) } else { Ok(()) }
}

fn variable(name: &str) -> Result<String> {
    place::variable(name)
        .and_then(|value| value.into_string().ok())
        .ok_or_else(|| Failure::new(format!("{name} is not set.")).fix("this is Trunk's hook: run trunk build"))
}

/// A module as browsers get it in a release.
fn minified(tools: &Tools, work: &Path, script: &str) -> Result<Vec<u8>> {
    let (long, short) = (work.join("long.js"), work.join("short.js"));
    std::fs::write(&long, script).because("Writing a script")?;
    let mut terser = tools.command("terser");
    terser.arg(&long).args(["--module", "--compress", "passes=2,ecma=2020", "--mangle", "--output"]).arg(&short);
    child::run("terser", &mut terser)?;
    std::fs::read(&short).because("Reading a script")
}

pub fn read(file: &Path) -> Result<String> {
    std::fs::read_to_string(file).because(&format!("Reading {}", file.display()))
}

/// The file that Trunk made: `kppay-0123….js`, `kppay-0123…_bg.wasm`, `boot-0123….js`.
fn trunks_own(staging: &Path, file: &str, ending: &str) -> Result<String> {
    let entries = std::fs::read_dir(staging).because("Reading Trunk's staging folder")?;
    let is_it = |name: &String| {
        let hash =
            name.strip_prefix(file).and_then(|rest| rest.strip_prefix('-')).and_then(|rest| rest.strip_suffix(ending));
        hash.is_some_and(|hash| hash.bytes().all(|byte| byte.is_ascii_hexdigit()))
    };
    let mut names = entries.filter_map(|entry| entry.ok()?.file_name().into_string().ok());
    names.find(is_it).ok_or_else(|| Failure::new(format!("Trunk left no {file}-…{ending}.")))
}

/// As the server expects of a name that stands for its content.
pub fn digits(bytes: &[u8]) -> String {
    Sha256::digest(bytes).iter().take(8).map(|byte| format!("{byte:02x}")).collect()
}

pub fn integrity(bytes: &[u8]) -> String {
    format!("sha384-{}", BASE64_STANDARD.encode(Sha384::digest(bytes)))
}

/// One module of the glue and the loader: each loses the line that imports the other, and the glue gets the loader's
/// functions as the objects it imported.
fn join(glue: &str, loader: &str) -> Result<String> {
    let exported: Vec<&str> = loader
        .lines()
        .filter_map(|line| line.strip_prefix("export const ")?.split_once(' ').map(|(name, _)| name))
        .collect();
    let loader: String = loader
        .lines()
        .filter(|line| !line.starts_with("import "))
        .fold(String::new(), |text, line| text + line.strip_prefix("export ").unwrap_or(line) + "\n");
    let object = format!("const loaders = {{ {} }};\n", exported.join(", "));
    let (mut text, mut imports) = (loader + &object, 0);
    for line in glue.lines() {
        let imported = line
            .strip_prefix("import * as ")
            .and_then(|rest| rest.trim_end_matches(';').strip_suffix(&format!(" from \"./{}\"", chunks::LOADER)));
        match imported {
            Some(name) => {
                imports += 1;
                text.push_str(&format!("const {name} = loaders;\n"));
            }
            None => {
                text.push_str(line);
                text.push('\n');
            }
        }
    }
    if imports == 0 || exported.is_empty() {
        return Err(Failure::new("The glue and the loader of the chunks do not know each other.")
            .fix("wasm-bindgen or wasm-split writes them in another way now: see crates/xtask/src/split.rs"));
    }
    Ok(text)
}

/// The page's link to a file of Trunk's, with the new name and the new integrity.
fn relink(index: &str, old: &str, new: &str, integrity: &str) -> Result<String> {
    let missing = || Failure::new(format!("index.html does not load {old} with its integrity."));
    let at = index.find(old).ok_or_else(missing)?;
    let start = index[..at].rfind('<').ok_or_else(missing)?;
    let end = at + index[at..].find('>').ok_or_else(missing)?;
    let tag = &index[start..end];
    let value = tag.split("integrity=\"").nth(1).and_then(|rest| rest.split('"').next()).ok_or_else(missing)?;
    let renewed = tag.replace(old, new).replace(value, integrity);
    Ok(format!("{}{renewed}{}", &index[..start], &index[end..]))
}

#[cfg(test)]
mod tests {
    use super::*;

    const GLUE: &str = "/* glue */\nimport * as import1 from \"./__wasm_split.js\"\nimport * as import2 from \"./__wasm_split.js\"\n\
                        function initSync() { return import1; }\nexport { initSync };\n";
    const CHUNKS: &str = "import { initSync } from \"./kppay.js\";\n\nconst src = fetch(new URL(\"./split_a.wasm\", import.meta.url));\n\
                          export const __wasm_split_load_a = load(src);\n";

    #[test]
    fn glue_and_loader_become_one_module() {
        let one = join(GLUE, CHUNKS).unwrap();
        assert!(!one.contains("__wasm_split.js") && !one.contains("import {"), "{one}");
        assert!(one.contains("const loaders = { __wasm_split_load_a };"), "{one}");
        assert!(one.contains("const import2 = loaders;"), "{one}");
        assert!(one.contains("\nconst __wasm_split_load_a = load(src);"), "{one}");
        assert!(join("no imports", CHUNKS).is_err());
    }

    #[test]
    fn the_page_loads_the_new_file_and_nothing_else_changes() {
        let page =
            "<link href=\"/a.css\" integrity=\"sha384-css\"><link href=\"/kppay-1.js\" integrity=\"sha384-old\">";
        assert_eq!(
            relink(page, "kppay-1.js", "kppay-2.js", "sha384-new").unwrap(),
            "<link href=\"/a.css\" integrity=\"sha384-css\"><link href=\"/kppay-2.js\" integrity=\"sha384-new\">"
        );
        assert!(relink(page, "kppay-3.js", "x", "y").is_err());
    }

    #[test]
    fn a_hash_in_a_name_has_sixteen_digits() {
        assert_eq!(digits(b""), "e3b0c44298fc1c14");
        assert!(integrity(b"").starts_with("sha384-OLBg"));
    }
}
