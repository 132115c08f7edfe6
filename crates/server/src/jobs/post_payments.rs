//! Posts the payments that the plan took itself, by mail or phone: each row that its billing system wrote, once. One
//! that fails keeps no other from being posted, and is tried again in the next round; one that can't be understood
//! waits for people.

use crate::{
    billing::charging::new_reference,
    error::Result,
    id,
    state::App,
    store::posted_payments::{Names, Posted},
};
use contract::IdempotencyKey;

/// At a time.
const MOST: i64 = 100;

pub async fn round(app: &App) -> Result<()> {
    let (mut done, mut after) = (Ok(()), String::new());
    loop {
        let rows = app.store.payments_to_post(&after, MOST).await?;
        for row in &rows {
            done = done.and(post(app, row).await);
        }
        let Some(last) = rows.into_iter().next_back() else { break };
        after = last;
    }
    done
}

async fn post(app: &App, row: &str) -> Result<()> {
    match app.store.post_payment(row, &[names(app)?, names(app)?], app.clock.now()).await? {
        Posted::Unfit(column) => tracing::error!(row, column, "a payment of the plan can't be posted"),
        Posted::Done | Posted::Already => {}
    }
    Ok(())
}

fn names(app: &App) -> Result<Names> {
    let mut random = [0; 16];
    getrandom::fill(&mut random).map_err(|_| crate::error::Error::fault())?;
    let key = IdempotencyKey::from_random(random).to_string();
    Ok(Names { id: id::new(app.clock.now()), reference: new_reference()?, key })
}
