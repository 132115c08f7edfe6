//! Tests of the balance page, rendered natively.

use super::*;
use crate::{
    error::ApiError,
    fetched::Fetched,
    i18n::{Language, without_facts},
};
use contract::Locale;
use serde_json::{Value, json};

fn drawn(locale: Locale, balance: Fetched<Balance>) -> String {
    Owner::new().with(|| {
        provide_context(Language(RwSignal::new(locale)));
        let query = Query::new(|_| async { Err(ApiError::Offline) });
        query.answered(balance);
        without_facts(&content(query).to_html())
    })
}

fn balance(credit: &str, owed: &str) -> Value {
    let checking = json!({ "kind": "bank", "account": "checking", "last4": "6789" });
    let change = |why: &str, is_in: bool, amount: &str, after: &str| {
        json!({
            "at": "2026-11-13T18:00:00Z", "why": why, "is_in": is_in, "amount": amount, "after": after,
            "owed_after": "0.00", "payment": "p", "method": checking, "bills": [],
        })
    };
    let sent = json!({
        "id": "d", "reference": "KP-1", "state": "processing", "since": "2026-11-23T18:00:00Z", "charged": "200.00",
        "bills": [], "method": checking, "created_at": "2026-11-23T18:00:00Z", "time_zone": "America/Los_Angeles",
        "expected_on": "2026-11-27", "failure": null, "deposit": "200.00",
    });
    json!({
        "as_of": "2026-11-25T17:41:00Z", "time_zone": "America/Los_Angeles", "today": "2026-11-25",
        "debit_day": "2026-11-25", "balance": credit, "owed": owed, "on_their_way": [sent],
        "changes": [change("returned", false, "60.00", credit), change("deposit", true, "100.00", "100.00")],
        "next": "4",
    })
}

fn here(json: Value) -> Fetched<Balance> {
    serde_json::from_value(json).map_or(Fetched::Failed(ApiError::Faulty), Fetched::Here)
}

#[test]
fn a_balance_is_explained_by_its_changes_and_what_is_on_its_way_does_not_count() {
    let html = drawn(Locale::En, here(balance("40.00", "0.00")));
    for words in [
        ">40.00<",
        "$240.00 when the deposit on its way clears",
        "Processing, not counted yet",
        "then $240.00",
        "+$200.00",
        "\u{2212}$60.00",
        "+$100.00",
        "Checking account ending in 6789",
        "Deposit returned by your bank",
        "Show older",
    ] {
        assert!(html.contains(words), "{words}: {html}");
    }
    assert!(!html.contains("You owe"), "{html}");
    let spanish = drawn(Locale::Es, here(balance("40.00", "0.00")));
    assert!(spanish.contains("En proceso, todavía no cuenta") && spanish.contains("Crédito en su cuenta"), "{spanish}");
}

#[test]
fn what_the_balance_will_be_is_said_of_one_deposit_or_of_several() {
    let mut two = balance("40.00", "0.00");
    two["on_their_way"] = json!([two["on_their_way"][0], two["on_their_way"][0]]);
    let said = |locale, json: &Value| {
        drawn(locale, here(json.clone())).contains(match (locale, json == &two) {
            (Locale::En, true) => "$440.00 when the deposits on their way clear",
            (Locale::En, false) => "$240.00 when the deposit on its way clears",
            (Locale::Es, true) => "$440.00 cuando se completen los depósitos en camino",
            (Locale::Es, false) => "$240.00 cuando se complete el depósito en camino",
        })
    };
    for locale in [Locale::En, Locale::Es] {
        assert!(said(locale, &two) && said(locale, &balance("40.00", "0.00")), "{locale:?}");
    }
}

#[test]
fn a_deposit_that_went_back_after_it_was_used_is_an_amount_owed_and_no_minus() {
    let html = drawn(Locale::En, here(balance("0.00", "35.00")));
    assert!(html.contains("You owe $35.00: a deposit went back after you used it."), "{html}");
    assert!(html.contains("$165.00 when the deposit on its way clears") && html.contains("then $165.00"), "{html}");
}

#[test]
fn what_can_go_back_is_offered_with_its_most_and_a_refund_on_its_way_says_so() {
    let mut some = balance("40.00", "0.00");
    assert!(!drawn(Locale::En, here(some.clone())).contains("Get money back"), "nothing can go back");
    some["refundable"] = "25.00".into();
    some["changes"][0]["why"] = "refunded".into();
    some["changes"][0]["is_on_its_way"] = true.into();
    let html = drawn(Locale::En, here(some.clone()));
    for words in ["Get money back", "Up to $25.00", "Deposit refunded", ">On its way<"] {
        assert!(html.contains(words), "{words}: {html}");
    }
    let spanish = drawn(Locale::Es, here(some));
    assert!(spanish.contains("Recuperar dinero") && spanish.contains("Hasta $25.00"), "{spanish}");
}

#[test]
fn an_amount_below_which_a_notice_comes_can_be_chosen_and_its_limits_are_said() {
    for (locale, words) in [
        (
            Locale::En,
            ["Use of your balance", "Tell me when it falls below", "From $1.00 to $10,000.00. Empty: no notice."],
        ),
        (Locale::Es, ["Uso de su saldo", "Avisarme cuando baje de", "De $1.00 a $10,000.00. Vacío: ningún aviso."]),
    ] {
        let html = drawn(locale, here(balance("40.00", "0.00")));
        assert!(words.iter().all(|words| html.contains(words)), "{html}");
        assert!(!html.contains("type=\"radio\" name=\"use\""), "the plan may not let a balance pay");
    }
}

#[test]
fn nothing_is_shown_as_an_amount_while_it_loads_or_could_not_be_had() {
    let failed = Fetched::Failed(ApiError::Offline);
    for html in [drawn(Locale::En, Fetched::Waiting), drawn(Locale::En, failed)] {
        assert!(!html.contains("0.00") && !html.contains("No credit yet"), "{html}");
    }
    let mut none = balance("0.00", "0.00");
    (none["on_their_way"], none["changes"], none["next"]) = (json!([]), json!([]), Value::Null);
    let html = drawn(Locale::En, here(none));
    assert!(html.contains(">0.00<") && html.contains("No credit yet.") && !html.contains("<table"), "{html}");
}
