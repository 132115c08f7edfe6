//! The job queue table. Payloads are opaque JSON: their schema is with the code that runs a kind.
//!
//! A claim is a lease: it counts the try and moves `due_at` behind the longest time a try may take. So a job whose
//! server was killed, or whose try panicked, is due again by itself, after the others and with its try counted. The
//! worker that finishes it deletes the row under the number of the try: a claim that has lapsed finishes nothing.

use super::{Store, Tx, readable, to_json, trouble};
use contract::Instant;
use serde::Serialize;
use sqlx::{Row, any::AnyRow};

/// The kinds of job that are queued with a cause. Servers of two versions run side by side, and each claims what the
/// other queued under a kind that it knows. So a kind's payload only gains fields with `#[serde(default)]`, which an
/// older server may ignore. A payload that says anything else, also a new variant of one, is a new kind: an older
/// server leaves it alone, where it would set aside what it can't read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    AccountRequest,
    /// The processor is told to forget the token of a saved method.
    ForgetToken,
    /// The processor is told to give credit back.
    RefundCredit,
    /// A member is told that the balance is low.
    LowBalance,
}

impl Kind {
    /// What this version's worker claims.
    pub const ALL: [Self; 4] = [Self::AccountRequest, Self::ForgetToken, Self::RefundCredit, Self::LowBalance];

    pub const fn name(self) -> &'static str {
        match self {
            Self::AccountRequest => "account_request",
            Self::ForgetToken => "forget_token",
            Self::RefundCredit => "refund_credit",
            Self::LowBalance => "low_balance",
        }
    }

    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.name() == name)
    }
}

/// A claimed job: no other worker runs it until the claim lapses.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Job {
    pub id: String,
    pub kind: String,
    pub payload: String,
    /// With this one; of a periodic job those in a row that did not go well.
    pub tries: i64,
    pub claimed_until: Instant,
}

impl Store {
    /// Claims jobs of a kind, those that have been due the longest, at most `most`, until `until`. One that another
    /// server is just claiming is passed over; kinds of a later version wait for its servers. One that can't be read is
    /// set aside.
    pub async fn claim_jobs(
        &self,
        kind: &str,
        most: usize,
        now: Instant,
        until: Instant,
    ) -> Result<Vec<Job>, sqlx::Error> {
        let sql = format!(
            "WITH due (chosen) AS MATERIALIZED (SELECT id FROM job WHERE due_at <= $1 AND set_aside_at IS NULL AND kind = $3 \
             ORDER BY due_at, id LIMIT $4 {}) \
             UPDATE job SET due_at = $2, tries = tries + 1 FROM due WHERE id = chosen \
             RETURNING id, kind, payload, tries, due_at",
            self.skipping_locked()
        );
        let query = sqlx::query(sqlx::AssertSqlSafe(sql)).bind(now.millis()).bind(until.millis()).bind(kind);
        let rows = query.bind(i64::try_from(most).unwrap_or(1)).fetch_all(&self.write).await?;
        let (jobs, unreadable) = readable::each("job", "id", &rows, job);
        for id in &unreadable {
            let sql = "UPDATE job SET set_aside_at = $2, error = 'unreadable' WHERE id = $1";
            if let Err(error) = sqlx::query(sql).bind(id).bind(now.millis()).execute(&self.write).await {
                trouble::log(&error); // it is due again when its claim lapses
            }
        }
        Ok(jobs)
    }

    /// Claims the one row of a periodic job if it is due, until `until`; makes it if it is not there. It is due, too,
    /// if its due date was written later than `ahead`, by a clock that was wrong. A server of the version before does
    /// not say when it wrote one: that counts as written when it is due. Reads only what the claim itself has written:
    /// a payload that can't be read stops no round.
    pub async fn claim_periodic(
        &self,
        kind: &str,
        now: Instant,
        until: Instant,
        ahead: Instant,
    ) -> Result<Option<Job>, sqlx::Error> {
        let row = sqlx::query(
            "INSERT INTO job (id, kind, payload, created_at, due_at, due_in, tries) \
             VALUES ($1, $1, '{}', $2, $3, $3 - $2, 1) \
             ON CONFLICT (id) DO UPDATE SET due_at = excluded.due_at, due_in = excluded.due_in, tries = job.tries + 1 \
             WHERE job.due_at <= $2 OR job.due_at - job.due_in > $4 RETURNING tries",
        )
        .bind(kind)
        .bind(now.millis())
        .bind(until.millis())
        .bind(ahead.millis())
        .fetch_optional(&self.write)
        .await?;
        row.map(|row| {
            let (id, kind, payload) = (kind.to_owned(), kind.to_owned(), "{}".to_owned());
            Ok(Job { id, kind, payload, tries: row.try_get("tries")?, claimed_until: until })
        })
        .transpose()
    }

    /// Ends a round of a periodic job: it is due again at `at`. With the error, unless it went well.
    pub async fn put_periodic_off(
        &self,
        job: &Job,
        error: Option<&str>,
        now: Instant,
        at: Instant,
    ) -> Result<(), sqlx::Error> {
        let sql = "UPDATE job SET due_at = $3, due_in = $3 - $6, tries = $4, error = $5 WHERE id = $1 AND due_at = $2";
        let tries = if error.is_some() { job.tries } else { 0 };
        let query = sqlx::query(sql).bind(&job.id).bind(job.claimed_until.millis()).bind(at.millis());
        query.bind(tries).bind(error).bind(now.millis()).execute(&self.write).await?;
        Ok(())
    }

    /// The try failed: it is due again at `at`.
    pub async fn retry_job(&self, job: &Job, error: &str, at: Instant) -> Result<(), sqlx::Error> {
        let sql = "UPDATE job SET due_at = $3, error = $4 WHERE id = $1 AND tries = $2";
        sqlx::query(sql).bind(&job.id).bind(job.tries).bind(at.millis()).bind(error).execute(&self.write).await?;
        Ok(())
    }

    /// The last try failed: it is not run any more.
    pub async fn set_job_aside(&self, job: &Job, error: &str, at: Instant) -> Result<(), sqlx::Error> {
        let sql = "UPDATE job SET set_aside_at = $3, error = $4 WHERE id = $1 AND tries = $2";
        sqlx::query(sql).bind(&job.id).bind(job.tries).bind(at.millis()).bind(error).execute(&self.write).await?;
        Ok(())
    }

    pub async fn jobs_set_aside(&self) -> Result<i64, sqlx::Error> {
        let sql = "SELECT COUNT(*) FROM job WHERE set_aside_at IS NOT NULL";
        sqlx::query_scalar(sql).fetch_one(&self.read).await
    }

    /// Those that failed, or never came to an end, three times in a row.
    pub async fn periodic_jobs_failing(&self) -> Result<i64, sqlx::Error> {
        let sql = "SELECT COUNT(*) FROM job WHERE id = kind AND tries > 3 AND set_aside_at IS NULL";
        sqlx::query_scalar(sql).fetch_one(&self.read).await
    }

    /// Moves what servers of an earlier version wrote into their own queue, and did not come to do, under this kind;
    /// some at a time. One that can't be moved keeps no other.
    pub async fn adopt_old_jobs(&self, kind: &str) -> Result<(), sqlx::Error> {
        let sql = "SELECT id FROM errand ORDER BY next_try_at LIMIT 100";
        let found: Vec<String> = sqlx::query_scalar(sql).fetch_all(&self.read).await?;
        let mut done = Ok(());
        for id in found {
            done = done.and(self.adopt_old_job(&id, kind).await);
        }
        done
    }

    async fn adopt_old_job(&self, id: &str, kind: &str) -> Result<(), sqlx::Error> {
        let mut tx = self.begin().await?;
        let sql = "DELETE FROM errand WHERE id = $1 RETURNING detail, created_at, next_try_at";
        // Gone: the other server has done it meanwhile.
        if let Some(row) = sqlx::query(sql).bind(id).fetch_optional(&mut *tx).await? {
            sqlx::query("INSERT INTO job (id, kind, payload, created_at, due_at) VALUES ($1, $2, $3, $4, $5)")
                .bind(id)
                .bind(kind)
                .bind(row.try_get::<String, _>("detail")?)
                .bind(row.try_get::<i64, _>("created_at")?)
                .bind(row.try_get::<i64, _>("next_try_at")?)
                .execute(&mut *tx)
                .await?;
        }
        tx.commit().await
    }
}

fn job(row: &AnyRow) -> Result<Job, sqlx::Error> {
    Ok(Job {
        id: row.try_get("id")?,
        kind: row.try_get("kind")?,
        payload: row.try_get("payload")?,
        tries: row.try_get("tries")?,
        claimed_until: Instant::from_millis(row.try_get("due_at")?),
    })
}

/// Queues a job now, due then, in the transaction of what it belongs to: it is there if and only if that is. After the
/// commit, call `State::wake_worker` if it is due.
pub async fn enqueue(
    tx: &mut Tx,
    kind: Kind,
    payload: &impl Serialize,
    times: (Instant, Instant),
) -> Result<(), sqlx::Error> {
    let (now, due) = times;
    sqlx::query("INSERT INTO job (id, kind, payload, created_at, due_at) VALUES ($1, $2, $3, $4, $5)")
        .bind(crate::id::new(now))
        .bind(kind.name())
        .bind(to_json(payload)?)
        .bind(now.millis())
        .bind(due.millis())
        .execute(&mut **tx)
        .await?;
    Ok(())
}

/// Deletes it, in the transaction of what it does; false if the claim has lapsed and somebody else has it.
pub async fn finish(tx: &mut Tx, job: &Job) -> Result<bool, sqlx::Error> {
    let sql = "DELETE FROM job WHERE id = $1 AND tries = $2";
    let done = sqlx::query(sql).bind(&job.id).bind(job.tries).execute(&mut **tx).await?;
    Ok(done.rows_affected() > 0)
}
