//! Limits on charges that are declined: who tries cards that are not theirs has many of those. Only a declined charge
//! counts; anyone who pays is not held up. A guest shows a statement and counts with all others who do; a member counts
//! by account, so that anyone who tries cards with a statement uses up nothing of the member's whose statement it is.
//!
//! The count is looked at before the processor is asked and written right after the verdict that declines, no matter
//! who received it: the call that asked, the task that asked again, an event. Not in the verdict's own transaction,
//! where two at the same moment would give each other up. So a payment that goes through costs one read and no write.
//! The payment's row knows its session, account and membership, and not the address: that is counted by the call, if it
//! is still there.
//!
//! What keeps many tries at the same moment from slipping through are gates (`gates`), one for each bucket: the
//! session's, the account's or, for all guests together, the membership's, the address's and its network's. A charge is
//! let through if all that are under way could be declined, and this one as well, and the limit would hold; otherwise
//! it waits until some are judged. So at one server never more are declined than a limit says, and nobody waits while
//! nothing was declined and fewer are under way than may be.
//!
//! Gates are each server's own. With several, a limit can be overrun by what is under way at the others when it is
//! reached: by at most as many as the limit itself for each other server. And a charge that was not judged when its
//! call ended, since the processor did not answer, is under way no longer: it counts when its verdict is received, and
//! then not for the address.

use super::{
    Limits,
    gates::{UnderWay, too_slow},
    rules,
};
use crate::{
    error::{Error, Result},
    state::State,
    store::{initiators::Initiator, limits::Bucket},
};
use contract::payment::{Failure, PaymentState};
use std::net::IpAddr;

/// A charge that may be tried now.
pub struct Turn {
    address: Vec<Bucket>,
    _under_way: UnderWay,
}

/// The buckets of the payer, apart from the address: a schedule and a rule count for the account that made them.
fn own(limits: &Limits, initiator: &Initiator, membership: &str) -> Vec<Bucket> {
    let whose = match initiator.account() {
        Some(account) => limits.bucket(&rules::CHARGES_BY_ACCOUNT, account),
        None => limits.bucket(&rules::CHARGES_BY_MEMBERSHIP, membership),
    };
    let session = initiator.session().map(|session| limits.bucket(&rules::CHARGES_BY_SESSION, session));
    session.into_iter().chain([whose]).collect()
}

/// Waits for a turn, or refuses one more try.
pub async fn turn(app: &State, initiator: &Initiator, membership: &str, address: Option<IpAddr>) -> Result<Turn> {
    let limits = &app.limits;
    let own = own(limits, initiator, membership);
    let address = address.map(|address| limits.by_address(&rules::CHARGES_BY_ADDRESS, address));
    let address: Vec<_> = address.into_iter().flatten().collect();
    let all: Vec<_> = own.iter().chain(&address).cloned().collect();
    // In the usual case there is room everywhere, and one look is enough.
    let mut next = limits.gates.next(&all).await.ok_or_else(too_slow)?;
    let under_way = next.under_way();
    if under_way.iter().zip(room(app, &all).await?).all(|(under_way, room)| *under_way <= room) {
        return Ok(Turn { address, _under_way: next.go() });
    }
    next.leave();
    // Otherwise gate by gate: who waits at that of a session is not yet in the queue of its network, and keeps nobody
    // there waiting.
    for (gate, bucket) in all.iter().enumerate() {
        next.enter(&limits.gates, bucket).await.ok_or_else(too_slow)?;
        loop {
            let under_way = next.under_way().pop().unwrap_or_default();
            let room = room(app, std::slice::from_ref(bucket)).await?.pop().unwrap_or_default();
            if under_way <= room {
                break;
            }
            next.wait(gate, room).await.ok_or_else(too_slow)?;
        }
    }
    Ok(Turn { address, _under_way: next.go() })
}

/// How many others may be under way through the gate of each, so that one more fits beside all of them. None is
/// negative: otherwise it is refused.
async fn room(app: &State, buckets: &[Bucket]) -> Result<Vec<i64>> {
    let filled = app.store.look(buckets, app.clock.now()).await?.map_err(|full| super::too_many(full.wait_millis))?;
    Ok(buckets.iter().zip(filled).map(|(bucket, filled)| bucket.room(filled) - 1).collect())
}

impl Turn {
    /// What the processor answered was written. Money may have moved: what goes wrong here is logged, and is no answer
    /// to anyone who pays.
    pub async fn end(self, app: &State, is_declined: bool) {
        if is_declined
            && !self.address.is_empty()
            && let Err(error) = app.store.count(&self.address, app.clock.now()).await
        {
            _ = Error::from(error);
        }
    }
}

/// A payment came to a new state. Each is declined at most once, so it is counted once.
pub async fn count_outcome(app: &State, payment: &str, state: PaymentState, failure: Option<Failure>) {
    let is_declined = state.is_declined(failure);
    if matches!(state, PaymentState::Paid | PaymentState::Failed) {
        app.limits.tallies.add(super::tallies::Kind::Charges, is_declined);
    }
    if is_declined && let Err(error) = count(app, payment).await {
        _ = Error::from(error);
    }
}

async fn count(app: &State, payment: &str) -> Result<(), sqlx::Error> {
    let Some(made_by) = app.store.made_by(payment).await? else { return Ok(()) };
    let counted_by = own(&app.limits, &made_by.initiator, &made_by.membership);
    app.store.count(&counted_by, app.clock.now()).await
}
