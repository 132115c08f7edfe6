//! The history: whose bills and deposits a filter names, what all pages of it come to, how a text is found, and the
//! file of what was filtered.

use super::{household::pays_for, pages::pays};
use crate::test_app::{
    PAYS, Payer, TestApp, VISA,
    call::Call,
    new_key,
    seed::{ANA, MEI, RUTH},
};
use serde_json::{Value, json};

const ANAS: &str = "ana@example.org";

async fn page(app: &TestApp, ana: &Payer, query: &str) -> Value {
    app.ask(Call::get(&format!("/payments?{query}")).by(ana)).await.is(200).json()
}

fn references(page: &Value) -> Vec<&str> {
    page["payments"].as_array().unwrap().iter().map(|row| row["reference"].as_str().unwrap()).collect()
}

async fn run(app: &TestApp, sql: &'static str) {
    sqlx::query(sql).execute(&app.state.store.write).await.unwrap();
}

/// Ana has paid two of her bills, and one of Mei's.
async fn with_a_household() -> (TestApp, Payer, String) {
    let app = TestApp::open().await;
    app.register(&ANA, ANAS).await;
    let ana = app.sign_in(ANAS).await;
    let link = pays_for(&app, &ana, &MEI).await;
    app.pay_by_card(&ana, &[("visit", "14.10")]).await.is_payment(201, "paid");
    let account = app.bank(&ana, PAYS).await;
    let order = app.order(&ana, &account, &[("surgery", "10.00")]).await;
    app.pay(&ana, &new_key(), &order).await.is_payment(201, "processing");
    let token = app.card(&ana, VISA).await;
    let mut order = app.order(&ana, &token, &[("meis", "5.00")]).await;
    order["household"] = json!(link);
    app.pay(&ana, &new_key(), &order).await.is_payment(201, "paid");
    (app, ana, link)
}

#[tokio::test]
async fn a_filter_names_whose_bills_were_paid_by_a_reference_that_says_nothing() {
    let (app, ana, link) = with_a_household().await;
    let charged = |page: &Value| -> Vec<String> {
        page["payments"].as_array().unwrap().iter().map(|row| row["charged"].as_str().unwrap().to_owned()).collect()
    };
    for (query, expected) in [
        (String::new(), vec!["5.00", "10.00", "14.10"]),
        ("person=own".to_owned(), vec!["10.00", "14.10"]),
        (format!("person={link}"), vec!["5.00"]),
        ("person=nobody".to_owned(), vec![]),
        (format!("person={link}&kind=professional"), vec![]),
        (format!("person={link}&kind=household"), vec!["5.00"]),
    ] {
        assert_eq!(charged(&page(&app, &ana, &query).await), expected, "{query}");
        let file = app.ask(Call::get(&format!("/payments.csv?{query}")).by(&ana)).await.is(200).text.clone();
        assert_eq!(file.lines().count(), 1 + expected.len(), "{query}");
    }
    // A link is the member's own, or nobody's.
    app.register(&RUTH, "ruth@example.org").await;
    let ruth = app.sign_in("ruth@example.org").await;
    assert_eq!(page(&app, &ruth, &format!("person={link}")).await["payments"], json!([]));
    app.ask(Call::write("DELETE", &format!("/household/{link}")).by(&ana)).await.is(200);
    assert_eq!(page(&app, &ana, &format!("person={link}&totals=true")).await["totals"]["people"], json!([]));
}

#[tokio::test]
async fn the_totals_are_of_all_pages_of_what_is_filtered_and_the_debt_is_of_today() {
    let (app, ana, link) = with_a_household().await;
    assert_eq!(page(&app, &ana, "").await["totals"], Value::Null, "only where they are asked for");
    let totals = page(&app, &ana, "limit=1&totals=true").await["totals"].clone();
    let paid = |payments: u32, charged: &str| json!({ "state": "paid", "payments": payments, "charged": charged });
    let processing = json!({ "state": "processing", "payments": 1, "charged": "10.00" });
    assert_eq!(totals["states"], json!([paid(2, "19.10"), processing]));
    assert_eq!(totals["people"], json!([{ "id": link, "name": MEI.name }]));
    assert_eq!(totals["owed"], json!("1200.50"), "1150.00 + 64.10 + 0.50 - 14.10, the debit has not cleared");
    for (query, expected) in [
        ("person=own", json!([paid(1, "14.10"), processing])),
        ("method=bank", json!([processing])),
        ("q=14.10", json!([paid(1, "14.10")])),
        ("state=paid", json!([paid(2, "19.10")])),
        ("from=2090-01-01", json!([])),
        ("person=nobody", json!([])),
    ] {
        assert_eq!(page(&app, &ana, &format!("{query}&totals=true")).await["totals"]["states"], expected, "{query}");
    }
}

#[tokio::test]
async fn a_deposit_is_a_kind_of_its_own() {
    let app = TestApp::open().await;
    app.register(&ANA, ANAS).await;
    let ana = app.sign_in(ANAS).await;
    pays(&app, ANA.name, "visit", &[1_000, 2_000]).await;
    run(&app, "UPDATE payment SET deposit_cents = 100, reference = 'deposit' WHERE created_at = 2000").await;
    run(&app, "DELETE FROM payment_share WHERE payment IN (SELECT id FROM payment WHERE reference = 'deposit')").await;
    assert_eq!(references(&page(&app, &ana, "kind=deposit").await), ["deposit"]);
    assert_eq!(page(&app, &ana, "kind=professional").await["payments"].as_array().unwrap().len(), 1);
}

#[tokio::test]
async fn a_text_is_found_whatever_its_case_and_whether_or_not_its_accents_are_typed() {
    let app = TestApp::open().await;
    app.register(&ANA, ANAS).await;
    let ana = app.sign_in(ANAS).await;
    app.pay_by_card(&ana, &[("visit", "1.00")]).await.is_payment(201, "paid");
    run(&app, "UPDATE bill SET patient = 'JOSÉ Muñoz Ibáñez' WHERE id = 'visit'").await;
    run(&app, "UPDATE bill_line SET provider = 'Clínica Ángel Güell', description = 'VACUNACIÓN (niños)' WHERE bill = 'visit'")
        .await;
    for (text, found) in [
        ("josé", 1),
        ("jose", 1),
        ("JOSE\u{301}", 1),
        ("MUÑOZ", 1),
        ("munoz", 1),
        ("ibáñez", 1),
        ("clinica angel", 1),
        ("CLÍNICA ÁNGEL GÜELL", 1),
        ("guell", 1),
        ("vacunación", 1),
        ("vacunacion (NIÑOS)", 1),
        ("muñeca", 0),
        ("jos_", 0),
    ] {
        let filter = json!({ "q": text });
        let file = app.ask(Call::post("/payments.csv").by(&ana).json(&filter)).await.is(200).text.clone();
        assert_eq!(file.lines().count(), 1 + found, "{text}");
        let text: String = text.bytes().map(|byte| format!("%{byte:02X}")).collect();
        assert_eq!(page(&app, &ana, &format!("q={text}")).await["payments"].as_array().unwrap().len(), found);
    }
}

#[tokio::test]
async fn the_csv_takes_its_filter_in_the_body_too_and_what_means_nothing_is_refused() {
    let app = TestApp::open().await;
    app.register(&ANA, ANAS).await;
    let ana = app.sign_in(ANAS).await;
    pays(&app, ANA.name, "visit", &[1_000, 2_000]).await;
    run(&app, "UPDATE payment SET reference = 'KP-ONE' WHERE created_at = 1000").await;
    let post = |filter: &Value| Call::post("/payments.csv").by(&ana).json(filter);
    for (filter, rows) in [
        (json!({}), 6),
        (json!({ "q": "kp-one" }), 3),
        (json!({ "q": "kp-one", "state": "failed" }), 0),
        (json!({ "state": "paid", "method": "bank", "kind": "professional", "sort": "oldest" }), 6),
        (json!({ "from": "1970-01-02" }), 0),
    ] {
        let answer = app.ask(post(&filter)).await;
        assert_eq!(answer.is(200).text.lines().count(), 1 + rows, "{filter}");
        assert_eq!(answer.header("content-disposition"), "attachment; filename=\"payments.csv\"");
    }
    let long = "x".repeat(101);
    for wrong in [
        json!({ "q": "\u{0}" }),
        json!({ "q": long }),
        json!({ "state": "in_orbit" }),
        json!({ "kind": "x" }),
        json!({ "cursor": "1.a" }),
        json!([]),
    ] {
        app.ask(post(&wrong)).await.is_refused(400, "malformed");
    }
    let refused = app.ask(post(&json!({ "from": "1/2/2026" }))).await;
    refused.is_refused(422, "invalid").has_field_problem("from", "malformed");
    app.ask(Call::post("/payments.csv").json(&json!({}))).await.is_refused(401, "signed_out");
}

#[tokio::test]
async fn a_row_has_the_days_and_the_states_that_its_ledger_line_shows() {
    let (app, ana, _) = with_a_household().await;
    let found = page(&app, &ana, "method=bank").await;
    let row = &found["payments"][0];
    let one = app.ask(Call::get(&format!("/payments/{}", row["id"].as_str().unwrap())).by(&ana)).await.is(200).json();
    for name in ["sent_on", "expected_on", "events"] {
        assert_eq!(row[name], one[name], "{name}");
        assert_ne!(row[name], Value::Null, "{name}");
    }
    assert_eq!(row["since"], row["events"].as_array().unwrap().last().unwrap()["at"]);
}
