//! The listener: accepts as many connections as there is room for, so many of one address, and ends them all in time when the program
//! stops. `axum::serve` (0.8) sets no timer and no limit: a client that sends half a head holds a descriptor for as long as it likes.

use crate::{caller::subscriber, connection};
use axum::Router;
use hyper_util::server::graceful::GracefulShutdown;
use std::{
    collections::HashMap,
    io::ErrorKind,
    net::IpAddr,
    sync::{Arc, Mutex, PoisonError},
    time::{Duration, Instant},
};
use tokio::{net::TcpListener, sync::Semaphore};

/// Descriptors that connections leave to databases, files and calls of our own.
const KEPT_FOR_US: u64 = 256;

/// What one listener bears.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// Open at the same time. The next one waits in the kernel's queue.
    pub connections: usize,
    /// Of them, those of one subscriber; the next one is closed at once. `None` behind a proxy, which is one address for all.
    pub connections_by_address: Option<usize>,
    /// From the first byte of a head to its last.
    pub head: Duration,
    /// Nothing moves: before the first byte, between two requests, and while an answer is not taken.
    pub idle: Duration,
    /// From a head to its answer. Handlers have limits of their own; this one is for those that have none.
    pub request: Duration,
    /// For what still runs when the listener has closed.
    pub patience: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            connections: 10_000,
            connections_by_address: Some(256),
            head: Duration::from_secs(10),
            idle: Duration::from_secs(60),
            request: Duration::from_secs(60),
            patience: Duration::from_secs(10),
        }
    }
}

impl Limits {
    /// No more connections than the descriptors allow; `None` are without end.
    pub fn within(self, descriptors: Option<u64>) -> Self {
        let room = descriptors.map_or(u64::MAX, |all| all.saturating_sub(KEPT_FOR_US).max(all / 2).max(1));
        Self { connections: self.connections.min(usize::try_from(room).unwrap_or(usize::MAX)), ..self }
    }
}

/// Serves until `stop` is done; then the listener closes, and what still runs is waited for.
pub async fn run(listener: TcpListener, router: Router, limits: Limits, stop: impl Future<Output = ()>) {
    let graceful = GracefulShutdown::new();
    let room = Arc::new(Semaphore::new(limits.connections.min(Semaphore::MAX_PERMITS)));
    let addresses = Arc::new(Addresses::default());
    let mut complaint = Complaint::default();
    let mut stop = std::pin::pin!(stop);
    loop {
        let accepted = async {
            let permit = room.clone().acquire_owned().await;
            (permit, listener.accept().await)
        };
        let (permit, accepted) = tokio::select! {
            biased;
            () = &mut stop => break,
            accepted = accepted => accepted,
        };
        let (stream, peer) = match accepted {
            Ok(accepted) => accepted,
            // The client was gone before we looked.
            Err(error) if is_of_one_connection(error.kind()) => continue,
            Err(error) => {
                complaint.say(&error);
                tokio::select! {
                    () = &mut stop => break,
                    () = tokio::time::sleep(Duration::from_millis(100)) => continue,
                }
            }
        };
        let Some(place) = Place::take(&addresses, peer.ip(), limits.connections_by_address) else { continue };
        let (router, watcher) = (router.clone(), graceful.watcher());
        tokio::spawn(async move {
            connection::serve(stream, peer, router, &limits, watcher).await;
            drop((permit, place));
        });
    }
    drop(listener);
    if tokio::time::timeout(limits.patience, graceful.shutdown()).await.is_err() {
        tracing::warn!("connections that were slow to end are left");
    }
}

fn is_of_one_connection(kind: ErrorKind) -> bool {
    matches!(kind, ErrorKind::ConnectionRefused | ErrorKind::ConnectionAborted | ErrorKind::ConnectionReset)
}

/// Says that no connection can be accepted once a minute, however often that is so.
#[derive(Default)]
struct Complaint(Option<Instant>);

impl Complaint {
    fn say(&mut self, error: &std::io::Error) {
        if self.0.is_none_or(|last| last.elapsed() > Duration::from_secs(60)) {
            tracing::error!(%error, "connections can't be accepted");
            self.0 = Some(Instant::now());
        }
    }
}

/// How many connections each subscriber has; there are never more entries than connections.
#[derive(Debug, Default)]
struct Addresses(Mutex<HashMap<IpAddr, usize>>);

impl Addresses {
    fn counts(&self) -> std::sync::MutexGuard<'_, HashMap<IpAddr, usize>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// One of the connections that an address may have, given back when it is dropped.
struct Place(Arc<Addresses>, IpAddr);

impl Place {
    fn take(addresses: &Arc<Addresses>, peer: IpAddr, most: Option<usize>) -> Option<Self> {
        let (most, whose) = (most.unwrap_or(usize::MAX), subscriber(peer));
        let mut counts = addresses.counts();
        let count = counts.entry(whose).or_default();
        if *count >= most {
            return None;
        }
        *count += 1;
        drop(counts);
        Some(Self(addresses.clone(), whose))
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let mut counts = self.0.counts();
        if let Some(count) = counts.get_mut(&self.1) {
            *count -= 1;
            if *count == 0 {
                counts.remove(&self.1);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_is_given_back_and_nothing_is_left_of_who_had_it() {
        let addresses = Arc::new(Addresses::default());
        let (one, neighbour, other) =
            ("2001:db8::1".parse().unwrap(), "2001:db8::2".parse().unwrap(), "2001:db8:0:1::1".parse().unwrap());
        let first = Place::take(&addresses, one, Some(2));
        let second = Place::take(&addresses, neighbour, Some(2));
        assert!(first.is_some() && second.is_some());
        assert!(Place::take(&addresses, one, Some(2)).is_none(), "a /64 is one subscriber");
        assert!(Place::take(&addresses, other, Some(2)).is_some());
        assert!(Place::take(&addresses, one, None).is_some(), "behind a proxy nobody is counted");
        drop((first, second));
        assert!(addresses.counts().is_empty());
    }

    #[test]
    fn connections_leave_descriptors_for_the_rest_of_the_program() {
        let within = |descriptors| Limits::default().within(descriptors).connections;
        assert_eq!(within(None), 10_000);
        assert_eq!(within(Some(1 << 20)), 10_000);
        assert_eq!(within(Some(1_024)), 768);
        assert_eq!(within(Some(300)), 150);
    }
}
