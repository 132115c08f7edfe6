//! Reconciliation: the processor's charges are compared with our payments, both ways, once a day by one of the servers
//! and on demand (`kppay-server reconcile`). It changes nothing: each difference is reported in a log line, in metrics
//! and in the exit status.
//!
//! Each difference is checked a second time shortly afterwards, since both sides change meanwhile.
//!
//! A server takes the daily one upon itself for an hour, and for the day only once it has ended: one that is killed, or
//! never ends, is run again, by whichever server.

use super::periodic::Periodic;
use crate::{
    billing::processor::{ListedCharge, ProcessorError},
    error::{Error, Result},
    metrics,
    state::App,
    store::{reconciling::BookedPayment, settle::Verdict},
};
use contract::{Instant, problem_details::ErrorCode};
use std::{
    collections::{HashMap, HashSet},
    time::Duration,
};

/// Its name among the tasks.
const TASK: &str = Periodic::Reconcile.name();
const DAY_MILLIS: i64 = 86_400_000;
/// Debits come back up to 60 days later, and a refund may take a while longer.
const DAILY_WINDOW_MILLIS: i64 = 92 * DAY_MILLIS;
/// One that could not run is tried again this soon.
const RETRY_MILLIS: i64 = 15 * 60_000;
/// For so long a server takes it upon itself.
const CLAIM_MILLIS: i64 = 3_600_000;
/// Shorter, so that no other server runs it meanwhile.
pub const LONGEST: Duration = Duration::from_secs(50 * 60);
/// What is younger may still be under way.
const MIN_AGE_MILLIS: i64 = 5 * 60_000;
/// What both sides need to come to rest before a difference is believed.
pub const PAUSE: Duration = Duration::from_secs(3);

/// How a charge and a payment differ. Ids only.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Difference {
    ChargeWithoutPayment {
        charge: String,
        key: String,
    },
    PaymentWithoutCharge {
        payment: String,
    },
    Amount {
        payment: String,
        charge: String,
    },
    State {
        payment: String,
        charge: String,
    },
    /// Two charges under one key.
    ChargedTwice {
        key: String,
        charges: [String; 2],
    },
    /// The payment names another charge.
    Charge {
        payment: String,
        charge: String,
    },
}

#[derive(Debug)]
pub enum CouldNotRun {
    Processor,
    Database,
    /// Neither refused: one of them took too long.
    TimeOut,
}

impl From<ProcessorError> for CouldNotRun {
    fn from(_: ProcessorError) -> Self {
        Self::Processor
    }
}
impl From<sqlx::Error> for CouldNotRun {
    fn from(error: sqlx::Error) -> Self {
        _ = crate::error::Error::from(error); // logged there
        Self::Database
    }
}

/// Reconciles, if it is time and no other server has taken it. The mark is how servers of an earlier version claim it,
/// too. An error if it could not run.
pub async fn if_due(app: &App) -> Result<()> {
    let now = app.clock.now();
    let since = now.plus_millis(-DAILY_WINDOW_MILLIS);
    if !app.step(TASK, app.store.claim_reconciliation(now, DAY_MILLIS, CLAIM_MILLIS)).await? {
        return Ok(());
    }
    let ended = tokio::time::timeout(LONGEST, reconcile(app, since, PAUSE)).await;
    let (counts_as, ended) = match ended.unwrap_or(Err(CouldNotRun::TimeOut)) {
        Ok(_) => (now, Ok(())),
        Err(cause) => {
            tracing::error!(?cause, "the reconciliation could not run");
            let retry = app.clock.now().plus_millis(RETRY_MILLIS - DAY_MILLIS);
            (retry, Err(Error::new(ErrorCode::Unavailable)))
        }
    };
    if app.step(TASK, app.store.put_reconciliation_off(counts_as)).await.is_err() {
        tracing::warn!("when the next reconciliation is due could not be written: it is in an hour");
    }
    ended
}

/// Updates the gauges with what the last one found, whichever server ran it.
pub async fn count(app: &App) -> Result<(), sqlx::Error> {
    let last = app.store.last_reconciliation().await?;
    metrics::RECONCILED_AT.set(last.ended_at / 1_000);
    metrics::RECONCILE_DIFFERENCES.set(last.differences);
    Ok(())
}

/// Each question by itself, however many there are: the whole may take long.
async fn step<T, E>(app: &App, work: impl Future<Output = Result<T, E>>) -> Result<T, CouldNotRun>
where
    CouldNotRun: From<E>,
{
    Ok(app.tasks.step(TASK, work).await.ok_or(CouldNotRun::TimeOut)??)
}

/// Compares everything made since then.
pub async fn reconcile(app: &App, since: Instant, pause: Duration) -> Result<Vec<Difference>, CouldNotRun> {
    let began = app.clock.now();
    let (suspects, compared) = compare(app, since).await?;
    if !suspects.is_empty() {
        tokio::time::sleep(pause).await;
    }
    let mut differences = Vec::new();
    for suspect in &suspects {
        differences.extend(look_again(app, suspect, began).await?);
    }
    for difference in &differences {
        tracing::error!(?difference, "a charge and a payment differ");
    }
    let found = i64::try_from(differences.len()).unwrap_or(i64::MAX);
    step(app, app.store.reconciled(app.clock.now(), found)).await?;
    metrics::RECONCILE_DIFFERENCES.set(found);
    metrics::RECONCILED_AT.set(app.clock.now().millis() / 1_000);
    tracing::info!(differences = found, compared, "reconciled");
    Ok(differences)
}

/// What has to be looked at once more.
struct Suspect {
    /// The charge's key: a payment's id, if it is one of this server's.
    key: String,
    charge: Option<ListedCharge>,
    /// A charge that was listed before it, under the same key.
    other: Option<String>,
}

/// Keys and names of all charges are kept in memory meanwhile: about two hundred bytes each.
async fn compare(app: &App, since: Instant) -> Result<(Vec<Suspect>, usize), CouldNotRun> {
    let mut suspects = Vec::new();
    let mut keys: HashMap<String, String> = HashMap::new();
    let mut after: Option<String> = None;
    let mut ends = HashSet::new();
    loop {
        let page = step(app, app.processor.charges(after.as_deref(), since)).await?;
        let Some(last) = page.last() else { break };
        if !ends.insert(last.charge.clone()) {
            return Err(CouldNotRun::Processor); // pages that stand still, or go in a circle, would never end
        }
        after = Some(last.charge.clone());
        let ids: Vec<&str> = page.iter().map(|charge| charge.key.as_str()).collect();
        let booked = step(app, app.store.booked(&ids)).await?;
        for charge in page {
            let payment = booked.iter().find(|payment| payment.id == charge.key);
            let first = keys.entry(charge.key.clone()).or_insert_with(|| charge.charge.clone());
            let other = (*first != charge.charge).then(|| first.clone());
            if other.is_some() || difference(payment, Some(&charge)).is_some() {
                suspects.push(Suspect { key: charge.key.clone(), charge: Some(charge), other });
            }
        }
    }
    let mut last = String::new();
    let old = app.clock.now().plus_millis(-MIN_AGE_MILLIS);
    loop {
        let page = step(app, app.store.booked_after(&last, since, old)).await?;
        let Some(end) = page.last() else { break };
        last.clone_from(&end.id);
        let missing = page.into_iter().filter(|payment| !keys.contains_key(&payment.id));
        suspects.extend(missing.map(|payment| Suspect { key: payment.id, charge: None, other: None }));
    }
    Ok((suspects, keys.len()))
}

/// Reads both sides again, the charge by its key. Of two charges under one key that gives only one.
async fn look_again(app: &App, suspect: &Suspect, began: Instant) -> Result<Option<Difference>, CouldNotRun> {
    let twice = |first: &String, listed: &ListedCharge| {
        let charges = [first.clone(), listed.charge.clone()];
        Ok(Some(Difference::ChargedTwice { key: suspect.key.clone(), charges }))
    };
    if let (Some(first), Some(listed)) = (&suspect.other, &suspect.charge) {
        return twice(first, listed);
    }
    let booked = step(app, app.store.booked(&[&suspect.key])).await?;
    let payment = booked.first();
    // Its answer, or its commit, may be on the way.
    let is_young = |at: Instant| at > began.plus_millis(-MIN_AGE_MILLIS);
    if payment.is_some_and(|payment| payment.is_running && is_young(payment.created_at)) {
        return Ok(None);
    }
    let found = app.tasks.step(TASK, app.processor.charge_of(&suspect.key)).await.ok_or(CouldNotRun::TimeOut)?;
    if let (Ok(Some(Verdict { charge: Some(first), .. })), Some(listed)) = (&found, &suspect.charge)
        && *first != listed.charge
    {
        return twice(first, listed);
    }
    let charge = match (found, &suspect.charge) {
        (Ok(Some(verdict)), listed) => Some(ListedCharge {
            charge: verdict.charge.unwrap_or_default(),
            key: suspect.key.clone(),
            cents: (verdict.cents)
                .or(listed.as_ref().map(|listed| listed.cents))
                .or(payment.map(|payment| payment.cents))
                .unwrap_or(0),
            state: Some(verdict.state),
            made_at: listed.as_ref().map_or(began, |listed| listed.made_at),
        }),
        (Ok(None), _) => None,
        // A key or a state that is not this server's can't be asked for: what was listed stands.
        (Err(_), Some(listed)) => Some(listed.clone()),
        (Err(error), None) => return Err(error.into()),
    };
    Ok(difference(payment, charge.as_ref()))
}

fn difference(payment: Option<&BookedPayment>, charge: Option<&ListedCharge>) -> Option<Difference> {
    let (payment, charge) = match (payment, charge) {
        (None, None) => return None,
        (None, Some(ListedCharge { charge, key, .. })) => {
            return Some(Difference::ChargeWithoutPayment { charge: charge.clone(), key: key.clone() });
        }
        (Some(payment), None) => return Some(Difference::PaymentWithoutCharge { payment: payment.id.clone() }),
        (Some(payment), Some(charge)) => (payment, charge),
    };
    let names = || (payment.id.clone(), charge.charge.clone());
    if payment.cents != charge.cents {
        let (payment, charge) = names();
        return Some(Difference::Amount { payment, charge });
    }
    if charge.state != Some(payment.state) || payment.is_running {
        let (payment, charge) = names();
        return Some(Difference::State { payment, charge });
    }
    if payment.charge.as_ref().is_some_and(|of| *of != charge.charge) {
        let (payment, charge) = names();
        return Some(Difference::Charge { payment, charge });
    }
    None
}
