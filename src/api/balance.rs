//! `/balance` and `/deposits`: the credit that a member holds, and adding to it.

use super::Client;
use crate::error::ApiError;
use contract::{
    IdempotencyKey,
    balance::{Balance, BalanceSettings, DepositOrder, RefundOrder},
    payment::Payment,
};
use gloo_net::http::Method;

impl Client {
    /// With a page of the statement: the first, or that of a cursor.
    pub async fn balance(&self, cursor: Option<&str>) -> Result<Balance, ApiError> {
        let query = cursor.map(|cursor| format!("?cursor={cursor}")).unwrap_or_default();
        self.ask(Method::GET, &format!("/balance{query}")).await
    }

    /// As `pay`: the same key and order again gives the first result again.
    pub async fn deposit(&self, order: &DepositOrder, key: &IdempotencyKey) -> Result<Payment, ApiError> {
        self.send(Method::POST, "/deposits", order, Some(&key.to_string())).await
    }

    /// Gives the balance with them.
    pub async fn use_balance(&self, settings: &BalanceSettings) -> Result<Balance, ApiError> {
        self.send(Method::PUT, "/balance/settings", settings, None).await
    }

    /// The same key and amount again gives the balance as it is.
    pub async fn refund_credit(&self, order: &RefundOrder, key: &IdempotencyKey) -> Result<Balance, ApiError> {
        self.send(Method::POST, "/balance/refunds", order, Some(&key.to_string())).await
    }
}
