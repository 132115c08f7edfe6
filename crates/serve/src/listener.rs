//! The TCP listener: limits connections in total, by address and by network, and ends all of them in time at shutdown. When there is no
//! room, the least used connection is closed for the next one: idle connections cost an attacker nothing, and would keep everybody else
//! out.
//!
//! `axum::serve` (0.8) sets no timer and no limit: a client that sends half a head holds a descriptor for as long as it likes.

use crate::{
    client_address::{network, subscriber},
    connection::{self, Progress},
};
use axum::Router;
use hyper_util::server::graceful::GracefulShutdown;
use std::{
    collections::HashMap,
    io::ErrorKind,
    net::IpAddr,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
    time::{Duration, Instant},
};
use tokio::{
    net::TcpListener,
    sync::{OwnedSemaphorePermit, Semaphore},
};

/// Descriptors that connections leave to databases, files and calls of our own.
const KEPT_FOR_US: u64 = 256;

/// An IPv4 /24 or IPv6 /48 has so many subscribers' worth of connections.
const WIDER: usize = 4;
/// A request that ends leaves a connection that can be closed.
const LOOK_AGAIN: Duration = Duration::from_millis(50);

/// What one listener bears.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// Open at the same time. For the next one an idle one is closed; if there is none, it waits, and others in the kernel's queue.
    pub connections: usize,
    /// Of them, those of one subscriber; the next one is closed at once. A network around it has `WIDER` times as many. `None` behind a
    /// proxy, which is one address for all.
    pub connections_by_address: Option<usize>,
    /// Until the first byte. Browsers open connections that they may not need.
    pub first: Duration,
    /// From the first byte of a head to its last.
    pub head: Duration,
    /// Nothing moves: between two requests, and while an answer is not taken.
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
            first: Duration::from_secs(10),
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
    let room = Room::of(limits.connections);
    let addresses = Arc::new(Addresses::default());
    let mut complaint = Complaint::default();
    let mut stop = std::pin::pin!(stop);
    loop {
        let accepted = tokio::select! {
            biased;
            () = &mut stop => break,
            accepted = listener.accept() => accepted,
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
        let seat = tokio::select! {
            biased;
            () = &mut stop => break,
            seat = room.seat() => seat,
        };
        let (router, watcher) = (router.clone(), graceful.watcher());
        tokio::spawn(async move {
            connection::serve((stream, peer), router, &limits, watcher, seat.progress.clone()).await;
            drop((seat, place));
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

/// All connections that are open.
#[derive(Clone)]
struct Room {
    free: Arc<Semaphore>,
    open: Arc<Mutex<HashMap<u64, Arc<Progress>>>>,
    next: Arc<AtomicU64>,
}

impl Room {
    fn of(connections: usize) -> Self {
        let free = Arc::new(Semaphore::new(connections.min(Semaphore::MAX_PERMITS)));
        Self { free, open: Arc::default(), next: Arc::default() }
    }

    fn open(&self) -> MutexGuard<'_, HashMap<u64, Arc<Progress>>> {
        self.open.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The least used connection.
    fn close_one(&self) {
        let (open, now) = (self.open(), Instant::now());
        let idle = open.values().filter_map(|progress| Some((progress.idle(now)?, progress)));
        if let Some((_, progress)) = idle.min_by_key(|(idle, _)| *idle) {
            progress.close();
        }
    }

    /// At once if there is room, or else as soon as one that is idle was closed.
    async fn seat(&self) -> Seat {
        let permit = loop {
            if let Ok(permit) = self.free.clone().try_acquire_owned() {
                break permit;
            }
            self.close_one();
            if let Ok(Ok(permit)) = tokio::time::timeout(LOOK_AGAIN, self.free.clone().acquire_owned()).await {
                break permit;
            }
        };
        let (number, progress) = (self.next.fetch_add(1, Ordering::Relaxed), Arc::<Progress>::default());
        self.open().insert(number, progress.clone());
        Seat { room: self.clone(), number, progress, _permit: permit }
    }
}

/// One connection's, given back when it is dropped.
struct Seat {
    room: Room,
    number: u64,
    progress: Arc<Progress>,
    _permit: OwnedSemaphorePermit,
}

impl Drop for Seat {
    fn drop(&mut self) {
        self.room.open().remove(&self.number);
    }
}

/// How many connections each subscriber and each network has. There are never more than two entries a connection.
#[derive(Debug, Default)]
struct Addresses(Mutex<HashMap<Who, usize>>);

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
enum Who {
    Subscriber(IpAddr),
    Network(IpAddr),
}

impl Addresses {
    fn counts(&self) -> MutexGuard<'_, HashMap<Who, usize>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// One of the connections that an address and its network may have, given back when it is dropped.
struct Place(Arc<Addresses>, [Who; 2]);

impl Place {
    fn take(addresses: &Arc<Addresses>, peer: IpAddr, most: Option<usize>) -> Option<Self> {
        let most = most.unwrap_or(usize::MAX);
        let whose = [Who::Subscriber(subscriber(peer)), Who::Network(network(peer))];
        let mut counts = addresses.counts();
        for (who, most) in whose.iter().zip([most, most.saturating_mul(WIDER)]) {
            if counts.get(who).copied().unwrap_or(0) >= most {
                return None;
            }
        }
        for who in whose {
            *counts.entry(who).or_default() += 1;
        }
        drop(counts);
        Some(Self(addresses.clone(), whose))
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let mut counts = self.0.counts();
        for who in &self.1 {
            if let Some(count) = counts.get_mut(who) {
                *count -= 1;
                if *count == 0 {
                    counts.remove(who);
                }
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
    fn many_subscribers_of_one_network_have_no_more_than_some() {
        for (ours, other) in [("2001:db8:1:N::1", "2001:db8:2::1"), ("198.51.100.N", "198.51.101.1")] {
            let addresses = Arc::new(Addresses::default());
            let take = |address: &str| Place::take(&addresses, address.parse().unwrap(), Some(2));
            let places: Vec<_> = (1..=9).filter_map(|of| take(&ours.replace('N', &of.to_string()))).collect();
            assert_eq!(places.len(), 2 * WIDER, "{ours}");
            assert!(take(other).is_some());
            drop(places);
            assert!(addresses.counts().is_empty());
        }
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
