//! Payments by mail or phone that came back, as a check that bounced: the plan's billing system writes a row of
//! `posted_reversal` for each (`docs/billing-system.md`), and what the payment did is undone once: the bill is owed
//! again, and what went to the balance is taken from there.

use super::{
    Store, Tx, accounts, from_word,
    outbox::{Holds, NoticeOf, QueuedEmail},
    posted_payments::at_noon,
    retry,
    settle::{News, locked_payment::LockedPayment, return_posted},
    texts, value, word,
};
use crate::clock::day_in;
use contract::{
    Date, Instant, Locale, Money, Region,
    notices::NoticeKind,
    payment::{Failure, Method, PaymentState},
};
use sqlx::Row;

/// What its member is told, once.
#[derive(Clone, Debug)]
pub struct ReturnedPayment {
    /// The one that paid the bill, or the one to the balance where the bill took nothing.
    pub payment: String,
    pub method: Method,
    pub received_on: Date,
    pub of_bill: Money,
    pub of_balance: Money,
    pub reason: Option<Failure>,
}

/// What became of a row.
#[derive(Debug, PartialEq, Eq)]
pub enum Reversed {
    Done,
    /// Another server did it meanwhile, or its payment is not posted yet.
    NotNow,
    /// It can't be done, and is left for people.
    Refused(&'static str),
}

/// Makes the words of the notice.
type ReturnWords<'a> = &'a (dyn Fn(&ReturnedPayment, Locale) -> News + Send + Sync);

/// A row as it is understood, with its payments, which are locked.
struct ToReverse {
    payments: Vec<(String, LockedPayment)>,
    method: Method,
    received_on: Date,
    came_back: Instant,
    reason: Option<Failure>,
}

impl Store {
    /// Those that wait. By the index `posted_reversal_to_post`.
    pub async fn payments_to_reverse(&self, after: &str, most: i64) -> Result<Vec<String>, sqlx::Error> {
        let sql = "SELECT id FROM posted_reversal WHERE posted_at IS NULL AND problem IS NULL AND id > $1 \
                   ORDER BY id LIMIT $2";
        sqlx::query_scalar(sql).bind(after).bind(most).fetch_all(&self.read).await
    }

    /// All of it, with the notice to the member, or nothing.
    pub async fn reverse_posted(
        &self,
        id: &str,
        words: ReturnWords<'_>,
        now: Instant,
    ) -> Result<Reversed, sqlx::Error> {
        retry(|| self.reverse_once(id, words, now)).await
    }

    async fn reverse_once(&self, id: &str, words: ReturnWords<'_>, now: Instant) -> Result<Reversed, sqlx::Error> {
        let mut tx = self.begin().await?;
        let owner = owner_of(&mut tx, id).await?;
        let row = match self.understand(&mut tx, id, now).await? {
            Ok(row) => row,
            Err(Reversed::Refused(why)) => {
                let sql = "UPDATE posted_reversal SET posted_at = NULL, problem = $2 WHERE id = $1";
                sqlx::query(sql).bind(id).bind(why).execute(&mut *tx).await?;
                tx.commit().await?;
                return Ok(Reversed::Refused(why));
            }
            Err(other) => {
                tx.rollback().await?;
                return Ok(other);
            }
        };
        for (payment, before) in &row.payments {
            return_posted(&mut tx, (payment, before), row.reason, (row.came_back, now)).await?;
        }
        if let Some(owner) = owner {
            tell(&mut tx, &owner, row.returned(), words, now).await?;
        }
        tx.commit().await?;
        Ok(Reversed::Done)
    }

    /// Marks the row as posted, and reads and locks what it is about.
    async fn understand(
        &self,
        tx: &mut Tx,
        id: &str,
        now: Instant,
    ) -> Result<Result<ToReverse, Reversed>, sqlx::Error> {
        let sql = "UPDATE posted_reversal SET posted_at = $2 WHERE id = $1 AND posted_at IS NULL AND problem IS NULL \
                   RETURNING posted_payment, cents, returned_on, reason";
        let row = sqlx::query(sql).bind(id).bind(now.millis()).fetch_optional(&mut **tx).await?;
        let Some(row) = row else { return Ok(Err(Reversed::NotNow)) };
        let posted: String = row.try_get("posted_payment")?;
        // The member's payments by the index `payment_of_membership`.
        let sql = "SELECT posted_payment.cents AS cents, posted_payment.received_on AS received_on, posted_payment.posted_at AS posted_at, \
                   posted_payment.method AS method, membership.id AS membership, membership.region AS region FROM posted_payment \
                   JOIN bill ON bill.id = posted_payment.bill JOIN membership ON membership.id = bill.membership WHERE posted_payment.id = $1";
        let Some(of) = sqlx::query(sql).bind(&posted).fetch_optional(&mut **tx).await? else {
            return Ok(Err(Reversed::Refused("posted_payment: there is none")));
        };
        if of.try_get::<Option<i64>, _>("posted_at")?.is_none() {
            return Ok(Err(Reversed::NotNow));
        }
        if row.try_get::<i64, _>("cents")? != of.try_get::<i64, _>("cents")? {
            return Ok(Err(Reversed::Refused("cents: not those of the payment")));
        }
        let (region, received_on): (Region, Date) = (value(&of, "region")?, value(&of, "received_on")?);
        let day = Date::parse(row.try_get("returned_on")?).ok();
        let day = day.filter(|day| (received_on..=day_in(region.time_zone(), now)).contains(day));
        let Some(day) = day else { return Ok(Err(Reversed::Refused("returned_on"))) };
        let payments = self.lock_posted(tx, of.try_get("membership")?, &posted).await?;
        if payments.is_empty() || payments.iter().any(|(_, payment)| payment.state != PaymentState::Paid) {
            return Ok(Err(Reversed::Refused("posted_payment: it came back before")));
        }
        let reason = row.try_get::<Option<&str>, _>("reason")?;
        Ok(Ok(ToReverse {
            payments,
            method: if of.try_get::<&str, _>("method")? == "phone" { Method::Phone } else { Method::Check },
            received_on,
            came_back: at_noon(region, day, now),
            reason: reason.map(from_word).transpose()?,
        }))
    }

    /// That of the bill first: bills are locked before credit.
    async fn lock_posted(
        &self,
        tx: &mut Tx,
        membership: &str,
        posted: &str,
    ) -> Result<Vec<(String, LockedPayment)>, sqlx::Error> {
        let sql = "SELECT id FROM payment WHERE membership = $1 AND posted_payment = $2 ORDER BY deposit_cents, id";
        let ids: Vec<String> = sqlx::query_scalar(sql).bind(membership).bind(posted).fetch_all(&mut **tx).await?;
        let mut payments = Vec::new();
        for id in ids {
            if let Some(payment) = self.lock_payment(tx, &id).await? {
                payments.push((id, payment));
            }
        }
        Ok(payments)
    }
}

impl ToReverse {
    fn returned(&self) -> ReturnedPayment {
        let of = |is_deposit| {
            let payments = self.payments.iter().filter(|(_, payment)| payment.is_deposit == is_deposit);
            Money::sum(payments.map(|(_, payment)| payment.total)).unwrap_or(Money::ZERO)
        };
        ReturnedPayment {
            payment: self.payments.first().map(|(id, _)| id.clone()).unwrap_or_default(),
            method: self.method.clone(),
            received_on: self.received_on,
            of_bill: of(false),
            of_balance: of(true),
            reason: self.reason,
        }
    }
}

/// Locked before anything else, as `accounts::lock` asks for. None where the member has no account.
async fn owner_of(tx: &mut Tx, id: &str) -> Result<Option<accounts::Account>, sqlx::Error> {
    let sql = "SELECT account.id FROM posted_reversal JOIN posted_payment ON posted_payment.id = posted_reversal.posted_payment \
               JOIN bill ON bill.id = posted_payment.bill JOIN account ON account.membership = bill.membership \
               WHERE posted_reversal.id = $1 AND account.email_confirmed_at IS NOT NULL";
    let account: Option<String> = sqlx::query_scalar(sql).bind(id).fetch_optional(&mut **tx).await?;
    match account {
        Some(account) => accounts::lock(tx, &account).await,
        None => Ok(None),
    }
}

/// By e-mail, and as a text message where the member chose it.
async fn tell(
    tx: &mut Tx,
    owner: &accounts::Account,
    returned: ReturnedPayment,
    words: ReturnWords<'_>,
    at: Instant,
) -> Result<(), sqlx::Error> {
    let notice = NoticeOf { account: &owner.id, kind: NoticeKind::NotPaid };
    let News { email, text, .. } = words(&returned, owner.locale);
    let id = format!("{}:{}", returned.payment, word(&PaymentState::Returned)?);
    if let Some(text) = text {
        texts::put_notice(tx, &id, notice, &text, at).await?;
    }
    let (to, cause) = (&owner.email, returned.payment.as_str());
    QueuedEmail { id, cause, to, message: &email, holds: Holds::Nothing, notice: Some(notice), at }.put(tx).await
}
