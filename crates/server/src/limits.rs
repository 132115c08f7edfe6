//! Rate limits, by address, session, account or statement. All servers count together: the counts are in the database
//! (`store::limits`), under keyed hashes, so that neither an IP address nor an e-mail address is stored.
//!
//! A flood writes nothing: a key that the database refused is refused from memory for some seconds. A correct attempt
//! uses up nothing where that reveals nothing: an attempt is counted first, so that of many concurrent ones none slips
//! through, and given back when it was correct. An attempt that was not judged (the queue was full) is given back, too.
//! At one server that holds for any number of concurrent attempts (`gates`); with several, attempts under way at the
//! others may fill a limit, and a rejection is remembered for five seconds.
//!
//! A limit that a stranger can exhaust for somebody else only delays, or has a way around it: see `sign_ins`.

pub mod charges;
pub mod emails;
mod gates;
mod memory;
pub mod networks;
pub mod rules;
pub mod sign_ins;
pub mod tallies;
pub mod tokens;

use crate::{
    error::{Error, Result},
    state::State,
    store::{
        Tx,
        limits::{Bucket, Full, ProgressiveDelay},
    },
};
use contract::{Instant, problem_details::ErrorCode};
use data_encoding::BASE64URL_NOPAD;
use gates::{NextAttempt, UnderWay, too_slow};
use memory::Memory;
use networks::{narrow, wide};
use ring::hmac;
use rules::{DelayRule, Rule};
use std::net::IpAddr;

/// The limit of a network, as a multiple of an address's.
const WIDER: u32 = 10;

pub struct Limits {
    key: hmac::Key,
    /// No rule allows less than this: for tests of load and conformance.
    least: u32,
    refused: Memory,
    gates: gates::Gates,
    pub tallies: tallies::Tallies,
}

impl Limits {
    pub fn new(pepper: &str, least: u32) -> Self {
        let pepper = hmac::Key::new(hmac::HMAC_SHA256, pepper.as_bytes());
        let made = hmac::sign(&pepper, b"kppay limits");
        Self {
            key: hmac::Key::new(hmac::HMAC_SHA256, made.as_ref()),
            least,
            refused: Memory::default(),
            gates: gates::Gates::default(),
            tallies: tallies::Tallies::default(),
        }
    }

    fn hashed(&self, rule: &str, value: &str) -> String {
        let hash = hmac::sign(&self.key, format!("{rule}\0{value}").as_bytes());
        BASE64URL_NOPAD.encode(hash.as_ref().get(..18).unwrap_or_default())
    }

    pub fn bucket(&self, rule: &Rule, value: &str) -> Bucket {
        self.bucket_of(rule, rule.name, value, 1)
    }

    fn bucket_of(&self, rule: &Rule, name: &str, value: &str, times: u32) -> Bucket {
        let most = i64::from(rule.most.max(self.least).saturating_mul(times)).max(1);
        let step_millis = (rule.window_seconds * 1_000 / most).max(1);
        Bucket { key: self.hashed(name, value), step_millis, span_millis: step_millis * most }
    }

    /// By the address and by the network around it, which has ten times the limit: having many addresses gives no more
    /// attempts.
    pub fn by_address(&self, rule: &Rule, address: IpAddr) -> [Bucket; 2] {
        [self.bucket(rule, &narrow(address)), self.bucket_of(rule, rule.name, &wide(address), WIDER)]
    }

    /// The hashed network of an address, for what is counted later, when the address is not known any more.
    pub fn network(&self, address: IpAddr) -> String {
        self.hashed("network", &wide(address))
    }

    fn delay(&self, rule: &DelayRule, value: &str) -> ProgressiveDelay {
        let key = self.hashed(rule.name, value);
        let step_millis = rule.fades_seconds * 1_000;
        let bucket = Bucket { key, step_millis, span_millis: 0 };
        let delay = ProgressiveDelay { bucket, free: rule.free, longest_millis: rule.longest_seconds * 1_000 };
        let span_millis = (delay.top() + 1) * step_millis;
        ProgressiveDelay { bucket: Bucket { span_millis, ..delay.bucket }, ..delay }
    }

    /// Remembers the rejection for the next attempts.
    fn refused_for(&self, full: &Full, now: Instant) -> Error {
        for (key, wait) in &full.waits {
            self.refused.remember(key, now.millis(), *wait);
        }
        too_many(full.wait_millis)
    }
}

/// Counts a try by all of these, or refuses it and counts nothing.
pub async fn take(app: &State, buckets: &[Bucket]) -> Result<()> {
    if buckets.is_empty() {
        return Ok(());
    }
    check_memory(app, buckets)?;
    let now = app.clock.now();
    app.store.take(buckets, now).await?.map_err(|full| app.limits.refused_for(&full, now))
}

/// Refuses what was refused a moment ago.
fn check_memory(app: &State, buckets: &[Bucket]) -> Result<()> {
    let now = app.clock.now().millis();
    let wait = buckets.iter().filter_map(|bucket| app.limits.refused.wait(&bucket.key, now)).max();
    wait.map_or(Ok(()), |wait| Err(too_many(wait)))
}

/// Waits until it is next at the gates of these, for a try that is given back if it is right.
async fn next(app: &State, buckets: &[Bucket]) -> Result<NextAttempt> {
    let next = app.limits.gates.next(buckets).await.ok_or_else(too_slow)?;
    check_memory(app, buckets)?;
    Ok(next)
}

/// Counts that try. A bucket that is full says little while tries are under way: they may be right and make room. So it
/// waits for one of them after the other, and refuses only what is full with none. Of a crowd one alone does that; who
/// comes behind it is refused from memory.
async fn take_next(app: &State, next: NextAttempt, buckets: &[Bucket]) -> Result<UnderWay> {
    loop {
        let (now, under_way) = (app.clock.now(), next.under_way());
        let Err(mut full) = app.store.take(buckets, now).await? else { return Ok(next.go()) };
        let is_full = |bucket: &Bucket| full.waits.iter().any(|(key, _)| *key == bucket.key);
        let all = buckets.iter().zip(&under_way).enumerate().filter(|(_, (bucket, _))| is_full(bucket));
        let (certain, open): (Vec<_>, Vec<_>) = all.partition(|(_, (_, under_way))| **under_way == 0);
        if !certain.is_empty() {
            full.waits.retain(|(key, _)| certain.iter().any(|(_, (bucket, _))| bucket.key == *key));
            return Err(app.limits.refused_for(&full, now));
        }
        // Without one there is room again since it was taken.
        if let Some((gate, (_, under_way))) = open.first() {
            next.wait(*gate, **under_way - 1).await.ok_or_else(too_slow)?;
        }
    }
}

/// As `take`, in the transaction of what is counted: undone with it, and of many at the same moment none slips through.
pub async fn take_in(app: &State, tx: &mut Tx, buckets: &[Bucket]) -> Result<()> {
    let full = app.store.take_in(tx, buckets, app.clock.now()).await?;
    full.map_err(|full| too_many(full.wait_millis))
}

/// Counts an attempt and judges it with `look`. A wrong one (`None`) is refused; a correct one uses up nothing, and one
/// that could not be judged (an error) doesn't either.
pub async fn judge<T>(
    app: &State,
    buckets: &[Bucket],
    wrong: Error,
    look: impl Future<Output = Result<Option<T>>>,
) -> Result<T> {
    let _under_way = take_next(app, next(app, buckets).await?, buckets).await?;
    match look.await {
        Ok(Some(right)) => {
            give_back(app, buckets).await?;
            Ok(right)
        }
        Ok(None) => Err(wrong),
        Err(error) => {
            _ = give_back(app, buckets).await;
            Err(error)
        }
    }
}

/// Counts work, whatever its result. Work that was not done, for want of room or because of a fault, uses up nothing.
pub async fn work<T>(app: &State, buckets: &[Bucket], work: impl Future<Output = Result<T>>) -> Result<T> {
    take(app, buckets).await?;
    let done = work.await;
    if done.as_ref().is_err_and(Error::is_trouble) {
        _ = give_back(app, buckets).await;
    }
    done
}

/// Gives counts back, and forgets remembered rejections of these keys.
async fn give_back(app: &State, buckets: &[Bucket]) -> Result<()> {
    if buckets.is_empty() {
        return Ok(());
    }
    let given = app.store.give_back(buckets, app.clock.now()).await;
    buckets.iter().for_each(|bucket| app.limits.refused.forget(&bucket.key));
    Ok(given?)
}

fn too_many(wait_millis: i64) -> Error {
    Error::later(ErrorCode::TooMany, seconds(wait_millis))
}

/// Of a wait, rounded up.
fn seconds(millis: i64) -> u32 {
    u32::try_from((millis + 999) / 1_000).unwrap_or(1).max(1)
}
