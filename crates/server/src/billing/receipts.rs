//! Receipts of payments: rendered as a PDF, and e-mailed to an address.

use super::{payments, receipt_pdf};
use crate::{
    address::{compared, is_misread},
    error::{Error, Result, refused},
    limits::{self, rules},
    mail,
    state::App,
    store::{
        outbox::QueuedEmail,
        sessions::{self, Session},
    },
};
use contract::{Email, FieldProblem, problem_details::ErrorCode};

/// A PDF, and the payment's reference for its name.
pub struct Receipt {
    pub file: Vec<u8>,
    pub reference: String,
}

/// A Letter page, in the language the payment was made in.
pub async fn draw(app: &App, session: &Session, id: &str) -> Result<Receipt> {
    let payment = payments::one(app, session, id).await?;
    limits::take(app, &[app.limits.bucket(&rules::DRAWINGS_BY_SESSION, &session.id)]).await?;
    let locale = app.store.payment_locale(id).await?;
    let portal = app.portal.clone();
    let reference = payment.reference.clone();
    let file = app.drawing.run(move || receipt_pdf::receipt(&payment, &portal, locale)).await?;
    Ok(Receipt { file: file.map_err(|_| Error::new(ErrorCode::Fault))?, reference })
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
    let message = mail::about_payment(&payment, &app.portal, &app.settings.home, locale);
    let queued = QueuedEmail { id: crate::id::new(now), cause: id, to, message: &message, is_secret: false, at: now };
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
