//! Delivery of the outbox over the operator's mail server: each e-mail is a job in the table `outbox`. An e-mail is
//! marked as sent after the mail server took it, so a crash between the two sends it twice, under one `Message-ID`, but
//! never loses it. An e-mail that the mail server rejects permanently is given up; anything else is retried, later each
//! time, also where the mail server rejects this server. So is one whose try panics or takes too long. One that
//! takes its whole server with it is given up, too: by its tries, which are counted when they begin. Logs name e-mails
//! by their id, never an address.
//!
//! Several are sent at once, over SMTP connections that are kept open: one delivery takes some 45 ms even on loopback,
//! whatever the mail server does. lettre writes a message and the dot that ends it in two writes and does not set
//! TCP_NODELAY, so Nagle's algorithm holds the dot back until the other side's delayed acknowledgement (40 ms). The
//! socket can't be reached from here; e-mails beside it make up for it.

use super::{
    smtp::{self, MailServer, NotSent},
    worker::{self, Deadline, Queue},
};
use crate::{
    alarm::OncePerMinute,
    backoff::Backoff,
    error::Result,
    metrics,
    state::App,
    store::outbox::{Delivery, DueEmail},
};
use contract::Instant;
use lettre::{
    Message,
    message::{Mailbox, MultiPart},
};
use std::{sync::Arc, time::Duration};
use tokio::time::timeout;
use tracing::Instrument;

/// Its name among the tasks.
pub const TASK: &str = "send_mail";
/// For connecting, and for what is said before the text. No other server tries an e-mail within twice as long, and
/// while it is handed over that is said again.
const PATIENCE: Duration = Duration::from_secs(30);
const WAIT: Backoff = Backoff { first: 5_000, factor: 4, longest: 3_600_000 };
/// An e-mail that could not be delivered for this long is given up: five days, as mail servers do.
const WORTH_SENDING_MILLIS: i64 = 5 * 86_400_000;
/// And two for each hour of its age, more than `WAIT` lets through: an e-mail with more tries is one of
/// which the servers that tried it said nothing: they were killed.
pub const MOST_TRIES: i64 = 16;
const HALF_HOUR_MILLIS: i64 = 1_800_000;

/// The operator's mail server, and who the e-mails are from.
#[derive(Clone)]
pub struct Mailer {
    server: Arc<MailServer>,
    from: Mailbox,
    patience: Duration,
}

impl Mailer {
    /// `smtp://host:port`, `smtps://user:password@host:port`, `smtp://…?tls=required`; the error is a sentence for the
    /// operator.
    pub fn new(url: &str, from: &str) -> Result<Self, String> {
        Self::patient(url, from, PATIENCE)
    }

    pub fn patient(url: &str, from: &str, patience: Duration) -> Result<Self, String> {
        let server = MailServer::of_url(url, patience).ok_or("KPPAY_SMTP_URL is not smtp://… or smtps://….")?;
        let from =
            from.parse().map_err(|_| "KPPAY_MAIL_FROM is not an address, such as Health plan <bills@example.org>.")?;
        Ok(Self { server: Arc::new(server), from, patience })
    }

    /// `None` for an e-mail that can't be written: an address that mail does not know.
    fn message(&self, email: &DueEmail) -> Option<Message> {
        let domain = self.from.email.domain();
        let message = Message::builder()
            .from(self.from.clone())
            .to(Mailbox::new(None, email.to.parse().ok()?))
            .subject(email.subject.clone())
            .message_id(Some(format!("<{}@{domain}>", email.id.replace(':', "."))))
            .date(std::time::UNIX_EPOCH + Duration::from_millis(u64::try_from(email.queued_at.millis()).ok()?));
        message.multipart(MultiPart::alternative_plain_html(email.text.clone(), email.html.clone())).ok()
    }

    /// Until then an e-mail that is taken now is left to the one who took it.
    fn until(&self, app: &App) -> Instant {
        app.clock.now().plus_millis(i64::try_from(self.patience.as_millis() * 2).unwrap_or(i64::MAX))
    }

    async fn send(&self, email: &DueEmail, now: Instant) -> Delivery {
        static REFUSED: OncePerMinute = OncePerMinute::new();
        let Some(message) = self.message(email) else { return Delivery::GivenUp };
        match self.server.hand_over(&email.id, &message, now).await {
            Ok(()) => return Delivery::Sent,
            Err(NotSent::Refused) => return Delivery::GivenUp,
            Err(NotSent::NotAsked { at, reply: Some(reply @ 500..) } | NotSent::Unsaid { at, reply })
                if REFUSED.is_due() =>
            {
                tracing::error!(at, reply, "alarm: the mail server refuses us: are its URL, name and password right?");
            }
            _ => {}
        }
        again(email, now)
    }
}

fn again(email: &DueEmail, now: Instant) -> Delivery {
    if now.millis() - email.queued_at.millis() > WORTH_SENDING_MILLIS {
        return Delivery::GivenUp;
    }
    Delivery::TryAgain(now.plus_millis(WAIT.wait_millis(email.tries)))
}

fn never_ends(email: &DueEmail, now: Instant) -> bool {
    email.tries > MOST_TRIES + (now.millis() - email.queued_at.millis()).max(0) / HALF_HOUR_MILLIS
}

fn queue(mailer: &Mailer) -> Queue {
    Queue {
        name: TASK,
        slots: 8,
        every: Duration::from_secs(1),
        limit: smtp::LONGEST_ANSWER + 3 * mailer.patience,
        is_woken: false,
    }
}

pub async fn run(app: App, mailer: Mailer) {
    worker::run(&app, queue(&mailer), |room| take(app.clone(), mailer.clone(), room, hand_over)).await;
}

/// Updates the gauges: if e-mails wait longer than a minute, the operator should check the mail server.
pub async fn count(app: &App) -> Result<()> {
    let (emails, oldest) = app.store.emails_waiting().await?;
    metrics::EMAILS_WAITING.set(emails);
    metrics::OLDEST_EMAIL.set(oldest.map_or(0, |since| (app.clock.now().millis() - since.millis()).max(0) / 1_000));
    Ok(())
}

/// Tries every e-mail that is due, and those that become due meanwhile.
pub async fn round(app: &App, mailer: &Mailer) -> Result<()> {
    round_of(app, mailer, hand_over).await
}

/// As `round`, with something else to hand them over.
pub async fn round_of<F>(
    app: &App,
    mailer: &Mailer,
    work: impl Fn(App, Mailer, Arc<DueEmail>) -> F + Copy,
) -> Result<()>
where
    F: Future<Output = Delivery> + Send + 'static,
{
    worker::round(app, queue(mailer), |room| take(app.clone(), mailer.clone(), room, work)).await
}

async fn take<F>(
    app: App,
    mailer: Mailer,
    room: usize,
    work: impl Fn(App, Mailer, Arc<DueEmail>) -> F,
) -> Result<Vec<impl Future<Output = ()> + Send + 'static>>
where
    F: Future<Output = Delivery> + Send + 'static,
{
    mailer.server.close_idle();
    let emails = app.store.take_emails(app.clock.now(), mailer.until(&app), room).await?;
    let jobs = emails.into_iter().map(|email| {
        let (span, email) = (tracing::error_span!("email", id = email.id), Arc::new(email));
        let work = work(app.clone(), mailer.clone(), email.clone());
        attempt(app.clone(), mailer.clone(), email, work).instrument(span)
    });
    Ok(jobs.collect())
}

async fn attempt(
    app: App,
    mailer: Mailer,
    email: Arc<DueEmail>,
    work: impl Future<Output = Delivery> + Send + 'static,
) {
    let outcome = if never_ends(&email, app.clock.now()) {
        Delivery::GivenUp
    } else {
        let ended = worker::outcome(Deadline::now() + queue(&mailer).limit, async { Ok(work.await) }).await;
        ended.unwrap_or_else(|why| {
            tracing::error!(why, "a try to send an e-mail failed");
            again(&email, app.clock.now())
        })
    };
    match outcome {
        Delivery::Sent => tracing::info!("sent"),
        Delivery::GivenUp => {
            metrics::EMAILS_GIVEN_UP.add(1);
            tracing::error!(tries = email.tries, "alarm: given up");
        }
        Delivery::TryAgain(_) => tracing::warn!(tries = email.tries, "not sent, tried again later"),
    }
    let write = || app.store.end_try(&email.id, outcome, app.clock.now());
    worker::write_down(&app, TASK, mailer.until(&app), write).await;
}

async fn hand_over(app: App, mailer: Mailer, email: Arc<DueEmail>) -> Delivery {
    let mut sending = std::pin::pin!(mailer.send(&email, app.clock.now()));
    loop {
        if let Ok(outcome) = timeout(mailer.patience, &mut sending).await {
            return outcome;
        }
        // If that can't be written, another server may send it too, under the same name.
        _ = app.step(TASK, app.store.hold_email(&email, mailer.until(&app))).await;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn what_an_operator_sets_wrong_is_said() {
        assert!(Mailer::new("http://mail.example", "bills@example.org").is_err());
        assert!(Mailer::new("smtp://mail.example", "bills").is_err());
        assert!(Mailer::new("smtps://user:password@mail.example:465", "Health plan <bills@example.org>").is_ok());
    }
}
