//! Recent payments on bills that are not on the page: settled ones, and chosen ones that were paid meanwhile.

use crate::{
    billing::{BillMark, PaidLine, Shown, paid_lines, payment_in_words},
    i18n::{Text, Words, format, say, t},
    navigation::href,
    pages::pay::checkout::Checkout,
    route::Pay,
    session::CurrentSession,
    ui::{Notice, NoticeKind, list},
};
use contract::{
    Date, Instant,
    bill::{Bill, BillKind, BillList, BillPayment},
};
use leptos::prelude::*;

/// Its kind in words; with its due date where there are two of a kind.
pub fn bill_name(w: &'static Words, bills: &BillList, bill: &Bill) -> String {
    if is_one_of_two(bills, bill) {
        dated(w, bill.kind, bill.due, bills.today)
    } else {
        (w.pay().amount.kind)(bill.kind).to_owned()
    }
}

pub fn is_one_of_two(bills: &BillList, bill: &Bill) -> bool {
    bills.bills.iter().any(|other| other.kind == bill.kind && other.id != bill.id)
}

/// `Hospital bill, due Sun, Dec 20`.
fn dated(w: &'static Words, kind: BillKind, due: Date, today: Date) -> String {
    (w.pay().amount.named)((w.pay().amount.kind)(kind), &format::short_date(w.locale, due), due < today)
}

/// The bills on which nothing is owed any more, with what was paid on them lately.
pub fn settled(bills: &BillList) -> AnyView {
    let (as_of, today) = (bills.as_of, bills.today);
    let mut settled: Vec<Vec<BillPayment>> = Vec::new();
    for payment in &bills.payments {
        if bills.bills.iter().any(|bill| bill.id == payment.bill) {
            continue;
        }
        match settled.iter_mut().find(|bill| bill.iter().any(|other| other.bill == payment.bill)) {
            Some(bill) => bill.push(payment.clone()),
            None => settled.push(vec![payment.clone()]),
        }
    }
    if settled.is_empty() {
        return ().into_any();
    }
    view! {
        <section class="pay-sheet" aria-labelledby="lately">
            <div class="pay-stack">
                <h2 id="lately">{t(|w| w.pay().paid.lately)}</h2>
                <ul class="pay-rows">{list(settled, |payments| settled_bill(payments, as_of, today))}</ul>
            </div>
        </section>
    }
    .into_any()
}

fn settled_bill(payments: Vec<BillPayment>, as_of: Instant, today: Date) -> AnyView {
    let Some((kind, due)) = payments.first().map(|payment| (payment.kind, payment.due)) else { return ().into_any() };
    let name = say(move |w| dated(w, kind, due, today));
    let lines = paid_lines(payments, Shown { as_of, is_owed: false, asks: false });
    let line = |line: PaidLine| {
        let see = line.receipt.map(|receipt| {
            let words = say(move |w| (w.pay().paid.see)(&receipt.reference));
            view! { " " <a class="pay-link" href=href(Pay::Payment(receipt.id))>{words}</a> }
        });
        view! { <small>{line.words}{see}</small> }.into_any()
    };
    view! {
        <li>
            <div class="pay-rows__row"><BillMark kind/><div><b>{name}</b>{list(lines, line)}</div></div>
        </li>
    }
    .into_any()
}

/// What was chosen can't be paid any more: the payment that came in between.
pub fn paid_meanwhile(checkout: Checkout) -> AnyView {
    let words = in_between(checkout, &checkout.gone.get());
    let notice = words.map(|words| {
        view! { <div role="alert"><Notice kind=NoticeKind::Warn title=t(|w| w.pay().paid.gone_title) words/></div> }
    });
    notice.into_any()
}

/// The newest payment on each of some bills, with the bill's name; nothing where there was none. Tracks.
pub fn in_between(checkout: Checkout, bills: &[String]) -> Option<Text> {
    let list = checkout.bill_list()?;
    let (as_of, today, zone) = (list.as_of, list.today, CurrentSession::here().time_zone());
    let newest: Vec<BillPayment> = bills.iter().filter_map(|bill| list.payments_on(bill).next().cloned()).collect();
    let is_empty = newest.is_empty();
    let words = move |w: &'static Words| {
        let line = |payment: &BillPayment| {
            let said = payment_in_words(w, payment, false, as_of, zone);
            (w.pay().paid.on_bill)(&dated(w, payment.kind, payment.due, today), &said)
        };
        newest.iter().map(line).collect::<Vec<_>>().join(" ")
    };
    (!is_empty).then(|| say(words))
}
