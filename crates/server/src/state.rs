//! The application state that every handler and every job shares.

use crate::{
    billing::processor::Processor,
    bounded_pool::BoundedPool,
    clock::Clock,
    error::{Error, Result},
    identity::{
        factors::{seal::Seal, webauthn::Site},
        known_device,
        passwords::Passwords,
    },
    limits::Limits,
    mail::Sender,
    metrics,
    profile::{Profile, SecurityTxt},
    readiness::Readiness,
    settings::Settings,
    store::{Store, verifications::Here},
};
use contract::{Date, Email, Instant, Region, portal::Portal, problem_details::ErrorCode};
use serve::{Tasks, tasks::Timings};
use std::sync::Arc;
use tokio::sync::Notify;

pub type App = Arc<State>;

/// A receipt takes some milliseconds.
const WAITING_FOR_DRAWINGS: usize = 200;

pub struct State {
    pub settings: Settings,
    pub portal: Portal,
    pub security_txt: Option<SecurityTxt>,
    /// Who answers questions about charges; nothing where nobody does by e-mail.
    pub questions_to: Option<Email>,
    pub store: Store,
    pub clock: Clock,
    pub processor: Arc<dyn Processor>,
    pub limits: Limits,
    pub passwords: Passwords,
    /// Receipts are drawn here.
    pub drawing: BoundedPool,
    pub seal: Seal,
    /// Signs the cookies of browsers that signed in before.
    pub known_devices: known_device::Signer,
    /// What passkeys are made for; nothing where this server has no host name.
    pub site: Option<Site>,
    /// Wakes the job worker.
    pub job_queued: Notify,
    /// The background tasks; each timings for others only within a step of its own.
    pub tasks: Arc<Tasks>,
    pub readiness: Readiness,
}

impl State {
    pub fn new(settings: Settings, profile: Profile, store: Store, clock: Clock, processor: Arc<dyn Processor>) -> App {
        let capture = contract::portal::Capture {
            url: format!("{}/capture", settings.processor_public_url),
            origin: settings.processor_public_url.clone(),
        };
        let (security_txt, questions_to) = (profile.security_txt().cloned(), profile.questions_to().cloned());
        let portal = profile.portal(capture, settings.demo);
        let timings = Timings { step: settings.limits.step_time, ..Timings::default() };
        Arc::new(Self {
            site: site(&settings.public_origin, &portal.brand.name),
            portal,
            security_txt,
            questions_to,
            limits: Limits::new(&settings.pepper, settings.limits.tries),
            passwords: Passwords::new(&settings.pepper, heavy_at_once()),
            drawing: BoundedPool::new(heavy_at_once(), WAITING_FOR_DRAWINGS),
            seal: Seal::new(&settings.pepper),
            known_devices: known_device::Signer::new(&settings.pepper),
            job_queued: Notify::new(),
            tasks: Arc::new(Tasks::new(timings, || metrics::TASK_RESTARTS.add(1))),
            readiness: Readiness::default(),
            settings,
            store,
            clock,
            processor,
        })
    }

    /// One step of a background task (`Tasks::step`). What took too long is unavailable.
    pub async fn step<T, E: Into<Error>>(&self, task: &str, work: impl Future<Output = Result<T, E>>) -> Result<T> {
        let done = self.tasks.step(task, work).await;
        done.ok_or_else(|| Error::new(ErrorCode::Unavailable))?.map_err(Into::into)
    }

    /// The job worker looks at once, and not after a second.
    pub fn wake_worker(&self) {
        self.job_queued.notify_one();
    }

    /// The names this service goes by: no password may hold one.
    pub fn service_names(&self) -> [&str; 2] {
        [self.portal.brand.name.as_str(), "kppay"]
    }

    /// Whom e-mails are from.
    pub fn sender(&self) -> Sender<'_> {
        Sender { portal: &self.portal, home: &self.settings.home }
    }

    /// Now, in that region.
    pub fn here(&self, region: Region) -> Here {
        Here { now: self.clock.now(), region }
    }

    pub fn today(&self, region: Region) -> Date {
        crate::clock::day_in(region.time_zone(), self.clock.now())
    }

    /// From which day a bank debit is planned that is agreed to at that moment.
    pub fn debit_day(&self, region: Region, at: Instant) -> Date {
        let local = crate::clock::local_time_in(region.time_zone(), at);
        contract::payment::debit_day(local.date, local.hour, self.portal.limits.bank_debit_cut_off)
    }

    /// From when a payment on a bill counts as just made.
    pub fn just_since(&self, now: Instant) -> Instant {
        now.plus_millis(-60_000 * i64::from(self.portal.limits.just_paid_minutes))
    }
}

/// Browsers make passkeys for host names, not for numbers.
fn site(origin: &str, name: &str) -> Option<Site> {
    let (_, authority) = origin.split_once("://")?;
    let host = authority.rsplit_once(':').map_or(authority, |(host, _)| host);
    let is_name = !authority.starts_with('[') && host.parse::<std::net::Ipv4Addr>().is_err();
    is_name.then(|| Site { id: host.to_owned(), origin: origin.to_owned(), name: name.to_owned() })
}

/// One processor is left for everybody else.
fn heavy_at_once() -> usize {
    std::thread::available_parallelism().map_or(1, |processors| processors.get() - 1).max(1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn passkeys_are_for_host_names() {
        let id = |origin| site(origin, "name").map(|site| site.id);
        assert_eq!(id("https://pay.example.org").as_deref(), Some("pay.example.org"));
        assert_eq!(id("http://localhost:8080").as_deref(), Some("localhost"));
        for origin in ["http://127.0.0.1:8080", "http://127.0.0.1", "http://[::1]:8080", "http://[::1]", ""] {
            assert_eq!(id(origin), None, "{origin}");
        }
    }
}
