//! Serves one HTTP/1.1 connection with time-outs: a request head or body that is incomplete, a request without a
//! response, and a stream without progress end the connection (`progress`). hyper's own `header_read_timeout` counts a
//! connection that waits for its next request as a slow head, so both would have one limit; here they have two.

use crate::progress::Progress;
use axum::{
    Router,
    body::{Body, Bytes},
    extract::ConnectInfo,
    http::Request,
};
use hyper::body::{Frame, Incoming, SizeHint};
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
    sync::Arc,
    task::{Context, Poll},
};
use tokio::{
    io::{AsyncRead, AsyncWrite, ReadBuf},
    net::TcpStream,
};
use tower::ServiceExt;

/// The most that hyper keeps of what was received and not yet understood: a head must fit.
const MOST_BUFFERED: usize = 64 * 1024;

/// Until the client has gone, a limit has ended it, its place is needed, or, after a shutdown was begun, the running
/// request is answered.
pub async fn serve((stream, peer): (TcpStream, SocketAddr), router: Router, watcher: Watcher, progress: Arc<Progress>) {
    // An answer is written at once: nothing is to be gained by waiting for more.
    _ = stream.set_nodelay(true);
    let requests = progress.clone();
    let service = tower::service_fn(move |mut request: Request<Incoming>| {
        request.extensions_mut().insert(ConnectInfo(peer));
        let (router, progress) = (router.clone(), requests.clone());
        let is_wanted = progress.asked();
        async move {
            if !is_wanted {
                return std::future::pending().await;
            }
            let running = Running(progress.clone());
            let request = request.map(|body| Body::new(Sent { body, progress: progress.clone() }));
            let answer = router.oneshot(request).await;
            progress.answered();
            answer.map(|answer| answer.map(|body| Answer { body, _running: running }))
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
        () = progress.stalled() => tracing::debug!("a connection took too long and was closed"),
        () = progress.unwanted.notified() => tracing::debug!("a connection was closed for the sake of another"),
    }
}

/// A request from its head to the end of its answer, however it ends.
struct Running(Arc<Progress>);

impl Drop for Running {
    fn drop(&mut self) {
        self.0.ended();
    }
}

/// A request's body, with an eye on whether the client owes the rest of it.
struct Sent {
    body: Incoming,
    progress: Arc<Progress>,
}

impl hyper::body::Body for Sent {
    type Data = Bytes;
    type Error = hyper::Error;

    fn poll_frame(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<hyper::Result<Frame<Bytes>>>> {
        let frame = Pin::new(&mut self.body).poll_frame(context);
        match &frame {
            Poll::Pending => self.progress.owed(),
            Poll::Ready(Some(Ok(_))) if !self.is_end_stream() => {}
            // Its place is another's already: the connection is closed in a moment.
            Poll::Ready(_) if !self.progress.paid() => return Poll::Pending,
            Poll::Ready(_) => {}
        }
        frame
    }
    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }
    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}

impl Drop for Sent {
    fn drop(&mut self) {
        self.progress.paid();
    }
}

/// An answer's body: as long as it is there, not all of the answer is handed over.
struct Answer {
    body: Body,
    _running: Running,
}

impl hyper::body::Body for Answer {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        Pin::new(&mut self.body).poll_frame(context)
    }
    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }
    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
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
        match written {
            Poll::Ready(Ok(1..)) => self.progress.sent(),
            Poll::Pending => self.progress.blocked(),
            Poll::Ready(_) => {}
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
