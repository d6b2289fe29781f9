//! The traffic light of a report, and how it sounds.

use inspection::{Outcome, Report};

/// What a clerk sees first.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Light {
    /// Everything that counts is in order.
    Green,
    /// Something could not be shown: look closer.
    Yellow,
    /// The document is not in order.
    Red,
    /// No verdict: the card did not open, or was taken away.
    Grey,
}

impl Light {
    /// The light of a report (TR-03135-1 §5.2). A number that did not fit is no fault of the document.
    pub fn of(report: &Report) -> Self {
        match report.overall() {
            Outcome::Successful => Self::Green,
            Outcome::Undetermined | Outcome::NotSupported => Self::Yellow,
            Outcome::Failed if report.was_not_let_in() => Self::Grey,
            Outcome::Failed => Self::Red,
            Outcome::Aborted => Self::Grey,
        }
    }

    /// Stable word for programs and pages.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Green => "green",
            Self::Yellow => "yellow",
            Self::Red => "red",
            Self::Grey => "grey",
        }
    }

    /// How often the terminal's bell rings: who does not look hears it.
    pub const fn bells(self) -> u32 {
        match self {
            Self::Green => 1,
            Self::Grey => 2,
            Self::Yellow => 3,
            Self::Red => 5,
        }
    }

    /// The colour in a terminal (ECMA-48 §8.3.117, select graphic rendition).
    pub const fn colour(self) -> u8 {
        match self {
            Self::Red => 31,
            Self::Green => 32,
            Self::Yellow => 33,
            Self::Grey => 37,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Light::{self, Green, Grey, Red, Yellow};

    #[test]
    fn each_light_sounds_otherwise() {
        let bells: std::collections::BTreeSet<u32> =
            [Green, Yellow, Red, Grey].map(Light::bells).into();
        assert_eq!(bells.len(), 4);
        assert!(!bells.contains(&0));
    }
}
