//! The app's root component: it provides the contexts and maps each route to its page. Pages that load later, in a wasm
//! chunk of their own, are mapped in `chunks`; no other module names a page. No match on a route has a catch-all, here
//! or there: a route without a page does not compile.

mod chunks;
mod session_links;
#[cfg(test)]
#[cfg(feature = "ssr")]
mod tests;
mod unreached;
mod watch;

use crate::{
    api::Client,
    browser::{self, Remembered},
    config::{Base, Config, Deployment},
    error::ApiError,
    fetched::Fetched,
    i18n::Language,
    navigation::Navigation,
    pages::{home::HomePage, pay, region::RegionPage, register},
    route::Route,
    session::{CurrentSession, Session},
    ui::{Arrivals, Shell, dynamic},
};
use chunks::{Chunk, Chunks, Page};
use gloo_timers::future::TimeoutFuture;
use leptos::{prelude::*, task::spawn_local};
use leptos_router::components::Router;
use session_links::{FooterSignIn, SessionLinks};
use std::{sync::Arc, time::Duration};
use watch::SessionTimeout;

#[component]
pub fn App(config: Config) -> impl IntoView {
    let deployment = Deployment::new(config.region, config.facts);
    let language = Language(RwSignal::new(config.locale));
    let session = CurrentSession::new(Session::Restoring, deployment);
    provide_context(Client::new(&config.api_base));
    provide_context(deployment);
    provide_context(language);
    provide_context(session);
    provide_context(Arrivals::default());
    provide_context(Chunks::new());
    pay::provide();
    register::provide();
    load_portal(deployment);
    restore_session(session);
    keep_time(deployment, session);
    remember_choices(deployment, language);
    view! { <Router base=Navigation::links_below(&config.base)><Pages base=config.base/></Router> }
}

/// The page of the address. One that is no route's leads nowhere, and is said so.
#[component]
fn Pages(base: Base) -> impl IntoView {
    Navigation::provide(base);
    let (session, navigation) = (CurrentSession::here(), Navigation::here());
    come_back_from_regions(Deployment::here(), navigation);
    view! {
        <Shell session_links=|| SessionLinks().into_any() sign_in=|| FooterSignIn().into_any() has_region=session.is_member()>
            {dynamic(move || page(navigation.route()))}
            <SessionTimeout/>
        </Shell>
    }
}

/// Choosing a region leads back to the page before, and to what that page was on the way to.
fn come_back_from_regions(deployment: Deployment, navigation: Navigation) {
    browser::effect(move |_| {
        let address = navigation.address_here();
        if navigation.route().is_some_and(|page| page != Route::Region) {
            deployment.then.set(Some(address));
        }
    });
}

/// What is at once there, and what is fetched when it is first shown.
fn page(route: Option<Route>) -> AnyView {
    let chunks = Chunks::here();
    match route {
        Some(Route::Home) => HomePage().into_any(),
        Some(Route::Region) => {
            // after choosing a region, the next step is to find a bill
            chunks.fetch(Chunk::Paying);
            RegionPage().into_any()
        }
        Some(Route::Pay(page)) => chunks.page(Page::Paying(page)),
        Some(Route::Read(page)) => chunks.page(Page::Reading(Some(page))),
        Some(Route::Enter(page)) => chunks.page(Page::Entering(page)),
        Some(Route::Account(page)) => chunks.page(Page::Account(page)),
        Some(Route::Records(page)) => chunks.page(Page::Records(page)),
        Some(Route::Settings(page)) => chunks.page(Page::Settings(page)),
        None => chunks.page(Page::Reading(None)),
    }
}

/// Fetches the profile, and again whenever `attempt` is raised.
fn load_portal(deployment: Deployment) {
    let client = Client::here();
    browser::effect(move |_| {
        deployment.attempt.get();
        let client = client.clone();
        deployment.profile.set(Fetched::Waiting);
        spawn_local(async move {
            let profile = client.portal().await;
            deployment.profile.set(profile.map(Arc::new).into());
        });
    });
}

/// How long until the server is asked again whose session this is.
const AGAIN_MILLIS: u32 = 5_000;

/// Restores the session after a reload, so that a payment in progress continues. Without a response of the server the
/// session is unknown: the page says so (`unreached`), and the request is repeated until there is a response.
fn restore_session(session: CurrentSession) {
    let client = Client::here();
    browser::effect(move |_| {
        let asked = session.asked();
        session.set_unreached(None);
        let client = client.clone();
        spawn_local(async move {
            while session.is_unknown() && untrack(|| session.asked()) == asked {
                let restored = client.session().await;
                // a look-up may have been faster
                if !session.is_unknown() {
                    return;
                }
                match restored {
                    Ok(view) => return session.accept(&view),
                    Err(ApiError::SignedOut) => return session.forget(),
                    Err(error) => session.set_unreached(Some(error)),
                }
                TimeoutFuture::new(AGAIN_MILLIS).await;
            }
        });
    });
}

/// What time it is by the server's clock, from its first response on.
fn keep_time(deployment: Deployment, session: CurrentSession) {
    browser::effect(move |_| {
        // the first response says whose session this is
        session.track();
        deployment.now.set(session.server_time());
    });
    browser::effect(move |_| {
        _ = set_interval_with_handle(move || deployment.now.set(session.server_time()), Duration::from_secs(30));
    });
}

/// `<html lang>` follows the language; region and language are remembered on this device.
fn remember_choices(deployment: Deployment, language: Language) {
    browser::effect(move |is_first| {
        let locale = language.0.get();
        browser::set_language(locale.code());
        if !is_first {
            browser::remember(Remembered::Locale, locale.code());
        }
    });
    browser::effect(move |_| {
        if let Some(region) = deployment.region.get() {
            browser::remember(Remembered::Region, region.code());
        }
    });
}
