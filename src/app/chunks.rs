//! The pages that the first page does not wait for: the build puts each chunk into a wasm file of its own, fetched when one of its
//! pages is first shown. What only these pages use (parts, words, wire types) goes with them.
//!
//! A chunk hands out one function that draws its pages; from then on changing between them is as direct as among the others. A
//! chunk that did not come is said on the page, and can be asked for again.

use super::unreached::known;
use crate::{
    browser,
    i18n::t,
    pages::{
        account::{overview::AccountPage, security::SecurityPage},
        coupon::CouponPage,
        help::HelpPage,
        legal::{AccessibilityPage, PrivacyPage, TermsPage},
        not_found::NotFoundPage,
        pay::{
            amount::AmountPage,
            find::{FindPage, Purpose},
            method::MethodPage,
            outcome::PaymentPage,
            review::ReviewPage,
        },
        recovery::{ForgotPasswordPage, ResetPasswordPage},
        register::{
            confirm::ConfirmEmailPage, letter::RegisterEmailPage, terms::RegisterTermsPage, welcome::RegisterPage,
            you::RegisterYouPage,
        },
        sign_in::SignInPage,
        signed_out::SignedOutPage,
    },
    route::Route,
    ui::{Heading, Waiting, live},
};
use leptos::{prelude::*, task::spawn_local};

/// Draws the page of a route; `None` is an address that leads nowhere.
type Draw = fn(Option<Route>) -> AnyView;

#[derive(Clone, Copy)]
pub enum Chunk {
    /// Finding a bill and paying it.
    Paying,
    /// What there is to read: help, the coupon, the terms.
    Reading,
    /// Registering, signing in, the account.
    Membership,
}

fn draw_paying(route: Option<Route>) -> AnyView {
    match route {
        Some(Route::Amount) => known(|| AmountPage().into_any()),
        Some(Route::Method) => known(|| MethodPage().into_any()),
        Some(Route::Review) => known(|| ReviewPage().into_any()),
        Some(Route::Payment(id)) => known(move || view! { <PaymentPage id=id.clone()/> }.into_any()),
        Some(Route::RegisterBill) => view! { <FindPage purpose=Purpose::Register/> }.into_any(),
        Some(Route::ForgotUserId) => view! { <FindPage purpose=Purpose::Remind/> }.into_any(),
        _ => view! { <FindPage purpose=Purpose::Pay/> }.into_any(),
    }
}

fn draw_reading(route: Option<Route>) -> AnyView {
    match route {
        Some(Route::Help) => HelpPage().into_any(),
        Some(Route::Coupon) => CouponPage().into_any(),
        Some(Route::Terms) => TermsPage().into_any(),
        Some(Route::Privacy) => PrivacyPage().into_any(),
        Some(Route::Accessibility) => AccessibilityPage().into_any(),
        _ => NotFoundPage().into_any(),
    }
}

fn draw_membership(route: Option<Route>) -> AnyView {
    match route {
        Some(Route::Register) => RegisterPage().into_any(),
        Some(Route::RegisterTerms) => known(|| RegisterTermsPage().into_any()),
        Some(Route::RegisterYou) => known(|| RegisterYouPage().into_any()),
        Some(Route::RegisterEmail) => known(|| RegisterEmailPage().into_any()),
        Some(Route::ConfirmEmail) => ConfirmEmailPage().into_any(),
        Some(Route::ForgotPassword) => ForgotPasswordPage().into_any(),
        Some(Route::ResetPassword) => ResetPasswordPage().into_any(),
        Some(Route::SignedOut) => view! { <SignedOutPage by_clock=false/> }.into_any(),
        Some(Route::TimedOut) => view! { <SignedOutPage by_clock=true/> }.into_any(),
        Some(Route::Account) => known(|| AccountPage().into_any()),
        Some(Route::Security) => known(|| SecurityPage().into_any()),
        _ => SignInPage().into_any(),
    }
}

/// Fetches a chunk. `None` is one that did not come.
#[cfg(feature = "split")]
async fn load(chunk: Chunk) -> Option<Draw> {
    use wasm_split_helpers::{SplitLoaderError, wasm_split};

    #[wasm_split(paying, fallible)]
    fn paying() -> Result<Draw, SplitLoaderError> {
        Ok(draw_paying)
    }
    #[wasm_split(reading, fallible)]
    fn reading() -> Result<Draw, SplitLoaderError> {
        Ok(draw_reading)
    }
    #[wasm_split(membership, fallible)]
    fn membership() -> Result<Draw, SplitLoaderError> {
        Ok(draw_membership)
    }
    let came = match chunk {
        Chunk::Paying => paying().await,
        Chunk::Reading => reading().await,
        Chunk::Membership => membership().await,
    };
    came.ok()
}

#[cfg(not(feature = "split"))]
async fn load(chunk: Chunk) -> Option<Draw> {
    Some(match chunk {
        Chunk::Paying => draw_paying,
        Chunk::Reading => draw_reading,
        Chunk::Membership => draw_membership,
    })
}

#[derive(Clone, Copy)]
enum Loading {
    NotAsked,
    Waiting,
    Here(Draw),
    Failed,
}

/// Context.
#[derive(Clone, Copy)]
pub struct Chunks {
    paying: RwSignal<Loading>,
    reading: RwSignal<Loading>,
    membership: RwSignal<Loading>,
}

impl Chunks {
    /// Where nothing is split, everything is here from the start.
    pub fn new() -> Self {
        let first =
            |draw: Draw| RwSignal::new(if cfg!(feature = "split") { Loading::NotAsked } else { Loading::Here(draw) });
        Self { paying: first(draw_paying), reading: first(draw_reading), membership: first(draw_membership) }
    }

    /// The ones the app provides.
    pub fn here() -> Self {
        use_context().unwrap_or_else(Self::new)
    }

    /// The page of a route, or what is shown until its chunk is here.
    pub fn page(self, chunk: Chunk, route: Option<Route>) -> AnyView {
        self.fetch(chunk);
        let loading = self.of(chunk);
        live(move || match loading.get() {
            Loading::Here(draw) => draw(route.clone()),
            Loading::NotAsked | Loading::Waiting => view! { <div class="pay-journey"><Waiting/></div> }.into_any(),
            Loading::Failed => {
                let again = move |_| self.ask(chunk);
                view! {
                    <div class="pay-journey">
                        <div class="pay-journey__head">
                            <Heading words=t(|w| w.shell.offline_title)/>
                            <p class="pay-lead">{t(|w| w.shell.offline)}</p>
                        </div>
                        <p class="pay-row">
                            <button class="pay-button pay-button--main" type="button" on:click=again>{t(|w| w.shell.try_again)}</button>
                        </p>
                    </div>
                }
                .into_any()
            }
        })
    }

    /// For a page that is drawn: asks for the chunk once it stands.
    pub fn fetch(self, chunk: Chunk) {
        browser::watch(move |_| self.ask(chunk));
    }

    /// Asks for a chunk, unless it is here or on its way.
    fn ask(self, chunk: Chunk) {
        let loading = self.of(chunk);
        if matches!(loading.get_untracked(), Loading::Waiting | Loading::Here(_)) {
            return;
        }
        loading.set(Loading::Waiting);
        spawn_local(async move {
            loading.set(load(chunk).await.map_or(Loading::Failed, Loading::Here));
        });
    }

    fn of(self, chunk: Chunk) -> RwSignal<Loading> {
        match chunk {
            Chunk::Paying => self.paying,
            Chunk::Reading => self.reading,
            Chunk::Membership => self.membership,
        }
    }
}
