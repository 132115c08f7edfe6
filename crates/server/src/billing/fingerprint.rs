//! Order fingerprints: they distinguish a retry from another order under the same idempotency key. A hash of the order
//! is stored with the payment, after the version of the hashed data and a colon. The first version has neither.

use crate::token;
use contract::payment::PaymentOrder;

/// What is kept of an order.
pub fn of(order: &PaymentOrder) -> String {
    written(PaymentOrder::FINGERPRINT, &order.fingerprint())
}

fn written(version: u16, text: &str) -> String {
    let hash = token::hash(text);
    if version == 1 { hash } else { format!("{version}:{hash}") }
}

/// Whether this order is the one that was kept. What a newer server wrote can't be compared here; then the key decides,
/// which a client makes anew for each intent: a retry that is honest must not be refused while two versions run.
pub fn is_of(kept: &str, order: &PaymentOrder) -> bool {
    let version = kept.split_once(':').map_or(Some(1), |(version, _)| version.parse().ok());
    let text = version.and_then(|version| Some((version, order.fingerprint_of(version)?)));
    text.is_none_or(|(version, text)| written(version, &text) == kept)
}
