//! The summary on the review: each fact that is agreed to, with a link to change it.

use super::Review;
use crate::{
    billing::timing,
    i18n::{Pick, Text, format, say, t},
    navigation::href,
    route::Pay,
    session::CurrentSession,
    ui::list,
};
use contract::payment::Method;
use leptos::prelude::*;

/// One row: what it is, the fact, more about it, and where it is changed.
struct Fact {
    what: Text,
    fact: Text,
    note: Option<Text>,
    change: Option<(Pay, Pick)>,
}

#[component]
pub fn Facts(review: StoredValue<Review>) -> impl IntoView {
    let review = review.get_value();
    let mut facts = vec![whose(&review)];
    facts.extend(shares(&review));
    facts.extend(from_balance(&review));
    facts.push(from(&review));
    facts.push(when(&review));
    facts.push(receipt(&review));
    if matches!(review.method, Method::Card { .. }) {
        facts.push(fee(&review));
    }
    facts.extend(on_statement(&review));
    view! { <dl class="pay-facts">{list(facts, row)}</dl> }
}

fn row(fact: Fact) -> AnyView {
    let change = fact.change.map(|(route, what)| {
        view! {
            <dd class="pay-facts__do">
                <a class="pay-link" href=href(route)>{t(|w| w.pay().review.change)}<span class="pay-hidden">{t(what)}</span></a>
            </dd>
        }
    });
    let note = fact.note.map(|note| view! { <small>{note}</small> });
    view! { <div><dt>{fact.what}</dt><dd>{fact.fact}{note}</dd>{change}</div> }.into_any()
}

fn whose(review: &Review) -> Fact {
    let (session, region) = (CurrentSession::here(), review.region);
    // somebody whom the member pays for: their bills are known by their name
    let person = review.household.as_ref().and(review.shares.first()).map(|share| share.bill.patient.clone());
    let ending = move || session.with(|session| session.access().map(|access| access.membership.ending.clone()));
    // a member pays their own
    let is_member = session.with_untracked(|session| session.person().is_some());
    Fact {
        what: t(|w| w.pay().review.bills_of),
        fact: say(move |w| match &person {
            Some(person) => person.clone(),
            None => (w.pay().review.record_ending)(&ending().unwrap_or_default()),
        }),
        note: Some(say(move |w| format::region(w.locale, region).to_owned())),
        change: (!is_member).then_some((Pay::Find, |w| w.pay().review.change_what[0])),
    }
}

fn shares(review: &Review) -> Vec<Fact> {
    let today = review.today;
    let fact = |share: &super::Share| {
        let (kind, due, left) = (share.bill.kind, share.bill.due, share.leaves());
        let (is_late, is_rest) = (share.bill.is_past_due(today), !share.bill.pending.is_zero());
        let amount = share.amount.ok().map(contract::Amount::money);
        Fact {
            what: say(move |w| {
                (w.pay().amount.named)((w.pay().amount.kind)(kind), &format::short_date(w.locale, due), is_late)
            }),
            fact: say(move |w| amount.map(|amount| format::money(w.locale, amount)).unwrap_or_default()),
            note: Some(say(move |w| match left {
                Some(left) if !left.is_zero() => {
                    let (left, day) = (format::money(w.locale, left), format::short_date(w.locale, due));
                    (w.pay().review.part_of_bill)(&left, &day, is_late)
                }
                _ if is_rest => w.pay().review.rest_of_bill.to_owned(),
                _ => w.pay().review.whole_bill.to_owned(),
            })),
            change: Some((Pay::Amount, |w| w.pay().review.change_what[1])),
        }
    };
    review.shares.iter().map(fact).collect()
}

/// What the balance pays beside another method, which pays what is left.
fn from_balance(review: &Review) -> Option<Fact> {
    let part = review.from_balance;
    (!part.is_zero()).then(|| Fact {
        what: t(|w| w.pay().review.from_balance),
        fact: say(move |w| format::money(w.locale, part)),
        note: review.is_balance_first.then(|| t(|w| w.pay().review.balance_first)),
        change: Some((Pay::Method, |w| w.pay().review.change_what[2])),
    })
}

fn from(review: &Review) -> Fact {
    let (method, name) = (review.method.clone(), review.payer_name.to_string());
    let fact = {
        let method = method.clone();
        let charged = (!review.from_balance.is_zero()).then_some(review.charged);
        say(move |w| {
            let known = (w.pay().method.known)(&method);
            charged.map_or(known.clone(), |sum| format!("{}: {known}", format::money(w.locale, sum)))
        })
    };
    let is_first = review.is_balance_first;
    let note = say(move |w| match &method {
        Method::Balance if is_first => w.pay().review.balance_first.to_owned(),
        Method::Card { expiry, .. } => (w.pay().review.expires)(&expiry.to_string(), &name),
        Method::Bank { .. } | Method::Balance | Method::Check | Method::Phone => (w.pay().review.paid_by)(&name),
    });
    Fact {
        what: t(|w| w.pay().review.from),
        fact,
        note: Some(note),
        change: Some((Pay::Method, |w| w.pay().review.change_what[2])),
    }
}

fn when(review: &Review) -> Fact {
    let (terms, today) = (review.terms(), review.today);
    let (debit, counts_on) = (terms.debit(), terms.counts_on());
    let moved = debit.as_ref().map(|debit| debit.moved_by.clone()).unwrap_or_default();
    let fact = say(move |w| {
        let long = |day| format::long_date(w.locale, day);
        match &debit {
            Some(debit) => (w.pay().review.sent)(&long(debit.sent_on), &long(debit.expected_on)),
            None => (w.pay().review.today)(&long(today)),
        }
    });
    let due: Vec<_> = review.shares.iter().map(|share| share.bill.due).collect();
    let timing = timing(counts_on, &due);
    let note = say(move |w| {
        let moved = moved.iter().map(|day| (w.pay().method.sent_holiday)(&format::long_date(w.locale, *day)));
        moved.collect::<String>() + &timing.map(|timing| timing.get()).unwrap_or_default()
    });
    Fact { what: t(|w| w.pay().review.when), fact, note: Some(note), change: None }
}

fn receipt(review: &Review) -> Fact {
    let email = review.email.as_ref().map(ToString::to_string);
    Fact {
        what: t(|w| w.pay().review.receipt_to),
        fact: say(move |w| email.clone().unwrap_or_else(|| w.pay().review.no_receipt.to_owned())),
        note: None,
        change: Some((Pay::Method, |w| w.pay().review.change_what[3])),
    }
}

/// What a server of the version before does not say.
fn on_statement(review: &Review) -> Option<Fact> {
    let name = review.portal.statement_descriptor.clone();
    let fact = || Fact {
        what: t(|w| w.pay().review.on_statement),
        fact: Text::stored(name.clone()),
        note: None,
        change: None,
    };
    (!name.is_empty() && review.method != Method::Balance).then(fact)
}

fn fee(review: &Review) -> Fact {
    let fee = review.fee;
    Fact {
        what: t(|w| w.pay().review.card_fee),
        fact: say(move |w| if fee.is_zero() { w.pay().review.no_fee.to_owned() } else { format::money(w.locale, fee) }),
        note: None,
        change: None,
    }
}
