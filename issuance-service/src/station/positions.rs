//! The ten fingers: their words and what people call them.

use biometrics::finger::FingerPosition;
use enrolment::Bilingual;

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
