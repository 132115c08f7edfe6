//! The one amount of a sheet: what it is, as of when, and what it is if what is on its way clears.

use crate::{
    i18n::{Text, format, say},
    session::CurrentSession,
};
use contract::{Instant, Money};
use leptos::prelude::*;

pub struct Total {
    /// Of its heading, by which the sheet is named.
    pub id: String,
    pub title: Text,
    pub sum: Money,
    /// What of it is on its way.
    pub pending: Money,
    pub as_of: Instant,
}

impl Total {
    /// `said` stands between the amount and the moment, `more` at the end.
    pub fn show(self, said: AnyView, more: AnyView) -> AnyView {
        let Self { id, title, sum, pending, as_of } = self;
        let session = CurrentSession::here();
        let plain = say(move |w| format::money(w.locale, sum).trim_start_matches('$').to_owned());
        let when = say(move |w| (w.account().overview.as_of)(&format::moment(w.locale, as_of, session.time_zone())));
        let if_clears = (!pending.is_zero()).then(|| {
            let left = sum.minus(pending).unwrap_or_default();
            view! { <br/> {say(move |w| (w.account().overview.if_clears)(&format::money(w.locale, left)))} }
        });
        view! {
            <div class="pay-total">
                <h2 id=id>{title}</h2>
                <span class="pay-total__sum pay-money" translate="no"><small>"$"</small>{plain}</span>
                {said}
                <p class="pay-note">{when}{if_clears}</p>
                {more}
            </div>
        }
        .into_any()
    }
}
