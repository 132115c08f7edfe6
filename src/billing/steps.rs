//! The step lists of the two flows, paying and registering. `ui::Stepper` renders them.

use crate::{
    route::{Account, Enter, Pay, Route},
    ui::Steps,
};

/// Paying: find, amount, method, review. A member has nothing to find: that step was to come from the account.
pub static PAYING: Steps = Steps {
    routes: &[Route::Pay(Pay::Find), Route::Pay(Pay::Amount), Route::Pay(Pay::Method), Route::Pay(Pay::Review)],
    before: Route::Home,
    first_of_member: Some(Route::Account(Account::Overview)),
    names: |w| &w.shell.steps,
};

/// Registering: bill, terms, person, e-mail.
pub static REGISTERING: Steps = Steps {
    routes: &[
        Route::Enter(Enter::RegisterBill),
        Route::Enter(Enter::RegisterTerms),
        Route::Enter(Enter::RegisterYou),
        Route::Enter(Enter::RegisterEmail),
    ],
    before: Route::Enter(Enter::Register),
    first_of_member: None,
    names: |w| &w.account().register.steps,
};
