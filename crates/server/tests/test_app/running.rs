//! Calls that are still running while the case does something else.

use super::{
    TestApp, answer,
    call::{Call, Response},
    database::Kind,
};
use std::time::Duration;
use tokio::task::JoinHandle;

impl TestApp {
    /// A call that runs on while the case does something else.
    pub fn start(&self, mut call: Call) -> JoinHandle<Response> {
        call.path.insert_str(0, "/api/v1");
        tokio::spawn(answer(self.router.clone(), call.request()))
    }

    /// Until a call, or a round of a job, waits for a lock that the case holds, or is over all the same. PostgreSQL
    /// says who waits. SQLite has one writer, and nobody can see who waits for it: a second is enough for what comes
    /// before.
    pub async fn until_it_waits<T>(&self, call: &JoinHandle<T>) {
        let waits =
            "SELECT COUNT(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'";
        for _ in 0..if crate::KIND == Kind::Postgres { 1_000 } else { 50 } {
            if call.is_finished() || (crate::KIND == Kind::Postgres && self.number(waits).await > 0) {
                return;
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }

    /// Sends a call all but its body, and waits until the server waits for that.
    pub async fn hold(&self, mut call: Call) -> Held {
        call.path.insert_str(0, "/api/v1");
        let (request, rest) = call.held();
        let answer = tokio::spawn(answer(self.router.clone(), request));
        rest.asked.await.expect("the server reads the body");
        Held { answer, finish: rest.finish }
    }
}

/// A call whose body is on its way.
pub struct Held {
    answer: JoinHandle<Response>,
    finish: tokio::sync::oneshot::Sender<()>,
}

impl Held {
    pub async fn finish(self) -> Response {
        _ = self.finish.send(());
        self.answer.await.unwrap()
    }
}
