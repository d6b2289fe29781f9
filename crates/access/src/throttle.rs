//! Guessing made slow: attempts are counted per account and per address, and each failure over a few makes the next wait longer.
//!
//! An attempt is counted before it is looked at and taken back when it succeeds; a hundred guesses sent at once gain nothing. An
//! account waits a minute at most, so that a stranger cannot shut its owner out; an address waits up to a quarter of an hour.
//! Memory is bounded: the oldest entries go first.

use std::collections::{BTreeSet, HashMap};
use std::net::{IpAddr, Ipv6Addr};

use crypto::HashAlgorithm;
use time::{Duration, OffsetDateTime};

use crate::{Error, Result};

/// Entries that are held at most; one takes about 150 octets.
pub const MAX_ENTRIES: usize = 50_000;
/// After so long without an attempt an entry is forgotten.
pub const FORGET_AFTER: Duration = Duration::hours(1);

/// How one kind of entry is slowed down.
#[derive(Debug, Clone, Copy)]
struct Rule {
    free: u32,
    longest: Duration,
}

const OF_ACCOUNT: Rule = Rule {
    free: 5,
    longest: Duration::minutes(1),
};
/// Behind one address may be an office.
const OF_ADDRESS: Rule = Rule {
    free: 20,
    longest: Duration::minutes(15),
};

/// What is counted. A login name is kept as its hash: what was typed there may have been a password.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
enum Key {
    Account([u8; 16]),
    Address(IpAddr),
}

#[derive(Debug, Clone, Copy)]
struct Entry {
    failures: u32,
    last: OffsetDateTime,
    blocked_until: OffsetDateTime,
}

/// The attempts of the last hour.
#[derive(Debug, Default)]
pub struct Throttle {
    entries: HashMap<Key, Entry>,
    by_age: BTreeSet<(OffsetDateTime, Key)>,
}

impl Throttle {
    /// Nobody has tried yet.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Counts an attempt as failed and says whether it is looked at. Names that no account has count as well.
    ///
    /// # Errors
    /// [`Error::Throttled`]: nothing is looked at, and the wait does not grow.
    pub fn admit(&mut self, login: &str, address: IpAddr, now: OffsetDateTime) -> Result<()> {
        self.forget(now);
        let keys = [
            (account_key(login), OF_ACCOUNT),
            (address_key(address), OF_ADDRESS),
        ];
        let wait = keys
            .iter()
            .filter_map(|(key, _)| Some(self.entries.get(key)?.blocked_until - now))
            .max()
            .filter(|wait| wait.is_positive());
        if let Some(wait) = wait {
            return Err(Error::Throttled { wait });
        }
        for (key, rule) in keys {
            self.count(key, rule, now);
        }
        Ok(())
    }

    /// The attempt succeeded: the account's failures are forgotten, and one of the address.
    pub fn succeeded(&mut self, login: &str, address: IpAddr) {
        let account = account_key(login);
        if let Some(entry) = self.entries.remove(&account) {
            self.by_age.remove(&(entry.last, account));
        }
        if let Some(entry) = self.entries.get_mut(&address_key(address)) {
            entry.failures = entry.failures.saturating_sub(1);
            if entry.failures < OF_ADDRESS.free {
                entry.blocked_until = entry.last;
            }
        }
    }

    /// Number of entries held.
    #[must_use]
    pub fn len(&self) -> usize {
        self.entries.len()
    }

    /// Whether nothing is held.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    fn count(&mut self, key: Key, rule: Rule, now: OffsetDateTime) {
        let before = self.entries.get(&key).copied();
        if let Some(entry) = before {
            self.by_age.remove(&(entry.last, key));
        } else if self.entries.len() >= MAX_ENTRIES
            && let Some((_, oldest)) = self.by_age.pop_first()
        {
            self.entries.remove(&oldest);
        }
        let failures = before.map_or(0, |entry| entry.failures).saturating_add(1);
        let entry = Entry {
            failures,
            last: now,
            blocked_until: now.saturating_add(delay(failures, rule)),
        };
        self.entries.insert(key, entry);
        self.by_age.insert((now, key));
    }

    fn forget(&mut self, now: OffsetDateTime) {
        while let Some((last, key)) = self.by_age.first().copied() {
            if now - last < FORGET_AFTER {
                return;
            }
            self.by_age.pop_first();
            self.entries.remove(&key);
        }
    }
}

/// Nothing for the free attempts, then 1, 2, 4 … seconds up to the longest.
fn delay(failures: u32, rule: Rule) -> Duration {
    match failures.checked_sub(rule.free) {
        None => Duration::ZERO,
        Some(over) => Duration::seconds(1 << over.min(20)).min(rule.longest),
    }
}

fn account_key(login: &str) -> Key {
    let hash = HashAlgorithm::Sha256.digest(login.trim().to_lowercase().as_bytes());
    let mut short = [0; 16];
    for (to, from) in short.iter_mut().zip(hash) {
        *to = from;
    }
    Key::Account(short)
}

/// A subscriber of IPv6 has a whole /64 to himself; it counts as one.
fn address_key(address: IpAddr) -> Key {
    Key::Address(match address.to_canonical() {
        IpAddr::V6(v6) => IpAddr::V6(Ipv6Addr::from_bits(v6.to_bits() & !u128::from(u64::MAX))),
        v4 => v4,
    })
}

#[cfg(test)]
mod tests {
    use std::net::Ipv4Addr;

    use time::macros::datetime;

    use super::*;

    const NOW: OffsetDateTime = datetime!(2026-11-02 08:00 UTC);

    fn address(last: u8) -> IpAddr {
        IpAddr::V4(Ipv4Addr::new(192, 0, 2, last))
    }

    fn wait(result: Result<()>) -> i64 {
        match result {
            Ok(()) => 0,
            Err(Error::Throttled { wait }) => wait.whole_seconds(),
            Err(other) => panic!("{other}"),
        }
    }

    #[test]
    fn waits_grow_and_end() {
        let rule = OF_ACCOUNT;
        let seconds = |failures| delay(failures, rule).whole_seconds();
        assert_eq!(
            [1, 4, 5, 6, 7, 10, 11, 12, 1000].map(seconds),
            [0, 0, 1, 2, 4, 32, 60, 60, 60]
        );
        assert_eq!(delay(u32::MAX, OF_ADDRESS), OF_ADDRESS.longest);
    }

    #[test]
    fn an_account_is_slowed_from_any_address() {
        let mut throttle = Throttle::new();
        let results: Vec<i64> = (0..8)
            .map(|n| wait(throttle.admit("test.operator", address(n), NOW)))
            .collect();
        assert_eq!(results, [0, 0, 0, 0, 0, 1, 1, 1]);
        assert_eq!(
            wait(throttle.admit("TEST.Operator ", address(9), NOW)),
            1,
            "the same name"
        );
        assert_eq!(wait(throttle.admit("another", address(1), NOW)), 0);
        assert_eq!(
            wait(throttle.admit("test.operator", address(1), NOW + Duration::SECOND)),
            0
        );
        assert_eq!(
            wait(throttle.admit("test.operator", address(1), NOW + Duration::SECOND)),
            2
        );
    }

    #[test]
    fn an_address_is_slowed_whatever_it_names() {
        let mut throttle = Throttle::new();
        let mut guess = |n: u32| wait(throttle.admit(&format!("guess-{n}"), address(1), NOW));
        assert!((0..20).all(|n| guess(n) == 0));
        assert_eq!(guess(20), 1);
        let mut throttle = Throttle::new();
        let mut guess = |n: u128| {
            wait(throttle.admit(
                &format!("guess-{n}"),
                IpAddr::V6((1_u128 << 100 | n).into()),
                NOW,
            ))
        };
        assert!((0..20).all(|n| guess(n) == 0));
        assert_eq!(guess(20), 1, "one /64");
        assert_eq!(guess(1 << 64), 0, "another /64");
    }

    #[test]
    fn success_clears_and_time_forgets() {
        let mut throttle = Throttle::new();
        for _ in 0..5 {
            throttle.admit("test", address(1), NOW).unwrap();
        }
        throttle.succeeded("test", address(1));
        assert_eq!(wait(throttle.admit("test", address(1), NOW)), 0);
        assert_eq!(throttle.len(), 2);
        throttle
            .admit("other", address(2), NOW + FORGET_AFTER)
            .unwrap();
        assert_eq!(throttle.len(), 2, "the first two are gone");
        assert_eq!(throttle.by_age.len(), throttle.len());
    }

    #[test]
    fn memory_is_bounded() {
        let mut throttle = Throttle::new();
        for n in 0..MAX_ENTRIES as u32 + 100 {
            let from = IpAddr::V4(Ipv4Addr::from_bits(n));
            throttle
                .admit(
                    &format!("guess-{n}"),
                    from,
                    NOW + Duration::milliseconds(n.into()),
                )
                .unwrap();
            assert_eq!(throttle.by_age.len(), throttle.len());
        }
        assert_eq!(throttle.len(), MAX_ENTRIES);
    }
}
