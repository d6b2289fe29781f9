//! The seven states of a chip and the only ways between them (chapter 06).

use core::fmt;

/// A state. The codes grow by set bits only, so that memory that can only set bits can keep them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(u8)]
pub enum LifeCycle {
    /// From the maker, with serial number and transport keys.
    Manufactured = 0x01,
    /// The issuer's keys are in; key pairs may be generated.
    Initialised = 0x03,
    /// A job is being written.
    Open = 0x07,
    /// Every hash was right; quality control reads what a border will read.
    Written = 0x0F,
    /// The holder's card. No personalisation key is left.
    Operational = 0x1F,
    /// A key set was tried too often.
    Blocked = 0x7F,
    /// Void.
    Terminated = 0xFF,
}

impl LifeCycle {
    /// Every state, in the order of their codes.
    pub const ALL: [Self; 7] = [
        Self::Manufactured,
        Self::Initialised,
        Self::Open,
        Self::Written,
        Self::Operational,
        Self::Blocked,
        Self::Terminated,
    ];

    /// The octet in GET STATUS and SET STATUS.
    #[must_use]
    pub const fn code(self) -> u8 {
        self as u8
    }

    /// The state behind a code.
    #[must_use]
    pub fn from_code(code: u8) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.code() == code)
    }

    /// Whether the law knows this transition ([LIFE-002]).
    #[must_use]
    pub const fn may_become(self, next: Self) -> bool {
        use LifeCycle::{
            Blocked, Initialised, Manufactured, Open, Operational, Terminated, Written,
        };
        matches!(
            (self, next),
            (Manufactured, Initialised)
                | (Initialised, Open)
                | (Open, Written)
                | (Written, Operational)
                | (
                    Manufactured | Initialised | Open | Written,
                    Blocked | Terminated
                )
        )
    }

    /// Whether the application and its files are there ([LIFE-004], [LIFE-005]).
    #[must_use]
    pub const fn serves_holder(self) -> bool {
        matches!(self, Self::Written | Self::Operational)
    }

    /// Whether the public status is all that is left ([LIFE-007]).
    #[must_use]
    pub const fn is_dead(self) -> bool {
        matches!(self, Self::Blocked | Self::Terminated)
    }
}

impl fmt::Display for LifeCycle {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Manufactured => "MANUFACTURED",
            Self::Initialised => "INITIALISED",
            Self::Open => "OPEN",
            Self::Written => "WRITTEN",
            Self::Operational => "OPERATIONAL",
            Self::Blocked => "BLOCKED",
            Self::Terminated => "TERMINATED",
        })
    }
}

#[cfg(test)]
mod tests {
    use super::LifeCycle;

    /// [LIFE-002], [LIFE-008]: one way, and bits are only set.
    #[test]
    fn no_state_is_left_for_a_smaller_code() {
        let mut transitions = 0;
        for from in LifeCycle::ALL {
            for to in LifeCycle::ALL {
                if from.may_become(to) {
                    transitions += 1;
                    assert_eq!(from.code() & !to.code(), 0, "{from} -> {to}");
                    assert!(from < to && !from.is_dead());
                }
            }
        }
        assert_eq!(transitions, 4 + 4 * 2);
    }

    #[test]
    fn codes_go_both_ways() {
        for code in 0..=u8::MAX {
            assert!(LifeCycle::from_code(code).is_none_or(|state| state.code() == code));
        }
        assert_eq!(LifeCycle::from_code(0x0F), Some(LifeCycle::Written));
    }
}
