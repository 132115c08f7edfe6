//! `/bills`: the open bills, and the moment they are as of.

use super::Client;
use crate::error::ApiError;
use contract::bill::BillList;
use gloo_net::http::Method;

impl Client {
    pub async fn bills(&self) -> Result<BillList, ApiError> {
        self.ask(Method::GET, "/bills").await
    }
}
