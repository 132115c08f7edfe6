//! `/bills`: what is owed, as of when.

use super::Client;
use crate::error::ApiError;
use contract::bill::BillList;
use gloo_net::http::Method;

impl Client {
    pub async fn bills(&self) -> Result<BillList, ApiError> {
        self.ask(Method::GET, "/bills").await
    }

    /// Address of a bill's file, for a link.
    pub fn statement_address(&self, bill: &str) -> String {
        format!("{}/bills/{bill}/statement.pdf", self.base)
    }
}
