//! Pages of the account as the server's answers are drawn: the overview, why a bill is different, and what is asked
//! about its charges.

use super::*;

#[test]
fn the_overview_tells_new_late_and_coming_bills_apart_and_says_what_is_owed_if_payments_clear() {
    let answered = Asked::Answered(Box::new(answers()));
    let [_, _, _, member] = sessions().try_into().unwrap();
    for (locale, said) in [
        (
            Locale::En,
            [
                "</svg>New<",
                "New: came since your last visit on Friday, November 20, 2026.",
                "Was due Wed, Nov 4",
                "$300.00 if what is on its way clears",
                "$12.50",
                "account/bills/bill-1\"",
                "account/receipts\"",
            ],
        ),
        (
            Locale::Es,
            [
                "</svg>Nueva<",
                "Nueva: llegó desde su última visita, el viernes, 20 de noviembre de 2026.",
                "Venció el mi",
                "$300.00 si se completa lo que está en camino",
                "$12.50",
                "account/history\"",
                "account/receipts\"",
            ],
        ),
    ] {
        let html = drawn_at(Account::Overview, locale, &member, &answered);
        for words in said {
            assert!(html.contains(words), "{words}: {html}");
        }
    }
}

/// 375.00 before, then 50.00 more to 425.00, 100.00 less to 325.00: on a scale of 425.00.
#[test]
fn a_difference_is_drawn_on_one_scale_and_each_bar_begins_where_the_one_before_ends() {
    let answered = Asked::Answered(Box::new(answers()));
    let [_, _, _, member] = sessions().try_into().unwrap();
    let html = drawn_at(Account::Bill("bill-1".to_owned()), Locale::En, &member, &answered);
    let attribute =
        |bar: &str, name: &str| bar.split(&format!(" {name}=\"")).nth(1).unwrap().split('"').next().unwrap().to_owned();
    let bars = html.split("class=\"pay-why__pic\"").skip(1);
    let bars: Vec<_> = bars.map(|bar| ["class", "x", "width"].map(|name| attribute(bar, name))).collect();
    let expected = [
        ["pay-flow__paid", "0.00%", "88.23%"],
        ["pay-flow__you", "88.23%", "11.76%"],
        ["pay-flow__paid", "76.47%", "23.52%"],
        ["pay-flow__you", "0.00%", "76.47%"],
    ];
    assert_eq!(bars, expected, "{html}");
}

#[test]
fn a_charge_can_be_asked_about_and_says_what_was_asked_and_how_far_it_came() {
    let [_, _, _, member] = sessions().try_into().unwrap();
    let mut all: Answers = answers();
    let words = "Ask about this charge<";
    let html =
        drawn_at(Account::Bill("bill-1".to_owned()), Locale::En, &member, &Asked::Answered(Box::new(all.clone())));
    for said in [
        words,
        "You asked on Nov 20, 2026. Sent to your plan on Nov 20, 2026.",
        "I paid this at the desk.",
        ": Imaging<",
    ] {
        assert!(html.contains(said), "{said}: {html}");
    }
    all.account_bill.takes_questions = false;
    let html =
        drawn_at(Account::Bill("bill-1".to_owned()), Locale::En, &member, &Asked::Answered(Box::new(all.clone())));
    assert!(!html.contains(words) && html.contains("I paid this at the desk."), "asked before: {html}");
    let line = all.account_bill.bill.lines[0].clone();
    all.account_bill.bill.lines = (0..40).map(|_| line.clone()).collect();
    let html = drawn_at(Account::Bill("bill-1".to_owned()), Locale::Es, &member, &Asked::Answered(Box::new(all)));
    let body = html.split("pay-items").nth(1).unwrap().len();
    assert!(body > 0 && html.contains("Ver los 40 cargos"), "{html}");
    let (shown, rest) = html.split_once("<tbody role=\"rowgroup\" hidden").unwrap();
    let (rest, foot) = rest.split_once("</tbody>").unwrap();
    let rows = |html: &str| html.matches("scope=\"row\" role=\"rowheader\" class=\"pay-items__what\"").count();
    assert_eq!([shown, rest, foot].map(rows), [10, 30, 1], "ten, the rest for paper, and the sum: {html}");
}

/// The PDF's sums are tested against the same answer (`cases/account_bills.rs`).
#[test]
fn a_statement_to_read_has_every_sum_and_every_charge_of_its_bill() {
    let [_, _, _, member] = sessions().try_into().unwrap();
    let mut all: Answers = answers();
    let line = all.account_bill.bill.lines[0].clone();
    all.account_bill.bill.lines = (0..12).map(|_| line.clone()).collect();
    let answered = Asked::Answered(Box::new(all));
    for (locale, said) in [
        (
            Locale::En,
            [
                ">Statement</h1>",
                "Hospital bill of Sunday, October 4, 2026",
                "Due Friday, December 4, 2026",
                "$10,800.00",
                "$4,800.00",
                "$2,100.00",
                "$325.00",
                "$300.00 if what is on its way clears",
                "statement.pdf?locale=en",
                "125 days",
            ],
        ),
        (
            Locale::Es,
            [
                ">Estado de cuenta</h1>",
                "Factura de hospital del domingo, 4 de octubre de 2026",
                "Vence el viernes, 4 de diciembre de 2026",
                "$10,800.00",
                "$4,800.00",
                "$2,100.00",
                "$325.00",
                "$300.00 si se completa lo que está en camino",
                "statement.pdf?locale=es",
                "125 días",
            ],
        ),
    ] {
        let html = drawn_at(Account::Statement("bill-1".to_owned()), locale, &member, &answered);
        for words in said {
            assert!(html.contains(words), "{words}: {html}");
        }
        assert_eq!(html.matches(">Imaging<").count(), 12, "all are there, for paper: {html}");
    }
}

#[test]
fn the_receipt_of_a_member_who_pays_for_others_leads_to_the_next_payment_and_nobody_else_s_does() {
    let answered = Asked::Answered(Box::new(answers()));
    let [_, _, payer, member] = sessions().try_into().unwrap();
    let receipt = || Pay::Payment("payment-1".to_owned());
    for (locale, said) in [
        (Locale::En, ["Pay for Liam O’Neill separately: $90.00", "are a payment of their own"]),
        (Locale::Es, ["Pagar aparte por Liam O’Neill: $90.00", "se pagan aparte"]),
    ] {
        let html = drawn_at(receipt(), locale, &member, &answered);
        for words in said.into_iter().chain(["account/pay?for=link-1\""]) {
            assert!(html.contains(words), "{words}: {html}");
        }
        assert!(!drawn_at(receipt(), locale, &payer, &answered).contains("Liam"));
    }
    let mut alone: Answers = answers();
    alone.account_bills.household.clear();
    let html = drawn_at(receipt(), Locale::En, &member, &Asked::Answered(Box::new(alone)));
    assert!(!html.contains("account/pay\""), "{html}");
}
