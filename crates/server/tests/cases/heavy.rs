//! Heavy work does not delay other requests: a server that really listens, with as many threads as a small machine has.

use crate::test_app::{ORIGIN, TestApp, call::Call, new_account, seed::ANA};
use serde_json::json;
use std::{
    net::SocketAddr,
    time::{Duration, Instant},
};

/// Its letters stand for others: 1.7 s of a processor when all of it is looked at.
const DEAR: &str = "0484[%|@4{$$56[4i08l7i<@$<|l0@1<i6!749808<1$l%l64{|3@9[<+{$i%44iii!5!<ii";

/// How long health checks waited while eight of them were judged, the longest last.
async fn waits() -> Vec<Duration> {
    let app = TestApp::open().await;
    let payer = app.look_up(&ANA).await;
    let begun = app.ask(Call::post("/registrations").by(&payer)).await;
    let id = begun.is(201).json()["id"].as_str().unwrap().to_owned();
    let mut account = new_account(&ANA, "ana@example.org");
    account["password"] = json!(DEAR);
    account["address"]["zip"] = json!("00501");

    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let base = format!("http://{}", listener.local_addr().unwrap());
    let service = server::http::service(&app.state).unwrap().into_make_service_with_connect_info::<SocketAddr>();
    tokio::spawn(async move { axum::serve(listener, service).await });

    let client = reqwest::Client::new();
    let asked: Vec<_> = (0..8)
        .map(|_| {
            let ask = client.post(format!("{base}/api/v1/registrations/{id}/account"));
            let ask = ask.header("origin", ORIGIN).header("cookie", &payer.cookie);
            let ask = ask.header("content-type", "application/json").body(account.to_string());
            tokio::spawn(async move { ask.send().await.unwrap().status().as_u16() })
        })
        .collect();
    // A thread of its own: what the server's threads do must not hide in what is measured.
    let health = format!("{base}/healthz");
    let took = tokio::task::spawn_blocking(move || {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(async {
            let client = reqwest::Client::new();
            let mut took = Vec::new();
            while took.len() < 40 && asked.iter().any(|asked| !asked.is_finished()) || took.len() < 10 {
                let began = Instant::now();
                assert!(client.get(&health).send().await.unwrap().status().is_success());
                took.push(began.elapsed());
                tokio::time::sleep(Duration::from_millis(5)).await;
            }
            let mut statuses = Vec::new();
            for asked in asked {
                statuses.push(asked.await.unwrap());
            }
            assert_eq!(statuses, [422; 8]);
            took
        })
    });
    let mut took = took.await.unwrap();
    took.sort();
    took
}

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn eight_dear_passwords_at_once_do_not_keep_a_health_check_waiting() {
    // Most of the checks come when all is over, so the longest counts; a busy machine disturbs one round and not three.
    let mut longest = Duration::MAX;
    for _ in 0..3 {
        let took = waits().await;
        longest = longest.min(took[took.len() - 1]);
        println!("median {:?}, longest {:?}, of {}", took[took.len() / 2], took[took.len() - 1], took.len());
    }
    assert!(longest < Duration::from_millis(50), "{longest:?}");
}
