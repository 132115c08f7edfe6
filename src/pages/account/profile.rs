//! The account's profile page: who the member is, changed part by part (`about`, `email`), whether bills come by
//! post (`paperless`), and the `authorisations` that they gave, those to keep a card or account (`standing`) first.

mod about;
mod authorisations;
mod email;
mod fields;
mod paperless;
mod row;
mod standing;
#[cfg(test)]
#[cfg(feature = "ssr")]
mod tests;

use self::{about::AboutYou, authorisations::Authorisations, paperless::Paperless};
use super::{Query, heading, page};
use crate::{
    api::Client,
    i18n::{say, t},
    navigation::href,
    route::Settings,
    ui::{Icon, Sign, download, dynamic, not_made},
};
use contract::member_profile::{AuthorisationPage, MemberProfile};
use leptos::prelude::*;

type ProfileQuery = Query<MemberProfile>;
type AuthorisationQuery = Query<AuthorisationPage>;

#[component]
pub fn ProfilePage() -> impl IntoView {
    let profile = Query::new(|client| async move { client.profile().await });
    let given = Query::new(|client| async move { client.authorisations(None).await });
    content(profile, given)
}

fn content(profile: ProfileQuery, given: AuthorisationQuery) -> AnyView {
    let about = profile.show_once(8, move || view! { <AboutYou profile/> }.into_any());
    let was_revoked = RwSignal::new(false);
    let given_ones = given.show(4, move |first| view! { <Authorisations first given was_revoked/> }.into_any());
    let head = view! {
        {heading(t(|w| w.account().profile.title), t(|w| w.account().profile.lead))}
        <p><a class="pay-link" href=href(Settings::Security)><Icon sign=Sign::Shield/>{t(|w| w.account().profile.sign_in)}</a></p>
        <p><a class="pay-link" href=href(Settings::Notices)><Icon sign=Sign::Envelope/>{t(|w| w.account().notices.title)}</a></p>
        <p><a class="pay-link" href=href(Settings::Household)><Icon sign=Sign::Person/>{t(|w| w.account().household.title)}</a></p>
    };
    let is_here = Memo::new(move |_| profile.of(|_| true));
    let paperless =
        dynamic(move || if is_here.get() { view! { <Paperless profile/> }.into_any() } else { ().into_any() });
    let data = dynamic(move || if is_here.get() { your_data() } else { ().into_any() });
    let main = view! { {about} {paperless} {given_ones} {data} }.into_any();
    page(Settings::Profile.into(), head.into_any(), vec![profile.state(), given.state()], main)
}

/// A copy of all of it, and the way to its end.
fn your_data() -> AnyView {
    let client = Client::here();
    let file = client.clone().file(*say(move |w| client.data_address(w.locale)));
    let words = view! { <Icon sign=Sign::Download/><span>{t(|w| w.account().closing.download)}</span> };
    view! {
        <section class="pay-sheet" aria-labelledby="data-title" data-print="no">
            <div class="pay-stack">
                <div>
                    <h2 id="data-title">{t(|w| w.account().closing.data)}</h2>
                    <p class="pay-note">{t(|w| w.account().closing.data_note)}</p>
                </div>
                <p class="pay-row">
                    {download(file, "pay-button", words.into_any())}
                    <a class="pay-link" href=href(Settings::Close)>{t(|w| w.account().closing.title)}</a>
                </p>
                {not_made(vec![file])}
            </div>
        </section>
    }
    .into_any()
}
