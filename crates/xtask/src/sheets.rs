//! Bundles the style sheets of a page: fewer requests, and they compress better together. A part of
//! `cargo xtask split`. Keeps their order, on which the cascade's layers rest, leaves out what is not for browsers, and
//! reads nothing else of the CSS.

use crate::split::{digits, integrity, read};
use std::path::Path;
use xtask::failure::{Because, Failure, Result};

/// The page with one link in place of the first and of none of the others; in `folder` one sheet in place of those that
/// it linked.
pub fn join(folder: &Path, index: &str, name: &str) -> Result<String> {
    let links = links(index)?;
    let mut sheet = String::new();
    for (_, file) in &links {
        let own = folder.join(file);
        sheet.push_str(&for_browsers(&read(&own)?)?);
        std::fs::remove_file(own).because("Taking a sheet away that has become part of another")?;
    }
    let file = format!("{name}-{}.css", digits(sheet.as_bytes()));
    std::fs::write(folder.join(&file), &sheet).because("Writing the sheet")?;
    let one = format!("<link rel=\"stylesheet\" href=\"/{file}\" integrity=\"{}\">", integrity(sheet.as_bytes()));
    let mut page = index.to_owned();
    for (at, (link, _)) in links.iter().enumerate() {
        page = if at == 0 { page.replacen(link, &one, 1) } else { page.replacen(link, "", 1) };
    }
    // What is left of the lines on which links stood.
    Ok(page.lines().filter(|line| !line.trim().is_empty()).fold(String::new(), |page, line| page + line + "\n"))
}

/// Without comments and indentation: a sixth of what the first page loads of it.
fn for_browsers(sheet: &str) -> Result<String> {
    let mut parts = sheet.split("/*");
    let mut text = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let (_, rest) = part.split_once("*/").ok_or_else(|| Failure::new("A sheet has /* without its */."))?;
        text.push_str(rest);
    }
    let lines = text.lines().map(str::trim).filter(|line| !line.is_empty());
    Ok(lines.fold(String::new(), |all, line| all + line + "\n"))
}

/// Each link to a sheet and the file that it names.
fn links(index: &str) -> Result<Vec<(&str, &str)>> {
    const START: &str = "<link rel=\"stylesheet\" href=\"/";
    let links: Vec<(&str, &str)> = index
        .match_indices(START)
        .filter_map(|(at, _)| {
            let link = &index[at..=at + index[at..].find('>')?];
            Some((link, link[START.len()..].split_once('"')?.0))
        })
        .collect();
    if links.is_empty() {
        return Err(Failure::new("index.html links none of the app's stylesheets.")
            .fix("Trunk writes its links in another way now: see crates/xtask/src/sheets.rs"));
    }
    Ok(links)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sheet_is_sent_without_comments_and_indentation() {
        let sheet = "/* What\n   it is. */\n@layer a {\n  a { margin: 0; } /* why */\n\n  b {}\n}\n";
        assert_eq!(for_browsers(sheet).unwrap(), "@layer a {\na { margin: 0; }\nb {}\n}\n");
        assert!(for_browsers("a {} /* and so on").is_err());
    }

    #[test]
    fn sheets_become_one_in_their_order_and_the_page_links_it_with_its_integrity() {
        let folder = std::env::temp_dir().join(format!("kppay-sheets-{}", std::process::id()));
        std::fs::create_dir_all(&folder).unwrap();
        std::fs::write(folder.join("b-1.css"), "@layer b, a;\n").unwrap();
        std::fs::write(folder.join("a-2.css"), "a {}\n").unwrap();
        let link = |file: &str| format!("  <link rel=\"stylesheet\" href=\"/{file}\" integrity=\"sha384-x\"/>\n");
        let index = format!("<head>\n{}{}  <link rel=\"icon\" href=\"/icon.svg\">\n", link("b-1.css"), link("a-2.css"));
        let page = join(&folder, &index, "app").unwrap();
        let file = format!("app-{}.css", digits(b"@layer b, a;\na {}\n"));
        let one =
            format!("<link rel=\"stylesheet\" href=\"/{file}\" integrity=\"{}\">", integrity(b"@layer b, a;\na {}\n"));
        assert_eq!(page, format!("<head>\n  {one}\n  <link rel=\"icon\" href=\"/icon.svg\">\n"));
        let left: Vec<_> = std::fs::read_dir(&folder).unwrap().map(|file| file.unwrap().file_name()).collect();
        assert_eq!(left, [file.as_str()]);
        assert!(join(&folder, "<head>", "app").is_err());
        std::fs::remove_dir_all(&folder).unwrap();
    }
}
