//! Numbers for people who have none: which series a number comes from, and which of its numbers is next.
//!
//! ```text
//! place, sex, year ─▶ Series ─ nth block ─▶ Block (leased to one data centre) ─▶ counters ─ FF1 ─▶ numbers
//! ```
//!
//! A [`NumberScheme`] is the issuer's: how its numbers are built. All of it is arithmetic without memory. That a block is
//! leased once and a counter used once is the store's promise; given that, no number comes twice, because the numbers of
//! a series are a permutation of its counters. The permutation hides the order: who sees a number learns neither how many
//! there are nor whose came next. The auditor, who has the key, finds the counter of every number.

use core::{fmt, ops::Range};

use crypto::FormatPreservingKey;
use mrz::Sex;
use time::Date;

use crate::{Error, Result, Texts};

mod vietnam;

pub use vietnam::VietnameseSeries;

/// How many counters are leased at once: few enough that a data centre that is lost wastes nothing worth counting, enough
/// that one lease lasts a large province for a day.
pub const BLOCK: u64 = 1_000;

/// How an issuer's personal numbers are built.
pub trait NumberScheme: Sync {
    /// Its word in stores and logs: `vn-personal-number`.
    fn id(&self) -> &'static str;

    /// The numbers of one series: its counters are those below.
    fn capacity(&self) -> u64;

    /// The series of a person's number.
    ///
    /// # Errors
    /// [`Error::NumberPlace`], [`Error::NumberSex`], [`Error::NumberYear`] when there is none for these facts.
    fn series_of(&self, birth: &RegisteredBirth<'_>) -> Result<Series>;

    /// What the texts of a record say of the birth; `None` when they do not say enough for a number.
    fn birth_in<'t>(&self, texts: &'t Texts, registered: Date) -> Option<RegisteredBirth<'t>>;

    /// A series that was written down as text.
    ///
    /// # Errors
    /// [`Error::NumberForm`] when it is none of this scheme.
    fn series_named(&self, text: &str) -> Result<Series>;

    /// The number at a place of a series.
    ///
    /// # Errors
    /// [`Error::NumberForm`] for a series of another scheme; [`Error::NumberCounter`] for a counter that it does not have.
    fn number(&self, series: &Series, counter: u64, key: &FormatPreservingKey) -> Result<String>;

    /// Where a number stands: the way back, for an auditor.
    ///
    /// # Errors
    /// [`Error::NumberForm`] when it is no number of this scheme.
    fn counter_of(&self, number: &str, key: &FormatPreservingKey) -> Result<(Series, u64)>;
}

impl fmt::Debug for dyn NumberScheme {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "NumberScheme({})", self.id())
    }
}

/// What a number says of its holder.
#[derive(Clone, Copy, Debug)]
pub struct RegisteredBirth<'a> {
    /// The code of the place, province or country, where the birth is registered.
    pub place: &'a str,
    /// The holder's sex.
    pub sex: Sex,
    /// The year of birth.
    pub year: i32,
    /// When the birth is registered: codes come and go.
    pub registered: Date,
}

/// Numbers that begin alike and share a counter: the key of the store's table of leases.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct Series(String);

impl Series {
    /// A series of numbers that say nothing of anybody.
    pub(crate) const fn named(name: String) -> Self {
        Self(name)
    }

    /// As it is written down, and given to [`NumberScheme::series_named`] again.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Series {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Counters of a series that belong to one data centre.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Block {
    /// Whose counters.
    pub series: Series,
    /// The first of them.
    pub first: u64,
    /// How many: [`BLOCK`], or fewer at the end of a series.
    pub len: u64,
}

impl Block {
    /// Its counters, in order.
    #[must_use]
    pub const fn counters(&self) -> Range<u64> {
        self.first..self.first + self.len
    }
}

/// The blocks of a series, counted from 0.
#[derive(Clone, Debug)]
pub struct Blocks {
    series: Series,
    capacity: u64,
}

impl Blocks {
    /// Those of a series of this scheme.
    #[must_use]
    pub fn of(scheme: &dyn NumberScheme, series: Series) -> Self {
        Self::with(series, scheme.capacity())
    }

    /// Those of a series of so many numbers.
    #[must_use]
    pub const fn with(series: Series, capacity: u64) -> Self {
        Self { series, capacity }
    }

    /// How many there are.
    #[must_use]
    pub const fn count(&self) -> u64 {
        self.capacity.div_ceil(BLOCK)
    }

    /// One of them; `None` beyond the last: the series is used up.
    #[must_use]
    pub fn nth(&self, number: u64) -> Option<Block> {
        let first = number.checked_mul(BLOCK)?;
        let left = self.capacity.checked_sub(first).filter(|left| *left > 0)?;
        Some(Block {
            series: self.series.clone(),
            first,
            len: left.min(BLOCK),
        })
    }
}

/// Refuses a counter that a series does not have.
pub(crate) fn checked(counter: u64, capacity: u64) -> Result<u64> {
    if counter < capacity {
        Ok(counter)
    } else {
        Err(Error::NumberCounter { counter, capacity })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn blocks_cover_a_series_once_and_end_with_it() {
        for capacity in [1, 999, 1_000, 1_001, 1_000_000] {
            let blocks = Blocks {
                series: Series("TEST".to_owned()),
                capacity,
            };
            let mut next = 0;
            for number in 0..blocks.count() {
                let block = blocks.nth(number).unwrap();
                assert_eq!(block.counters().start, next, "{capacity}");
                assert!((1..=BLOCK).contains(&block.len));
                next = block.counters().end;
            }
            assert_eq!(next, capacity);
            assert_eq!(blocks.nth(blocks.count()), None);
            assert_eq!(blocks.nth(u64::MAX), None);
        }
    }
}
