//! Pages of every day: what is new among the bills, a bill on paper, and the receipt of what the plan took itself.

use super::*;
use contract::payment::Method;

fn shown(route: impl Into<Route>, locale: Locale, all: Answers) -> String {
    let [_, _, _, member] = sessions().try_into().unwrap();
    drawn_at(route, locale, &member, &Asked::Answered(Box::new(all)))
}

#[test]
fn a_bill_that_came_since_the_last_visit_is_marked_on_the_page_of_bills_as_on_the_overview() {
    let html = shown(Account::Bills, Locale::En, answers());
    assert!(!html.contains("</svg>New<"), "{html}");
    for (locale, word) in [(Locale::En, "</svg>New<"), (Locale::Es, "</svg>Nueva<")] {
        let mut all: Answers = answers();
        all.account_bills.new_bills = vec!["bill-1".to_owned()];
        assert_eq!(shown(Account::Bills, locale, all).matches(word).count(), 1, "{word}");
    }
}

#[test]
fn a_bill_of_many_charges_shows_ten_on_the_screen_and_has_the_rest_for_paper() {
    let mut all: Answers = answers();
    let line = all.account_bill.bill.lines[0].clone();
    all.account_bill.bill.lines = (0..12).map(|_| line.clone()).collect();
    let html = shown(Account::Bill("bill-1".to_owned()), Locale::En, all);
    assert!(html.contains("Show all 12"), "{html}");
    let (first, rest) = html.split_once("<tbody role=\"rowgroup\" hidden").unwrap();
    let charges = |html: &str| html.matches(&line.description).count();
    let rest = rest.split_once("</tbody>").unwrap().0;
    let first = first.rsplit_once("<tbody role=\"rowgroup\">").unwrap().1;
    let ask = html.matches("Ask about this charge").count();
    assert!(ask == 0 || ask == 12, "below each charge: {ask}");
    assert_eq!(charges(first) / charges(rest), 5, "ten and two: {} and {}", charges(first), charges(rest));
}

#[test]
fn a_receipt_of_what_the_plan_took_itself_says_so_and_shows_no_authorisation() {
    for (method, locale, said) in [
        (Method::Check, Locale::En, "By mail, check. Your plan took it on Monday, November 23, 2026."),
        (Method::Phone, Locale::Es, "Por teléfono. Su plan lo recibió el lunes, 23 de noviembre de 2026."),
    ] {
        let mut all: Answers = answers();
        all.payment.method = method;
        let html = shown(Pay::Payment("payment-1".to_owned()), locale, all);
        assert!(html.contains(said), "{said}: {html}");
        assert!(!html.contains("I authorize Cedar Health"), "{html}");
    }
}
