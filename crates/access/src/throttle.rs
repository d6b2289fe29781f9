//! Guessing made slow: attempts are counted per account and per address, and each failure over a few makes the next wait longer.
//!
//! An attempt is counted before it is looked at and taken back when it succeeds; a hundred guesses sent at once gain nothing. An
//! account waits a minute at most, so that a stranger cannot shut its owner out; an address waits up to a quarter of an hour.
//!
//! One person's failures are his own. Of one account an address is charged with a few attempts only, so that an office does not wait
//! for the one who has forgotten his password; and whoever has come in from an address before is counted there by himself, whatever
//! strangers do to his account or others at his address. Memory is bounded: the oldest entries go first.

use std::collections::{BTreeSet, HashMap};
use std::net::{IpAddr, Ipv6Addr};

use crypto::HashAlgorithm;
use time::{Duration, OffsetDateTime};

use crate::{Error, Result};

/// Entries that are held at most; one takes about 200 octets.
pub const MAX_ENTRIES: usize = 50_000;
/// Pairs of account and address that are known at most.
pub const MAX_KNOWN: usize = 50_000;
/// So long a pair of account and address is known after somebody came in by it.
pub const KNOWN_FOR: Duration = Duration::days(30);
/// Attempts on one account that an address is charged with.
const CHARGED_PER_ACCOUNT: u32 = 3;
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

/// Only counted.
const OF_STRANGER: Rule = Rule {
    free: u32::MAX,
    longest: Duration::ZERO,
};

/// What is counted. A login name is kept as its hash: what was typed there may have been a password.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
enum Key {
    Account([u8; 16]),
    Address(IpAddr),
    /// Attempts on an account from an address.
    Pair([u8; 16], IpAddr),
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
    known: HashMap<Key, OffsetDateTime>,
    known_by_age: BTreeSet<(OffsetDateTime, Key)>,
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
        let Keys {
            account,
            address,
            pair,
        } = Keys::of(login, address);
        if self.known.contains_key(&pair) {
            self.must_not_wait(&[pair], now)?;
            self.count(pair, OF_ACCOUNT, now);
            return Ok(());
        }
        self.must_not_wait(&[account, address], now)?;
        self.count(account, OF_ACCOUNT, now);
        if self.failures(&pair) < CHARGED_PER_ACCOUNT {
            self.count(address, OF_ADDRESS, now);
        }
        self.count(pair, OF_STRANGER, now);
        Ok(())
    }

    /// The same where nobody says who he is: only the address is counted.
    ///
    /// # Errors
    /// As [`Self::admit`].
    pub fn admit_address(&mut self, address: IpAddr, now: OffsetDateTime) -> Result<()> {
        self.forget(now);
        let key = Key::Address(subscriber(address));
        self.must_not_wait(&[key], now)?;
        self.count(key, OF_ADDRESS, now);
        Ok(())
    }

    /// The attempt succeeded: the account's failures are forgotten, those that the address was charged with for it as well, and who
    /// comes from there is known from now on.
    pub fn succeeded(&mut self, login: &str, address: IpAddr, now: OffsetDateTime) {
        let keys = Keys::of(login, address);
        // Where he was known already, account and address were not charged: what stands there is strangers'.
        if !self.known.contains_key(&keys.pair) {
            let charged = self.failures(&keys.pair).min(CHARGED_PER_ACCOUNT);
            self.discharge(&keys.address, charged);
            self.take_away(keys.account);
        }
        self.take_away(keys.pair);
        self.know(keys.pair, now);
    }

    /// An attempt of [`Self::admit_address`] succeeded.
    pub fn address_succeeded(&mut self, address: IpAddr) {
        self.discharge(&Key::Address(subscriber(address)), 1);
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

    fn must_not_wait(&self, keys: &[Key], now: OffsetDateTime) -> Result<()> {
        let waits = keys
            .iter()
            .filter_map(|key| Some(self.entries.get(key)?.blocked_until - now));
        match waits.max().filter(|wait| wait.is_positive()) {
            Some(wait) => Err(Error::Throttled { wait }),
            None => Ok(()),
        }
    }

    fn failures(&self, key: &Key) -> u32 {
        self.entries.get(key).map_or(0, |entry| entry.failures)
    }

    fn take_away(&mut self, key: Key) {
        if let Some(entry) = self.entries.remove(&key) {
            self.by_age.remove(&(entry.last, key));
        }
    }

    fn discharge(&mut self, address: &Key, attempts: u32) {
        if let Some(entry) = self.entries.get_mut(address) {
            entry.failures = entry.failures.saturating_sub(attempts);
            if entry.failures < OF_ADDRESS.free {
                entry.blocked_until = entry.last;
            }
        }
    }

    fn know(&mut self, pair: Key, now: OffsetDateTime) {
        if let Some(last) = self.known.insert(pair, now) {
            self.known_by_age.remove(&(last, pair));
        }
        self.known_by_age.insert((now, pair));
        if self.known.len() > MAX_KNOWN
            && let Some((_, oldest)) = self.known_by_age.pop_first()
        {
            self.known.remove(&oldest);
        }
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
        while let Some((last, key)) = self.by_age.first().copied()
            && now - last >= FORGET_AFTER
        {
            self.by_age.pop_first();
            self.entries.remove(&key);
        }
        while let Some((last, key)) = self.known_by_age.first().copied()
            && now - last >= KNOWN_FOR
        {
            self.known_by_age.pop_first();
            self.known.remove(&key);
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

/// Under what an attempt is counted.
struct Keys {
    account: Key,
    address: Key,
    pair: Key,
}

impl Keys {
    fn of(login: &str, address: IpAddr) -> Self {
        let hash = HashAlgorithm::Sha256.digest(login.trim().to_lowercase().as_bytes());
        let mut short = [0; 16];
        for (to, from) in short.iter_mut().zip(hash) {
            *to = from;
        }
        let address = subscriber(address);
        Self {
            account: Key::Account(short),
            address: Key::Address(address),
            pair: Key::Pair(short, address),
        }
    }
}

/// Whom an address stands for: a subscriber of IPv6 has a whole /64 to himself; it counts as one.
pub(crate) fn subscriber(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V6(v6) => IpAddr::V6(Ipv6Addr::from_bits(v6.to_bits() & !u128::from(u64::MAX))),
        v4 => v4,
    }
}

#[cfg(test)]
mod tests;
