//! A member's own profile: what it shows, how its parts are changed, who is told, and the authorisations by pages.

use super::pages::pays;
use crate::test_app::{
    Payer, TestApp,
    call::{Call, Response},
    seed::{ANA, MEI},
};
use serde_json::{Value, json};

const ANAS: &str = "ana@example.org";

async fn ana(app: &TestApp) -> Payer {
    app.register(&ANA, ANAS).await;
    app.sign_in(ANAS).await
}

async fn change(app: &TestApp, member: &Payer, change: Value) -> Response {
    app.ask(Call::write("PATCH", "/profile").by(member).json(&change)).await
}

async fn told(app: &TestApp) -> Vec<String> {
    let emails = app.state.store.emails(50).await.unwrap();
    let told =
        emails.into_iter().filter(|email| email.to.to_string() == ANAS && email.text.contains("/account/profile"));
    told.map(|email| email.text).collect()
}

#[tokio::test]
async fn a_member_sees_what_they_registered_with() {
    let app = TestApp::open().await;
    let ana = ana(&app).await;
    let profile = app.ask(Call::get("/profile").by(&ana)).await.is(200).json();
    let expected = json!({
        "person": {
            "first_name": "Ana", "last_name": "O’Neill", "phone": "+15105550134", "locale": "en",
            "address": { "line1": "1 Harbor Street", "line2": null, "city": "Oakland", "state": "CA", "zip": "94612" },
        },
        "email": ANAS, "new_email": null, "ending": "678", "time_zone": "America/Los_Angeles",
        "consents": [],
    });
    assert_eq!(profile, expected);
}

#[tokio::test]
async fn each_part_is_saved_by_itself_and_the_others_stay() {
    let app = TestApp::open().await;
    let ana = ana(&app).await;
    let address =
        json!({ "line1": "418 Alder Court", "line2": "Apt 5", "city": "Reno", "state": "NV", "zip": "89501" });
    // Two pages that were loaded before either saved.
    change(&app, &ana, json!({ "phone": "(510) 555-0142" })).await.is(200);
    change(&app, &ana, json!({ "address": address })).await.is(200);
    change(&app, &ana, json!({ "name": { "first_name": "Ana María" } })).await.is(200);
    let saved = change(&app, &ana, json!({ "locale": "es" })).await.is(200).json();
    let expected = json!({
        "first_name": "Ana María", "last_name": null, "phone": "+15105550142", "locale": "es", "address": address,
    });
    assert_eq!(saved["person"], expected);
    assert_eq!(app.ask(Call::get("/profile").by(&ana)).await.json(), saved);
    assert_eq!(app.text("SELECT last_name FROM account").await, "", "as somebody with one name has it");
    let session = app.ask(Call::get("/session").by(&ana)).await.json();
    assert_eq!(session["person"]["name"], "Ana María");
}

#[tokio::test]
async fn the_owner_is_told_about_a_new_name_address_or_phone_and_not_what_it_is() {
    let app = TestApp::open().await;
    let ana = ana(&app).await;
    change(&app, &ana, json!({ "phone": "5105550142" })).await.is(200);
    let first = told(&app).await;
    assert_eq!(first.len(), 1);
    assert!(first[0].contains("This was changed in your profile: phone number."), "{}", first[0]);
    assert!(!first[0].contains("0142"), "{}", first[0]);
    // What is no change, and the language, are no news.
    change(&app, &ana, json!({ "phone": "+15105550142" })).await.is(200);
    change(&app, &ana, json!({ "locale": "es" })).await.is(200);
    change(&app, &ana, json!({})).await.is(200);
    assert_eq!(told(&app).await.len(), 1);
    change(&app, &ana, json!({ "name": { "first_name": "Ana" } })).await.is(200);
    let told = told(&app).await;
    assert!(told.iter().any(|text| text.contains("Esto se cambió en su perfil: nombre.")), "{told:?}");
}

#[tokio::test]
async fn what_is_no_name_address_or_phone_changes_nothing() {
    let app = TestApp::open().await;
    let ana = ana(&app).await;
    let kept = "SELECT first_name || last_name || address || phone || locale || email FROM account";
    let before = app.text(kept).await;
    for (part, field, problem) in [
        (json!({ "phone": "555" }), "phone", "too_short"),
        (json!({ "name": { "first_name": " " } }), "name.first_name", "missing"),
        (json!({ "name": { "first_name": "4242 4242 4242 4242" } }), "name.first_name", "looks_like_card"),
        (
            json!({ "address": { "line1": "1 A St", "line2": null, "city": "Reno", "state": "XX", "zip": "89501" } }),
            "address.state",
            "malformed",
        ),
    ] {
        change(&app, &ana, part).await.is_refused(422, "invalid").has_field_problem(field, problem);
    }
    for part in [json!({ "email": "eve@example.org" }), json!({ "phone": 1 }), json!({ "name": {} }), json!([])] {
        change(&app, &ana, part).await.is_refused(400, "malformed");
    }
    assert_eq!((app.text(kept).await, told(&app).await), (before, Vec::new()));
}

#[tokio::test]
async fn nobody_fills_a_mailbox_with_changes_of_a_profile() {
    let app = TestApp::open().await;
    let ana = ana(&app).await;
    for last in 0..20 {
        change(&app, &ana, json!({ "phone": format!("51055501{last:02}") })).await.is(200);
    }
    change(&app, &ana, json!({ "phone": "5105550199" })).await.is_refused(429, "too_many");
    assert_eq!(told(&app).await.len(), 20);
}

#[tokio::test]
async fn authorisations_come_by_pages_each_once_and_only_ones_own() {
    let app = TestApp::open().await;
    let ana = ana(&app).await;
    app.register(&MEI, "mei@example.org").await;
    let mei = app.sign_in("mei@example.org").await;
    // Three pages, and several authorisations at one moment.
    let moments: Vec<i64> = (0..45).map(|number| 1_700_000_000_000 + number / 3).collect();
    let mut given = pays(&app, ANA.name, "visit", &moments).await;
    let accounts = "UPDATE payment SET account = (SELECT id FROM account WHERE email = 'ana@example.org')";
    sqlx::query(accounts).execute(&app.state.store.write).await.unwrap();
    let (mut seen, mut sizes, mut path) = (Vec::new(), Vec::new(), "/authorisations".to_owned());
    loop {
        let page = app.ask(Call::get(&path).by(&ana)).await.is(200).json();
        assert_eq!(app.ask(Call::get(&path).by(&mei)).await.is(200).json()["authorisations"], json!([]), "another's");
        let entries = page["authorisations"].as_array().unwrap();
        sizes.push(entries.len());
        seen.extend(entries.iter().map(|entry| entry["payment"].as_str().unwrap().to_owned()));
        let Some(next) = page["next"].as_str() else { break };
        path = format!("/authorisations?cursor={next}");
    }
    assert_eq!(sizes, [20, 20, 5]);
    given.sort();
    seen.sort();
    assert_eq!(seen, given);
    for query in ["cursor=x", "cursor=", "limit=5"] {
        app.ask(Call::get(&format!("/authorisations?{query}")).by(&ana)).await.is_refused(400, "malformed");
    }
}

#[tokio::test]
async fn names_that_a_profile_takes_can_be_paid_with_and_longer_ones_are_refused_there() {
    let app = TestApp::open().await;
    let ana = ana(&app).await;
    let long = "ñ".repeat(100);
    for (name, field) in [
        (json!({ "first_name": format!("{long}n") }), "name.first_name"),
        (json!({ "first_name": "Ana", "last_name": format!("{long}n") }), "name.last_name"),
    ] {
        let refused = change(&app, &ana, json!({ "name": name })).await;
        refused.is_refused(422, "invalid").has_field_problem(field, "too_long");
    }
    let name = json!({ "name": { "first_name": long, "last_name": long } });
    change(&app, &ana, name).await.is(200);
    let session = app.ask(Call::get("/session").by(&ana)).await.is(200).json();
    let whole = format!("{long} {long}");
    assert_eq!(session["person"]["name"], whole.as_str());
    let named = Payer { name: Box::leak(whole.into_boxed_str()), ..ana };
    app.pay_by_card(&named, &[("visit", "5.00")]).await.is_payment(201, "paid");
}
