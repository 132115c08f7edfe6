//! `cargo xtask size`: what the first page makes a browser load, raw, gzip and brotli, against the budget in
//! `size-budget.json`. Everything that `dist/index.html` names is counted, and what those name in turn is not: a lazily
//! loaded file is no first load.

use crate::{build, place, tools::Tools};
use serde_json::Value;
use std::path::{Path, PathBuf};
use xtask::failure::{Because, Failure, Result};

#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
struct Weight {
    raw: u64,
    gzip: u64,
    brotli: u64,
}

pub fn size() -> Result<()> {
    let budget = std::fs::read_to_string(place::root().join("size-budget.json")).because("Reading size-budget.json")?;
    let budget: Value = serde_json::from_str(&budget).because("Reading size-budget.json")?;
    let limit = budget["first_page_brotli_bytes"]
        .as_u64()
        .ok_or_else(|| Failure::new("size-budget.json holds no first_page_brotli_bytes."))?;
    // A development build that lies about in dist/ would be measured for what it is not.
    build::app(&Tools::ready()?)?;
    let dist = build::dist();
    let index = std::fs::read_to_string(dist.join("index.html")).because("Reading dist/index.html")?;
    let mut names = vec!["index.html".to_owned()];
    names.extend(named_in(&index));
    let files: Vec<PathBuf> = names.iter().map(|name| dist.join(name)).collect();
    if let Some(missing) = files.iter().find(|file| !file.is_file()) {
        return Err(Failure::new(format!("dist/index.html names {}, which is not there.", missing.display())));
    }
    let weights = weigh(&files)?;
    print!("{}", table("first page", &names, &weights));
    let later = later_chunks(&dist, &names)?;
    let later_files: Vec<PathBuf> = later.iter().map(|name| dist.join(name)).collect();
    println!("{}", table("fetched when a page of theirs is first shown", &later, &weigh(&later_files)?));
    let total: u64 = weights.iter().map(|weight| weight.brotli).sum();
    verdict(total, limit)
}

fn verdict(total: u64, limit: u64) -> Result<()> {
    if total > limit {
        return Err(Failure::new(format!("{total} brotli bytes are {} over the budget of {limit}.", total - limit))
            .fix("`twiggy top` on the wasm shows what grew; raise size-budget.json only with a reason in the commit"));
    }
    println!("{total} brotli bytes, {} under the budget of {limit}.", limit - total);
    Ok(())
}

/// The app's files that the page names, in its order and each once: `src`, `href` and `data-app-*` that are no page's
/// address.
fn named_in(index: &str) -> Vec<String> {
    const LOADED: [&str; 10] =
        [".js", ".mjs", ".wasm", ".css", ".svg", ".png", ".ico", ".webp", ".woff2", ".webmanifest"];
    let mut names = Vec::new();
    for value in index.split(['"', '\'']).skip(1).step_by(2) {
        let name = value.split(['?', '#']).next().unwrap_or_default();
        let name = name.strip_prefix('/').or_else(|| name.strip_prefix("./")).unwrap_or(name);
        let is_ours = !value.contains(':') && !value.starts_with("//") && !name.contains(char::is_whitespace);
        if is_ours && LOADED.iter().any(|ending| name.ends_with(ending)) && !names.iter().any(|known| known == name) {
            names.push(name.to_owned());
        }
    }
    names
}

/// The chunks of the wasm that the page does not name (`split`).
fn later_chunks(dist: &Path, first: &[String]) -> Result<Vec<String>> {
    let entries = std::fs::read_dir(dist).because("Reading dist")?;
    let names = entries.filter_map(|entry| entry.ok()?.file_name().into_string().ok());
    let mut later: Vec<String> = names.filter(|name| name.ends_with(".wasm") && !first.contains(name)).collect();
    later.sort();
    Ok(later)
}

/// The forms are those that `build` puts beside a file; where there is none, it is sent as it is.
fn weigh(files: &[impl AsRef<Path>]) -> Result<Vec<Weight>> {
    let length = |file: &Path| std::fs::metadata(file).map(|about| about.len());
    let weights = files.iter().map(|file| {
        let file = file.as_ref();
        let raw = length(file).because("Weighing a file of dist")?;
        let form = |extension| length(&build::form(file, extension)).unwrap_or(raw);
        Ok(Weight { raw, gzip: form(build::GZIP), brotli: form(build::BROTLI) })
    });
    weights.collect()
}

fn table(title: &str, names: &[String], weights: &[Weight]) -> String {
    let mut text = format!("{:>10} {:>10} {:>10}  {title}\n", "raw", "gzip", "brotli");
    let mut total = Weight::default();
    for (name, weight) in names.iter().zip(weights) {
        text.push_str(&row(weight, name));
        total.raw += weight.raw;
        total.gzip += weight.gzip;
        total.brotli += weight.brotli;
    }
    text + &row(&total, "in all")
}

fn row(weight: &Weight, name: &str) -> String {
    format!("{:>10} {:>10} {:>10}  {name}\n", weight.raw, weight.gzip, weight.brotli)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_the_page_loads_is_counted_once_and_links_to_pages_are_not() {
        let index = r#"<link rel="preload" href="/kppay-0123_bg.wasm" as="fetch"><link rel="modulepreload" href="/kppay-0123.js">
            <script type="module" src="/boot.js" data-app-js="/kppay-0123.js" data-app-wasm="/kppay-0123_bg.wasm"></script>
            <link rel="stylesheet" href="./pay.css?v=1"><a href="/pay">Pay</a><a href="https://example.org/x.js">elsewhere</a>"#;
        assert_eq!(named_in(index), ["kppay-0123_bg.wasm", "kppay-0123.js", "boot.js", "pay.css"]);
    }

    #[test]
    fn over_budget_is_a_failure_and_the_budget_itself_is_not() {
        assert!(verdict(190_001, 190_000).is_err());
        assert!(verdict(190_000, 190_000).is_ok());
    }

    #[test]
    fn the_table_ends_with_the_sums() {
        let weights = [Weight { raw: 10, gzip: 6, brotli: 5 }, Weight { raw: 20, gzip: 9, brotli: 8 }];
        let text = table("first page", &["a.js".into(), "b.css".into()], &weights);
        assert_eq!(
            text.lines().last().unwrap().split_whitespace().collect::<Vec<_>>(),
            ["30", "15", "13", "in", "all"]
        );
    }

    #[test]
    fn a_file_weighs_what_is_sent_of_it() {
        let folder = crate::child::Scratch::new("weigh").unwrap();
        let (long, short) = (folder.path().join("a.js"), folder.path().join("b.js"));
        std::fs::write(&long, "owed ".repeat(100)).unwrap();
        std::fs::write(&short, "x").unwrap();
        build::compress(folder.path()).unwrap();
        let weights = weigh(&[&long, &short]).unwrap();
        assert!(weights[0].brotli < weights[0].gzip && weights[0].gzip < 100 && weights[0].raw == 500, "{weights:?}");
        assert_eq!(weights[1], Weight { raw: 1, gzip: 1, brotli: 1 });
    }
}
