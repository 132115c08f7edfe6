//! `/payments`: pay once, query the outcome, get the receipt.

use super::{Client, FileRequest};
use crate::{error::ApiError, fetched::FileOffer};
use contract::{
    Email, IdempotencyKey, Instant,
    payment::{Payment, PaymentOrder, PaymentPage, ReceiptLinks, ReceiptSecret},
};
use gloo_net::http::Method;
use leptos::prelude::*;
use serde::{Serialize, Serializer};

/// Rows of the history that come at once; and where all that are left are asked for, the most that do.
pub const A_PAGE: u8 = 50;
pub const MOST_A_PAGE: u8 = 200;

/// Behind a query that is there already.
fn and(filter: &str) -> String {
    if filter.is_empty() { String::new() } else { format!("&{filter}") }
}

/// For a query.
fn encoded(text: &str) -> String {
    let one =
        |byte: u8| if byte.is_ascii_alphanumeric() { char::from(byte).to_string() } else { format!("%{byte:02X}") };
    text.bytes().map(one).collect()
}

/// A filter as a body: the parts of a query, and a text.
struct FilterBody<'a>(&'a str, &'a str);

impl Serialize for FilterBody<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let parts = self.0.split('&').filter_map(|part| part.split_once('='));
        serializer.collect_map(parts.chain(Some(("q", self.1)).filter(|(_, text)| !text.is_empty())))
    }
}

/// `POST /payments/{id}/receipt-emails`.
#[derive(Serialize)]
struct ReceiptEmail<'a> {
    email: &'a Email,
}

impl Client {
    /// A page of a member's payments. `filter` is a query as of `csv`; `text` is typed, and so encoded here.
    pub async fn payments(
        &self,
        filter: &str,
        text: &str,
        limit: u8,
        cursor: Option<&str>,
    ) -> Result<PaymentPage, ApiError> {
        let text = if text.is_empty() { String::new() } else { format!("&q={}", encoded(text)) };
        let cursor = cursor.map_or_else(|| "&totals=true".to_owned(), |cursor| format!("&cursor={cursor}"));
        self.ask(Method::GET, &format!("/payments?limit={limit}{text}{cursor}{}", and(filter))).await
    }

    /// The list as a file, by a filter and a text. The text is in no address: a link alone leaves it out.
    pub fn csv(&self, asked: Signal<(String, String)>) -> FileOffer {
        let path = format!("{}/payments.csv", self.base);
        let address = path.clone();
        let address = Signal::derive(move || asked.with(|(filter, _)| format!("{address}?{filter}")));
        self.file_by(address, move || {
            let body = asked.with_untracked(|(filter, text)| serde_json::to_string(&FilterBody(filter, text)));
            FileRequest { address: path.clone(), body: Some(body.unwrap_or_default()) }
        })
    }

    /// The same key and order again gives the first result again, so it is safe to repeat. An error may leave doubt:
    /// then ask `payment_by_key`.
    pub async fn pay(&self, order: &PaymentOrder, key: &IdempotencyKey) -> Result<Payment, ApiError> {
        self.send(Method::POST, "/payments", order, Some(&key.to_string())).await
    }

    pub async fn payment(&self, id: &str) -> Result<Payment, ApiError> {
        self.ask(Method::GET, &format!("/payments/{id}")).await
    }

    /// The id of the payment with this key. `Missing` says that none was begun with it, and that none will be by an
    /// order that may begin until `begin_by`.
    pub async fn payment_by_key(&self, key: &IdempotencyKey, begin_by: Instant) -> Result<String, ApiError> {
        let path = format!("/payments?idempotency_key={key}&begin_by={begin_by}");
        let page: PaymentPage = self.ask(Method::GET, &path).await?;
        // An answer without it is none.
        page.payments.into_iter().next().map(|payment| payment.id).ok_or(ApiError::Faulty)
    }

    /// Address of the receipt's file, for a link.
    pub fn receipt_address(&self, id: &str) -> String {
        format!("{}/payments/{id}/receipt.pdf", self.base)
    }

    /// What the link of an e-mail opens. The browser may then fetch the file for a while.
    pub async fn open_receipt(&self, secret: &str) -> Result<Payment, ApiError> {
        let secret = ReceiptSecret { secret: secret.to_owned() };
        self.send(Method::POST, "/receipt-links/open", &secret, None).await
    }

    pub async fn end_receipt_link(&self, secret: &str) -> Result<(), ApiError> {
        let secret = ReceiptSecret { secret: secret.to_owned() };
        self.submit(Method::POST, "/receipt-links/revoke", &secret).await
    }

    /// What became of the links that e-mails have of this payment's receipt.
    pub async fn receipt_links(&self, id: &str) -> Result<ReceiptLinks, ApiError> {
        self.ask(Method::GET, &format!("/payments/{id}/receipt-links")).await
    }

    pub async fn end_receipt_links(&self, id: &str) -> Result<(), ApiError> {
        self.call(Method::POST, &format!("/payments/{id}/receipt-links/revoke")).await
    }

    /// As `receipt_address`, of a receipt that was opened by its link.
    pub fn linked_receipt_address(&self, id: &str) -> String {
        format!("{}/receipt-links/{id}/receipt.pdf", self.base)
    }

    pub async fn email_receipt(&self, id: &str, email: &Email) -> Result<(), ApiError> {
        self.submit(Method::POST, &format!("/payments/{id}/receipt-emails"), &ReceiptEmail { email }).await
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_typed_stays_one_value_of_a_query() {
        assert_eq!(encoded("a&b=%é"), "a%26b%3D%25%C3%A9");
        let body = |filter, text| serde_json::to_string(&FilterBody(filter, text)).unwrap();
        assert_eq!(body("kind=hospital&sort=oldest", "a\"b"), r#"{"kind":"hospital","sort":"oldest","q":"a\"b"}"#);
        assert_eq!(body("", ""), "{}");
    }
}
