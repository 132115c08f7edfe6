//! Durability of commits, for power cuts. Every commit survives the end of the process; what must survive the machine's
//! too is a payment that was begun, because the processor is asked next. Its answer need not: `jobs::settle_payments`
//! asks again, and the processor gives the same answer.
//!
//! So after a power cut a payment that was answered as paid can be "processing" again until `jobs::settle_payments` has
//! asked. A later commit that waits for the disk brings all earlier ones with it. Over SQLite these are therefore the
//! payments after the last one that was begun; over PostgreSQL those of the last 600 ms at most (three times
//! `wal_writer_delay`), and no e-mail is sent of a settlement that is not on the disk, since taking an e-mail waits for
//! the disk. To wait at each settlement, too, would double what a payment waits for the disk, which is what PostgreSQL
//! is slow at (docs/performance.md), and no money hangs on it: so it is said here, and not done.
//!
//! PostgreSQL decides that for each transaction. SQLite's `synchronous = FULL` would fsync in every commit, one after
//! the other: here all commits that wait share one fsync of the write-ahead log.

use super::Store;
use std::{
    fs::File,
    io,
    path::PathBuf,
    sync::atomic::{AtomicU64, Ordering},
};
use tokio::sync::Mutex;

#[derive(Debug)]
pub struct Log {
    file: PathBuf,
    /// Commits that asked to be safe, and how many of them are.
    committed: AtomicU64,
    safe: AtomicU64,
    turn: Mutex<()>,
}

impl Log {
    /// Of the database that a `sqlite:` URL names; none for one in memory.
    pub fn beside(url: &str) -> Option<Self> {
        let file = url.strip_prefix("sqlite:")?.split('?').next()?;
        let file = file.strip_prefix("//").unwrap_or(file);
        (!file.is_empty() && file != ":memory:").then(|| Self {
            file: format!("{file}-wal").into(),
            committed: AtomicU64::new(0),
            safe: AtomicU64::new(0),
            turn: Mutex::new(()),
        })
    }

    /// Returns once everything committed before the call is on the disk.
    async fn flush(&self) -> io::Result<()> {
        let mine = self.committed.fetch_add(1, Ordering::SeqCst) + 1;
        let _turn = self.turn.lock().await;
        if self.safe.load(Ordering::SeqCst) >= mine {
            return Ok(()); // an fsync that began after our commit ended while we waited
        }
        let covered = self.committed.load(Ordering::SeqCst);
        let file = self.file.clone();
        // Opened each time: SQLite makes a new log when it likes. It keeps no lock on this file that closing it could
        // drop.
        let synced = tokio::task::spawn_blocking(move || File::open(file).and_then(|log| log.sync_data())).await;
        match synced {
            Ok(Ok(())) => {}
            // There is no log once everything in it went into the database, with an fsync of SQLite's own.
            Ok(Err(error)) if error.kind() == io::ErrorKind::NotFound => {}
            Ok(Err(error)) => return Err(error),
            Err(error) => return Err(io::Error::other(error)),
        }
        self.safe.store(covered, Ordering::SeqCst);
        Ok(())
    }
}

impl Store {
    /// Returns once everything committed before the call would survive a power cut.
    pub async fn make_durable(&self) -> Result<(), sqlx::Error> {
        match &self.log {
            Some(log) => log.flush().await.map_err(sqlx::Error::Io),
            None => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn one_fsync_serves_every_commit_that_waited_for_it() {
        let folder = tempfile::tempdir().unwrap();
        let url = format!("sqlite://{}/a.db?mode=rwc", folder.path().display());
        let log = Log::beside(&url).unwrap();
        assert!(log.file.ends_with("a.db-wal"));
        log.flush().await.unwrap(); // no log yet: nothing is in it
        std::fs::write(&log.file, "frames").unwrap();
        let (one, other) = tokio::join!(log.flush(), log.flush());
        assert!(one.is_ok() && other.is_ok());
        assert_eq!(log.safe.load(Ordering::SeqCst), log.committed.load(Ordering::SeqCst));
    }

    #[test]
    fn a_database_in_memory_has_no_log() {
        assert!(Log::beside("sqlite::memory:").is_none());
        assert!(Log::beside("postgres://localhost/kppay").is_none());
        assert!(Log::beside("sqlite:kppay.db").unwrap().file.ends_with("kppay.db-wal"));
    }
}
