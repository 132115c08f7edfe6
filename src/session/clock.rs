//! The remaining time of a session, and the server's time, counted by this device's clocks from the last response of
//! the server.

use crate::browser::Moment;
use contract::{Instant, session::SessionView};

/// How long a session lasts, counted from when the server said so. The two clocks need not agree.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct TimeLeft {
    received_at: Moment,
    /// If nothing happens, and whatever happens.
    idle_millis: i64,
    whole_millis: i64,
}

impl TimeLeft {
    pub(super) fn of(view: &SessionView, received_at: Moment) -> Option<Self> {
        let from_now = |instant: Instant| instant.millis() - view.now().millis();
        let (expires_at, ends_at) = view.ends()?;
        Some(Self { received_at, idle_millis: from_now(expires_at), whole_millis: from_now(ends_at) })
    }

    /// Milliseconds until it ends if nothing happens; below zero when it is over.
    pub fn left(&self, now: Moment) -> i64 {
        self.idle_millis - now.since(self.received_at)
    }

    /// It can't be put off any more.
    pub fn is_last(&self) -> bool {
        self.whole_millis <= self.idle_millis
    }

    /// Milliseconds since that response.
    pub fn since_response(&self, now: Moment) -> i64 {
        now.since(self.received_at)
    }
}

/// The server's time: the time of its last response, plus the time since then by the monotonic clock. So setting the
/// wall clock can't extend the time in which a payment may begin; and after a sleep the moment named is already over,
/// which is rejected and harmless.
pub(super) fn server_time((time, received_at): (Instant, Moment), now: Moment) -> Instant {
    time.plus_millis(now.steady_since(received_at))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::session::tests::{at, payer};

    #[test]
    fn the_servers_time_goes_on_by_the_clock_that_nobody_sets() {
        let time = Instant::from_millis(1_795_456_320_000);
        let received_at = Moment { wall_millis: 5_000, steady_millis: 50_000 };
        let after = |wall: i64, steady: i64| Moment { wall_millis: 5_000 + wall, steady_millis: 50_000 + steady };
        assert_eq!(server_time((time, received_at), after(7_000, 7_000)), time.plus_millis(7_000));
        // forty days ahead, or back: the wall clock was set
        assert_eq!(server_time((time, received_at), after(3_456_000_000, 7_000)), time.plus_millis(7_000));
        assert_eq!(server_time((time, received_at), after(-3_456_000_000, 7_000)), time.plus_millis(7_000));
    }

    #[test]
    fn a_session_lasts_by_whichever_clock_says_that_more_time_has_passed() {
        let received_at = Moment { wall_millis: 1_000_000, steady_millis: 50_000 };
        let lasts = TimeLeft::of(&payer(at(28_800)), received_at).unwrap();
        let after = |wall: i64, steady: i64| Moment { wall_millis: 1_000_000 + wall, steady_millis: 50_000 + steady };
        assert_eq!(lasts.left(after(60_000, 60_000)), 840_000);
        // asleep: the steady clock stood still
        assert_eq!(lasts.left(after(900_000, 5_000)), 0);
        // somebody turned the wall clock back
        assert_eq!(lasts.left(after(-3_600_000, 60_000)), 840_000);
        assert!(!lasts.is_last());
        assert!(TimeLeft::of(&payer(at(900)), received_at).unwrap().is_last());
    }
}
