//! A pool of connections to the database. sqlx's own pool asks each connection that comes back whether it lives, which
//! over PostgreSQL is a round trip for each statement that is no part of a transaction. Here one whose last statement
//! was answered to the end goes back unasked; any other is asked first, and closed if it does not answer.
//!
//! Implements sqlx's `Executor`: a statement that is run on the pool takes a connection for itself, and gives it back
//! before its rows are looked at.

use futures_util::{
    StreamExt, TryStreamExt,
    future::BoxFuture,
    stream::{self, BoxStream},
};
use sqlx::{
    Any, AnyConnection, Connection, Either, Error, Execute, Executor, SqlStr,
    any::{AnyConnectOptions, AnyQueryResult, AnyRow, AnyStatement, AnyTypeInfo},
};
use std::{
    collections::VecDeque,
    io,
    ops::{Deref, DerefMut},
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
    time::{Duration, Instant},
};
use tokio::{
    runtime::Handle,
    sync::{OwnedSemaphorePermit, Semaphore},
    time::{sleep, timeout},
};
use tracing::Instrument;

/// How long a connection is waited for: with what comes after it, less than the patience of a request.
const ACQUIRE: Duration = Duration::from_secs(5);
/// How long a connection may take to show that it lives.
const PING: Duration = Duration::from_secs(2);
/// How long a ROLLBACK may take, beside, for a transaction that was dropped in the middle of a statement.
const ROLLBACK: Duration = Duration::from_secs(5);
/// One that was used a moment ago is not asked whether it lives.
const FRESH: Duration = Duration::from_secs(1);
/// Not used again after so long: what a connection holds in the database's memory only grows.
const LIFETIME: Duration = Duration::from_secs(30 * 60);
/// Closed when nobody has used it for so long, once another one comes back.
const IDLE: Duration = Duration::from_secs(10 * 60);
/// Between two tries to open one, while the database starts.
const AGAIN: Duration = Duration::from_millis(50);

#[derive(Clone)]
pub struct Connections(Arc<Pool>);

struct Pool {
    options: AnyConnectOptions,
    /// Run on each connection that is opened.
    settings: &'static str,
    most: u32,
    room: Arc<Semaphore>,
    /// The one that was used last is at the end, and is the next to be used.
    idle: Mutex<VecDeque<Idle>>,
    is_closed: AtomicBool,
}

struct Idle {
    connection: AnyConnection,
    opened_at: Instant,
    since: Instant,
}

/// A connection that is in use. It goes back when this is dropped.
pub struct Lease {
    /// Taken by `drop` alone.
    connection: Option<AnyConnection>,
    opened_at: Instant,
    state: State,
    pool: Arc<Pool>,
    room: Option<OwnedSemaphorePermit>,
}

/// What is known of a connection that is in use.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum State {
    /// It may be in the middle of an answer, or have an error behind it: asked whether it lives, and closed if not.
    InDoubt,
    /// Its last statement was answered to the end: given back as it is.
    Answered,
    /// A transaction was begun: rolled back, and closed if that is not answered.
    InTransaction,
}

impl Connections {
    /// Opens one, to see that it can.
    pub async fn open(options: AnyConnectOptions, settings: &'static str, most: u32) -> Result<Self, Error> {
        let room = Arc::new(Semaphore::new(most as usize));
        let (idle, is_closed) = (Mutex::default(), AtomicBool::new(false));
        let pool = Self(Arc::new(Pool { options, settings, most, room, idle, is_closed }));
        pool.acquire().await?.release_clean();
        Ok(pool)
    }

    pub async fn acquire(&self) -> Result<Lease, Error> {
        timeout(ACQUIRE, self.lease()).await.unwrap_or(Err(Error::PoolTimedOut))
    }

    async fn lease(&self) -> Result<Lease, Error> {
        let pool = &self.0;
        let room = Arc::clone(&pool.room).acquire_owned().await.map_err(|_| Error::PoolClosed)?;
        if pool.is_closed.load(Ordering::SeqCst) {
            return Err(Error::PoolClosed);
        }
        let lease = |connection, opened_at| Lease {
            connection: Some(connection),
            opened_at,
            state: State::InDoubt,
            pool: Arc::clone(pool),
            room: Some(room),
        };
        while let Some(Idle { mut connection, opened_at, since }) = pool.last() {
            let is_usable = !super::connect::is_stale(opened_at.elapsed())
                && opened_at.elapsed() < LIFETIME
                && (since.elapsed() < FRESH || ping(&mut connection).await);
            if is_usable {
                return Ok(lease(connection, opened_at));
            }
        }
        Ok(lease(pool.connect().await?, Instant::now()))
    }

    /// Closes those that are idle, and waits for the others.
    pub async fn close(&self) {
        self.0.is_closed.store(true, Ordering::SeqCst);
        let all = self.0.room.acquire_many(self.0.most).await;
        while let Some(idle) = self.0.last() {
            _ = timeout(PING, idle.connection.close()).await;
        }
        self.0.room.close();
        drop(all);
    }

    /// Runs a statement to its end.
    async fn run<'q, E>(self, query: E) -> Result<Vec<Either<AnyQueryResult, AnyRow>>, Error>
    where
        E: 'q + Execute<'q, Any>,
    {
        let mut lease = self.acquire().await?;
        let all = (&mut *lease).fetch_many(query).try_collect().await?;
        lease.release_clean();
        Ok(all)
    }
}

impl Pool {
    fn idle(&self) -> MutexGuard<'_, VecDeque<Idle>> {
        self.idle.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn last(&self) -> Option<Idle> {
        self.idle().pop_back()
    }

    fn take_back(&self, connection: AnyConnection, opened_at: Instant) {
        let mut idle = self.idle();
        idle.push_back(Idle { connection, opened_at, since: Instant::now() });
        while idle.front().is_some_and(|first| first.since.elapsed() > IDLE) {
            idle.pop_front();
        }
    }

    /// Waits for a database that is starting.
    async fn connect(&self) -> Result<AnyConnection, Error> {
        loop {
            match self.connect_once().await {
                Err(Error::Io(error)) if error.kind() == io::ErrorKind::ConnectionRefused => {}
                Err(Error::Database(error)) if error.is_transient_in_connect_phase() => {}
                done => return done,
            }
            sleep(AGAIN).await;
        }
    }

    async fn connect_once(&self) -> Result<AnyConnection, Error> {
        let mut connection = AnyConnection::connect_with(&self.options).await?;
        sqlx::raw_sql(self.settings).execute(&mut connection).await?;
        Ok(connection)
    }
}

/// Whether it can be used again. Without a limit one that fell silent would be waited for, and take its place in the
/// pool, for a quarter of an hour.
async fn ping(connection: &mut AnyConnection) -> bool {
    matches!(timeout(PING, connection.ping()).await, Ok(Ok(())))
}

/// As `ping`. SQLite says no where it has ended the transaction by itself.
async fn roll_back(connection: &mut AnyConnection) -> bool {
    matches!(timeout(ROLLBACK, sqlx::raw_sql("ROLLBACK").execute(connection)).await, Ok(Ok(_)))
}

impl Lease {
    /// Its last statement was answered to the end: it is given back as it is.
    pub fn release_clean(mut self) {
        self.state = State::Answered;
    }

    pub(super) fn set(&mut self, state: State) {
        self.state = state;
    }
}

impl Deref for Lease {
    type Target = AnyConnection;
    fn deref(&self) -> &AnyConnection {
        let Some(connection) = &self.connection else { unreachable!("only `drop` takes it") };
        connection
    }
}

impl DerefMut for Lease {
    fn deref_mut(&mut self) -> &mut AnyConnection {
        let Some(connection) = &mut self.connection else { unreachable!("only `drop` takes it") };
        connection
    }
}

impl Drop for Lease {
    fn drop(&mut self) {
        let Some(mut connection) = self.connection.take() else { return };
        let (pool, opened_at, state) = (Arc::clone(&self.pool), self.opened_at, self.state);
        if state == State::Answered {
            return pool.take_back(connection, opened_at);
        }
        let Ok(runtime) = Handle::try_current() else { return };
        let room = self.room.take();
        let settled = async move {
            let is_usable = match state {
                State::InTransaction => roll_back(&mut connection).await,
                State::InDoubt | State::Answered => ping(&mut connection).await,
            };
            if is_usable {
                pool.take_back(connection, opened_at);
            }
            drop(room);
        };
        runtime.spawn(settled.in_current_span());
    }
}

impl std::fmt::Debug for Connections {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Connections").field("most", &self.0.most).finish_non_exhaustive()
    }
}

impl<'c> Executor<'c> for &'c Connections {
    type Database = Any;

    fn fetch_many<'e, 'q: 'e, E>(self, query: E) -> BoxStream<'e, Result<Either<AnyQueryResult, AnyRow>, Error>>
    where
        'c: 'e,
        E: 'q + Execute<'q, Any>,
    {
        let all = self.clone().run(query);
        stream::once(all).map_ok(|all| stream::iter(all.into_iter().map(Ok))).try_flatten().boxed()
    }

    fn fetch_optional<'e, 'q: 'e, E>(self, query: E) -> BoxFuture<'e, Result<Option<AnyRow>, Error>>
    where
        'c: 'e,
        E: 'q + Execute<'q, Any>,
    {
        let all = self.clone().run(query);
        Box::pin(async move { Ok(all.await?.into_iter().find_map(Either::right)) })
    }

    fn prepare_with<'e>(self, sql: SqlStr, parameters: &'e [AnyTypeInfo]) -> BoxFuture<'e, Result<AnyStatement, Error>>
    where
        'c: 'e,
    {
        Box::pin(async move { (&mut *self.acquire().await?).prepare_with(sql, parameters).await })
    }
}
