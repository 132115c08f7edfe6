//! The account's security page: `password`, `second_factor`, active `sessions`, the terms, and the authorisations that
//! were given.

mod password;
mod second_factor;
mod sessions;

use self::{password::ChangePassword, second_factor::ChangeFactors, sessions::Sessions};
use super::{Query, heading, page};
use crate::{
    i18n::{format, say, t},
    navigation::href,
    route::{Account, Pay, Read},
    ui::{Icon, Sign, dynamic, list},
};
use contract::account::{AuthorisationEntry, Security};
use leptos::prelude::*;

type SecurityQuery = Query<Security>;

#[component]
pub fn SecurityPage() -> impl IntoView {
    let shown = Query::new(|client| async move { client.security().await });
    let main = shown.show_once(6, move || {
        view! { <ChangePassword shown/> <ChangeFactors shown/> <Sessions shown/> <Agreed shown/> }.into_any()
    });
    let head = heading(t(|w| w.account().security.title), t(|w| w.account().security.lead));
    page(Account::Security, head, vec![shown.state()], main)
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
    let zone = Signal::derive(move || shown.of(|security| security.time_zone.clone()));
    let row = move |given: AuthorisationEntry| {
        let (at, version, charged) = (given.at, given.version, given.charged);
        let when = say(move |w| {
            let amount = charged.map(|charged| format::money(w.locale, charged));
            (w.account().security.given)(amount.as_deref(), &format::day(w.locale, at, &zone.get()), version)
        });
        view! {
            <li>
                <details class="pay-more">
                    <summary>{when}<Icon sign=Sign::Down/></summary>
                    <p class="pay-quote" lang=given.locale.code()>{given.text}</p>
                    <p><a class="pay-link" href=href(Pay::Payment(given.payment))>{t(|w| w.account().security.payment)}</a></p>
                </details>
            </li>
        }
        .into_any()
    };
    let authorisations = dynamic(move || {
        let given = shown.of(|security| security.authorisations.clone());
        if given.is_empty() {
            view! { <p class="pay-note">{t(|w| w.account().security.no_authorisations)}</p> }.into_any()
        } else {
            view! {
                <p class="pay-note">{t(|w| w.account().security.once)}</p>
                <ul class="pay-rows pay-rows--close">{list(given, row)}</ul>
            }
            .into_any()
        }
    });
    view! {
        <section class="pay-sheet" aria-labelledby="agreed-title">
            <div class="pay-stack">
                <h2 id="agreed-title">{t(|w| w.account().security.agreed)}</h2>
                <p>{terms} " " <a href=href(Read::Terms)>{t(|w| w.account().security.read_terms)}</a></p>
                <h3>{t(|w| w.account().security.authorisations)}</h3>
                {authorisations}
            </div>
        </section>
    }
}
