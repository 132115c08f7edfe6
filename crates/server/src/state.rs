//! What every handler shares.

use crate::{clock::Clock, limits::Tries, processor::Processor, settings::Settings, store::Store};
use contract::{Date, Instant, Region, portal::Portal};
use std::sync::Arc;

pub type App = Arc<State>;

pub struct State {
    pub settings: Settings,
    pub portal: Portal,
    pub store: Store,
    pub clock: Clock,
    pub processor: Arc<dyn Processor>,
    pub lookups_by_address: Tries,
    pub lookups_by_bill: Tries,
}

impl State {
    pub fn new(settings: Settings, store: Store, clock: Clock, processor: Arc<dyn Processor>) -> App {
        let capture = contract::portal::Capture {
            url: format!("{}/capture", settings.processor_public_url),
            origin: settings.processor_public_url.clone(),
        };
        let window = settings.limits.lookup_window;
        Arc::new(Self {
            portal: Portal::shipped(capture, settings.demo),
            lookups_by_address: Tries::new(settings.limits.lookups_by_address, window),
            lookups_by_bill: Tries::new(settings.limits.lookups_by_bill, window),
            settings,
            store,
            clock,
            processor,
        })
    }

    pub fn today(&self, region: Region) -> Date {
        crate::clock::day_in(region.time_zone(), self.clock.now())
    }

    /// From when a payment on a bill counts as just made.
    pub fn just_since(&self, now: Instant) -> Instant {
        now.plus_millis(-60_000 * i64::from(self.portal.limits.just_paid_minutes))
    }
}
