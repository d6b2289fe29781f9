//! How often a party may ask. Each process of the service counts for itself: behind three of them a party gets three times its rate.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use time::{Duration, OffsetDateTime};
use uuid::Uuid;

use super::{Fault, Result};

/// How much may be asked at once after a silence: what was agreed on for a minute. With less a party could not use what it has, with more it
/// would have what it was not given.
pub const BURST: Duration = Duration::MINUTE;
/// Parties that are remembered; those that have been silent are forgotten first.
const MAX_PARTIES: usize = 10_000;

/// When each party's account is even again (the generic cell rate algorithm, ITU-T I.371 annex A).
#[derive(Debug, Default)]
pub struct Pace(Mutex<HashMap<Uuid, OffsetDateTime>>);

impl Pace {
    /// Lets a request of a party through.
    ///
    /// # Errors
    /// [`Fault::TooOften`] with the wait.
    pub fn admit(&self, party: Uuid, per_minute: u32, now: OffsetDateTime) -> Result<()> {
        let each = Duration::MINUTE / f64::from(per_minute.max(1));
        let mut even = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if even.len() >= MAX_PARTIES {
            even.retain(|_, even| *even > now);
        }
        let until = even.get(&party).copied().unwrap_or(now).max(now) + each;
        if until - now > BURST {
            return Err(Fault::TooOften {
                what: "rate",
                wait: until - now - BURST,
            });
        }
        even.insert(party, until);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use time::macros::datetime;

    use super::*;

    #[test]
    fn a_party_gets_its_rate_and_no_more() {
        let pace = Pace::default();
        let begin = datetime!(2026-11-22 10:00 UTC);
        let (one, other) = (Uuid::from_u128(1), Uuid::from_u128(2));
        let admitted = |party, per_minute, at| {
            (0..1000)
                .take_while(|_| pace.admit(party, per_minute, at).is_ok())
                .count()
        };
        assert_eq!(admitted(one, 60, begin), 60);
        assert_eq!(
            admitted(other, 60, begin),
            60,
            "others are not kept waiting"
        );
        assert_eq!(admitted(one, 60, begin + Duration::SECOND), 1);
        assert_eq!(admitted(one, 60, begin + Duration::HOUR), 60);
        let third = Uuid::from_u128(3);
        assert_eq!(admitted(third, 1, begin), 1, "a slow one gets its one");
        let Err(Fault::TooOften { wait, .. }) = pace.admit(third, 1, begin) else {
            panic!()
        };
        assert_eq!(wait, Duration::MINUTE);
    }
}
