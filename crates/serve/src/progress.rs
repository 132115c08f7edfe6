//! The progress of one connection: its time-outs, and whether it can be closed for the sake of another. Knows no HTTP.

use crate::listener::Limits;
use std::{
    sync::{Mutex, MutexGuard, PoisonError},
    time::{Duration, Instant},
};
use tokio::sync::Notify;

/// What began or moved later than that may be whole in a moment, or on its way.
const SETTLED: Duration = Duration::from_secs(1);

#[derive(Debug)]
pub struct Progress {
    limits: Limits,
    moments: Mutex<Moments>,
    pub unwanted: Notify,
}

#[derive(Clone, Copy, Debug)]
struct Moments {
    /// A byte last moved, in either direction; before the first one, when the connection was accepted.
    moved: Instant,
    phase: Phase,
    /// The system takes no more of what is sent, since the client takes none.
    is_blocked: bool,
    /// Its place was given away.
    is_unwanted: bool,
}

#[derive(Clone, Copy, Debug)]
enum Phase {
    /// Nothing has come yet.
    New,
    /// For the next request.
    Waiting,
    /// A head is not whole yet. Its first byte.
    Head(Instant),
    /// A request is worked on. When its head was whole.
    Handling(Instant),
    /// The rest of the request's body is waited for. When the head was whole, and when that wait began.
    Body(Instant, Instant),
    /// The answer has begun and is not handed over yet.
    Answered,
}

/// Which connections are closed first when there is no room for another: those that have sent nothing for a while, then
/// those that wait for their next request, then those that are slow to send one, then those that take nothing of their
/// answer. Last of all those that came a moment ago: they had no time to be of use, and one that is closed at once
/// never gets it. Of each, the one that has been so for longest.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Idle {
    New(Instant),
    Waiting(Instant),
    Sending(Instant),
    Taking(Instant),
    Fresh(Instant),
}

impl Progress {
    pub fn of(limits: &Limits) -> Self {
        let moments = Moments { moved: Instant::now(), phase: Phase::New, is_blocked: false, is_unwanted: false };
        Self { limits: *limits, moments: Mutex::new(moments), unwanted: Notify::new() }
    }

    fn moments(&self) -> MutexGuard<'_, Moments> {
        self.moments.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub fn received(&self) {
        let (mut moments, now) = (self.moments(), Instant::now());
        moments.moved = now;
        // While an answer waits for the client, the time-out for the next head does not run.
        if matches!(moments.phase, Phase::New | Phase::Waiting) && !moments.is_blocked {
            moments.phase = Phase::Head(now);
        }
    }

    pub fn sent(&self) {
        let mut moments = self.moments();
        moments.moved = Instant::now();
        moments.is_blocked = false;
    }

    /// There is more to send than the client takes.
    pub fn blocked(&self) {
        self.moments().is_blocked = true;
    }

    /// Its head is whole. False if its place is another's already: what was asked a moment too late is not begun.
    pub fn asked(&self) -> bool {
        self.step(|_, now| Phase::Handling(now))
    }

    /// The rest of the request's body is waited for.
    pub fn owed(&self) {
        self.step(|phase, now| match phase {
            Phase::Handling(asked) => Phase::Body(asked, now),
            other => other,
        });
    }

    /// The body is there, or nobody waits for it any more. False as for `asked`: what came a moment too late is not
    /// read.
    pub fn paid(&self) -> bool {
        self.step(|phase, _| match phase {
            Phase::Body(asked, _) => Phase::Handling(asked),
            other => other,
        })
    }

    pub fn answered(&self) {
        self.step(|_, _| Phase::Answered);
    }

    /// The answer is handed over, or was given up.
    pub fn ended(&self) {
        self.step(|_, _| Phase::Waiting);
        self.moments().moved = Instant::now();
    }

    fn step(&self, next: impl FnOnce(Phase, Instant) -> Phase) -> bool {
        let mut moments = self.moments();
        if !moments.is_unwanted {
            moments.phase = next(moments.phase, Instant::now());
        }
        !moments.is_unwanted
    }

    /// Done when a limit has passed.
    pub async fn stalled(&self) {
        let limits = &self.limits;
        loop {
            let left = self.moments().left(limits, Instant::now());
            if left.is_zero() {
                return;
            }
            // A head that begins meanwhile has less time than what is waited for now.
            tokio::time::sleep(left.min(limits.head.min(limits.body) / 4)).await;
        }
    }

    /// None while it is of use: that one stays.
    pub fn idle(&self, now: Instant) -> Option<Idle> {
        self.moments().idle(&self.limits, now)
    }

    /// It is closed, and no request begins on it any more; false if it has become of use meanwhile.
    pub fn close(&self) -> bool {
        let mut moments = self.moments();
        moments.is_unwanted = moments.idle(&self.limits, Instant::now()).is_some();
        if moments.is_unwanted {
            self.unwanted.notify_one();
        }
        moments.is_unwanted
    }
}

impl Moments {
    fn idle(&self, limits: &Limits, now: Instant) -> Option<Idle> {
        let has_stood = |since, long| now.saturating_duration_since(since) >= long;
        let is_settled = |since| has_stood(since, SETTLED);
        match self.phase {
            Phase::New if is_settled(self.moved) => Some(Idle::New(self.moved)),
            Phase::New => Some(Idle::Fresh(self.moved)),
            Phase::Head(began) => is_settled(began).then_some(Idle::Sending(began)),
            // A body may be longer than a head, so one that moves has the time of a head.
            Phase::Body(_, began) => {
                (is_settled(self.moved.max(began)) || has_stood(began, limits.head)).then_some(Idle::Sending(began))
            }
            Phase::Handling(_) => None,
            Phase::Waiting if !self.is_blocked => is_settled(self.moved).then_some(Idle::Waiting(self.moved)),
            Phase::Waiting | Phase::Answered => has_stood(self.moved, limits.stall).then_some(Idle::Taking(self.moved)),
        }
    }

    fn left(&self, limits: &Limits, now: Instant) -> Duration {
        let until = match self.phase {
            Phase::New => self.moved + limits.first.min(limits.idle),
            Phase::Waiting | Phase::Answered => self.moved + limits.idle,
            Phase::Head(began) => (began + limits.head).min(self.moved + limits.idle),
            Phase::Handling(asked) => asked + limits.request,
            Phase::Body(asked, began) => (began + limits.body).min(asked + limits.request),
        };
        until.saturating_duration_since(now)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn moments(phase: Phase, moved: Instant) -> Moments {
        Moments { moved, phase, is_blocked: false, is_unwanted: false }
    }

    #[test]
    fn each_state_of_a_connection_has_its_limit() {
        let limits = Limits::default();
        let now = Instant::now();
        let ago = |seconds| now - Duration::from_secs(seconds);
        let left = |phase, moved| moments(phase, ago(moved)).left(&limits, now).as_secs();
        assert_eq!(left(Phase::New, 0), 10, "nothing has come yet");
        assert_eq!(left(Phase::Waiting, 0), 60, "it waits for a request");
        assert_eq!(left(Phase::Waiting, 60), 0);
        assert_eq!(left(Phase::Head(now), 0), 10, "a head has begun");
        assert_eq!(left(Phase::Head(ago(10)), 0), 0, "byte after byte does not prolong it");
        assert_eq!(left(Phase::Handling(ago(59)), 59), 1, "a request is worked on");
        assert_eq!(left(Phase::Handling(ago(60)), 0), 0);
        assert_eq!(left(Phase::Body(ago(5), ago(5)), 0), 25, "a body is on its way");
        assert_eq!(left(Phase::Body(ago(31), ago(30)), 0), 0, "byte after byte does not prolong it");
        assert_eq!(left(Phase::Body(ago(55), ago(1)), 0), 5, "nor does a body prolong a request");
        assert_eq!(left(Phase::Answered, 59), 1, "an answer is not taken");
        let patient = Limits { head: Duration::from_secs(90), ..limits };
        let stuck = moments(Phase::Head(ago(60)), ago(59));
        assert_eq!(stuck.left(&patient, now).as_secs(), 1, "nothing moves in a head");
    }

    #[test]
    fn whoever_is_of_use_stays_and_of_the_others_the_least_useful_goes_first() {
        let (limits, now) = (Limits::default(), Instant::now());
        let ago = |seconds| now - Duration::from_secs(seconds);
        let of = |phase, moved| moments(phase, ago(moved)).idle(&limits, now);
        let blocked = |moved| Moments { is_blocked: true, ..moments(Phase::Waiting, ago(moved)) }.idle(&limits, now);
        for stays in [
            of(Phase::Handling(ago(9)), 9),
            of(Phase::Waiting, 0),
            of(Phase::Head(now), 0),
            of(Phase::Body(ago(9), ago(9)), 0),
            of(Phase::Body(ago(9), now), 9),
            of(Phase::Answered, 9),
            blocked(9),
        ] {
            assert_eq!(stays, None);
        }
        let order = [
            of(Phase::New, 5),
            of(Phase::New, 1),
            of(Phase::Waiting, 59),
            of(Phase::Waiting, 2),
            of(Phase::Body(ago(11), ago(11)), 0),
            of(Phase::Head(ago(8)), 0),
            of(Phase::Body(ago(9), ago(3)), 1),
            of(Phase::Head(ago(2)), 0),
            of(Phase::Answered, 30),
            blocked(11),
            of(Phase::New, 0),
        ];
        assert!(order.iter().all(Option::is_some) && order.is_sorted(), "{order:?}");
    }

    #[test]
    fn on_a_connection_whose_place_was_given_away_nothing_begins_and_one_that_is_worked_for_keeps_its_place() {
        let limits = Limits { head: Duration::ZERO, ..Limits::default() };
        let idle = Progress::of(&limits);
        assert!(idle.close() && !idle.asked());
        let busy = Progress::of(&limits);
        assert!(busy.asked() && !busy.close());
        busy.owed();
        assert!(busy.close() && !busy.paid(), "what came a moment too late is not read");
    }
}
