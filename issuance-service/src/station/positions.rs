//! The ten fingers: their words and what people call them.

use biometrics::finger::FingerPosition;
use enrolment::Bilingual;
use serde::{Deserialize, Serialize};

use super::refusal::CaptureError;

/// A finger with its word in records and addresses, and its name.
#[derive(Debug, Clone, Copy)]
pub struct TenFinger {
    /// Which.
    pub position: FingerPosition,
    /// Its word.
    pub word: &'static str,
    /// Its name.
    pub label: Bilingual,
}

const fn finger(code: u8, word: &'static str, en: &'static str, vi: &'static str) -> TenFinger {
    TenFinger {
        position: FingerPosition(code),
        word,
        label: Bilingual { en, vi },
    }
}

/// All ten, in the order of ISO 19794-4 table 6.
pub const TEN: [TenFinger; 10] = [
    finger(1, "right-thumb", "Right thumb", "Ngón cái tay phải"),
    finger(2, "right-index", "Right index finger", "Ngón trỏ tay phải"),
    finger(
        3,
        "right-middle",
        "Right middle finger",
        "Ngón giữa tay phải",
    ),
    finger(4, "right-ring", "Right ring finger", "Ngón áp út tay phải"),
    finger(5, "right-little", "Right little finger", "Ngón út tay phải"),
    finger(6, "left-thumb", "Left thumb", "Ngón cái tay trái"),
    finger(7, "left-index", "Left index finger", "Ngón trỏ tay trái"),
    finger(8, "left-middle", "Left middle finger", "Ngón giữa tay trái"),
    finger(9, "left-ring", "Left ring finger", "Ngón áp út tay trái"),
    finger(10, "left-little", "Left little finger", "Ngón út tay trái"),
];

/// The finger of a word.
#[must_use]
pub fn by_word(word: &str) -> Option<&'static TenFinger> {
    TEN.iter().find(|finger| finger.word == word)
}

/// The finger of a position.
#[must_use]
pub fn by_position(position: FingerPosition) -> Option<&'static TenFinger> {
    TEN.iter().find(|finger| finger.position == position)
}

/// Some of the ten fingers; in files a list of their words.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "Vec<String>", into = "Vec<&'static str>")]
pub struct FingerSet([bool; 10]);

impl FingerSet {
    /// All ten.
    pub const TEN: Self = Self([true; 10]);
    /// None of them.
    pub const NONE: Self = Self([false; 10]);

    /// Those of these positions.
    #[must_use]
    pub fn of(positions: &[FingerPosition]) -> Self {
        let mut set = Self::NONE;
        for (is_in, finger) in set.0.iter_mut().zip(&TEN) {
            *is_in = positions.contains(&finger.position);
        }
        set
    }

    /// Each of them, in the order of [`TEN`].
    pub fn fingers(self) -> impl Iterator<Item = &'static TenFinger> {
        let ten = TEN.iter().zip(self.0);
        ten.filter_map(|(finger, is_in)| is_in.then_some(finger))
    }

    /// Whether the finger of a word is among them.
    #[must_use]
    pub fn has(self, word: &str) -> bool {
        self.fingers().any(|finger| finger.word == word)
    }
}

impl TryFrom<Vec<String>> for FingerSet {
    type Error = CaptureError;

    fn try_from(words: Vec<String>) -> Result<Self, CaptureError> {
        let known = |word: &String| by_word(word).ok_or(CaptureError::UnknownFinger);
        let fingers: Vec<_> = words.iter().map(known).collect::<Result<_, _>>()?;
        let positions: Vec<_> = fingers.iter().map(|finger| finger.position).collect();
        Ok(Self::of(&positions))
    }
}

impl From<FingerSet> for Vec<&'static str> {
    fn from(set: FingerSet) -> Self {
        set.fingers().map(|finger| finger.word).collect()
    }
}
