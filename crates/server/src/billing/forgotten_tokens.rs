//! The job by which the processor is told to forget the token of a saved method, once nothing is charged to it any
//! more.

use super::processor::ProcessorError;
use crate::{
    error::{Error, Result},
    state::App,
    store::{
        forgotten_tokens::{ForgottenToken, StillUsed},
        jobs::{self, Job},
    },
};
use contract::problem_details::ErrorCode;

/// How long it waits for a payment that the processor has not answered.
const WAIT_MILLIS: i64 = 60_000;

/// The processor is asked before the job ends: one whose answer is lost is asked again, which changes nothing.
pub async fn run(app: &App, job: &Job) -> Result<()> {
    let forgotten: ForgottenToken = serde_json::from_str(&job.payload).map_err(|_| Error::fault())?;
    match app.store.still_uses_token(&forgotten).await? {
        Some(StillUsed::ByPayment) => {
            let (mut tx, now) = (app.store.begin().await?, app.clock.now());
            forgotten.put_off(&mut tx, job, (now, now.plus_millis(WAIT_MILLIS))).await?;
            return Ok(tx.commit().await?);
        }
        Some(StillUsed::ByMethod) => {}
        None => match app.processor.forget(&forgotten.token, &forgotten.owner).await {
            Ok(()) => {}
            Err(ProcessorError::Unanswered) => return Err(Error::new(ErrorCode::Unavailable)),
            Err(ProcessorError::Refused) => return Err(Error::fault()),
        },
    }
    let mut tx = app.store.begin().await?;
    jobs::finish(&mut tx, job).await?;
    Ok(tx.commit().await?)
}
