//! Rate limits as rows, one a leaky bucket: the generic cell rate algorithm (GCRA), whose whole state is one moment.
//! Each statement decides and counts at once, so that neither many tries at the same moment nor several servers get
//! past it. Knows keys and numbers.
//!
//! Rows of one statement are locked in the order of their keys: two calls with keys in common can't deadlock.
//!
//! A row that is further ahead than it can be is from before a clock was set back: it counts as new, or a wrong clock
//! would keep everybody out for as long as it was wrong.

use super::{Store, Tx};
use contract::Instant;
use sqlx::{Any, AnyConnection, AnyExecutor, AssertSqlSafe, Row, any::AnyArguments, query::Query};
use std::collections::HashMap;

/// How far two servers' clocks may be apart.
const APART_MILLIS: i64 = 60_000;

/// So many in a while: full at once, and emptied drop by drop.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Bucket {
    /// A keyed hash: see `limits`.
    pub key: String,
    /// What one try adds, and how long that takes to drain.
    pub step_millis: i64,
    /// What fits in.
    pub span_millis: i64,
}

impl Bucket {
    /// How many tries fit in beside what is there.
    pub fn room(&self, filled_millis: i64) -> i64 {
        (self.span_millis - filled_millis) / self.step_millis
    }
}

/// Tries ever further apart: a bucket whose content, in steps, says how long to wait after the last one.
#[derive(Clone, Debug)]
pub struct ProgressiveDelay {
    pub bucket: Bucket,
    /// Tries that need not wait.
    pub free: i64,
    pub longest_millis: i64,
}

impl ProgressiveDelay {
    /// The delay after `level` attempts that are not forgotten.
    pub fn pause_millis(&self, level: i64) -> i64 {
        let over = level - self.free;
        if over < 0 {
            0
        } else {
            2_000_i64.checked_shl(over.min(30) as u32).unwrap_or(i64::MAX).min(self.longest_millis)
        }
    }
    /// Steps above this one change nothing.
    pub fn top(&self) -> i64 {
        (0..30).find(|over| 2_000_i64 << over >= self.longest_millis).unwrap_or(30) + self.free
    }
}

/// A try that was not counted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Full {
    /// Milliseconds until it would be.
    pub wait_millis: i64,
    /// Of each bucket that is full.
    pub waits: Vec<(String, i64)>,
}

impl Full {
    fn of<'a>(filled: impl Iterator<Item = (&'a Bucket, i64)>) -> Self {
        let waits = filled.map(|(bucket, filled)| (bucket, filled + bucket.step_millis - bucket.span_millis));
        let waits: Vec<_> = waits.filter(|(_, wait)| *wait > 0).map(|(of, wait)| (of.key.clone(), wait)).collect();
        Self { wait_millis: waits.iter().map(|(_, wait)| *wait).max().unwrap_or(1), waits }
    }
}

/// One that was counted, or was not because it came too early.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DelayResult {
    /// The number of attempts that are not forgotten, with this one.
    Counted(i64),
    /// Milliseconds until one is welcome.
    TooEarly(i64),
}

/// What the row has now, as far as it can be right.
const FILLED: &str = "CASE WHEN attempt.until_at < excluded.last_at \
    OR attempt.until_at > excluded.last_at + excluded.span_millis + 60000 THEN excluded.last_at ELSE attempt.until_at END";
const STEP: &str = "(excluded.until_at - excluded.last_at)";
const GIVEN_BACK: &str = "attempt.until_at - (excluded.until_at - excluded.last_at)";
/// In a transaction of something else, whose commit is not ours to change.
const WITHIN: &str = "";

impl Store {
    /// Counts a try in every bucket, or in none: then `Err` says when it would be.
    pub async fn take(&self, buckets: &[Bucket], now: Instant) -> Result<Result<(), Full>, sqlx::Error> {
        let mut connection = self.write.acquire().await?;
        let taken = self.take_on(&mut connection, self.alone(), buckets, now).await?;
        connection.release_clean();
        Ok(taken)
    }

    /// As `take`, with what a transaction does: undone with it.
    pub async fn take_in(
        &self,
        tx: &mut Tx,
        buckets: &[Bucket],
        now: Instant,
    ) -> Result<Result<(), Full>, sqlx::Error> {
        self.take_on(tx, WITHIN, buckets, now).await
    }

    async fn take_on(
        &self,
        connection: &mut AnyConnection,
        commit: &str,
        buckets: &[Bucket],
        now: Instant,
    ) -> Result<Result<(), Full>, sqlx::Error> {
        let buckets = sorted(buckets);
        let sql = format!(
            "{} DO UPDATE SET until_at = {FILLED} + {STEP}, span_millis = excluded.span_millis, last_at = excluded.last_at \
             WHERE {FILLED} + {STEP} <= excluded.last_at + excluded.span_millis RETURNING key{commit}",
            insert(buckets.len()),
        );
        let taken = bound(&sql, &buckets, now).fetch_all(&mut *connection).await?;
        if taken.len() == buckets.len() {
            return Ok(Ok(()));
        }
        let taken: Vec<String> = taken.iter().map(|row| row.try_get("key")).collect::<Result<_, _>>()?;
        let (taken, full): (Vec<_>, Vec<_>) = buckets.into_iter().partition(|bucket| taken.contains(&bucket.key));
        let taken: Vec<_> = taken.into_iter().cloned().collect();
        self.change_on(connection, commit, &taken, now, GIVEN_BACK).await?;
        let filled = filled(&mut *connection, &full, now).await?;
        Ok(Err(Full::of(filled.into_iter())))
    }

    /// Counts what is known to have failed, whether it fits or not.
    pub async fn count(&self, buckets: &[Bucket], now: Instant) -> Result<(), sqlx::Error> {
        let sum = format!("{FILLED} + {STEP}");
        let most = "excluded.last_at + excluded.span_millis";
        self.change(buckets, now, &format!("CASE WHEN {sum} < {most} THEN {sum} ELSE {most} END")).await
    }

    /// It was right: nothing is used up.
    pub async fn give_back(&self, buckets: &[Bucket], now: Instant) -> Result<(), sqlx::Error> {
        self.change(buckets, now, GIVEN_BACK).await
    }

    async fn change(&self, buckets: &[Bucket], now: Instant, until: &str) -> Result<(), sqlx::Error> {
        let mut connection = self.write.acquire().await?;
        self.change_on(&mut connection, self.alone(), buckets, now, until).await?;
        connection.release_clean();
        Ok(())
    }

    async fn change_on(
        &self,
        connection: &mut AnyConnection,
        commit: &str,
        buckets: &[Bucket],
        now: Instant,
        until: &str,
    ) -> Result<(), sqlx::Error> {
        let buckets = sorted(buckets);
        if buckets.is_empty() {
            return Ok(());
        }
        let sql = format!(
            "{} DO UPDATE SET until_at = {until}, span_millis = excluded.span_millis, last_at = excluded.last_at \
             RETURNING key{commit}",
            insert(buckets.len()),
        );
        bound(&sql, &buckets, now).fetch_all(connection).await?;
        Ok(())
    }

    /// How full each is, in milliseconds; `Err` says when one more fits into all of them. Counts nothing.
    pub async fn look(&self, buckets: &[Bucket], now: Instant) -> Result<Result<Vec<i64>, Full>, sqlx::Error> {
        let buckets: Vec<_> = buckets.iter().collect();
        let filled = filled(&self.read, &buckets, now).await?;
        let full = Full::of(filled.iter().copied());
        Ok(if full.waits.is_empty() { Ok(filled.into_iter().map(|(_, filled)| filled).collect()) } else { Err(full) })
    }

    /// Counts an attempt unless it comes too early. Of two concurrent ones the later may be counted first: without a
    /// delay that makes no difference.
    pub async fn slow(&self, delay: &ProgressiveDelay, now: Instant) -> Result<DelayResult, sqlx::Error> {
        let Bucket { key, step_millis: step, .. } = &delay.bucket;
        let level = format!("(({FILLED}) - excluded.last_at + {step} - 1) / {step}");
        let top = delay.top();
        // Integers from the rules: nothing from a request.
        let pauses = (delay.free..top).fold(String::new(), |text, level| {
            let pause = delay.pause_millis(level);
            format!("{text} WHEN {level} THEN {pause}")
        });
        let (free, longest) = (delay.free, delay.longest_millis);
        let pause = format!("CASE WHEN {level} < {free} THEN 0 ELSE CASE {level}{pauses} ELSE {longest} END END");
        let most = top + 1;
        let until =
            format!("CASE WHEN {level} < {most} THEN {FILLED} + {step} ELSE excluded.last_at + {most} * {step} END");
        let sql = format!(
            "{} DO UPDATE SET until_at = {until}, span_millis = excluded.span_millis, last_at = excluded.last_at \
             WHERE attempt.last_at > excluded.last_at + 60000 OR {pause} = 0 OR attempt.last_at + {pause} <= excluded.last_at \
             RETURNING until_at{}",
            insert(1),
            self.alone()
        );
        let mut connection = self.write.acquire().await?;
        let counted = bound(&sql, &[&delay.bucket], now).fetch_optional(&mut *connection).await?;
        if let Some(row) = counted {
            return Ok(DelayResult::Counted((row.try_get::<i64, _>("until_at")? - now.millis() + step - 1) / step));
        }
        let filled = filled(&mut *connection, &[&delay.bucket], now).await?.first().map_or(0, |(_, filled)| *filled);
        let sql = "SELECT last_at FROM attempt WHERE key = $1";
        let last: Option<i64> = sqlx::query_scalar(sql).bind(key).fetch_optional(&mut *connection).await?;
        let pause = delay.pause_millis((filled + step - 1) / step);
        Ok(DelayResult::TooEarly((last.unwrap_or(now.millis()) + pause - now.millis()).max(1)))
    }

    /// Takes back the attempt that was counted at that moment, the last of `level`, because it was not judged. A client
    /// that had waited for it does not wait again, unless another attempt came since.
    pub async fn take_back(&self, delay: &ProgressiveDelay, level: i64, at: Instant) -> Result<(), sqlx::Error> {
        sqlx::query(
            "UPDATE attempt SET until_at = until_at - $1, last_at = CASE WHEN last_at = $2 THEN last_at - $3 ELSE last_at END \
             WHERE key = $4",
        )
        .bind(delay.bucket.step_millis)
        .bind(at.millis())
        .bind(delay.pause_millis(level - 1))
        .bind(&delay.bucket.key)
        .execute(&self.write)
        .await?;
        Ok(())
    }

    /// As if that many had been counted just now.
    pub async fn set_level(&self, bucket: &Bucket, level: i64, now: Instant) -> Result<(), sqlx::Error> {
        let full = Bucket { step_millis: level * bucket.step_millis, ..bucket.clone() };
        self.change(&[full], now, "excluded.until_at").await
    }

    /// Nothing was ever tried.
    pub async fn forget(&self, key: &str) -> Result<(), sqlx::Error> {
        sqlx::query("DELETE FROM attempt WHERE key = $1").bind(key).execute(&self.write).await?;
        Ok(())
    }

    /// Adds to what was counted of one kind in this minute.
    pub async fn add_tally(&self, kind: &str, tried: i64, failed: i64, now: Instant) -> Result<(), sqlx::Error> {
        sqlx::query(
            "INSERT INTO tally (kind, minute, tried, failed) VALUES ($1, $2, $3, $4) ON CONFLICT (kind, minute) \
             DO UPDATE SET tried = tally.tried + excluded.tried, failed = tally.failed + excluded.failed",
        )
        .bind(kind)
        .bind(now.millis() / 60_000)
        .bind(tried)
        .bind(failed)
        .execute(&self.write)
        .await?;
        Ok(())
    }

    /// How many were tried and failed in the last minutes, over all servers.
    pub async fn tallied(&self, kind: &str, minutes: i64, now: Instant) -> Result<(i64, i64), sqlx::Error> {
        let sql = "SELECT CAST(COALESCE(SUM(tried), 0) AS BIGINT) AS tried, CAST(COALESCE(SUM(failed), 0) AS BIGINT) AS failed \
                   FROM tally WHERE kind = $1 AND minute > $2";
        let row = sqlx::query(sql).bind(kind).bind(now.millis() / 60_000 - minutes).fetch_one(&self.read).await?;
        Ok((row.try_get("tried")?, row.try_get("failed")?))
    }

    /// Deletes some rows that mean nothing any more; true if there may be more of them. Reads with the read pool, so
    /// that a long table blocks no writer.
    pub async fn clean_up_attempts(&self, now: Instant) -> Result<bool, sqlx::Error> {
        let sql = "SELECT key FROM attempt WHERE until_at <= $1 LIMIT 500";
        let old: Vec<String> = sqlx::query_scalar(sql).bind(now.millis()).fetch_all(&self.read).await?;
        let mut tx = self.begin().await?;
        for key in &old {
            let sql = "DELETE FROM attempt WHERE key = $1 AND until_at <= $2";
            sqlx::query(sql).bind(key).bind(now.millis()).execute(&mut *tx).await?;
        }
        tx.commit().await?;
        Ok(old.len() == 500)
    }

    /// A count that is lost in a power cut does no harm, so PostgreSQL need not wait for its disk: set for this one
    /// statement, which is a transaction of its own, without another round trip.
    fn alone(&self) -> &'static str {
        if self.is_postgres { ", set_config('synchronous_commit', 'off', true)" } else { WITHIN }
    }
}

fn sorted(buckets: &[Bucket]) -> Vec<&Bucket> {
    let mut sorted: Vec<_> = buckets.iter().collect();
    sorted.sort();
    sorted.dedup_by(|one, other| one.key == other.key);
    sorted
}

fn insert(rows: usize) -> String {
    let values = (0..rows).map(|row| format!("(${}, ${}, ${}, $1)", row * 3 + 2, row * 3 + 3, row * 3 + 4));
    let values = values.collect::<Vec<_>>().join(", ");
    format!("INSERT INTO attempt (key, until_at, span_millis, last_at) VALUES {values} ON CONFLICT (key)")
}

fn bound<'a>(sql: &str, buckets: &[&Bucket], now: Instant) -> Query<'a, Any, AnyArguments> {
    let query = sqlx::query(AssertSqlSafe(sql.to_owned())).bind(now.millis());
    buckets.iter().fold(query, |query, bucket| {
        query.bind(bucket.key.clone()).bind(now.millis() + bucket.step_millis).bind(bucket.span_millis)
    })
}

/// How full each is, in milliseconds.
async fn filled<'a, 'c>(
    at: impl AnyExecutor<'c>,
    buckets: &[&'a Bucket],
    now: Instant,
) -> Result<Vec<(&'a Bucket, i64)>, sqlx::Error> {
    let keys = (1..=buckets.len()).map(|at| format!("${at}")).collect::<Vec<_>>().join(", ");
    let sql = AssertSqlSafe(format!("SELECT key, until_at FROM attempt WHERE key IN ({keys})"));
    let query = buckets.iter().fold(sqlx::query(sql), |query, bucket| query.bind(bucket.key.clone()));
    let mut until = HashMap::new();
    for row in query.fetch_all(at).await? {
        until.insert(row.try_get::<String, _>("key")?, row.try_get::<i64, _>("until_at")?);
    }
    let filled = |bucket: &Bucket| {
        let filled = until.get(&bucket.key).map_or(0, |until| until - now.millis());
        if filled > bucket.span_millis + APART_MILLIS { 0 } else { filled.max(0) }
    };
    Ok(buckets.iter().map(|bucket| (*bucket, filled(bucket))).collect())
}
