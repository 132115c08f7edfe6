//! `/bills` and `/mail-coupons`: the open bills and the moment they are as of, and what is mailed with a check.

use super::Client;
use crate::error::ApiError;
use contract::{bill::BillList, coupon::MailCoupons};
use gloo_net::http::Method;

impl Client {
    pub async fn bills(&self) -> Result<BillList, ApiError> {
        self.ask(Method::GET, "/bills").await
    }

    pub async fn mail_coupons(&self) -> Result<MailCoupons, ApiError> {
        self.ask(Method::GET, "/mail-coupons").await
    }
}
