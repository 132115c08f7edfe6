//! In place of a page that needs to know whose session this is, while the server can't be asked: says so and offers to ask again. It
//! is asked again without that, too (`app::restore_session`); nobody is led to signing in as long as they may be signed in.

use crate::{
    config::Deployment,
    i18n::{say, t},
    session::{CurrentSession, Session},
    ui::{Heading, live, usual_words},
};
use leptos::prelude::*;

/// The page, or why it can't be shown yet.
pub fn known(page: impl Fn() -> AnyView + Send + 'static) -> AnyView {
    let session = CurrentSession::here();
    let failed = Memo::new(move |_| {
        let is_unknown = session.0.with(|session| *session == Session::Restoring);
        session.3.failed.get().filter(|_| is_unknown)
    });
    live(move || {
        let Some(error) = failed.get() else { return page() };
        let deployment = Deployment::here();
        let error = StoredValue::new(error);
        let words = move |w| error.with_value(|error| usual_words(w, error, &deployment.contacts().billing_phone));
        let again = move |_| session.3.asked.update(|n| *n += 1);
        view! {
            <div class="pay-journey">
                <div class="pay-journey__head">
                    <Heading words=say(move |w| words(w).0)/>
                    <p class="pay-lead">{say(move |w| words(w).1)}</p>
                </div>
                <p class="pay-row">
                    <button class="pay-button pay-button--main" type="button" on:click=again>{t(|w| w.shell.try_again)}</button>
                </p>
            </div>
        }
        .into_any()
    })
}
