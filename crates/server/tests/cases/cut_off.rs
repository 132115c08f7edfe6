//! The cut-off of bank debits: from that hour of the region's clock on they go to the bank, and count as paid, on the
//! next business day.

use crate::test_app::{PAYS, Payer, TestApp, call::Call, new_key, seed::ANA};
use contract::Instant;
use serde_json::json;

/// Until it is five in the evening where the payer is.
async fn evening(app: &TestApp, payer: &Payer) {
    let zone = payer.region.time_zone();
    while server::clock::local_time_in(zone, app.state.clock.now()).hour != 17 {
        app.state.clock.move_on(1_800_000);
    }
}

#[tokio::test]
async fn a_debit_agreed_to_after_the_cut_off_goes_to_the_bank_and_counts_on_the_next_business_day() {
    let app = TestApp::open().await;
    let ana = app.look_up(&ANA).await;
    evening(&app, &ana).await;
    let ana = app.look_up(&ANA).await;
    let today = app.state.today(ana.region);
    let bills = app.ask(Call::get("/bills").by(&ana)).await.is(200).json();
    let tomorrow = today.plus_days(1);
    assert_eq!((&bills["today"], &bills["debit_day"]), (&json!(today), &json!(tomorrow)));
    let token = app.bank(&ana, PAYS).await;
    let order = app.order(&ana, &token, &[("visit", "64.10")]).await;
    // What somebody agreed to who saw the page before the cut-off.
    let mut earlier = order.clone();
    let (on, then) = (tomorrow.next_business_day(), today.next_business_day());
    let text = order["authorisation"].as_str().unwrap();
    let day = |date| contract::date_format::date(date, contract::Locale::En);
    assert!(text.contains(&format!("handed to the bank on {}", day(on))), "{text}");
    earlier["authorisation"] = json!(text.replace(&day(on), &day(then)));
    if on != then {
        app.pay(&ana, &new_key(), &earlier)
            .await
            .is_refused(422, "terms_changed")
            .has_field_problem("authorisation", "outdated");
    }
    let sent = app.pay(&ana, &new_key(), &order).await.is_payment(201, "processing").json();
    assert_eq!((&sent["sent_on"], &sent["counts_on"]), (&json!(on), &json!(on)));
    assert_eq!(app.text("SELECT sent_on FROM payment").await, on.to_string());
    let debited_on = Instant::from_millis(app.debit_ends_at().await).utc_date();
    assert_eq!(json!(debited_on), sent["expected_on"], "the processor was told the day");
    let card = app.pay_by_card(&ana, &[("cents", "0.50")]).await.is_payment(201, "paid").json();
    assert_eq!(card["counts_on"], json!(today));
}
