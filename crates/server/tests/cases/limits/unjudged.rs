//! Tries that nobody judged, for want of room or because something broke, use up nothing.

use super::*;

/// Until when each bucket that is not empty drains.
async fn filled(app: &TestApp) -> BTreeMap<String, i64> {
    let sql = format!("SELECT key, until_at FROM attempt WHERE until_at > {}", app.state.clock.now().millis());
    sqlx::query_as::<_, (String, i64)>(AssertSqlSafe(sql))
        .fetch_all(&app.state.store.read)
        .await
        .unwrap()
        .into_iter()
        .collect()
}

/// Nothing was counted since, and nothing given back; what drained meanwhile says nothing.
async fn assert_unchanged(app: &TestApp, before: &BTreeMap<String, i64>) {
    for (key, until) in filled(app).await {
        assert_eq!(before.get(&key), Some(&until));
    }
}

/// On a machine with one thread for heavy work, which a case can take for itself.
fn with_one_thread_for_heavy_work(case: impl Future<Output = ()>) {
    let mut runtime = tokio::runtime::Builder::new_current_thread();
    runtime.max_blocking_threads(1).enable_all().build().unwrap().block_on(case);
}

/// Does it while no place in the queue for hashing is free.
async fn with_a_full_queue(app: &TestApp, ask: impl Future<Output = ()>) {
    let (go, gone) = std::sync::mpsc::channel::<()>();
    let thread = tokio::task::spawn_blocking(move || _ = gone.recv());
    let password: Password = serde_json::from_value(json!(WRONG)).unwrap();
    let mut queue = tokio::task::JoinSet::new();
    loop {
        let (state, password) = (app.state.clone(), password.clone());
        let mut place = Box::pin(async move { state.passwords.hash(&password).await });
        if std::future::poll_fn(|context| Poll::Ready(place.as_mut().poll(context).is_ready())).await {
            break;
        }
        queue.spawn(place);
    }
    ask.await;
    queue.shutdown().await;
    go.send(()).unwrap();
    thread.await.unwrap();
}

async fn is_sent_away(app: &TestApp, times: usize, call: impl Fn() -> Call) {
    for _ in 0..times {
        app.ask(call()).await.is_refused(503, "unavailable");
    }
}

#[test]
fn a_password_that_nobody_had_time_to_look_at_counts_as_no_try() {
    with_one_thread_for_heavy_work(async {
        let app = TestApp::open().await;
        app.register(&ANA, ANAS).await;
        let ana = app.sign_in(ANAS).await;
        let again = |password: &str| {
            let body = json!({ "password": password });
            Call::write("PUT", "/session/reauthentication").by(&ana).json(&body)
        };
        // As many as need not wait; then the one who has waited may try.
        for _ in 0..3 {
            app.ask(sign_in(WRONG)).await.is_refused(422, "wrong_credentials");
            app.ask(again(WRONG)).await.is_refused(422, "wrong_credentials");
        }
        app.state.clock.move_on(2_000);
        let before = filled(&app).await;
        let sent_away = async {
            is_sent_away(&app, 4, || sign_in(PASSWORD)).await;
            is_sent_away(&app, 4, || again(WRONG)).await;
        };
        with_a_full_queue(&app, sent_away).await;
        assert_unchanged(&app, &before).await;
        app.ask(sign_in(PASSWORD)).await.is(200);
        // What was wrong before is not forgotten by that.
        assert_eq!(app.ask(again(WRONG)).await.is_refused(422, "wrong_credentials").json()["retry_after"], 4);
        app.ask(again(PASSWORD)).await.is_refused(429, "too_many");
    });
}

#[test]
fn a_new_password_that_nobody_had_time_to_look_at_uses_up_nothing() {
    with_one_thread_for_heavy_work(async {
        let app = TestApp::open().await;
        app.register(&ANA, ANAS).await;
        let payer = app.look_up(&MEI).await;
        let begun = app.ask(Call::post("/registrations").by(&payer)).await.is(201).json();
        let path = format!("/registrations/{}/account", begun["id"].as_str().unwrap());
        let account = new_account(&MEI, "mei@example.org");
        app.ask(Call::post("/password-resets").json(&json!({ "email": ANAS }))).await.is(202);
        app.jobs().await;
        let chosen = json!({ "token": app.link(ANAS).await, "password": "seven lanterns on a copper river" });
        let reset = || Call::write("PUT", "/password-resets").json(&chosen);
        let register = || Call::post(&path).by(&payer).json(&account);
        let mut before = BTreeMap::new();
        let sent_away = async {
            before = filled(&app).await;
            is_sent_away(&app, 2, reset).await;
            is_sent_away(&app, 14, register).await;
        };
        with_a_full_queue(&app, sent_away).await;
        assert_unchanged(&app, &before).await;
        app.ask(register()).await.is(202);
        app.ask(reset()).await.is(204);
    });
}

#[tokio::test]
async fn a_statement_and_a_code_that_could_not_be_looked_at_count_as_no_try() {
    let app = TestApp::open().await;
    app.register(&ANA, ANAS).await;
    app.ask(unmatched_lookup(0)).await.is_refused(404, "no_match");
    let member = app.sign_in(ANAS).await;
    let again = Call::write("PUT", "/session/reauthentication").by(&member).json(&json!({ "password": PASSWORD }));
    let answer = app.ask(again).await;
    answer.is(200);
    let member = Payer { cookie: cookie(&answer), ..member };
    let offer = app.ask(Call::post("/authenticator").by(&member)).await.is(201).json();
    let secret = Secret::parse(offer["secret"].as_str().unwrap()).unwrap();
    let first = json!({ "code": secret.code(app.state.clock.unmoved().millis() / 30_000 - 1).unwrap() });
    let codes = app.ask(Call::write("PUT", "/authenticator").by(&member).json(&first)).await.is(200).json();
    let half = Payer { cookie: cookie(&app.ask(sign_in(PASSWORD)).await), ..member };
    let shown = |code: &serde_json::Value| {
        app.ask(Call::post("/session/second-factor").by(&half).json(&json!({ "code": code })))
    };
    shown(&json!("0000-0000-0000")).await.is_refused(422, "wrong_credentials");
    let before = filled(&app).await;
    for (table, hidden) in [("recovery_code", "recovery_codes"), ("membership", "memberships")] {
        let rename = async |from: &str, to: &str| {
            let sql = AssertSqlSafe(format!("ALTER TABLE {from} RENAME TO {to}"));
            sqlx::query(sql).execute(&app.state.store.write).await.unwrap();
        };
        rename(table, hidden).await;
        for _ in 0..8 {
            if table == "membership" {
                app.ask(found(&ANA)).await.is_refused(500, "fault");
            } else {
                shown(&codes["codes"][0]).await.is_refused(500, "fault");
            }
        }
        rename(hidden, table).await;
        assert_unchanged(&app, &before).await;
    }
    shown(&codes["codes"][0]).await.is(200);
    app.ask(found(&ANA)).await.is(201);
}

#[tokio::test]
async fn a_question_about_a_token_that_the_processor_did_not_answer_uses_up_nothing() {
    let app = TestApp::open().await;
    let ana = app.look_up(&ANA).await;
    let token = app.card(&ana, VISA).await;
    let order = app.order(&ana, &token, &[("surgery", "1.00")]).await;
    let body = "<h1>no</h1>".to_owned();
    let silent = Fault { to: "GET /v1/tokens", passes_on: false, status: 502, kind: "text/html", body };
    app.gateway.answers([silent]);
    for _ in 0..20 {
        app.method(&ana, &token).await.is_refused(503, "unavailable");
        app.pay(&ana, &new_key(), &order).await.is_refused(503, "unavailable");
    }
    assert_eq!(counted(&app).await, 0);
    app.gateway.is_well();
    for number in 0..30 {
        app.method(&ana, &format!("tok_{number}")).await.is_refused(422, "token_refused");
    }
    app.method(&ana, "tok_31").await.is_refused(429, "too_many");
}
