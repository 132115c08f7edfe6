//! Paying twice: a box, before Pay, for each chosen bill on which there was a payment a few minutes ago.
//! A payer who saw that payment beside the bills, and chose to pay on the bill all the same, is not asked again.

use super::{Review, Unready};
use crate::{
    billing::moment_in_words,
    i18n::{Words, format, say},
    pages::pay::{
        amount::bill_name,
        checkout::{
            Checkout,
            choice::{PaidBefore, paid_before},
        },
    },
    session::CurrentSession,
    ui::{ErrorLine, dynamic, list},
};
use contract::bill::{Bill, BillList};
use leptos::prelude::*;

#[derive(Clone, Copy)]
pub struct Again {
    checkout: Checkout,
    /// What is asked: rendered again only when that changes.
    asked: Memo<Vec<PaidBefore>>,
    ticked: RwSignal<Vec<PaidBefore>>,
}

impl Again {
    pub(super) fn new(checkout: Checkout, ready: Memo<Result<Review, Unready>>) -> Self {
        let asked = Memo::new(move |_| {
            ready.with(|ready| ready.as_ref().map_or_else(|_| Vec::new(), |review| paid_before(&review.shares)))
        });
        Self { checkout, asked, ticked: RwSignal::default() }
    }

    /// Tracks.
    fn open(self) -> Vec<PaidBefore> {
        let mut open = self.asked.get();
        self.ticked.with(|ticked| open.retain(|one| !ticked.contains(one)));
        open
    }

    /// Tracks.
    pub fn is_answered(self) -> bool {
        self.open().is_empty()
    }

    /// A line a box that has yet to be ticked. Tracks.
    pub fn unticked(self, w: &'static Words) -> Vec<ErrorLine> {
        let line = |one: PaidBefore| ErrorLine { id: box_id(&one), words: w.pay().paid.unticked.to_owned() };
        self.open().into_iter().map(line).collect()
    }

    /// The bill and the list it stands in. Tracks.
    fn bill(self, one: &PaidBefore) -> Option<(Bill, BillList)> {
        let bills = self.checkout.bill_list()?;
        let bill = bills.bills.iter().find(|bill| bill.id == one.bill)?.clone();
        Some((bill, bills))
    }
}

fn box_id(one: &PaidBefore) -> String {
    format!("again-{}", one.bill)
}

#[component]
pub fn AgainBoxes(again: Again, refused: RwSignal<u32>) -> impl IntoView {
    dynamic(move || list(again.asked.get(), |one| again_box(again, one, refused)))
}

fn again_box(again: Again, one: PaidBefore, refused: RwSignal<u32>) -> AnyView {
    let (id, zone) = (box_id(&one), CurrentSession::here().time_zone());
    let one = StoredValue::new(one);
    let words = say(move |w| {
        let found = one.with_value(|one| again.bill(one));
        let Some((bill, bills)) = found else { return String::new() };
        let Some(paid) = &bill.just_paid else { return String::new() };
        let when = moment_in_words(w, paid.at, bills.as_of, zone);
        (w.pay().paid.mean_it)(&bill_name(w, &bills, &bill), &format::money(w.locale, paid.amount), &when)
    });
    let is_ticked = move || again.ticked.with(|ticked| one.with_value(|one| ticked.contains(one)));
    let is_invalid = move || (refused.get() > 0 && !is_ticked()).then_some("true");
    let tick = move |is_on: bool| {
        let one = one.get_value();
        again.ticked.update(|ticked| {
            ticked.retain(|other| *other != one);
            ticked.extend(is_on.then_some(one));
        });
    };
    view! {
        <label class="pay-check">
            <input type="checkbox" id=id.clone() name=id aria-invalid=is_invalid prop:checked=is_ticked
                on:change=move |event| tick(event_target_checked(&event))/>
            <span>{words}</span>
        </label>
    }
    .into_any()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        fetched::Fetched,
        i18n::without_facts,
        pages::pay::checkout::choice::{self, shares, tests::bill},
    };
    use contract::{
        Date, Instant, Money, PersonName, Region,
        bill::JustPaid,
        payment::{BankAccountKind, Method, PaymentDraft},
        portal::{Contacts, Portal},
    };
    use std::sync::Arc;

    /// As the API sends it, of a plan that says nothing about itself.
    fn portal() -> Arc<Portal> {
        let portal = serde_json::json!({
            "brand": { "name": "" }, "regions": [], "contacts": Contacts::default(), "cards": [], "locales": [],
            "limits": { "min_payment_cents": 100, "just_paid_minutes": 10, "bank_debit_business_days": 3 },
            "capture": { "url": "", "origin": "" }, "demo": false,
        });
        Arc::new(serde_json::from_value(portal).unwrap())
    }

    /// A review of one bill on which $20.00 was paid at that second, and perhaps seen beside it.
    fn review(checkout: Checkout, second: i64, is_seen: bool) -> Review {
        let mut bill = bill("visit", 6410, 0);
        bill.just_paid =
            Some(JustPaid { amount: Money::parse("20").unwrap(), at: Instant::from_millis(second * 1000) });
        let (as_of, today) = (Instant::from_millis(3_600_000), Date::parse("1970-01-01").unwrap());
        let bills = BillList {
            as_of,
            today,
            debit_day: None,
            owed: Money::ZERO,
            bills: vec![bill],
            payments: Vec::new(),
            balance: None,
            balance_first: false,
        };
        let draft = PaymentDraft { shares: vec![choice::tests::share("visit", None)], ..PaymentDraft::default() };
        checkout.draft.set(draft);
        if is_seen {
            checkout.choose(&shares(&bills, &checkout.draft.get_untracked(), 100));
        }
        let shares = shares(&bills, &checkout.draft.get_untracked(), 100);
        checkout.bills.set(Fetched::Here(bills));
        Review {
            shares,
            from_balance: Money::ZERO,
            is_balance_first: false,
            method: Method::Bank { account: BankAccountKind::Checking, last4: "6789".into() },
            source: choice::Source::default(),
            payer_name: PersonName::parse("Ana O’Neill").unwrap(),
            email: None,
            total: Money::ZERO,
            fee: Money::ZERO,
            charged: Money::ZERO,
            portal: portal(),
            today,
            debit_day: today,
            region: Region::California,
            household: None,
        }
    }

    #[test]
    fn a_payment_of_minutes_ago_is_asked_about_until_it_is_answered() {
        Owner::new().with(|| {
            let checkout = Checkout::here();
            let now = RwSignal::new(review(checkout, 1, false));
            let again = Again::new(checkout, Memo::new(move |_| Ok(now.get())));
            let html = || {
                without_facts(&view! { <AgainBoxes again refused=RwSignal::new(0)/> }.to_html()).replace('\u{a0}', " ")
            };
            assert!(!again.is_answered());
            let said = "Professional bill: a payment of $20.00 was made today at 12:00 am. I mean to pay again";
            assert!(html().contains(said), "{}", html());
            again.ticked.set(again.asked.get_untracked());
            assert!(again.is_answered() && html().contains("I mean to pay again"));
            now.set(review(checkout, 2, false));
            assert!(!again.is_answered(), "another payment since");
            assert_eq!(again.unticked(crate::i18n::words(contract::Locale::En)).len(), 1);
            now.set(review(checkout, 2, true));
            assert!(again.is_answered() && !html().contains("I mean to pay again"), "seen beside the bill");
        });
    }
}
