//! Passwords: what a holder shows so that the chip may be read.

use core::fmt;

use crypto::kdf::{self, Counter};
use crypto::{Cipher, HashAlgorithm, SecretBytes};
use mrz::MrzInformation;

use crate::{Error, Result};

/// Digits of a card access number (Doc 9303-11 §9.7.3; parts 4 to 6 say where it is printed).
pub const CAN_LEN: usize = 6;

/// Fewest digits of a PIN. Its length is the issuer's choice; these bounds are ours.
pub const MIN_PIN_LEN: usize = 4;
/// Most digits of a PIN.
pub const MAX_PIN_LEN: usize = 16;
/// Fewest digits of a PUK, which has more tries than a PIN and must stand them.
pub const MIN_PUK_LEN: usize = 8;
/// Most digits of a PUK.
pub const MAX_PUK_LEN: usize = 16;

/// Octets of the digest that stands for an MRZ.
const MRZ_DIGEST_LEN: usize = 20;
/// Octets of that digest from which BAC derives its keys.
const BAC_SEED_LEN: usize = 16;

/// Which password, with the reference of MSE:Set AT (Doc 9303-11 §9.7.3, table 14).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum PasswordKind {
    /// Machine readable zone: document number, date of birth, date of expiry.
    Mrz = 0x01,
    /// Card access number.
    Can = 0x02,
    /// Personal identification number, which blocks.
    Pin = 0x03,
    /// The number that unblocks the PIN.
    Puk = 0x04,
}

impl PasswordKind {
    /// Value of DO'83'.
    #[must_use]
    pub const fn reference(self) -> u8 {
        self as u8
    }

    /// The kind behind a value of DO'83'.
    #[must_use]
    pub const fn from_reference(reference: u8) -> Option<Self> {
        match reference {
            0x01 => Some(Self::Mrz),
            0x02 => Some(Self::Can),
            0x03 => Some(Self::Pin),
            0x04 => Some(Self::Puk),
            _ => None,
        }
    }
}

impl fmt::Display for PasswordKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Mrz => "MRZ",
            Self::Can => "CAN",
            Self::Pin => "PIN",
            Self::Puk => "PUK",
        })
    }
}

/// A password in the form f(π) that keys are derived from (Doc 9303-11 §9.7.2, §9.7.3). Not printable, not comparable.
pub struct Password {
    kind: PasswordKind,
    secret: SecretBytes,
    spends_last_try: bool,
}

impl Password {
    /// The machine readable zone: SHA-1 of its MRZ information.
    #[must_use]
    pub fn mrz(information: &MrzInformation) -> Self {
        let digest = HashAlgorithm::Sha1.digest(information.as_bytes());
        Self {
            kind: PasswordKind::Mrz,
            secret: SecretBytes::new(digest),
            spends_last_try: false,
        }
    }

    /// The machine readable zone, of which the digest only is known: what a chip keeps.
    ///
    /// # Errors
    /// [`Error::Malformed`] when the digest has not twenty octets.
    pub fn mrz_digest(digest: &[u8]) -> Result<Self> {
        if digest.len() != MRZ_DIGEST_LEN {
            return Err(Error::Malformed {
                what: "SHA-1 digest of the MRZ information",
                at: digest.len().min(MRZ_DIGEST_LEN),
            });
        }
        Ok(Self {
            kind: PasswordKind::Mrz,
            secret: digest.into(),
            spends_last_try: false,
        })
    }

    /// The card access number: its characters as they are.
    ///
    /// # Errors
    /// [`Error::Malformed`] unless it consists of [`CAN_LEN`] digits.
    pub fn can(digits: &str) -> Result<Self> {
        let what = "card access number (six digits)";
        Self::of_digits(PasswordKind::Can, digits, [CAN_LEN, CAN_LEN], what)
    }

    /// The personal identification number: its characters as they are.
    ///
    /// # Errors
    /// [`Error::Malformed`] unless it consists of [`MIN_PIN_LEN`] to [`MAX_PIN_LEN`] digits.
    pub fn pin(digits: &str) -> Result<Self> {
        let what = "PIN (4 to 16 digits)";
        Self::of_digits(PasswordKind::Pin, digits, [MIN_PIN_LEN, MAX_PIN_LEN], what)
    }

    /// The number that unblocks the PIN: its characters as they are.
    ///
    /// # Errors
    /// [`Error::Malformed`] unless it consists of [`MIN_PUK_LEN`] to [`MAX_PUK_LEN`] digits.
    pub fn puk(digits: &str) -> Result<Self> {
        let what = "PUK (8 to 16 digits)";
        Self::of_digits(PasswordKind::Puk, digits, [MIN_PUK_LEN, MAX_PUK_LEN], what)
    }

    fn of_digits(
        kind: PasswordKind,
        digits: &str,
        [shortest, longest]: [usize; 2],
        what: &'static str,
    ) -> Result<Self> {
        let malformed = |at| Error::Malformed { what, at };
        if let Some(at) = digits.bytes().position(|byte| !byte.is_ascii_digit()) {
            return Err(malformed(at));
        }
        if !(shortest..=longest).contains(&digits.len()) {
            return Err(malformed(digits.len().min(longest)));
        }
        Ok(Self {
            kind,
            secret: digits.as_bytes().into(),
            spends_last_try: false,
        })
    }

    /// The same password, shown to a chip also where that is the last try that it gives: a wrong PIN or PUK blocks it then.
    #[must_use]
    pub fn spending_the_last_try(self) -> Self {
        Self {
            spends_last_try: true,
            ..self
        }
    }

    /// Whether [`Self::spending_the_last_try`] was said of it.
    #[must_use]
    pub const fn spends_the_last_try(&self) -> bool {
        self.spends_last_try
    }

    /// Whether a terminal may show it to a chip that says it gives so many more tries. What is printed on a document is no
    /// secret of its holder, and no chip may block it for ever.
    pub(crate) const fn may_be_tried(&self, left: u8) -> bool {
        match self.kind {
            PasswordKind::Pin | PasswordKind::Puk => left > 1 || left == 1 && self.spends_last_try,
            PasswordKind::Mrz | PasswordKind::Can => left > 0,
        }
    }

    /// Which password it is.
    #[must_use]
    pub const fn kind(&self) -> PasswordKind {
        self.kind
    }

    /// K_π of PACE (Doc 9303-11 §9.7.1): the whole of f(π), the cipher of the protocol.
    pub(crate) fn k_pi(&self, cipher: Cipher) -> SecretBytes {
        kdf::derive(cipher, self.secret.expose(), Counter::Pace)
    }

    /// K_seed of BAC: the first sixteen octets of the digest (Doc 9303-11 §9.7.2). `None` for other passwords.
    pub(crate) fn k_seed(&self) -> Option<&[u8]> {
        match self.kind {
            PasswordKind::Mrz => self.secret.expose().get(..BAC_SEED_LEN),
            PasswordKind::Can | PasswordKind::Pin | PasswordKind::Puk => None,
        }
    }
}

impl fmt::Debug for Password {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Password({})", self.kind)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(make: impl Fn(&str) -> Result<Password>, digits: &str, fault_at: Option<usize>) {
        let at = match make(digits) {
            Ok(_) => None,
            Err(Error::Malformed { at, .. }) => Some(at),
            Err(other) => panic!("{other}"),
        };
        assert_eq!(at, fault_at, "{digits}");
    }

    #[test]
    fn card_access_numbers_have_six_digits() {
        let check = |digits, fault_at| check(Password::can, digits, fault_at);
        check("000000", None);
        check("123456", None);
        check("", Some(0));
        check("12345", Some(5));
        check("1234567", Some(6));
        check("12345A", Some(5));
        check("12 456", Some(2));
        check("12345\u{661}", Some(5));
    }

    #[test]
    fn the_holders_numbers_have_digits_within_bounds() {
        check(Password::pin, "123", Some(3));
        check(Password::pin, "1234", None);
        check(Password::pin, "1234567890123456", None);
        check(Password::pin, "12345678901234567", Some(16));
        check(Password::pin, "12E4", Some(2));
        check(Password::puk, "1234567", Some(7));
        check(Password::puk, "1234567890", None);
        check(Password::puk, "12345678901234567", Some(16));
    }

    #[test]
    fn references_go_both_ways() {
        use PasswordKind::{Can, Mrz, Pin, Puk};
        for (kind, reference) in [(Mrz, 1), (Can, 2), (Pin, 3), (Puk, 4)] {
            assert_eq!(kind.reference(), reference);
            assert_eq!(PasswordKind::from_reference(reference), Some(kind));
        }
        assert_eq!(PasswordKind::from_reference(0), None);
        assert_eq!(PasswordKind::from_reference(5), None);
    }

    #[test]
    fn a_digest_has_twenty_octets_and_seeds_bac() {
        assert!(Password::mrz_digest(&[0; 19]).is_err());
        assert!(Password::mrz_digest(&[0; 21]).is_err());
        let password = Password::mrz_digest(&[7; 20]).unwrap();
        assert_eq!(password.k_seed(), Some(&[7; 16][..]));
        for other in [Password::can, Password::pin] {
            assert_eq!(other("123456").unwrap().k_seed(), None);
        }
    }

    #[test]
    fn debug_names_the_kind_only() {
        assert_eq!(
            format!("{:?}", Password::can("123456").unwrap()),
            "Password(CAN)"
        );
    }
}
