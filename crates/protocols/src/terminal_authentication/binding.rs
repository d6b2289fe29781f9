//! What a terminal's answer is bound to, beside the challenge (Doc 9303-11 §7.1.2; TR-03110-3 §B.3).

use mrz::MrzInformation;

/// Octets of the two dates behind the document number, each with its check digit.
const DATES_LEN: usize = 14;

/// ID_IC and Comp(PK_IFD): which chip, and which session.
#[derive(Clone, PartialEq, Eq)]
pub struct Binding {
    chip: Vec<u8>,
    terminal_key: Vec<u8>,
}

impl Binding {
    /// After PACE: `chip_key` is Comp() of the chip's key of the agreement, `terminal_key` Comp() of the terminal's key of
    /// chip authentication, or of PACE with chip authentication mapping; the newer if both ran.
    ///
    /// Comp() of a point is its x with leading zeros, of a number of a Diffie-Hellman group its SHA-1
    /// (Doc 9303-11 §7.1.4.1.3, §7.1.4.2.3).
    #[must_use]
    pub fn after_pace(chip_key: &[u8], terminal_key: &[u8]) -> Self {
        Self {
            chip: chip_key.to_vec(),
            terminal_key: terminal_key.to_vec(),
        }
    }

    /// After BAC: ID_IC is the document number with its check digit. A long number goes in whole, as for the keys: the
    /// standard does not say.
    ///
    /// Some chips want this after PACE with the MRZ too, and the card access number after PACE with that, which
    /// [`Self::after_pace`] takes in place of the chip's key; new chips must not (TR-03110-1 §3.5).
    #[must_use]
    pub fn after_bac(zone: &MrzInformation, terminal_key: &[u8]) -> Self {
        let zone = zone.as_bytes();
        let number_len = zone.len().saturating_sub(DATES_LEN);
        Self {
            chip: zone.get(..number_len).unwrap_or_default().to_vec(),
            terminal_key: terminal_key.to_vec(),
        }
    }

    /// After BAC, for a chip that keeps the document number with its check digit and not the zone: what [`Self::after_bac`] takes
    /// out of it.
    #[must_use]
    pub fn to_document_number(number: &[u8], terminal_key: &[u8]) -> Self {
        Self {
            chip: number.to_vec(),
            terminal_key: terminal_key.to_vec(),
        }
    }

    /// ID_IC ‖ r_IC ‖ Comp(PK_IFD).
    #[must_use]
    pub fn message(&self, challenge: &[u8]) -> Vec<u8> {
        [&self.chip, challenge, &self.terminal_key].concat()
    }
}

/// ID_IC may be what is printed in the document.
impl core::fmt::Debug for Binding {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.write_str("Binding")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn messages() {
        let check = |number: &str, id: &[u8]| {
            let zone = MrzInformation::from_parts(number, "690806", "940623").unwrap();
            let message = Binding::after_bac(&zone, &[9; 4]).message(&[1, 2, 3, 4, 5, 6, 7, 8]);
            let rest = [1, 2, 3, 4, 5, 6, 7, 8, 9, 9, 9, 9];
            assert_eq!(message, [id, &rest].concat(), "{number}");
            let by_chip = Binding::to_document_number(id, &[9; 4]);
            assert_eq!(by_chip.message(&rest[..8]), message, "{number}");
        };
        check("X12345678", b"X123456785");
        check("L898902C", b"L898902C<3");
        check("D23145890734", b"D231458907349");
        let dynamic = Binding::after_pace(&[1; 32], &[2; 20]);
        assert_eq!(dynamic.message(&[0; 8]).len(), 60);
    }
}
