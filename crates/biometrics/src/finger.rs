//! Fingers: what EF.DG3 stores of them (Doc 9303-10 §4.7.3).

pub mod iso19794_4;
pub mod iso39794_4;

mod print;

pub use self::print::FingerPrint;
use crate::codes::codes;

codes! {
    /// Which finger, or which of several, an image shows (ISO 19794-4 table 6).
    FingerPosition(u8) {
        UNKNOWN = 0 => "unknown finger",
        RIGHT_THUMB = 1 => "right thumb",
        RIGHT_INDEX = 2 => "right index finger",
        RIGHT_MIDDLE = 3 => "right middle finger",
        RIGHT_RING = 4 => "right ring finger",
        RIGHT_LITTLE = 5 => "right little finger",
        LEFT_THUMB = 6 => "left thumb",
        LEFT_INDEX = 7 => "left index finger",
        LEFT_MIDDLE = 8 => "left middle finger",
        LEFT_RING = 9 => "left ring finger",
        LEFT_LITTLE = 10 => "left little finger",
        RIGHT_FOUR = 13 => "right four fingers",
        LEFT_FOUR = 14 => "left four fingers",
        THUMBS = 15 => "both thumbs",
    }
}

impl FingerPosition {
    /// The biometric subtype of DO'82' in EF.DG3: bits 2–1 are the side (01 right, 10 left),
    /// bits 5–3 the finger from 001 thumb to 101 little (Doc 9303-10 §4.7.3). Only single fingers
    /// have one.
    #[must_use]
    pub fn biometric_subtype(self) -> Option<u8> {
        match self.0 {
            finger @ 1..=5 => Some(finger << 2 | 0b01),
            finger @ 6..=10 => Some((finger - 5) << 2 | 0b10),
            _ => None,
        }
    }

    /// The finger that a biometric subtype of EF.DG3 names.
    #[must_use]
    pub fn from_biometric_subtype(subtype: u8) -> Option<Self> {
        match (subtype >> 2, subtype & 0b11) {
            (finger @ 1..=5, 0b01) => Some(Self(finger)),
            (finger @ 1..=5, 0b10) => Some(Self(finger + 5)),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn subtypes_of_doc_9303() {
        for (position, subtype) in [
            (FingerPosition::RIGHT_THUMB, 0x05),
            (FingerPosition::RIGHT_INDEX, 0x09),
            (FingerPosition::LEFT_INDEX, 0x0A),
            (FingerPosition::LEFT_LITTLE, 0x16),
        ] {
            assert_eq!(position.biometric_subtype(), Some(subtype), "{position}");
        }
        assert_eq!(FingerPosition::THUMBS.biometric_subtype(), None);
        for position in (1..=10).map(FingerPosition) {
            let subtype = position.biometric_subtype().unwrap();
            assert_eq!(
                FingerPosition::from_biometric_subtype(subtype),
                Some(position)
            );
        }
        for none in [0x00, 0x04, 0x07, 0x18, 0xFF] {
            assert_eq!(FingerPosition::from_biometric_subtype(none), None);
        }
    }
}
