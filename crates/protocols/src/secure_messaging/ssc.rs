//! The send sequence counter.

use crypto::Cipher;

/// The send sequence counter of one direction-less session (Doc 9303-11 §9.8.2).
///
/// It only goes forward, by one, and refuses to run over: whoever holds the last value has no next one, which ends the
/// session. It is part of every MAC and is never sent.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct Ssc {
    value: u128,
    width: usize,
}

impl Ssc {
    /// Zero, in the width of the cipher's block: the start after PACE and chip authentication (Doc 9303-11 §9.8.6,
    /// §9.8.7).
    pub(crate) fn zero(cipher: Cipher) -> Self {
        Self {
            value: 0,
            width: cipher.block_len(),
        }
    }

    /// Eight octets that BAC has agreed on, for a session under 3DES (Doc 9303-11 §9.8.6.3).
    pub(crate) fn of_bac(start: [u8; 8]) -> Self {
        Self {
            value: u128::from(u64::from_be_bytes(start)),
            width: 8,
        }
    }

    /// The counter raised by one, `None` when it would run over.
    pub(crate) fn next(&self) -> Option<Self> {
        let last = match self.width {
            8 => u128::from(u64::MAX),
            _ => u128::MAX,
        };
        (self.value < last).then(|| Self {
            value: self.value + 1,
            width: self.width,
        })
    }

    /// The octets that go in front of the MAC input, one block.
    pub(crate) fn to_bytes(&self) -> Vec<u8> {
        let bytes = self.value.to_be_bytes();
        bytes.into_iter().skip(bytes.len() - self.width).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(start: [u8; 8], next: Option<[u8; 8]>) {
        let raised = Ssc::of_bac(start).next().map(|ssc| ssc.to_bytes());
        assert_eq!(raised, next.map(Vec::from), "{start:02X?}");
    }

    #[test]
    fn counts_in_eight_octets_and_stops_at_the_end() {
        check([0; 8], Some([0, 0, 0, 0, 0, 0, 0, 1]));
        check([0, 0, 0, 0, 0, 0, 0, 0xFF], Some([0, 0, 0, 0, 0, 0, 1, 0]));
        check(
            [0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFE],
            Some([0xFF; 8]),
        );
        check([0xFF; 8], None);
    }

    #[test]
    fn is_as_wide_as_a_block() {
        assert_eq!(Ssc::zero(Cipher::TripleDes).to_bytes(), [0; 8]);
        assert_eq!(Ssc::zero(Cipher::Aes256).to_bytes(), [0; 16]);
        let last = Ssc {
            value: u128::MAX,
            width: 16,
        };
        assert!(last.next().is_none());
    }
}
