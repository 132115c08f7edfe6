//! The link of an e-mail that opens one receipt, for months and without a session: its secret is the right to read
//! that receipt and nothing else. What a receipt says of the payer's other bills, of their address and of the
//! payment's key is left out for anyone who comes this way.
//!
//! A browser that opened one gets a token: for a quarter of an hour it may fetch the file with it, and later it is
//! known by it. The payer is notified of each browser that is new.

use super::{
    payments,
    receipts::{self, Receipt, ReceiptCopy},
};
use crate::{
    error::{Error, Result, refused},
    i18n,
    limits::{self, emails::RECEIPT_OPENED, rules},
    mail,
    state::App,
    store::{
        Tx,
        outbox::{Holds, QueuedEmail},
        receipt_links::{self, Opening, ReceiptLink},
        sessions::Session,
    },
    token,
};
use contract::{
    Email, IdempotencyKey, Instant, Locale,
    payment::{Payment, ReceiptLinks},
    problem_details::ErrorCode,
};
use std::net::IpAddr;

const DAY_MILLIS: i64 = 86_400_000;
/// How long a link opens its receipt: as long as accounts for health expenses take claims, the year and some months of
/// the next.
const LINK_MILLIS: i64 = 548 * DAY_MILLIS;
/// How long after an opening the same browser may fetch the file.
const FILE_MILLIS: i64 = 15 * 60_000;

/// Who comes with a secret: a browser, perhaps one that came before, perhaps with a session.
pub struct Reader {
    pub address: IpAddr,
    pub session: Option<Session>,
    /// What it was given when it opened a link before.
    pub token: Option<String>,
    /// Browser and system in general words.
    pub device: String,
}

/// What a link opens, and the browser's token from now on.
pub struct OpenedReceipt {
    pub payment: Payment,
    pub token: String,
}

pub async fn open(app: &App, reader: &Reader, secret: &str) -> Result<OpenedReceipt> {
    let link = link_of(app, reader.address, secret).await?;
    let payment = app.store.payment(&link.payment).await?.ok_or_else(Error::fault)?;
    let is_payers = match &reader.session {
        Some(session) => app.store.payment_seen_by(session, &payment.id).await?.is_some(),
        None => false,
    };
    // Before the transaction: it has one connection, and an opening never needs two.
    let locale = app.store.payment_locale(&payment.id).await?;
    limits::take(app, &[app.limits.bucket(&rules::OPENINGS_BY_RECEIPT_LINK, &link.email)]).await?;
    let (now, token) = (app.clock.now(), token::random_token()?);
    let before = reader.token.as_deref().map(token::hash);
    let mut tx = app.store.begin().await?;
    match receipt_links::open(&mut tx, &link.email, (before.as_deref(), &token::hash(&token)), now).await? {
        Opening::Ended => return refused(tx, Error::new(ErrorCode::LinkRefused)).await,
        Opening::New if !is_payers => notify(app, &mut tx, (&link, &payment, locale), &reader.device, now).await?,
        Opening::New | Opening::Known => {}
    }
    tx.commit().await?;
    Ok(OpenedReceipt { payment: of_the_link(payment), token })
}

/// The file, for a browser that opened the receipt a short while ago.
pub async fn file(app: &App, reader: Option<&str>, id: &str) -> Result<Receipt> {
    let not_here = || Error::new(ErrorCode::NotFound);
    let reader = token::hash(reader.ok_or_else(not_here)?);
    if !app.store.has_opened(&reader, id, app.clock.now().plus_millis(-FILE_MILLIS)).await? {
        return Err(not_here());
    }
    let payment = app.store.payment(id).await?.ok_or_else(not_here)?;
    receipts::file(app, of_the_link(payment), ReceiptCopy::OfTheLink).await
}

/// Ends a link, by anyone who has its secret.
pub async fn end(app: &App, address: IpAddr, secret: &str) -> Result<()> {
    let link = link_of(app, address, secret).await?;
    Ok(app.store.end_receipt_link(&link.email, app.clock.now()).await?)
}

/// What became of the links to a payment's receipt, for anyone who may see the payment and did not have it made by
/// somebody else.
pub async fn all(app: &App, session: &Session, id: &str) -> Result<ReceiptLinks> {
    let payment = payers_own(app, session, id).await?;
    Ok(app.store.receipt_links(&payment.id, app.clock.now().plus_millis(-LINK_MILLIS)).await?)
}

/// Ends every link to a payment's receipt.
pub async fn end_all(app: &App, session: &Session, id: &str) -> Result<()> {
    let payment = payers_own(app, session, id).await?;
    Ok(app.store.end_receipt_links(&payment.id, app.clock.now()).await?)
}

/// The receipt's links are the payer's, and not theirs whose bills somebody else paid.
async fn payers_own(app: &App, session: &Session, id: &str) -> Result<Payment> {
    let payment = payments::one(app, session, id).await?;
    if payment.is_by_another { Err(Error::new(ErrorCode::NotFound)) } else { Ok(payment) }
}

async fn link_of(app: &App, address: IpAddr, secret: &str) -> Result<ReceiptLink> {
    let hash = token::hash(secret);
    let since = app.clock.now().plus_millis(-LINK_MILLIS);
    let look = async { Ok(app.store.receipt_link(&hash, since).await?) };
    let tries = app.limits.by_address(&rules::RECEIPT_LINKS_BY_ADDRESS, address);
    limits::judge(app, &tries, Error::new(ErrorCode::LinkRefused), look).await
}

/// Notifies the payer, at the address that they gave; without one, whom the link was sent to.
async fn notify(
    app: &App,
    tx: &mut Tx,
    (link, payment, locale): (&ReceiptLink, &Payment, Locale),
    device: &str,
    now: Instant,
) -> Result<()> {
    let Some(to) = payment.email.clone().or_else(|| Email::parse(&link.sent_to).ok()) else { return Ok(()) };
    if !RECEIPT_OPENED.may_post(tx, &payment.id, &to, now).await? {
        return Ok(());
    }
    let at = i18n::moment(now, &payment.time_zone, locale);
    let message = mail::receipt_opened(payment, &app.sender(), &link.sent_to, (&at, device), locale);
    let (id, cause) = (crate::id::new(now), RECEIPT_OPENED.cause(&payment.id));
    let queued =
        QueuedEmail { id, cause: &cause, to: &to, message: &message, holds: Holds::Nothing, notice: None, at: now };
    Ok(queued.put(tx).await?)
}

/// As anyone who has the link sees it: what is owed is what these bills leave, and there is no key by which the payment
/// could be taken over.
fn of_the_link(payment: Payment) -> Payment {
    Payment { key: IdempotencyKey::from_random([0; 16]), email: None, ..payment.of_its_bills_only() }
}
