//! Contexts and the route table: the only file that names every page.

mod chunks;

use crate::{
    api::Client,
    browser::{self, Remembered},
    config::{Config, Deployment, Profile},
    i18n::Language,
    pages::{home::HomePage, pay, region::RegionPage},
    place::Place,
    route::Route,
    session::{CurrentSession, Session},
    ui::{Arrivals, Shell, live},
};
use chunks::{Chunk, Chunks};
use leptos::{prelude::*, task::spawn_local};
use std::sync::Arc;

/// `path` is where it starts.
#[component]
pub fn App(config: Config, #[prop(into)] path: String) -> impl IntoView {
    let deployment = Deployment::new(config.region);
    let language = Language(RwSignal::new(config.locale));
    let session = CurrentSession(RwSignal::new(Session::Restoring));
    let place = Place::at(&path);
    provide_context(Client::new(&config.api_base));
    provide_context(deployment);
    provide_context(language);
    provide_context(session);
    provide_context(place);
    provide_context(Arrivals::default());
    pay::provide();
    load_portal(deployment);
    restore_session(session);
    remember_choices(deployment, language);
    place.follow_history();
    let chunks = Chunks::new();
    view! { <Shell>{live(move || page(place.route(), chunks))}</Shell> }
}

/// The route table.
fn page(route: Option<Route>, chunks: Chunks) -> AnyView {
    match route {
        Some(Route::Home) => HomePage().into_any(),
        Some(Route::Region) => RegionPage().into_any(),
        Some(Route::Find | Route::Amount | Route::Method | Route::Review | Route::Payment(_)) => {
            chunks.page(Chunk::Paying, route)
        }
        _ => chunks.page(Chunk::Reading, route),
    }
}

/// Fetches the profile, and again whenever `attempt` is raised.
fn load_portal(deployment: Deployment) {
    let client = Client::here();
    browser::watch(move |_| {
        deployment.attempt.get();
        let client = client.clone();
        deployment.profile.set(Profile::Loading);
        spawn_local(async move {
            let profile = client.portal().await;
            deployment.profile.set(profile.map_or_else(Profile::Failed, |portal| Profile::Here(Arc::new(portal))));
        });
    });
}

/// A reload in the middle of paying goes on where it was. Without an answer nobody is signed in; the next call says why.
fn restore_session(session: CurrentSession) {
    let client = Client::here();
    browser::watch(move |_| {
        let client = client.clone();
        spawn_local(async move {
            let restored = client.session().await.map_or(Session::Guest, Session::from);
            // a look-up may have been faster
            if session.0.with_untracked(|now| *now == Session::Restoring) {
                session.0.set(restored);
            }
        });
    });
}

/// `<html lang>` follows the language; region and language are remembered on this device.
fn remember_choices(deployment: Deployment, language: Language) {
    browser::watch(move |is_first| {
        let locale = language.0.get();
        browser::set_language(locale.code());
        if !is_first {
            browser::remember(Remembered::Locale, locale.code());
        }
    });
    browser::watch(move |_| {
        if let Some(region) = deployment.region.get() {
            browser::remember(Remembered::Region, region.code());
        }
    });
}
