//! What a member may see: everything of the membership, and nothing of another.

use crate::test_app::{
    TestApp,
    call::Call,
    seed::{ANA, MEI},
};
use serde_json::Value;

const ANAS: &str = "ana@example.org";

#[tokio::test]
async fn a_payment_made_as_a_guest_is_in_the_account_of_the_same_member() {
    let app = TestApp::open().await;
    let guest = app.look_up(&ANA).await;
    let paid = app.pay_by_card(&guest, &[("visit", "64.10")]).await.is_payment(201, "paid").json();
    app.register(&ANA, ANAS).await;
    let ana = app.sign_in(ANAS).await;
    let own = app.pay_by_card(&ana, &[("cents", "0.50")]).await.is_payment(201, "paid").json();
    let list = app.ask(Call::get("/payments?limit=5").by(&ana)).await.is(200).json();
    let ids: Vec<&Value> = list["payments"].as_array().unwrap().iter().map(|payment| &payment["id"]).collect();
    assert_eq!(ids, [&own["id"], &paid["id"]]);
    for payment in [&paid, &own] {
        let path = format!("/payments/{}", payment["id"].as_str().unwrap());
        app.ask(Call::get(&path).by(&ana)).await.is(200);
        app.ask(Call::get(&format!("{path}/receipt.pdf")).by(&ana)).await.is(200);
    }
    // What a guest authorised is the guest's; what the member authorised is on the security page, word for word.
    let security = app.ask(Call::get("/security").by(&ana)).await.json();
    let given = security["authorisations"].as_array().unwrap();
    assert_eq!((given.len(), &given[0]["text"], &given[0]["charged"]), (1, &own["authorisation"], &own["charged"]));
    // The guest goes on seeing their own payment and not the member's.
    app.ask(Call::get(&format!("/payments/{}", paid["id"].as_str().unwrap())).by(&guest)).await.is(200);
    app.ask(Call::get(&format!("/payments/{}", own["id"].as_str().unwrap())).by(&guest))
        .await
        .is_refused(404, "not_found");
}

#[tokio::test]
async fn another_members_payments_bills_and_sessions_are_not_there() {
    let app = TestApp::open().await;
    app.register(&ANA, ANAS).await;
    app.register(&MEI, "mei@example.org").await;
    let (ana, mei) = (app.sign_in(ANAS).await, app.sign_in("mei@example.org").await);
    let paid = app.pay_by_card(&ana, &[("visit", "64.10")]).await.is_payment(201, "paid").json();
    let path = format!("/payments/{}", paid["id"].as_str().unwrap());
    let anas = app.ask(Call::get("/security").by(&ana)).await.json()["sessions"][0]["id"].as_str().unwrap().to_owned();
    app.ask(Call::get(&path).by(&mei)).await.is_refused(404, "not_found");
    app.ask(Call::get(&format!("{path}/receipt.pdf")).by(&mei)).await.is_refused(404, "not_found");
    app.ask(Call::get("/bills/surgery").by(&mei)).await.is_refused(404, "not_found");
    app.ask(Call::write("DELETE", &format!("/sessions/{anas}")).by(&mei)).await.is_refused(404, "not_found");
    assert_eq!(app.ask(Call::get("/payments").by(&mei)).await.json()["payments"], serde_json::json!([]));
    app.ask(Call::get("/bills").by(&ana)).await.is(200);
}

#[tokio::test]
async fn a_payer_has_no_account_to_look_into() {
    let app = TestApp::open().await;
    app.register(&ANA, ANAS).await;
    let payer = app.look_up(&ANA).await;
    for path in ["/security", "/profile", "/authorisations"] {
        app.ask(Call::get(path).by(&payer)).await.is_refused(401, "signed_out");
    }
    app.ask(Call::write("DELETE", "/sessions").by(&payer)).await.is_refused(401, "signed_out");
    let change =
        serde_json::json!({ "current": crate::test_app::PASSWORD, "password": "seven lanterns on a copper river" });
    app.ask(Call::write("PUT", "/profile/password").by(&payer).json(&change)).await.is_refused(401, "signed_out");
    let language = serde_json::json!({ "locale": "es" });
    app.ask(Call::write("PATCH", "/profile").by(&payer).json(&language)).await.is_refused(401, "signed_out");
    app.ask(Call::get("/payments").by(&payer)).await.is_refused(400, "malformed");
    for query in ["limit=0", "limit=201", "limit=x", "limit=-1", "limit=5&idempotency_key=x"] {
        let ana = app.sign_in(ANAS).await;
        app.ask(Call::get(&format!("/payments?{query}")).by(&ana)).await.is_refused(400, "malformed");
    }
}
