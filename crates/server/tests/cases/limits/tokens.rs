//! Rate limits on token look-ups at the processor.

use super::*;

#[tokio::test]
async fn the_processor_is_not_asked_about_tokens_without_end() {
    let app = TestApp::open().await;
    let ana = app.look_up(&ANA).await;
    let good = app.card(&ana, VISA).await;
    app.method(&ana, &good).await.is(200);
    for number in 1..30 {
        app.method(&ana, &format!("tok_{number}")).await.is_refused(422, "token_refused");
    }
    app.method(&ana, "tok_31").await.is_refused(429, "too_many");
    // One that is known is no question.
    for _ in 0..3 {
        app.method(&ana, &good).await.is(200);
    }
}

#[tokio::test]
async fn an_order_is_no_way_to_ask_about_more_tokens() {
    let app = TestApp::open().await;
    let ana = app.look_up(&ANA).await;
    let good = app.card(&ana, VISA).await;
    app.method(&ana, &good).await.is(200);
    let order = app.order(&ana, &good, &[("surgery", "1.00")]).await;
    let with = |token: &str, fee: &str| {
        let mut order = order.clone();
        (order["token"], order["fee"]) = (json!(token), json!(fee));
        Call::post("/payments").by(&ana).key(&new_key()).json(&order)
    };
    // One that stands for something is a question too, unless the payment begins.
    let other = app.card(&ana, VISA).await;
    let asked = app.line.methods_asked.load(Ordering::SeqCst);
    for _ in 0..9 {
        app.ask(with(&other, "0.07")).await.is_refused(422, "terms_changed");
    }
    for number in 0..20 {
        app.ask(with(&format!("tok_{number}"), "0.00")).await.is_refused(422, "token_refused");
    }
    for _ in 0..3 {
        app.ask(with("tok_21", "0.00")).await.is_refused(429, "too_many");
    }
    assert_eq!(app.line.methods_asked.load(Ordering::SeqCst), asked + 29);
    app.method(&ana, "tok_22").await.is_refused(429, "too_many");
    let fee = order["fee"].as_str().unwrap();
    app.ask(with(&good, fee)).await.is_payment(201, "paid");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn whoever_waits_for_word_about_a_token_keeps_nobody_from_paying() {
    let app = TestApp::open().await;
    let (ana, stranger) = (app.look_up(&ANA).await, app.look_up(&ANA).await);
    let good = app.card(&ana, VISA).await;
    app.method(&ana, &good).await.is(200);
    let order = app.order(&ana, &good, &[("surgery", "1.00")]).await;
    let asked = app.line.methods_asked.load(Ordering::SeqCst);
    app.line.cut(Cut::Tokens);
    let waiting: Vec<_> = (0..8)
        .map(|number| {
            let mut order = order.clone();
            order["token"] = json!(format!("tok_{number}"));
            app.start(Call::post("/payments").by(&stranger).key(&new_key()).json(&order))
        })
        .collect();
    while app.line.methods_asked.load(Ordering::SeqCst) < asked + 5 {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    app.pay(&ana, &new_key(), &order).await.is_payment(201, "paid");
    waiting.iter().for_each(tokio::task::JoinHandle::abort);
}
