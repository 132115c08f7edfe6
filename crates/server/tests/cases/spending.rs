//! What a member paid by month and kind agrees with the list of payments, to the cent.

use super::pages::pays;
use crate::test_app::{
    PAYS, Payer, TestApp,
    call::Call,
    new_key,
    seed::{ANA, RUTH},
};
use contract::{
    Money, Region,
    payment::{PaymentPage, Spending},
};
use server::clock::start_of;

async fn spending(app: &TestApp, member: &Payer) -> Spending {
    let answer = app.ask(Call::get("/spending").by(member)).await;
    serde_json::from_value(answer.is(200).json()).unwrap()
}

/// What the list has as paid between two days.
async fn listed(app: &TestApp, member: &Payer, from: contract::Date, to: contract::Date) -> Money {
    let path = format!("/payments?limit=200&state=paid&from={from}&to={to}");
    let page: PaymentPage = serde_json::from_value(app.ask(Call::get(&path).by(member)).await.is(200).json()).unwrap();
    assert_eq!(page.next, None);
    Money::sum(page.payments.iter().map(|payment| payment.charged)).unwrap()
}

#[tokio::test]
async fn a_payment_counts_in_the_month_of_the_region_s_calendar_and_the_sums_are_those_of_the_list() {
    let app = TestApp::open().await;
    app.register(&ANA, "ana@example.org").await;
    let member = app.sign_in("ana@example.org").await;
    let months: Vec<_> = spending(&app, &member).await.months.iter().map(|month| month.month).collect();
    assert_eq!(months.len(), 12);
    let begins = |at: usize| start_of(Region::California.time_zone(), months[at]).millis();
    // the last moment of a month, the first of the next, and one before all of them
    pays(&app, ANA.name, "visit", &[begins(0) - 1, begins(0), begins(5) - 1, begins(5), begins(5) + 1]).await;
    let card = app.pay_by_card(&member, &[("visit", "64.10"), ("cents", "0.50")]).await;
    card.is_payment(201, "paid");
    let account = app.bank(&member, PAYS).await;
    let order = app.order(&member, &account, &[("surgery", "700.00")]).await;
    app.pay(&member, &new_key(), &order).await.is_payment(201, "processing");
    let spent = spending(&app, &member).await;
    // each of `pays` is two bills of fifty cents and a fee of five
    let totals: Vec<String> = spent.months.iter().map(|month| month.total.to_string()).collect();
    let of = |at: usize| totals[at].as_str();
    assert_eq!((of(0), of(4), of(5), of(11)), ("1.05", "1.05", "2.10", "64.60"), "what is on its way is not paid");
    for (at, month) in spent.months.iter().enumerate() {
        let last = month.month.plus_months_keeping(1, 1).plus_days(-1);
        assert_eq!(month.total, listed(&app, &member, month.month, last).await, "{at}");
        let parts = [month.premium, month.professional, month.hospital, month.card_fees];
        assert_eq!(Money::sum(parts), Some(month.total), "{at}");
    }
    assert_eq!((spent.months[5].professional.cents(), spent.months[5].card_fees.cents()), (200, 10));
}

#[tokio::test]
async fn a_kind_has_its_own_sum_a_fee_is_no_bill_s_and_what_was_refunded_is_not_spent() {
    let app = TestApp::open().await;
    app.register(&RUTH, "ruth@example.org").await;
    let member = app.sign_in("ruth@example.org").await;
    sqlx::query("UPDATE bill SET kind = 'hospital' WHERE id = 'ruths'").execute(&app.state.store.write).await.unwrap();
    let paid = app.pay_by_card(&member, &[("ruths", "100.00")]).await.is_payment(201, "paid").json();
    let this = spending(&app, &member).await.months.pop().unwrap();
    let fee = this.card_fees.to_string();
    assert_eq!((this.hospital.to_string(), fee.as_str()), ("100.00".to_owned(), paid["fee"].as_str().unwrap()));
    assert_eq!(this.total.to_string(), paid["charged"].as_str().unwrap());
    assert!(!this.card_fees.is_zero());
    app.becomes(paid["id"].as_str().unwrap(), "refunded").await;
    app.round().await;
    app.round().await;
    assert!(spending(&app, &member).await.months.iter().all(|month| month.total.is_zero()));
}

#[tokio::test]
async fn a_payment_of_bills_of_two_kinds_counts_with_each_and_so_does_one_that_a_version_before_settled() {
    let app = TestApp::open().await;
    app.register(&ANA, "ana@example.org").await;
    let member = app.sign_in("ana@example.org").await;
    sqlx::query("UPDATE bill SET kind = 'hospital' WHERE id = 'cents'").execute(&app.state.store.write).await.unwrap();
    app.pay_by_card(&member, &[("visit", "4.00")]).await.is_payment(201, "paid");
    app.pay_by_card(&member, &[("surgery", "2.00"), ("cents", "0.50")]).await.is_payment(201, "paid");
    let kinds = "SELECT COALESCE(bill_kind, '') FROM payment ORDER BY created_at, id";
    let kinds: Vec<String> = sqlx::query_scalar(kinds).fetch_all(&app.state.store.read).await.unwrap();
    assert_eq!(kinds, ["professional", "mixed"]);
    let spent = spending(&app, &member).await;
    let this = &spent.months[11];
    let sums = [this.professional, this.hospital, this.card_fees, this.total].map(|sum| sum.to_string());
    assert_eq!(sums, ["6.00", "0.50", "0.00", "6.50"]);
    sqlx::query("UPDATE payment SET bill_kind = NULL").execute(&app.state.store.write).await.unwrap();
    assert_eq!(spending(&app, &member).await.months, spent.months);
}
