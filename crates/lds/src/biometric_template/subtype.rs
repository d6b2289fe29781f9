//! Which finger or eye a record shows (Doc 9303-10 §4.7.3; ISO 7816-11 table C.3).

/// Biometric subtype, as its octet is stored: b2 b1 the side, b5 to b3 the finger.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct BiometricSubtype(pub u8);

/// Side of the body, seen by its owner.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Side {
    /// Right.
    Right,
    /// Left.
    Left,
}

/// A finger of a hand.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Finger {
    /// Thumb.
    Thumb,
    /// Pointer, index finger.
    Pointer,
    /// Middle finger.
    Middle,
    /// Ring finger.
    Ring,
    /// Little finger.
    Little,
}

const FINGERS: [Finger; 5] = [
    Finger::Thumb,
    Finger::Pointer,
    Finger::Middle,
    Finger::Ring,
    Finger::Little,
];

impl BiometricSubtype {
    /// No information given.
    pub const NONE: Self = Self(0);

    /// A finger.
    #[must_use]
    pub const fn of_finger(side: Side, finger: Finger) -> Self {
        Self((finger as u8 + 1) << 2 | Self::of_eye(side).0)
    }

    /// An eye.
    #[must_use]
    pub const fn of_eye(side: Side) -> Self {
        match side {
            Side::Right => Self(1),
            Side::Left => Self(2),
        }
    }

    /// The side, if one is given.
    #[must_use]
    pub const fn side(self) -> Option<Side> {
        match self.0 & 0b11 {
            1 => Some(Side::Right),
            2 => Some(Side::Left),
            _ => None,
        }
    }

    /// The finger, if one is given.
    #[must_use]
    pub fn finger(self) -> Option<Finger> {
        FINGERS
            .into_iter()
            .find(|finger| *finger as u8 + 1 == self.0 >> 2 & 0b111)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes() {
        for (code, side, finger) in [
            (0x05, Side::Right, Finger::Thumb),
            (0x06, Side::Left, Finger::Thumb),
            (0x09, Side::Right, Finger::Pointer),
            (0x0A, Side::Left, Finger::Pointer),
            (0x0D, Side::Right, Finger::Middle),
            (0x12, Side::Left, Finger::Ring),
            (0x16, Side::Left, Finger::Little),
        ] {
            let subtype = BiometricSubtype::of_finger(side, finger);
            assert_eq!(subtype, BiometricSubtype(code));
            assert_eq!(
                (subtype.side(), subtype.finger()),
                (Some(side), Some(finger))
            );
        }
        let eye = BiometricSubtype::of_eye(Side::Left);
        assert_eq!((eye, eye.finger()), (BiometricSubtype(2), None));
        assert_eq!(BiometricSubtype::NONE.side(), None);
    }
}
