//! `/payment-draft`: what the payer has chosen so far, kept with the session on the server.

use super::Client;
use crate::error::ApiError;
use contract::payment::PaymentDraft;
use gloo_net::http::Method;

impl Client {
    pub async fn payment_draft(&self) -> Result<PaymentDraft, ApiError> {
        self.ask(Method::GET, "/payment-draft").await
    }

    pub async fn keep_payment_draft(&self, draft: &PaymentDraft) -> Result<(), ApiError> {
        self.tell(Method::PUT, "/payment-draft", draft).await
    }
}
