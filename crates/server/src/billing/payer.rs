//! The payer of an order: who or what makes the payment, whose bills it pays, and what its token is tied to. A schedule
//! and a rule are payers like a person with a session. Knows no request.

use crate::store::{initiators::Initiator, memberships::Membership, sessions::Session};
use std::net::IpAddr;

pub struct Payer<'a> {
    pub initiator: Initiator,
    pub membership: &'a Membership,
    /// What the token of the method was made for.
    pub binding: &'a str,
    /// From where somebody asks; a schedule or a rule asks from nowhere.
    pub address: Option<IpAddr>,
}

impl<'a> Payer<'a> {
    pub fn of(session: &'a Session, address: IpAddr) -> Self {
        Self {
            initiator: Initiator::of(session),
            membership: &session.membership,
            binding: &session.capture_binding,
            address: Some(address),
        }
    }
}
