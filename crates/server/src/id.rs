//! Ids of rows (UUID version 7): they sort by the moment they were made at, by the program's clock, and in the order in
//! which this process made them. Nothing is opened by an id.

use contract::Instant;
use std::sync::atomic::{AtomicU32, Ordering};
use uuid::{Timestamp, Uuid};

/// Those of one millisecond, in order.
static NEXT: AtomicU32 = AtomicU32::new(0);

pub fn new(now: Instant) -> String {
    let millis = u64::try_from(now.millis()).unwrap_or(0);
    // Below a thousand million, since it is a remainder of a thousand times a million.
    let nanos = u32::try_from(millis % 1_000 * 1_000_000).unwrap_or(0);
    let next = u128::from(NEXT.fetch_add(1, Ordering::Relaxed));
    Uuid::new_v7(Timestamp::from_unix_time(millis / 1_000, nanos, next, 32)).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_sort_by_the_moment_they_were_made_at_and_then_in_order() {
        let moment = |text| Instant::parse(text).unwrap();
        let (early, late) = (moment("1999-12-31T23:59:59.999Z"), moment("2028-02-29T12:00:00Z"));
        let ids: Vec<String> = [late, early].iter().flat_map(|at| (0..300).map(|_| new(*at))).collect();
        let (late, early) = ids.split_at(300);
        assert!(late.is_sorted() && early.is_sorted() && early[299] < late[0]);
        for (ids, millis) in [(early, 946_684_799_999_u64), (late, 1_835_438_400_000)] {
            for id in ids {
                let id = Uuid::parse_str(id).unwrap();
                let (seconds, nanos) = id.get_timestamp().unwrap().to_unix();
                assert_eq!((id.get_version_num(), seconds * 1_000 + u64::from(nanos) / 1_000_000), (7, millis));
            }
        }
    }
}
