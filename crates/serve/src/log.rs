//! Non-blocking log: JSON lines on stderr, written by a thread of their own. Logging never waits and never fails: a
//! pipe whose reader ended, one whose reader stands still, and a full disk lose lines (`lost` counts them) and have no
//! other effect.
//!
//! Each line says in `spans` what it was written for: a request, a task, a job. Those are spans of the level ERROR, and
//! the filter is asked about lines only: one by module would leave out which request an error in another module belongs
//! to.
//!
//! `tracing_subscriber` by itself tells on stderr that stderr could not be written, which panics
//! (`log_internal_errors`); and a pipe that nobody reads would hold every thread that logs.

use crate::process::variable;
use std::{
    io::{self, Write},
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
        mpsc::{Receiver, SyncSender, sync_channel},
    },
    time::Duration,
};
use tracing::{Level, level_filters::LevelFilter};
use tracing_subscriber::{
    EnvFilter, Layer,
    filter::{FilterExt, filter_fn},
    fmt::MakeWriter,
    layer::SubscriberExt,
    util::SubscriberInitExt,
};

/// So many lines wait for a slow reader; later ones are lost.
const WAITING: usize = 8_192;

static LOST: AtomicU64 = AtomicU64::new(0);

/// Lines that could not be written since the process started.
pub fn lost() -> u64 {
    LOST.load(Ordering::Relaxed)
}

enum Message {
    Line(Vec<u8>),
    /// Answered when everything before it is written.
    Flush(SyncSender<()>),
}

#[derive(Clone)]
struct Lines(Arc<SyncSender<Message>>);

/// Writes what still waits when it is dropped, if that takes no longer than a second.
pub struct Guard(Lines);

/// From now on everything is logged as `filter` (of `KPPAY_LOG`, or the usual one) says.
#[must_use]
pub fn start(usual: &str) -> Guard {
    let asked = Some(variable("KPPAY_LOG")).filter(|asked| !asked.is_empty());
    let filter = asked.and_then(|asked| EnvFilter::try_new(asked).ok()).unwrap_or_else(|| EnvFilter::new(usual));
    let lines = Lines::to(io::stderr());
    let spans = filter_fn(|metadata| metadata.is_span() && *metadata.level() == Level::ERROR);
    let filter = filter.or(spans.with_max_level_hint(LevelFilter::ERROR));
    let format = tracing_subscriber::fmt::layer().json().with_current_span(false).log_internal_errors(false);
    tracing_subscriber::registry().with(format.with_writer(lines.clone()).with_filter(filter)).init();
    Guard(lines)
}

/// A last line before the program ends; if it can't be written, it is lost.
pub fn say(text: &str) {
    _ = writeln!(io::stderr(), "{text}");
}

/// The output of a command, on stdout; if it can't be written, it is lost. `println!` would panic.
pub fn answer(text: &str) {
    _ = writeln!(io::stdout(), "{text}");
}

impl Lines {
    fn to(sink: impl Write + Send + 'static) -> Self {
        let (sender, receiver) = sync_channel(WAITING);
        // Without the thread every line counts as lost: the receiver is gone.
        _ = std::thread::Builder::new().name("log".into()).spawn(move || write_all(&receiver, sink));
        Self(Arc::new(sender))
    }

    fn flush(&self, patience: Duration) {
        let (done, waiting) = sync_channel(1);
        if self.0.try_send(Message::Flush(done)).is_ok() {
            _ = waiting.recv_timeout(patience);
        }
    }
}

fn write_all(receiver: &Receiver<Message>, mut sink: impl Write) {
    for message in receiver {
        match message {
            Message::Line(line) if sink.write_all(&line).is_err() => _ = LOST.fetch_add(1, Ordering::Relaxed),
            Message::Line(_) => {}
            Message::Flush(done) => _ = done.try_send(()),
        }
    }
}

impl Write for Lines {
    /// One event is one call.
    fn write(&mut self, line: &[u8]) -> io::Result<usize> {
        if self.0.try_send(Message::Line(line.to_vec())).is_err() {
            LOST.fetch_add(1, Ordering::Relaxed);
        }
        Ok(line.len())
    }
    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl<'a> MakeWriter<'a> for Lines {
    type Writer = Self;

    fn make_writer(&'a self) -> Self {
        self.clone()
    }
}

impl Drop for Guard {
    fn drop(&mut self) {
        self.0.flush(Duration::from_secs(1));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::Mutex;

    #[derive(Clone, Default)]
    struct LogBuffer(Arc<Mutex<Vec<u8>>>);

    impl Write for LogBuffer {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            self.0.lock().unwrap().extend(bytes);
            Ok(bytes.len())
        }
        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    /// A full pipe without a reader.
    struct Stuck;

    impl Write for Stuck {
        fn write(&mut self, _: &[u8]) -> io::Result<usize> {
            loop {
                std::thread::park();
            }
        }
        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    #[test]
    fn lines_come_whole_and_in_order_and_all_are_written_at_the_end() {
        let kept = LogBuffer::default();
        let mut lines = Lines::to(kept.clone());
        for line in 0..100 {
            lines.write_all(format!("{line}\n").as_bytes()).unwrap();
        }
        drop(Guard(lines));
        let all = (0..100).map(|line| format!("{line}\n")).collect::<String>();
        assert_eq!(String::from_utf8(kept.0.lock().unwrap().clone()).unwrap(), all);
    }

    #[test]
    fn whoever_logs_to_a_reader_that_stands_still_does_not_wait() {
        let (mut few, mut many, before) = (Lines::to(Stuck), Lines::to(Stuck), lost());
        let (done, waiting) = sync_channel(1);
        std::thread::spawn(move || {
            few.write_all(b"line\n").unwrap();
            for _ in 0..2 * WAITING {
                many.write_all(b"line\n").unwrap();
            }
            for lines in [few, many] {
                lines.flush(Duration::from_millis(10));
            }
            done.send(()).unwrap();
        });
        assert!(waiting.recv_timeout(Duration::from_secs(5)).is_ok(), "it waits");
        assert!(lost() - before >= (WAITING - 1) as u64);
    }
}
