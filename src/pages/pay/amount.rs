//! The "what you owe" step: every open bill with its lines, and how much of each to pay now.

mod bill;
mod resume;
mod settled;

use super::checkout::{
    Checkout, Other,
    choice::{self, Share},
};
use crate::{
    api::Client,
    billing::{PAYING, Slip, SlipLine},
    browser,
    config::Deployment,
    error::ApiError,
    fetched::Fetched,
    i18n::{Language, Text, Words, format, say, t},
    navigation::{Navigation, href},
    route::{Account, Pay},
    session::CurrentSession,
    ui::{
        ButtonLink, ErrorLine, ErrorSummary, Failure, Notice, NoticeKind, Stepper, Waiting, dynamic, list, page_heading,
    },
};
use bill::BillSheet;
use contract::{
    FieldProblem, Money,
    bill::{Bill, BillKind, BillList},
};
use leptos::{prelude::*, task::spawn_local};
use resume::Resume;
pub use settled::{bill_name, in_between};
use settled::{is_one_of_two, paid_meanwhile, settled};

/// What the page and its bills share.
#[derive(Clone, Copy)]
struct AmountState {
    checkout: Checkout,
    /// How often Continue was refused; after the first time the problems show.
    refused: RwSignal<u32>,
    least_cents: Signal<i64>,
}

impl AmountState {
    /// Tracks.
    fn shares(self) -> Vec<Share> {
        let least = self.least_cents.get();
        let bills = self.checkout.bill_list();
        bills.map_or_else(Vec::new, |bills| self.checkout.draft.with(|draft| choice::shares(&bills, draft, least)))
    }

    /// Its kind in words; with its due date where there are two of a kind. Tracks.
    fn name(self, w: &'static Words, bill: &Bill) -> String {
        let bills = self.checkout.bill_list();
        bills.map_or_else(String::new, |bills| bill_name(w, &bills, bill))
    }

    /// What is wrong with the amount typed for a bill. Tracks.
    fn wrong(self, w: &'static Words, bill: &Bill, problem: FieldProblem) -> String {
        let owed = bill.payable();
        let least = Money::from_cents(self.least_cents.get()).unwrap_or(Money::ZERO).min(owed);
        let (least, owed) = (format::money(w.locale, least), format::money(w.locale, owed));
        (w.pay().amount.wrong)(&self.name(w, bill), problem, &least, &owed)
    }
}

#[component]
pub fn AmountPage() -> impl IntoView {
    let (checkout, deployment) = (Checkout::here(), Deployment::here());
    checkout.arrive();
    checkout.wait_for_what_was_sent();
    checkout.keep_edits();
    let least_cents = Signal::derive(move || deployment.portal().map_or(100, |portal| portal.limits.min_payment_cents));
    let state = AmountState { checkout, refused: RwSignal::new(0), least_cents };
    let refused = state.refused;
    let title = |w: &'static Words| w.pay().amount.title;
    let h1 = page_heading(say(
        move |w| if refused.get() > 0 { (w.shell.error_title)(title(w)) } else { title(w).to_owned() },
    ));
    // Drawn anew when other bills arrive, not when a choice changes.
    let bills = Memo::new(move |_| checkout.bills.get());
    let head = view! {
        <div class="pay-journey__head">
            <Stepper steps=&PAYING step=2 is_member=CurrentSession::here().is_member()/>
            <h1 class="pay-total" id="owed" tabindex="-1" node_ref=h1>{dynamic(move || owed(bills.get()))}</h1>
            {dynamic(move || lead(bills.get()))}
            {dynamic(move || own_bills(checkout))}
            {dynamic(move || other_bills(checkout.other.get()))}
            <Resume state/>
            {dynamic(move || paid_meanwhile(checkout))}
            <Summary state/>
        </div>
    };
    let body = dynamic(move || match bills.get() {
        Fetched::Waiting => {
            view! { <div class="pay-journey__body"><Waiting rows=6/><Waiting rows=4/></div> }.into_any()
        }
        Fetched::Failed(error) => could_not_load(checkout, error),
        Fetched::Here(bills) if bills.bills.is_empty() => nothing_owed(bills),
        Fetched::Here(bills) => chosen(state, bills),
    });
    view! { <div class="pay-journey pay-journey--pair">{head}{body}</div> }
}

fn owed(bills: Fetched<BillList>) -> AnyView {
    match bills {
        Fetched::Here(bills) if bills.bills.is_empty() => {
            view! { <span>{t(|w| w.pay().amount.nothing_owed_title)}</span> }.into_any()
        }
        Fetched::Here(bills) => {
            let whose = whose(&bills);
            let owes = say(move |w| match &whose {
                Some(name) => (w.account().household.owes)(name),
                None => w.pay().amount.you_owe.to_owned(),
            });
            view! { <span>{owes}</span> " " {big_sum(bills.owed)} }.into_any()
        }
        _ => view! { <span>{t(|w| w.pay().amount.title)}</span> }.into_any(),
    }
}

/// Somebody else, whom the member pays for.
fn whose(bills: &BillList) -> Option<String> {
    bills.bills.first().filter(|bill| bill.kind == BillKind::Household).map(|bill| bill.patient.clone())
}

/// The way back from somebody else's bills.
fn own_bills(checkout: Checkout) -> AnyView {
    let is_others = checkout.draft.with(|draft| draft.household.is_some());
    let link = is_others.then(|| {
        view! { <p><a class="pay-link" href=href(Account::Pay)>{t(|w| w.account().household.own_bills)}</a></p> }
    });
    link.into_any()
}

/// The one amount of a page.
pub fn big_sum(sum: Money) -> AnyView {
    let plain = say(move |w| format::money(w.locale, sum).trim_start_matches('$').to_owned());
    view! { <span class="pay-total__sum pay-money" translate="no"><small>"$"</small>{plain}</span> }.into_any()
}

fn other_bills(other: Option<Other>) -> AnyView {
    let notice = other.map(|other| {
        let (title, words) = match other {
            Other::TookOver => (t(|w| w.pay().review.taken_over_title), t(|w| w.pay().review.taken_over)),
            Other::WasPaid => (t(|w| w.pay().review.elsewhere_title), t(|w| w.pay().review.elsewhere)),
        };
        view! {
            <Notice kind=NoticeKind::Warn title words>
                <p><a class="pay-link" href=href(Pay::Find)>{t(|w| w.pay().review.find_again)}</a></p>
            </Notice>
        }
    });
    // an alert without words would be one more thing to come across
    notice.map(|notice| view! { <div role="alert">{notice}</div> }).into_any()
}

fn lead(bills: Fetched<BillList>) -> AnyView {
    let Fetched::Here(bills) = bills else { return ().into_any() };
    let (count, as_of) = (bills.bills.len(), bills.as_of);
    let session = CurrentSession::here();
    let words = say(move |w| {
        let when = format::moment(w.locale, as_of, session.time_zone());
        if count == 0 { (w.pay().amount.nothing_owed)(&when) } else { (w.pay().amount.lead)(count, &when) }
    });
    view! { <p class="pay-lead">{words}</p> }.into_any()
}

/// Said by every step that needs the bills.
pub fn could_not_load(checkout: Checkout, error: ApiError) -> AnyView {
    let client = Client::here();
    let retry = Callback::new(move |()| {
        checkout.bills.set(Fetched::Waiting);
        checkout.fetch(client.clone());
    });
    // to ask again helps nobody whose visit is over
    let is_over = matches!(error, ApiError::SignedOut | ApiError::NoCookies);
    let error = Signal::stored(Some(error));
    let body = if is_over {
        let find = view! { <ButtonLink to=Pay::Find words=t(|w| w.pay().outcome.find_bill) main=true/> };
        view! { <Failure error/> <p class="pay-row">{find}</p> }.into_any()
    } else {
        view! { <Failure error on_retry=retry/> }.into_any()
    };
    view! { <div class="pay-journey__body">{body}</div> }.into_any()
}

fn nothing_owed(bills: BillList) -> AnyView {
    view! {
        <div class="pay-journey__body">
            {settled(&bills)}
            <p class="pay-row"><ButtonLink to=Pay::Find words=t(|w| w.pay().amount.other_bill)/></p>
        </div>
    }
    .into_any()
}

fn chosen(state: AmountState, bills: BillList) -> AnyView {
    let settled = settled(&bills);
    let of = StoredValue::new(bills.clone());
    let sheet = move |bill| view! { <BillSheet state bill of/> }.into_any();
    let (client, navigation) = (Client::here(), Navigation::here());
    let go_on = move |_| {
        let shares = untrack(|| state.shares());
        if choice::order(&shares).is_none() {
            state.refused.update(|n| *n += 1);
            return;
        }
        state.checkout.choose(&shares);
        let client = client.clone();
        spawn_local(async move { _ = state.checkout.keep(&client).await });
        navigation.go(Pay::Method);
    };
    view! {
        <div class="pay-journey__body">{list(bills.bills, sheet)}{settled}</div>
        <Slip lines=slip_lines(state.checkout, state.least_cents) total=slip_total(state.checkout, state.least_cents) dock=true>
            <button class="pay-button pay-button--main pay-button--full" type="button" on:click=go_on>{t(|w| w.pay().amount.go_on)}</button>
            <p class="pay-note">{t(|w| w.pay().amount.nothing_yet)}</p>
        </Slip>
    }
    .into_any()
}

/// The slip's lines, for this page and the next.
pub fn slip_lines(checkout: Checkout, least_cents: Signal<i64>) -> Signal<Vec<SlipLine>> {
    let language = Language::here();
    let state = AmountState { checkout, refused: RwSignal::new(0), least_cents };
    Signal::derive(move || {
        let w = language.words();
        let bills = checkout.bill_list();
        let what = |bill: &Bill| {
            let kind = (w.pay().amount.kind_short)(bill.kind).to_owned();
            let is_one_of_two = bills.as_ref().is_some_and(|bills| is_one_of_two(bills, bill));
            if is_one_of_two { format!("{kind}, {}", format::short_date(w.locale, bill.due)) } else { kind }
        };
        let line = |share: &Share| {
            Some(SlipLine { what: what(&share.bill), note: note(w, share), amount: share.amount.ok()?.money() })
        };
        state.shares().iter().filter_map(line).collect()
    })
}

/// `None` until the bills are here, and for a sum that can't be made.
pub fn slip_total(checkout: Checkout, least_cents: Signal<i64>) -> Signal<Option<Money>> {
    let state = AmountState { checkout, refused: RwSignal::new(0), least_cents };
    Signal::derive(move || {
        let is_here = checkout.bills.with(Fetched::is_here);
        is_here.then(|| choice::total(&state.shares())).flatten()
    })
}

fn note(w: &'static Words, share: &Share) -> String {
    match share.leaves() {
        Some(left) if !left.is_zero() => (w.pay().amount.slip_part)(&format::money(w.locale, left)),
        _ if !share.bill.pending.is_zero() => w.pay().amount.rest.to_owned(),
        _ => w.pay().amount.slip_all.to_owned(),
    }
}

/// Everything that keeps Continue from going on, once it was pressed.
#[component]
fn Summary(state: AmountState) -> impl IntoView {
    let language = Language::here();
    let lines = Signal::derive(move || {
        if state.refused.get() == 0 {
            return Vec::new();
        }
        let (w, shares) = (language.words(), state.shares());
        if shares.is_empty() {
            let first = state.checkout.bill_list().and_then(|bills| bills.bills.first().map(|bill| bill.id.clone()));
            let id = format!("all-{}", first.unwrap_or_default());
            return vec![ErrorLine { id, words: w.pay().amount.nothing_chosen.to_owned() }];
        }
        if let (None, Some(first)) = (choice::total(&shares), shares.first()) {
            let (id, words) = (format!("all-{}", first.bill.id), w.pay().review.not_together.to_owned());
            return vec![ErrorLine { id, words }];
        }
        let wrong = |share: &Share| {
            let problem = share.amount.err()?;
            let words = state.wrong(w, &share.bill, problem);
            Some(ErrorLine { id: format!("part-{}", share.bill.id), words })
        };
        shares.iter().filter_map(wrong).collect()
    });
    // a mended choice needs no summary any more
    browser::effect(move |_| {
        if state.refused.get() > 0 && choice::order(&state.shares()).is_some() {
            state.refused.set(0);
        }
    });
    view! { <ErrorSummary lines submits=state.refused/> }
}

/// For one bill's field: what is wrong with it, once Continue was refused or something was typed.
fn share_error(state: AmountState, id: String, is_left: RwSignal<bool>) -> Signal<Option<String>> {
    let language = Language::here();
    Signal::derive(move || {
        let share = state.shares().into_iter().find(|share| share.bill.id == id)?;
        let problem = share.amount.err().filter(|_| state.refused.get() > 0 || is_left.get())?;
        let w = language.words();
        Some(state.wrong(w, &share.bill, problem))
    })
}

fn money_text(sum: Money) -> Text {
    say(move |w| format::money(w.locale, sum))
}
