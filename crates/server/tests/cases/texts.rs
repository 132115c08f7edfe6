//! Names and addresses as people write them are taken. Card data in the wrong box, script and characters that turn
//! writing are refused, and nowhere in the database.

use crate::test_app::{
    TestApp, VISA,
    call::Call,
    new_account, new_key,
    seed::{ANA, MEI},
};
use serde_json::json;

const CARDS: [&str; 5] = [
    "4242424242424242",
    "4242 4242 4242 4242",
    "4242-4242-4242-4242",
    "Ana 4242424242424242",
    "４２４２４２４２４２４２４２４２",
];
const HOSTILE: [&str; 5] =
    ["<script>alert(1)</script>", "Ana\u{202e}lleN", "Ana\u{0}", "Ana\nBcc: x@example.org", "Ana\u{2028}x"];

#[tokio::test]
async fn a_card_number_typed_as_a_name_or_an_address_is_refused_and_kept_nowhere() {
    let app = TestApp::open().await;
    let ana = app.look_up(&ANA).await;
    let token = app.card(&ana, VISA).await;
    let good = app.order(&ana, &token, &[("visit", "64.10")]).await;
    for text in CARDS {
        let email = format!("{}@example.org", text.replace(' ', ""));
        for (field, value) in [("payer_name", text), ("email", email.as_str())] {
            let mut order = good.clone();
            order[field] = json!(value);
            let refused = app.pay(&ana, &new_key(), &order).await;
            refused.is_refused(422, "invalid").has_field_problem(field, "looks_like_card");
            assert!(!refused.text.contains("4242"), "what was typed is not said back");
            let draft = Call::write("PUT", "/payment-draft").by(&ana).json(&json!({ field: value }));
            let refused = app.ask(draft).await;
            refused.is_refused(422, "invalid").has_field_problem(field, "looks_like_card");
            assert!(!refused.text.contains("4242"), "what was typed is not said back");
        }
    }
    let part = json!({ "shares": [{ "bill": "visit", "part": "4242424242424242" }] });
    let part = app.ask(Call::write("PUT", "/payment-draft").by(&ana).json(&part)).await;
    part.is_refused(422, "invalid").has_field_problem("shares.0.part", "looks_like_card");
    app.assert_nothing_happened().await;
    assert_eq!(app.number("SELECT COUNT(*) FROM session WHERE draft IS NOT NULL").await, 0);
    number_is_nowhere(&app).await;
}

#[tokio::test]
async fn a_card_number_in_the_other_boxes_of_a_draft_is_kept_nowhere() {
    let app = TestApp::open().await;
    let ana = app.look_up(&ANA).await;
    let number = "4242424242424242";
    let method = json!({ "kind": "card", "brand": "visa", "last4": number, "expiry": "12/29", "funding": "credit" });
    let account = json!({ "kind": "bank", "account": "checking", "last4": number });
    for draft in [
        json!({ "method": method }),
        json!({ "method": account }),
        json!({ "payer_name": "123" }),
        json!({ "payer_name": " 4321 " }),
        json!({ "payer_name": "\u{664}\u{662}".repeat(8) }),
        json!({ "email": "\u{ff14}\u{ff12}".repeat(8) }),
    ] {
        let answer = app.ask(Call::write("PUT", "/payment-draft").by(&ana).json(&draft)).await;
        assert!(matches!(answer.status.as_u16(), 400 | 422), "{draft}: {}", answer.status);
    }
    // What programs name is kept if it names something: a bill of theirs, a token of their own.
    for name in [number, "tok4242424242424242", "a4242424242424242", &"\u{ff14}\u{ff12}".repeat(8)] {
        for draft in [json!({ "token": name }), json!({ "shares": [{ "bill": name, "part": null }] })] {
            app.ask(Call::write("PUT", "/payment-draft").by(&ana).json(&draft)).await.is(204);
            let kept = app.ask(Call::get("/payment-draft").by(&ana)).await.is(200).json();
            assert_eq!((&kept["token"], &kept["shares"]), (&json!(null), &json!([])), "{draft}");
        }
        app.method(&ana, name).await.is_refused(422, "token_refused");
    }
    number_is_nowhere(&app).await;
    let token = app.card(&ana, VISA).await;
    app.method(&ana, &token).await.is(200);
    let draft = json!({ "token": token, "shares": [{ "bill": "visit", "part": null }] });
    app.ask(Call::write("PUT", "/payment-draft").by(&ana).json(&draft)).await.is(204);
    let kept = app.ask(Call::get("/payment-draft").by(&ana)).await.is(200).json();
    assert_eq!((&kept["token"], &kept["shares"][0]["bill"]), (&json!(token), &json!("visit")));
}

#[tokio::test]
async fn a_card_number_is_no_password_wherever_one_is_typed() {
    let app = TestApp::open().await;
    let mei = app.look_up(&MEI).await;
    let id = app.ask(Call::post("/registrations").by(&mei)).await.is(201).json()["id"].as_str().unwrap().to_owned();
    let mut account = new_account(&MEI, "mei@example.org");
    account["password"] = json!("4242 4242 4242 4242");
    app.register(&ANA, "ana@example.org").await;
    let member = app.sign_in("ana@example.org").await;
    let change = json!({ "current": "4242424242424242", "password": "seven lanterns on a copper river" });
    let calls = [
        (Call::post(&format!("/registrations/{id}/account")).by(&mei).json(&account), "password"),
        (
            Call::post("/session").json(&json!({ "user_id": "ana@example.org", "password": "4242424242424242" })),
            "password",
        ),
        (Call::write("PUT", "/profile/password").by(&member).json(&change), "current"),
    ];
    for (call, field) in calls {
        let refused = app.ask(call).await;
        refused.is_refused(422, "invalid").has_field_problem(field, "looks_like_card");
        assert!(!refused.text.contains("4242"), "what was typed is not said back");
    }
    number_is_nowhere(&app).await;
}

async fn number_is_nowhere(app: &TestApp) {
    for (table, column) in
        [("payment", "payer_name"), ("payment", "email"), ("session", "draft"), ("method_token", "token")]
    {
        let kept = format!("SELECT COUNT(*) FROM {table} WHERE {column} LIKE '%4242424242%'");
        assert_eq!(app.number(&kept).await, 0, "{table}.{column}");
    }
    let Ok(files) = std::fs::read_dir(app.folder.path()) else { return };
    for file in files.flatten() {
        let bytes = std::fs::read(file.path()).unwrap();
        assert!(!bytes.windows(16).any(|window| window == b"4242424242424242"), "{:?}", file.path());
    }
}

#[tokio::test]
async fn script_and_characters_that_turn_writing_are_refused_in_names_and_addresses() {
    let app = TestApp::open().await;
    let ana = app.look_up(&ANA).await;
    let token = app.card(&ana, VISA).await;
    let good = app.order(&ana, &token, &[("visit", "64.10")]).await;
    for text in HOSTILE {
        let email = format!("{text}@example.org");
        // Of an address, phones' address books copy the character that turns it along.
        let fields =
            [("payer_name", text), ("email", &email)].into_iter().take(if text.contains('\u{202e}') { 1 } else { 2 });
        for (field, value) in fields {
            let mut order = good.clone();
            order[field] = json!(value);
            let answer = app.pay(&ana, &new_key(), &order).await;
            answer.is_refused(422, "invalid");
            assert!(!answer.text.contains("script"));
        }
    }
    for email in [
        "ana",
        "@example.org",
        "ana@",
        "a b@example.org",
        "ana@example",
        "ana@@example.org",
        &format!("{}@example.org", "a".repeat(300)),
    ] {
        let mut order = good.clone();
        order["email"] = json!(email);
        app.pay(&ana, &new_key(), &order).await.is_refused(422, "invalid");
    }
    app.assert_nothing_happened().await;
}

#[tokio::test]
async fn a_draft_refuses_characters_that_turn_writing_and_keeps_what_people_type() {
    let app = TestApp::open().await;
    let ana = app.look_up(&ANA).await;
    let put = |draft: serde_json::Value| Call::write("PUT", "/payment-draft").by(&ana).json(&draft);
    for text in ["Ana\u{202e}lleN", "Ana\u{0}"] {
        let answer = app.ask(put(json!({ "payer_name": text }))).await;
        answer.is_refused(422, "invalid").has_field_problem("payer_name", "not_allowed");
    }
    let long = app.ask(put(json!({ "email": "a".repeat(301) }))).await;
    long.is_refused(422, "invalid").has_field_problem("email", "too_long");
    // Half typed, with accents and an apostrophe: kept as it is, and never as markup.
    let half =
        json!({ "shares": [{ "bill": "visit", "part": "12." }], "payer_name": "José Ñuñez-O’Brien <", "email": "jos" });
    app.ask(put(half)).await.is(204);
    let kept = app.ask(Call::get("/payment-draft").by(&ana)).await;
    assert_eq!(kept.is(200).json()["payer_name"], "José Ñuñez-O’Brien <");
    assert_eq!(kept.header("content-type"), "application/json");
    app.ask(Call::write("DELETE", "/payment-draft").by(&ana)).await.is(204);
    assert_eq!(app.ask(Call::get("/payment-draft").by(&ana)).await.is(200).json()["payer_name"], "");
}

#[tokio::test]
async fn payers_are_named_as_they_write_themselves_without_what_nobody_sees() {
    for (typed, kept) in [
        ("José Ñuñez-O’Brien", "José Ñuñez-O’Brien"),
        ("Ana & Luis O'Neill", "Ana & Luis O'Neill"),
        ("Smith, Jones & Co. (2)", "Smith, Jones & Co. (2)"),
        ("مهدی\u{200c}نژاد", "مهدی\u{200c}نژاد"),
        ("\u{feff}Ana\u{a0}O\u{200b}’Neill\u{ad}", "Ana O’Neill"),
    ] {
        let app = TestApp::open().await;
        let mut ana = app.look_up(&ANA).await;
        ana.name = kept;
        let token = app.card(&ana, VISA).await;
        let mut order = app.order(&ana, &token, &[("visit", "64.10")]).await;
        order["payer_name"] = json!(typed);
        let paid = app.pay(&ana, &new_key(), &order).await;
        assert_eq!(paid.is_payment(201, "paid").json()["payer_name"], kept);
    }
}

#[tokio::test]
async fn somebody_with_one_name_registers_and_is_called_by_it() {
    let app = TestApp::open().await;
    let payer = app.look_up(&ANA).await;
    let begun = app.ask(Call::post("/registrations").by(&payer)).await.is(201).json();
    let path = format!("/registrations/{}/account", begun["id"].as_str().unwrap());
    let mut account = new_account(&ANA, "mononym@example.org");
    account.as_object_mut().unwrap().remove("last_name");
    app.ask(Call::post(&path).by(&payer).json(&account)).await.is(202);
    app.jobs().await;
    app.confirm(&app.link("mononym@example.org").await, &app.code().await).await.is(204);
    let member = app.sign_in("mononym@example.org").await;
    let session = app.ask(Call::get("/session").by(&member)).await.is(200).json();
    assert_eq!(session["person"]["name"], "Ana");
    assert_eq!(app.text("SELECT last_name FROM account").await, "");
}
