//! `/bills`, `/account/overview`, `/account/bills` and `/mail-coupons`: the open bills and the moment they are as of,
//! and what is mailed with a check.

use super::Client;
use crate::error::ApiError;
use contract::{
    IdempotencyKey, Locale,
    bill::{
        BillList,
        account::{AccountBill, AccountBills, AccountOverview},
        question::{ChargeQuestion, NewQuestion},
    },
    coupon::MailCoupons,
};
use gloo_net::http::Method;

impl Client {
    /// The open bills; of somebody whom the member pays for, by the id of the link.
    pub async fn bills(&self, household: Option<&str>) -> Result<BillList, ApiError> {
        let query = household.map(|link| format!("?household={link}")).unwrap_or_default();
        self.ask(Method::GET, &format!("/bills{query}")).await
    }

    pub async fn overview(&self) -> Result<AccountOverview, ApiError> {
        self.ask(Method::GET, "/account/overview").await
    }

    /// A member's, open and settled. The query is a filter: `?kind=hospital&year=2026`, or empty.
    pub async fn account_bills(&self, query: &str) -> Result<AccountBills, ApiError> {
        self.ask(Method::GET, &format!("/account/bills{query}")).await
    }

    pub async fn account_bill(&self, id: &str) -> Result<AccountBill, ApiError> {
        self.ask(Method::GET, &format!("/account/bills/{id}")).await
    }

    /// The same key and question again gives the first one again.
    pub async fn ask_about_charge(
        &self,
        bill: &str,
        new: &NewQuestion,
        key: &IdempotencyKey,
    ) -> Result<ChargeQuestion, ApiError> {
        let path = format!("/account/bills/{bill}/questions");
        self.send(Method::POST, &path, new, Some(&key.to_string())).await
    }

    /// Address of the statement's file, for a link.
    pub fn statement_address(&self, id: &str, locale: Locale) -> String {
        format!("{}/account/bills/{id}/statement.pdf?locale={}", self.base, locale.code())
    }

    pub async fn mail_coupons(&self) -> Result<MailCoupons, ApiError> {
        self.ask(Method::GET, "/mail-coupons").await
    }
}
