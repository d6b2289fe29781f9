//! What the station knows of its clock. A village has no time service: a wrong time must not stop an enrolment, and must be seen.

use std::path::Path;

use enrolment::packet::Clock;
use time::OffsetDateTime;

/// systemd-timesyncd makes this file when it has set the clock since the machine was started.
const SYNCHRONISED: &str = "/run/systemd/timesync/synchronized";

/// The state of the clock, given the latest time that the station has written down.
#[must_use]
pub fn clock(now: OffsetDateTime, latest: Option<OffsetDateTime>) -> Clock {
    judge(now, latest, Path::new(SYNCHRONISED).exists())
}

fn judge(now: OffsetDateTime, latest: Option<OffsetDateTime>, is_set: bool) -> Clock {
    match latest {
        Some(latest) if now < latest => Clock::Behind,
        _ if is_set => Clock::Synchronised,
        _ => Clock::Unsynchronised,
    }
}

#[cfg(test)]
mod tests {
    use time::macros::datetime;

    use super::*;

    #[test]
    fn a_clock_that_goes_back_is_seen_even_when_it_was_set() {
        let now = datetime!(2026-11-22 05:00 UTC);
        let later = datetime!(2026-11-22 05:01 UTC);
        assert_eq!(judge(now, Some(later), true), Clock::Behind);
        assert_eq!(judge(later, Some(now), true), Clock::Synchronised);
        assert_eq!(judge(later, Some(now), false), Clock::Unsynchronised);
        assert_eq!(judge(now, None, false), Clock::Unsynchronised);
    }
}
