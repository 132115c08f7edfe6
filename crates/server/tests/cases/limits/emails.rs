//! Rate limits on e-mails that are sent on request.

use super::*;

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn of_many_receipts_at_the_same_moment_no_more_are_sent() {
    let app = TestApp::open().await;
    let ana = app.look_up(&ANA).await;
    let paid = pay(&app, &ana, VISA).await.is_payment(201, "paid").json();
    let before = app.number("SELECT COUNT(*) FROM outbox").await;
    let path = format!("/payments/{}/receipt-emails", paid["id"].as_str().unwrap());
    let send = |to: &str| app.ask(Call::post(&path).by(&ana).json(&json!({ "email": to })));
    assert_eq!(how_many((0..40).map(|_| send("stranger@example.org")), 202).await, 5);
    assert_eq!(app.number("SELECT COUNT(*) FROM outbox").await - before, 5);
    let refused = send("stranger@example.org").await;
    assert!(refused.is_refused(429, "too_many").json()["retry_after"].as_i64().unwrap() <= 720);
}

#[tokio::test]
async fn receipts_are_counted_by_who_gets_them_and_by_the_household_too() {
    let app = TestApp::open().await;
    let (ana, mei) = (app.look_up(&ANA).await, app.look_up(&MEI).await);
    let mut paths = Vec::new();
    for _ in 0..5 {
        let paid = pay(&app, &ana, VISA).await.is_payment(201, "paid").json();
        paths.push(format!("/payments/{}/receipt-emails", paid["id"].as_str().unwrap()));
    }
    let send = async |payer: &Payer, path: &str, to: &str| {
        app.ask(Call::post(path).by(payer).json(&json!({ "email": to }))).await
    };
    // Ten to one stranger, whatever was paid; and twenty of one household.
    for at in 0..10 {
        send(&ana, &paths[at % 4], "stranger@example.org").await.is(202);
    }
    send(&ana, &paths[4], "Stranger@example.org").await.is_refused(429, "too_many");
    for at in 0..10 {
        send(&ana, &paths[at % 5], &format!("stranger{at}@example.org")).await.is(202);
    }
    send(&ana, &paths[4], "another@example.org").await.is_refused(429, "too_many");
    let paid = app.pay_by_card(&mei, &[("meis", "1.00")]).await.is_payment(201, "paid").json();
    let path = format!("/payments/{}/receipt-emails", paid["id"].as_str().unwrap());
    send(&mei, &path, "another@example.org").await.is(202);
}

#[tokio::test]
async fn a_registration_that_was_sent_costs_nothing_when_it_is_sent_again() {
    let app = TestApp::open().await;
    let payer = app.look_up(&ANA).await;
    let begun = app.ask(Call::post("/registrations").by(&payer)).await;
    let id = begun.is(201).json()["id"].as_str().unwrap().to_owned();
    let path = format!("/registrations/{id}/account");
    let send = |zip: &str| {
        let mut account = new_account(&ANA, ANAS);
        account["address"]["zip"] = json!(zip);
        app.ask(Call::post(&path).by(&payer).json(&account))
    };
    // What is judged and not taken is counted, or one payer could keep every thread busy.
    for _ in 0..11 {
        send("00501").await.is_refused(422, "invalid");
    }
    send("94612").await.is(202);
    for _ in 0..20 {
        send("94612").await.is(202);
    }
    let other = app.look_up(&MEI).await;
    let begun = app.ask(Call::post("/registrations").by(&other)).await;
    let id = begun.is(201).json()["id"].as_str().unwrap().to_owned();
    let path = format!("/registrations/{id}/account");
    for at in 0..13 {
        let mut account = new_account(&MEI, "mei@example.org");
        account["address"]["zip"] = json!("00501");
        let answer = app.ask(Call::post(&path).by(&other).json(&account)).await;
        answer.is(if at < 12 { 422 } else { 429 });
    }
}

#[tokio::test]
async fn no_email_goes_to_a_domain_that_mail_servers_read_as_another_one() {
    let app = TestApp::open().await;
    let ana = app.look_up(&ANA).await;
    let token = app.card(&ana, VISA).await;
    let mut order = app.order(&ana, &token, &[("visit", "1.00")]).await;
    let paid = app.pay(&ana, &new_key(), &order).await.is_payment(201, "paid").json();
    let receipts = format!("/payments/{}/receipt-emails", paid["id"].as_str().unwrap());
    let begun = app.ask(Call::post("/registrations").by(&ana)).await.is(201).json();
    let registration = format!("/registrations/{}/account", begun["id"].as_str().unwrap());
    let outbox = app.number("SELECT COUNT(*) FROM outbox").await;
    for domain in [
        "\u{ff45}xample.org",
        "example.\u{ff4f}rg",
        "ex\u{1d41a}mple.org",
        "ex\u{aa}mple.org",
        "o\u{fb03}ce.example.org",
        "\u{2460}.example.org",
        "\u{1100}\u{1161}.example.org",
    ] {
        let to = format!("victim@{domain}");
        for call in [
            Call::post(&receipts).json(&json!({ "email": to })),
            Call::post(&registration).json(&new_account(&ANA, &to)),
            Call::post("/confirmation-emails").json(&json!({ "email": to, "password": PASSWORD })),
        ] {
            app.ask(call.by(&ana)).await.is_refused(422, "invalid").has_field_problem("email", "malformed");
        }
    }
    order["email"] = json!("victim@\u{ff45}xample.org");
    app.pay(&ana, &new_key(), &order).await.is_refused(422, "order_refused").has_field_problem("email", "malformed");
    assert_eq!(app.number("SELECT COUNT(*) FROM payment").await, 1);
    assert_eq!(app.number("SELECT COUNT(*) FROM outbox").await, outbox);
    for domain in ["m\u{fc}ller.example.org", "xn--mller-kva.example.org", "\u{ac00}.example.org", "\u{4f8b}.example"] {
        let send = Call::post(&receipts).by(&ana).json(&json!({ "email": format!("ana@{domain}") }));
        app.ask(send).await.is(202);
    }
}
