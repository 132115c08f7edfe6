//! The processor does not answer, or the server dies between the charge and the books: recovery finishes it, once.

use crate::house::{DECLINED, House, PAYS, VISA, line::Cut, new_key, seed::ANA};

#[tokio::test]
async fn a_processor_that_does_not_answer_leaves_the_key_in_use_until_recovery_has_asked_again() {
    let house = House::open().await;
    let ana = house.look_up(&ANA).await;
    let token = house.card(&ana, VISA).await;
    let order = house.order(&ana, &token, &[("visit", "64.10")]).await;
    let key = new_key();
    house.line.cut(Cut::Before);
    house.pay(&ana, &key, &order).await.is_refused(409, "key_in_use");
    house.by_key(&ana, &key).await.is_refused(409, "key_in_use");
    house.pay(&ana, &key, &order).await.is_refused(409, "key_in_use");
    assert_eq!((house.payments().await, house.charges().await), (1, 0));
    assert_eq!(house.owes("visit").await, (6_410, 6_410));
    house.books_are_right().await;
    house.recover().await;
    house.recover().await;
    house.by_key(&ana, &key).await.is_payment(200, "paid");
    assert!(house.pay(&ana, &key, &order).await.is_payment(201, "paid").is_replayed());
    assert_eq!((house.payments().await, house.charges().await), (1, 1));
    assert_eq!(house.owes("visit").await, (0, 0));
    house.books_are_right().await;
}

#[tokio::test]
async fn a_charge_whose_answer_was_lost_is_settled_without_a_second_one() {
    for (cut, status, code) in [(Cut::After, 409, "key_in_use"), (Cut::Panic, 500, "fault")] {
        let house = House::open().await;
        let ana = house.look_up(&ANA).await;
        let token = house.card(&ana, VISA).await;
        let order = house.order(&ana, &token, &[("visit", "64.10")]).await;
        let key = new_key();
        house.line.cut(cut);
        house.pay(&ana, &key, &order).await.is_refused(status, code);
        assert_eq!((house.payments().await, house.charges().await), (1, 1));
        assert_eq!(house.number("SELECT COUNT(*) FROM ledger_entry").await, 0);
        house.recover().await;
        house.by_key(&ana, &key).await.is_payment(200, "paid");
        assert_eq!((house.payments().await, house.charges().await, house.asked()), (1, 1, 1));
        assert_eq!((house.owes("visit").await, house.charged_cents().await), ((0, 0), 6_410));
        house.books_are_right().await;
    }
}

#[tokio::test]
async fn a_lost_answer_that_was_no_gives_the_reserved_cents_back() {
    let house = House::open().await;
    let ana = house.look_up(&ANA).await;
    let token = house.card(&ana, DECLINED).await;
    let order = house.order(&ana, &token, &[("visit", "64.10")]).await;
    let key = new_key();
    house.line.cut(Cut::After);
    house.pay(&ana, &key, &order).await.is_refused(409, "key_in_use");
    assert_eq!(house.owes("visit").await, (6_410, 6_410));
    house.recover().await;
    house.by_key(&ana, &key).await.is_payment(200, "failed");
    assert_eq!(house.owes("visit").await, (6_410, 0));
    house.books_are_right().await;
}

#[tokio::test]
async fn a_token_that_ran_out_while_nobody_answered_fails_the_payment_and_takes_no_money() {
    let house = House::open().await;
    let ana = house.look_up(&ANA).await;
    let token = house.card(&ana, VISA).await;
    let order = house.order(&ana, &token, &[("visit", "64.10")]).await;
    let key = new_key();
    house.line.cut(Cut::Before);
    house.pay(&ana, &key, &order).await.is_refused(409, "key_in_use");
    house.move_clock(31 * 60).await;
    house.recover().await;
    let ana = house.look_up(&ANA).await;
    house.by_key(&ana, &key).await.is_payment(200, "failed");
    assert_eq!((house.charges().await, house.owes("visit").await), (0, (6_410, 0)));
    house.books_are_right().await;
}

#[tokio::test]
async fn a_debit_whose_answer_was_lost_is_debited_once_and_paid_on_its_day() {
    let house = House::open().await;
    let ana = house.look_up(&ANA).await;
    let token = house.bank(&ana, PAYS).await;
    let order = house.order(&ana, &token, &[("visit", "64.10")]).await;
    let key = new_key();
    house.line.cut(Cut::After);
    house.pay(&ana, &key, &order).await.is_refused(409, "key_in_use");
    house.recover().await;
    house.by_key(&ana, &key).await.is_payment(200, "processing");
    house.move_clock(14 * 86_400).await;
    house.recover().await;
    let ana = house.look_up(&ANA).await;
    house.by_key(&ana, &key).await.is_payment(200, "paid");
    assert_eq!((house.payments().await, house.charges().await, house.owes("visit").await), (1, 1, (0, 0)));
    house.books_are_right().await;
}
