//! The figures of a process: what it counted reaches the database, whatever else can't be read or written.

use crate::test_app::TestApp;
use server::{
    jobs::figures,
    limits::tallies::{self, Kind},
};

async fn run(app: &TestApp, sql: &'static str) {
    sqlx::query(sql).execute(&app.state.store.write).await.unwrap();
}

const FAILED: &str = "SELECT CAST(COALESCE(SUM(failed), 0) AS BIGINT) FROM tally WHERE kind = 'codes'";

#[tokio::test]
async fn what_was_counted_is_told_though_another_figure_cannot_be_read() {
    let app = TestApp::open().await;
    app.state.limits.tallies.add(Kind::Codes, true);
    run(&app, "ALTER TABLE outbox RENAME TO away").await;
    assert!(figures::round(&app.state).await.is_err());
    assert_eq!(app.number(FAILED).await, 1);
    run(&app, "ALTER TABLE away RENAME TO outbox").await;
    assert!(figures::round(&app.state).await.is_ok());
}

#[tokio::test]
async fn what_was_counted_while_the_database_was_away_is_told_once_it_is_back() {
    let app = TestApp::open().await;
    app.state.limits.tallies.add(Kind::Codes, true);
    run(&app, "ALTER TABLE tally RENAME TO away").await;
    assert!(tallies::round(&app.state).await.is_err());
    run(&app, "ALTER TABLE away RENAME TO tally").await;
    for _ in 0..2 {
        tallies::round(&app.state).await.unwrap();
        assert_eq!(app.number(FAILED).await, 1);
    }
}
