//! The account's security page: `password`, `second_factor`, active `sessions`, and the terms.

mod password;
mod second_factor;
mod sessions;

use self::{password::ChangePassword, second_factor::ChangeFactors, sessions::Sessions};
use super::{Query, heading, page};
use crate::{
    i18n::{format, say, t},
    navigation::href,
    route::{Read, Settings},
};
use contract::account::Security;
use leptos::prelude::*;

type SecurityQuery = Query<Security>;

#[component]
pub fn SecurityPage() -> impl IntoView {
    let shown = Query::new(|client| async move { client.security().await });
    let main = shown.show_once(6, move || {
        view! { <ChangePassword shown/> <ChangeFactors shown/> <Sessions shown/> <Agreed shown/> }.into_any()
    });
    let head = heading(t(|w| w.account().security.title), t(|w| w.account().security.lead));
    page(Settings::Security.into(), head, vec![shown.state()], main)
}

#[component]
fn Agreed(shown: SecurityQuery) -> impl IntoView {
    let terms = say(move |w| {
        let agreed =
            shown.of(|security| Some((security.terms_version, security.terms_accepted_at, security.time_zone.clone())));
        agreed
            .map(|(version, at, zone)| (w.account().security.terms)(version, &format::moment(w.locale, at, &zone)))
            .unwrap_or_default()
    });
    view! {
        <section class="pay-sheet" aria-labelledby="agreed-title">
            <div class="pay-stack">
                <h2 id="agreed-title">{t(|w| w.account().security.agreed)}</h2>
                <p>{terms} " " <a href=href(Read::Terms)>{t(|w| w.account().security.read_terms)}</a></p>
                <p><a class="pay-link" href=href(Settings::Profile)>{t(|w| w.account().security.authorised)}</a></p>
            </div>
        </section>
    }
}
