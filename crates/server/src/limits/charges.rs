//! Limits on charges that are declined: who tries cards that are not theirs has many of those. Only a declined charge counts; whoever
//! pays is not held up. A guest shows a statement and counts with all others who do; a member counts by account, so that whoever tries
//! cards with a statement uses up nothing of the member's whose statement it is.
//!
//! The count is looked at before the processor is asked and written right after the verdict that declines, whoever heard it: the call
//! that asked, the task that asked again, an event. Not in the verdict's own transaction, where two at the same moment would give
//! each other up. So a payment that goes through costs one read and no write. The payment's row knows its session, account and
//! membership, and not the address: that is counted by the call, if it is still there.
//! What keeps many tries at the same moment from slipping through is a gate for each account, and one for the guests
//! of each membership: as many charges at a time as may fail, and one at a time once one has failed. Gates are this server's own: with two servers the limit can be
//! overrun once by what goes through the other one's gate. An address has no gate, or a clinic's network would wait for itself; what it
//! can overrun is bounded by the gates of the memberships it knows.

use super::{Limits, rules};
use crate::{
    refusal::{Answer, Error},
    state::State,
    store::{
        limits::{Bucket, Full},
        sessions::Session,
    },
};
use contract::{
    payment::{Failure, PaymentState},
    refusal::RefusalCode,
};
use std::{
    collections::HashMap,
    net::IpAddr,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// Through a gate at a time, while nothing was declined: as many as one session may have declined.
const ABREAST: u32 = rules::CHARGES_BY_SESSION.most;
/// Nobody waits longer at a gate. It is less than a lock's time-out, so that whoever stands behind payments that wait for a lock does
/// not then wait for the lock, too.
const PATIENCE: Duration = Duration::from_secs(4);

type Open = HashMap<String, Arc<Semaphore>>;

#[derive(Clone, Default)]
pub struct Gates {
    open: Arc<Mutex<Open>>,
}

/// A charge that may be tried now.
pub struct Turn {
    address: [Bucket; 2],
    _passed: Passed,
}

struct Passed {
    gates: Gates,
    name: String,
    permit: Option<OwnedSemaphorePermit>,
}

impl Gates {
    async fn pass(&self, name: &str, abreast: u32) -> Option<Passed> {
        let gate = {
            let mut open = self.open.lock().unwrap_or_else(PoisonError::into_inner);
            let gate = open.entry(name.to_owned()).or_insert_with(|| Arc::new(Semaphore::new(ABREAST as usize)));
            Arc::clone(gate)
        };
        let mut passed = Passed { gates: self.clone(), name: name.to_owned(), permit: None };
        passed.permit = tokio::time::timeout(PATIENCE, gate.acquire_many_owned(abreast)).await.ok()?.ok();
        passed.permit.is_some().then_some(passed)
    }
}

impl Drop for Passed {
    fn drop(&mut self) {
        self.permit = None;
        let mut open = self.gates.open.lock().unwrap_or_else(PoisonError::into_inner);
        if open.get(&self.name).is_some_and(|gate| Arc::strong_count(gate) == 1) {
            open.remove(&self.name);
        }
    }
}

/// What is counted for whoever pays, wherever they are.
fn own(limits: &Limits, session: &str, account: Option<&str>, membership: &str) -> [Bucket; 2] {
    let whose = match account {
        Some(account) => limits.bucket(&rules::CHARGES_BY_ACCOUNT, account),
        None => limits.bucket(&rules::CHARGES_BY_MEMBERSHIP, membership),
    };
    [limits.bucket(&rules::CHARGES_BY_SESSION, session), whose]
}

/// Waits for a turn, or refuses one more try.
pub async fn turn(app: &State, session: &Session, address: IpAddr) -> Answer<Turn> {
    let limits = &app.limits;
    let account = session.member.as_ref().map(|member| member.account.as_str());
    let own = own(limits, &session.id, account, &session.membership.id);
    let address = limits.by_address(&rules::CHARGES_BY_ADDRESS, address);
    let all: Vec<_> = own.iter().chain(&address).cloned().collect();
    let mut abreast = 1;
    loop {
        let passed = limits.gates.pass(account.unwrap_or(&session.membership.id), abreast).await;
        let passed = passed.ok_or_else(|| Error::later(RefusalCode::Unavailable, 5))?;
        let now = app.clock.now();
        let filled = app.store.look(&all, now).await?.map_err(|full: Full| super::too_many(full.wait_millis))?;
        if abreast == ABREAST || filled.iter().take(own.len()).all(|filled| *filled == 0) {
            return Ok(Turn { address, _passed: passed });
        }
        abreast = ABREAST;
    }
}

impl Turn {
    /// What the processor answered was written. Money may have moved: what goes wrong here is logged, and is no answer to whoever pays.
    pub async fn end(self, app: &State, is_declined: bool) {
        if is_declined && let Err(error) = app.store.count(&self.address, app.clock.now()).await {
            _ = Error::from(error);
        }
    }
}

/// A payment came to a new state. Each is declined at most once, so it is counted once.
pub async fn came_to(app: &State, payment: &str, state: PaymentState, failure: Option<Failure>) {
    let is_declined = state == PaymentState::Failed && failure.is_some_and(Failure::is_of_bank);
    if matches!(state, PaymentState::Paid | PaymentState::Failed) {
        app.limits.tallies.add(super::tallies::Kind::Charges, is_declined);
    }
    if is_declined && let Err(error) = count(app, payment).await {
        _ = Error::from(error);
    }
}

async fn count(app: &State, payment: &str) -> Result<(), sqlx::Error> {
    let Some(payer) = app.store.payer(payment).await? else { return Ok(()) };
    let counted_by = own(&app.limits, &payer.session, payer.account.as_deref(), &payer.membership);
    app.store.count(&counted_by, app.clock.now()).await
}
