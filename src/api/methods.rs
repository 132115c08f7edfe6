//! `/payment-methods`: what a member has saved.

use super::Client;
use crate::error::ApiError;
use contract::payment::{DepositAmounts, MethodReplacement, NewSavedMethod, SavedMethodChange, SavedMethods};
use gloo_net::http::Method;

impl Client {
    pub async fn saved_methods(&self) -> Result<SavedMethods, ApiError> {
        self.ask(Method::GET, "/payment-methods").await
    }

    pub async fn save_method(&self, new: &NewSavedMethod) -> Result<SavedMethods, ApiError> {
        self.send(Method::POST, "/payment-methods/saved", new, None).await
    }

    pub async fn change_method(&self, id: &str, change: &SavedMethodChange) -> Result<SavedMethods, ApiError> {
        self.send(Method::PATCH, &format!("/payment-methods/{id}"), change, None).await
    }

    pub async fn replace_method(&self, id: &str, new: &MethodReplacement) -> Result<SavedMethods, ApiError> {
        self.send(Method::PUT, &format!("/payment-methods/{id}"), new, None).await
    }

    pub async fn verify_method(&self, id: &str) -> Result<SavedMethods, ApiError> {
        self.ask(Method::POST, &format!("/payment-methods/{id}/verification")).await
    }

    pub async fn check_deposits(&self, id: &str, amounts: DepositAmounts) -> Result<SavedMethods, ApiError> {
        self.send(Method::POST, &format!("/payment-methods/{id}/verification/amounts"), &amounts, None).await
    }

    pub async fn remove_method(&self, id: &str) -> Result<SavedMethods, ApiError> {
        self.ask(Method::DELETE, &format!("/payment-methods/{id}")).await
    }
}
