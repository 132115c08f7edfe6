//! Scripts as browsers get them: without indentation and without the comments that have lines of their own. A part of
//! `cargo xtask split`. Knows no JavaScript beyond that; a text over several lines it refuses.

use xtask::failure::{Failure, Result};

/// A tenth of what the first page loads of its scripts.
pub fn for_browsers(script: &str) -> Result<String> {
    let (mut text, mut is_comment) = (String::new(), false);
    for line in script.lines().map(str::trim) {
        if line.matches('`').count() % 2 == 1 {
            return Err(Failure::new("A script has a text of several lines, which would change.")
                .fix("see crates/xtask/src/scripts.rs"));
        }
        let begins = line.starts_with("/*");
        if is_comment || begins {
            is_comment = !line.ends_with("*/");
            if begins && !is_comment && line.find("*/") != Some(line.len() - 2) {
                return Err(Failure::new(format!("A script has code beside a comment: {line}")));
            }
        } else if !line.is_empty() && !line.starts_with("//") {
            text.push_str(line);
            text.push('\n');
        }
    }
    Ok(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_script_loses_its_comments_and_indentation_and_nothing_else() {
        let script =
            "/** What\n * it `is`.\n */\nfunction a() {\n    // why\n    return 'a // b'; // c\n}\n\n/* one */\na();\n";
        assert_eq!(for_browsers(script).unwrap(), "function a() {\nreturn 'a // b'; // c\n}\na();\n");
    }

    #[test]
    fn a_script_that_would_change_is_refused() {
        assert!(for_browsers("const a = `one\n  two`;\n").is_err());
        assert!(for_browsers("/* a */ const b = /* c */\n").is_err());
    }
}
