//! What a rule is.

use core::fmt;

use super::object_kind::Kinds;

/// How much a broken rule weighs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Severity {
    /// Worth knowing: not a rule of the present edition for this object, or one that cannot be decided from the object.
    Notice,
    /// A recommendation is not followed.
    Warning,
    /// A demand is not met.
    Error,
}

/// One rule of the profiles.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rule {
    /// Its name, which stays the same for ever: scripts depend on it.
    pub id: &'static str,
    /// Where it stands.
    pub clause: &'static str,
    /// How much it weighs.
    pub severity: Severity,
    /// How much it weighs for a certificate that the profile of the sixth edition still covers (Doc 9303-12 Appendix C).
    pub sixth_edition: Option<Severity>,
    /// The kinds of object it is for.
    pub applies_to: Kinds,
    /// What it says, in one sentence.
    pub text: &'static str,
}

impl Severity {
    /// All, the lightest first.
    pub const ALL: [Self; 3] = [Self::Notice, Self::Warning, Self::Error];

    /// Its word.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Notice => "notice",
            Self::Warning => "warning",
            Self::Error => "error",
        }
    }
}

impl fmt::Display for Severity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.word())
    }
}
