//! The drawn member's deposits, for the demo's balance: one by card, one by bank that went back, one by bank that
//! stayed. Their ledger entries are written as a verdict writes them.

use super::history::{DemoPayment, checking, ended, visa};
use crate::store::{
    Tx,
    batch::Batch,
    demo_rows,
    ledger::Reason,
    movements::{Destination, Movement},
};
use contract::{
    Date, Instant, Money,
    payment::{Failure, PaymentState},
};

const DAY: i64 = 86_400_000;
const NOON: i64 = 20 * 3_600_000;

/// A deposit whose payment is among the rows, and whose money is still to be moved.
pub struct DemoDeposit {
    pub id: String,
    pub membership: String,
    pub total: Money,
    pub fee: Money,
    pub paid_at: Option<Instant>,
    pub back_at: Option<Instant>,
}

/// Older than the payments that the overview shows.
pub fn deposits(today: Date) -> Vec<DemoPayment> {
    let at = |days: i64| Instant::from_millis(today.plus_days(-days).days() * DAY + NOON);
    let money = |cents| Money::from_cents(cents).unwrap_or(Money::ZERO);
    vec![
        ended(money(4_000), visa(at(330)), at(330), PaymentState::Paid, None),
        ended(money(10_000), checking(), at(310), PaymentState::Returned, Some(Failure::InsufficientFunds)),
        ended(money(2_500), checking(), at(290), PaymentState::Paid, None),
    ]
}

/// Moves their money, in the order in which it moved.
pub async fn book(tx: &mut Tx, deposits: &[DemoDeposit]) -> Result<(), sqlx::Error> {
    for DemoDeposit { id: payment, membership, total, fee, paid_at, back_at } in deposits {
        demo_rows::make_deposit(tx, payment).await?;
        let (total, fee) = (*total, *fee);
        let movement = |at| Movement { payment, membership, total, fee, is_deposit: true, is_by_plan: false, at };
        let mut writes = Batch::default();
        if let Some(at) = *paid_at {
            movement(at).take(tx, &mut writes, Destination::Credit).await?;
            std::mem::take(&mut writes).run(tx).await?;
        }
        if let Some(at) = *back_at {
            movement(at).give_back(tx, &mut writes, Reason::Returned).await?;
            writes.run(tx).await?;
        }
    }
    Ok(())
}
