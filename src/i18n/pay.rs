//! Words of paying: what is owed, how to pay, review, outcome and receipt.

pub struct PayWords {}

pub const EN: PayWords = PayWords {};

pub const ES: PayWords = PayWords {};
