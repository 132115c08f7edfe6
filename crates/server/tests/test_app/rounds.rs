//! Rounds of background work, at the moment when a test wants one.

use server::{
    jobs::{processor_events, settle_payments, worker},
    state::App,
};

/// Every payment that is due, and the processor's events. Neither has to succeed: tests cut the line to the processor.
pub async fn settle_payments(app: &App) {
    let take = |room| settle_payments::take(app.clone(), room);
    let payments = worker::round(app, settle_payments::queue(app), take);
    _ = tokio::join!(payments, processor_events::read(app));
}
