//! Delivery of the outbox over the operator's mail server: each e-mail is a job in the table `outbox`. An e-mail is
//! marked as sent after the mail server took it, so a crash between the two sends it twice, under one `Message-ID`, but
//! never loses it. An e-mail that the mail server rejects permanently is given up; anything else is retried, later each
//! time, also where the mail server rejects this server. So is one whose try panics or takes too long. One that
//! takes its whole server with it is given up, too: by its tries, which are counted when they begin. Logs name e-mails
//! by their id, never an address.
//!
//! Two of the eight slots are for e-mails with a secret only: a recipient whose mail server hangs holds a slot for
//! minutes, and a password reset does not wait for it.
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
    address,
    alarm::OncePerMinute,
    backoff::Backoff,
    error::Result,
    metrics,
    state::App,
    store::outbox::{Delivery, DueEmail, Emails},
};
use contract::Instant;
use lettre::{
    Message,
    message::{Mailbox, MultiPart},
};
use std::{sync::Arc, time::Duration};
use tokio::time::timeout;
use tracing::Instrument;

/// The name of what a job does with the database. No queue's: that a job goes on does not show that its queue does.
const STEP: &str = "send_an_email";
/// For connecting, and for the commands before the text. A claim holds twice as long, and is renewed while the e-mail
/// is handed over.
const PATIENCE: Duration = Duration::from_secs(30);
const WAIT: Backoff = Backoff { first: 5_000, factor: 4, longest: 3_600_000 };
/// An e-mail that could not be delivered for this long is given up: five days, as mail servers do.
const WORTH_SENDING_MILLIS: i64 = 5 * 86_400_000;
/// With two more for each hour of its age, `WAIT` allows no e-mail as many tries. One with more was tried by servers
/// that were killed before they could write the outcome.
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
            .to(Mailbox::new(None, address::mailed(&email.to).parse().ok()?))
            .subject(email.subject.clone())
            .message_id(Some(format!("<{}@{domain}>", email.id.replace(':', "."))))
            .date(std::time::UNIX_EPOCH + Duration::from_millis(u64::try_from(email.queued_at.millis()).ok()?));
        message.multipart(MultiPart::alternative_plain_html(email.text.clone(), email.html.clone())).ok()
    }

    /// Until then an e-mail that is claimed now is left to the server that claimed it.
    fn claimed_until(&self, app: &App) -> Instant {
        app.clock.now().plus_millis(i64::try_from(self.patience.as_millis() * 2).unwrap_or(i64::MAX))
    }

    async fn send(&self, email: &DueEmail, now: Instant) -> Delivery {
        static REJECTED: OncePerMinute = OncePerMinute::new();
        let Some(message) = self.message(email) else { return Delivery::GivenUp };
        match self.server.hand_over(&email.id, &message, now).await {
            Ok(()) => return Delivery::Sent,
            Err(NotSent::Rejected) => return Delivery::GivenUp,
            Err(NotSent::Deferred { at, reply: Some(reply @ 500..) } | NotSent::Ambiguous { at, reply })
                if REJECTED.is_due() =>
            {
                tracing::error!(
                    at,
                    reply,
                    "alarm: the mail server rejects the sender: are its URL, name and password right?"
                );
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

/// The two queues over the outbox: what one claims the other does not.
pub const QUEUES: [Emails; 2] = [Emails::All, Emails::Secrets];

/// Of its queue, and of its task.
pub const fn name(emails: Emails) -> &'static str {
    match emails {
        Emails::All => "send_mail",
        Emails::Secrets => "send_mail_secrets",
    }
}

fn queue(mailer: &Mailer, emails: Emails) -> Queue {
    let slots = match emails {
        Emails::All => 6,
        Emails::Secrets => 2,
    };
    let limit = smtp::LONGEST_ANSWER + 3 * mailer.patience;
    Queue { name: name(emails), slots, every: Duration::from_secs(1), limit, is_woken: false }
}

pub async fn run(app: App, mailer: Mailer, emails: Emails) {
    let take = |room| take(app.clone(), mailer.clone(), emails, room, hand_over);
    worker::run(&app, queue(&mailer, emails), take).await;
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
    let round = |emails| {
        worker::round(app, queue(mailer, emails), move |room| take(app.clone(), mailer.clone(), emails, room, work))
    };
    let [all, secrets] = QUEUES.map(round);
    let (all, secrets) = tokio::join!(all, secrets);
    all.and(secrets)
}

async fn take<F>(
    app: App,
    mailer: Mailer,
    emails: Emails,
    room: usize,
    work: impl Fn(App, Mailer, Arc<DueEmail>) -> F,
) -> Result<Vec<impl Future<Output = ()> + Send + 'static>>
where
    F: Future<Output = Delivery> + Send + 'static,
{
    mailer.server.close_idle();
    let deadline = Deadline::now() + queue(&mailer, emails).limit;
    let claimed = app.store.claim_emails(emails, room, app.clock.now(), mailer.claimed_until(&app)).await?;
    let jobs = claimed.into_iter().map(|email| {
        let span = tracing::error_span!("job", kind = name(emails), id = email.id, tries = email.tries);
        let email = Arc::new(email);
        let work = work(app.clone(), mailer.clone(), email.clone());
        attempt(app.clone(), mailer.clone(), deadline, email, work).instrument(span)
    });
    Ok(jobs.collect())
}

async fn attempt(
    app: App,
    mailer: Mailer,
    deadline: Deadline,
    email: Arc<DueEmail>,
    work: impl Future<Output = Delivery> + Send + 'static,
) {
    let outcome = if never_ends(&email, app.clock.now()) {
        Delivery::GivenUp
    } else {
        let ended = worker::outcome(deadline, async { Ok(work.await) }).await;
        ended.unwrap_or_else(|error| {
            tracing::error!(error, "a try to send an e-mail failed");
            again(&email, app.clock.now())
        })
    };
    match outcome {
        Delivery::Sent => tracing::info!("sent"),
        Delivery::GivenUp => {
            metrics::EMAILS_GIVEN_UP.add(1);
            tracing::error!(tries = email.tries, "alarm: given up");
        }
        Delivery::TurnedOff => tracing::info!("not sent: its owner turned it off"),
        Delivery::TryAgain(_) => tracing::warn!(tries = email.tries, "not sent, tried again later"),
    }
    let write = || app.store.end_try(&email.id, outcome, app.clock.now());
    worker::write_down(&app, STEP, mailer.claimed_until(&app), write).await;
}

async fn hand_over(app: App, mailer: Mailer, email: Arc<DueEmail>) -> Delivery {
    // Just before it is sent: it may have waited for hours.
    if email.is_by_choice {
        match app.step(STEP, app.store.is_wanted(&email.id)).await {
            Ok(true) => {}
            Ok(false) => return Delivery::TurnedOff,
            Err(_) => return again(&email, app.clock.now()),
        }
    }
    let mut sending = std::pin::pin!(mailer.send(&email, app.clock.now()));
    let mut claimed_until = email.claimed_until;
    loop {
        // From before the claim was made: the database may have taken long over it.
        let left = claimed_until.millis() - app.clock.now().millis();
        let left = Duration::from_millis(u64::try_from(left).unwrap_or(0));
        if let Ok(outcome) = timeout(left.saturating_sub(mailer.patience), &mut sending).await {
            return outcome;
        }
        claimed_until = mailer.claimed_until(&app);
        // If that can't be written, another server may send it too, under the same name.
        _ = app.step(STEP, app.store.hold_email(&email, claimed_until)).await;
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
