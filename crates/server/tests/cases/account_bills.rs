//! A member's bills: open and settled, by kind, person and year; one bill beside the one before it.

use crate::test_app::{
    PAYS, Payer, TestApp,
    call::Call,
    new_key,
    seed::{ANA, MEI},
};
use contract::{Locale, bill::account::AccountBill};
use serde_json::{Value, json};
use server::billing::receipt_pdf::statement;

const ANAS: &str = "ana@example.org";

async fn ana(app: &TestApp) -> Payer {
    app.register(&ANA, ANAS).await;
    app.sign_in(ANAS).await
}

/// A bill that was settled before: kind, patient, when issued, what the member paid in cents.
async fn settled(app: &TestApp, id: &str, [kind, patient, issued]: [&str; 3], cents: i64) {
    let mut tx = app.state.store.begin().await.unwrap();
    let sql = "INSERT INTO bill (id, membership, kind, patient, issued, due, balance_cents, pending_cents) \
               VALUES ($1, $2, $3, $4, $5, $5, 0, 0)";
    let insert = sqlx::query(sql).bind(id).bind(ANA.name).bind(kind).bind(patient).bind(issued);
    insert.execute(&mut *tx).await.unwrap();
    let sql = "INSERT INTO bill_line (bill, position, service_date, provider, description, billed_cents, discount_cents, \
               plan_paid_cents, you_paid_cents, you_owe_cents, pending_cents) \
               VALUES ($1, 0, $2, 'Leila Haddad, MD', 'Office visit', $3 + 300, 100, 200, $3, 0, 0)";
    sqlx::query(sql).bind(id).bind(issued).bind(cents).execute(&mut *tx).await.unwrap();
    tx.commit().await.unwrap();
}

async fn with_older_bills() -> (TestApp, Payer) {
    let app = TestApp::open().await;
    let member = ana(&app).await;
    settled(&app, "older", ["hospital", "Mateo O’Neill", "2025-03-01"], 4_000).await;
    settled(&app, "old", ["hospital", ANA.name, "2026-01-15"], 12_000).await;
    settled(&app, "free", ["premium", ANA.name, "2026-02-15"], 0).await;
    (app, member)
}

async fn list(app: &TestApp, member: &Payer, query: &str) -> Value {
    app.ask(Call::get(&format!("/account/bills{query}")).by(member)).await.is(200).json()
}

fn ids(bills: &Value) -> Vec<&str> {
    bills.as_array().unwrap().iter().map(|bill| bill["id"].as_str().unwrap()).collect()
}

#[tokio::test]
async fn a_member_s_bills_are_listed_open_and_settled_with_what_is_owed_if_payments_clear() {
    let (app, member) = with_older_bills().await;
    let account = app.bank(&member, PAYS).await;
    let order = app.order(&member, &account, &[("visit", "14.10")]).await;
    app.pay(&member, &new_key(), &order).await.is_payment(201, "processing");
    app.pay_by_card(&member, &[("cents", "0.50")]).await.is_payment(201, "paid");
    let all = list(&app, &member, "").await;
    assert_eq!(ids(&all["open"]), ["surgery", "visit"]);
    assert_eq!((&all["owed"], &all["pending"]), (&json!("1214.10"), &json!("14.10")));
    assert_eq!(ids(&all["settled"]), ["cents", "free", "old"], "what was paid here lately first");
    let cents = &all["settled"][0];
    assert_eq!((&cents["yours"], &cents["balance"]), (&json!("0.50"), &json!("0.00")));
    let days = all["settled"].as_array().unwrap().iter().map(|bill| &bill["settled_at"].as_str().unwrap()[..10]);
    assert_eq!(days.skip(1).collect::<Vec<_>>(), ["2026-02-15", "2026-01-15"], "settled when they were issued");
    assert_eq!((&all["year"], &all["years"]), (&json!(2026), &json!([2026, 2025])));
    assert_eq!((app.owes("visit").await, app.owes("cents").await), ((6_410, 1_410), (0, 0)));
}

#[tokio::test]
async fn a_settled_bill_that_was_partly_paid_at_the_visit_says_when_its_rest_was_paid() {
    let app = TestApp::open().await;
    let member = ana(&app).await;
    let at_the_visit =
        "UPDATE bill_line SET billed_cents = billed_cents + 2000, you_paid_cents = 2000 WHERE bill = 'cents'";
    sqlx::query(at_the_visit).execute(&app.state.store.write).await.unwrap();
    let paid = app.pay_by_card(&member, &[("cents", "0.50")]).await.is_payment(201, "paid").json();
    let settled = list(&app, &member, "").await["settled"][0].clone();
    assert_eq!((&settled["id"], &settled["yours"]), (&json!("cents"), &json!("20.50")));
    assert_eq!(settled["settled_at"], paid["events"].as_array().unwrap().last().unwrap()["at"]);
}

#[tokio::test]
async fn a_list_of_bills_is_of_the_kind_the_person_and_the_year_that_are_asked_for() {
    let (app, member) = with_older_bills().await;
    let all = list(&app, &member, "").await;
    let people = all["people"].clone();
    let names = [&people[0]["name"], &people[1]["name"]];
    assert_eq!(names, [&json!("Mateo O’Neill"), &json!(ANA.name)], "in the order of their first bills");
    let (mateos, anas) = (&people[0]["number"], &people[1]["number"]);
    let hospital = list(&app, &member, "?kind=hospital").await;
    assert_eq!((ids(&hospital["open"]), ids(&hospital["settled"])), (vec![], vec!["old"]));
    assert_eq!((&hospital["owed"], &hospital["kind"]), (&json!("0.00"), &json!("hospital")));
    let mateo = list(&app, &member, &format!("?person={mateos}")).await;
    assert_eq!((ids(&mateo["settled"]), &mateo["year"]), (vec!["older"], &json!(2025)), "the newest year with one");
    let before = list(&app, &member, "?year=2025").await;
    assert_eq!((ids(&before["open"]).len(), ids(&before["settled"])), (3, vec!["older"]), "owed whatever the year");
    let elsewhere = format!("?person={anas}&kind=hospital&year=2025");
    let nobody = (0..3).find(|number| *mateos != json!(number) && *anas != json!(number)).unwrap();
    for nothing in [format!("?person={nobody}"), format!("?person={mateos}&kind=premium"), elsewhere] {
        let none = list(&app, &member, &nothing).await;
        assert_eq!((ids(&none["open"]), ids(&none["settled"])), (vec![], vec![]), "{nothing}");
        assert_eq!(none["people"], people);
    }
    settled(&app, "oldest", ["hospital", "Daniel O’Neill", "2024-03-01"], 100).await;
    let later = list(&app, &member, "").await["people"].clone();
    assert_eq!((&later[1], &later[2]), (&people[0], &people[1]), "an earlier bill changes no number");
}

#[tokio::test]
async fn one_bill_has_all_payments_on_it_and_the_bill_of_its_kind_and_person_before_it() {
    let (app, member) = with_older_bills().await;
    settled(&app, "newer", ["hospital", ANA.name, "2026-05-01"], 700).await;
    let one = async |id: &str| app.ask(Call::get(&format!("/account/bills/{id}")).by(&member)).await.is(200).json();
    let previous = async |id: &str| one(id).await["previous"]["id"].clone();
    assert_eq!((previous("newer").await, previous("old").await), (json!("old"), Value::Null), "not another person's");
    app.pay_by_card(&member, &[("visit", "20.00")]).await.is_payment(201, "paid");
    app.move_clock(120 * 86_400).await;
    let member = app.sign_in(ANAS).await;
    let visit = app.ask(Call::get("/account/bills/visit").by(&member)).await.is(200).json();
    assert_eq!(visit["bill"]["balance"], "44.10");
    assert_eq!((visit["payments"].as_array().unwrap().len(), &visit["payments"][0]["amount"]), (1, &json!("20.00")));
    assert!(visit["payments"][0]["receipt"]["id"].is_string(), "{visit}");
}

#[tokio::test]
async fn nobody_but_the_member_sees_the_bills_of_an_account() {
    let (app, member) = with_older_bills().await;
    app.register(&MEI, "mei@example.org").await;
    let mei = app.sign_in("mei@example.org").await;
    for id in ["visit", "old", "nothing"] {
        app.ask(Call::get(&format!("/account/bills/{id}")).by(&mei)).await.is_refused(404, "not_found");
    }
    let own = list(&app, &mei, "").await;
    assert_eq!((ids(&own["open"]), ids(&own["settled"])), (vec!["meis"], vec![]));
    assert_eq!((own["people"].as_array().unwrap().len(), &own["people"][0]["name"]), (1, &json!(MEI.name)));
    let payer = app.look_up(&ANA).await;
    for path in ["/account/bills", "/account/bills/visit"] {
        app.ask(Call::get(path).by(&payer)).await.is_refused(401, "signed_out");
        app.ask(Call::get(path)).await.is_refused(401, "signed_out");
    }
    for query in [
        "?kind=dental",
        "?person=-1",
        "?person=ana",
        "?year=x",
        "?year=-1",
        "?year=10000",
        "?name=ana",
        "?kind=hospital&kind=premium",
    ] {
        app.ask(Call::get(&format!("/account/bills{query}")).by(&member)).await.is_refused(400, "malformed");
    }
}

#[tokio::test]
async fn a_statement_says_every_sum_of_its_bill_in_the_language_that_is_asked_for() {
    let (app, member) = with_older_bills().await;
    app.pay_by_card(&member, &[("visit", "20.00")]).await.is_payment(201, "paid");
    let shown = app.ask(Call::get("/account/bills/visit").by(&member)).await.is(200).json();
    let shown: AccountBill = serde_json::from_value(shown).unwrap();
    let text = |locale| {
        let file = statement(&shown, &app.state.portal, "America/Los_Angeles", locale).unwrap();
        let text = pdf_extract::extract_text_from_mem(&file).unwrap();
        text.split_whitespace().collect::<Vec<_>>().join(" ")
    };
    let english = text(Locale::En);
    for wanted in [
        "Patient Ana O’Neill",
        "Due Friday, December 4, 2026",
        "Billed $73.10",
        "Plan discount $3.00",
        "Plan paid $6.00",
        "You paid $20.00",
        "You owe $44.10",
        "October 12, 2026 · Leila Haddad, MD · Patient: Ana O’Neill · plan discount $1.00",
        "All charges $73.10 $44.10",
        "125 days",
    ] {
        assert!(english.contains(wanted), "{wanted}: {english}");
    }
    let spanish = text(Locale::Es);
    assert!(spanish.contains("Estado de cuenta") && spanish.contains("Usted debe $44.10"), "{spanish}");
    for query in ["", "?locale=es"] {
        let answer = app.ask(Call::get(&format!("/account/bills/visit/statement.pdf{query}")).by(&member)).await;
        assert_eq!(answer.is(200).header("content-type"), "application/pdf");
        assert!(answer.text.starts_with("%PDF"));
    }
    for (path, status, code) in [
        ("/account/bills/visit/statement.pdf?locale=fr", 400, "malformed"),
        ("/account/bills/meis/statement.pdf", 404, "not_found"),
    ] {
        app.ask(Call::get(path).by(&member)).await.is_refused(status, code);
    }
    let payer = app.look_up(&ANA).await;
    app.ask(Call::get("/account/bills/visit/statement.pdf").by(&payer)).await.is_refused(401, "signed_out");
}
