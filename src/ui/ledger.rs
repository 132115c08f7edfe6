//! The ledger line: where one payment is.
