//! The TCP listener: limits connections in total, by address and by network, and ends all of them in time at shutdown.
//! When there is no room, the least used connection is closed for the next one, of the same address where that is what
//! is full: idle connections cost an attacker nothing, and would keep everybody else out, or everybody who shares the
//! address.
//!
//! `axum::serve` (0.8) sets no timer and no limit: a client that sends half a head holds a descriptor for as long as it
//! likes.

use crate::{
    client_address::{network, subscriber},
    connection,
    progress::Progress,
};
use axum::Router;
use hyper_util::server::graceful::GracefulShutdown;
use std::{
    collections::{HashMap, hash_map::Entry},
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
const RESERVED_DESCRIPTORS: u64 = 256;

/// An IPv4 /24 or IPv6 /48 has so many subscribers' worth of connections.
const NETWORK_FACTOR: usize = 4;
/// A request that ends leaves a connection that can be closed.
const RETRY_DELAY: Duration = Duration::from_millis(50);

/// What one listener bears.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// Open at the same time. For the next one an idle one is closed; if there is none, it waits, and others in the
    /// kernel's queue.
    pub connections: usize,
    /// Of them, those of one subscriber. For the next one an idle one of theirs is closed; if there is none, the next
    /// one itself, at once. A network around it has `WIDER` times as many. `None` behind a proxy, which is one address
    /// for all.
    pub connections_by_address: Option<usize>,
    /// Until the first byte. Browsers open connections that they may not need.
    pub first: Duration,
    /// From the first byte of a head to its last.
    pub head: Duration,
    /// Nothing moves: between two requests, and while an answer is not taken.
    pub idle: Duration,
    /// From when a request's body is first waited for to its last byte.
    pub body: Duration,
    /// Nothing of an answer is taken: the connection may be closed for another one.
    pub stall: Duration,
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
            body: Duration::from_secs(30),
            stall: Duration::from_secs(10),
            request: Duration::from_secs(60),
            patience: Duration::from_secs(10),
        }
    }
}

impl Limits {
    /// No more connections than the descriptors allow; `None` are without end.
    pub fn within(self, descriptors: Option<u64>) -> Self {
        let room = descriptors.map_or(u64::MAX, |all| all.saturating_sub(RESERVED_DESCRIPTORS).max(all / 2).max(1));
        Self { connections: self.connections.min(usize::try_from(room).unwrap_or(usize::MAX)), ..self }
    }
}

/// Serves until `stop` is done; then the listener closes, and what still runs is waited for.
pub async fn run(listener: TcpListener, router: Router, limits: Limits, stop: impl Future<Output = ()>) {
    let graceful = GracefulShutdown::new();
    let room = Room::of(&limits);
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
        let whose = Scope::all_of(peer.ip());
        if !room.admits(&whose) {
            continue;
        }
        let place = tokio::select! {
            biased;
            () = &mut stop => break,
            place = room.place(whose) => place,
        };
        let (router, watcher) = (router.clone(), graceful.watcher());
        tokio::spawn(async move {
            connection::serve((stream, peer), router, watcher, place.progress.clone()).await;
            drop(place);
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

/// For whom a connection counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
enum Scope {
    Subscriber(IpAddr),
    Network(IpAddr),
    Everybody,
}

impl Scope {
    fn all_of(peer: IpAddr) -> [Self; 3] {
        [Self::Subscriber(subscriber(peer)), Self::Network(network(peer)), Self::Everybody]
    }
}

/// All connections that are open.
#[derive(Clone)]
struct Room {
    free: Arc<Semaphore>,
    by_address: usize,
    limits: Limits,
    open: Arc<Mutex<Open>>,
    next: Arc<AtomicU64>,
}

impl Room {
    fn of(limits: &Limits) -> Self {
        let free = Arc::new(Semaphore::new(limits.connections.min(Semaphore::MAX_PERMITS)));
        let by_address = limits.connections_by_address.unwrap_or(usize::MAX);
        Self { free, by_address, limits: *limits, open: Arc::default(), next: Arc::default() }
    }

    fn open(&self) -> MutexGuard<'_, Open> {
        self.open.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Whether one more of theirs may come: where there are as many as may be, one that is idle gives up its place.
    fn admits(&self, [subscriber, network, _]: &[Scope; 3]) -> bool {
        let mut open = self.open();
        [(subscriber, self.by_address), (network, self.by_address.saturating_mul(NETWORK_FACTOR))]
            .iter()
            .all(|(who, most)| open.count(who) < *most || open.close_one(who))
    }

    /// At once if there is room, or else as soon as one that is idle was closed.
    async fn place(&self, whose: [Scope; 3]) -> Place {
        let permit = loop {
            if let Ok(permit) = self.free.clone().try_acquire_owned() {
                break permit;
            }
            self.open().close_one(&Scope::Everybody);
            if let Ok(Ok(permit)) = tokio::time::timeout(RETRY_DELAY, self.free.clone().acquire_owned()).await {
                break permit;
            }
        };
        let number = self.next.fetch_add(1, Ordering::Relaxed);
        let connection = Connection { whose, progress: Arc::new(Progress::of(&self.limits)) };
        self.open().add(number, &connection);
        Place { room: self.clone(), number, progress: connection.progress, _permit: permit }
    }
}

#[derive(Clone)]
struct Connection {
    whose: [Scope; 3],
    progress: Arc<Progress>,
}

/// The connections of each, by number, and nothing of anyone who has none. One that was closed for another is not among
/// them any more.
#[derive(Default)]
struct Open(HashMap<Scope, HashMap<u64, Connection>>);

impl Open {
    fn count(&self, who: &Scope) -> usize {
        self.0.get(who).map_or(0, HashMap::len)
    }

    fn add(&mut self, number: u64, connection: &Connection) {
        for who in connection.whose {
            self.0.entry(who).or_default().insert(number, connection.clone());
        }
    }

    fn remove(&mut self, number: u64) {
        let Some(connection) = self.0.get(&Scope::Everybody).and_then(|all| all.get(&number)).cloned() else { return };
        for who in connection.whose {
            if let Entry::Occupied(mut theirs) = self.0.entry(who) {
                theirs.get_mut().remove(&number);
                if theirs.get().is_empty() {
                    theirs.remove();
                }
            }
        }
    }

    /// Of theirs, the one that makes the least use of its place. False if all are worked for.
    fn close_one(&mut self, who: &Scope) -> bool {
        loop {
            let now = Instant::now();
            let theirs = self.0.get(who).into_iter().flatten();
            let idle = theirs.filter_map(|(number, one)| Some((one.progress.idle(now)?, *number, &one.progress)));
            let Some((_, number, progress)) = idle.min_by_key(|(idle, ..)| *idle) else { return false };
            if progress.close() {
                self.remove(number);
                return true;
            }
        }
    }
}

/// One connection's, given back when it is dropped.
struct Place {
    room: Room,
    number: u64,
    progress: Arc<Progress>,
    _permit: OwnedSemaphorePermit,
}

impl Drop for Place {
    fn drop(&mut self) {
        self.room.open().remove(self.number);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn room(by_address: Option<usize>) -> Room {
        Room::of(&Limits { connections: 20, connections_by_address: by_address, ..Limits::default() })
    }

    /// A connection that is worked for, if there is a place for one of this address.
    async fn busy(room: &Room, address: &str) -> Option<Place> {
        let whose = Scope::all_of(address.parse().unwrap());
        if !room.admits(&whose) {
            return None;
        }
        let place = room.place(whose).await;
        place.progress.asked();
        Some(place)
    }

    #[tokio::test]
    async fn a_place_is_given_back_and_nothing_is_left_of_who_had_it() {
        let (one, neighbour, other) = ("2001:db8::1", "2001:db8::2", "2001:db8:0:1::1");
        let counted = room(Some(2));
        let places = [busy(&counted, one).await, busy(&counted, neighbour).await];
        assert!(places.iter().all(Option::is_some));
        assert!(busy(&counted, one).await.is_none(), "a /64 is one subscriber");
        assert!(busy(&counted, other).await.is_some());
        drop(places);
        assert!(counted.open().0.is_empty());
        let behind_proxy = room(None);
        let mut places = Vec::new();
        for _ in 0..20 {
            places.extend(busy(&behind_proxy, one).await);
        }
        assert_eq!(places.len(), 20, "behind a proxy nobody is counted");
    }

    #[tokio::test]
    async fn many_subscribers_of_one_network_have_no_more_than_some() {
        for (ours, other) in [("2001:db8:1:N::1", "2001:db8:2::1"), ("198.51.100.N", "198.51.101.1")] {
            let room = room(Some(2));
            let mut places = Vec::new();
            for of in 1..=9 {
                places.extend(busy(&room, &ours.replace('N', &of.to_string())).await);
            }
            assert_eq!(places.len(), 2 * NETWORK_FACTOR, "{ours}");
            assert!(busy(&room, other).await.is_some());
            // One of them that does nothing makes room for another subscriber of the network, and is not closed twice.
            places.pop();
            let _idle = room.place(Scope::all_of(ours.replace('N', "8").parse().unwrap())).await;
            let in_its_place = busy(&room, &ours.replace('N', "9")).await;
            assert!(in_its_place.is_some() && busy(&room, &ours.replace('N', "9")).await.is_none());
            drop((places, in_its_place));
            assert!(room.open().0.is_empty());
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
