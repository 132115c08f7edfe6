//! Which payments of a membership are listed: the filter of a history, and its conditions in SQL.

use contract::{
    Amount, Instant,
    payment::{MethodKind, PaymentKind, PaymentState},
};
use sqlx::{Any, any::AnyArguments, query::Query};

/// Which payments are listed; by default all.
#[derive(Default)]
pub struct Filter {
    /// Made at this moment or later.
    pub from: Option<Instant>,
    /// Made before this moment.
    pub until: Option<Instant>,
    pub kind: Option<PaymentKind>,
    pub state: Option<PaymentState>,
    pub method: Option<MethodKind>,
    /// On the bills of this membership: the member's own, or one that the member pays for.
    pub of: Option<String>,
    /// In the reference, or in the patient, the provider or the description of a charge, without regard to case and to
    /// Spanish accents. Or an amount: what was charged, the sum of its order, or what one bill got of it.
    pub text: Option<String>,
}

/// Letters that are looked for as others, in both cases: `folded!` does the same to what is stored.
const FOLDED: [(char, char); 14] = [
    ('Á', 'a'),
    ('á', 'a'),
    ('É', 'e'),
    ('é', 'e'),
    ('Í', 'i'),
    ('í', 'i'),
    ('Ó', 'o'),
    ('ó', 'o'),
    ('Ú', 'u'),
    ('ú', 'u'),
    ('Ü', 'u'),
    ('ü', 'u'),
    ('Ñ', 'n'),
    ('ñ', 'n'),
];

/// An accent that a keyboard wrote as a character of its own.
fn is_accent(c: char) -> bool {
    matches!(c, '\u{300}'..='\u{36f}')
}

impl Filter {
    /// What a statement that is written with the macros of this module begins with. `is_short`: of the values only
    /// those of `of_membership!`. It is planned at each call, or PostgreSQL would sort a whole history for any filter.
    /// Planning is slow, too (docs/performance.md).
    pub fn bound(&self, sql: &'static str, membership: &str, is_short: bool) -> Query<'static, Any, AnyArguments> {
        let query = sqlx::query(sql)
            .persistent(false)
            .bind(membership.to_owned())
            .bind(self.from.map_or(i64::MIN, Instant::millis))
            .bind(self.until.map_or(i64::MAX, Instant::millis))
            .bind(word(self.state))
            .bind(self.of.clone().unwrap_or_default());
        if is_short {
            return query;
        }
        query.bind(word(self.method)).bind(word(self.kind)).bind(self.pattern()).bind(self.cents())
    }

    /// What `of_membership!` knows is enough to tell which payments are meant.
    pub fn is_short(&self) -> bool {
        self.method.is_none() && self.kind.is_none() && self.pattern().is_empty()
    }

    /// For LIKE with the escape `!`; empty finds everything.
    fn pattern(&self) -> String {
        let Some(text) = self.text.as_deref().map(str::trim).filter(|text| !text.is_empty()) else {
            return String::new();
        };
        let fold = |c: char| FOLDED.iter().find(|(accented, _)| *accented == c).map_or(c, |(_, plain)| *plain);
        let folded: String = text.chars().filter(|c| !is_accent(*c)).map(fold).collect();
        let escaped = folded.replace('!', "!!").replace('%', "!%").replace('_', "!_");
        format!("%{escaped}%")
    }

    /// Nothing where the text is no amount.
    fn cents(&self) -> i64 {
        self.text.as_deref().and_then(|text| Amount::parse(text).ok()).map_or(-1, |amount| amount.money().cents())
    }
}

/// As it is written in the database; empty for none.
fn word(value: Option<impl serde::Serialize>) -> String {
    let value = value.and_then(|value| serde_json::to_value(value).ok());
    value.as_ref().and_then(serde_json::Value::as_str).unwrap_or_default().to_owned()
}

/// A text as it is looked for. SQLite's `LOWER` knows ASCII alone, PostgreSQL's what its locale knows: so the letters
/// of Spanish are written out, as in `FOLDED`.
macro_rules! folded {
    ($text:literal) => {
        concat!(
            "LOWER(REPLACE(REPLACE(REPLACE(REPLACE(REPLACE(REPLACE(REPLACE(\
             REPLACE(REPLACE(REPLACE(REPLACE(REPLACE(REPLACE(REPLACE(",
            $text,
            ", 'Á', 'a'), 'á', 'a'), 'É', 'e'), 'é', 'e'), 'Í', 'i'), 'í', 'i'), 'Ó', 'o'), 'ó', 'o'), \
             'Ú', 'u'), 'ú', 'u'), 'Ü', 'u'), 'ü', 'u'), 'Ñ', 'n'), 'ñ', 'n')) LIKE LOWER($8) ESCAPE '!'"
        )
    };
}

/// The payments of a membership, by the column that names it: what the index `payment_totals` can tell of them.
macro_rules! of_membership {
    ($what:literal, $whose:literal, $rest:expr) => {
        concat!(
            "SELECT ",
            $what,
            " FROM payment WHERE payment.",
            $whose,
            " = $1 AND payment.created_at >= $2 AND payment.created_at < $3 AND ($4 = '' OR payment.state = $4) \
             AND ($5 = '' OR payment.membership = $5)",
            $rest
        )
    };
}

/// The rest of a filter. A payment's bills and charges are found by the primary keys of `payment_share`, `payment_line`
/// and `bill_line`.
macro_rules! narrowed {
    ($kind:literal, $text:expr) => {
        concat!(
            " AND ($6 = '' OR payment.method LIKE '%\"kind\":\"' || $6 || '\"%') AND ($7 = '' OR ",
            $kind,
            ") AND ($8 = '' OR LOWER(payment.reference) LIKE LOWER($8) ESCAPE '!' \
             OR payment.total_cents + payment.fee_cents = $9 \
             OR (payment.balance_part IS NOT NULL OR payment.balance_cents > 0) AND payment.total_cents + payment.fee_cents + COALESCE( \
             (SELECT part.total_cents FROM payment AS part WHERE part.id = payment.balance_part), \
             (SELECT whole.total_cents + whole.fee_cents FROM payment AS whole WHERE whole.balance_part = payment.id)) = $9 \
             OR EXISTS (SELECT 1 FROM payment_share WHERE payment_share.payment = payment.id AND payment_share.amount_cents = $9) \
             OR ",
            $text,
            ")"
        )
    };
}

/// Of the payments on the membership's own bills, and of its deposits.
macro_rules! narrowed_own {
    () => {
        narrowed!(
            "($7 = 'deposit' AND payment.deposit_cents > 0 OR EXISTS (SELECT 1 FROM payment_share \
             JOIN bill ON bill.id = payment_share.bill WHERE payment_share.payment = payment.id AND bill.kind = $7))",
            concat!(
                "EXISTS (SELECT 1 FROM payment_share JOIN bill ON bill.id = payment_share.bill \
                 WHERE payment_share.payment = payment.id AND ",
                folded!("bill.patient"),
                ") OR EXISTS (SELECT 1 FROM payment_line JOIN bill_line ON bill_line.bill = payment_line.bill \
                 AND bill_line.position = payment_line.line WHERE payment_line.payment = payment.id AND (",
                folded!("bill_line.provider"),
                " OR ",
                folded!("bill_line.description"),
                "))"
            )
        )
    };
}

/// Of the payments that a member made for somebody else: neither the filter nor the row knows the services.
macro_rules! narrowed_others {
    () => {
        narrowed!(
            "$7 = 'household'",
            concat!(
                "EXISTS (SELECT 1 FROM membership WHERE membership.id = payment.membership AND ",
                folded!("membership.name"),
                ")"
            )
        )
    };
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_typed_is_folded_as_what_is_stored_is() {
        let pattern = |text: &str| Filter { text: Some(text.to_owned()), ..Filter::default() }.pattern();
        assert_eq!(pattern(" José_Ñuñez 5% "), "%Jose!_nunez 5!%%");
        assert_eq!(pattern("Jose\u{301}"), "%Jose%");
        assert_eq!(pattern("  "), "");
        let sql = folded!("x");
        for (accented, plain) in FOLDED {
            assert!(sql.contains(&format!(", '{accented}', '{plain}')")), "{accented}");
        }
        assert_eq!(sql.matches("REPLACE(").count(), FOLDED.len());
    }
}
