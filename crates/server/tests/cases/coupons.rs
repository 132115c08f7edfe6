//! Mail coupons: made for what can be paid of a membership's bills, and for nobody else's.

use crate::test_app::{
    PAYS, TestApp,
    call::Call,
    new_key,
    seed::{ANA, MEI},
};
use serde_json::{Value, json};

async fn coupons(app: &TestApp, cookie: &crate::test_app::Payer) -> Value {
    app.ask(Call::get("/mail-coupons").by(cookie)).await.is(200).json()
}

fn in_short(coupons: &Value) -> Vec<[&str; 4]> {
    let each = coupons["coupons"].as_array().unwrap().iter();
    each.map(|coupon| ["bill", "patient", "amount", "due"].map(|key| coupon[key].as_str().unwrap())).collect()
}

#[tokio::test]
async fn a_coupon_is_made_for_what_can_be_paid_of_each_bill() {
    let app = TestApp::open().await;
    let ana = app.look_up(&ANA).await;
    app.pay_by_card(&ana, &[("cents", "0.50")]).await.is_payment(201, "paid");
    let account = app.bank(&ana, PAYS).await;
    let order = app.order(&ana, &account, &[("visit", "20.00")]).await;
    app.pay(&ana, &new_key(), &order).await.is_payment(201, "processing");
    let made = coupons(&app, &ana).await;
    let due = "2026-12-04";
    let (surgery, visit) = (["surgery", "Ana O’Neill", "1150.00", due], ["visit", "Ana O’Neill", "44.10", due]);
    assert_eq!(in_short(&made), [surgery, visit], "what is on its way is paid by no check");
    assert!(made["coupons"][0]["qr"]["path"].as_str().unwrap().starts_with("M4 4h7"));
    let number = |identifier: &str, text: &str| json!({ "identifier": identifier, "text": text });
    let numbers = [
        number("group", "100245"),
        number("subgroup", "003"),
        number("billgroup", "0A1"),
        number("zip", "94612"),
        number("hrn", "012345678"),
    ];
    assert_eq!(made["identifiers"], json!(numbers), "as the statement prints them");
    app.assert_books_balance().await;
}

#[tokio::test]
async fn coupons_are_of_one_s_own_bills_and_of_nobody_without_a_session() {
    let app = TestApp::open().await;
    app.ask(Call::get("/mail-coupons")).await.is_refused(401, "signed_out");
    let mei = app.look_up(&MEI).await;
    assert_eq!(in_short(&coupons(&app, &mei).await), [["meis", "Mei Tanaka", "99.00", "2026-12-04"]]);
}
