//! Tokens of saved payment methods that were removed or replaced, that came to nothing, or whose account was closed: a
//! job each, by which the processor is told to forget one.

use super::{
    Store, Tx,
    jobs::{self, Job, Kind},
    sessions::LONGEST_MILLIS,
};
use contract::Instant;
use serde::{Deserialize, Serialize};

/// As it waits in the database.
#[derive(Debug, Serialize, Deserialize)]
pub struct ForgottenToken {
    pub token: String,
    /// For whom the processor keeps it.
    pub owner: String,
}

/// What keeps a token from being forgotten.
#[derive(Debug, PartialEq, Eq)]
pub enum StillUsed {
    /// A payment that the processor has not answered is charged to it.
    ByPayment,
    /// It is the token of a method that is there.
    ByMethod,
}

impl ForgottenToken {
    /// In the transaction that takes the token away; after the commit, call `State::wake_worker`.
    pub async fn enqueue(&self, tx: &mut Tx, now: Instant) -> Result<(), sqlx::Error> {
        jobs::enqueue(tx, Kind::ForgetToken, self, (now, now)).await
    }

    /// Of a token that was just made: if no method has it by the end of the session in which the card or account was
    /// typed, it is for nothing. Until then the processor gives the same token at the next try.
    pub async fn enqueue_unless_used(&self, tx: &mut Tx, now: Instant) -> Result<(), sqlx::Error> {
        jobs::enqueue(tx, Kind::ForgetToken, self, (now, now.plus_millis(LONGEST_MILLIS))).await
    }

    /// Puts it off, in the place of the job that is being run.
    pub async fn put_off(&self, tx: &mut Tx, job: &Job, times: (Instant, Instant)) -> Result<(), sqlx::Error> {
        if jobs::finish(tx, job).await? {
            jobs::enqueue(tx, Kind::ForgetToken, self, times).await?;
        }
        Ok(())
    }
}

impl Store {
    /// Payments without an answer are few: by the index `payment_to_ask`. The methods of one account: by the index
    /// `payment_method_of_account`.
    pub async fn still_uses_token(&self, forgotten: &ForgottenToken) -> Result<Option<StillUsed>, sqlx::Error> {
        let by_method = "SELECT 1 FROM payment_method WHERE account = $1 AND token = $2";
        let by_method = sqlx::query(by_method).bind(&forgotten.owner).bind(&forgotten.token);
        if by_method.fetch_optional(&self.read).await?.is_some() {
            return Ok(Some(StillUsed::ByMethod));
        }
        let by_payment = sqlx::query("SELECT 1 FROM payment WHERE ask_at IS NOT NULL AND token = $1 LIMIT 1");
        let by_payment = by_payment.bind(&forgotten.token).fetch_optional(&self.read).await?;
        Ok(by_payment.map(|_| StillUsed::ByPayment))
    }
}
