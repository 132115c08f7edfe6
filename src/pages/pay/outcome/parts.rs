//! An order that the balance and another method paid: its sum, and each part on a row of its own with its state and its
//! receipt.

use crate::{
    billing::State,
    i18n::{Text, format, say, t},
    navigation::href,
    route::Pay,
    ui::list,
};
use contract::{
    Money,
    payment::{Method, OtherPart, Payment, PaymentState},
};
use leptos::prelude::*;

/// Nothing where one method paid all of it. Who came by an e-mail's link sees this receipt only.
pub fn order_parts(payment: &Payment, is_linked: bool) -> AnyView {
    let Some(other) = payment.other_part.clone() else { return ().into_any() };
    let all = other.with(payment.charged);
    let own = OtherPart {
        payment: payment.id.clone(),
        reference: payment.reference.clone(),
        charged: payment.charged,
        method: payment.method.clone(),
        state: payment.state,
    };
    let mut parts = [(own, true), (other, is_linked)];
    parts.sort_by_key(|(part, _)| part.method != Method::Balance);
    view! {
        <dl class="pay-facts">
            <div><dt>{t(|w| w.pay().outcome.total)}</dt><dd><b>{money(all)}</b></dd></div>
            {list(parts, |(part, is_here)| row(part, is_here))}
        </dl>
    }
    .into_any()
}

fn row(part: OtherPart, is_here: bool) -> AnyView {
    let OtherPart { payment, reference, charged, method, state } = part;
    let is_back = method == Method::Balance && state == PaymentState::Cancelled;
    let back = is_back.then(|| view! { <small>{t(|w| w.pay().receipt.back_in_balance)}</small> });
    let receipt = (!is_here).then(|| {
        view! {
            <dd class="pay-facts__do" data-print="no">
                <a class="pay-link" href=href(Pay::Payment(payment))>
                    {t(|w| w.pay().outcome.receipt_title)}<span class="pay-hidden">" "{reference}</span>
                </a>
            </dd>
        }
    });
    view! {
        <div>
            <dt>{say(move |w| (w.pay().method.known)(&method))}</dt>
            <dd>{money(charged)} " " <State state/>{back}</dd>
            {receipt}
        </div>
    }
    .into_any()
}

fn money(sum: Money) -> Text {
    say(move |w| format::money(w.locale, sum))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::i18n::{Language, without_facts};
    use contract::Locale;

    /// By card, with 65.00 from the balance beside it.
    fn drawn(locale: Locale, states: [PaymentState; 2], is_linked: bool) -> String {
        let answers: serde_json::Value = serde_json::from_str(include_str!("../../../app/tests/answers.json")).unwrap();
        let mut payment: Payment = serde_json::from_value(answers["payment"].clone()).unwrap();
        (payment.state, payment.charged) = (states[0], Money::parse("35.00").unwrap());
        payment.other_part = Some(OtherPart {
            payment: "part".into(),
            reference: "KP-2222-3333".into(),
            charged: Money::parse("65.00").unwrap(),
            method: Method::Balance,
            state: states[1],
        });
        Owner::new().with(|| {
            provide_context(Language(RwSignal::new(locale)));
            without_facts(&order_parts(&payment, is_linked).to_html())
        })
    }

    use PaymentState::{Cancelled, Failed, Paid, Processing};

    #[test]
    fn an_order_of_two_parts_says_its_sum_first_and_each_part_with_its_state_and_the_way_to_the_other_receipt() {
        let html = drawn(Locale::En, [Processing, Paid], false);
        let places = ["Total", "$100.00", "Balance", "$65.00", "Paid", "$35.00", "Processing"];
        let places = places.map(|words| html.find(words).unwrap_or_else(|| panic!("{words}: {html}")));
        assert!(places.is_sorted(), "{places:?} {html}");
        assert_eq!(html.matches("<a ").count(), 1, "{html}");
        assert!(html.contains("KP-2222-3333") && !html.contains("again"), "{html}");
        assert!(!drawn(Locale::En, [Paid, Paid], true).contains("<a "), "a link shows one receipt");
    }

    #[test]
    fn a_part_that_the_balance_did_not_pay_is_said_to_be_there_again() {
        for (locale, words) in
            [(Locale::En, "It is in your balance again."), (Locale::Es, "Está otra vez en su saldo.")]
        {
            let html = drawn(locale, [Failed, Cancelled], false);
            assert!(html.contains(words) && html.contains("$100.00"), "{html}");
        }
    }
}
