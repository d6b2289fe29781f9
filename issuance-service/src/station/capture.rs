//! Pictures at the station: checked before anything is kept of them.
//!
//! A library of ours measures, the station decides: [`Weight::Refuse`] needs another try or a supervisor's release, [`Weight::Warn`]
//! is told. Nothing here opens a file.

mod finger;
mod picture;
mod portrait;
mod room;
mod slap;

use enrolment::Bilingual;
use serde::{Deserialize, Serialize};

pub use finger::{CheckedPrint, FingerLimits, check_print, likeness, prepared};
pub use picture::{FRAME, PHOTOGRAPH, PRINT, SLAP};
pub use portrait::{CheckedPortrait, Examiner, Light, Measure};
pub use slap::{SlapKind, check_slap};

/// How much a remark weighs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Weight {
    /// The operator is told.
    Warn,
    /// Not to be used, unless a supervisor releases it.
    Refuse,
}

/// Something that a check has to say about a picture.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Remark {
    /// The rule or measure by its word.
    pub rule: String,
    /// How much it weighs.
    pub severity: Weight,
    /// What to do, in Vietnamese.
    pub vi: String,
    /// What to do, in English.
    pub en: String,
}

impl Remark {
    /// A remark of the station's own.
    #[must_use]
    pub fn new(rule: &str, severity: Weight, text: Bilingual) -> Self {
        Self {
            rule: rule.to_owned(),
            severity,
            vi: text.vi.to_owned(),
            en: text.en.to_owned(),
        }
    }

    /// Whether it stands in the way.
    #[must_use]
    pub fn refuses(&self) -> bool {
        self.severity == Weight::Refuse
    }
}

/// Whether nothing stands in the way.
#[must_use]
pub fn passes(remarks: &[Remark]) -> bool {
    !remarks.iter().any(Remark::refuses)
}
