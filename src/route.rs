//! Every address of the app: one table, from which the types, the parser, the printer and the list of all come. Nobody
//! else writes a path. No personal data in any of them.
//!
//! A group of the table holds the pages that come in one chunk of the wasm (`app::chunks`). Each chunk draws its group
//! by a match without a catch-all, so a route without a page does not compile.

/// Name of the query that holds where to go after signing in.
const THEN: &str = "then=";
/// `?` and `&` of where to go, as they are written inside that query.
const QUERY: &str = "%3F";
const AND: &str = "%26";

/// Makes of the table: an enum a group, `Route` over them, `parse`, `inner_path` and `all`. A name in place of a
/// segment is a parameter.
macro_rules! routes {
    (
        { $($plain:ident => [$($plain_segment:literal),*],)* }
        $(
            $(#[$of_group:meta])*
            $group:ident { $($(#[$of_route:meta])* $name:ident $(($id:ident: $of:ty))? => [$($segment:tt),*],)* }
        )*
    ) => {
        $(
            $(#[$of_group])*
            #[derive(Clone, Debug, PartialEq, Eq)]
            pub enum $group {
                $($(#[$of_route])* $name $(($of))?,)*
            }

            impl From<$group> for Route {
                fn from(route: $group) -> Self {
                    Self::$group(route)
                }
            }
        )*

        #[derive(Clone, Debug, PartialEq, Eq)]
        pub enum Route {
            $($plain,)*
            $($group($group),)*
        }

        impl Route {
            /// Of a path below wherever the app is mounted; a trailing slash, a query and a fragment do not matter.
            /// `None` is "not found".
            pub fn parse(path: &str) -> Option<Self> {
                let path = path.split(['?', '#']).next().unwrap_or_default();
                if path.contains("//") {
                    return None;
                }
                let segments: Vec<&str> = path.split('/').filter(|segment| !segment.is_empty()).collect();
                Some(match segments[..] {
                    $([$($plain_segment),*] => Self::$plain,)*
                    $($([$($segment),*] => Self::$group($group::$name $(($id.to_owned()))?),)*)*
                    _ => return None,
                })
            }

            /// Below wherever the app is mounted. Only `navigation` knows where that is, and makes addresses of it.
            pub fn inner_path(&self) -> String {
                let segments: &[&str] = match self {
                    $(Self::$plain => &[$($plain_segment),*],)*
                    $($(Self::$group($group::$name $(($id))?) => &[$($segment),*],)*)*
                };
                if segments.is_empty() {
                    return "/".to_owned();
                }
                segments.iter().flat_map(|segment| ["/", *segment]).collect()
            }

            /// The whole table, for tests; a parameter has its own name as its value.
            pub fn all() -> Vec<Self> {
                vec![
                    $(Self::$plain,)*
                    $($(Self::$group($group::$name $((stringify!($id).to_owned()))?),)*)*
                ]
            }
        }
    };
}

routes! {
    // what the first page brings along
    {
        Home => [],
        Region => ["region"],
    }
    /// Finding a bill, and paying it.
    Pay {
        Find => ["pay"],
        Amount => ["pay", "amount"],
        Method => ["pay", "method"],
        Review => ["pay", "review"],
        /// Outcome and receipt of one payment, by its opaque id.
        Payment(id: String) => ["pay", "payments", id],
        /// Where the link of an e-mail about a payment leads; its secret is behind a `#`.
        Receipt => ["receipt"],
    }
    /// What there is to read.
    Read {
        Help => ["help"],
        Coupon => ["coupon"],
        Terms => ["terms"],
        Privacy => ["privacy"],
        Accessibility => ["accessibility"],
    }
    /// The ways in, and out again.
    Enter {
        /// What an account adds, and the way in.
        Register => ["register"],
        RegisterBill => ["register", "bill"],
        RegisterTerms => ["register", "agree"],
        RegisterYou => ["register", "you"],
        RegisterEmail => ["register", "email"],
        /// Where the e-mail that confirms an address leads; its secret is behind a `#`.
        ConfirmEmail => ["confirm-email"],
        SignIn => ["sign-in"],
        /// Anyone who forgot their user ID shows a statement.
        ForgotUserId => ["forgot-user-id"],
        ForgotPassword => ["forgot-password"],
        /// Where the e-mail for a new password leads; its secret is behind a `#`.
        ResetPassword => ["reset-password"],
        /// The member signed out.
        SignedOut => ["signed-out"],
        /// The payer, who has no account, ended the visit.
        VisitEnded => ["visit-ended"],
        /// The session ran out.
        TimedOut => ["timed-out"],
        /// The member closed the account.
        AccountClosed => ["account-closed"],
    }
    /// A member's account: what is owed, what was paid, and what there is to show for it.
    Account {
        Overview => ["account"],
        /// The query filters the list: kind, year and a number for a person.
        Bills => ["account", "bills"],
        Bill(id: String) => ["account", "bills", id],
        Statement(id: String) => ["account", "bills", id, "statement"],
        /// Its filter is in the query (`navigation`).
        History => ["account", "history"],
        /// An address that leads into paying (`Pay::Amount`); its query names somebody's bills by an opaque id.
        Pay => ["account", "pay"],
    }
    /// What a member keeps: the balance with its statement, and the proof of a tax year.
    Records {
        Balance => ["account", "balance"],
        /// Of this year.
        Proof => ["account", "receipts"],
        /// Of the year that it names; the query holds a number for a person.
        Receipts(year: String) => ["account", "receipts", year],
    }
    /// A member's own settings: how they pay, who they are, and how they sign in.
    Settings {
        Methods => ["account", "methods"],
        Profile => ["account", "profile"],
        /// Closes the account.
        Close => ["account", "profile", "close"],
        /// Where the e-mails that are notices lead, to be turned off.
        Notices => ["account", "notices"],
        Security => ["account", "security"],
        /// The people a member pays for.
        Household => ["account", "household"],
    }
}

impl Route {
    /// False for the pages on the way in and out, which are nowhere to be once one is in.
    fn is_somewhere_to_go(&self) -> bool {
        match self {
            Self::Home | Self::Region | Self::Read(_) | Self::Account(_) | Self::Records(_) | Self::Settings(_) => true,
            Self::Pay(pay) => match pay {
                Pay::Find | Pay::Amount | Pay::Method | Pay::Review | Pay::Payment(_) => true,
                // its secret does not outlive a page
                Pay::Receipt => false,
            },
            Self::Enter(enter) => match enter {
                Enter::Register
                | Enter::RegisterBill
                | Enter::RegisterTerms
                | Enter::RegisterYou
                | Enter::RegisterEmail => true,
                Enter::SignIn
                | Enter::ConfirmEmail
                | Enter::ForgotUserId
                | Enter::ForgotPassword
                | Enter::ResetPassword
                | Enter::SignedOut
                | Enter::VisitEnded
                | Enter::TimedOut
                | Enter::AccountClosed => false,
            },
        }
    }

    /// A page that only a member sees.
    pub fn is_of_member(&self) -> bool {
        matches!(self, Self::Account(_) | Self::Records(_) | Self::Settings(_))
    }

    /// Of a page on the way in, and then of this, there with the filter that `address` has, which names nobody.
    pub fn inner_path_through(&self, way_in: Enter, address: &str) -> String {
        let then = format!("{}?{THEN}{}", Self::from(way_in).inner_path(), self.inner_path());
        match address.split_once('?') {
            Some((_, query)) if self.has_filter() && is_filter(query) => {
                format!("{then}{QUERY}{}", query.replace('&', AND))
            }
            _ => then,
        }
    }

    fn has_filter(&self) -> bool {
        matches!(self, Self::Account(Account::Bills | Account::History) | Self::Records(Records::Receipts(_)))
    }

    /// Where an address says to go after signing in, and with which filter: `?kind=hospital`, or nothing. What is no
    /// route of this app is nowhere.
    pub fn then(address: &str) -> Option<(Self, String)> {
        let (_, query) = address.split_once('?')?;
        let query = query.split('#').next().unwrap_or_default();
        let to = query.split('&').find_map(|part| part.strip_prefix(THEN))?;
        let (to, filter) = to.split_once(QUERY).unwrap_or((to, ""));
        let (route, filter) = (Self::then_route(to)?, filter.replace(AND, "&"));
        let is_kept = route.has_filter() && is_filter(&filter);
        Some((route, if is_kept { format!("?{filter}") } else { String::new() }))
    }

    fn then_route(to: &str) -> Option<Self> {
        Self::parse(to).filter(|route| to.starts_with('/') && route.inner_path() == to && route.is_somewhere_to_go())
    }
}

/// What a list's filter is written in: words, numbers and days.
fn is_filter(query: &str) -> bool {
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || b"=&-_".contains(&byte);
    (1..=200).contains(&query.len()) && query.bytes().all(is_plain)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_printed_is_parsed_back() {
        for route in Route::all() {
            assert_eq!(Route::parse(&route.inner_path()), Some(route));
        }
    }

    #[test]
    fn a_trailing_slash_a_query_and_a_fragment_do_not_matter() {
        assert_eq!(Route::parse("/pay/"), Some(Pay::Find.into()));
        assert_eq!(Route::parse("/pay/amount?from=mail#top"), Some(Pay::Amount.into()));
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
        for route in Route::all() {
            let expected = route.is_somewhere_to_go().then(|| (route.clone(), String::new()));
            assert_eq!(Route::then(&route.inner_path_through(Enter::SignIn, "")), expected);
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

    #[test]
    fn signing_in_keeps_the_filter_of_a_list_and_no_other_query() {
        let there_and_back = |route: Route, query: &str| {
            Route::then(&route.inner_path_through(Enter::SignIn, &format!("{}?{query}", route.inner_path())))
        };
        let receipts = || Route::Records(Records::Receipts("2026".to_owned()));
        let kept: [(Route, &str); 3] = [
            (Account::Bills.into(), "kind=hospital&person=2&year=2025"),
            (Account::History.into(), "from=2026-01-01&state=paid"),
            (receipts(), "person=9"),
        ];
        for (route, query) in kept {
            assert_eq!(there_and_back(route.clone(), query), Some((route, format!("?{query}"))));
        }
        let dropped: [(Route, &str); 5] = [
            (Account::Bills.into(), "name=Ana%20O"),
            (Account::Bills.into(), "a=//evil.example"),
            (Account::Bills.into(), ""),
            (Account::History.into(), &*"a".repeat(201)),
            (Settings::Profile.into(), "a=b"),
        ];
        for (route, query) in dropped {
            assert_eq!(there_and_back(route.clone(), query), Some((route, String::new())), "{query}");
        }
        for to in ["/account/bills%3F//evil.example", "/account%3Fa=b", "/account/bills%3Fa=%2526then=/help"] {
            assert_eq!(Route::then(&format!("/sign-in?then={to}")).unwrap().1, "", "{to}");
        }
        assert_eq!(Route::then("/sign-in?then=//evil.example%3Fa=b"), None);
    }
}
