//! Texts of the account: navigation, registration, sign-in and recovery, the overview, the profile, and
//! security.

mod factor;
mod nav;
mod overview;
mod profile;
mod register;
mod security;
mod sign_in;

pub use factor::FactorWords;
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
    pub profile: ProfileWords,
    pub security: SecurityWords,
    pub factor: FactorWords,
}

pub const EN: AccountWords = AccountWords {
    nav: nav::EN,
    register: register::EN,
    sign_in: sign_in::EN,
    overview: overview::EN,
    profile: profile::EN,
    security: security::EN,
    factor: factor::EN,
};

pub const ES: AccountWords = AccountWords {
    nav: nav::ES,
    register: register::ES,
    sign_in: sign_in::ES,
    overview: overview::ES,
    profile: profile::ES,
    security: security::ES,
    factor: factor::ES,
};
