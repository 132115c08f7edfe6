//! The table of rate limits. A rule says how many fit at once (the burst) and in which time they drain: so in the long
//! run as many per window.

pub struct Rule {
    /// Part of the key: counts of different rules have nothing in common.
    pub name: &'static str,
    pub most: u32,
    pub window_seconds: i64,
}

const fn rule(name: &'static str, most: u32, window_seconds: i64) -> Rule {
    Rule { name, most, window_seconds }
}

const MINUTE: i64 = 60;
const HOUR: i64 = 3_600;
const DAY: i64 = 24 * HOUR;

/// Look-ups without a match. Those with a match use up nothing.
pub const LOOKUPS_BY_ADDRESS: Rule = rule("lookups by address", 30, 5 * MINUTE);
pub const LOOKUPS_BY_STATEMENT: Rule = rule("lookups by statement", 10, 5 * MINUTE);

/// Calls that cause an e-mail and reveal nothing: they always count.
pub const EMAILS_BY_ADDRESS: Rule = rule("e-mails by address", 20, 5 * MINUTE);
pub const EMAILS_BY_STATEMENT: Rule = rule("e-mails by statement", 10, 5 * MINUTE);
pub const EMAILS_BY_SESSION: Rule = rule("e-mails by session", 3, 5 * MINUTE);

/// Links that registrations send to the address that a plan has on file, by the network that asked for them, and for
/// all of them: where strangers have used that up, one goes out every half hour.
pub const LINKS_ON_FILE_BY_NETWORK: Rule = rule("links on file by network", 4, HOUR);
pub const LINKS_ON_FILE_BY_NETWORK_A_DAY: Rule = rule("links on file by network and day", 12, DAY);
pub const LINKS_ON_FILE: Rule = rule("links on file", 48, DAY);

/// Receipts sent by mail, to any address: a payment of a dollar is no way to write to strangers.
pub const RECEIPTS_BY_PAYMENT: Rule = rule("receipts by payment", 5, HOUR);
pub const RECEIPTS_BY_RECIPIENT: Rule = rule("receipts by recipient", 10, HOUR);
pub const RECEIPTS_BY_MEMBERSHIP: Rule = rule("receipts by membership", 20, HOUR);

/// What is added to an account beside its password: the owner gets an e-mail for each.
pub const FACTORS_BY_ACCOUNT: Rule = rule("factors by account", 20, HOUR);

/// Changes of a profile: the owner gets an e-mail for most.
pub const PROFILE_CHANGES_BY_ACCOUNT: Rule = rule("profile changes by account", 20, HOUR);

/// Copies of all of a member's data: each reads every table.
pub const DATA_BY_ACCOUNT: Rule = rule("data by account", 3, HOUR);
/// Changes of which notices a member gets.
pub const NOTICE_CHANGES_BY_ACCOUNT: Rule = rule("notice changes by account", 60, HOUR);

/// Codes by text message, which may go to anybody's number and cost money, and tries at typing one.
pub const TEXT_CODES_BY_ACCOUNT: Rule = rule("text codes by account", 4, HOUR);
pub const TEXT_CODES_BY_NUMBER: Rule = rule("text codes by number", 4, HOUR);
pub const TEXT_CODE_TRIES_BY_ACCOUNT: Rule = rule("tries at text codes by account", 10, HOUR);

/// People added to those a member pays for, and removed: both sides get an e-mail for each.
pub const HOUSEHOLD_CHANGES_BY_ACCOUNT: Rule = rule("household changes by account", 20, HOUR);

/// Changes of an account's saved payment methods.
pub const METHOD_CHANGES_BY_ACCOUNT: Rule = rule("method changes by account", 60, HOUR);

/// Changes of how a member uses the balance.
pub const BALANCE_SETTINGS_BY_ACCOUNT: Rule = rule("balance settings by account", 60, HOUR);

/// Refunds of credit that members ask for.
pub const REFUNDS_BY_ACCOUNT: Rule = rule("refunds by account", 20, HOUR);

/// Questions about charges: the plan gets an e-mail for each.
pub const QUESTIONS_BY_ACCOUNT: Rule = rule("questions by account", 20, HOUR);

/// E-mails that a member has sent to a new address, which may be anybody's.
pub const NEW_EMAILS_BY_ACCOUNT: Rule = rule("new e-mail addresses by account", 4, HOUR);
pub const NEW_EMAILS_BY_RECIPIENT: Rule = rule("new e-mail addresses by recipient", 4, HOUR);

/// Failed sign-ins from one address, at any account.
pub const SIGN_INS_BY_ADDRESS: Rule = rule("sign-ins by address", 30, HOUR);
/// Failed sign-ins at one account from anywhere. NIST SP 800-63B, 3.2.2: at most a hundred in a row.
pub const SIGN_INS_BY_ACCOUNT: Rule = rule("sign-ins by account", 100, HOUR);

/// Charges that were declined: a member's by account, those of all guests of a membership together.
pub const CHARGES_BY_SESSION: Rule = rule("charges by session", 5, 10 * MINUTE);
pub const CHARGES_BY_ACCOUNT: Rule = rule("charges by account", 10, HOUR);
pub const CHARGES_BY_MEMBERSHIP: Rule = rule("charges by membership", 10, HOUR);
pub const CHARGES_BY_ADDRESS: Rule = rule("charges by address", 20, HOUR);

/// Idempotency keys that are closed since no payment has them.
pub const KEYS_BY_SESSION: Rule = rule("keys by session", 60, 10 * MINUTE);
/// Those of orders without a session: anyone who closes them need not be anybody.
pub const KEYS_BY_ADDRESS: Rule = rule("keys by address", 30, 10 * MINUTE);

/// Tokens that the processor is asked about.
pub const TOKENS_BY_SESSION: Rule = rule("tokens by session", 30, 10 * MINUTE);
pub const TOKENS_BY_ADDRESS: Rule = rule("tokens by address", 120, 10 * MINUTE);

/// New passwords that are judged and hashed.
pub const PASSWORDS_BY_SESSION: Rule = rule("new passwords by session", 12, 10 * MINUTE);
pub const PASSWORDS_BY_ADDRESS: Rule = rule("new passwords by address", 60, 10 * MINUTE);

/// Tokens of reset links that open nothing, when a page asks about one as it arrives.
pub const RESET_LINKS_BY_ADDRESS: Rule = rule("reset links by address", 30, 10 * MINUTE);

/// Secrets of links to receipts that open nothing. They can't be guessed; this keeps anyone who tries from keeping the
/// database busy.
pub const RECEIPT_LINKS_BY_ADDRESS: Rule = rule("receipt links by address", 30, 10 * MINUTE);

/// Openings of one link, by all browsers together: each may add a row.
pub const OPENINGS_BY_RECEIPT_LINK: Rule = rule("openings by receipt link", 60, HOUR);

/// Receipts drawn: some tens of milliseconds of a processor each.
pub const DRAWINGS_BY_SESSION: Rule = rule("receipts drawn by session", 60, 10 * MINUTE);
/// Zip files of a tax year, with up to a hundred receipts each.
pub const PROOF_ZIPS_BY_SESSION: Rule = rule("proof zips by session", 40, HOUR);
/// Those for browsers that came by a link.
pub const DRAWINGS_BY_PAYMENT: Rule = rule("receipts drawn by payment", 30, HOUR);

/// A progressive delay: a number of free attempts, then one after two seconds, four, eight, up to a longest wait. With
/// time, attempts are forgotten one by one.
pub struct DelayRule {
    pub name: &'static str,
    pub free: i64,
    pub longest_seconds: i64,
    pub fades_seconds: i64,
}

const fn slow(name: &'static str, free: i64) -> DelayRule {
    DelayRule { name, free, longest_seconds: 900, fades_seconds: 20 * MINUTE }
}

/// Sign-ins at one account from one network.
pub const SIGN_INS_BY_PAIR: DelayRule = slow("sign-ins by account and network", 3);
/// Sign-ins at one account from a browser that signed in there before, or in a session of the account.
pub const SIGN_INS_BY_DEVICE: DelayRule = slow("sign-ins by account and device", 3);
/// Codes of a second factor at one account, wherever they come from: a code has six digits, so there must not be many.
pub const CODES_BY_ACCOUNT: DelayRule = slow("codes by account", 5);
