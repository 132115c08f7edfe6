//! `/portal`: the configuration of this deployment.

use super::Client;
use crate::error::ApiError;
use contract::portal::Portal;
use gloo_net::http::Method;

impl Client {
    pub async fn portal(&self) -> Result<Portal, ApiError> {
        self.ask(Method::GET, "/portal").await
    }
}
