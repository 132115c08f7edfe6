//! Tries at a password or a code, so limited that nobody can keep an owner out who knows the password.
//!
//! * What failed slows the network it came from, at this account: two seconds, four, eight, up to fifteen minutes. Others are not held up.
//! * An address that tries many accounts has a budget over all of them.
//! * A hundred failures at one account, from wherever, are a siege. From then on a network that is new to the account is not heard at
//!   once but after sixteen seconds, and counts as if it had failed already: an attacker gets one guess from each network and ever
//!   rarer ones, an owner gets in with the second try. A hard end would be kinder to guessers' victims and would let anybody lock
//!   anybody out; so the operator is told instead, by a warning and a metric.
//! * A browser that signed in at this account before, and a session of it, have a budget of their own that nobody else can use up.

use super::{Limits, rules, take, too_many};
use crate::{
    client_address::narrow,
    metrics,
    refusal::{Answer, Error},
    state::State,
    store::limits::{Bucket, Slowdown, Slowed},
};
use std::net::IpAddr;

/// So many failures a network that is new to the account is said to have in a siege: beyond the free ones, so that the wait is 16 s.
const SIEGE: i64 = 6;

/// Where a try at an account comes from.
#[derive(Clone, Copy)]
pub enum Source<'a> {
    Address(IpAddr),
    /// A browser that was signed in at this very account, or a session of it: what names it.
    Known(&'a str),
}

/// Tries at one account from one place. An account that nobody has is slowed like any other.
pub struct Tries {
    slowdown: Slowdown,
    /// What a try from a place that is not known counts by, too.
    account: Option<Bucket>,
    address: Vec<Bucket>,
}

/// One that was counted as failed: of many at the same moment none slips through.
pub struct Tried {
    tries: Tries,
    level: i64,
    is_siege: bool,
}

impl Tries {
    /// `account` is the user ID as it is compared.
    pub fn at(limits: &Limits, account: &str, from: Source<'_>) -> Self {
        match from {
            Source::Known(name) => Self {
                slowdown: limits.slowdown(&rules::SIGN_INS_BY_DEVICE, &format!("{account}\0{name}")),
                account: None,
                address: Vec::new(),
            },
            Source::Address(address) => Self {
                slowdown: limits.slowdown(&rules::SIGN_INS_BY_PAIR, &format!("{account}\0{}", narrow(address))),
                account: Some(limits.bucket(&rules::SIGN_INS_BY_ACCOUNT, account)),
                address: limits.by_address(&rules::SIGN_INS_BY_ADDRESS, address).to_vec(),
            },
        }
    }

    /// Codes of a second factor. A session that waits for one has shown the password: it is no stranger's.
    pub fn of_codes(limits: &Limits, account: &str) -> Self {
        let slowdown = limits.slowdown(&rules::CODES_BY_ACCOUNT, account);
        Self { slowdown, account: None, address: Vec::new() }
    }

    /// Refuses a try that comes too early, and counts any other as failed until it is known to be right.
    pub async fn begin(self, app: &State) -> Answer<Tried> {
        if !self.address.is_empty() {
            take(app, &self.address).await?;
        }
        match self.count(app).await {
            Ok((level, is_siege)) => Ok(Tried { tries: self, level, is_siege }),
            Err(refused) => {
                app.store.give_back(&self.address, app.clock.now()).await?;
                Err(refused)
            }
        }
    }

    async fn count(&self, app: &State) -> Answer<(i64, bool)> {
        let now = app.clock.now();
        let (key, refused) = (&self.slowdown.bucket.key, &app.limits.refused);
        if let Some(wait) = refused.wait(key, now.millis()) {
            return Err(too_many(wait));
        }
        let level = match app.store.slow(&self.slowdown, now).await? {
            Slowed::Counted(level) => level,
            Slowed::TooEarly(wait) => {
                refused.remember(key, now.millis(), wait);
                return Err(too_many(wait));
            }
        };
        let Some(account) = &self.account else { return Ok((level, false)) };
        let is_siege = app.store.take(std::slice::from_ref(account), now).await?.is_err();
        if is_siege && level <= SIEGE {
            metrics::SIEGES.add(1);
            app.store.set_level(&self.slowdown.bucket, SIEGE, now).await?;
            return Err(too_many(self.slowdown.pause_millis(SIEGE)));
        }
        Ok((level, is_siege))
    }

    /// Nobody is made to wait for what was tried from here before.
    pub async fn forgive(&self, app: &State) -> Answer<()> {
        app.limits.refused.forget(&self.slowdown.bucket.key);
        Ok(app.store.forget(&self.slowdown.bucket.key).await?)
    }
}

impl Tried {
    pub async fn was_right(self, app: &State) -> Answer<()> {
        let Self { tries, is_siege, .. } = self;
        tries.forgive(app).await?;
        let counted = tries.account.iter().filter(|_| !is_siege).chain(&tries.address);
        let counted: Vec<Bucket> = counted.cloned().collect();
        if counted.is_empty() { Ok(()) } else { super::give_back(app, &counted).await }
    }

    /// The refusal, with the seconds until the next try is welcome.
    pub fn failed(&self, refusal: Error) -> Error {
        let pause = self.tries.slowdown.pause_millis(self.level);
        Error { retry_after: Some(super::seconds(pause)).filter(|_| pause > 0), ..refusal }
    }
}
