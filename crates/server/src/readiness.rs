//! Readiness checks for `/readyz`: the database is read, and now and then written, within a second and on a dedicated
//! connection; no background task stands still; and no shutdown was begun. Knows nothing of HTTP.
//!
//! The pools are not used for it: waiting for a connection of a pool takes up to five seconds, longer than any probe
//! waits. SQLite has one writer, which is the pool's, so there the write uses the pool, and the dedicated connection
//! checks that it arrived.

use crate::{state::State, store::readiness as rows};
use sqlx::{AnyConnection, Connection};
use std::{
    sync::{
        Mutex, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
    time::{Duration, Instant},
};

/// Of reading, and of writing: together a second.
const PATIENCE: Duration = Duration::from_millis(480);
const WRITE_EVERY: Duration = Duration::from_secs(10);
/// Within this time the result is cached.
const FRESH: Duration = Duration::from_millis(500);
const DAY_MILLIS: i64 = 86_400_000;

pub const STOPPING: &str = "stopping";
pub const DATABASE: &str = "database";
pub const DATABASE_WRITE: &str = "database_write";

pub struct Readiness {
    is_draining: AtomicBool,
    /// This process, as a row's name.
    server: String,
    probe: tokio::sync::Mutex<Probe>,
    /// What of the database failed, and when that was found.
    found: Mutex<Option<(Instant, Option<&'static str>)>>,
}

#[derive(Default)]
struct Probe {
    connection: Option<AnyConnection>,
    wrote: Option<Instant>,
}

impl Default for Readiness {
    fn default() -> Self {
        Self {
            is_draining: AtomicBool::new(false),
            server: uuid::Uuid::new_v4().to_string(),
            probe: tokio::sync::Mutex::default(),
            found: Mutex::new(None),
        }
    }
}

impl Readiness {
    /// A shutdown was begun: from now on no load balancer should send requests here.
    pub fn drain(&self) {
        self.is_draining.store(true, Ordering::Relaxed);
    }

    /// The names of what fails; none when everything is well.
    pub async fn failed(&self, app: &State) -> Vec<String> {
        let mut failed = Vec::new();
        if self.is_draining.load(Ordering::Relaxed) {
            failed.push(STOPPING.to_owned());
        }
        failed.extend(self.database(app).await.map(str::to_owned));
        failed.extend(app.tasks.silent().iter().map(|task| format!("task_{task}")));
        failed
    }

    async fn database(&self, app: &State) -> Option<&'static str> {
        let last = *self.found.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((_, found)) = last.filter(|(at, _)| at.elapsed() < FRESH) {
            return found;
        }
        let Ok(mut probe) = self.probe.try_lock() else {
            // Somebody is looking right now: what was so before is so until they know better.
            return last.map_or(Some(DATABASE), |(_, found)| found);
        };
        let found = probe.look(app, &self.server).await.err();
        *self.found.lock().unwrap_or_else(PoisonError::into_inner) = Some((Instant::now(), found));
        found
    }
}

impl Probe {
    async fn look(&mut self, app: &State, server: &str) -> Result<(), &'static str> {
        // Taken out, and only put back when all is well: a connection that was left in the middle of something is
        // closed.
        let before = self.connection.take();
        let mut connection = within(async {
            let mut connection = match before {
                Some(connection) => connection,
                None => AnyConnection::connect(&app.settings.database_url).await?,
            };
            rows::written_at(&mut connection, server).await?;
            Ok(connection)
        })
        .await
        .ok_or(DATABASE)?;
        if self.wrote.is_none_or(|wrote| wrote.elapsed() >= WRITE_EVERY) {
            let is_first = self.wrote.take().is_none();
            within(write(app, &mut connection, server, is_first)).await.ok_or(DATABASE_WRITE)?;
            self.wrote = Some(Instant::now());
        }
        self.connection = Some(connection);
        Ok(())
    }
}

/// Written, and seen by another connection where there is another.
async fn write(app: &State, connection: &mut AnyConnection, server: &str, is_first: bool) -> Result<(), sqlx::Error> {
    let now = app.clock.now().millis();
    if app.settings.database_url.starts_with("sqlite:") {
        rows::write(&app.store.write, server, now).await?;
    } else {
        rows::write(&mut *connection, server, now).await?;
    }
    if is_first {
        rows::forget(&app.store.write, now - DAY_MILLIS).await?;
    }
    if rows::written_at(connection, server).await? == now { Ok(()) } else { Err(sqlx::Error::RowNotFound) }
}

async fn within<T>(work: impl Future<Output = Result<T, sqlx::Error>>) -> Option<T> {
    tokio::time::timeout(PATIENCE, work).await.ok()?.ok()
}
