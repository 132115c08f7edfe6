//! Contexts and the route table: the only file that names every page.

use crate::{
    api::Client,
    browser::{self, Remembered},
    config::{Config, Deployment, Profile},
    i18n::Language,
    pages::{
        coupon::CouponPage,
        help::HelpPage,
        home::HomePage,
        legal::{AccessibilityPage, PrivacyPage, TermsPage},
        not_found::NotFoundPage,
        pay::{self, amount::AmountPage, find::FindPage, method::MethodPage, outcome::PaymentPage, review::ReviewPage},
        region::RegionPage,
        register::RegisterPage,
        sign_in::SignInPage,
    },
    route,
    session::{CurrentSession, Session},
    ui::{Arrivals, Shell},
};
use leptos::{prelude::*, task::spawn_local};
use leptos_router::{
    ParamSegment as Param, StaticSegment as Path,
    components::{FlatRoutes, Route, Router},
};
use std::sync::Arc;

#[component]
pub fn App(config: Config) -> impl IntoView {
    provide_context(Client::new(&config.api_base));
    let deployment = Deployment::new(config.region);
    let language = Language(RwSignal::new(config.locale));
    let session = CurrentSession(RwSignal::new(Session::Restoring));
    provide_context(deployment);
    provide_context(language);
    provide_context(session);
    provide_context(Arrivals::default());
    pay::provide();
    load_portal(deployment);
    restore_session(session);
    remember_choices(deployment, language);
    view! {
        <Router base=config.router_base>
            <Shell>
                <FlatRoutes fallback=|| NotFoundPage().into_any()>
                    <Route path=Path("") view=|| HomePage().into_any()/>
                    <Route path=Path(route::REGION) view=|| RegionPage().into_any()/>
                    <Route path=Path(route::PAY) view=|| FindPage().into_any()/>
                    <Route path=(Path(route::PAY), Path(route::AMOUNT)) view=|| AmountPage().into_any()/>
                    <Route path=(Path(route::PAY), Path(route::METHOD)) view=|| MethodPage().into_any()/>
                    <Route path=(Path(route::PAY), Path(route::REVIEW)) view=|| ReviewPage().into_any()/>
                    <Route
                        path=(Path(route::PAY), Path(route::PAYMENTS), Param(route::ID))
                        view=|| PaymentPage().into_any()
                    />
                    <Route path=Path(route::HELP) view=|| HelpPage().into_any()/>
                    <Route path=Path(route::COUPON) view=|| CouponPage().into_any()/>
                    <Route path=Path(route::TERMS) view=|| TermsPage().into_any()/>
                    <Route path=Path(route::PRIVACY) view=|| PrivacyPage().into_any()/>
                    <Route path=Path(route::ACCESSIBILITY) view=|| AccessibilityPage().into_any()/>
                    <Route path=Path(route::SIGN_IN) view=|| SignInPage().into_any()/>
                    <Route path=Path(route::REGISTER) view=|| RegisterPage().into_any()/>
                </FlatRoutes>
            </Shell>
        </Router>
    }
}

/// Fetches the profile, and again whenever `attempt` is raised.
fn load_portal(deployment: Deployment) {
    let client = Client::here();
    Effect::new(move |_| {
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
    Effect::new(move |_| {
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
    Effect::new(move |before: Option<()>| {
        let locale = language.0.get();
        browser::set_language(locale.code());
        if before.is_some() {
            browser::remember(Remembered::Locale, locale.code());
        }
    });
    Effect::new(move |_| {
        if let Some(region) = deployment.region.get() {
            browser::remember(Remembered::Region, region.code());
        }
    });
}
