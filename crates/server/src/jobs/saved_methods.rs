//! Looks after what members have saved: small deposits that the processor did not answer about are asked for again, and
//! members are told once that deposits have arrived, and that a card expires. Of several servers one does it.

use crate::{
    billing::verifications,
    error::{Error, Result},
    mail,
    state::App,
    store::{
        Tx, accounts,
        outbox::{Holds, Message, NoticeOf, QueuedEmail},
        saved_methods::ExpiringCard,
        texts,
        verifications::{self as rows, ArrivedDeposits},
    },
};
use contract::{Expiry, Locale, Region, notices::NoticeKind, payment::ExpiryNotice, problem_details::ErrorCode};

/// At a time.
const MOST: i64 = 100;

/// What fails keeps nothing else from being done, and is tried again in the next round.
pub async fn round(app: &App) -> Result<()> {
    let asked = ask_again(app).await;
    let mut done = asked.and(tell_of_deposits(app).await);
    for region in Region::ALL {
        done = done.and(tell_of_expiry(app, region).await);
    }
    done
}

async fn ask_again(app: &App) -> Result<()> {
    let (mut done, mut after) = (Ok(()), String::new());
    loop {
        let asked = app.store.verifications_to_ask(&after, MOST).await?;
        let Some(last) = asked.last() else { return done };
        after.clone_from(&last.token);
        for one in &asked {
            let is_answered = verifications::send(app, &one.account, &one.token).await;
            done = done.and(match is_answered {
                Ok(true) => Ok(()),
                Ok(false) => Err(Error::new(ErrorCode::Unavailable)),
                Err(error) => Err(error),
            });
        }
    }
}

async fn tell_of_deposits(app: &App) -> Result<()> {
    let mut done = Ok(());
    for one in app.store.arrived_deposits(app.clock.now(), MOST).await? {
        done = done.and(tell_of(app, &one).await);
    }
    done
}

async fn tell_of(app: &App, one: &ArrivedDeposits) -> Result<()> {
    let (now, mut tx) = (app.clock.now(), app.store.begin().await?);
    if !rows::told(&mut tx, &one.token, now).await? {
        return Ok(tx.rollback().await?);
    }
    let message = mail::deposits_arrived(&one.method, &app.sender(), one.locale);
    put(app, &mut tx, &one.account, &message, crate::id::new(now), one.locale).await?;
    Ok(tx.commit().await?)
}

/// In the month before a card's last, by the clock of the region: from the day on which the page of methods says so.
async fn tell_of_expiry(app: &App, region: Region) -> Result<()> {
    let month = ExpiryNotice::first_warned_of(app.today(region));
    let (mut done, mut after) = (Ok(()), String::new());
    loop {
        let (cards, last) = app.store.cards_to_tell_of(region, month, &after, MOST).await?;
        for card in &cards {
            done = done.and(tell_of_card(app, card, month).await);
        }
        let Some(last) = last else { return done };
        after = last;
    }
}

async fn tell_of_card(app: &App, card: &ExpiringCard, month: Expiry) -> Result<()> {
    let mut tx = app.store.begin().await?;
    let message = mail::card_expires(&card.method, &app.sender(), card.locale);
    put(app, &mut tx, &card.account, &message, card.email_id(month), card.locale).await?;
    Ok(tx.commit().await?)
}

/// By e-mail and, where it was chosen, as a text message. Nothing for an account that was closed meanwhile.
async fn put(app: &App, tx: &mut Tx, account: &str, message: &Message, id: String, locale: Locale) -> Result<()> {
    let (at, notice) = (app.clock.now(), NoticeOf { account, kind: NoticeKind::SavedMethod });
    let Some(owner) = accounts::lock(tx, account).await? else { return Ok(()) };
    if app.settings.has_texts() {
        texts::put_notice(tx, &id, notice, &mail::notice_text(notice.kind, &app.sender(), locale), at).await?;
    }
    let (to, holds) = (&owner.email, Holds::Nothing);
    Ok(QueuedEmail { id, cause: account, to, message, holds, notice: Some(notice), at }.put(tx).await?)
}
