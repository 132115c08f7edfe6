//! A list of payments is a page with a cursor: each payment once, the newest first, whatever is paid meanwhile.

use crate::test_app::{
    Payer, TestApp,
    call::Call,
    new_key,
    seed::{ANA, MEI},
};
use serde_json::Value;
use server::store::payment_pages::Page;

const ANAS: &str = "ana@example.org";

/// Writes payments at moments of our own, several in one millisecond, without a processor.
pub async fn pays(app: &TestApp, membership: &str, bill: &str, moments: &[i64]) -> Vec<String> {
    let mut tx = app.state.store.begin().await.unwrap();
    let mut ids = Vec::new();
    for at in moments {
        let id = new_key();
        for sql in [
            "INSERT INTO payment (id, reference, membership, session, idempotency_key, fingerprint, state, total_cents, fee_cents, method, \
             payer_name, locale, authorisation, authorisation_version, created_at, moved_by) VALUES ($1, $1, $2, 'x', $1, '', 'paid', 100, 5, \
             '{\"kind\":\"bank\",\"account\":\"checking\",\"last4\":\"6789\"}', 'A', 'en', '', 1, $3, '[]')",
            "INSERT INTO payment_event (payment, position, state, at) SELECT $1, 0, 'paid', $3 WHERE $2 <> ''",
        ] {
            sqlx::query(sql).bind(&id).bind(membership).bind(*at).execute(&mut *tx).await.unwrap();
        }
        for (position, bill) in [(0_i64, bill), (1, "meis")] {
            let sql = "INSERT INTO payment_share (payment, position, bill, amount_cents, leaves_cents) VALUES ($1, $2, $3, 50, 0)";
            sqlx::query(sql).bind(&id).bind(position).bind(bill).execute(&mut *tx).await.unwrap();
        }
        ids.push(id);
    }
    tx.commit().await.unwrap();
    ids
}

async fn page(app: &TestApp, ana: &Payer, query: &str) -> Value {
    app.ask(Call::get(&format!("/payments?{query}")).by(ana)).await.is(200).json()
}

fn ids(page: &Value) -> Vec<String> {
    let rows = page["payments"].as_array().unwrap().iter();
    rows.map(|row| row["id"].as_str().unwrap().to_owned()).collect()
}

#[tokio::test]
async fn page_by_page_each_payment_comes_once_the_newest_first_while_others_pay() {
    let app = TestApp::open().await;
    app.register(&ANA, ANAS).await;
    let ana = app.sign_in(ANAS).await;
    let moments = [5, 1, 5, 5, 3, 5, 2, 4, 5].map(|at| 1_700_000_000_000 + at);
    let written = pays(&app, ANA.name, "visit", &moments).await;
    let mut expected: Vec<_> = moments.iter().zip(written).map(|(at, id)| (*at, id)).collect();
    expected.sort_by(|one, other| other.cmp(one));
    let expected: Vec<String> = expected.into_iter().map(|(_, id)| id).collect();

    let (mut seen, mut query, mut pages) = (Vec::new(), "limit=2".to_owned(), 0);
    loop {
        let found = page(&app, &ana, &query).await;
        assert!(found["payments"].as_array().unwrap().len() <= 2);
        seen.extend(ids(&found));
        pages += 1;
        let Some(next) = found["next"].as_str() else { break };
        query = format!("limit=2&cursor={next}");
        pays(&app, ANA.name, "visit", &[1_800_000_000_000 + pages]).await;
    }
    assert_eq!((seen, pages), (expected, 5));
}

#[tokio::test]
async fn a_row_says_which_bills_were_paid_how_and_what_became_of_it() {
    let app = TestApp::open().await;
    app.register(&ANA, ANAS).await;
    let ana = app.sign_in(ANAS).await;
    pays(&app, ANA.name, "visit", &[1_700_000_000_000]).await;
    let found = page(&app, &ana, "").await;
    let row = &found["payments"][0];
    assert_eq!(
        (&row["state"], &row["charged"], &row["method"]["last4"]),
        (&"paid".into(), &"1.05".into(), &"6789".into())
    );
    assert_eq!((&row["bills"][0]["bill"], &row["bills"][1]["amount"]), (&"visit".into(), &"0.50".into()));
    assert_eq!((&row["since"], &row["time_zone"]), (&row["created_at"], &"America/Los_Angeles".into()));
    assert_eq!(found["next"], Value::Null);
}

#[tokio::test]
async fn a_cursor_opens_no_other_membership_and_what_is_none_is_malformed() {
    let app = TestApp::open().await;
    app.register(&ANA, ANAS).await;
    app.register(&MEI, "mei@example.org").await;
    let (ana, mei) = (app.sign_in(ANAS).await, app.sign_in("mei@example.org").await);
    pays(&app, ANA.name, "visit", &[1_700_000_000_000, 1_700_000_000_001]).await;
    let found = page(&app, &ana, "limit=1").await;
    let next = found["next"].as_str().unwrap();
    assert_eq!(ids(&page(&app, &ana, &format!("cursor={next}")).await).len(), 1);
    assert_eq!(ids(&page(&app, &mei, &format!("cursor={next}")).await).len(), 0);
    for wrong in ["", "x", "1", "1.", "-", "99999999999999999999.a", "1.a%20b"] {
        app.ask(Call::get(&format!("/payments?cursor={wrong}")).by(&ana)).await.is_refused(400, "malformed");
    }
}

#[tokio::test]
async fn ten_thousand_payments_are_read_a_page_at_a_time_by_one_statement() {
    let app = TestApp::open().await;
    let moments: Vec<i64> = (0..10_000).map(|at| 1_700_000_000_000 + at).collect();
    pays(&app, ANA.name, "visit", &moments).await;
    let first = app.state.store.page_of_payments(ANA.name, &Page { limit: 50, ..Page::default() }).await.unwrap();
    assert_eq!((first.payments.len(), first.payments[0].created_at.millis()), (50, 1_700_000_009_999));
    assert!(first.next.is_some());
}

#[tokio::test]
async fn a_filter_leaves_out_whatever_it_does_not_name_and_the_oldest_may_come_first() {
    let app = TestApp::open().await;
    app.register(&ANA, ANAS).await;
    let ana = app.sign_in(ANAS).await;
    // the last millisecond of a day in California, and the first of the next one
    let midnight = 1_700_035_200_000;
    let written = pays(&app, ANA.name, "visit", &[midnight - 1, midnight]).await;
    for (sql, at) in [
        ("UPDATE payment SET state = 'returned', reference = 'KP-A_B' WHERE id = $1", 0),
        (
            "UPDATE payment SET method = '{\"kind\":\"card\",\"brand\":\"visa\",\"last4\":\"4242\",\"expiry\":\"12/30\",\"funding\":\"credit\"}' WHERE id = $1",
            1,
        ),
    ] {
        sqlx::query(sql).bind(&written[at]).execute(&app.state.store.write).await.unwrap();
    }
    let (old, new) = (written[0].clone(), written[1].clone());
    for (query, expected) in [
        ("", vec![&new, &old]),
        ("sort=oldest", vec![&old, &new]),
        ("sort=oldest&limit=1", vec![&old]),
        ("from=2023-11-15", vec![&new]),
        ("to=2023-11-14", vec![&old]),
        ("from=2023-11-14&to=2023-11-15", vec![&new, &old]),
        ("state=returned", vec![&old]),
        ("method=card", vec![&new]),
        ("method=bank", vec![&old]),
        ("kind=professional", vec![&new, &old]),
        ("kind=premium", vec![]),
        ("q=kp-a_b", vec![&old]),
        ("q=a%25b", vec![]),
        ("q=", vec![&new, &old]),
        ("q=nobody", vec![]),
    ] {
        let found = page(&app, &ana, query).await;
        assert_eq!(ids(&found).iter().collect::<Vec<_>>(), expected, "{query}");
    }
    let first = page(&app, &ana, "sort=oldest&limit=1").await;
    let next = first["next"].as_str().unwrap();
    assert_eq!(ids(&page(&app, &ana, &format!("sort=oldest&cursor={next}")).await), [new]);
    for wrong in
        ["from=x", "to=2026-02-30", "kind=x", "state=x", "state=in_orbit", "method=x", "sort=x", "q=%00", "who=1"]
    {
        app.ask(Call::get(&format!("/payments?{wrong}")).by(&ana)).await.is_refused(400, "malformed");
        app.ask(Call::get(&format!("/payments.csv?{wrong}")).by(&ana)).await.is_refused(400, "malformed");
    }
}

#[tokio::test]
async fn the_csv_has_what_is_filtered_adds_up_and_is_the_member_s_own() {
    let app = TestApp::open().await;
    app.register(&ANA, ANAS).await;
    app.register(&MEI, "mei@example.org").await;
    let (ana, mei) = (app.sign_in(ANAS).await, app.sign_in("mei@example.org").await);
    let moments: Vec<i64> = (0..1_001).map(|at| 1_700_000_000_000 + at).collect();
    pays(&app, ANA.name, "visit", &moments).await;
    sqlx::query("UPDATE bill SET patient = '=HYPERLINK(1)' WHERE id = 'visit'")
        .execute(&app.state.store.write)
        .await
        .unwrap();
    let file = app.ask(Call::get("/payments.csv?state=paid").by(&ana)).await.is(200).text.clone();
    let rows: Vec<&str> = file.lines().collect();
    assert_eq!(rows[0], "\u{feff}date,receipt,state,state_since,bill_kind,patient,amount,kept,method");
    assert_eq!(rows.len(), 1 + 3 * 1_001, "a row a bill, and one for the fee");
    assert!(
        rows[1].starts_with("2023-11-14,") && rows[1].contains(",professional,'=HYPERLINK(1),0.50,0.50,bank 6789"),
        "{}",
        rows[1]
    );
    assert!(rows[3].ends_with(",card_fee,,0.05,0.05,bank 6789"), "{}", rows[3]);
    for nothing in [Call::get("/payments.csv?state=failed").by(&ana), Call::get("/payments.csv").by(&mei)] {
        assert_eq!(app.ask(nothing).await.is(200).text.lines().count(), 1);
    }
    app.ask(Call::get("/payments.csv")).await.is_refused(401, "signed_out");
    let payer = app.look_up(&ANA).await;
    app.ask(Call::get("/payments.csv").by(&payer)).await.is_refused(400, "malformed");
}

#[tokio::test]
async fn a_payment_is_found_by_what_was_charged_or_by_what_a_bill_got_of_it() {
    let app = TestApp::open().await;
    app.register(&ANA, ANAS).await;
    let ana = app.sign_in(ANAS).await;
    pays(&app, ANA.name, "visit", &[1_000, 2_000]).await;
    app.pay_by_card(&ana, &[("surgery", "10.00")]).await.is_payment(201, "paid");
    for (text, found) in [("1.05", 2), ("$0.50", 2), ("10.00", 1), ("10.01", 0), ("0.00", 0), ("Office", 1)] {
        let page = page(&app, &ana, &format!("q={text}")).await;
        assert_eq!(page["payments"].as_array().unwrap().len(), found, "{text}");
    }
}
