//! Limits on e-mails: how many of a kind go to an address in an hour and in a day. Counted in the outbox, under a lock
//! of the membership or account they are about: of two at the same moment none slips through.
//!
//! Links to the address on file are counted by the network that asked for them: a stranger with a statement can name
//! that address as well as its owner can, and their links, which ask for the stranger's password, must not use up the
//! owner's. For all networks together there is a bound so wide that it takes several to reach it. An address counts in
//! the form in which it is compared (`address`).

use super::rules;
use crate::{
    error::Result,
    state::State,
    store::{Tx, outbox},
};
use contract::{Email, Instant};

const HOUR_MILLIS: i64 = 3_600_000;
const DAY_MILLIS: i64 = 24 * HOUR_MILLIS;
/// E-mails with links that the registrations of one membership send in a day, but for the address on file: a statement
/// is no way to write to strangers.
pub const MOST_LINKS: i64 = 20;

/// E-mails of one kind about one thing to one address.
#[derive(Clone, Copy)]
pub struct Limit {
    kind: &'static str,
    an_hour: i64,
    a_day: i64,
}

pub const LINK: Limit = Limit { kind: "link", an_hour: 4, a_day: 12 };
pub const CODE: Limit = Limit { kind: "code", an_hour: 4, a_day: 12 };
pub const MOVED: Limit = Limit { kind: "moved", an_hour: 1, a_day: 3 };
pub const REGISTERED: Limit = Limit { kind: "registered", an_hour: 4, a_day: 12 };
pub const REMINDER: Limit = Limit { kind: "reminder", an_hour: 4, a_day: 12 };
/// No limit by the day: its links live half an hour, and its owner may be in need of one.
pub const RESET: Limit = Limit { kind: "reset", an_hour: 4, a_day: i64::MAX };
/// About an account: queued by `identity::sign_in`, in the transaction of the sign-in.
pub const NEW_DEVICE: Limit = Limit { kind: "new device", an_hour: 4, a_day: 12 };
/// About a payment: a browser that is new opened its receipt.
pub const RECEIPT_OPENED: Limit = Limit { kind: "receipt opened", an_hour: 4, a_day: 12 };

impl Limit {
    /// What such an e-mail is queued with, so that it is counted with its like and takes nothing from others.
    pub fn cause(self, about: &str) -> String {
        format!("{} {about}", self.kind)
    }

    /// Whether one more may be sent. With what it is about locked: of two at the same moment none slips through.
    pub async fn may_post(self, tx: &mut Tx, about: &str, to: &Email, now: Instant) -> Result<bool> {
        let cause = self.cause(about);
        for (most, millis) in [(self.an_hour, HOUR_MILLIS), (self.a_day, DAY_MILLIS)] {
            if outbox::queued_since(tx, &cause, Some(to), now.plus_millis(-millis)).await? >= most {
                return Ok(false);
            }
        }
        Ok(true)
    }
}

/// Counts one more link of a registration to the address on file, if there may be one: `of` is the membership and the
/// network.
pub async fn may_link_on_file(app: &State, tx: &mut Tx, of: (&str, &str), now: Instant) -> Result<bool> {
    let (membership, network) = of;
    let of_network = format!("{membership}\0{network}");
    let buckets = [
        app.limits.bucket(&rules::LINKS_ON_FILE, membership),
        app.limits.bucket(&rules::LINKS_ON_FILE_BY_NETWORK, &of_network),
        app.limits.bucket(&rules::LINKS_ON_FILE_BY_NETWORK_A_DAY, &of_network),
    ];
    Ok(app.store.take_in(tx, &buckets, now).await?.is_ok())
}
