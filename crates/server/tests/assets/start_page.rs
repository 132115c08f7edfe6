//! The start page and the manifest with a plan's facts in them.

use crate::{ask, bytes, dist, get, header, lay, until_encoded};
use axum::http::StatusCode;
use contract::portal::{Capture, PageFacts, Portal};
use server::{
    http::{assets, page},
    profile::Profile,
};
use std::{
    fs,
    io::Read,
    path::{Path, PathBuf},
};
use tempfile::TempDir;

/// The page and the manifest of this repository, as Trunk lays them beside each other.
fn pages() -> (TempDir, PathBuf) {
    let (folder, dist) = dist();
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    fs::copy(root.join("index.html"), dist.join("index.html")).unwrap();
    fs::copy(root.join("public/manifest.webmanifest"), dist.join("manifest.webmanifest")).unwrap();
    (folder, dist)
}

/// Of a plan whose name would be markup if it were let.
fn plan(phone: &str) -> Portal {
    let demo = include_str!("../../profile.toml");
    let plan = demo
        .replace("\"kppay\"", "'R&D \"Care\" <b>'")
        .replace("1-800-390-3507", phone)
        .replace("opens = 7", "opens = 8")
        .replace("closes = 17", "closes = 18");
    Profile::parse(&plan).unwrap().portal(Capture { url: String::new(), origin: String::new() }, false)
}

fn unescaped(text: &str) -> String {
    text.replace("&quot;", "\"").replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")
}

#[tokio::test]
async fn the_page_has_its_plan_s_phone_number_and_name_before_the_app_and_without_it() {
    let (_folder, dist) = pages();
    let portal = plan("1-415-555-0142");
    let router = assets::router(dist.clone(), page::written(&dist, &portal).unwrap(), "");
    for path in ["/", "/index.html", "/pay"] {
        let page = String::from_utf8(bytes(get(&router, path).await).await).unwrap();
        let call = "<a href=\"tel:+14155550142\">1-415-555-0142</a>";
        let (no_script, rest) = page.split_once("</noscript>").unwrap();
        let (first_paint, unavailable) = rest.split_once("id=\"unavailable\"").unwrap();
        assert_eq!([no_script, first_paint, unavailable].map(|part| part.matches(call).count()), [2, 1, 2], "{path}");
        for part in [no_script, unavailable] {
            assert!(part.contains(&format!("{call}, weekdays 8 am to 6 pm, your region’s time.")), "{path}");
            assert!(
                part.contains(&format!("{call}, de lunes a viernes de 8 a. m. a 6 p. m., hora de su región.")),
                "{path}"
            );
        }
        assert!(page.contains("<title>R&amp;D &quot;Care&quot; &lt;b&gt;</title>"), "{path}");
        assert!(!page.contains("{{") && !page.contains("390-3507") && !page.contains("kppay<"), "{path}");
        let facts = page.split("data-facts=\"").nth(1).unwrap().split('"').next().unwrap();
        let facts: PageFacts = serde_json::from_str(&unescaped(facts)).unwrap();
        assert_eq!(facts, PageFacts { brand: portal.brand.clone(), contacts: portal.contacts.clone() }, "{path}");
    }
    let manifest = get(&router, "/manifest.webmanifest").await;
    assert_eq!(header(&manifest, "content-type"), "application/manifest+json");
    let manifest: serde_json::Value = serde_json::from_slice(&bytes(manifest).await).unwrap();
    assert_eq!(
        (&manifest["name"], &manifest["short_name"]),
        (&portal.brand.name.as_str().into(), &portal.brand.name.as_str().into())
    );
}

#[tokio::test]
async fn a_page_with_other_facts_is_another_page_in_every_encoding() {
    let (_folder, dist) = pages();
    // As the app was built: of the page that has no facts yet.
    lay(&dist, "index.html.br", &fs::read(dist.join("index.html")).unwrap());
    let mut tags = Vec::new();
    for phone in ["1-415-555-0142", "1-415-555-0143", "1-415-555-0142"] {
        let router = assets::router(dist.clone(), page::written(&dist, &plan(phone)).unwrap(), "");
        let page = until_encoded(&router, "/pay", "br", "br").await;
        tags.push(header(&page, "etag").to_owned());
        let again = ask(&router, "GET", "/pay", &[("accept-encoding", "br"), ("if-none-match", &tags[0])]).await;
        assert_eq!(again.status() == StatusCode::NOT_MODIFIED, phone == "1-415-555-0142");
        let mut unpacked = String::new();
        brotli::Decompressor::new(&bytes(page).await[..], 4096).read_to_string(&mut unpacked).unwrap();
        assert!(unpacked.contains(phone), "{phone}");
    }
    assert_eq!((tags[0] == tags[2], tags[0] == tags[1]), (true, false));
}

#[test]
fn a_page_that_names_what_no_profile_has_is_served_by_nobody() {
    let (_folder, dist) = pages();
    fs::write(dist.join("index.html"), "<title>{{colour}}</title>").unwrap();
    let refused = page::written(&dist, &plan("1-415-555-0142")).unwrap_err().to_string();
    assert!(refused.contains("index.html") && refused.contains("{{colour}}"), "{refused}");
    fs::remove_file(dist.join("index.html")).unwrap();
    fs::remove_file(dist.join("manifest.webmanifest")).unwrap();
    assert!(page::written(&dist, &plan("1-415-555-0142")).unwrap().is_empty());
}
