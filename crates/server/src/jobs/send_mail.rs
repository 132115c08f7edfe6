//! Takes letters out of the outbox and hands them to the mail server that the operator named. A letter is marked as sent after the
//! mail server took it, so a crash between the two sends it twice, under one `Message-ID`, and never not at all. A letter that the mail
//! server refuses for good is given up; anything else is tried again, later each time, also where the mail server refuses us. Logs name
//! letters by their id, never an address.
//!
//! Several at once, over SMTP connections that are kept: one hand-over takes some 45 ms even on loopback, whatever the mail server does.
//! lettre writes a message and the dot that ends it in two writes and does not set TCP_NODELAY, so Nagle's algorithm holds the dot back
//! until the other side's delayed acknowledgement (40 ms). The socket can't be reached from here; letters beside it make up for it.

use super::smtp::{MailServer, NotSent};
use crate::{
    alarm::OncePerMinute,
    metrics,
    refusal::{Answer, Error},
    state::App,
    store::outbox::{Due, Outcome},
};
use contract::{Instant, refusal::RefusalCode};
use lettre::{
    Message,
    message::{Mailbox, MultiPart},
};
use std::{sync::Arc, time::Duration};
use tokio::{
    task::JoinSet,
    time::{sleep, timeout},
};
use tracing::Instrument;

const EVERY: Duration = Duration::from_secs(1);
/// Letters that are handed over at the same time, by one server.
const AT_ONCE: usize = 8;
/// After how long a round takes no more letters, and ends.
const ROUND: Duration = Duration::from_secs(30);
/// How long one hand-over may take; a letter is not tried again before twice as long.
const HAND_OVER: Duration = Duration::from_secs(30);
const FIRST_WAIT_MILLIS: i64 = 5_000;
const LONGEST_WAIT_MILLIS: i64 = 3_600_000;
/// A letter that nobody took for this long tells old news: five days, as mail servers do.
const WORTH_SENDING_MILLIS: i64 = 5 * 86_400_000;

/// The operator's mail server, and who the letters are from.
#[derive(Clone)]
pub struct Mailer {
    server: Arc<MailServer>,
    from: Mailbox,
}

impl Mailer {
    /// `smtp://host:port`, `smtps://user:password@host:port`, `smtp://…?tls=required`; the error is a sentence for the operator.
    pub fn new(url: &str, from: &str) -> Result<Self, String> {
        let server = MailServer::of_url(url, HAND_OVER).ok_or("KPPAY_SMTP_URL is not smtp://… or smtps://….")?;
        let from =
            from.parse().map_err(|_| "KPPAY_MAIL_FROM is not an address, such as Health plan <bills@example.org>.")?;
        Ok(Self { server: Arc::new(server), from })
    }

    /// `None` for a letter that can't be written: an address that mail does not know.
    fn message(&self, letter: &Due) -> Option<Message> {
        let domain = self.from.email.domain();
        let message = Message::builder()
            .from(self.from.clone())
            .to(Mailbox::new(None, letter.to.parse().ok()?))
            .subject(letter.subject.clone())
            .message_id(Some(format!("<{}@{domain}>", letter.id.replace(':', "."))))
            .date(std::time::UNIX_EPOCH + Duration::from_millis(u64::try_from(letter.queued_at.millis()).ok()?));
        message.multipart(MultiPart::alternative_plain_html(letter.text.clone(), letter.html.clone())).ok()
    }

    async fn send(&self, letter: &Due, now: Instant) -> Outcome {
        static REFUSED: OncePerMinute = OncePerMinute::new();
        let Some(message) = self.message(letter) else { return Outcome::GivenUp };
        match timeout(HAND_OVER, self.server.hand_over(&message)).await {
            Ok(Ok(())) => return Outcome::Sent,
            Ok(Err(NotSent::Refused)) => return Outcome::GivenUp,
            Ok(Err(NotSent::NotAsked { at, reply: Some(reply @ 500..) })) if REFUSED.is_due() => {
                tracing::error!(at, reply, "alarm: the mail server refuses us: are its URL, name and password right?");
            }
            _ => {}
        }
        if now.millis() - letter.queued_at.millis() > WORTH_SENDING_MILLIS {
            return Outcome::GivenUp;
        }
        Outcome::TryAgain(now.plus_millis(wait_millis(letter.tries)))
    }
}

/// After so many tries: five seconds, then four times as long each time, at most an hour.
fn wait_millis(tries: i64) -> i64 {
    let longer = (1..tries.min(10)).fold(FIRST_WAIT_MILLIS, |wait, _| wait * 4);
    longer.min(LONGEST_WAIT_MILLIS)
}

/// Until the task is dropped.
pub async fn run(app: App, mailer: Mailer) {
    loop {
        let counted = app.step("send_mail", count(&app)).await;
        // Logged by the error itself.
        if counted.and(round(&app, &mailer).await).is_err() {
            tracing::warn!("the outbox could not be read");
        }
        mailer.server.close_idle();
        sleep(EVERY).await;
    }
}

/// For whoever watches: letters that wait longer than a minute want somebody to look after the mail server.
async fn count(app: &App) -> Answer<()> {
    let (letters, oldest) = app.store.letters_waiting().await?;
    metrics::LETTERS_WAITING.set(letters);
    metrics::OLDEST_LETTER.set(oldest.map_or(0, |since| (app.clock.now().millis() - since.millis()).max(0) / 1_000));
    Ok(())
}

/// Tries every letter that is due, once; what is due after half a minute is left to the next round.
pub async fn round(app: &App, mailer: &Mailer) -> Answer<()> {
    let began = std::time::Instant::now();
    let again = i64::try_from(HAND_OVER.as_millis() * 2).unwrap_or(i64::MAX);
    let mut under_way = JoinSet::new();
    let mut ended = Ok(());
    loop {
        let free = AT_ONCE - under_way.len();
        if free > 0 && ended.is_ok() && began.elapsed() < ROUND {
            let now = app.clock.now();
            match app.step("send_mail", app.store.take_letters(now, now.plus_millis(again), free)).await {
                Ok(letters) => {
                    for letter in letters {
                        let span = tracing::error_span!("letter", id = letter.id);
                        under_way.spawn(hand_over(app.clone(), mailer.clone(), letter).instrument(span));
                    }
                }
                // What is on its way is still seen to its end.
                Err(error) => ended = Err(error),
            }
        }
        // A slow one does not keep those waiting that are due meanwhile.
        match timeout(EVERY, under_way.join_next()).await {
            Ok(None) => return ended,
            Ok(Some(Ok(one))) => ended = ended.and(one),
            Ok(Some(Err(_))) => ended = Err(Error::new(RefusalCode::Fault)),
            Err(_) => {}
        }
    }
}

async fn hand_over(app: App, mailer: Mailer, letter: Due) -> Answer<()> {
    let outcome = mailer.send(&letter, app.clock.now()).await;
    app.step("send_mail", app.store.end_try(&letter.id, outcome, app.clock.now())).await?;
    match outcome {
        Outcome::Sent => tracing::info!("sent"),
        Outcome::GivenUp => {
            metrics::LETTERS_GIVEN_UP.add(1);
            tracing::error!(tries = letter.tries, "alarm: given up");
        }
        Outcome::TryAgain(_) => tracing::warn!(tries = letter.tries, "not sent, tried again later"),
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waits_grow_to_an_hour() {
        let waits: Vec<_> = (1..=7).map(|tries| wait_millis(tries) / 1_000).collect();
        assert_eq!(waits, [5, 20, 80, 320, 1_280, 3_600, 3_600]);
        assert_eq!(wait_millis(i64::MAX), LONGEST_WAIT_MILLIS);
    }

    #[tokio::test]
    async fn what_an_operator_sets_wrong_is_said() {
        assert!(Mailer::new("http://mail.example", "bills@example.org").is_err());
        assert!(Mailer::new("smtp://mail.example", "bills").is_err());
        assert!(Mailer::new("smtps://user:password@mail.example:465", "Health plan <bills@example.org>").is_ok());
    }
}
