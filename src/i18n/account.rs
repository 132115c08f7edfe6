//! Texts of the account: navigation, registration, sign-in and recovery, the overview, bills, the balance, the history,
//! the profile, and security.

mod balance;
mod bills;
mod factor;
mod history;
mod nav;
mod overview;
mod profile;
mod register;
mod security;
mod sign_in;

pub use balance::BalanceWords;
pub use bills::BillsWords;
pub use factor::FactorWords;
pub use history::HistoryWords;
pub use nav::NavWords;
pub use overview::OverviewWords;
pub use profile::ProfileWords;
pub use register::RegisterWords;
pub use security::SecurityWords;
pub use sign_in::SignInWords;

pub struct AccountWords {
    pub nav: NavWords,
    pub register: RegisterWords,
    pub sign_in: SignInWords,
    pub overview: OverviewWords,
    pub bills: BillsWords,
    pub balance: BalanceWords,
    pub history: HistoryWords,
    pub profile: ProfileWords,
    pub security: SecurityWords,
    pub factor: FactorWords,
}

pub const EN: AccountWords = AccountWords {
    nav: nav::EN,
    register: register::EN,
    sign_in: sign_in::EN,
    overview: overview::EN,
    bills: bills::EN,
    balance: balance::EN,
    history: history::EN,
    profile: profile::EN,
    security: security::EN,
    factor: factor::EN,
};

pub const ES: AccountWords = AccountWords {
    nav: nav::ES,
    register: register::ES,
    sign_in: sign_in::ES,
    overview: overview::ES,
    bills: bills::ES,
    balance: balance::ES,
    history: history::ES,
    profile: profile::ES,
    security: security::ES,
    factor: factor::ES,
};
