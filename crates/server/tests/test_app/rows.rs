//! What billing's database holds: single numbers, every row as text, and whether the books balance.

use super::{TestApp, database::Kind};
use sqlx::{AssertSqlSafe, Row};

impl TestApp {
    /// Every row of every table, as text: for what must change nothing.
    pub async fn everything(&self) -> String {
        self.everything_but(&[]).await
    }

    pub async fn everything_but(&self, but: &[&str]) -> String {
        let tables = if crate::KIND == Kind::Sqlite {
            "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%' ORDER BY name"
        } else {
            "SELECT tablename::TEXT FROM pg_tables WHERE schemaname = 'public' ORDER BY tablename"
        };
        let tables: Vec<String> = sqlx::query_scalar(tables).fetch_all(&self.state.store.read).await.unwrap();
        let mut all = String::new();
        for table in tables.iter().filter(|table| !table.starts_with('_') && !but.contains(&table.as_str())) {
            let rows = sqlx::query(AssertSqlSafe(format!("SELECT * FROM {table}")));
            let mut rows: Vec<String> =
                rows.fetch_all(&self.state.store.read).await.unwrap().iter().map(row_text).collect();
            rows.sort();
            all.push_str(&format!("{table}\n{}\n", rows.join("\n")));
        }
        all
    }

    /// One number of billing's database.
    pub async fn number(&self, sql: &str) -> i64 {
        sqlx::query_scalar(AssertSqlSafe(sql.to_owned())).fetch_one(&self.state.store.read).await.unwrap()
    }

    pub async fn text(&self, sql: &str) -> String {
        sqlx::query_scalar(AssertSqlSafe(sql.to_owned())).fetch_one(&self.state.store.read).await.unwrap()
    }

    pub async fn payments(&self) -> i64 {
        self.number("SELECT COUNT(*) FROM payment").await
    }

    /// Balance, and how much of it is reserved.
    pub async fn owes(&self, bill: &str) -> (i64, i64) {
        let of = |column| format!("SELECT {column} FROM bill WHERE id = '{bill}'");
        (self.number(&of("balance_cents")).await, self.number(&of("pending_cents")).await)
    }

    /// Nothing was begun, nobody was charged, and the books are right.
    pub async fn assert_nothing_happened(&self) {
        assert_eq!((self.payments().await, self.charges().await, self.asked()), (0, 0, 0));
        assert_eq!(self.number("SELECT COUNT(*) FROM bill WHERE pending_cents > 0").await, 0);
        self.assert_books_balance().await;
    }

    pub async fn assert_books_balance(&self) {
        for (what, wrong) in [
            (
                "entries that do not sum to zero",
                "(SELECT entry FROM ledger_posting GROUP BY entry HAVING SUM(cents) <> 0) AS t",
            ),
            (
                "bills that are not the sum of their lines",
                "bill WHERE balance_cents <> (SELECT SUM(you_owe_cents) FROM bill_line WHERE bill = bill.id) \
                 OR pending_cents <> (SELECT SUM(pending_cents) FROM bill_line WHERE bill = bill.id)",
            ),
            (
                "lines that do not add up",
                "bill_line WHERE billed_cents <> discount_cents + plan_paid_cents + you_paid_cents + you_owe_cents",
            ),
            (
                "memberships whose receivable is not what they paid",
                "membership WHERE (SELECT SUM(you_paid_cents) FROM bill_line JOIN bill ON bill.id = bill_line.bill \
                 WHERE bill.membership = membership.id) <> (SELECT -COALESCE(SUM(cents), 0) FROM ledger_posting \
                 WHERE account = 'receivable:' || membership.id)",
            ),
            (
                "reservations of no payment",
                "bill WHERE pending_cents <> (SELECT COALESCE(SUM(amount_cents), 0) FROM payment_share JOIN payment \
                 ON payment.id = payment_share.payment WHERE payment_share.bill = bill.id AND state IN ('scheduled', 'processing'))",
            ),
        ] {
            assert_eq!(self.number(&format!("SELECT COUNT(*) FROM {wrong}")).await, 0, "{what}");
        }
    }
}

fn row_text(row: &sqlx::any::AnyRow) -> String {
    let cells = (0..row.len()).map(|at| {
        let text = row.try_get::<Option<String>, _>(at);
        text.unwrap_or_else(|_| row.try_get::<Option<i64>, _>(at).unwrap().map(|number| number.to_string()))
    });
    cells.map(|cell| cell.unwrap_or_else(|| "NULL".to_owned())).collect::<Vec<_>>().join("|")
}
