//! What `--demo` seeds, read back from a real database.
#![allow(clippy::unwrap_used, clippy::expect_used)]

use contract::{
    Region,
    bill::BillKind,
    portal::{Capture, Portal},
};
use server::{
    demo,
    profile::Profile,
    settings::{Secrets, Settings},
    store::Store,
};
use sqlx::Row;
use tempfile::TempDir;

#[allow(dead_code)]
#[path = "test_app/now.rs"]
mod now;

async fn seeded() -> (TempDir, Store) {
    let folder = tempfile::tempdir().unwrap();
    let url = format!("sqlite://{}/demo.db", folder.path().display());
    let store = Store::open(&url).await.unwrap();
    demo::seed(&store, &portal(), now::now()).await.unwrap();
    (folder, store)
}

fn portal() -> Portal {
    Profile::demo().unwrap().portal(Capture { url: String::new(), origin: String::new() }, true)
}

async fn number(store: &Store, sql: &'static str) -> i64 {
    sqlx::query(sql).fetch_one(&store.read).await.unwrap().try_get(0).unwrap()
}

#[tokio::test]
async fn every_sum_in_the_seeded_books_is_right() {
    let (_folder, store) = seeded().await;
    for (wrong, what) in [
        (
            "SELECT COUNT(*) FROM (SELECT entry FROM ledger_posting GROUP BY entry HAVING SUM(cents) <> 0) AS t",
            "entries do not balance",
        ),
        (
            "SELECT COUNT(*) FROM bill WHERE balance_cents <> (SELECT SUM(you_owe_cents) FROM bill_line WHERE bill = bill.id)",
            "bills are not the sum of their lines",
        ),
        (
            "SELECT COUNT(*) FROM bill_line WHERE billed_cents <> discount_cents + plan_paid_cents + you_paid_cents + you_owe_cents",
            "lines do not add up",
        ),
        (
            "SELECT COUNT(*) FROM payment WHERE total_cents <> (SELECT SUM(amount_cents) FROM payment_share WHERE payment = payment.id)",
            "payments are not the sum of their shares",
        ),
        (
            "SELECT COUNT(*) FROM payment WHERE total_cents <> (SELECT SUM(paid_cents) FROM payment_line WHERE payment = payment.id)",
            "payments are not the sum of the charges they paid",
        ),
        (
            "SELECT COUNT(*) FROM payment WHERE state IN ('paid', 'returned', 'refunded') \
             AND NOT EXISTS (SELECT 1 FROM ledger_entry WHERE source = payment.id AND reason = 'paid')",
            "taken payments have no entry",
        ),
        (
            "SELECT COUNT(*) FROM payment WHERE state <> (SELECT state FROM payment_event WHERE payment = payment.id ORDER BY position DESC LIMIT 1)",
            "payments are not in the state of their last event",
        ),
    ] {
        assert_eq!(number(&store, wrong).await, 0, "{what}");
    }
}

#[tokio::test]
async fn members_of_all_regions_each_show_what_they_are_there_for() {
    let (_folder, store) = seeded().await;
    let members = demo::members(&store, now::now()).await.unwrap();
    for region in Region::ALL {
        assert!(members.iter().any(|member| member.region == region), "{region}");
    }
    assert!(members.iter().any(|member| member.payments == 10_000));
    assert!(members.iter().any(|member| member.open_bills.is_empty()));
    assert!(members.iter().any(|member| member.open_bills.iter().any(|bill| bill.past_due)));
    assert!(members.iter().any(|member| {
        !member.open_bills.is_empty() && member.open_bills.iter().all(|bill| bill.kind == BillKind::Hospital)
    }));
    assert!(members.iter().any(|member| member.name == "José Ñuñez-O’Brien"));
    let ana = &members[0];
    let owed: Vec<_> = ana.open_bills.iter().map(|bill| bill.balance.to_string()).collect();
    assert_eq!((ana.name.as_str(), owed), ("Ana O’Neill", vec!["64.10".to_owned(), "1150.00".to_owned()]));
    assert!(members.iter().all(|member| member.payments >= 23));
}

#[tokio::test]
async fn seeding_again_changes_nothing() {
    let (_folder, store) = seeded().await;
    let before = number(&store, "SELECT COUNT(*) FROM payment").await;
    demo::seed(&store, &portal(), now::now().plus_millis(86_400_000)).await.unwrap();
    assert_eq!(number(&store, "SELECT COUNT(*) FROM payment").await, before);
    assert_eq!(number(&store, "SELECT COUNT(*) FROM membership").await, 13);
}

#[tokio::test]
async fn the_sample_finds_a_seeded_membership() {
    let (_folder, store) = seeded().await;
    let sample = demo::sample().unwrap();
    assert!(store.find_membership(sample.region, &sample.identifiers).await.unwrap().is_some());
}

#[tokio::test]
async fn every_payment_of_history_can_be_read_as_a_payment() {
    let (_folder, store) = seeded().await;
    let ids = "SELECT id FROM payment WHERE id IN (SELECT id FROM payment ORDER BY id LIMIT 200)";
    for row in sqlx::query(ids).fetch_all(&store.read).await.unwrap() {
        let payment = store.payment(row.try_get(0).unwrap()).await.unwrap().unwrap();
        assert!(payment.is_final);
        assert_eq!(payment.method.is_taken_by_plan(), payment.authorisation.is_empty());
        assert!(payment.method.is_taken_by_plan() || payment.authorisation.contains(&payment.payer_name));
    }
}

#[test]
fn a_clock_that_is_set_is_for_the_demo_only() {
    let parse = |arguments: &[&str]| {
        let (long, another) =
            ("9f86d081884c7d659a2feaa0c55ad015".to_owned(), "c2a6d0818f4c7d659a2feaa0c55b8e11".to_owned());
        let secrets = Secrets { pepper: another, processor: long, ..Secrets::default() };
        Settings::parse(arguments.iter().map(|argument| (*argument).to_owned()), secrets)
            .map_err(|error| error.to_string())
    };
    let set = parse(&["--clock", "2028-02-29T23:50:00Z", "--demo"]).unwrap();
    assert_eq!(set.clock.unwrap().to_string(), "2028-02-29T23:50:00Z");
    let refused = parse(&["--clock=2028-02-29T23:50:00Z"]).unwrap_err();
    assert!(refused.contains("--clock") && refused.contains("--demo"), "{refused}");
    for moment in ["tomorrow", "2027-02-29T12:00:00Z", "2028-02-29 12:00"] {
        let refused = parse(&["--demo", "--clock", moment]).unwrap_err();
        assert!(refused.contains(moment), "{refused}");
    }
    assert_eq!(parse(&["--demo"]).unwrap().clock, None);
}
