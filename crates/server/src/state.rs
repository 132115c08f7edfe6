//! What every handler shares.

use crate::{
    clock::Clock,
    factors::{passkeys::Site, seal::Seal},
    known_device,
    limits::{Slowdown, Tries},
    passwords::Passwords,
    processor::Processor,
    settings::Settings,
    store::Store,
};
use contract::{Date, Instant, Region, portal::Portal};
use std::{sync::Arc, time::Duration};
use tokio::sync::Notify;

pub type App = Arc<State>;

pub struct State {
    pub settings: Settings,
    pub portal: Portal,
    pub store: Store,
    pub clock: Clock,
    pub processor: Arc<dyn Processor>,
    pub lookups_by_address: Tries,
    pub lookups_by_bill: Tries,
    pub passwords: Passwords,
    pub sign_ins: SignIns,
    /// Wrong codes of one account, wherever they come from: a code has six digits, so there must not be many.
    pub codes: Slowdown,
    pub seal: Seal,
    /// Signs the cookies of browsers that signed in before.
    pub known_devices: known_device::Signer,
    /// What passkeys are made for; nothing where this server has no host name.
    pub site: Option<Site>,
    /// Letters that one address may cause.
    pub letters_by_address: Tries,
    /// Letters about a new address that one session may ask for.
    pub letters_by_session: Tries,
    /// Wakes whoever runs errands.
    pub errands: Notify,
}

/// How failed sign-ins are slowed: hard for one address at one account, gently for an account wherever it is tried from, so that
/// nobody can keep its owner out, and for an address that tries many accounts.
pub struct SignIns {
    pub of_pair: Slowdown,
    pub of_account: Slowdown,
    pub of_address: Slowdown,
}

impl Default for SignIns {
    fn default() -> Self {
        let minutes = |count: u64| Duration::from_secs(60 * count);
        Self {
            of_pair: Slowdown::new(3, 900, minutes(20)),
            of_account: Slowdown::new(10, 30, minutes(20)),
            of_address: Slowdown::new(30, 300, minutes(2)),
        }
    }
}

impl State {
    pub fn new(settings: Settings, store: Store, clock: Clock, processor: Arc<dyn Processor>) -> App {
        let capture = contract::portal::Capture {
            url: format!("{}/capture", settings.processor_public_url),
            origin: settings.processor_public_url.clone(),
        };
        let window = settings.limits.lookup_window;
        let portal = Portal::shipped(capture, settings.demo);
        Arc::new(Self {
            site: site(&settings.public_origin, &portal.brand.name),
            portal,
            lookups_by_address: Tries::new(settings.limits.lookups_by_address, window),
            lookups_by_bill: Tries::new(settings.limits.lookups_by_bill, window),
            letters_by_address: Tries::new(settings.limits.letters_by_address, window),
            letters_by_session: Tries::new(3, window),
            passwords: Passwords::new(&settings.pepper, hashed_at_once()),
            sign_ins: SignIns::default(),
            codes: Slowdown::new(5, 900, Duration::from_secs(20 * 60)),
            seal: Seal::new(&settings.pepper),
            known_devices: known_device::Signer::new(&settings.pepper),
            errands: Notify::new(),
            settings,
            store,
            clock,
            processor,
        })
    }

    /// The names this service goes by: no password may hold one.
    pub fn service_names(&self) -> [&str; 2] {
        [self.portal.brand.name.as_str(), "kppay"]
    }

    pub fn today(&self, region: Region) -> Date {
        crate::clock::day_in(region.time_zone(), self.clock.now())
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
fn hashed_at_once() -> usize {
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
