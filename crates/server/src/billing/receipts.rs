//! Receipts of payments: rendered as a PDF, and e-mailed to an address.

pub use super::receipt_pdf::ReceiptCopy;
use super::{payments, receipt_pdf};
use crate::{
    address::{compared, is_misread},
    error::{Error, Result, refused},
    limits::{self, rules},
    mail,
    state::App,
    store::{
        outbox::{Holds, QueuedEmail},
        sessions::{self, Session},
        settle::News,
    },
    token,
};
use contract::{Email, FieldProblem, Locale, notices::NoticeKind, payment::Payment, problem_details::ErrorCode};

/// A PDF, and the payment's reference for its name.
pub struct Receipt {
    pub file: Vec<u8>,
    pub reference: String,
}

/// A Letter page, in the language the payment was made in.
pub async fn draw(app: &App, session: &Session, id: &str) -> Result<Receipt> {
    let payment = payments::one(app, session, id).await?;
    limits::take(app, &[app.limits.bucket(&rules::DRAWINGS_BY_SESSION, &session.id)]).await?;
    draw_for(app, payment, ReceiptCopy::OfThePayer).await
}

/// As `draw`, for a browser that opened a link to it. It counts for the payment: a browser is a new one at will.
pub async fn file(app: &App, payment: Payment, copy: ReceiptCopy) -> Result<Receipt> {
    limits::take(app, &[app.limits.bucket(&rules::DRAWINGS_BY_PAYMENT, &payment.id)]).await?;
    draw_for(app, payment, copy).await
}

async fn draw_for(app: &App, payment: Payment, copy: ReceiptCopy) -> Result<Receipt> {
    let locale = app.store.payment_locale(&payment.id).await?;
    let portal = app.portal.clone();
    let reference = payment.reference.clone();
    let file = app.drawing.run(move || receipt_pdf::receipt(&payment, &portal, locale, copy)).await?;
    let fault = |error: receipt_pdf::SheetError| {
        tracing::error!(%error, "a receipt was not drawn");
        Error::new(ErrorCode::Fault)
    };
    Ok(Receipt { file: file.map_err(fault)?, reference })
}

/// What is said about a payment; with the kind of notice that it is to a member.
pub fn words(app: &App, payment: &Payment, secret: &str, (locale, notice): (Locale, Option<NoticeKind>)) -> News {
    let link = (!payment.state.can_retry()).then(|| token::hash(secret));
    let text = notice.filter(|_| app.settings.has_texts()).map(|kind| mail::notice_text(kind, &app.sender(), locale));
    News { email: mail::about_payment(payment, &app.sender(), secret, (locale, notice)), link, text }
}

/// Queues the receipt as an e-mail, unless there were enough.
pub async fn send(app: &App, session: &Session, id: &str, to: &Email) -> Result<()> {
    if is_misread(to) {
        return Err(Error::field(ErrorCode::Invalid, "email", FieldProblem::Malformed));
    }
    let payment = payments::one(app, session, id).await?;
    if payment.state.took_no_money() {
        return Err(Error::new(ErrorCode::NotFound));
    }
    let now = app.clock.now();
    let locale = app.store.payment_locale(id).await?;
    let News { email, link, .. } = words(app, &payment, &token::random_token()?, (locale, None));
    let holds = link.as_deref().map_or(Holds::Nothing, Holds::ReceiptLink);
    let queued = QueuedEmail { id: crate::id::new(now), cause: id, to, message: &email, holds, notice: None, at: now };
    let mut tx = app.store.begin().await?;
    let buckets = [
        app.limits.bucket(&rules::RECEIPTS_BY_PAYMENT, id),
        app.limits.bucket(&rules::RECEIPTS_BY_RECIPIENT, &compared(&to.user_id())),
        app.limits.bucket(&rules::RECEIPTS_BY_MEMBERSHIP, &session.membership.id),
    ];
    limits::take_in(app, &mut tx, &buckets).await?;
    queued.put(&mut tx).await?;
    if !sessions::is_alive(&mut tx, &session.id, now).await? {
        return refused(tx, Error::new(ErrorCode::SignedOut)).await;
    }
    Ok(tx.commit().await?)
}
