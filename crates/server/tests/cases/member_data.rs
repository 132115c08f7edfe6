//! A member's own copy of their data: everything that is held of them, nothing of anybody else's, and no secret.

use crate::test_app::{
    PASSWORD, Payer, TestApp, VISA,
    call::Call,
    database::Kind,
    seed::{ANA, MEI},
};
use serde_json::{Value, json};
use std::{collections::BTreeSet, io::Read};

const ANAS: &str = "ana@example.org";
const MEIS: &str = "mei@example.org";

/// Where the file has the rows of each table.
const IN_THE_FILE: [(&str, &str); 23] = [
    ("membership", "/ending"),
    ("account", "/account/opened_at"),
    ("session", "/sessions/0/device"),
    ("bill", "/bills/0/balance"),
    ("bill_line", "/bills/0/lines/0/description"),
    ("payment", "/payments/0/reference"),
    ("payment_share", "/payments/0/bills/0/amount"),
    ("payment_event", "/payments/0/since"),
    ("payment_method", "/payment_methods/0/method"),
    ("method_verification", "/payment_methods/0/verification"),
    ("payment_by_method", "/payment_methods/0/uses"),
    ("credit", "/balance"),
    ("credit_change", "/balance_changes"),
    ("credit_refund", "/balance_changes"),
    ("balance_setting", "/balance_settings/is_first"),
    ("authenticator", "/second_factor/authenticator"),
    ("passkey", "/second_factor/passkeys"),
    ("charge_question", "/questions"),
    ("notice_choice", "/notices/0/email"),
    ("consent", "/consents"),
    ("household_link", "/household/pays_for"),
    ("text_number", "/text_messages/is_confirmed"),
    ("outbox", "/emails/0/subject"),
];

/// Tables that are not in the file, and why.
const LEFT_OUT: [(&str, &str); 24] = [
    ("attempt", "counts under keyed hashes, which name nobody"),
    ("closed_account", "says that there was an account, to no account that is there"),
    ("closed_key", "keys of orders that came to nothing"),
    ("errand", "work that waits a moment"),
    ("event_missing", "numbers of the processor's events"),
    ("event_unmatched", "what the processor said and nobody could match"),
    ("job", "work that waits a moment"),
    ("ledger_entry", "the plan's books: the member's side is in balance_changes and payments"),
    ("ledger_posting", "the plan's books: the member's side is in balance_changes and payments"),
    ("link", "hashes of links; the address that one confirms is account.new_email"),
    ("mark", "how far this server has read"),
    ("membership_code", "hashes of codes that are good for two days"),
    ("method_token", "what a token of the capture frame stands for, for a while"),
    ("passkey_challenge", "what a browser was asked, until its answer"),
    ("payment_line", "how a payment was spread over lines: its receipt has it, and bills.lines.you_paid the sum"),
    ("pending_account", "asked for by somebody who has not shown yet that they are the member"),
    ("posted_payment", "what the plan's billing system wrote: each is among the payments"),
    ("posted_reversal", "what the plan's billing system wrote: the payment has it as its end"),
    ("readiness", "servers that run"),
    ("receipt_reader", "hashes of browsers that opened a receipt by its link"),
    ("recovery_code", "hashes of codes; how many are left is second_factor.recovery_codes_left"),
    ("recovery_renewal", "when codes were renewed, to limit it"),
    ("registration", "a draft that is deleted with the session it was typed in"),
    ("tally", "calls a minute"),
];

async fn ana(app: &TestApp) -> Payer {
    app.register(&ANA, ANAS).await;
    let ana = app.sign_in(ANAS).await;
    app.pay_by_card(&ana, &[("visit", "64.10")]).await.is_payment(201, "paid");
    let mut card = app.to_keep(&app.card(&ana, VISA).await);
    card["nickname"] = json!("Household");
    app.ask(Call::post("/payment-methods/saved").by(&ana).json(&card)).await.is(200);
    ana
}

/// The data, and the index.
pub async fn data(app: &TestApp, member: &Payer, query: &str) -> (Value, String) {
    let answer = app.ask(Call::get(&format!("/profile/data.zip{query}")).by(member)).await;
    assert_eq!(answer.is(200).header("content-type"), "application/zip");
    let mut zip = zip::ZipArchive::new(std::io::Cursor::new(&answer.bytes)).unwrap();
    let mut file = |name: &str| {
        let mut text = String::new();
        zip.by_name(name).unwrap().read_to_string(&mut text).unwrap();
        text
    };
    (serde_json::from_str(&file("data.json")).unwrap(), file("index.html"))
}

#[tokio::test]
async fn a_member_s_data_has_what_billing_holds_of_them_and_no_token() {
    let app = TestApp::open().await;
    let ana = ana(&app).await;
    app.register(&MEI, MEIS).await;
    let (data, index) = data(&app, &ana, "").await;
    let count = |what: &str| data[what].as_array().unwrap().len();
    let counts = ["bills", "payments", "payment_methods", "authorisations", "sessions"].map(count);
    assert_eq!(counts, [3, 1, 1, 1, 1]);
    assert_eq!((&data["account"]["email"], &data["person"]["phone"]), (&json!(ANAS), &json!("+15105550134")));
    let text = data.to_string();
    let secrets = ["SELECT token FROM payment_method", "SELECT password FROM account WHERE email LIKE 'ana%'"];
    for sql in secrets {
        let secret = app.text(sql).await;
        assert!(!text.contains(&secret) && !index.contains(&secret), "{sql}");
    }
    for other in [MEIS, "Mei Tanaka", "meis"] {
        assert!(!text.contains(other) && !index.contains(other), "{other} is somebody else's");
    }
    for words in ["<html lang=\"en\">", "1 Harbor Street", "$64.10", "Household", "Visa card ending in 4242"] {
        assert!(index.contains(words), "{words}: {index}");
    }
}

#[tokio::test]
async fn the_index_is_in_the_language_that_is_asked_for_and_runs_nothing() {
    let app = TestApp::open().await;
    let ana = ana(&app).await;
    let sql = "UPDATE bill SET patient = '<script>alert(1)</script>'";
    sqlx::query(sql).execute(&app.state.store.write).await.unwrap();
    let (_, index) = data(&app, &ana, "?locale=es").await;
    assert!(index.contains("<html lang=\"es\">") && index.contains("Formas de pago guardadas"), "{index}");
    assert!(index.contains("&lt;script&gt;") && !index.contains("<script"), "{index}");
    for loads in ["src=", "href=", "url("] {
        assert!(!index.contains(loads), "{loads}");
    }
}

#[tokio::test]
async fn a_member_s_data_can_be_asked_for_a_few_times_an_hour() {
    let app = TestApp::open().await;
    let ana = ana(&app).await;
    for _ in 0..3 {
        app.ask(Call::get("/profile/data.zip").by(&ana)).await.is(200);
    }
    app.ask(Call::get("/profile/data.zip").by(&ana)).await.is_refused(429, "too_many");
    app.ask(Call::get("/profile/data.zip?who=mei").by(&ana)).await.is_refused(400, "malformed");
}

#[tokio::test]
async fn what_went_to_the_address_before_it_was_the_member_s_and_an_address_that_was_not_confirmed_are_no_data() {
    let app = TestApp::open().await;
    let ana = ana(&app).await;
    let before = "INSERT INTO outbox (id, cause, to_address, subject, body_text, created_at, recipient) \
                  SELECT 'o', 'c', email, 'To the owner before', '', email_confirmed_at - 1, 'ana@example.org' FROM account";
    sqlx::query(before).execute(&app.state.store.write).await.unwrap();
    let change = json!({ "email": "ana@new.example.org", "password": PASSWORD });
    app.ask(Call::write("PUT", "/profile/email").by(&ana).json(&change)).await.is(200);
    let (waiting, _) = data(&app, &ana, "").await;
    assert_eq!(waiting["account"]["new_email"], "ana@new.example.org");
    let subjects = waiting["emails"].to_string();
    assert!(subjects.contains("Your payment receipt") && !subjects.contains("owner before"), "{subjects}");
    app.move_clock(25 * 3_600).await;
    let ana = app.sign_in(ANAS).await;
    let (over, _) = data(&app, &ana, "").await;
    assert_eq!(over["account"]["new_email"], Value::Null);
}

#[tokio::test]
async fn every_table_is_in_a_member_s_data_or_is_left_out_for_a_reason() {
    let app = TestApp::open().await;
    let ana = ana(&app).await;
    let (data, _) = data(&app, &ana, "").await;
    let sql = if crate::KIND == Kind::Sqlite {
        "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%' AND name NOT LIKE '\\_%' ESCAPE '\\'"
    } else {
        "SELECT tablename::TEXT FROM pg_tables WHERE schemaname = 'public' AND tablename NOT LIKE '\\_%'"
    };
    let tables: Vec<String> = sqlx::query_scalar(sql).fetch_all(&app.state.store.read).await.unwrap();
    let tables: BTreeSet<&str> = tables.iter().map(String::as_str).collect();
    let left_out = LEFT_OUT.iter().map(|(table, _)| *table);
    let named: BTreeSet<&str> = IN_THE_FILE.iter().map(|(table, _)| *table).chain(left_out).collect();
    assert_eq!(tables, named, "a table is in the file, or is left out and says why");
    for (table, place) in IN_THE_FILE {
        assert!(data.pointer(place).is_some(), "{table} is not at {place}");
    }
}
