//! Background tasks of the processor.

use crate::sandbox::Sandbox;
use serve::{Tasks, tasks::Timings};
use std::{
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

#[tokio::test]
async fn an_idle_processor_starts_nothing_again() {
    static RESTARTS: AtomicUsize = AtomicUsize::new(0);
    // Three times as long as the pause between two rounds.
    let timings = Timings { still: Duration::from_secs(3), ..Timings::default() };
    let tasks = Arc::new(Tasks::new(timings, || _ = RESTARTS.fetch_add(1, Ordering::SeqCst)));
    let sandbox = Sandbox::open().await;
    processor::supervise(&sandbox.app, &tasks);
    tokio::time::sleep(2 * timings.still).await;
    assert_eq!((tasks.silent(), RESTARTS.load(Ordering::SeqCst)), (vec![], 0));
    tasks.stop();
}
