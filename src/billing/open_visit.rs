//! The way back into a visit that is open, from the pages where a visit begins.

use crate::{
    i18n::t,
    route::Pay,
    session::{CurrentSession, Session},
    ui::{ButtonLink, Notice, dynamic},
};
use leptos::prelude::*;

/// For a payer without an account, whose bills are still open in this browser.
pub fn open_visit() -> AnyView {
    let session = CurrentSession::here();
    let is_open = Memo::new(move |_| session.with(|session| matches!(session, Session::Payer(_))));
    dynamic(move || {
        let notice = is_open.get().then(|| {
            view! {
                <Notice words=t(|w| w.pay().amount.still_open)>
                    <p><ButtonLink to=Pay::Amount words=t(|w| w.pay().outcome.see_owed)/></p>
                </Notice>
            }
        });
        notice.into_any()
    })
}
