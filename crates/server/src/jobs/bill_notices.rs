//! Tells members of their bills, once each: of a new one, and of one that is due soon and not paid. By the clock of the
//! region. Of several servers one does it, and the id of the e-mail keeps a bill from being told twice.

use crate::{
    error::Result,
    mail,
    state::App,
    store::{
        accounts,
        bill_notices::{BillNews, BillToTell},
        outbox::{Holds, NoticeOf, QueuedEmail},
        texts,
    },
};
use contract::{Date, Region};

/// A bill that came longer ago is no news: after an upgrade nobody is told of years.
const NEW_DAYS: i64 = 3;
/// A bank debit takes three business days.
const DUE_SOON_DAYS: i64 = 5;
/// At a time.
const MOST: i64 = 100;

/// What fails keeps no other from being told of, and is tried again in the next round.
pub async fn round(app: &App) -> Result<()> {
    let mut done = Ok(());
    for region in Region::ALL {
        for news in BillNews::ALL {
            done = done.and(tell_all(app, news, region).await);
        }
    }
    done
}

async fn tell_all(app: &App, news: BillNews, region: Region) -> Result<()> {
    let (days, mut done, mut after) = (days(news, app.today(region)), Ok(()), String::new());
    loop {
        let (bills, last) = app.store.bills_to_tell(news, region, days, &after, MOST).await?;
        for bill in &bills {
            done = done.and(tell(app, news, bill).await);
        }
        let Some(last) = last else { return done };
        after = last;
    }
}

/// The first and the last day on which a bill was issued, or is due, that is told of today.
fn days(news: BillNews, today: Date) -> (Date, Date) {
    match news {
        BillNews::Ready => (today.plus_days(-NEW_DAYS), today),
        BillNews::DueSoon => (today, today.plus_days(DUE_SOON_DAYS)),
    }
}

async fn tell(app: &App, news: BillNews, bill: &BillToTell) -> Result<()> {
    let (at, id) = (app.clock.now(), news.email_id(&bill.bill));
    let message = mail::about_bill(news, bill, &app.sender());
    let notice = NoticeOf { account: &bill.account, kind: news.kind() };
    let mut tx = app.store.begin().await?;
    // It may be closed by now, or have another address.
    let Some(account) = accounts::lock(&mut tx, &bill.account).await? else { return Ok(tx.rollback().await?) };
    if app.settings.has_texts() {
        texts::put_notice(&mut tx, &id, notice, &mail::notice_text(notice.kind, &app.sender(), bill.locale), at)
            .await?;
    }
    let (to, holds) = (&account.email, Holds::Nothing);
    QueuedEmail { id, cause: &bill.bill, to, message: &message, holds, notice: Some(notice), at }.put(&mut tx).await?;
    Ok(tx.commit().await?)
}
