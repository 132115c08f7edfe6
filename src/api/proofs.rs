//! `/receipts/{year}` and `/spending`: the proof of a tax year, its files, and what was paid in each month.

use super::Client;
use crate::error::ApiError;
use contract::{
    Locale,
    payment::{ProofPack, Spending},
};
use gloo_net::http::Method;

/// Behind a path.
fn of(person: Option<u16>) -> String {
    person.map(|number| format!("?person={number}")).unwrap_or_default()
}

impl Client {
    pub async fn proof(&self, year: i16, person: Option<u16>) -> Result<ProofPack, ApiError> {
        self.ask(Method::GET, &format!("/receipts/{year:04}{}", of(person))).await
    }

    /// Address of one of its files (`csv`, `pdf`, `zip`), for a link.
    /// `part` of several zip files, from 1 on.
    pub fn proof_address(&self, year: i16, person: Option<u16>, (kind, part): (&str, u32), locale: Locale) -> String {
        let person = of(person);
        let part = if part > 1 { format!("&part={part}") } else { String::new() };
        let mark = if person.is_empty() { '?' } else { '&' };
        format!("{}/receipts/{year:04}/proof.{kind}{person}{mark}locale={}{part}", self.base, locale.code())
    }

    pub async fn spending(&self) -> Result<Spending, ApiError> {
        self.ask(Method::GET, "/spending").await
    }
}
