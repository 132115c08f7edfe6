//! Every address of the app: one type, one parser, one printer. Nobody else writes a path. No personal data in any of them.

const PAY: &str = "pay";
const AMOUNT: &str = "amount";
const METHOD: &str = "method";
const REVIEW: &str = "review";
const PAYMENTS: &str = "payments";
const REGION: &str = "region";
const HELP: &str = "help";
const COUPON: &str = "coupon";
const TERMS: &str = "terms";
const PRIVACY: &str = "privacy";
const ACCESSIBILITY: &str = "accessibility";
const SIGN_IN: &str = "sign-in";
const REGISTER: &str = "register";
const BILL: &str = "bill";
const AGREE: &str = "agree";
const YOU: &str = "you";
const EMAIL: &str = "email";
const CONFIRM_EMAIL: &str = "confirm-email";
const FORGOT_USER_ID: &str = "forgot-user-id";
const FORGOT_PASSWORD: &str = "forgot-password";
const RESET_PASSWORD: &str = "reset-password";
const SIGNED_OUT: &str = "signed-out";
const TIMED_OUT: &str = "timed-out";
const ACCOUNT: &str = "account";
const SECURITY: &str = "security";
/// Name of the query that holds where to go after signing in.
const THEN: &str = "then=";

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Route {
    Home,
    Region,
    Find,
    Amount,
    Method,
    Review,
    /// Outcome and receipt of one payment.
    Payment(String),
    Help,
    Coupon,
    Terms,
    Privacy,
    Accessibility,
    SignIn,
    /// What an account adds, and the way in.
    Register,
    RegisterBill,
    RegisterTerms,
    RegisterYou,
    RegisterEmail,
    /// Where the letter that confirms an address leads; its secret is behind a `#`.
    ConfirmEmail,
    ForgotUserId,
    ForgotPassword,
    /// Where the letter for a new password leads; its secret is behind a `#`.
    ResetPassword,
    /// The member signed out.
    SignedOut,
    /// The session ran out.
    TimedOut,
    Account,
    Security,
}

impl Route {
    /// Of a path as the browser has it; a trailing slash, a query and a fragment do not matter. `None` is "not found".
    pub fn parse(path: &str) -> Option<Self> {
        let path = path.split(['?', '#']).next().unwrap_or_default();
        if path.contains("//") {
            return None;
        }
        let segments: Vec<&str> = path.split('/').filter(|segment| !segment.is_empty()).collect();
        Some(match segments[..] {
            [] => Self::Home,
            [REGION] => Self::Region,
            [PAY] => Self::Find,
            [PAY, AMOUNT] => Self::Amount,
            [PAY, METHOD] => Self::Method,
            [PAY, REVIEW] => Self::Review,
            [PAY, PAYMENTS, id] => Self::Payment(id.to_owned()),
            [HELP] => Self::Help,
            [COUPON] => Self::Coupon,
            [TERMS] => Self::Terms,
            [PRIVACY] => Self::Privacy,
            [ACCESSIBILITY] => Self::Accessibility,
            [SIGN_IN] => Self::SignIn,
            [REGISTER] => Self::Register,
            [REGISTER, BILL] => Self::RegisterBill,
            [REGISTER, AGREE] => Self::RegisterTerms,
            [REGISTER, YOU] => Self::RegisterYou,
            [REGISTER, EMAIL] => Self::RegisterEmail,
            [CONFIRM_EMAIL] => Self::ConfirmEmail,
            [FORGOT_USER_ID] => Self::ForgotUserId,
            [FORGOT_PASSWORD] => Self::ForgotPassword,
            [RESET_PASSWORD] => Self::ResetPassword,
            [SIGNED_OUT] => Self::SignedOut,
            [TIMED_OUT] => Self::TimedOut,
            [ACCOUNT] => Self::Account,
            [ACCOUNT, SECURITY] => Self::Security,
            _ => return None,
        })
    }

    /// False for the pages on the way in and out, which are nowhere to be once one is in.
    fn is_somewhere_to_go(&self) -> bool {
        !matches!(
            self,
            Self::SignIn
                | Self::ConfirmEmail
                | Self::ForgotUserId
                | Self::ForgotPassword
                | Self::ResetPassword
                | Self::SignedOut
                | Self::TimedOut
        )
    }

    /// Below wherever the app is mounted. Only `place` knows where that is, and makes addresses of it.
    pub fn inner_path(&self) -> String {
        let segments: &[&str] = match self {
            Self::Home => &[],
            Self::Region => &[REGION],
            Self::Find => &[PAY],
            Self::Amount => &[PAY, AMOUNT],
            Self::Method => &[PAY, METHOD],
            Self::Review => &[PAY, REVIEW],
            Self::Payment(id) => &[PAY, PAYMENTS, id],
            Self::Help => &[HELP],
            Self::Coupon => &[COUPON],
            Self::Terms => &[TERMS],
            Self::Privacy => &[PRIVACY],
            Self::Accessibility => &[ACCESSIBILITY],
            Self::SignIn => &[SIGN_IN],
            Self::Register => &[REGISTER],
            Self::RegisterBill => &[REGISTER, BILL],
            Self::RegisterTerms => &[REGISTER, AGREE],
            Self::RegisterYou => &[REGISTER, YOU],
            Self::RegisterEmail => &[REGISTER, EMAIL],
            Self::ConfirmEmail => &[CONFIRM_EMAIL],
            Self::ForgotUserId => &[FORGOT_USER_ID],
            Self::ForgotPassword => &[FORGOT_PASSWORD],
            Self::ResetPassword => &[RESET_PASSWORD],
            Self::SignedOut => &[SIGNED_OUT],
            Self::TimedOut => &[TIMED_OUT],
            Self::Account => &[ACCOUNT],
            Self::Security => &[ACCOUNT, SECURITY],
        };
        if segments.is_empty() {
            return "/".to_owned();
        }
        segments.iter().flat_map(|segment| ["/", *segment]).collect()
    }

    /// Signing in, and then there.
    pub fn inner_path_of_sign_in_then(&self) -> String {
        format!("{}?{THEN}{}", Self::SignIn.inner_path(), self.inner_path())
    }

    /// Where an address says to go after signing in. What is no route of this app is nowhere.
    pub fn then(address: &str) -> Option<Self> {
        let (_, query) = address.split_once('?')?;
        let query = query.split('#').next().unwrap_or_default();
        let to = query.split('&').find_map(|part| part.strip_prefix(THEN))?;
        Self::parse(to).filter(|route| to.starts_with('/') && route.inner_path() == to && route.is_somewhere_to_go())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn all() -> Vec<Route> {
        use Route::*;
        vec![
            Home,
            Region,
            Find,
            Amount,
            Method,
            Review,
            Payment("pay_7f3q".into()),
            Help,
            Coupon,
            Terms,
            Privacy,
            Accessibility,
            SignIn,
            Register,
            RegisterBill,
            RegisterTerms,
            RegisterYou,
            RegisterEmail,
            ConfirmEmail,
            ForgotUserId,
            ForgotPassword,
            ResetPassword,
            SignedOut,
            TimedOut,
            Account,
            Security,
        ]
    }

    #[test]
    fn what_is_printed_is_parsed_back() {
        for route in all() {
            assert_eq!(Route::parse(&route.inner_path()), Some(route));
        }
    }

    #[test]
    fn a_trailing_slash_a_query_and_a_fragment_do_not_matter() {
        assert_eq!(Route::parse("/pay/"), Some(Route::Find));
        assert_eq!(Route::parse("/pay/amount?from=mail#top"), Some(Route::Amount));
        assert_eq!(Route::parse("?x"), Some(Route::Home));
    }

    #[test]
    fn a_path_with_an_empty_segment_is_no_route() {
        for path in ["//pay", "/pay//amount", "/pay//", "//evil.example"] {
            assert_eq!(Route::parse(path), None, "{path}");
        }
    }

    #[test]
    fn an_unknown_path_is_no_route() {
        assert_eq!(Route::parse("/payroll"), None);
        assert_eq!(Route::parse("/pay/amount/more"), None);
        assert_eq!(Route::parse("/pay/payments"), None);
    }

    #[test]
    fn after_signing_in_one_lands_where_one_was_going_and_nowhere_else() {
        for route in all() {
            let expected = route.is_somewhere_to_go().then(|| route.clone());
            assert_eq!(Route::then(&route.inner_path_of_sign_in_then()), expected);
        }
        assert_eq!(Route::then("/sign-in?then=/sign-in"), None);
        for to in [
            "",
            "//evil.example",
            "///evil.example/account",
            "https://evil.example",
            "https:evil.example",
            "javascript:alert(1)",
            "\\\\evil.example",
            "/\\evil.example",
            "%2F%2Fevil.example",
            "/account/../..//evil.example",
            "/account?then=//evil.example",
            "account",
            "/nowhere",
        ] {
            assert_eq!(Route::then(&format!("/sign-in?then={to}")), None, "{to}");
        }
        assert_eq!(Route::then("/sign-in"), None);
    }
}
