//! `/household`: the people a member pays for, and those who pay for the member.

use super::Client;
use crate::error::ApiError;
use contract::household::{Household, NewHouseholdPerson};
use gloo_net::http::Method;

impl Client {
    pub async fn household(&self) -> Result<Household, ApiError> {
        self.ask(Method::GET, "/household").await
    }

    /// One answer (`NoMatch`), whichever number is wrong.
    pub async fn pay_for(&self, person: &NewHouseholdPerson) -> Result<Household, ApiError> {
        self.send(Method::POST, "/household", person, None).await
    }

    /// By either side.
    pub async fn end_household_link(&self, id: &str) -> Result<Household, ApiError> {
        self.ask(Method::DELETE, &format!("/household/{id}")).await
    }
}
