//! Rate limits on password and code attempts, made so that nobody can lock out an owner who knows the password.
//!
//! * What failed slows the network it came from, at this account: two seconds, four, eight, up to fifteen minutes.
//!   Others are not held up.
//! * An address (IPv4, IPv6 /64) that tries many accounts has a budget over all of them.
//! * A hundred failures at one account, from wherever, are an attack. From then on a network that is new to the account
//!   is not answered at once but after sixteen seconds, and counts as if it had failed already: an attacker gets one
//!   guess from each network and ever rarer ones, an owner gets in with the second try. A hard end would be kinder to
//!   guessers' victims and would let anybody lock anybody out; so the operator learns of it instead, by a warning and a
//!   metric.
//! * The network around an address (/24, /48) has ten times an address's budget. It has many customers, so that one who
//!   uses it up puts the others into an attack, too, and keeps none of them out.
//! * A browser that signed in at this account before, and a session of it, have a budget of their own that nobody else
//!   can use up.

use super::{Limits, gates::UnderWay, next, rules, take_next, too_many};
use crate::{
    error::{Error, Result},
    limits::networks::narrow,
    metrics,
    state::State,
    store::limits::{Bucket, DelayResult, ProgressiveDelay},
};
use contract::{Instant, UserId};
use std::net::IpAddr;

/// So many failures a network that is new to the account is said to have under attack: beyond the free ones, so that
/// the wait is 16 s.
const FAILURES_UNDER_ATTACK: i64 = 6;

/// Where a try at an account comes from.
#[derive(Clone, Copy)]
pub enum Source<'a> {
    Address(IpAddr),
    /// A browser that was signed in at this very account, or a session of it: what names it.
    Known(&'a str),
}

/// The attempts at one account from one source. An account that does not exist is limited like any other.
pub struct SignInAttempts {
    delay: ProgressiveDelay,
    /// What the address is counted by, over all accounts: none for a place that is known.
    own: Option<Bucket>,
    /// What strangers fill as well, the account and the network around: when one of them is full, it is an attack.
    shared: Vec<Bucket>,
}

/// What a try was counted by so far.
#[derive(Default)]
struct LimitState {
    counted_by: Vec<Bucket>,
    is_attack: bool,
    under_way: Option<UnderWay>,
}

/// One that was counted as failed: of many at the same moment none slips through.
struct CountedAttempt {
    tries: SignInAttempts,
    /// The number of attempts that are not forgotten, with this one; and when it was counted.
    level: i64,
    at: Instant,
    /// Of `own` and `shared`, those in which it was counted.
    counted_by: Vec<Bucket>,
    _under_way: Option<UnderWay>,
}

impl SignInAttempts {
    pub fn at(limits: &Limits, account: &UserId, from: Source<'_>) -> Self {
        let account = crate::address::compared(account);
        match from {
            Source::Known(name) => Self {
                delay: limits.delay(&rules::SIGN_INS_BY_DEVICE, &format!("{account}\0{name}")),
                own: None,
                shared: Vec::new(),
            },
            Source::Address(address) => {
                let [own, around] = limits.by_address(&rules::SIGN_INS_BY_ADDRESS, address);
                Self {
                    delay: limits.delay(&rules::SIGN_INS_BY_PAIR, &format!("{account}\0{}", narrow(address))),
                    own: Some(own),
                    shared: vec![limits.bucket(&rules::SIGN_INS_BY_ACCOUNT, &account), around],
                }
            }
        }
    }

    /// Codes of a second factor. A session that waits for one has shown the password: it is no stranger's.
    pub fn of_codes(limits: &Limits, account: &str) -> Self {
        let delay = limits.delay(&rules::CODES_BY_ACCOUNT, account);
        Self { delay, own: None, shared: Vec::new() }
    }

    /// Counts an attempt as failed and judges it with `look`. A wrong one (`None`) is refused with the seconds until
    /// the next one is allowed; a correct one uses up nothing. An error means that it was not judged, and uses up
    /// nothing either: a full queue must not lock an owner out.
    pub async fn judge<T>(self, app: &State, wrong: Error, look: impl Future<Output = Result<Option<T>>>) -> Result<T> {
        let tried = self.begin(app).await?;
        match look.await {
            Ok(Some(right)) => {
                tried.was_right(app).await?;
                Ok(right)
            }
            Ok(None) => Err(tried.failed(wrong)),
            Err(error) => {
                tried.was_not_judged(app).await;
                Err(error)
            }
        }
    }

    /// Refuses a try that comes too early, and counts any other as failed until it is known to be right.
    async fn begin(self, app: &State) -> Result<CountedAttempt> {
        if let Some(wait) = app.limits.refused.wait(&self.delay.bucket.key, app.clock.now().millis()) {
            return Err(too_many(wait));
        }
        let LimitState { counted_by, is_attack, under_way } = self.take(app).await?;
        let at = app.clock.now();
        let slowed = app.store.slow(&self.delay, at).await;
        let Ok(DelayResult::Counted(level)) = slowed else {
            super::give_back(app, &counted_by).await?;
            return Err(match slowed {
                Ok(DelayResult::TooEarly(wait)) => {
                    app.limits.refused.remember(&self.delay.bucket.key, at.millis(), wait);
                    too_many(wait)
                }
                Ok(DelayResult::Counted(_)) => Error::fault(),
                Err(error) => error.into(),
            });
        };
        let mut tried = CountedAttempt { tries: self, level, at, counted_by, _under_way: under_way };
        if !is_attack {
            return Ok(tried);
        }
        match tried.delay_under_attack(app).await {
            Ok(None) => Ok(tried),
            Ok(Some(wait)) => {
                super::give_back(app, &tried.counted_by).await?;
                Err(too_many(wait))
            }
            Err(error) => {
                tried.was_not_judged(app).await;
                Err(error.into())
            }
        }
    }

    /// Counts the attempt by address and, in the same statement, in the buckets that strangers fill as well. If one of
    /// those is full, it is a attack, and the attempt is counted by its address alone. The address has a gate: correct
    /// attempts there do not delay each other.
    async fn take(&self, app: &State) -> Result<LimitState> {
        let Some(own) = &self.own else { return Ok(LimitState::default()) };
        let own = std::slice::from_ref(own);
        let next = next(app, own).await?;
        let all: Vec<_> = self.shared.iter().chain(own).cloned().collect();
        if app.store.take(&all, app.clock.now()).await?.is_ok() {
            return Ok(LimitState { counted_by: all, is_attack: false, under_way: Some(next.go()) });
        }
        let under_way = Some(take_next(app, next, own).await?);
        Ok(LimitState { counted_by: own.to_vec(), is_attack: true, under_way })
    }

    /// Nobody is made to wait for what was tried from here before.
    pub async fn forgive(&self, app: &State) -> Result<()> {
        app.limits.refused.forget(&self.delay.bucket.key);
        Ok(app.store.forget(&self.delay.bucket.key).await?)
    }
}

impl CountedAttempt {
    /// Counts it in what strangers fill as well, where there is room. Gives the milliseconds to wait if it is not to be
    /// answered yet.
    async fn delay_under_attack(&mut self, app: &State) -> Result<Option<i64>, sqlx::Error> {
        let SignInAttempts { delay, shared, .. } = &self.tries;
        let Err(full) = app.store.take(shared, self.at).await? else {
            self.counted_by.extend(shared.iter().cloned());
            return Ok(None);
        };
        if self.level <= FAILURES_UNDER_ATTACK {
            metrics::SIGN_INS_DELAYED.add(1);
            app.store.set_level(&delay.bucket, FAILURES_UNDER_ATTACK, self.at).await?;
            return Ok(Some(delay.pause_millis(FAILURES_UNDER_ATTACK)));
        }
        // It is judged, and counts where there is room.
        let is_full = |bucket: &Bucket| full.waits.iter().any(|(key, _)| *key == bucket.key);
        let room: Vec<_> = shared.iter().filter(|bucket| !is_full(bucket)).cloned().collect();
        if !room.is_empty() && app.store.take(&room, self.at).await?.is_ok() {
            self.counted_by.extend(room);
        }
        Ok(None)
    }

    /// Nothing is used up, and what was tried from here before is forgotten.
    async fn was_right(mut self, app: &State) -> Result<()> {
        let delay = &self.tries.delay.bucket;
        app.limits.refused.forget(&delay.key);
        // All that it may hold.
        self.counted_by.push(Bucket { step_millis: delay.span_millis, ..delay.clone() });
        super::give_back(app, &self.counted_by).await
    }

    /// The error, with the seconds until the next attempt is allowed.
    fn failed(&self, error: Error) -> Error {
        let pause = self.tries.delay.pause_millis(self.level);
        Error { retry_after: Some(super::seconds(pause)).filter(|_| pause > 0), ..error }
    }

    /// As if it had not come. What goes wrong here is logged: why it was not judged is the answer.
    async fn was_not_judged(self, app: &State) {
        let delay = &self.tries.delay;
        app.limits.refused.forget(&delay.bucket.key);
        _ = super::give_back(app, &self.counted_by).await;
        _ = app.store.take_back(delay, self.level, self.at).await.map_err(Error::from);
    }
}
