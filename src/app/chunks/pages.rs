//! The pages of each chunk: one function a chunk that draws them, and which of these functions are here. Knows nothing
//! of how a chunk is fetched.

use super::Page;
use crate::{
    api::Client,
    app::unreached::known,
    pages::{
        account::{
            balance::BalancePage,
            bill::BillPage,
            bills::BillsPage,
            closing::ClosingPage,
            history::HistoryPage,
            household::HouseholdPage,
            methods::MethodsPage,
            notices::NoticesPage,
            overview::AccountPage,
            pay::PayPage,
            profile::ProfilePage,
            receipts::{NewestProofPage, ProofPage},
            security::SecurityPage,
            statement::StatementPage,
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
    route::{Account, Enter, Pay, Read, Records, Settings},
};
use leptos::prelude::*;

pub(super) fn draw_paying(page: Pay) -> AnyView {
    match page {
        Pay::Find => FindPage().into_any(),
        Pay::Amount => known(|| AmountPage().into_any()),
        Pay::Method => known(|| MethodPage().into_any()),
        Pay::Review => known(|| ReviewPage().into_any()),
        Pay::Receipt => LinkedReceiptPage().into_any(),
        Pay::Payment(id) => known(move || view! { <PaymentPage id=id.clone()/> }.into_any()),
    }
}

pub(super) fn draw_reading(page: Option<Read>) -> AnyView {
    match page {
        Some(Read::Help) => HelpPage().into_any(),
        Some(Read::Coupon) => CouponPage().into_any(),
        Some(Read::Terms) => TermsPage().into_any(),
        Some(Read::Privacy) => PrivacyPage().into_any(),
        Some(Read::Accessibility) => AccessibilityPage().into_any(),
        None => NotFoundPage().into_any(),
    }
}

pub(super) fn draw_entering(page: Enter) -> AnyView {
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
        Enter::AccountClosed => view! { <SignedOutPage end=End::Closed/> }.into_any(),
    }
}

pub(super) fn draw_account(page: Account) -> AnyView {
    match page {
        Account::Overview => known(|| AccountPage().into_any()),
        Account::Bills => known(|| BillsPage().into_any()),
        Account::Bill(id) => known(move || view! { <BillPage id=id.clone()/> }.into_any()),
        Account::Statement(id) => known(move || view! { <StatementPage id=id.clone()/> }.into_any()),
        Account::History => known(|| HistoryPage().into_any()),
        Account::Pay => known(|| {
            let (checkout, client) = (Checkout::here(), Client::here());
            let pay_for = Callback::new(move |link| checkout.pay_for(link, client.clone()));
            view! { <PayPage pay_for/> }.into_any()
        }),
    }
}

pub(super) fn draw_records(page: Records) -> AnyView {
    match page {
        Records::Balance => known(|| BalancePage().into_any()),
        Records::Proof => known(|| NewestProofPage().into_any()),
        Records::Receipts(year) => known(move || view! { <ProofPage year=year.clone()/> }.into_any()),
    }
}

pub(super) fn draw_settings(page: Settings) -> AnyView {
    match page {
        Settings::Methods => known(|| MethodsPage().into_any()),
        Settings::Profile => known(|| ProfilePage().into_any()),
        Settings::Close => known(|| ClosingPage().into_any()),
        Settings::Notices => known(|| NoticesPage().into_any()),
        Settings::Security => known(|| SecurityPage().into_any()),
        Settings::Household => known(|| HouseholdPage().into_any()),
    }
}

/// What the chunks hand out: of each that is here, the function that draws its pages.
#[derive(Clone, Copy, Default)]
pub(super) struct ChunkPages {
    pub(super) paying: Option<fn(Pay) -> AnyView>,
    pub(super) reading: Option<fn(Option<Read>) -> AnyView>,
    pub(super) entering: Option<fn(Enter) -> AnyView>,
    pub(super) account: Option<fn(Account) -> AnyView>,
    pub(super) records: Option<fn(Records) -> AnyView>,
    pub(super) settings: Option<fn(Settings) -> AnyView>,
}

impl ChunkPages {
    /// Where nothing is split, everything is here from the start.
    pub(super) fn at_the_start() -> Self {
        if cfg!(feature = "split") {
            return Self::default();
        }
        Self {
            paying: Some(draw_paying),
            reading: Some(draw_reading),
            entering: Some(draw_entering),
            account: Some(draw_account),
            records: Some(draw_records),
            settings: Some(draw_settings),
        }
    }

    /// `None` if its chunk is not here.
    pub(super) fn draw(self, page: Page) -> Option<AnyView> {
        match page {
            Page::Paying(page) => self.paying.map(|draw| draw(page)),
            Page::Reading(page) => self.reading.map(|draw| draw(page)),
            Page::Entering(page) => self.entering.map(|draw| draw(page)),
            Page::Account(page) => self.account.map(|draw| draw(page)),
            Page::Records(page) => self.records.map(|draw| draw(page)),
            Page::Settings(page) => self.settings.map(|draw| draw(page)),
        }
    }
}
