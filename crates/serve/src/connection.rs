//! Serves one HTTP/1.1 connection with time-outs: a request head that is incomplete, a request without a response, and a stream without
//! progress end the connection. hyper's own `header_read_timeout` counts a connection that waits
//! for its next request as a slow head, so both would have one limit; here they have two.

use crate::listener::Limits;
use axum::{Router, body::Body, extract::ConnectInfo, http::Request};
use hyper::body::Incoming;
use hyper_util::{
    rt::{TokioIo, TokioTimer},
    server::graceful::Watcher,
    service::TowerToHyperService,
};
use std::{
    convert::Infallible,
    io,
    net::SocketAddr,
    pin::Pin,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    task::{Context, Poll},
    time::{Duration, Instant},
};
use tokio::{
    io::{AsyncRead, AsyncWrite, ReadBuf},
    net::TcpStream,
    sync::Notify,
};
use tower::ServiceExt;

/// The most that hyper keeps of what was received and not yet understood: a head must fit.
const MOST_BUFFERED: usize = 64 * 1024;

/// What moved later than that may be an answer on its way, or a head that is whole in a moment.
const SETTLED: Duration = Duration::from_secs(1);

/// Until the client has gone, a limit has ended it, its place is needed, or, after a shutdown was begun, the running request is
/// answered.
pub async fn serve(
    (stream, peer): (TcpStream, SocketAddr),
    router: Router,
    limits: &Limits,
    watcher: Watcher,
    progress: Arc<Progress>,
) {
    // An answer is written at once: nothing is to be gained by waiting for more.
    _ = stream.set_nodelay(true);
    let requests = progress.clone();
    let service = tower::service_fn(move |mut request: Request<Incoming>| {
        request.extensions_mut().insert(ConnectInfo(peer));
        let (router, running) = (router.clone(), Running::of(&requests));
        async move {
            // Its place is another's already: what was asked a moment too late is not begun.
            let Some(running) = running else { return std::future::pending().await };
            let answer = router.oneshot(request.map(Body::new)).await;
            drop(running);
            answer
        }
    });
    let service = service.map_err(|never: Infallible| never);
    let mut http = hyper::server::conn::http1::Builder::new();
    http.timer(TokioTimer::new()).header_read_timeout(None).max_buf_size(MOST_BUFFERED);
    let io = TokioIo::new(Watched { stream, progress: progress.clone() });
    let connection = watcher.watch(http.serve_connection(io, TowerToHyperService::new(service)));
    tokio::select! {
        // What a client does wrong is its own affair.
        _ = connection => {}
        () = progress.stalled(limits) => tracing::debug!("a connection took too long and was closed"),
        () = progress.unwanted.notified() => tracing::debug!("a connection was closed for the sake of another"),
    }
}

/// The progress of a connection, for time-outs and for choosing which connection to close.
#[derive(Debug)]
pub struct Progress {
    moments: Mutex<Moments>,
    unwanted: Notify,
}

#[derive(Clone, Copy, Debug)]
struct Moments {
    /// A byte last moved, in either direction; before the first one, when the connection was accepted.
    moved: Instant,
    /// Nothing has come yet.
    is_new: bool,
    /// The first byte of a head that is not whole yet.
    head: Option<Instant>,
    /// A head was whole and its request is not answered yet.
    request: Option<Instant>,
    /// Its place was given away.
    is_unwanted: bool,
}

impl Default for Progress {
    fn default() -> Self {
        let moments = Moments { moved: Instant::now(), is_new: true, head: None, request: None, is_unwanted: false };
        Self { moments: Mutex::new(moments), unwanted: Notify::new() }
    }
}

impl Progress {
    fn moments(&self) -> MutexGuard<'_, Moments> {
        self.moments.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn received(&self) {
        let (mut moments, now) = (self.moments(), Instant::now());
        moments.moved = now;
        moments.is_new = false;
        if moments.request.is_none() {
            moments.head.get_or_insert(now);
        }
    }

    /// While a response is being sent, the time-out for the next head does not run.
    fn sent(&self) {
        let (mut moments, now) = (self.moments(), Instant::now());
        moments.moved = now;
        moments.head = moments.head.map(|_| now);
    }

    /// Done when a limit has passed.
    async fn stalled(&self, limits: &Limits) {
        loop {
            let left = self.moments().left(limits, Instant::now());
            if left.is_zero() {
                return;
            }
            // A head that begins meanwhile has less time than what is waited for now.
            tokio::time::sleep(left.min(limits.head / 4)).await;
        }
    }
}

/// Which connections are closed first when there is no room for another: those that have sent nothing yet, then those that wait for
/// their next request, then those that are slow to send one; of each, the one that has been so for longest.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Idle {
    New(Instant),
    Waiting(Instant),
    Sending(Instant),
}

impl Progress {
    /// None while a request is worked on or answered: that one stays.
    pub fn idle(&self, now: Instant) -> Option<Idle> {
        self.moments().idle(now)
    }

    /// It is closed, and no request begins on it any more; false if one has begun meanwhile.
    pub fn close(&self) -> bool {
        let mut moments = self.moments();
        moments.is_unwanted = moments.idle(Instant::now()).is_some();
        if moments.is_unwanted {
            self.unwanted.notify_one();
        }
        moments.is_unwanted
    }
}

#[cfg(test)]
impl Progress {
    /// For tests of what is around it: as if a request ran for ever.
    pub fn work(&self) {
        self.moments().request = Some(Instant::now());
    }
}

impl Moments {
    fn idle(&self, now: Instant) -> Option<Idle> {
        let is_settled = |since| now.saturating_duration_since(since) >= SETTLED;
        match (self.request, self.head) {
            (Some(_), _) => None,
            (None, Some(began)) => is_settled(began).then_some(Idle::Sending(began)),
            (None, None) if self.is_new => Some(Idle::New(self.moved)),
            (None, None) => is_settled(self.moved).then_some(Idle::Waiting(self.moved)),
        }
    }

    fn left(&self, limits: &Limits, now: Instant) -> Duration {
        let until = match (self.request, self.head) {
            (Some(began), _) => began + limits.request,
            (None, Some(began)) => (began + limits.head).min(self.moved + limits.idle),
            (None, None) if self.is_new => self.moved + limits.first.min(limits.idle),
            (None, None) => self.moved + limits.idle,
        };
        until.saturating_duration_since(now)
    }
}

/// A request from its head to the head of its answer, however it ends.
struct Running(Arc<Progress>);

impl Running {
    fn of(progress: &Arc<Progress>) -> Option<Self> {
        let mut moments = progress.moments();
        if moments.is_unwanted {
            return None;
        }
        moments.head = None;
        moments.request = Some(Instant::now());
        drop(moments);
        Some(Self(progress.clone()))
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        let mut moments = self.0.moments();
        moments.request = None;
        moments.moved = Instant::now();
    }
}

/// The stream, with an eye on what moves.
struct Watched {
    stream: TcpStream,
    progress: Arc<Progress>,
}

impl AsyncRead for Watched {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let before = buffer.filled().len();
        let read = Pin::new(&mut self.stream).poll_read(context, buffer);
        if buffer.filled().len() > before {
            self.progress.received();
        }
        read
    }
}

impl Watched {
    fn sent(&self, written: Poll<io::Result<usize>>) -> Poll<io::Result<usize>> {
        if matches!(written, Poll::Ready(Ok(count)) if count > 0) {
            self.progress.sent();
        }
        written
    }
}

impl AsyncWrite for Watched {
    fn poll_write(mut self: Pin<&mut Self>, context: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        let written = Pin::new(&mut self.stream).poll_write(context, bytes);
        self.sent(written)
    }
    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let written = Pin::new(&mut self.stream).poll_write_vectored(context, bytes);
        self.sent(written)
    }
    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }
    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(context)
    }
    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(context)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_state_of_a_connection_has_its_limit() {
        let limits = Limits::default();
        let now = Instant::now();
        let left = |head: Option<u64>, request: Option<u64>, moved: u64| {
            let ago = |seconds| now - Duration::from_secs(seconds);
            let (head, request) = (head.map(ago), request.map(ago));
            let moments = Moments { moved: ago(moved), is_new: false, head, request, is_unwanted: false };
            moments.left(&limits, now).as_secs()
        };
        let new = Moments { moved: now, is_new: true, head: None, request: None, is_unwanted: false };
        assert_eq!(new.left(&limits, now).as_secs(), 10, "nothing has come yet");
        assert_eq!(left(None, None, 0), 60, "it waits for a request");
        assert_eq!(left(None, None, 60), 0);
        assert_eq!(left(Some(0), None, 0), 10, "a head has begun");
        assert_eq!(left(Some(10), None, 0), 0, "byte after byte does not prolong it");
        assert_eq!(left(None, Some(59), 59), 1, "a request is worked on");
        assert_eq!(left(None, Some(60), 0), 0);
        let patient = Limits { head: Duration::from_secs(90), ..limits };
        let ago = |seconds| now - Duration::from_secs(seconds);
        let stuck = Moments { moved: ago(59), is_new: false, head: Some(ago(60)), request: None, is_unwanted: false };
        assert_eq!(stuck.left(&patient, now).as_secs(), 1, "nothing moves in a head");
    }

    #[test]
    fn whoever_is_worked_for_stays_and_of_the_others_the_least_useful_goes_first() {
        let now = Instant::now();
        let ago = |seconds| now - Duration::from_secs(seconds);
        let of = |moved, is_new, head: Option<u64>, request: Option<u64>| {
            let (head, request) = (head.map(ago), request.map(ago));
            Moments { moved: ago(moved), is_new, head, request, is_unwanted: false }.idle(now)
        };
        for stays in [of(9, false, None, Some(9)), of(0, false, None, None), of(0, false, Some(0), None)] {
            assert_eq!(stays, None);
        }
        let order = [
            of(5, true, None, None),
            of(1, true, None, None),
            of(59, false, None, None),
            of(2, false, None, None),
            of(0, false, Some(8), None),
            of(0, false, Some(2), None),
        ];
        assert!(order.iter().all(Option::is_some) && order.is_sorted(), "{order:?}");
    }

    #[test]
    fn on_a_connection_whose_place_was_given_away_nothing_begins_and_one_that_is_worked_for_keeps_its_place() {
        let idle = Arc::<Progress>::default();
        assert!(idle.close());
        assert!(Running::of(&idle).is_none());
        let busy = Arc::<Progress>::default();
        let running = Running::of(&busy);
        assert!(running.is_some() && !busy.close());
    }
}
