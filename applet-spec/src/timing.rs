//! How long a real chip takes: line, chip and memory, without overlap.
//!
//! | what takes time | how long |
//! |---|---|
//! | an octet on the line, framing included | [`Link`] |
//! | a command, whatever it is | [`EXCHANGE`] |
//! | a page of memory written | [`PAGE_WRITE`] |
//! | a key pair generated, where that is asked for | [`KeyGeneration`] |
//!
//! The figures are of a model, not of one product: contactless chips of travel documents vary by a factor of two around them. What it
//! leaves out: the ciphers and curves of the chip's sessions, activation in the field, waiting time extensions.
//!
//! Nothing here waits. [`TimedChip`] says to a [`Stopwatch`] how much time must have passed; what that means is the business of who
//! brings it.

mod chip;
mod link;

use core::time::Duration;

pub use chip::{Stopwatch, TimedChip};
pub use link::Link;

use crate::memory::Work;

/// What host and card spend on each command beside everything else.
pub const EXCHANGE: Duration = Duration::from_millis(4);
/// One page ([`crate::memory::PAGE`]) of non-volatile memory.
pub const PAGE_WRITE: Duration = Duration::from_millis(2);

/// How long a kind of chip takes on one kind of line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Timing {
    /// The line.
    pub link: Link,
    /// Host and card, for each command.
    pub exchange: Duration,
    /// Each page that is written.
    pub page_write: Duration,
    /// Keys; `None` takes no time for them.
    pub key_generation: Option<KeyGeneration>,
}

/// How long a chip takes to generate a key pair: means, since the search for primes ends when it ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct KeyGeneration {
    /// Over a curve or in a multiplicative group: one multiplication of the generator.
    pub agreement: Duration,
    /// RSA-2048.
    pub rsa_2048: Duration,
    /// RSA-3072.
    pub rsa_3072: Duration,
    /// RSA-4096.
    pub rsa_4096: Duration,
}

impl KeyGeneration {
    /// Measured on one chip (NXP P71 with JCOP 4, ten runs each, tables of the JCAlgTest project): RSA; for a curve the time of
    /// one key agreement over 256 bits.
    pub const MEASURED: Self = Self {
        agreement: Duration::from_millis(20),
        rsa_2048: Duration::from_millis(5_000),
        rsa_3072: Duration::from_millis(15_000),
        rsa_4096: Duration::from_millis(56_000),
    };

    fn of(&self, work: &Work) -> Duration {
        [
            (self.agreement, work.agreement_keys),
            (self.rsa_2048, work.rsa_2048_keys),
            (self.rsa_3072, work.rsa_3072_keys),
            (self.rsa_4096, work.rsa_4096_keys),
        ]
        .into_iter()
        .map(|(each, count)| times(each, count))
        .sum()
    }
}

impl Timing {
    /// The model on this line; keys take no time.
    #[must_use]
    pub const fn of(link: Link) -> Self {
        Self {
            link,
            exchange: EXCHANGE,
            page_write: PAGE_WRITE,
            key_generation: None,
        }
    }

    /// How long one command takes, from the terminal's side: `command` and `answer` in octets of the whole APDU, and what the chip did.
    #[must_use]
    pub fn of_exchange(&self, command: usize, answer: usize, work: &Work) -> Duration {
        let keys = self.key_generation.map(|keys| keys.of(work));
        self.exchange
            + self.link.carries(command)
            + self.link.carries(answer)
            + times(self.page_write, work.pages)
            + keys.unwrap_or_default()
    }
}

fn times(each: Duration, count: u64) -> Duration {
    each.saturating_mul(u32::try_from(count).unwrap_or(u32::MAX))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_command_takes_what_its_parts_take() {
        let timing = Timing::of(Link::CONTACTLESS_848);
        let none = Work::default();
        let line = timing.link.carries(245) + timing.link.carries(18);
        assert_eq!(timing.of_exchange(245, 18, &none), EXCHANGE + line);
        let work = Work { pages: 4, ..none };
        assert_eq!(
            timing.of_exchange(245, 18, &work),
            EXCHANGE + line + PAGE_WRITE * 4
        );
    }

    #[test]
    fn keys_take_time_where_that_is_asked_for() {
        let work = Work {
            agreement_keys: 2,
            rsa_3072_keys: 1,
            ..Work::default()
        };
        let quick = Timing::of(Link::CONTACTLESS_106);
        let slow = Timing {
            key_generation: Some(KeyGeneration::MEASURED),
            ..quick
        };
        let longer = slow.of_exchange(50, 300, &work) - quick.of_exchange(50, 300, &work);
        assert_eq!(longer, Duration::from_millis(2 * 20 + 15_000));
    }
}
