//! A verdict about a deposit: its money goes to the balance when the bank has paid, and what the bank takes back goes
//! from there. What was used meanwhile is owed: a balance is never below nothing, and what a bill was paid with stays
//! paid.

use super::SettleResult;
use crate::{
    metrics,
    store::{
        Tx,
        batch::Batch,
        credit,
        ledger::Reason,
        movements::{Destination, Movement},
        refunds,
        transition::Effect,
    },
};
use contract::{Money, payment::PaymentState};

/// A refund of all is of what the member did not ask back before. A bank that takes a deposit back takes all of it.
async fn give_back(
    tx: &mut Tx,
    writes: &mut Batch,
    movement: &Movement<'_>,
    reason: Reason,
) -> Result<(), sqlx::Error> {
    let Movement { payment, membership, fee, .. } = *movement;
    credit::lock(tx, membership).await?;
    let before = if reason == Reason::Refunded { refunds::of_deposit(tx, payment).await? } else { 0 };
    let total = Money::from_cents(movement.total.cents() - before).unwrap_or(Money::ZERO);
    if total.is_zero() && fee.is_zero() {
        return Ok(());
    }
    Movement { total, ..*movement }.give_back(tx, writes, reason).await.map(drop)
}

pub async fn move_deposit(
    tx: &mut Tx,
    writes: &mut Batch,
    movement: &Movement<'_>,
    effect: Effect,
    before: PaymentState,
) -> Result<SettleResult, sqlx::Error> {
    match effect {
        Effect::Nothing => return Ok(SettleResult::Same),
        Effect::Unfit => return Ok(SettleResult::Unfit(before)),
        // Nothing of it was counted yet.
        Effect::Rename | Effect::Release | Effect::SendAgain => {}
        Effect::Take => movement.take(tx, writes, Destination::Credit).await?,
        Effect::TakeAfterAll { is_surprise } => {
            movement.take(tx, writes, Destination::Credit).await?;
            if is_surprise {
                metrics::PAYMENTS_TAKEN_AFTER_ALL.add(1);
                let payment = movement.payment;
                tracing::error!(payment, ?before, "money was taken for a deposit that was said to have taken none");
            }
        }
        Effect::GiveBack(reason) => give_back(tx, writes, movement, reason).await?,
    }
    Ok(SettleResult::Changed)
}
