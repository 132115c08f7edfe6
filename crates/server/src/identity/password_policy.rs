//! The password policy of accounts: how long a password has to be, and what it may not hold.

use crate::{
    error::{Error, Result},
    state::App,
    store::{Tx, accounts::Account, factors},
};
use contract::{FieldProblem, Password, password, problem_details::ErrorCode};

/// Long enough, and not easy to guess for this account. True if it only does because there is a second factor.
pub async fn check_new(app: &App, account: &Account, password: &Password) -> Result<bool> {
    let owner = owner_names(&account.email.to_string(), &account.names());
    let problem = match password.has_least(least(app, account).await?) {
        Ok(_) => app.passwords.weakness(password, &app.service_names(), owner).await?,
        Err(short) => Some(short),
    };
    match problem {
        Some(problem) => Err(Error::field(ErrorCode::Invalid, "password", problem)),
        None => Ok(password.has_least(password::LEAST).is_err()),
    }
}

/// Refuses a short password for an account whose last factor was taken away since `check_new`. With the account locked.
pub async fn has_factor_if_short(tx: &mut Tx, account: &str, is_short: bool) -> Result<()> {
    if is_short && factors::count(tx, account).await? == 0 {
        return Err(Error::field(ErrorCode::Invalid, "password", FieldProblem::TooShort));
    }
    Ok(())
}

/// The fewest characters of a new password of this account.
pub async fn least(app: &App, account: &Account) -> Result<usize> {
    let has_factor = app.store.factors_asked(&account.id).await?.is_some();
    Ok(if has_factor { password::LEAST_WITH_FACTOR } else { password::LEAST })
}

/// What a password of this person may not hold: the user ID, what stands before its `@`, and the names if they are long
/// enough to mean somebody.
pub fn owner_names(email: &str, names: &[String]) -> Vec<String> {
    let local = email.split('@').next().unwrap_or_default();
    let names = names.iter().map(String::as_str).filter(|name| name.chars().count() >= 5);
    [email, local].into_iter().filter(|part| part.chars().count() >= 4).chain(names).map(str::to_owned).collect()
}
