//! The journey of one payment.

/// Provides what the steps of paying share.
pub fn provide() {}
