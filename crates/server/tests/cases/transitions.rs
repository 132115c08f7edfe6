//! The table of transitions against the books: whatever word follows whichever, the ledger sums to zero and the bills
//! say what the payments say.

use crate::test_app::{Payer, TestApp, VISA, line::Cut, new_key, seed::ANA};
use contract::payment::PaymentState::{self, Cancelled, Failed, Paid, Processing, Refunded, Returned, Scheduled};
use serde_json::json;
use server::{
    billing::charging,
    store::{
        settle::{SettleResult, Verdict},
        transition::{Effect, effect},
    },
};

const ALL: [PaymentState; 7] = [Scheduled, Processing, Paid, Failed, Returned, Refunded, Cancelled];

/// A payment that nobody has answered for.
async fn begun(app: &TestApp, ana: &Payer, amount: &str) -> String {
    let token = app.card(ana, VISA).await;
    let mut order = app.order(ana, &token, &[("surgery", amount), ("visit", "1.00")]).await;
    order["pay_again"] = json!(true);
    let key = new_key();
    app.pay(ana, &key, &order).await.is_refused(409, "key_in_use");
    app.text(&format!("SELECT id FROM payment WHERE idempotency_key = '{key}'")).await
}

async fn settle_with(app: &TestApp, payment: &str, state: PaymentState) -> SettleResult {
    let verdict = Verdict { charge: Some(format!("ch-{payment}")), state, failure: None, cents: None, sequence: None };
    charging::settle(&app.state, payment, &verdict).await.unwrap()
}

async fn state(app: &TestApp, payment: &str) -> PaymentState {
    let word = app.text(&format!("SELECT state FROM payment WHERE id = '{payment}'")).await;
    serde_json::from_value(word.into()).unwrap()
}

#[tokio::test]
async fn every_word_after_every_other_leaves_books_that_are_right() {
    let app = TestApp::open().await;
    let ana = app.look_up(&ANA).await;
    app.line.cut(Cut::Before);
    let (mut paid, mut pending) = (0, 0);
    for before in ALL {
        let way: &[PaymentState] = match before {
            Processing => &[],
            Returned => &[Paid, Returned],
            Refunded => &[Paid, Refunded],
            Scheduled => &[Scheduled],
            Paid => &[Paid],
            Failed => &[Failed],
            Cancelled => &[Cancelled],
        };
        for after in ALL {
            let payment = begun(&app, &ana, "10.00").await;
            for step in way {
                assert_eq!(settle_with(&app, &payment, *step).await, SettleResult::Changed);
            }
            let settled = settle_with(&app, &payment, after).await;
            let expected = match effect(before, after) {
                Effect::Unfit => SettleResult::Unfit(before),
                Effect::Nothing => SettleResult::Same,
                _ => SettleResult::Changed,
            };
            assert_eq!(settled, expected, "{before:?} {after:?}");
            let now = state(&app, &payment).await;
            assert_eq!(now, if settled == SettleResult::Changed { after } else { before }, "{before:?} {after:?}");
            paid += i64::from(now == Paid) * 1_000;
            pending += i64::from(matches!(now, Processing | Scheduled)) * 1_000;
            assert_eq!(app.owes("surgery").await, (115_000 - paid, pending), "{before:?} {after:?}");
            // And once more: the same again, or as unfit as before.
            let again = settle_with(&app, &payment, after).await;
            assert_ne!(again, SettleResult::Changed, "{before:?} {after:?}");
            app.assert_books_balance().await;
        }
    }
}

#[tokio::test]
async fn words_in_any_order_about_payments_that_compete_leave_books_that_are_right() {
    let app = TestApp::open().await;
    let ana = app.look_up(&ANA).await;
    app.line.cut(Cut::Before);
    // Together more than the bill: anyone who comes back late finds it paid by the others.
    let mut payments = vec![begun(&app, &ana, "900.00").await];
    for _ in 0..3 {
        settle_with(&app, payments.last().unwrap(), Returned).await;
        payments.push(begun(&app, &ana, "900.00").await);
    }
    let mut random: u64 = 20_261_125;
    let mut next = |below: usize| {
        random = random.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(random >> 33).unwrap() % below
    };
    for step in 0..120 {
        let (payment, word) = (&payments[next(payments.len())], ALL[next(ALL.len())]);
        settle_with(&app, payment, word).await;
        app.assert_books_balance().await;
        let (balance, pending) = app.owes("surgery").await;
        assert!((0..=115_000).contains(&balance) && (0..=balance).contains(&pending), "step {step}");
    }
}

#[tokio::test]
async fn a_word_about_another_charge_or_one_that_denies_a_known_charge_is_unfit() {
    let app = TestApp::open().await;
    let ana = app.look_up(&ANA).await;
    app.line.cut(Cut::Before);
    let payment = begun(&app, &ana, "10.00").await;
    assert_eq!(settle_with(&app, &payment, Processing).await, SettleResult::Same);
    let other = Verdict { charge: Some("another".into()), state: Paid, failure: None, cents: None, sequence: None };
    assert_eq!(charging::settle(&app.state, &payment, &other).await.unwrap(), SettleResult::Unfit(Processing));
    assert_eq!(
        charging::settle(&app.state, &payment, &Verdict::never()).await.unwrap(),
        SettleResult::Unfit(Processing)
    );
    assert_eq!(app.owes("surgery").await, (115_000, 1_000));
    app.assert_books_balance().await;
}
