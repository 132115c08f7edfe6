//! Tokens of saved methods that were removed or replaced: the processor is told to forget them, once nothing is charged
//! to them any more.

use crate::test_app::{Payer, TestApp, VISA, call::Call, line::Cut, new_key, seed::ANA};
use contract::payment::Method;
use serde_json::{Value, json};

const ANAS: &str = "ana@example.org";
const MINUTES: i64 = 10 * 60;
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
    let card = json!({ "token": app.card(&ana, VISA).await });
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
        let card = json!({ "token": app.card(ana, DEBIT).await });
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

async fn waiting(app: &TestApp) -> i64 {
    app.number("SELECT COUNT(*) FROM job WHERE kind = 'forget_token' AND set_aside_at IS NULL").await
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
