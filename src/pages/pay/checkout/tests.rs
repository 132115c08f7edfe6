//! Tests of what is kept of a choice when the bills are fetched again.

use super::{choice::tests::bill, *};
use contract::{
    Date, Region,
    bill::{Bill, BillPayment, JustPaid},
    payment::{MethodKind, PaymentState},
    session::MembershipView,
};

fn list(bills: Vec<Bill>, paid: &[&str]) -> BillList {
    let at = Instant::from_millis(0);
    let payment = |of: &&str| BillPayment {
        bill: (*of).to_owned(),
        kind: bill("", 0, 0).kind,
        due: bill("", 0, 0).due,
        amount: Money::ZERO,
        state: PaymentState::Paid,
        made_at: at,
        since: at,
        by: MethodKind::Card,
        receipt: None,
    };
    let today = Date::parse("2026-11-23").unwrap();
    BillList {
        as_of: at,
        today,
        balance: None,
        balance_first: false,
        debit_day: None,
        owed: Money::ZERO,
        bills,
        payments: paid.iter().map(payment).collect(),
    }
}

fn chosen(bills: &[&str]) -> PaymentDraft {
    let share = |bill: &&str| DraftShare { bill: (*bill).to_owned(), part: None, paid_before: None };
    PaymentDraft { shares: bills.iter().map(share).collect(), ..PaymentDraft::default() }
}

#[test]
fn a_chosen_bill_that_was_paid_meanwhile_is_dropped_and_remembered() {
    Owner::new().with(|| {
        let checkout = Checkout::new();
        checkout.draft.set(chosen(&["settled", "covered", "open", "withdrawn"]));
        let bills = list(vec![bill("covered", 6410, 6410), bill("open", 100, 0)], &["settled", "covered", "open"]);
        checkout.prune(&bills);
        assert_eq!(checkout.draft.get_untracked(), chosen(&["open"]));
        // Of one that the plan took back no payment tells.
        assert_eq!(checkout.gone.get_untracked(), ["settled", "covered"]);
        checkout.prune(&bills);
        assert_eq!(checkout.gone.get_untracked().len(), 2);
        checkout.edit(|_| {});
        assert!(checkout.gone.get_untracked().is_empty());
    });
}

#[test]
fn what_was_only_offered_is_missed_by_nobody() {
    Owner::new().with(|| {
        let checkout = Checkout::new();
        checkout.prune(&list(vec![bill("open", 100, 0)], &["settled"]));
        assert_eq!((checkout.draft.get_untracked(), checkout.gone.get_untracked()), (chosen(&["open"]), Vec::new()));
    });
}

#[test]
fn a_visit_that_has_chosen_nothing_begins_with_the_balance_for_who_uses_it_first_and_keeps_what_was_chosen() {
    Owner::new().with(|| {
        let checkout = Checkout::new();
        let bills = |balance_first| BillList { balance_first, ..list(vec![bill("open", 100, 0)], &[]) };
        let is_chosen = || checkout.draft.with_untracked(|draft| draft.from_balance);
        checkout.prune(&bills(false));
        assert!(!is_chosen(), "asked each time");
        checkout.draft.set(PaymentDraft::default());
        checkout.prune(&bills(true));
        assert!(is_chosen());
        checkout.edit(|draft| draft.from_balance = false);
        checkout.prune(&bills(true));
        assert!(!is_chosen(), "left out by the member");
    });
}

#[test]
fn a_payment_that_was_seen_beside_the_bills_is_answered_and_a_later_one_is_not() {
    Owner::new().with(|| {
        let checkout = Checkout::new();
        checkout.draft.set(chosen(&["visit", "surgery"]));
        let shares = |at: i64| {
            let mut paid = bill("visit", 6410, 0);
            paid.just_paid = Some(JustPaid { amount: Money::ZERO, at: Instant::from_millis(at) });
            let bills = list(vec![paid, bill("surgery", 100, 0)], &[]);
            choice::shares(&bills, &checkout.draft.get_untracked(), 100)
        };
        let asked = |at: i64| choice::paid_before(&shares(at)).len();
        assert_eq!(asked(1), 1);
        checkout.choose(&shares(1));
        assert_eq!((asked(1), asked(2)), (0, 1));
        let kept = serde_json::to_string(&checkout.draft.get_untracked()).unwrap();
        checkout.draft.set(serde_json::from_str(&kept).unwrap());
        assert_eq!(asked(1), 0, "nor after a reload");
    });
}

#[test]
fn what_a_payer_had_chosen_is_said_aloud_once_they_have_signed_in() {
    let access = |binding: &str| Access {
        membership: MembershipView { region: Region::California, ending: "678".into() },
        capture_binding: binding.into(),
    };
    let said = |has_chosen: bool, then: &str| {
        Owner::new().with(|| {
            let checkout = Checkout::new();
            checkout.adopt_session(&access("visit"), false);
            checkout.is_chosen.set(has_chosen);
            assert!(!checkout.is_resumed.get_untracked());
            checkout.adopt_session(&access(then), true);
            let said = checkout.is_resumed.get_untracked();
            // said once, and not at every page of the member
            checkout.is_resumed.set(false);
            checkout.adopt_session(&access(then), true);
            assert!(!checkout.is_resumed.get_untracked());
            said
        })
    };
    assert!(said(true, "visit"));
    assert!(!said(false, "visit"), "what was only offered");
    assert!(!said(true, "another"), "another membership's");
}

#[test]
fn another_card_is_asked_for_whole_also_when_the_draft_with_the_wrong_code_comes_later() {
    let wrong = || PaymentDraft { token: Some("tok".into()), needs_code: true, ..chosen(&["visit"]) };
    Owner::new().with(|| {
        let checkout = Checkout::new();
        checkout.draft.set(wrong());
        checkout.is_restored.set(true);
        assert!(checkout.use_another());
        assert_eq!(checkout.draft.get_untracked(), chosen(&["visit"]));
        let reloaded = Checkout::new();
        assert!(!reloaded.use_another(), "nothing is here to be kept");
        reloaded.restore(wrong());
        assert_eq!(reloaded.draft.get_untracked(), chosen(&["visit"]));
        // once: the code of the next card is asked for alone
        reloaded.restore(wrong());
        assert_eq!(reloaded.draft.get_untracked(), wrong());
    });
}
