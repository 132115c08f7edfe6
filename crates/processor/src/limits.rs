//! Rate limits by address, in five minutes: on tokens, and on questions whether a card is a credit card. An attacker
//! who tries stolen numbers needs one for each; a person needs a few. Bounded: when very many addresses ask at once,
//! those that come last share one budget.

use serve::client_address::subscriber;
use std::{
    collections::HashMap,
    net::{IpAddr, Ipv4Addr},
    sync::{Mutex, PoisonError},
    time::{Duration, Instant},
};

const WINDOW: Duration = Duration::from_secs(300);
const MOST_ADDRESSES: usize = 50_000;
/// Who comes when there is no room for another address.
const EVERYBODY_ELSE: IpAddr = IpAddr::V4(Ipv4Addr::UNSPECIFIED);

pub struct AddressLimit {
    most: u32,
    window: Mutex<Window>,
}

struct Window {
    began: Instant,
    made: HashMap<IpAddr, u32>,
}

impl AddressLimit {
    pub fn new(most: u32) -> Self {
        Self { most, window: Mutex::new(Window { began: Instant::now(), made: HashMap::new() }) }
    }

    /// Counts this try; refused tries count, too.
    pub fn may(&self, address: IpAddr) -> bool {
        self.may_at(address, Instant::now())
    }

    fn may_at(&self, address: IpAddr, now: Instant) -> bool {
        let mut window = self.window.lock().unwrap_or_else(PoisonError::into_inner);
        if now.duration_since(window.began) >= WINDOW {
            *window = Window { began: now, made: HashMap::new() };
        }
        let mut whose = subscriber(address);
        if !window.made.contains_key(&whose) && window.made.len() >= MOST_ADDRESSES {
            whose = EVERYBODY_ELSE;
        }
        let made = window.made.entry(whose).or_default();
        *made = made.saturating_add(1);
        *made <= self.most
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_makes_so_many_in_a_window_and_others_have_theirs() {
        let (makers, now) = (AddressLimit::new(2), Instant::now());
        let of = |text: &str, now| makers.may_at(text.parse().unwrap(), now);
        assert_eq!([(); 3].map(|()| of("2001:db8::1", now)), [true, true, false]);
        assert!(!of("2001:db8::2", now), "a /64 is one");
        assert!(of("192.0.2.1", now));
        assert!(of("2001:db8::1", now + WINDOW));
    }

    #[test]
    fn memory_is_bounded_whoever_asks() {
        let (makers, now) = (AddressLimit::new(1), Instant::now());
        let of = |number: u32| makers.may_at(IpAddr::V4(number.into()), now);
        for number in 0..u32::try_from(MOST_ADDRESSES).unwrap() {
            assert!(of(0x0100_0000 + number));
        }
        assert!(of(0x0200_0000), "one for all the others");
        assert!(!of(0x0200_0001));
        assert!(makers.window.lock().unwrap().made.len() <= MOST_ADDRESSES + 1);
    }
}
