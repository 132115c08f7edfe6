//! A deposit that is reviewed, kept with the member's session on the server beside what is chosen to be paid, so that a
//! reload goes on with it and nothing of it is in the browser's storage.

use crate::{api::Client, error::ApiError};
use contract::payment::DepositDraft;

/// In place of what was kept; `None` forgets it.
pub async fn keep(client: &Client, deposit: Option<DepositDraft>) -> Result<(), ApiError> {
    let mut draft = client.payment_draft().await?;
    if draft.deposit == deposit {
        return Ok(());
    }
    draft.deposit = deposit;
    client.keep_payment_draft(&draft).await
}
