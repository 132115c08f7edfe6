//! Calls whose session ends while they wait.

use super::*;

#[tokio::test]
async fn a_draft_that_waits_while_its_session_ends_is_not_kept() {
    let app = TestApp::open().await;
    let payer = app.look_up(&ANA).await;
    let draft = json!({ "shares": [{ "bill": "visit", "part": "10.00" }], "payer_name": "Ana O’Neill" });
    let mut tx = app.state.store.begin().await.unwrap();
    let end = "UPDATE session SET ended_at = seen_at, draft = NULL";
    sqlx::query(end).execute(&mut *tx).await.unwrap();
    let keep = Call::write("PUT", "/payment-draft").by(&payer).json(&draft);
    across(&app, tx, keep).await.is_refused(401, "signed_out");
    assert_eq!(app.number("SELECT COUNT(*) FROM session WHERE draft IS NOT NULL").await, 0);
}

#[tokio::test]
async fn a_registration_that_waits_while_its_session_ends_is_not_begun() {
    let app = TestApp::open().await;
    let payer = app.look_up(&ANA).await;
    let mut tx = app.state.store.begin().await.unwrap();
    sqlx::query("UPDATE session SET ended_at = seen_at, draft = NULL").execute(&mut *tx).await.unwrap();
    across(&app, tx, Call::post("/registrations").by(&payer)).await.is_refused(401, "signed_out");
    assert_eq!(app.number("SELECT COUNT(*) FROM registration").await, 0);
}

#[tokio::test]
async fn a_receipt_that_waits_while_its_session_ends_is_not_sent() {
    let app = TestApp::open().await;
    let payer = app.look_up(&ANA).await;
    let paid = app.pay_by_card(&payer, &[("visit", "64.10")]).await.is_payment(201, "paid").json();
    let path = format!("/payments/{}/receipt-emails", paid["id"].as_str().unwrap());
    let send = || Call::post(&path).by(&payer).json(&json!({ "email": "stranger@example.org" }));
    app.ask(send()).await.is(202);
    let emails = app.number("SELECT COUNT(*) FROM outbox").await;
    let mut tx = app.state.store.begin().await.unwrap();
    for sql in ["UPDATE attempt SET last_at = last_at", "UPDATE session SET ended_at = seen_at, draft = NULL"] {
        sqlx::query(sql).execute(&mut *tx).await.unwrap();
    }
    across(&app, tx, send()).await.is_refused(401, "signed_out");
    assert_eq!(app.number("SELECT COUNT(*) FROM outbox").await, emails);
}

#[tokio::test]
async fn a_registration_whose_session_ends_while_it_waits_writes_to_nobody() {
    let app = TestApp::open().await;
    let payer = app.apply(&ANA, ANAS).await;
    let emails = app.number("SELECT COUNT(*) FROM outbox").await;
    let opening = app.text("SELECT opening FROM pending_account").await;
    let mut tx = app.state.store.begin().await.unwrap();
    sqlx::query("UPDATE pending_account SET tries = tries").execute(&mut *tx).await.unwrap();
    let turn = json!({ "email": "stranger@example.org", "password": PASSWORD });
    let call = app.start(Call::post("/confirmation-emails").by(&payer).json(&turn));
    app.until_it_waits(&call).await;
    sqlx::query("UPDATE session SET ended_at = seen_at, draft = NULL").execute(&mut *tx).await.unwrap();
    tx.commit().await.unwrap();
    call.await.unwrap().is_refused(401, "signed_out");
    app.jobs().await;
    assert_eq!(app.number("SELECT COUNT(*) FROM outbox").await, emails);
    assert_eq!(app.text("SELECT opening FROM pending_account").await, opening);
}

#[tokio::test]
async fn a_session_is_alive_in_a_transaction_until_it_ends_or_runs_out() {
    let app = TestApp::open().await;
    let payer = app.look_up(&ANA).await;
    let id = app.text("SELECT id FROM session").await;
    let alive = async || {
        let mut tx = app.state.store.begin().await.unwrap();
        let alive = sessions::is_alive(&mut tx, &id, app.state.clock.now()).await.unwrap();
        tx.rollback().await.unwrap();
        alive
    };
    assert!(alive().await);
    app.ask(Call::post("/session/lapse").by(&payer)).await.is(204);
    assert!(!alive().await, "it ran out");
    let seen_at = app.state.clock.now().millis();
    let set = async |what: String| {
        let sql = sqlx::AssertSqlSafe(format!("UPDATE session SET {what}"));
        sqlx::query(sql).execute(&app.state.store.write).await.unwrap();
    };
    set(format!("seen_at = {seen_at}, created_at = {}", seen_at - sessions::LONGEST_MILLIS)).await;
    assert!(!alive().await, "it is too old, however lately it was seen");
    set(format!("created_at = {seen_at}, is_halfway = 1")).await;
    assert!(!alive().await, "it waits for a second factor");
    set("is_halfway = 0".to_owned()).await;
    assert!(alive().await);
    app.ask(Call::write("DELETE", "/session").by(&payer)).await.is(204);
    assert!(!alive().await, "it was ended");
}

#[tokio::test]
async fn a_token_is_renewed_and_the_session_stays() {
    let app = TestApp::open().await;
    app.register(&ANA, ANAS).await;
    let member = app.sign_in(ANAS).await;
    let id = app.text("SELECT id FROM session WHERE ended_at IS NULL AND account IS NOT NULL").await;
    let typed = json!({ "password": PASSWORD });
    let reauthentication = app.ask(Call::write("PUT", "/session/reauthentication").by(&member).json(&typed)).await;
    let again = Payer { cookie: cookie(reauthentication.is(200)), ..member };
    let changed = app.ask(change(PASSWORD, NEW).by(&again)).await;
    assert_ne!(cookie(changed.is(200)), again.cookie);
    app.ask(Call::get("/bills").by(&again)).await.is_refused(401, "signed_out");
    let same = "SELECT id FROM session WHERE ended_at IS NULL AND account IS NOT NULL";
    assert_eq!((app.text(same).await, living(&app).await), (id, 1));
}
