//! Rules of the files that are served as they are (`public/`): each is delivered, and the icons of the manifest are
//! there.

use crate::source::{read, root};
use std::fs;

/// Phones that put the page on their first screen ask for these by the manifest; browsers, some by a name at the root.
#[test]
fn every_public_file_is_delivered_and_every_icon_of_the_manifest_is_there() {
    let index = read("index.html");
    let mut names: Vec<String> = Vec::new();
    for entry in fs::read_dir(root().join("public")).unwrap() {
        let name = entry.unwrap().file_name().into_string().unwrap();
        assert!(index.contains(&format!("rel=\"copy-file\" href=\"public/{name}\"")), "{name} is not copied");
        names.push(name);
    }
    for asked in ["favicon.ico", "apple-touch-icon.png", "robots.txt"] {
        assert!(names.iter().any(|name| name == asked), "{asked}");
    }
    let manifest = read("public/manifest.webmanifest");
    for [size, purpose] in [["192x192", "any"], ["512x512", "any"], ["512x512", "maskable"]] {
        let icon = manifest.lines().find(|line| line.contains(size) && line.contains(purpose));
        let icon = icon.unwrap_or_else(|| panic!("no icon of {size}, {purpose}"));
        let src = icon.split("\"src\": \"/").nth(1).unwrap().split('"').next().unwrap();
        assert!(names.iter().any(|name| name == src), "{src} is missing");
    }
}
