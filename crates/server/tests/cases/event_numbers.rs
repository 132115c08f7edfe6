//! The numbers of the processor's events: how far they were read, which of them are missing, and which nobody has to
//! believe.

use crate::test_app::TestApp;
use server::store::unmatched::Read;

async fn missing(app: &TestApp) -> i64 {
    app.number("SELECT COUNT(*) FROM event_missing").await
}

#[tokio::test]
async fn the_mark_of_the_events_never_goes_back() {
    let app = TestApp::open().await;
    let now = app.state.clock.now();
    // As two servers do that read the same page at the same time.
    for sequence in [5, 3] {
        app.state.store.event_read(Read { sequence, mark: 0 }, now).await.unwrap();
    }
    assert_eq!(app.state.store.mark("processor_events_read").await.unwrap(), 5);
}

#[tokio::test]
async fn of_many_missing_numbers_a_hundred_are_asked_for_at_a_time_and_no_other_is_given_up() {
    let app = TestApp::open().await;
    let now = app.state.clock.now();
    for hundred in [0, 100] {
        app.state.store.event_read(Read { sequence: hundred + 100, mark: hundred }, now).await.unwrap();
    }
    assert_eq!((missing(&app).await, app.state.store.events_missing(now).await.unwrap().len()), (198, 100));
    app.state.clock.move_on(301_000);
    for left in [98, 0] {
        app.round().await;
        assert_eq!(missing(&app).await, left);
    }
}
