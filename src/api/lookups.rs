//! `/bill-lookups`: exchanges the identifiers printed on a statement for a session that can see its bills.

use super::Client;
use crate::error::ApiError;
use contract::session::{BillLookup, SessionView};
use gloo_net::http::Method;

impl Client {
    /// One answer (`NoMatch`), whichever number is wrong.
    pub async fn look_up(&self, lookup: &BillLookup) -> Result<SessionView, ApiError> {
        self.send(Method::POST, "/bill-lookups", lookup, None).await.map(|view| self.begin(view))
    }
}
