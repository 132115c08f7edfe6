//! Texts of the account: navigation, registration, sign-in and recovery, the overview, bills, the balance, the history,
//! the household, payment methods, the proof of a year, the profile, notices, and security.

mod balance;
mod bills;
mod closing;
mod factor;
mod history;
mod household;
mod methods;
mod nav;
mod notices;
mod overview;
mod paperless;
mod profile;
mod proof;
mod register;
mod security;
mod sign_in;

pub use balance::BalanceWords;
pub use bills::BillsWords;
pub use closing::ClosingWords;
pub use factor::FactorWords;
pub use history::HistoryWords;
pub use household::HouseholdWords;
pub use methods::MethodsWords;
pub use nav::NavWords;
pub use notices::NoticesWords;
pub use overview::OverviewWords;
pub use paperless::PaperlessWords;
pub use profile::ProfileWords;
pub use proof::ProofWords;
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
    pub household: HouseholdWords,
    pub methods: MethodsWords,
    pub profile: ProfileWords,
    pub notices: NoticesWords,
    pub paperless: PaperlessWords,
    pub proof: ProofWords,
    pub security: SecurityWords,
    pub closing: ClosingWords,
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
    household: household::EN,
    methods: methods::EN,
    profile: profile::EN,
    notices: notices::EN,
    paperless: paperless::EN,
    proof: proof::EN,
    security: security::EN,
    closing: closing::EN,
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
    household: household::ES,
    methods: methods::ES,
    profile: profile::ES,
    notices: notices::ES,
    paperless: paperless::ES,
    proof: proof::ES,
    security: security::ES,
    closing: closing::ES,
    factor: factor::ES,
};
