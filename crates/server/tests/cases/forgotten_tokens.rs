//! Tokens of saved methods that were removed or replaced: the processor is told to forget them, once nothing is charged
//! to them any more. So are those that were made and kept for nothing.

use crate::test_app::{
    DECLINED, Payer, TestApp, VISA,
    call::{Call, Response},
    line::Cut,
    new_key,
    seed::ANA,
};
use contract::payment::Method;
use serde_json::{Value, json};
use server::jobs::clean_up;

const ANAS: &str = "ana@example.org";
const MINUTES: i64 = 10 * 60;
/// By then no session goes on in which a token was typed.
const HOURS: i64 = 9 * 3_600;
/// Of a debit card.
const DEBIT: &str = "4000056655665556";

/// A method that Ana saved, and what it takes to ask the processor about it.
struct Saved {
    id: String,
    token: String,
    owner: String,
}

async fn ana_with_card(app: &TestApp) -> (Payer, Saved) {
    app.register(&ANA, ANAS).await;
    let ana = app.sign_in(ANAS).await;
    let card = app.to_keep(&app.card(&ana, VISA).await);
    app.ask(Call::post("/payment-methods/saved").by(&ana).json(&card)).await.is(200);
    let of = async |column| app.text(&format!("SELECT {column} FROM payment_method")).await;
    let saved = Saved { id: of("id").await, token: of("token").await, owner: of("account").await };
    assert!(saved.is_known(app).await);
    (ana, saved)
}

impl Saved {
    async fn is_known(&self, app: &TestApp) -> bool {
        app.state.processor.method(&self.token, &self.owner).await.is_ok()
    }

    async fn remove(&self, app: &TestApp, ana: &Payer) {
        app.ask(Call::write("DELETE", &format!("/payment-methods/{}", self.id)).by(ana)).await.is(200);
    }

    async fn replace(&self, app: &TestApp, ana: &Payer) {
        let card = app.to_keep(&app.card(ana, DEBIT).await);
        app.ask(Call::write("PUT", &format!("/payment-methods/{}", self.id)).by(ana).json(&card)).await.is(200);
    }

    /// The order that the app would send to pay with it.
    async fn order(&self, app: &TestApp, ana: &Payer) -> Value {
        let method: Method = serde_json::from_str(&app.text("SELECT method FROM payment_method").await).unwrap();
        let mut order = app.order_with(ana, "", &method, &[("visit", "20.00")]);
        order["saved_method"] = json!(self.id);
        order
    }
}

/// Jobs that are due now or within the hour.
async fn waiting(app: &TestApp) -> i64 {
    let hour = app.state.clock.now().millis() + 3_600_000;
    let sql = "SELECT COUNT(*) FROM job WHERE kind = 'forget_token' AND set_aside_at IS NULL AND due_at < ";
    app.number(&format!("{sql}{hour}")).await
}

/// Pays a share with a card, which is to be saved.
async fn pays_and_saves(app: &TestApp, ana: &Payer, token: &str, share: (&str, &str)) -> Response {
    let mut order = app.order(ana, token, &[share]).await;
    order["save_method"] = json!(true);
    order["save_consent"] = json!(app.text_to_keep());
    app.pay(ana, &new_key(), &order).await
}

async fn methods(app: &TestApp) -> i64 {
    app.number("SELECT COUNT(*) FROM payment_method").await
}

#[tokio::test]
async fn the_token_of_a_method_that_was_removed_or_replaced_is_forgotten_by_the_processor() {
    let app = TestApp::open().await;
    let (ana, saved) = ana_with_card(&app).await;
    saved.replace(&app, &ana).await;
    app.jobs().await;
    assert!(!saved.is_known(&app).await);
    let other = Saved { token: app.text("SELECT token FROM payment_method").await, ..saved };
    assert!(other.is_known(&app).await, "the one in its place stays");
    other.remove(&app, &ana).await;
    app.jobs().await;
    assert!(!other.is_known(&app).await);
    assert_eq!(waiting(&app).await, 0);
}

#[tokio::test]
async fn a_processor_that_does_not_answer_is_told_again_until_it_does() {
    let app = TestApp::open().await;
    let (ana, saved) = ana_with_card(&app).await;
    saved.remove(&app, &ana).await;
    for cut in [Cut::Before, Cut::After] {
        app.line.cut(cut);
        app.jobs().await;
        assert_eq!(waiting(&app).await, 1, "the job stays");
        app.move_clock(MINUTES).await;
    }
    app.line.cut(Cut::Nowhere);
    assert!(!saved.is_known(&app).await, "its answer was lost, and nothing else");
    app.jobs().await;
    assert_eq!(waiting(&app).await, 0);
}

#[tokio::test]
async fn a_token_is_not_forgotten_while_a_payment_with_it_has_no_answer() {
    let app = TestApp::open().await;
    let (ana, saved) = ana_with_card(&app).await;
    app.line.cut(Cut::Before);
    let (key, order) = (new_key(), saved.order(&app, &ana).await);
    app.pay(&ana, &key, &order).await.is_refused(409, "key_in_use");
    app.line.cut(Cut::Nowhere);
    saved.replace(&app, &ana).await;
    app.jobs().await;
    assert!(saved.is_known(&app).await, "it is still to be charged");
    assert_eq!(waiting(&app).await, 1);
    app.move_clock(MINUTES).await;
    app.recover().await;
    assert_eq!(app.text("SELECT state FROM payment").await, "paid");
    app.jobs().await;
    assert!(!saved.is_known(&app).await);
    assert_eq!((waiting(&app).await, app.charges().await), (0, 1));
}

#[tokio::test]
async fn a_token_that_a_method_still_has_is_not_forgotten() {
    let app = TestApp::open().await;
    let (ana, saved) = ana_with_card(&app).await;
    let card = app.text("SELECT token FROM payment_method").await;
    saved.remove(&app, &ana).await;
    let sql = "INSERT INTO payment_method (id, account, token, method, created_at) VALUES ('m', $1, $2, '{}', 0)";
    sqlx::query(sql).bind(&saved.owner).bind(&card).execute(&app.state.store.write).await.unwrap();
    app.jobs().await;
    assert!(saved.is_known(&app).await);
    assert_eq!(waiting(&app).await, 0);
}

#[tokio::test]
async fn the_token_of_a_card_that_came_with_a_payment_that_failed_is_forgotten_by_the_processor() {
    let app = TestApp::open().await;
    app.register(&ANA, ANAS).await;
    let ana = app.sign_in(ANAS).await;
    let token = app.card(&ana, DECLINED).await;
    pays_and_saves(&app, &ana, &token, ("visit", "64.10")).await.is_payment(201, "failed");
    app.move_clock(HOURS).await;
    app.jobs().await;
    assert_eq!((methods(&app).await, app.kept_tokens().await), (1, 1));
    clean_up::round(&app.state).await.unwrap();
    assert_eq!((methods(&app).await, waiting(&app).await), (0, 1));
    app.jobs().await;
    assert_eq!((app.kept_tokens().await, waiting(&app).await), (0, 0));
}

#[tokio::test]
async fn what_was_to_be_saved_is_forgotten_by_the_processor_if_the_payment_or_the_saving_is_refused() {
    let app = TestApp::open().await;
    app.register(&ANA, ANAS).await;
    let ana = app.sign_in(ANAS).await;
    let token = app.card(&ana, VISA).await;
    pays_and_saves(&app, &ana, &token, ("visit", "999.00")).await.is_refused(422, "over_balance");
    for number in 1..=20 {
        let sql = "INSERT INTO payment_method (id, account, token, method, created_at) SELECT $1, id, 't', $2, 0 FROM account";
        let method = json!({ "kind": "bank", "account": "savings", "last4": format!("{number:04}") }).to_string();
        let insert = sqlx::query(sql).bind(format!("m{number}")).bind(method);
        insert.execute(&app.state.store.write).await.unwrap();
    }
    let card = app.to_keep(&app.card(&ana, DEBIT).await);
    app.ask(Call::post("/payment-methods/saved").by(&ana).json(&card)).await.is_refused(422, "invalid");
    app.jobs().await;
    assert_eq!(app.kept_tokens().await, 2, "the member may go on with what was typed");
    app.move_clock(HOURS).await;
    app.jobs().await;
    assert_eq!((app.kept_tokens().await, methods(&app).await, waiting(&app).await), (0, 20, 0));
}

#[tokio::test]
async fn what_was_saved_at_the_second_try_stays_with_the_processor() {
    let app = TestApp::open().await;
    app.register(&ANA, ANAS).await;
    let ana = app.sign_in(ANAS).await;
    let token = app.card(&ana, VISA).await;
    pays_and_saves(&app, &ana, &token, ("visit", "999.00")).await.is_refused(422, "over_balance");
    pays_and_saves(&app, &ana, &token, ("visit", "64.10")).await.is_payment(201, "paid");
    app.move_clock(HOURS).await;
    app.jobs().await;
    clean_up::round(&app.state).await.unwrap();
    app.jobs().await;
    assert_eq!((app.kept_tokens().await, methods(&app).await, waiting(&app).await), (1, 1, 0));
}
