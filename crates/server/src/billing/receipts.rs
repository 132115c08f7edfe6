//! Receipts of payments: drawn as a PDF, and mailed to an address.

use super::{payments, receipt_pdf};
use crate::{
    limits::{self, emails::is_misread, rules},
    mail,
    refusal::{Answer, Error, refused},
    state::App,
    store::{
        outbox::Queued,
        sessions::{self, Session},
    },
};
use contract::{Email, Problem, refusal::RefusalCode};

/// A PDF, and the payment's reference for its name.
pub struct Receipt {
    pub file: Vec<u8>,
    pub reference: String,
}

/// A Letter page, in the language the payment was made in.
pub async fn draw(app: &App, session: &Session, id: &str) -> Answer<Receipt> {
    let payment = payments::one(app, session, id).await?;
    limits::take(app, &[app.limits.bucket(&rules::DRAWINGS_BY_SESSION, &session.id)]).await?;
    let locale = app.store.payment_locale(id).await?;
    let portal = app.portal.clone();
    let reference = payment.reference.clone();
    let file = app.drawing.run(move || receipt_pdf::receipt(&payment, &portal, locale)).await?;
    Ok(Receipt { file: file.map_err(|_| Error::new(RefusalCode::Fault))?, reference })
}

/// Queues the receipt as an e-mail, unless there were enough.
pub async fn send(app: &App, session: &Session, id: &str, to: &Email) -> Answer<()> {
    if is_misread(to) {
        return Err(Error::field(RefusalCode::Invalid, "email", Problem::Malformed));
    }
    let payment = payments::one(app, session, id).await?;
    if payment.state.took_no_money() {
        return Err(Error::new(RefusalCode::NotFound));
    }
    let now = app.clock.now();
    let locale = app.store.payment_locale(id).await?;
    let message = mail::about_payment(&payment, &app.portal, &app.settings.public_origin, locale);
    let queued =
        Queued { id: uuid::Uuid::now_v7().to_string(), cause: id, to, message: &message, is_secret: false, at: now };
    let mut tx = app.store.begin().await?;
    let buckets = [
        app.limits.bucket(&rules::RECEIPTS_BY_PAYMENT, id),
        app.limits.bucket(&rules::RECEIPTS_BY_RECIPIENT, &to.to_string().to_lowercase()),
        app.limits.bucket(&rules::RECEIPTS_BY_MEMBERSHIP, &session.membership.id),
    ];
    limits::take_in(app, &mut tx, &buckets).await?;
    queued.put(&mut tx).await?;
    if !sessions::is_alive(&mut tx, &session.id, now).await? {
        return refused(tx, Error::new(RefusalCode::SignedOut)).await;
    }
    Ok(tx.commit().await?)
}
