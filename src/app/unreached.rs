//! The placeholder for a page that needs the session while the server can't be reached: it says so and offers to retry.
//! The app also retries by itself (`app::restore_session`). It never redirects to the sign-in page while the user may
//! still be signed in.

use crate::{
    config::Deployment,
    i18n::say,
    session::CurrentSession,
    ui::{Unavailable, dynamic, usual_words},
};
use leptos::prelude::*;

/// The page, or why it can't be shown yet.
pub fn known(page: impl Fn() -> AnyView + Send + 'static) -> AnyView {
    let session = CurrentSession::here();
    let failed = Memo::new(move |_| session.unreached());
    dynamic(move || {
        let Some(error) = failed.get() else { return page() };
        let deployment = Deployment::here();
        let error = StoredValue::new(error);
        let words = move |w| error.with_value(|error| usual_words(w, error, &deployment.contacts().billing_phone));
        let again = Callback::new(move |()| session.ask());
        view! { <Unavailable title=say(move |w| words(w).0) words=say(move |w| words(w).1) on_retry=again/> }.into_any()
    })
}
