//! A deployment with a profile of its own says its own facts everywhere, and nowhere the demo's.

use crate::test_app::{ORIGIN, PROFILE, TestApp, call::Call, seed::ANA};
use contract::{Locale, payment::Payment};
use server::billing::receipt_pdf::{ReceiptCopy, receipt};
use std::fs;

/// The demo's facts, and this plan's in their place.
const FACTS: [(&str, &str); 9] = [
    ("kppay", "Cedar Health"),
    ("1-800-390-3507", "1-415-555-0142"),
    ("1-866-278-9502", "1-415-555-0167"),
    ("1-800-731-4661", "1-415-555-0183"),
    ("Ordway Building", "Cedar Health Payments"),
    ("One Kaiser Plaza", "100 Example Street"),
    ("Oakland, CA 94612", "Anytown, CA 94000"),
    ("kppay Health Plan", "Cedar Health, Inc."),
    ("KPPAY HEALTH PLAN", "CEDAR HEALTH"),
];

#[track_caller]
fn is_of_this_plan(what: &str, text: &str, says: &[&str]) {
    for fact in says {
        assert!(text.contains(fact), "{what} does not say {fact}: {text}");
    }
    for (demo_s, _) in &FACTS[1..] {
        assert!(!text.contains(demo_s), "{what} says {demo_s}: {text}");
    }
    for name in ["kppay:", ":\"kppay\"", ">kppay<", "kppay, "] {
        assert!(!text.contains(name), "{what} has the demo's name: {text}");
    }
}

#[tokio::test]
async fn portal_pages_emails_and_receipts_say_the_facts_of_the_profile_and_none_of_the_demo_s() {
    let folder = tempfile::tempdir().unwrap();
    let (profile, dist) = (folder.path().join("plan.toml"), folder.path().join("dist"));
    let mut text = fs::read_to_string(PROFILE).unwrap();
    for (demo_s, ours) in FACTS {
        text = text.replace(&format!("\"{demo_s}\""), &format!("\"{ours}\""));
    }
    fs::write(&profile, text.replace("opens = 7", "opens = 8")).unwrap();
    fs::create_dir(&dist).unwrap();
    fs::copy(concat!(env!("CARGO_MANIFEST_DIR"), "/../../index.html"), dist.join("index.html")).unwrap();
    let (profile, dist) = (profile.to_str().unwrap(), dist.to_str().unwrap());
    let app = TestApp::open_with(&["--public-origin", ORIGIN, "--profile", profile, "--dist", dist]).await;

    let portal = app.ask(Call::get("/portal")).await;
    is_of_this_plan("the portal", &portal.is(200).text, &FACTS.map(|(_, ours)| ours));
    let page = app.ask_outside(Call::get("/pay")).await;
    is_of_this_plan("the page", &page.is(200).text, &["Cedar Health", "1-415-555-0142", "8 am to 5 pm"]);

    let ana = app.look_up(&ANA).await;
    let paid = app.pay_by_card(&ana, &[("visit", "64.10")]).await;
    let payment: Payment = serde_json::from_str(&paid.is(201).text).unwrap();
    is_of_this_plan("what was agreed to", &payment.authorisation, &["1-415-555-0142", "8 am to 5 pm"]);
    let file = receipt(&payment, &app.state.portal, Locale::En, ReceiptCopy::OfThePayer).unwrap();
    let file = pdf_extract::extract_text_from_mem(&file).unwrap();
    let file = file.split_whitespace().collect::<Vec<_>>().join(" ");
    is_of_this_plan("the receipt", &file, &["Cedar Health", "1-415-555-0142", "8 am to 5 pm"]);
    app.apply(&ANA, "ana.oneill@example.org").await;
    let emails = app.state.store.emails(50).await.unwrap();
    assert!(emails.len() > 1, "a receipt and a link");
    for email in emails {
        is_of_this_plan("an e-mail", &format!("{}\n{}", email.subject, email.text), &["Cedar Health"]);
    }
}
