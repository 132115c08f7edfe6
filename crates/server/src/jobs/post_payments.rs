//! Posts the payments that the plan took itself, by mail or phone, and what came back of them: each row that its
//! billing system wrote, once. One that fails keeps no other from being posted, and is tried again in the next round;
//! one that can't be understood waits for people.

use crate::{
    billing::charging::new_reference,
    error::Result,
    id, mail,
    state::App,
    store::{
        posted_payments::{Names, Posted},
        posted_reversals::{ReturnedPayment, Reversed},
        settle::News,
    },
};
use contract::{IdempotencyKey, Locale, notices::NoticeKind};

/// At a time.
const MOST: i64 = 100;

/// Payments first: one may be there that a later row takes back.
pub async fn round(app: &App) -> Result<()> {
    post_all(app).await.and(reverse_all(app).await)
}

async fn post_all(app: &App) -> Result<()> {
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

async fn reverse_all(app: &App) -> Result<()> {
    let (mut done, mut after) = (Ok(()), String::new());
    loop {
        let rows = app.store.payments_to_reverse(&after, MOST).await?;
        for row in &rows {
            done = done.and(reverse(app, row).await);
        }
        let Some(last) = rows.into_iter().next_back() else { return done };
        after = last;
    }
}

async fn reverse(app: &App, row: &str) -> Result<()> {
    let words = |returned: &ReturnedPayment, locale: Locale| News {
        email: mail::payment_came_back(&app.sender(), returned, locale),
        link: None,
        text: app.settings.has_texts().then(|| mail::notice_text(NoticeKind::NotPaid, &app.sender(), locale)),
    };
    if let Reversed::Refused(why) = app.store.reverse_posted(row, &words, app.clock.now()).await? {
        tracing::error!(row, why, "a payment of the plan can't be taken back");
    }
    Ok(())
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
