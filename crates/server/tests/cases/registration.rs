//! From a statement to an account: what is asked, what is kept, and what nobody learns.

use crate::house::{
    House, PASSWORD, Payer,
    call::{Answer, Call},
    new_account,
    seed::{ANA, MEI, ON_FILE},
};
use serde_json::{Value, json};

async fn begin(house: &House, payer: &Payer) -> Value {
    house.ask(Call::post("/registrations").by(payer)).await.is(201).json()
}

async fn open(house: &House, payer: &Payer, account: &Value) -> Answer {
    let id = begin(house, payer).await["id"].as_str().unwrap().to_owned();
    house.ask(Call::post(&format!("/registrations/{id}/account")).by(payer).json(account)).await
}

#[tokio::test]
async fn what_was_typed_is_there_after_a_reload_and_what_the_statement_said_is_known() {
    let house = House::open().await;
    house.ask(Call::post("/registrations")).await.is_refused(401, "signed_out");
    let ana = house.look_up(&ANA).await;
    let begun = begin(&house, &ana).await;
    assert_eq!((&begun["zip"], &begun["is_sent"]), (&json!("94612"), &json!(false)));
    let path = format!("/registrations/{}", begun["id"].as_str().unwrap());
    let draft = json!({ "terms_version": 1, "first_name": "Ana", "last_name": "", "email": "ana@" });
    house.ask(Call::write("PUT", &path).by(&ana).json(&draft)).await.is(204);
    let again = begin(&house, &ana).await;
    assert_eq!(again["id"], begun["id"]);
    assert_eq!((&again["draft"]["first_name"], &again["draft"]["email"]), (&json!("Ana"), &json!("ana@")));
    let mei = house.look_up(&MEI).await;
    house.ask(Call::write("PUT", &path).by(&mei).json(&draft)).await.is_refused(404, "not_found");
    for (field, text, problem) in [
        ("first_name", "4242 4242 4242 4242", "looks_like_card"),
        ("last_name", "123", "looks_like_card"),
        ("line1", "4242424242424242", "looks_like_card"),
        ("city", "a\u{202e}b", "not_allowed"),
        ("email", &"a".repeat(301), "too_long"),
    ] {
        let answer = house.ask(Call::write("PUT", &path).by(&ana).json(&json!({ field: text }))).await;
        answer.is_refused(422, "invalid").blames(field, problem);
    }
    assert_eq!(begin(&house, &ana).await["draft"], again["draft"]);
}

#[tokio::test]
async fn what_was_said_when_paying_is_not_asked_again_and_only_in_that_session() {
    let house = House::open().await;
    let ana = house.look_up(&ANA).await;
    let paid = house.pay_by_card(&ana, &[("visit", "64.10")]).await.is_payment(201, "paid").json();
    let draft = begin(&house, &ana).await["draft"].clone();
    assert_eq!((&draft["first_name"], &draft["last_name"]), (&json!("Ana"), &json!("O’Neill")));
    assert_eq!((&draft["email"], &draft["terms_version"]), (&paid["email"], &json!(null)));
    let other = house.look_up(&ANA).await;
    assert_eq!(begin(&house, &other).await["draft"]["last_name"], "");
}

#[tokio::test]
async fn an_account_is_opened_with_what_was_agreed_to_and_a_letter_that_confirms_it() {
    let house = House::open().await;
    house.register(&ANA, "Ana.New@Example.org").await;
    let row =
        "SELECT user_id || ' ' || email || ' ' || terms_version || ' ' || first_name || ' ' || locale FROM account";
    assert_eq!(house.text(row).await, "ana.new@example.org Ana.New@example.org 1 Ana en");
    assert_eq!(
        house.number("SELECT COUNT(*) FROM account WHERE terms_accepted_at > 0 AND email_confirmed_at IS NULL").await,
        1
    );
    let token = house.link("Ana.New@example.org").await;
    assert_eq!(
        house.number(&format!("SELECT COUNT(*) FROM link WHERE token_hash = '{token}'")).await,
        0,
        "hashed at rest"
    );
    let confirm = || Call::post("/email-confirmations").json(&json!({ "token": token }));
    house.ask(confirm()).await.is(204);
    assert_eq!(house.number("SELECT COUNT(*) FROM account WHERE email_confirmed_at IS NOT NULL").await, 1);
    house.ask(confirm()).await.is_refused(422, "link_refused");
    // The plan's own address for these bills is another one: its reader hears of the account.
    let letters = house.app.store.letters(10).await.unwrap();
    let told: Vec<_> = letters.iter().filter(|letter| letter.to.to_string() == ON_FILE).collect();
    assert!(told.len() == 1 && told[0].subject.contains("account was opened"), "{told:?}");
}

#[tokio::test]
async fn an_account_that_is_there_already_is_told_of_by_mail_and_nowhere_else() {
    let house = House::open().await;
    let first = house.look_up(&ANA).await;
    let new = open(&house, &first, &new_account(&ANA, "ana@example.org")).await;
    house.errands().await;
    let hash = house.text("SELECT password FROM account").await;
    for (member, email) in [(&ANA, "thief@example.org"), (&MEI, "ANA@example.org"), (&ANA, "ana@example.org")] {
        let payer = house.look_up(member).await;
        let before = begin(&house, &payer).await;
        let mut account = new_account(member, email);
        account["password"] = json!("another lantern on the river");
        let again = open(&house, &payer, &account).await;
        assert_eq!((again.status, &again.text), (new.status, &new.text));
        house.errands().await;
        let after = begin(&house, &payer).await;
        assert_eq!((&before["is_sent"], &after["is_sent"]), (&json!(false), &json!(true)));
        house
            .ask(Call::post("/session").json(&json!({ "user_id": email, "password": "another lantern on the river" })))
            .await
            .is_refused(422, "wrong_credentials");
        // Nor can the address be turned to another one from here.
        let turn = Call::post("/confirmation-letters").by(&payer).json(&json!({ "email": "thief@example.org" }));
        house.ask(turn).await.is(202);
        house.errands().await;
    }
    assert_eq!(house.number("SELECT COUNT(*) FROM account").await, 1);
    assert_eq!(house.text("SELECT email || password FROM account").await, format!("ana@example.org{hash}"));
    let letters = house.app.store.letters(50).await.unwrap();
    assert!(letters.iter().all(|letter| letter.to.to_string() != "thief@example.org"));
    assert!(
        letters.iter().any(|letter| letter.to.to_string() == "ana@example.org" && letter.subject.contains("already"))
    );
}

#[tokio::test]
async fn an_account_without_consent_or_with_a_password_that_is_easy_to_guess_is_refused() {
    let house = House::open().await;
    let ana = house.look_up(&ANA).await;
    for (field, value, code, problem) in [
        ("password", json!("short"), "invalid", "too_short"),
        ("password", json!("passwordpassword"), "invalid", "common"),
        ("password", json!("I pay with kppay each month"), "invalid", "names_service"),
        ("password", json!("ana.oneill@example.org!"), "invalid", "names_owner"),
        ("password", json!("x".repeat(257)), "invalid", "too_long"),
        ("email", json!("ana@"), "invalid", "malformed"),
        ("first_name", json!(""), "invalid", "missing"),
        ("phone", json!("12"), "invalid", "too_short"),
        ("terms_version", json!(99), "terms_changed", "unknown"),
    ] {
        let mut account = new_account(&ANA, "ana.oneill@example.org");
        account[field] = value.clone();
        let answer = open(&house, &ana, &account).await;
        answer.is_refused(422, code).blames(field, problem);
        assert!(!answer.text.contains("kppay each"), "a password is not told back");
    }
    let mut elsewhere = new_account(&ANA, "ana@example.org");
    elsewhere["address"]["zip"] = json!("10001");
    open(&house, &ana, &elsewhere).await.is_refused(422, "invalid").blames("address.zip", "malformed");
    let mut lacking = new_account(&ANA, "ana@example.org");
    lacking.as_object_mut().unwrap().remove("terms_version");
    open(&house, &ana, &lacking).await.is_refused(400, "malformed");
    house.errands().await;
    assert_eq!(house.number("SELECT COUNT(*) FROM account").await, 0);
}

#[tokio::test]
async fn the_letter_comes_again_and_to_another_address_until_one_is_confirmed() {
    let house = House::open().await;
    let ana = house.register(&ANA, "anna@example.org").await;
    let first = house.link("anna@example.org").await;
    let again = |body: Value| Call::post("/confirmation-letters").by(&ana).json(&body);
    house.ask(again(json!({ "email": "ana@example.org" }))).await.is(202);
    house.errands().await;
    assert_eq!(house.text("SELECT user_id FROM account").await, "ana@example.org");
    let confirm = |token: &str| Call::post("/email-confirmations").json(&json!({ "token": token }));
    house.ask(confirm(&first)).await.is_refused(422, "link_refused");
    let second = house.link("ana@example.org").await;
    house.ask(again(json!({}))).await.is(202);
    house.errands().await;
    house.ask(confirm(&second)).await.is_refused(422, "link_refused");
    let third = house.link("ana@example.org").await;
    house.ask(confirm(&third)).await.is(204);
    // It is confirmed: there is nothing to send, and the address is not changed this way any more.
    house.ask(again(json!({ "email": "other@example.org" }))).await.is(202);
    house.errands().await;
    assert_eq!(house.text("SELECT user_id FROM account").await, "ana@example.org");
    let refused = house.ask(again(json!({}))).await;
    assert!(refused.is_refused(429, "too_many").json()["retry_after"].as_i64().unwrap() > 0);
    house.sign_in_with("ana@example.org", PASSWORD, None).await;
}

#[tokio::test]
async fn nothing_is_lost_when_the_server_dies_between_answer_and_errand() {
    let house = House::open().await;
    let ana = house.look_up(&ANA).await;
    open(&house, &ana, &new_account(&ANA, "ana@example.org")).await.is(202);
    assert_eq!(house.number("SELECT COUNT(*) FROM account").await, 0);
    // Another process finds it, and two that find it do it once.
    tokio::join!(house.errands(), house.errands(), house.errands());
    assert_eq!(house.number("SELECT COUNT(*) FROM account").await, 1);
    assert_eq!(house.number("SELECT COUNT(*) FROM outbox WHERE is_secret = 1").await, 1);
    assert_eq!(house.number("SELECT COUNT(*) FROM errand").await, 0);
}

#[tokio::test]
async fn whoever_holds_a_statement_floods_nobody_with_letters() {
    let house = House::open().await;
    house.register(&ANA, "ana@example.org").await;
    for _ in 0..8 {
        let mei = house.look_up(&MEI).await;
        open(&house, &mei, &new_account(&MEI, "ana@example.org")).await.is(202);
        house.errands().await;
    }
    let letters = house.app.store.letters(50).await.unwrap();
    let told = letters.iter().filter(|letter| letter.to.to_string() == "ana@example.org").count();
    assert!(told <= 4, "{told} letters");
}

#[tokio::test]
async fn a_link_that_went_to_the_address_of_before_opens_nothing() {
    let house = House::open().await;
    let ana = house.register(&ANA, "ana@example.org").await;
    house.ask(Call::post("/password-resets").json(&json!({ "email": "ana@example.org" }))).await.is(202);
    house.errands().await;
    let stolen = house.link("ana@example.org").await;
    let change = json!({ "email": "anna@example.org" });
    house.ask(Call::post("/confirmation-letters").by(&ana).json(&change)).await.is(202);
    house.errands().await;
    let reset = json!({ "token": stolen, "password": "seven lanterns on a copper river" });
    house.ask(Call::write("PUT", "/password-resets").json(&reset)).await.is_refused(422, "link_refused");
    house.sign_in("anna@example.org").await;
    // The same where the address changes in another way than by our own call.
    house.ask(Call::post("/password-resets").json(&json!({ "email": "anna@example.org" }))).await.is(202);
    house.errands().await;
    let token = house.link("anna@example.org").await;
    let pool = &house.app.store;
    let mut tx = pool.begin().await.unwrap();
    sqlx::query("UPDATE account SET email = 'third@example.org'").execute(&mut *tx).await.unwrap();
    tx.commit().await.unwrap();
    let reset = json!({ "token": token, "password": "seven lanterns on a copper river" });
    house.ask(Call::write("PUT", "/password-resets").json(&reset)).await.is_refused(422, "link_refused");
}

#[tokio::test]
async fn another_address_is_taken_however_many_letters_went_to_the_first() {
    let house = House::open().await;
    let ana = house.register(&ANA, "ana@example.org").await;
    for _ in 0..5 {
        house.ask(Call::post("/confirmation-letters").by(&ana).json(&json!({}))).await.is(202);
        house.errands().await;
        house.app.clock.move_on(150_000);
    }
    let letters = "SELECT COUNT(*) FROM link WHERE email = 'ana@example.org'";
    assert_eq!(house.number(letters).await, 4, "so many in an hour");
    let change = json!({ "email": "anna@example.org" });
    house.ask(Call::post("/confirmation-letters").by(&ana).json(&change)).await.is(202);
    house.errands().await;
    assert_eq!(house.text("SELECT user_id FROM account").await, "anna@example.org");
    house.link("anna@example.org").await;
}

#[tokio::test]
async fn asked_again_because_the_answer_was_lost_it_was_asked_for_once() {
    let house = House::open().await;
    let ana = house.look_up(&ANA).await;
    let begun = begin(&house, &ana).await;
    let path = format!("/registrations/{}/account", begun["id"].as_str().unwrap());
    for _ in 0..2 {
        let account = crate::house::new_account(&ANA, "ana@example.org");
        house.ask(Call::post(&path).by(&ana).json(&account)).await.is(202);
    }
    house.errands().await;
    assert_eq!(
        (house.number("SELECT COUNT(*) FROM account").await, house.number("SELECT COUNT(*) FROM link").await),
        (1, 1)
    );
    let mei = house.look_up(&MEI).await;
    let account = crate::house::new_account(&MEI, "mei@example.org");
    house.ask(Call::post(&path).by(&mei).json(&account)).await.is_refused(404, "not_found");
}

#[tokio::test]
async fn whoever_shows_the_same_statement_again_goes_on_with_what_was_typed() {
    let house = House::open().await;
    let ana = house.look_up(&ANA).await;
    let begun = begin(&house, &ana).await;
    let path = format!("/registrations/{}", begun["id"].as_str().unwrap());
    house.ask(Call::write("PUT", &path).by(&ana).json(&json!({ "terms_version": 1, "city": "Oakland" }))).await.is(204);
    let again = house.ask(Call::post("/bill-lookups").by(&ana).json(&ANA.lookup())).await;
    again.is(201);
    let again = crate::house::Payer { cookie: crate::house::cookie(&again), ..ana };
    assert_eq!(begin(&house, &again).await["draft"]["city"], "Oakland");
    // Somebody else's statement begins anew, and so does another browser.
    let other = house.look_up(&ANA).await;
    assert_eq!(begin(&house, &other).await["draft"]["city"], "");
    let mei = house.ask(Call::post("/bill-lookups").by(&again).json(&MEI.lookup())).await;
    let mei = crate::house::Payer { cookie: crate::house::cookie(mei.is(201)), ..again };
    assert_eq!(begin(&house, &mei).await["draft"]["city"], "");
}
