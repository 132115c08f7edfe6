//! Texts of paying: what is owed, how to pay, review, and the outcome.

pub mod amount;
pub mod links;
pub mod method;
pub mod outcome;
pub mod paid;
pub mod receipt;
pub mod review;
pub mod timing;

pub struct PayWords {
    pub amount: amount::AmountWords,
    pub method: method::MethodWords,
    pub review: review::ReviewWords,
    pub outcome: outcome::OutcomeWords,
    pub links: links::LinkWords,
    pub paid: paid::PaidWords,
    pub receipt: receipt::ReceiptWords,
    pub timing: timing::TimingWords,
}

pub const EN: PayWords = PayWords {
    amount: amount::EN,
    method: method::EN,
    review: review::EN,
    outcome: outcome::EN,
    links: links::EN,
    paid: paid::EN,
    receipt: receipt::EN,
    timing: timing::EN,
};

pub const ES: PayWords = PayWords {
    amount: amount::ES,
    method: method::ES,
    review: review::ES,
    outcome: outcome::ES,
    links: links::ES,
    paid: paid::ES,
    receipt: receipt::ES,
    timing: timing::ES,
};
