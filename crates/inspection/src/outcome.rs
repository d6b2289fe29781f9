//! The five values of a check (BSI TR-03135-1 §3.5.2) and how they combine.

use core::fmt;

/// The result of one check, or of several together; ordered from the best to the one that decides.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Outcome {
    /// The check came to its end, and the feature passed.
    Successful,
    /// The document does not have the feature.
    NotSupported,
    /// The check came to its end, and nothing can be said: a certificate or a datum is missing.
    Undetermined,
    /// The check did not come to its end; what it saw so far is no indication.
    Aborted,
    /// The check came to its end, and the feature did not pass.
    Failed,
}

impl Outcome {
    /// All values, in their order.
    pub const ALL: [Self; 5] = [
        Self::Successful,
        Self::NotSupported,
        Self::Undetermined,
        Self::Aborted,
        Self::Failed,
    ];

    /// The guideline's word.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Successful => "successful",
            Self::NotSupported => "not supported",
            Self::Undetermined => "undetermined",
            Self::Aborted => "aborted",
            Self::Failed => "failed",
        }
    }

    /// Several checks as one: failed decides, then aborted, undetermined, not supported. Nothing at all is undetermined.
    ///
    /// TR-03135-1 §5.4 leaves open which of failed and aborted wins. A document that was shown to be wrong is wrong, also when
    /// it was pulled afterwards.
    #[must_use]
    pub fn together(outcomes: impl IntoIterator<Item = Self>) -> Self {
        outcomes.into_iter().max().unwrap_or(Self::Undetermined)
    }
}

impl fmt::Display for Outcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.word())
    }
}

#[cfg(test)]
mod tests {
    use super::Outcome::{self, Aborted, Failed, NotSupported, Successful, Undetermined};

    #[test]
    fn the_worst_decides() {
        for (outcomes, together) in [
            (&[][..], Undetermined),
            (&[Successful, Successful], Successful),
            (&[Successful, NotSupported], NotSupported),
            (&[NotSupported, Undetermined, Successful], Undetermined),
            (&[Aborted, Undetermined], Aborted),
            (&[Aborted, Failed, Successful], Failed),
        ] {
            assert_eq!(
                Outcome::together(outcomes.iter().copied()),
                together,
                "{outcomes:?}"
            );
        }
    }
}
