//! Lazy loading of pages (code splitting): the build puts each chunk into a wasm file of its own, which is fetched when
//! one of its pages is first shown. What only these pages use (components, texts, wire types) is in the chunk, too.
//!
//! A chunk exports one function that renders its pages; after that, navigation between them is synchronous. When a
//! chunk fails to load because the server can't be reached, the page says so and offers to try again. When the server
//! can be reached, this page is older than the server's files (a new version was deployed): it is loaded again, once,
//! at the address that was being opened.

use super::unreached::known;
use crate::{
    api::Client,
    browser,
    error::ApiError,
    i18n::t,
    pages::{
        account::{
            balance::BalancePage,
            bill::BillPage,
            bills::BillsPage,
            history::HistoryPage,
            methods::MethodsPage,
            notices::NoticesPage,
            overview::AccountPage,
            pay::PayPage,
            profile::ProfilePage,
            receipts::{NewestProofPage, ProofPage},
            security::SecurityPage,
        },
        coupon::CouponPage,
        help::HelpPage,
        legal::{AccessibilityPage, PrivacyPage, TermsPage},
        not_found::NotFoundPage,
        pay::{
            amount::AmountPage,
            checkout::Checkout,
            find::FindPage,
            method::MethodPage,
            outcome::{PaymentPage, by_link::LinkedReceiptPage},
            review::ReviewPage,
        },
        recovery::{ForgotPasswordPage, ResetPasswordPage, user_id::ForgotUserIdPage},
        register::{
            bill::RegisterBillPage, confirm::ConfirmEmailPage, email::RegisterEmailPage, terms::RegisterTermsPage,
            welcome::RegisterPage, you::RegisterYouPage,
        },
        sign_in::SignInPage,
        signed_out::{End, SignedOutPage},
    },
    route::{Account, Enter, Pay, Read},
    ui::{Unavailable, Waiting, dynamic},
};
use leptos::{prelude::*, task::spawn_local};

/// A page that comes later, by the chunk it is in.
#[derive(Clone)]
pub enum Page {
    Paying(Pay),
    /// `None` is the page of an address that leads nowhere.
    Reading(Option<Read>),
    Entering(Enter),
    Account(Account),
}

impl Page {
    fn chunk(&self) -> Chunk {
        match self {
            Self::Paying(_) => Chunk::Paying,
            Self::Reading(_) => Chunk::Reading,
            Self::Entering(_) => Chunk::Entering,
            Self::Account(_) => Chunk::Account,
        }
    }
}

#[derive(Clone, Copy)]
pub enum Chunk {
    /// Finding a bill and paying it.
    Paying,
    /// What there is to read: help, the coupon, the terms.
    Reading,
    /// Registering, signing in, and what is said when a session is over.
    Entering,
    /// A member's account.
    Account,
}

fn draw_paying(page: Pay) -> AnyView {
    match page {
        Pay::Find => FindPage().into_any(),
        Pay::Amount => known(|| AmountPage().into_any()),
        Pay::Method => known(|| MethodPage().into_any()),
        Pay::Review => known(|| ReviewPage().into_any()),
        Pay::Receipt => LinkedReceiptPage().into_any(),
        Pay::Payment(id) => known(move || view! { <PaymentPage id=id.clone()/> }.into_any()),
    }
}

fn draw_reading(page: Option<Read>) -> AnyView {
    match page {
        Some(Read::Help) => HelpPage().into_any(),
        Some(Read::Coupon) => CouponPage().into_any(),
        Some(Read::Terms) => TermsPage().into_any(),
        Some(Read::Privacy) => PrivacyPage().into_any(),
        Some(Read::Accessibility) => AccessibilityPage().into_any(),
        None => NotFoundPage().into_any(),
    }
}

fn draw_entering(page: Enter) -> AnyView {
    match page {
        Enter::Register => RegisterPage().into_any(),
        Enter::RegisterBill => {
            let checkout = Checkout::here();
            view! { <RegisterBillPage on_found=move || checkout.reset()/> }.into_any()
        }
        Enter::RegisterTerms => known(|| RegisterTermsPage().into_any()),
        Enter::RegisterYou => known(|| RegisterYouPage().into_any()),
        Enter::RegisterEmail => known(|| RegisterEmailPage().into_any()),
        Enter::ConfirmEmail => ConfirmEmailPage().into_any(),
        Enter::SignIn => SignInPage().into_any(),
        Enter::ForgotUserId => ForgotUserIdPage().into_any(),
        Enter::ForgotPassword => ForgotPasswordPage().into_any(),
        Enter::ResetPassword => ResetPasswordPage().into_any(),
        Enter::SignedOut => view! { <SignedOutPage end=End::SignedOut/> }.into_any(),
        Enter::VisitEnded => view! { <SignedOutPage end=End::Visit/> }.into_any(),
        Enter::TimedOut => view! { <SignedOutPage end=End::TimedOut/> }.into_any(),
    }
}

fn draw_account(page: Account) -> AnyView {
    match page {
        Account::Overview => known(|| AccountPage().into_any()),
        Account::Bills => known(|| BillsPage().into_any()),
        Account::Bill(id) => known(move || view! { <BillPage id=id.clone()/> }.into_any()),
        Account::History => known(|| HistoryPage().into_any()),
        Account::Balance => known(|| BalancePage().into_any()),
        Account::Methods => known(|| MethodsPage().into_any()),
        Account::Pay => known(|| PayPage().into_any()),
        Account::Proof => known(|| NewestProofPage().into_any()),
        Account::Receipts(year) => known(move || view! { <ProofPage year=year.clone()/> }.into_any()),
        Account::Profile => known(|| ProfilePage().into_any()),
        Account::Notices => known(|| NoticesPage().into_any()),
        Account::Security => known(|| SecurityPage().into_any()),
    }
}

/// What the chunks hand out: of each that is here, the function that draws its pages.
#[derive(Clone, Copy, Default)]
struct ChunkPages {
    paying: Option<fn(Pay) -> AnyView>,
    reading: Option<fn(Option<Read>) -> AnyView>,
    entering: Option<fn(Enter) -> AnyView>,
    account: Option<fn(Account) -> AnyView>,
}

impl ChunkPages {
    /// Where nothing is split, everything is here from the start.
    fn at_the_start() -> Self {
        if cfg!(feature = "split") {
            return Self::default();
        }
        Self {
            paying: Some(draw_paying),
            reading: Some(draw_reading),
            entering: Some(draw_entering),
            account: Some(draw_account),
        }
    }

    /// `None` if its chunk is not here.
    fn draw(self, page: Page) -> Option<AnyView> {
        match page {
            Page::Paying(page) => self.paying.map(|draw| draw(page)),
            Page::Reading(page) => self.reading.map(|draw| draw(page)),
            Page::Entering(page) => self.entering.map(|draw| draw(page)),
            Page::Account(page) => self.account.map(|draw| draw(page)),
        }
    }
}

/// How a chunk that has come puts its function beside the others'.
type ChunkExport = fn(&mut ChunkPages);

/// Fetches a chunk. `None` is one that did not come.
#[cfg(feature = "split")]
async fn load(chunk: Chunk) -> Option<ChunkExport> {
    use wasm_split_helpers::{SplitLoaderError, wasm_split};

    #[wasm_split(paying, fallible)]
    fn paying() -> Result<ChunkExport, SplitLoaderError> {
        Ok(|pages| pages.paying = Some(draw_paying))
    }
    #[wasm_split(reading, fallible)]
    fn reading() -> Result<ChunkExport, SplitLoaderError> {
        Ok(|pages| pages.reading = Some(draw_reading))
    }
    #[wasm_split(entering, fallible)]
    fn entering() -> Result<ChunkExport, SplitLoaderError> {
        Ok(|pages| pages.entering = Some(draw_entering))
    }
    #[wasm_split(account, fallible)]
    fn account() -> Result<ChunkExport, SplitLoaderError> {
        Ok(|pages| pages.account = Some(draw_account))
    }
    let came = match chunk {
        Chunk::Paying => paying().await,
        Chunk::Reading => reading().await,
        Chunk::Entering => entering().await,
        Chunk::Account => account().await,
    };
    came.ok()
}

/// Nothing is ever asked for: everything is here from the start.
#[cfg(not(feature = "split"))]
async fn load(_: Chunk) -> Option<ChunkExport> {
    None
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Loading {
    NotAsked,
    Waiting,
    Here,
    /// It did not come, and neither does anything else.
    Offline,
    /// It did not come, though the server answers: there is no such file any more.
    Gone,
    /// Something else answers in the server's place.
    Refused,
}

/// Why a chunk did not come, by what the server answered to something else. Only a connection that is down is called
/// one.
fn without(error: Option<ApiError>) -> Loading {
    let Some(error) = error else { return Loading::Gone };
    let is_down = matches!(error, ApiError::Offline | ApiError::TimedOut);
    if is_down { Loading::Offline } else { Loading::Refused }
}

/// Context.
#[derive(Clone, Copy)]
pub struct Chunks {
    client: StoredValue<Client>,
    pages: StoredValue<ChunkPages>,
    paying: RwSignal<Loading>,
    reading: RwSignal<Loading>,
    entering: RwSignal<Loading>,
    account: RwSignal<Loading>,
}

impl Chunks {
    pub fn new() -> Self {
        let loading = || RwSignal::new(if cfg!(feature = "split") { Loading::NotAsked } else { Loading::Here });
        Self {
            client: StoredValue::new(Client::here()),
            pages: StoredValue::new(ChunkPages::at_the_start()),
            paying: loading(),
            reading: loading(),
            entering: loading(),
            account: loading(),
        }
    }

    /// The ones the app provides.
    pub fn here() -> Self {
        use_context().unwrap_or_else(Self::new)
    }

    /// The page, or what is shown until its chunk is here.
    pub fn page(self, page: Page) -> AnyView {
        let chunk = page.chunk();
        self.fetch(chunk);
        let loading = self.of(chunk);
        // only for a page that is to be shown: nobody waits yet for a chunk that is fetched ahead
        browser::effect(move |_| match loading.get() {
            Loading::Gone => browser::renew(),
            Loading::Refused => browser::show_crash(),
            Loading::NotAsked | Loading::Waiting | Loading::Here | Loading::Offline => {}
        });
        dynamic(move || {
            let is_offline = loading.get() == Loading::Offline;
            if let Some(drawn) = self.pages.get_value().draw(page.clone()) {
                return drawn;
            }
            if is_offline {
                self.offer_again(chunk)
            } else {
                view! { <div class="pay-journey"><Waiting/></div> }.into_any()
            }
        })
    }

    fn offer_again(self, chunk: Chunk) -> AnyView {
        let again = Callback::new(move |()| self.ask(chunk));
        view! { <Unavailable title=t(|w| w.shell.offline_title) words=t(|w| w.shell.offline) on_retry=again/> }
            .into_any()
    }

    /// For a page that is drawn: asks for the chunk once it stands.
    pub fn fetch(self, chunk: Chunk) {
        browser::effect(move |_| self.ask(chunk));
    }

    /// Asks for a chunk, unless it is here or on its way.
    fn ask(self, chunk: Chunk) {
        let loading = self.of(chunk);
        if matches!(loading.get_untracked(), Loading::Waiting | Loading::Here) {
            return;
        }
        loading.set(Loading::Waiting);
        let client = self.client.get_value();
        spawn_local(async move {
            let come = if let Some(export) = load(chunk).await {
                self.pages.update_value(export);
                browser::is_current();
                Loading::Here
            } else {
                without(client.portal().await.err())
            };
            loading.set(come);
        });
    }

    fn of(self, chunk: Chunk) -> RwSignal<Loading> {
        match chunk {
            Chunk::Paying => self.paying,
            Chunk::Reading => self.reading,
            Chunk::Entering => self.entering,
            Chunk::Account => self.account,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_connection_that_is_down_is_called_offline() {
        for error in [ApiError::Offline, ApiError::TimedOut] {
            assert_eq!(without(Some(error)), Loading::Offline);
        }
        assert_eq!(without(None), Loading::Gone);
        assert_eq!(
            without(Some(ApiError::Faulty)),
            Loading::Refused,
            "nothing is loaded again from a page of maintenance"
        );
    }
}
