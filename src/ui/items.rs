//! The itemised charges of a bill, or the itemised lines of a receipt.
