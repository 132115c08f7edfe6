//! The ledger takes what balances, from whatever moved the money.

use crate::test_app::{TestApp, seed::ANA};
use server::store::{
    batch::Batch,
    ledger::{self, Account, Posting, Reason, Source, SourceKind},
};

fn deposit() -> Source<'static> {
    Source { kind: SourceKind::Deposit, id: "deposit-1" }
}

fn postings(taken: i64, credit: i64) -> [Posting; 2] {
    [
        Posting { account: Account::ProcessorClearing, cents: taken },
        Posting { account: Account::Credit(ANA.name.to_owned()), cents: credit },
    ]
}

#[tokio::test]
async fn an_entry_needs_no_payment_and_says_what_it_comes_from() {
    let app = TestApp::open().await;
    let at = app.state.clock.now();
    for (reason, sign) in [(Reason::Paid, 1), (Reason::Returned, -1), (Reason::Paid, 1)] {
        let mut tx = app.state.store.begin().await.unwrap();
        let mut writes = Batch::default();
        let postings = postings(sign * 500, sign * -500);
        ledger::enter(&mut tx, &mut writes, deposit(), reason, &postings, at).await.unwrap();
        writes.run(&mut tx).await.unwrap();
        let last = ledger::last(&mut tx, deposit(), reason).await.unwrap();
        assert_eq!(last.iter().map(|posting| posting.cents.abs()).collect::<Vec<_>>(), [500, 500]);
        tx.commit().await.unwrap();
    }
    let entries =
        "SELECT COUNT(*) FROM ledger_entry WHERE source_kind = 'deposit' AND source = 'deposit-1' AND payment IS NULL";
    assert_eq!(app.number(entries).await, 3);
    assert_eq!(app.number("SELECT COUNT(*) FROM ledger_entry WHERE reason = 'paid:2'").await, 1);
    app.assert_books_balance().await;
}

#[tokio::test]
async fn postings_that_do_not_balance_are_not_written() {
    let app = TestApp::open().await;
    let at = app.state.clock.now();
    for wrong in [postings(500, -499), postings(0, 0)] {
        let mut tx = app.state.store.begin().await.unwrap();
        let mut writes = Batch::default();
        assert!(ledger::enter(&mut tx, &mut writes, deposit(), Reason::Paid, &wrong, at).await.is_err());
        assert!(ledger::enter_first(&mut writes, deposit(), Reason::Paid, &wrong, at).is_err());
        writes.run(&mut tx).await.unwrap();
        tx.commit().await.unwrap();
    }
    assert_eq!(app.number("SELECT COUNT(*) FROM ledger_entry").await, 0);
    assert_eq!(app.number("SELECT COUNT(*) FROM ledger_posting").await, 0);
}
