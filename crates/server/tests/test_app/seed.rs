//! Three memberships, small enough to know by heart: Ana and Mei in California, Ruth in Colorado, where a credit card
//! has a fee.

use contract::{Identifier, Identifiers};
use server::store::Store;
use std::collections::BTreeMap;

pub struct Member {
    pub region: &'static str,
    pub name: &'static str,
    pub identifiers: [(Identifier, &'static str); 5],
}

use Identifier::{Billgroup, Group, Hrn, Subgroup, Zip};

pub const ANA: Member = Member {
    region: "CA",
    name: "Ana O’Neill",
    identifiers: [(Group, "100245"), (Subgroup, "003"), (Billgroup, "0A1"), (Zip, "94612"), (Hrn, "012345678")],
};
pub const MEI: Member = Member {
    region: "CA",
    name: "Mei Tanaka",
    identifiers: [(Group, "107730"), (Subgroup, "001"), (Billgroup, "0A2"), (Zip, "92103"), (Hrn, "007651204")],
};
pub const RUTH: Member = Member {
    region: "CO",
    name: "Ruth Okoro",
    identifiers: [(Group, "200118"), (Subgroup, "002"), (Billgroup, "0C4"), (Zip, "80205"), (Hrn, "003319870")],
};

/// Bill, whose, what each of its lines owes in cents.
const BILLS: [(&str, &Member, &[i64]); 5] = [
    ("visit", &ANA, &[2_500, 1_410, 2_500]),
    ("surgery", &ANA, &[70_000, 45_000]),
    ("cents", &ANA, &[50]),
    ("meis", &MEI, &[9_900]),
    ("ruths", &RUTH, &[20_000]),
];

impl Member {
    pub fn lookup(&self) -> serde_json::Value {
        let identifiers: BTreeMap<_, _> = self.identifiers.into_iter().collect();
        serde_json::json!({ "region": self.region, "identifiers": identifiers })
    }
}

/// On file with the plan for each of them.
pub const ON_FILE: &str = "a@example.org";

pub async fn seed(store: &Store) {
    let mut tx = store.begin().await.unwrap();
    for member in [&ANA, &MEI, &RUTH] {
        let identifiers = Identifiers::of(member.identifiers).unwrap().comparison_key();
        let sql = "INSERT INTO membership (id, region, identifiers, ending, name, email) VALUES ($1, $2, $3, '678', $1, 'a@example.org')";
        let insert = sqlx::query(sql).bind(member.name).bind(member.region).bind(identifiers);
        insert.execute(&mut *tx).await.unwrap();
    }
    for (id, member, lines) in BILLS {
        let sql = "INSERT INTO bill (id, membership, kind, patient, issued, due, balance_cents, pending_cents) \
                   VALUES ($1, $2, 'professional', $2, '2026-10-20', '2026-12-04', $3, 0)";
        let insert = sqlx::query(sql).bind(id).bind(member.name).bind(lines.iter().sum::<i64>());
        insert.execute(&mut *tx).await.unwrap();
        for (position, owed) in (0_i64..).zip(lines) {
            let sql = "INSERT INTO bill_line (bill, position, service_date, provider, description, billed_cents, discount_cents, \
                       plan_paid_cents, you_paid_cents, you_owe_cents, pending_cents) \
                       VALUES ($1, $2, '2026-10-12', 'Leila Haddad, MD', 'Office visit', $3 + 300, 100, 200, 0, $3, 0)";
            sqlx::query(sql).bind(id).bind(position).bind(*owed).execute(&mut *tx).await.unwrap();
        }
    }
    tx.commit().await.unwrap();
}
