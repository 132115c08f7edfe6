//! A bounded thread pool for heavy work (longer than a millisecond), with a bounded queue. When the queue is full, the
//! request gets 503 at once. Knows nothing of the work: hashing and checking passwords (`identity::passwords`), and
//! rendering receipts (`billing::receipts`).

use crate::error::{Error, Result};
use contract::problem_details::ErrorCode;
use std::sync::Arc;
use tokio::sync::Semaphore;

/// `Retry-After` of a request for which the queue has no room.
const COME_BACK_SECONDS: u32 = 3;

#[derive(Clone, Debug)]
pub struct BoundedPool {
    at_work: Arc<Semaphore>,
    queue: Arc<Semaphore>,
}

impl BoundedPool {
    /// `at_once` are worked on at the same time, `waiting` more may wait.
    pub fn new(at_once: usize, waiting: usize) -> Self {
        let at_once = at_once.max(1);
        Self { at_work: Arc::new(Semaphore::new(at_once)), queue: Arc::new(Semaphore::new(at_once + waiting)) }
    }

    pub async fn run<T: Send + 'static>(&self, work: impl FnOnce() -> T + Send + 'static) -> Result<T> {
        let fault = || Error::new(ErrorCode::Fault);
        let Ok(place) = Arc::clone(&self.queue).try_acquire_owned() else {
            return Err(Error::later(ErrorCode::Unavailable, COME_BACK_SECONDS));
        };
        let permit = Arc::clone(&self.at_work).acquire_owned().await.map_err(|_| fault())?;
        // The work goes on when the request is dropped, so it keeps its permit until it is done.
        let span = tracing::Span::current();
        let done = tokio::task::spawn_blocking(move || {
            let done = span.in_scope(work);
            drop((permit, place));
            done
        });
        done.await.map_err(|_| fault())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::mpsc;

    #[tokio::test]
    async fn whoever_comes_when_the_queue_is_full_is_sent_away_at_once() {
        let pool = BoundedPool::new(1, 1);
        let (go, gone) = mpsc::channel::<()>();
        let working = tokio::spawn({
            let pool = pool.clone();
            async move { pool.run(move || gone.recv().is_ok()).await }
        });
        let waiting = tokio::spawn({
            let pool = pool.clone();
            async move { pool.run(|| 2).await }
        });
        while pool.queue.available_permits() > 0 {
            tokio::task::yield_now().await;
        }
        let refused = pool.run(|| 3).await.unwrap_err();
        assert_eq!((refused.code, refused.retry_after), (ErrorCode::Unavailable, Some(COME_BACK_SECONDS)));
        go.send(()).unwrap();
        assert!(working.await.unwrap().unwrap());
        assert_eq!(waiting.await.unwrap().unwrap(), 2);
        assert_eq!(pool.run(|| 4).await.unwrap(), 4);
    }
}
