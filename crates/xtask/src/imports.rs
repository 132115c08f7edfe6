//! Short names for the functions that the wasm imports from its glue, on both sides: `__wbg_fetch_0f2c5b1a9d3e4c71`
//! becomes `ab`. A part of `cargo xtask split`. The digits of two hundred names do not compress. Knows of wasm its
//! sections and the imports, and of the glue one line each.

use xtask::failure::{Failure, Result};

const SECTION_OF_IMPORTS: u8 = 2;
const KIND_FUNCTION: u8 = 0;

/// The wasm and the glue with short names for what is imported from `module`.
pub fn shorten(wasm: &[u8], glue: &str, module: &str) -> Result<(Vec<u8>, String)> {
    let (magic, mut rest) = wasm.split_at_checked(8).ok_or_else(unknown)?;
    let (mut shorter, mut glue, mut names) = (magic.to_vec(), glue.to_owned(), 0);
    while let Some((&id, after)) = rest.split_first() {
        rest = after;
        let section = take_sized(&mut rest)?;
        let section = if id == SECTION_OF_IMPORTS {
            rename(section, module, |name| {
                let short = short(names);
                names += 1;
                glue = renamed(&glue, name, &short)?;
                Ok(short)
            })?
        } else {
            section.to_vec()
        };
        shorter.push(id);
        put_sized(&mut shorter, &section);
    }
    if names == 0 { Err(unknown()) } else { Ok((shorter, glue)) }
}

/// A section of imports with other names for those of one module.
fn rename(mut section: &[u8], module: &str, mut name_of: impl FnMut(&str) -> Result<String>) -> Result<Vec<u8>> {
    let (mut renamed, count) = (Vec::new(), take_number(&mut section)?);
    put_number(&mut renamed, count);
    for _ in 0..count {
        let (from, name) = (take_sized(&mut section)?, take_sized(&mut section)?);
        let mut function = section;
        if function.split_off_first() != Some(&KIND_FUNCTION) {
            return Err(unknown());
        }
        let kind = take_number(&mut function)?;
        section = function;
        put_sized(&mut renamed, from);
        if from == module.as_bytes() {
            let name = std::str::from_utf8(name).map_err(|_| unknown())?;
            put_sized(&mut renamed, name_of(name)?.as_bytes());
        } else {
            put_sized(&mut renamed, name);
        }
        renamed.push(KIND_FUNCTION);
        put_number(&mut renamed, kind);
    }
    Ok(renamed)
}

/// The glue has each function once, as a property.
fn renamed(glue: &str, name: &str, short: &str) -> Result<String> {
    let property = format!(" {name}: ");
    match glue.matches(&property).count() {
        1 => Ok(glue.replace(&property, &format!(" {short}: "))),
        _ => Err(Failure::new(format!("The glue does not have {name} once."))
            .fix("wasm-bindgen writes it in another way now: see crates/xtask/src/imports.rs")),
    }
}

/// `a` to `z`, then `aa`, `ba`, …
fn short(number: usize) -> String {
    let (mut name, mut left) = (String::new(), number + 1);
    while left > 0 {
        name.push(char::from(b'a' + ((left - 1) % 26) as u8));
        left = (left - 1) / 26;
    }
    name
}

fn unknown() -> Failure {
    Failure::new("The imports of the first chunk can't be read.")
        .fix("they are functions, and one at least is the glue's: see crates/xtask/src/imports.rs")
}

/// LEB128, as all numbers in wasm.
fn take_number(bytes: &mut &[u8]) -> Result<u32> {
    let mut number = 0;
    for shift in (0..32).step_by(7) {
        let byte = *bytes.split_off_first().ok_or_else(unknown)?;
        number |= u32::from(byte & 0x7f) << shift;
        if byte < 0x80 {
            return Ok(number);
        }
    }
    Err(unknown())
}

fn put_number(bytes: &mut Vec<u8>, mut number: u32) {
    while number >= 0x80 {
        bytes.push(number as u8 | 0x80);
        number >>= 7;
    }
    bytes.push(number as u8);
}

/// Bytes behind their count.
fn take_sized<'a>(bytes: &mut &'a [u8]) -> Result<&'a [u8]> {
    let count = take_number(bytes)? as usize;
    bytes.split_off(..count).ok_or_else(unknown)
}

fn put_sized(bytes: &mut Vec<u8>, sized: &[u8]) {
    put_number(bytes, sized.len() as u32);
    bytes.extend_from_slice(sized);
}

#[cfg(test)]
mod tests {
    use super::*;

    const GLUE: &str =
        "const import0 = {\n    __wbg_a_0123: function(a) {\n    },\n    __wbg_b_4567: function() {\n    },\n};";

    fn wasm(kind: u8) -> Vec<u8> {
        let mut section = vec![3];
        for (module, name) in [("./glue.js", "__wbg_a_0123"), ("./loader.js", "load"), ("./glue.js", "__wbg_b_4567")] {
            put_sized(&mut section, module.as_bytes());
            put_sized(&mut section, name.as_bytes());
            section.extend([kind, 5]);
        }
        let mut wasm = b"\0asm\x01\0\0\0\x01\x02\x03\x04\x02".to_vec();
        put_sized(&mut wasm, &section);
        wasm.extend([10, 1, 9]);
        wasm
    }

    #[test]
    fn both_sides_get_the_same_short_names_and_nothing_else_changes() {
        let (wasm, glue) = shorten(&wasm(KIND_FUNCTION), GLUE, "./glue.js").unwrap();
        assert_eq!(glue, "const import0 = {\n    a: function(a) {\n    },\n    b: function() {\n    },\n};");
        let expected = b"\0asm\x01\0\0\0\x01\x02\x03\x04\x02\x30\x03\
            \x09./glue.js\x01a\0\x05\x0b./loader.js\x04load\0\x05\x09./glue.js\x01b\0\x05\x0a\x01\x09";
        assert_eq!(wasm, expected);
    }

    #[test]
    fn what_is_not_understood_is_refused() {
        assert!(shorten(&wasm(3), GLUE, "./glue.js").is_err());
        assert!(shorten(&wasm(KIND_FUNCTION), GLUE, "./other.js").is_err());
        assert!(shorten(&wasm(KIND_FUNCTION), "no names", "./glue.js").is_err());
        assert!(shorten(&wasm(KIND_FUNCTION)[..20], GLUE, "./glue.js").is_err());
    }

    #[test]
    fn short_names_differ() {
        let names: std::collections::HashSet<_> = (0..2000).map(short).collect();
        assert_eq!(names.len(), 2000);
        assert_eq!((short(0), short(25), short(26)), ("a".to_owned(), "z".to_owned(), "aa".to_owned()));
    }
}
