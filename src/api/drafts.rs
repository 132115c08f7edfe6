//! `/payment-draft`: what the payer has chosen so far, kept with the session on the server; `/payment-methods`: what a
//! token stands for.

use super::Client;
use crate::error::ApiError;
use contract::payment::{Method as PaymentMethod, PaymentDraft, PaymentToken};
use gloo_net::http::Method;

impl Client {
    pub async fn payment_draft(&self) -> Result<PaymentDraft, ApiError> {
        self.ask(Method::GET, "/payment-draft").await
    }

    /// What a token of the capture frame stands for, as the processor says.
    pub async fn name_method(&self, token: &PaymentToken) -> Result<PaymentMethod, ApiError> {
        self.send(Method::POST, "/payment-methods", token, None).await
    }

    pub async fn keep_payment_draft(&self, draft: &PaymentDraft) -> Result<(), ApiError> {
        self.submit(Method::PUT, "/payment-draft", draft).await
    }

    /// As `keep_payment_draft`, while the page is being left: there is nobody to hear the answer.
    pub fn leave_payment_draft(&self, draft: &PaymentDraft) {
        self.put_while_leaving("/payment-draft", draft);
    }
}
