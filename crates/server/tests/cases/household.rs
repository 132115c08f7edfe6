//! The people a member pays for: added with what is on their statement, ended by either side; amounts and due dates are
//! seen and paid, services never.

use super::closing::close;
use crate::test_app::{
    PAYS, Payer, TestApp, VISA,
    call::{Call, Response},
    new_key,
    seed::{ANA, MEI, Member, ON_FILE, RUTH},
};
use serde_json::{Value, json};
use std::io::Read;

const ANAS: &str = "ana@example.org";
const MEIS: &str = "mei@example.org";
/// What stands on Mei's bill and nobody else's.
const SECRETS: [&str; 4] = ["Copper Clinic", "Copper surgery", "2026-09-30", "professional"];

async fn with_both() -> (TestApp, Payer, Payer) {
    let app = TestApp::open().await;
    app.register(&ANA, ANAS).await;
    app.register(&MEI, MEIS).await;
    let mut tx = app.state.store.begin().await.unwrap();
    let sql = "UPDATE bill_line SET provider = 'Copper Clinic', description = 'Copper surgery', service_date = '2026-09-30' \
               WHERE bill = 'meis'";
    sqlx::query(sql).execute(&mut *tx).await.unwrap();
    tx.commit().await.unwrap();
    let (ana, mei) = (app.sign_in(ANAS).await, app.sign_in(MEIS).await);
    (app, ana, mei)
}

pub async fn adds(app: &TestApp, payer: &Payer, member: &'static Member) -> Response {
    let identifiers = &member.lookup()["identifiers"];
    app.ask(Call::post("/household").by(payer).json(&json!({ "identifiers": identifiers }))).await
}

/// The id of the link.
pub async fn pays_for(app: &TestApp, payer: &Payer, member: &'static Member) -> String {
    let household = adds(app, payer, member).await.is(200).json();
    let links = household["pays_for"].as_array().unwrap();
    let link = links.iter().find(|link| link["name"] == member.name).unwrap();
    link["id"].as_str().unwrap().to_owned()
}

async fn household(app: &TestApp, payer: &Payer) -> Value {
    app.ask(Call::get("/household").by(payer)).await.is(200).json()
}

async fn ends(app: &TestApp, payer: &Payer, link: &str) -> Response {
    app.ask(Call::write("DELETE", &format!("/household/{link}")).by(payer)).await
}

const ABOUT: [&str; 3] =
    ["You can now pay for somebody", "Somebody can now pay for you", "Paying for each other has ended"];

fn is_about(subject: &str) -> bool {
    ABOUT.iter().any(|about| subject.ends_with(about))
}

/// Subjects of the e-mails to an address, the newest first, without the plan's name.
async fn told(app: &TestApp, to: &str) -> Vec<String> {
    let emails = app.state.store.emails(50).await.unwrap().into_iter();
    let own = emails.filter(|email| email.to.to_string() == to && is_about(&email.subject));
    own.map(|email| email.subject.split(": ").last().unwrap().to_owned()).collect()
}

fn has_no_secret(text: &str) {
    for secret in SECRETS {
        assert!(!text.contains(secret), "{secret} in {text}");
    }
}

async fn order(app: &TestApp, ana: &Payer, link: &str, amount: &str) -> Value {
    let token = app.card(ana, VISA).await;
    let mut order = app.order(ana, &token, &[("meis", amount)]).await;
    order["household"] = link.into();
    order
}

#[tokio::test]
async fn somebody_is_added_with_their_statement_and_both_are_told_each_time() {
    let (app, ana, mei) = with_both().await;
    let link = pays_for(&app, &ana, &MEI).await;
    assert_eq!(household(&app, &ana).await["pays_for"][0]["name"], MEI.name);
    assert_eq!(household(&app, &ana).await["paid_by"], json!([]));
    assert_eq!(household(&app, &mei).await["paid_by"][0]["name"], ANA.name);
    assert_eq!(told(&app, ANAS).await, ["You can now pay for somebody"]);
    assert_eq!(told(&app, MEIS).await, ["Somebody can now pay for you"]);
    // Once more is the same, and tells nobody.
    assert_eq!(pays_for(&app, &ana, &MEI).await, link);
    assert_eq!((told(&app, ANAS).await.len(), told(&app, MEIS).await.len()), (1, 1));
    let emails = app.state.store.emails(50).await.unwrap();
    for email in emails.iter().filter(|email| is_about(&email.subject)) {
        assert!(!email.text.contains(MEI.name) && !email.text.contains(ANA.name), "{}", email.text);
    }
    assert!(told(&app, ON_FILE).await.is_empty());
}

#[tokio::test]
async fn either_side_ends_it_and_nobody_else() {
    let (app, ana, mei) = with_both().await;
    app.register(&RUTH, "ruth@example.org").await;
    let ruth = app.sign_in("ruth@example.org").await;
    for by in [&ana, &mei] {
        let link = pays_for(&app, &ana, &MEI).await;
        ends(&app, &ruth, &link).await.is_refused(404, "not_found");
        assert_eq!(app.number("SELECT COUNT(*) FROM household_link").await, 1);
        ends(&app, by, &link).await.is(200);
        assert_eq!(app.number("SELECT COUNT(*) FROM household_link").await, 0);
        for (to, side) in [(ANAS, &ana), (MEIS, &mei)] {
            assert_eq!(told(&app, to).await[0], "Paying for each other has ended");
            assert_eq!(household(&app, side).await, json!({ "pays_for": [], "paid_by": [] }));
        }
        ends(&app, by, &link).await.is_refused(404, "not_found");
        app.ask(Call::get(&format!("/bills?household={link}")).by(&ana)).await.is_refused(404, "not_found");
    }
}

#[tokio::test]
async fn the_answers_are_those_of_a_look_up_and_say_nothing_of_who_has_an_account() {
    let app = TestApp::open().await;
    app.register(&ANA, ANAS).await;
    let ana = app.sign_in(ANAS).await;
    let mut wrong = MEI.lookup();
    wrong["identifiers"]["hrn"] = "999999999".into();
    let looked_up = app.ask(Call::post("/bill-lookups").json(&wrong)).await;
    let asked = json!({ "identifiers": wrong["identifiers"] });
    let refused = app.ask(Call::post("/household").by(&ana).json(&asked)).await;
    refused.is_refused(404, "no_match");
    assert_eq!(refused.text, looked_up.text);
    adds(&app, &ana, &ANA).await.is_refused(422, "household_refused");
    app.ask(Call::post("/household").by(&ana).json(&json!({ "identifiers": {} }))).await.is_refused(422, "invalid");
    assert_eq!(app.number("SELECT COUNT(*) FROM household_link").await, 0);
    // Mei has no account, and the answer is as if she had one.
    let without = adds(&app, &ana, &MEI).await.is(200).json();
    assert_eq!(told(&app, ON_FILE).await, ["Somebody can now pay for you"]);
    ends(&app, &ana, without["pays_for"][0]["id"].as_str().unwrap()).await.is(200);
    app.register(&MEI, MEIS).await;
    let mut with = adds(&app, &ana, &MEI).await.is(200).json();
    for key in ["id", "since"] {
        with["pays_for"][0][key] = without["pays_for"][0][key].clone();
    }
    assert_eq!(with, without);
    // Tries without a match are limited as look-ups are.
    let mut tries = 0;
    while app.ask(Call::post("/household").by(&ana).json(&asked)).await.status == 404 {
        tries += 1;
    }
    assert!(tries < 10, "{tries}");
    app.ask(Call::post("/bill-lookups").json(&wrong)).await.is_refused(429, "too_many");
}

#[tokio::test]
async fn a_payer_sees_amounts_due_dates_and_whose_and_never_a_service() {
    let (app, ana, _) = with_both().await;
    let link = pays_for(&app, &ana, &MEI).await;
    let mine = app.ask(Call::get("/account/bills").by(&ana)).await.is(200).json();
    assert_eq!(mine["owed"], "1214.60", "the member's own");
    let theirs = json!([{ "id": link, "name": MEI.name, "owed": "99.00", "pending": "0.00",
        "bills": [{ "id": "meis", "due": "2026-12-04", "balance": "99.00", "pending": "0.00" }] }]);
    assert_eq!(mine["household"], theirs);
    let answer = app.ask(Call::get(&format!("/bills?household={link}")).by(&ana)).await;
    has_no_secret(&answer.is(200).text);
    let bill = answer.json()["bills"][0].clone();
    assert_eq!((&bill["id"], &bill["patient"], &bill["balance"]), (&json!("meis"), &json!(MEI.name), &json!("99.00")));
    assert_eq!((&bill["kind"], &bill["lines"], &bill["issued"]), (&json!("household"), &json!([]), &bill["due"]));
    for path in ["/bills/meis", "/account/bills/meis", "/account/bills/meis/statement.pdf"] {
        app.ask(Call::get(path).by(&ana)).await.is_refused(404, "not_found");
    }
    let question = json!({ "line": 0, "text": "What is this?" });
    let ask = Call::post("/account/bills/meis/questions").by(&ana).key(&new_key()).json(&question);
    app.ask(ask).await.is_refused(404, "not_found");
}

/// The text of a zip's file.
fn unzipped(bytes: &[u8], name: &str) -> String {
    let mut archive = zip::ZipArchive::new(std::io::Cursor::new(bytes)).unwrap();
    let mut text = String::new();
    archive.by_name(name).unwrap().read_to_string(&mut text).unwrap();
    text
}

#[tokio::test]
async fn what_a_payer_paid_for_somebody_says_whose_it_is_and_no_service_wherever_it_is_read() {
    let (app, ana, mei) = with_both().await;
    let link = pays_for(&app, &ana, &MEI).await;
    let (key, order) = (new_key(), order(&app, &ana, &link, "40.00").await);
    let paid = app.pay(&ana, &key, &order).await.is_payment(201, "paid").json();
    assert_eq!(app.pay(&ana, &key, &order).await.is_payment(201, "paid").json(), paid, "replayed");
    assert_eq!(app.owes("meis").await, (5_900, 0));
    let share = &paid["shares"][0];
    assert_eq!(
        (&share["patient"], &share["lines"], &share["kind"]),
        (&json!(MEI.name), &json!([]), &json!("household"))
    );
    assert_eq!((&paid["owed_now"], &share["leaves"]), (&json!("59.00"), &json!("59.00")));
    let id = paid["id"].as_str().unwrap();
    let year = &app.state.today("CA".parse().unwrap()).to_string()[..4];
    for path in [
        format!("/payments/{id}"),
        format!("/payments?idempotency_key={key}"),
        "/payments".to_owned(),
        "/account/overview".to_owned(),
        "/payments.csv".to_owned(),
        format!("/receipts/{year}/proof.csv"),
    ] {
        let answer = app.ask(Call::get(&path).by(&ana)).await;
        let own = answer.is(200).text.replace("\"kind\":\"professional\"", "");
        has_no_secret(&own);
        assert!(own.contains(MEI.name) || path.ends_with("proof.csv"), "{path}: {own}");
    }
    for (query, count) in [("q=Copper", 0), ("kind=professional", 0), ("kind=household", 1), ("q=tanaka", 1), ("", 1)] {
        let page = app.ask(Call::get(&format!("/payments?{query}")).by(&ana)).await.is(200).json();
        assert_eq!(page["payments"].as_array().unwrap().len(), count, "{query}");
    }
    let opened = json!({ "secret": app.link(ANAS).await });
    has_no_secret(&app.ask(Call::post("/receipt-links/open").json(&opened)).await.is(200).text);
    app.ask(Call::get(&format!("/payments/{id}/receipt.pdf")).by(&ana)).await.is(200);
    let data = app.ask(Call::get("/profile/data.zip").by(&ana)).await;
    for file in ["data.json", "index.html"] {
        let text = unzipped(&data.is(200).bytes, file);
        assert!(text.contains(MEI.name) && !text.contains("Copper"), "{text}");
    }
    // The person sees who paid, and their own services.
    let theirs = app.ask(Call::get(&format!("/payments/{id}")).by(&mei)).await.is(200).json();
    assert_eq!((&theirs["payer_name"], &theirs["email"]), (&json!(ANA.name), &Value::Null));
    assert_eq!(theirs["shares"][0]["lines"][0]["provider"], "Copper Clinic");
    assert_eq!((&theirs["is_by_another"], &theirs["authorisation"]), (&json!(true), &json!("")));
    for call in [
        Call::get(&format!("/payments/{id}/receipt-links")),
        Call::post(&format!("/payments/{id}/receipt-links/revoke")),
    ] {
        app.ask(call.by(&mei)).await.is_refused(404, "not_found");
    }
    let proof = app.ask(Call::get(&format!("/receipts/{year}/proof.csv")).by(&mei)).await;
    assert!(!proof.is(200).text.contains("40.00"), "Mei did not pay it: {}", proof.text);
    for (member, sums) in [(&ana, ["40.00", "40.00"]), (&mei, ["0.00", "0.00"])] {
        let spent = app.ask(Call::get("/spending").by(member)).await.is(200).json();
        let this = spent["months"].as_array().unwrap().last().unwrap().clone();
        assert_eq!([&this["household"], &this["total"]], sums);
    }
    let list = app.ask(Call::get("/payments").by(&mei)).await.json();
    assert_eq!(
        (&list["payments"][0]["id"], &list["payments"][0]["bills"][0]["kind"]),
        (&paid["id"], &json!("professional"))
    );
    // Afterwards it stays the payer's payment, and nothing of what is owed since.
    ends(&app, &mei, &link).await.is(200);
    app.pay_by_card(&mei, &[("meis", "59.00")]).await.is_refused(409, "just_paid");
    app.move_clock(11 * 60).await;
    app.pay_by_card(&mei, &[("meis", "59.00")]).await.is_payment(201, "paid");
    let after = app.ask(Call::get(&format!("/payments/{id}")).by(&app.sign_in(ANAS).await)).await.is(200).json();
    assert_eq!(after["owed_now"], "59.00");
    app.assert_books_balance().await;
}

#[tokio::test]
async fn what_is_on_its_way_for_a_bill_is_asked_about_on_both_sides() {
    let (app, ana, mei) = with_both().await;
    let link = pays_for(&app, &ana, &MEI).await;
    let bills = |who: &Payer, query: &str| app.ask(Call::get(&format!("/bills{query}")).by(who));
    let account = app.bank(&ana, PAYS).await;
    let mut debit = app.order(&ana, &account, &[("meis", "20.00")]).await;
    debit["household"] = link.as_str().into();
    app.pay(&ana, &new_key(), &debit).await.is_payment(201, "processing");
    let seen = bills(&mei, "").await.is(200).json();
    assert_eq!(
        (&seen["bills"][0]["pending"], &seen["bills"][0]["just_paid"]["amount"]),
        (&json!("20.00"), &json!("20.00"))
    );
    assert_eq!(seen["payments"][0]["state"], "processing");
    app.pay_by_card(&mei, &[("meis", "20.00")]).await.is_refused(409, "just_paid");
    app.move_clock(11 * 60).await;
    let (ana, mei) = (app.sign_in(ANAS).await, app.sign_in(MEIS).await);
    app.pay_by_card(&mei, &[("meis", "5.00")]).await.is_payment(201, "paid");
    let seen = bills(&ana, &format!("?household={link}")).await.is(200).json();
    assert_eq!(seen["bills"][0]["just_paid"]["amount"], "5.00");
    let payments = seen["payments"].as_array().unwrap();
    assert_eq!((payments.len(), &payments[0]["receipt"]), (2, &Value::Null), "Mei's receipt is hers");
    assert!(payments[1]["receipt"]["id"].is_string(), "Ana's own");
    let refused = app.pay(&ana, &new_key(), &order(&app, &ana, &link, "20.00").await).await;
    refused.is_refused(409, "just_paid").has_field_problem("shares.0.bill", "duplicate");
    assert_eq!(app.owes("meis").await, (9_400, 2_000));
}

#[tokio::test]
async fn whoever_is_removed_pays_nothing_any_more_also_with_a_draft_and_an_order_in_hand() {
    let (app, ana, mei) = with_both().await;
    let link = pays_for(&app, &ana, &MEI).await;
    let draft =
        json!({ "household": link, "shares": [{ "bill": "meis", "part": null }, { "bill": "visit", "part": null }] });
    app.ask(Call::write("PUT", "/payment-draft").by(&ana).json(&draft)).await.is(204);
    let kept = app.ask(Call::get("/payment-draft").by(&ana)).await.json();
    assert_eq!((&kept["household"], kept["shares"].as_array().unwrap().len()), (&json!(link), 1));
    let (key, order) = (new_key(), order(&app, &ana, &link, "20.00").await);
    // From the balance nobody pays for somebody else.
    let mut from_balance = order.clone();
    from_balance["from_balance"] = "1.00".into();
    app.pay(&ana, &new_key(), &from_balance).await.is_refused(422, "order_refused");
    ends(&app, &mei, &link).await.is(200);
    let refused = app.pay(&ana, &key, &order).await;
    refused.is_refused(422, "over_balance").has_field_problem("shares.0.bill", "no_such");
    // Neither with own bills.
    let mut own = app.order(&ana, &app.card(&ana, VISA).await, &[("visit", "20.00")]).await;
    own["household"] = link.as_str().into();
    app.pay(&ana, &new_key(), &own).await.is_refused(422, "over_balance");
    app.ask(Call::get(&format!("/payments?idempotency_key={key}")).by(&ana)).await.is_refused(404, "not_found");
    app.ask(Call::write("PUT", "/payment-draft").by(&ana).json(&draft)).await.is(204);
    let kept = app.ask(Call::get("/payment-draft").by(&ana)).await.json();
    assert_eq!((&kept["household"], &kept["shares"][0]["bill"]), (&Value::Null, &json!("visit")));
    app.assert_nothing_happened().await;
}

/// The server has found whose bills they are; then the link ends, and the payment would be written.
#[tokio::test]
async fn a_link_that_ends_between_reading_and_writing_begins_no_payment() {
    use server::{
        billing::{payer::Payer, payments},
        store::initiators::Initiator,
    };
    let (app, ana, mei) = with_both().await;
    let link = pays_for(&app, &ana, &MEI).await;
    let order = serde_json::from_value(order(&app, &ana, &link, "20.00").await).unwrap();
    let (account, session) = (
        app.text("SELECT account FROM household_link").await,
        app.text("SELECT session.id FROM session JOIN household_link ON household_link.account = session.account")
            .await,
    );
    let membership = app.state.store.membership(MEI.name).await.unwrap().unwrap();
    let initiator = Initiator::Member { account, session };
    let payer = Payer { initiator, membership: &membership, binding: &ana.binding, address: None };
    ends(&app, &mei, &link).await.is(200);
    let refused = payments::pay(&app.state, &payer, &new_key().parse().unwrap(), &order).await.unwrap_err();
    assert_eq!(refused.errors[0].field, "shares.0.bill");
    app.assert_nothing_happened().await;
}

#[tokio::test]
async fn closing_either_account_ends_it_and_the_other_side_is_told() {
    let (app, ana, mei) = with_both().await;
    pays_for(&app, &ana, &MEI).await;
    close(&app, &mei).await.is(204);
    let ended = |subjects: Vec<String>| subjects.iter().filter(|subject| subject.ends_with("has ended")).count();
    assert_eq!(ended(told(&app, ANAS).await), 1);
    assert_eq!(app.number("SELECT COUNT(*) FROM household_link").await, 0);
    pays_for(&app, &ana, &MEI).await;
    close(&app, &ana).await.is(204);
    assert_eq!(app.number("SELECT COUNT(*) FROM household_link").await, 0);
}
