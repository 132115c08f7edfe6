//! The job queue table. Payloads are opaque JSON: their schema is with the code that runs a kind.
//!
//! A claim is a lease: it counts the try and moves `due_at` behind the longest time a try may take. So a job whose server was killed, or
//! whose try panicked, is due again by itself, after the others and with its try counted. The worker that finishes it deletes the row under
//! the number of the try: a claim that has lapsed finishes nothing.

use super::{Store, Tx, to_json};
use contract::Instant;
use serde::Serialize;
use sqlx::Row;

/// The kinds of job.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    AccountRequest,
}

impl Kind {
    const ALL: [Self; 1] = [Self::AccountRequest];
    /// What this version's worker claims.
    pub const NAMES: [&str; 1] = [Self::AccountRequest.name()];

    pub const fn name(self) -> &'static str {
        match self {
            Self::AccountRequest => "account_request",
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
    /// With this one.
    pub tries: i64,
}

impl Store {
    /// Claims the job of these kinds that has been due the longest, until `until`. One that another server is just claiming is passed
    /// over; kinds of a later version wait for its servers.
    pub async fn claim_job(&self, kinds: &[&str], now: Instant, until: Instant) -> Result<Option<Job>, sqlx::Error> {
        let places: Vec<String> = (0..kinds.len()).map(|at| format!("${}", at + 3)).collect();
        let sql = format!(
            "UPDATE job SET due_at = $2, tries = tries + 1 WHERE id = (SELECT id FROM job WHERE due_at <= $1 AND set_aside_at IS NULL \
             AND kind IN ({}) ORDER BY due_at, id LIMIT 1 {}) RETURNING id, kind, payload, tries",
            places.join(", "),
            self.skipping_locked()
        );
        let query = sqlx::query(sqlx::AssertSqlSafe(sql)).bind(now.millis()).bind(until.millis());
        let query = kinds.iter().fold(query, |query, kind| query.bind(*kind));
        let row = query.fetch_optional(&self.write).await?;
        row.map(|row| {
            Ok(Job {
                id: row.try_get("id")?,
                kind: row.try_get("kind")?,
                payload: row.try_get("payload")?,
                tries: row.try_get("tries")?,
            })
        })
        .transpose()
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

    /// Moves what servers of an earlier version wrote into their own queue, and did not come to do, under this kind; some at a time.
    pub async fn adopt_old_jobs(&self, kind: &str) -> Result<(), sqlx::Error> {
        let sql = "SELECT id FROM errand ORDER BY next_try_at LIMIT 100";
        let found: Vec<String> = sqlx::query_scalar(sql).fetch_all(&self.read).await?;
        for id in found {
            let mut tx = self.begin().await?;
            let sql = "DELETE FROM errand WHERE id = $1 RETURNING detail, created_at, next_try_at";
            // Gone: the other server has done it meanwhile.
            if let Some(row) = sqlx::query(sql).bind(&id).fetch_optional(&mut *tx).await? {
                sqlx::query("INSERT INTO job (id, kind, payload, created_at, due_at) VALUES ($1, $2, $3, $4, $5)")
                    .bind(&id)
                    .bind(kind)
                    .bind(row.try_get::<String, _>("detail")?)
                    .bind(row.try_get::<i64, _>("created_at")?)
                    .bind(row.try_get::<i64, _>("next_try_at")?)
                    .execute(&mut *tx)
                    .await?;
            }
            tx.commit().await?;
        }
        Ok(())
    }
}

/// Queues a job in the transaction of what it belongs to: it is there if and only if that is. After the commit, call
/// `State::wake_worker`.
pub async fn enqueue(tx: &mut Tx, kind: Kind, payload: &impl Serialize, now: Instant) -> Result<(), sqlx::Error> {
    sqlx::query("INSERT INTO job (id, kind, payload, created_at, due_at) VALUES ($1, $2, $3, $4, $4)")
        .bind(crate::id::new(now))
        .bind(kind.name())
        .bind(to_json(payload)?)
        .bind(now.millis())
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
