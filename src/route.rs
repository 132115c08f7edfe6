//! Every address of the app: one type, one parser, one printer. Nobody else writes a path. No personal data in any of them.

use std::fmt;

pub const PAY: &str = "pay";
pub const AMOUNT: &str = "amount";
pub const METHOD: &str = "method";
pub const REVIEW: &str = "review";
pub const PAYMENTS: &str = "payments";
/// Name of the parameter that holds a payment's opaque id.
pub const ID: &str = "id";
pub const REGION: &str = "region";
pub const HELP: &str = "help";
pub const COUPON: &str = "coupon";
pub const TERMS: &str = "terms";
pub const PRIVACY: &str = "privacy";
pub const ACCESSIBILITY: &str = "accessibility";
pub const SIGN_IN: &str = "sign-in";
pub const REGISTER: &str = "register";

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
    Register,
}

impl Route {
    /// Of a path as the browser has it; a trailing slash, a query and a fragment do not matter. `None` is "not found".
    pub fn parse(path: &str) -> Option<Self> {
        let path = path.split(['?', '#']).next().unwrap_or_default();
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
            _ => return None,
        })
    }

    /// For `href` and for navigating.
    pub fn href(&self) -> String {
        self.to_string()
    }
}

impl fmt::Display for Route {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
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
        };
        if segments.is_empty() {
            return f.write_str("/");
        }
        segments.iter().try_for_each(|segment| write!(f, "/{segment}"))
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
        ]
    }

    #[test]
    fn what_is_printed_is_parsed_back() {
        for route in all() {
            assert_eq!(Route::parse(&route.href()), Some(route));
        }
    }

    #[test]
    fn a_trailing_slash_a_query_and_a_fragment_do_not_matter() {
        assert_eq!(Route::parse("/pay/"), Some(Route::Find));
        assert_eq!(Route::parse("/pay/amount?from=mail#top"), Some(Route::Amount));
        assert_eq!(Route::parse("?x"), Some(Route::Home));
    }

    #[test]
    fn an_unknown_path_is_no_route() {
        assert_eq!(Route::parse("/payroll"), None);
        assert_eq!(Route::parse("/pay/amount/more"), None);
        assert_eq!(Route::parse("/pay/payments"), None);
    }
}
