//! Recent payments on a bill, a sentence each: received, on its way, gone back. For everybody who may see the bill.

use crate::{
    i18n::{Text, Words, format, say, t},
    navigation::href,
    route::Pay,
    session::CurrentSession,
    ui::{Notice, NoticeKind, Sign, list},
};
use contract::{
    Instant,
    bill::{BillPayment, ReceiptName},
    payment::Phase,
};
use leptos::prelude::*;

/// One notice about all payments on a bill, the newest first; nothing where there is none.
pub fn paid_notice(payments: Vec<BillPayment>, about: Shown) -> AnyView {
    let Some(newest) = payments.first() else { return ().into_any() };
    let (sign, is_back) = match newest.state.phase() {
        Phase::Took => (Sign::Check, false),
        Phase::OnItsWay => (Sign::Clock, false),
        Phase::WentBack | Phase::TookNothing => (Sign::Return, about.is_owed),
    };
    let kind = if is_back || about.asks { NoticeKind::Warn } else { NoticeKind::Plain };
    let mut lines = paid_lines(payments, about).into_iter();
    let first = lines.next().map(|line| (line.words, line.receipt));
    let (words, receipt) = first.unwrap_or_else(|| (Text::stored(String::new()), None));
    view! {
        <Notice kind sign words>
            {see(receipt)}
            {list(lines, |line| view! { <p>{line.words}</p>{see(line.receipt)} }.into_any())}
            {about.asks.then(|| view! { <p><b>{t(|w| w.pay().paid.only_if_meant)}</b></p> })}
        </Notice>
    }
    .into_any()
}

/// How payments on a bill are shown.
#[derive(Clone, Copy)]
pub struct Shown {
    /// Now.
    pub as_of: Instant,
    /// Something is owed on the bill.
    pub is_owed: bool,
    /// It was paid a few minutes ago and can be paid again.
    pub asks: bool,
}

pub struct PaidLine {
    pub words: Text,
    pub receipt: Option<ReceiptName>,
}

/// A sentence a payment, in the same order: the newest first.
pub fn paid_lines(payments: Vec<BillPayment>, shown: Shown) -> Vec<PaidLine> {
    let zone = CurrentSession::here().time_zone();
    let owed_again = is_owed_again(&payments, shown.is_owed);
    let line = |(payment, is_owed_again): (BillPayment, bool)| PaidLine {
        receipt: payment.receipt.clone(),
        words: say(move |w| payment_in_words(w, &payment, is_owed_again, shown.as_of, zone)),
    };
    payments.into_iter().zip(owed_again).map(line).collect()
}

fn see(receipt: Option<ReceiptName>) -> AnyView {
    let Some(ReceiptName { id, reference }) = receipt else { return ().into_any() };
    let words = say(move |w| (w.pay().paid.see)(&reference));
    view! { <p><a class="pay-link" href=href(Pay::Payment(id))>{words}</a></p> }.into_any()
}

/// Of each payment that came back, whether its part is owed again: no payment on the bill came after it.
fn is_owed_again(payments: &[BillPayment], is_owed: bool) -> Vec<bool> {
    let mut is_newest = is_owed;
    let each = payments.iter().map(|payment| {
        let went_back = payment.state.phase() == Phase::WentBack;
        is_newest &= went_back;
        is_newest && went_back
    });
    each.collect()
}

/// `$64.10 received today at 8:01 am, paid by card.`
pub fn payment_in_words(
    w: &'static Words,
    payment: &BillPayment,
    is_owed_again: bool,
    as_of: Instant,
    zone: &str,
) -> String {
    let paid = &w.pay().paid;
    let received = if payment.state.phase() == Phase::Took { payment.since } else { payment.made_at };
    let day = format::short_date(w.locale, format::date_at(payment.made_at, zone));
    let (amount, when) = (format::money(w.locale, payment.amount), moment_in_words(w, received, as_of, zone));
    // a Spanish hour ends with a period of its own
    let line = (paid.line)(payment.state, payment.by, &amount, &when, &day).replace("..", ".");
    if is_owed_again { format!("{line} {}", paid.owed_again) } else { line }
}

/// `today at 9:14 am`, `on Thu, Dec 10`.
pub fn moment_in_words(w: &'static Words, at: Instant, as_of: Instant, zone: &str) -> String {
    let (paid, day) = (&w.pay().paid, format::date_at(at, zone));
    if day == format::date_at(as_of, zone) {
        (paid.today)(&format::time(w.locale, at, zone))
    } else if day.year() == format::date_at(as_of, zone).year() {
        (paid.on)(&format::short_date(w.locale, day))
    } else {
        (paid.on)(&format::medium_date(w.locale, day))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::i18n::{without_facts, words};
    use contract::{
        Date, Locale, Money,
        bill::BillKind,
        payment::{MethodKind, PaymentState},
    };

    fn at(text: &str) -> Instant {
        Instant::parse(text).unwrap()
    }

    fn payment(state: PaymentState, by: MethodKind, made_at: &str, since: &str) -> BillPayment {
        BillPayment {
            bill: "visit".into(),
            kind: BillKind::Professional,
            due: Date::parse("2026-12-04").unwrap(),
            amount: Money::parse("64.10").unwrap(),
            state,
            made_at: at(made_at),
            since: at(since),
            by,
            receipt: None,
        }
    }

    fn said(payments: &[BillPayment], is_owed: bool, locale: Locale) -> Vec<String> {
        let now = at("2026-12-15T16:30:00Z");
        let again = is_owed_again(payments, is_owed);
        let each = payments.iter().zip(again);
        let each = each.map(|(payment, again)| payment_in_words(words(locale), payment, again, now, "UTC"));
        each.map(|line| line.replace('\u{a0}', " ")).collect()
    }

    use MethodKind::{Bank, Card};
    use PaymentState::{Paid, Processing, Refunded, Returned};

    #[test]
    fn a_payment_is_told_by_where_its_money_is() {
        let payments = [
            payment(Paid, Card, "2026-12-15T08:01:00Z", "2026-12-15T08:01:01Z"),
            payment(Processing, Bank, "2026-12-15T00:07:00Z", "2026-12-15T00:07:00Z"),
            payment(Paid, Bank, "2026-12-04T12:00:00Z", "2026-12-10T12:00:00Z"),
            payment(Returned, Bank, "2026-12-03T12:00:00Z", "2026-12-09T12:00:00Z"),
            payment(Refunded, Card, "2026-12-01T12:00:00Z", "2026-12-02T12:00:00Z"),
        ];
        assert_eq!(
            said(&payments, true, Locale::En),
            [
                "$64.10 received today at 8:01 am, paid by card.",
                "$64.10 sent by bank today at 12:07 am. It is not paid yet.",
                "$64.10 received on Thu, Dec 10, paid by bank.",
                "$64.10 of Thu, Dec 3 came back.",
                "$64.10 of Tue, Dec 1 was refunded.",
            ]
        );
        assert_eq!(
            said(&payments[..2], true, Locale::Es),
            [
                "Recibimos $64.10 hoy a las 8:01 a. m., con tarjeta.",
                "$64.10 enviados por banco hoy a las 12:07 a. m. Todavía están en camino.",
            ]
        );
    }

    #[test]
    fn what_came_back_is_owed_again_until_somebody_pays_on_the_bill() {
        let back = || payment(Returned, Bank, "2026-12-03T12:00:00Z", "2026-12-09T12:00:00Z");
        let paid = || payment(Paid, Card, "2026-12-11T12:00:00Z", "2026-12-11T12:00:00Z");
        let again = |payments: &[BillPayment], is_owed| is_owed_again(payments, is_owed);
        assert_eq!(again(&[back()], true), [true]);
        assert_eq!(again(&[back(), back()], true), [true, true]);
        assert_eq!(again(&[back(), paid(), back()], true), [true, false, false]);
        assert_eq!(again(&[paid(), back()], true), [false, false]);
        assert_eq!(again(&[back()], false), [false], "settled otherwise");
        let said = said(&[back()], true, Locale::Es);
        assert_eq!(said, ["Se devolvieron $64.10 del jue, 3 de dic. Los debe otra vez."]);
    }

    #[test]
    fn one_notice_tells_all_and_links_only_to_the_receipts_that_may_be_seen() {
        Owner::new().with(|| {
            let mut own = payment(Processing, Bank, "2026-12-15T00:07:00Z", "2026-12-15T00:07:00Z");
            own.receipt = Some(ReceiptName { id: "0193-ab".into(), reference: "KP-7F3Q-2M8D".into() });
            let other = payment(Paid, Card, "2026-12-11T12:00:00Z", "2026-12-11T12:00:00Z");
            let shown = Shown { as_of: at("2026-12-15T16:30:00Z"), is_owed: true, asks: true };
            let html = without_facts(&paid_notice(vec![own, other], shown).to_html());
            assert_eq!(html.matches("pay-notice").count(), 1, "{html}");
            assert_eq!(html.matches("<a ").count(), 1, "{html}");
            assert!(html.contains("KP-7F3Q-2M8D") && html.contains("It is not paid yet."), "{html}");
            assert!(html.contains("received") && html.contains("only if you mean to"), "{html}");
            assert!(!html.contains("Somebody"), "{html}");
            assert!(!paid_notice(Vec::new(), shown).to_html().contains("pay-notice"));
        });
    }
}
