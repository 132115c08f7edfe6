//! Tests that render each page natively in every state of the session and of the server's answers. A page that touches
//! the browser while it renders panics here, as there is none.

mod account;
mod daily;
mod texts;

use super::*;
use crate::{
    config::{API_BASE, Base},
    fetched::Fetched,
    i18n::without_facts,
    pages::{account::history, pay::checkout::Checkout, register::Enrolment},
    route::{Account, Enter, Pay, Read, Settings},
};
use contract::{
    Instant, Locale, Region,
    account::{Registration, Security},
    bill::{
        BillList,
        account::{AccountBill, AccountBills, AccountOverview},
    },
    coupon::MailCoupons,
    factor::RequiredFactors,
    household::Household,
    member_profile::{AuthorisationPage, MemberProfile},
    notices::NoticeSettings,
    payment::{Payment, PaymentDraft, PaymentPage, PaymentSummary, ProofPack, SavedMethods, Spending},
    portal::{PageFacts, Portal},
    session::{MembershipView, PersonView, SessionView},
};
use leptos_router::location::RequestUrl;
use serde::{Deserialize, de::DeserializeOwned};
use std::collections::BTreeSet;

/// What a server answers, one of each.
#[derive(Clone, Deserialize)]
struct Answers {
    portal: Portal,
    bills: BillList,
    coupons: MailCoupons,
    draft: PaymentDraft,
    payment: Payment,
    payments: Vec<PaymentSummary>,
    registration: Registration,
    security: Security,
    overview: AccountOverview,
    account_bills: AccountBills,
    account_bill: AccountBill,
    profile: MemberProfile,
    authorisations: AuthorisationPage,
    notices: NoticeSettings,
    household: Household,
    saved_methods: SavedMethods,
    proof: ProofPack,
    spending: Spending,
}

fn answers<T: DeserializeOwned>() -> T {
    serde_json::from_str(include_str!("tests/answers.json")).unwrap()
}

fn at(second: i64) -> Instant {
    Instant::parse("2026-11-23T17:52:00Z").unwrap().plus_millis(second * 1_000)
}

fn sessions() -> Vec<SessionView> {
    let membership = MembershipView { region: Region::California, ending: "678".into() };
    let (now, expires_at, ends_at) = (at(0), at(900), at(28_800));
    let capture_binding = String::from("binding");
    let person = PersonView { name: "Ana O’Neill".into(), email: "ana@example.org".into(), is_email_confirmed: true };
    let second_factor = RequiredFactors { authenticator: true, passkey: true };
    vec![
        SessionView::Guest { now },
        SessionView::PendingSecondFactor { now, expires_at, ends_at, second_factor },
        SessionView::Payer {
            now,
            expires_at,
            ends_at,
            membership: membership.clone(),
            capture_binding: capture_binding.clone(),
        },
        SessionView::Member { now, expires_at, ends_at, membership, capture_binding, person },
    ]
}

/// What came of asking the server.
#[derive(Clone)]
enum Asked {
    Waiting,
    Answered(Box<Answers>),
    Failed(ApiError),
}

impl Asked {
    fn fetched<T>(&self, pick: impl Fn(&Answers) -> T) -> Fetched<T> {
        match self {
            Self::Waiting => Fetched::Waiting,
            Self::Answered(answers) => Fetched::Here(pick(answers)),
            Self::Failed(error) => Fetched::Failed(error.clone()),
        }
    }
}

/// What a page says, facts as its words.
fn drawn(address: &str, locale: Locale, view: &SessionView, asked: &Asked) -> String {
    without_facts(&drawn_with_facts(address, locale, view, asked))
}

fn drawn_with_facts(address: &str, locale: Locale, view: &SessionView, asked: &Asked) -> String {
    _ = any_spawner::Executor::init_futures_executor();
    let facts: PageFacts = PageFacts::default();
    let config =
        Config { api_base: API_BASE.into(), base: Base::default(), region: Some(Region::California), locale, facts };
    Owner::new().with(|| {
        provide_context(RequestUrl::new(address));
        provide_context(asked.fetched(|answers| answers.payment.clone()));
        provide_context(asked.fetched(|answers| answers.bills.clone()));
        provide_context(asked.fetched(|answers| answers.payments.clone()));
        provide_context(asked.fetched(|answers| {
            (
                history::Asked::default(),
                PaymentPage { payments: answers.payments.clone(), next: Some("1.a".into()), totals: None },
            )
        }));
        provide_context(asked.fetched(|answers| answers.coupons.clone()));
        provide_context(asked.fetched(|answers| answers.security.clone()));
        provide_context(asked.fetched(|answers| answers.overview.clone()));
        provide_context(asked.fetched(|answers| answers.account_bills.clone()));
        provide_context(asked.fetched(|answers| answers.account_bill.clone()));
        provide_context(asked.fetched(|answers| answers.profile.clone()));
        provide_context(asked.fetched(|answers| answers.authorisations.clone()));
        provide_context(asked.fetched(|answers| answers.notices.clone()));
        provide_context(asked.fetched(|answers| answers.saved_methods.clone()));
        provide_context(asked.fetched(|answers| answers.household.clone()));
        provide_context(asked.fetched(|answers| answers.proof.clone()));
        provide_context(asked.fetched(|answers| answers.spending.clone()));
        let app = view! { <App config/> };
        // what the app provides is set before its pages are drawn
        CurrentSession::here().apply(view, None);
        Deployment::here().profile.set(asked.fetched(|answers| Arc::new(answers.portal.clone())));
        let (checkout, enrolment) = (Checkout::here(), Enrolment::here());
        checkout.bills.set(asked.fetched(|answers| answers.bills.clone()));
        if let Asked::Answered(answers) = asked {
            checkout.draft.set(answers.draft.clone());
        }
        enrolment.registration.set(asked.fetched(|answers| answers.registration.clone()));
        app.to_html()
    })
}

fn drawn_at(route: impl Into<Route>, locale: Locale, view: &SessionView, asked: &Asked) -> String {
    drawn(&route.into().inner_path(), locale, view, asked)
}

#[test]
fn no_page_touches_the_browser_whoever_is_here_and_whatever_was_answered() {
    let all = [Asked::Waiting, Asked::Answered(Box::new(answers())), Asked::Failed(ApiError::Offline)];
    for route in Route::all() {
        for view in sessions() {
            for (asked, locale) in all.iter().zip([Locale::En, Locale::Es, Locale::En]) {
                let html = drawn(&route.inner_path(), locale, &view, asked);
                assert_eq!(html.matches("<main").count(), 1, "{route:?} {view:?}");
                assert_eq!(html.matches("<h1").count(), 1, "{route:?} {view:?}");
            }
        }
    }
}

/// Answers stand on their pages, so the test above has drawn more than placeholders.
#[test]
fn what_the_server_answered_is_on_its_page() {
    let answered = Asked::Answered(Box::new(answers()));
    let [_, pending, payer, member] = sessions().try_into().unwrap();
    let pages: [(Route, _, _); 17] = [
        (Pay::Amount.into(), &payer, "Imaging"),
        (Pay::Method.into(), &payer, "4242"),
        (Pay::Review.into(), &payer, "214.10"),
        (Pay::Review.into(), &payer, "CEDAR HEALTH"),
        (Pay::Payment("payment-1".into()).into(), &payer, "KP-7F3Q-2M8D"),
        (Pay::Payment("payment-1".into()).into(), &payer, "CEDAR HEALTH"),
        (Read::Coupon.into(), &payer, "Cedar Health, Inc."),
        (Read::Coupon.into(), &payer, "Friday, December 4, 2026"),
        (Enter::RegisterYou.into(), &payer, "94607"),
        (Enter::SignIn.into(), &pending, "one-time-code"),
        (Account::History.into(), &member, "<h3>November 2026</h3>"),
        (Account::History.into(), &member, "Show all</button>"),
        (Settings::Methods.into(), &member, "Expires at the end of next month"),
        (Pay::Method.into(), &member, "Household"),
        (Settings::Household.into(), &member, "Remove<span class=\"pay-hidden\"> Liam O’Neill"),
        (Account::Bills.into(), &member, "href=\"/account/pay?for=link-1\""),
        (Account::Overview.into(), &member, "href=\"/account/history\""),
    ];
    for (route, view, words) in pages {
        let html = drawn(&route.inner_path(), Locale::En, view, &answered);
        assert!(html.contains(words), "{route:?} lacks {words}: {html}");
    }
}

#[test]
fn a_member_s_bills_are_told_apart_and_lead_to_their_pages() {
    let answered = Asked::Answered(Box::new(answers()));
    let [_, _, _, member] = sessions().try_into().unwrap();
    let html = drawn("/account/bills?kind=hospital", Locale::En, &member, &answered);
    for words in
        ["Open, 1 bill<", "Past due", "Settled bills of 2026", "Nothing for you to pay", "Settled Jun 20, 2026"]
    {
        assert!(html.contains(words), "{words}: {html}");
    }
    assert!(html.contains("$300.00 if what is on its way clears"), "{html}");
    for link in [
        "/account/bills/bill-1",
        "/account/bills?kind=hospital&amp;person=2",
        "/account/bills?kind=hospital&amp;year=2025",
    ] {
        assert!(html.contains(&format!("href=\"{link}\"")), "{link}: {html}");
    }
    assert!(!html.contains("?kind=hospital&amp;person=Ana"), "nobody is named in an address");
    let is_chosen = |tag: &str| tag.contains("pay-chip") && tag.contains("aria-current=\"true\"");
    let chosen = html.split("<a ").filter(|link| is_chosen(link.split('>').next().unwrap()));
    let chosen: Vec<&str> = chosen.filter_map(|chip| chip.split("<span>").nth(1)?.split('<').next()).collect();
    assert_eq!(chosen, ["Hospital", "Everyone", "Newest year"], "{html}");
}

#[test]
fn a_bill_says_why_it_is_different_and_its_calendar_entry_says_nothing_of_it() {
    let answered = Asked::Answered(Box::new(answers()));
    let [_, _, _, member] = sessions().try_into().unwrap();
    for (locale, said) in [
        (
            Locale::En,
            [
                "Hospital bill of Oct 4, 2026",
                "Your part is $325.00. That is $50.00 less than on the bill of Jun 4, 2026.",
                "More: Imaging",
                "+$50.00",
                "Discount changed: the plan took off $450.00 last time, $400.00 now.",
                "Gone: Recovery room, 2 hours",
                "−$100.00",
                "Can’t pay it? Ask for financial help",
            ],
        ),
        (
            Locale::Es,
            [
                "Factura de hospital del 4 de oct de 2026",
                "Su parte es $325.00. Son $50.00 menos que en la factura del 4 de jun de 2026.",
                "Más: Imaging",
                "+$50.00",
                "Cambió el descuento: el plan quitó $450.00 la vez anterior, $400.00 ahora.",
                "Ya no está: Recovery room, 2 hours",
                "−$100.00",
                "¿No puede pagarla? Pida ayuda económica",
            ],
        ),
    ] {
        let html = drawn("/account/bills/bill-1", locale, &member, &answered);
        for words in said {
            assert!(html.contains(words), "{words}: {html}");
        }
        let file = html.split("data:text/calendar").nth(1).unwrap().split('"').next().unwrap();
        for private in ["Hospital", "hospital", "325", "Ana"] {
            assert!(!file.contains(private), "{private}: {file}");
        }
        assert!(file.contains("20261204"), "{file}");
    }
}

#[test]
fn a_proof_says_what_counts_by_whom_and_why_the_rest_does_not() {
    let answered = Asked::Answered(Box::new(answers()));
    let [_, _, _, member] = sessions().try_into().unwrap();
    let html = drawn("/account/receipts/2026", Locale::En, &member, &answered);
    for words in [
        "You paid for care in 2026",
        "2 services: Ana O’Neill $50.00, Mateo O’Neill $64.10",
        ", $50.00 of $450.00",
        "don’t claim it again",
        "Of the $474.50 that you paid, $114.10 counts and $360.40 does not.",
        "Paid Jan 20, 2026, for Dec 9, 2025.",
        "href=\"/account/receipts/2025\"",
        "The money came back on Oct 22, 2026",
        "All 120 receipts, in zip files",
        "Receipts 1 to 100 (zip)",
        "/receipts/2026/proof.zip?locale=en\"",
        "Receipts 101 to 120 (zip)",
        "/receipts/2026/proof.zip?locale=en&amp;part=2\"",
        "href=\"/account/receipts/2026?person=9\"",
        "/receipts/2026/proof.pdf?locale=en\"",
    ] {
        assert!(html.contains(words), "{words}: {html}");
    }
    let spanish = drawn("/account/receipts", Locale::Es, &member, &answered);
    assert!(spanish.contains("Usted pagó $474.50: $114.10 cuentan y lo demás, $360.40, se queda fuera."), "{spanish}");
}

#[test]
fn the_history_says_this_month_against_the_last_and_opens_the_filters_that_are_set() {
    let answered = Asked::Answered(Box::new(answers()));
    let [_, _, _, member] = sessions().try_into().unwrap();
    let html = drawn("/account/history?kind=hospital&state=paid&from=2026-01-02", Locale::En, &member, &answered);
    for words in [
        "This month: $318.40 so far. That is $64.10 less than in October 2026.",
        "December 2025 to November 2026. Only payments that are paid count",
        "<details open class=\"pay-more\"><summary>More filters",
    ] {
        assert!(html.contains(words), "{words}: {html}");
    }
    let tallest = html.split("pay-spend__").filter(|part| part.starts_with("premium\"")).count();
    assert_eq!(tallest, 13, "a bar a month and one in the legend");
}

/// Translators write numbers in another way, and take letters of a reference for words.
#[test]
fn amounts_dates_phones_and_references_are_left_alone_by_page_translators_inside_sentences_too() {
    let answered = Asked::Answered(Box::new(answers()));
    let is_kept = |text: &str| text.contains(|c: char| c.is_ascii_digit()) || text.starts_with("KP-");
    let (mut seen, mut rewritten) = (0, BTreeSet::new());
    for route in Route::all() {
        for (view, locale) in sessions().iter().flat_map(|view| Locale::ALL.map(|locale| (view, locale))) {
            for (text, is_left) in texts::texts(&drawn_with_facts(&route.inner_path(), locale, view, &answered)) {
                if is_kept(&text) && !is_left {
                    rewritten.insert(format!("{route:?} {text}"));
                }
                seen += usize::from(is_kept(&text));
            }
        }
    }
    assert!(rewritten.is_empty(), "{rewritten:#?}");
    assert!(seen > 100, "{seen} facts: the test reads the wrong texts");
}
