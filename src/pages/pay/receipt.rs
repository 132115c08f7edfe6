//! The receipt of a payment.
