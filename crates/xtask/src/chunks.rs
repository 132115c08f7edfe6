//! The later chunks of the wasm: their files, and how the loader that wasm-split wrote fetches them. A part of `cargo
//! xtask split`. A chunk with a file of its own has a name that begins its hash. The smallest ones, which several
//! others share, are laid one after another in one file: a request each would take longer than their bytes. Knows
//! nothing of what is in a chunk.

use crate::split::{digits, read};
use base64::{Engine, prelude::BASE64_STANDARD};
use sha2::{Digest, Sha256};
use std::path::{Path, PathBuf};
use xtask::failure::{Because, Failure, Result};

/// The file in which wasm-split writes how chunks are loaded.
pub const LOADER: &str = "__wasm_split.js";
/// Bytes. Twice as many would make each page load a tenth more that it does not need.
const SMALL: usize = 4_096;
const TOGETHER: &str = "shared";

/// Fetches a later chunk. The digits in its file's name are the first of its hash, so that the first page says each
/// hash once.
const FETCH_CHUNK: &str = r#"const fetchChunk = (name, hash) => {
const digits = Array.from(atob(hash).slice(0, 8), (byte) => byte.charCodeAt(0).toString(16).padStart(2, "0")).join("");
return fetch(new URL(`./kppay-${name}-${digits}.wasm`, import.meta.url), { integrity: `sha256-${hash}` });
};
"#;

/// Cuts a chunk out of the file that holds several. That file is asked for again when it did not come.
const FETCH_PART: &str = r#"let together;
const fetchPart = (start, end) => {
together ??= fetchChunk("NAME", "HASH").then((file) => file.arrayBuffer());
together.catch(() => { together = undefined; });
return together.then((all) => new Response(all.slice(start, end), { headers: { "content-type": "application/wasm" } }));
};
"#;

/// Every chunk of `work` but `first`, in a file in its folder.
pub fn later(work: &Path, first: &str) -> Result<Vec<PathBuf>> {
    let mut chunks = Vec::new();
    for entry in std::fs::read_dir(work).because("Reading target/split")? {
        let file = entry.because("Reading target/split")?.path();
        if file.extension().is_some_and(|extension| extension == "wasm") && stem(&file) != first {
            chunks.push(file);
        }
    }
    chunks.sort();
    Ok(chunks)
}

/// Writes the chunks into `staging` as files of the app, and gives the loader that fetches them there.
pub fn lay(chunks: &[PathBuf], work: &Path, staging: &Path, app: &str) -> Result<String> {
    let (mut loader, mut together) = (read(&work.join(LOADER))?, Vec::new());
    let write = |name: &str, bytes: &[u8]| {
        let file = staging.join(format!("{app}-{name}-{}.wasm", digits(bytes)));
        std::fs::write(file, bytes).because("Writing a chunk")
    };
    for chunk in chunks {
        let bytes = std::fs::read(chunk).because("Reading a chunk")?;
        let name = stem(chunk);
        let fetched = if bytes.len() < SMALL {
            let start = together.len();
            together.extend_from_slice(&bytes);
            format!("fetchPart({start}, {})", together.len())
        } else {
            let name = name.trim_start_matches("split_");
            write(name, &bytes)?;
            format!("fetchChunk(\"{name}\", \"{}\")", hash(&bytes))
        };
        loader = fetched_by(&loader, name, &fetched)?;
    }
    if together.is_empty() {
        return Ok(format!("{FETCH_CHUNK}{loader}"));
    }
    write(TOGETHER, &together)?;
    let part = FETCH_PART.replace("NAME", TOGETHER).replace("HASH", &hash(&together));
    Ok(format!("{FETCH_CHUNK}{part}{loader}"))
}

fn stem(file: &Path) -> &str {
    file.file_stem().and_then(|stem| stem.to_str()).unwrap_or_default()
}

fn hash(bytes: &[u8]) -> String {
    BASE64_STANDARD.encode(Sha256::digest(bytes))
}

/// The loader with another way to fetch one chunk.
fn fetched_by(loader: &str, chunk: &str, fetched: &str) -> Result<String> {
    let old = format!("fetch(new URL(\"./{chunk}.wasm\", import.meta.url))");
    if loader.contains(&old) {
        Ok(loader.replace(&old, fetched))
    } else {
        Err(Failure::new(format!("{LOADER} has no {old}.")))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ONE: &str = "const src = fetch(new URL(\"./split_a.wasm\", import.meta.url));\n";

    #[test]
    fn a_chunk_is_fetched_by_a_name_that_begins_its_hash() {
        assert_eq!(hash(b""), "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=");
        assert_eq!(digits(b""), "e3b0c44298fc1c14");
        assert_eq!(BASE64_STANDARD.decode(hash(b"")).unwrap()[..8], [0xe3, 0xb0, 0xc4, 0x42, 0x98, 0xfc, 0x1c, 0x14]);
        assert_eq!(fetched_by(ONE, "split_a", "it()").unwrap(), "const src = it();\n");
        assert!(fetched_by(ONE, "split_b", "it()").is_err());
    }

    #[test]
    fn small_chunks_lie_in_one_file_and_each_is_cut_out_of_it() {
        let folder = std::env::temp_dir().join(format!("kppay-chunks-{}", std::process::id()));
        let staging = folder.join("staging");
        std::fs::create_dir_all(&staging).unwrap();
        let mut loader = String::new();
        for (name, size) in [("kppay", 9), ("chunk_1", 3), ("chunk_2", 5), ("split_a", SMALL)] {
            std::fs::write(folder.join(format!("{name}.wasm")), vec![b'w'; size]).unwrap();
            loader += &ONE.replace("split_a", name);
        }
        std::fs::write(folder.join(LOADER), loader).unwrap();
        let chunks = later(&folder, "kppay").unwrap();
        let loader = lay(&chunks, &folder, &staging, "kppay").unwrap();
        let big = vec![b'w'; SMALL];
        assert!(loader.contains("src = fetchPart(0, 3);\nconst src = fetchPart(3, 8);\n"), "{loader}");
        assert!(loader.contains(&format!("src = fetchChunk(\"a\", \"{}\");", hash(&big))), "{loader}");
        assert!(loader.contains(&format!("fetchChunk(\"shared\", \"{}\")", hash(b"wwwwwwww"))), "{loader}");
        let file = staging.join(format!("kppay-shared-{}.wasm", digits(b"wwwwwwww")));
        assert_eq!(std::fs::read(file).unwrap(), b"wwwwwwww");
        assert_eq!(std::fs::read(staging.join(format!("kppay-a-{}.wasm", digits(&big)))).unwrap(), big);
        assert_eq!(std::fs::read_dir(&staging).unwrap().count(), 2);
        std::fs::remove_dir_all(folder).unwrap();
    }
}
