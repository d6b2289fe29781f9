//! Decimal numbers encrypted to decimal numbers of the same length: FF1 (SP 800-38G §5.1) with AES, radix 10.
//!
//! For a key and a tweak it is a permutation of all numbers of a length: who counts 0, 1, 2, … gets every number once and in
//! an order that says nothing. The draft of revision 1 wants a million numbers at least, which six digits are.

use aes::{Aes128, Aes192, Aes256};
use cbc::cipher::{BlockCipherEncrypt, KeyInit};
use fpe::ff1::{FF1, NumeralString, NumeralStringError, Operations};

use crate::{Error, Result, SecretBytes};

/// The fewest digits: below, there are too few numbers to hide one among them (SP 800-38G Rev. 1 §5.1).
pub const MIN_DIGITS: usize = 6;
/// The most digits, of which each half is a machine word.
pub const MAX_DIGITS: usize = 36;
/// The most octets of a tweak.
pub const MAX_TWEAK: usize = 256;

const RADIX: u32 = 10;

/// An AES key for FF1. It cannot be printed, compared or cloned, and is wiped when dropped.
pub struct FormatPreservingKey(Engine);

enum Engine {
    Aes128(FF1<Aes128>),
    Aes192(FF1<Aes192>),
    Aes256(FF1<Aes256>),
}

/// Runs `$body` with the engine of the key's length as `$ff1`.
macro_rules! with_engine {
    ($engine:expr, $ff1:ident => $body:expr) => {
        match $engine {
            Engine::Aes128($ff1) => $body,
            Engine::Aes192($ff1) => $body,
            Engine::Aes256($ff1) => $body,
        }
    };
}

impl FormatPreservingKey {
    /// From the octets of an AES key: 16, 24 or 32.
    ///
    /// # Errors
    /// [`Error::Misuse`] for any other length.
    pub fn new(key: &SecretBytes) -> Result<Self> {
        let key = key.expose();
        Ok(Self(match key.len() {
            16 => Engine::Aes128(engine(key)?),
            24 => Engine::Aes192(engine(key)?),
            32 => Engine::Aes256(engine(key)?),
            _ => return Err(Error::Misuse("length of an AES key")),
        }))
    }

    /// Encrypts decimal digits to as many others; the tweak, which is no secret, chooses the permutation.
    ///
    /// # Errors
    /// [`Error::Malformed`] for anything but digits; [`Error::Misuse`] for fewer than [`MIN_DIGITS`], more than
    /// [`MAX_DIGITS`] or a tweak of more than [`MAX_TWEAK`] octets.
    pub fn encrypt(&self, tweak: &[u8], digits: &str) -> Result<String> {
        let plain = Decimal::parse(digits)?;
        Ok(self.encrypt_decimal(tweak, &plain)?.to_text())
    }

    /// Finds what was encrypted.
    ///
    /// # Errors
    /// As [`Self::encrypt`].
    pub fn decrypt(&self, tweak: &[u8], digits: &str) -> Result<String> {
        let secret = Decimal::parse(digits)?;
        Ok(self.decrypt_decimal(tweak, &secret)?.to_text())
    }

    /// As [`Self::encrypt`], of a number below 10^`digits`.
    ///
    /// # Errors
    /// As [`Self::encrypt`]; [`Error::Misuse`] for a larger number, or one of more digits than a machine word has.
    pub fn encrypt_number(&self, tweak: &[u8], number: u64, digits: usize) -> Result<u64> {
        let plain = Decimal::of_number(number, digits)?;
        self.encrypt_decimal(tweak, &plain)?.to_number()
    }

    /// Finds the number that was encrypted.
    ///
    /// # Errors
    /// As [`Self::encrypt_number`].
    pub fn decrypt_number(&self, tweak: &[u8], number: u64, digits: usize) -> Result<u64> {
        let secret = Decimal::of_number(number, digits)?;
        self.decrypt_decimal(tweak, &secret)?.to_number()
    }

    fn encrypt_decimal(&self, tweak: &[u8], plain: &Decimal) -> Result<Decimal> {
        let tweak = checked(tweak)?;
        with_engine!(&self.0, ff1 => ff1.encrypt(tweak, plain)).map_err(wrong_length)
    }

    fn decrypt_decimal(&self, tweak: &[u8], secret: &Decimal) -> Result<Decimal> {
        let tweak = checked(tweak)?;
        with_engine!(&self.0, ff1 => ff1.decrypt(tweak, secret)).map_err(wrong_length)
    }
}

fn engine<C: KeyInit + BlockCipherEncrypt>(key: &[u8]) -> Result<FF1<C>> {
    FF1::new(key, RADIX).map_err(|_| Error::Unsupported("radix of FF1"))
}

fn checked(tweak: &[u8]) -> Result<&[u8]> {
    if tweak.len() > MAX_TWEAK {
        return Err(Error::Misuse("a tweak of too many octets"));
    }
    Ok(tweak)
}

fn wrong_length(_: NumeralStringError) -> Error {
    WRONG_LENGTH
}

const WRONG_LENGTH: Error = Error::Misuse("number of digits of FF1");
const TOO_LARGE: Error = Error::Misuse("a number that does not fit its digits");

/// A number with its leading zeros, in the halves that FF1 works on.
struct Decimal {
    left: Half,
    right: Half,
}

/// At most [`MAX_DIGITS`] / 2 digits.
#[derive(Clone, Copy)]
struct Half {
    value: u64,
    digits: usize,
}

impl Decimal {
    fn parse(digits: &str) -> Result<Self> {
        if !digits.bytes().all(|digit| digit.is_ascii_digit()) {
            return Err(Error::Malformed("decimal number"));
        }
        if !(MIN_DIGITS..=MAX_DIGITS).contains(&digits.len()) {
            return Err(WRONG_LENGTH);
        }
        let (left, right) = digits.split_at(digits.len() / 2);
        let half = |text: &str| {
            let value = text.parse().map_err(|_| WRONG_LENGTH)?;
            Ok(Half {
                value,
                digits: text.len(),
            })
        };
        Ok(Self {
            left: half(left)?,
            right: half(right)?,
        })
    }

    fn of_number(number: u64, digits: usize) -> Result<Self> {
        if !(MIN_DIGITS..=MAX_DIGITS).contains(&digits) {
            return Err(WRONG_LENGTH);
        }
        let (left, right) = (digits / 2, digits - digits / 2);
        let half = |value, digits| Half { value, digits };
        let below = power_of_ten(right);
        if number / below >= power_of_ten(left) {
            return Err(TOO_LARGE);
        }
        Ok(Self {
            left: half(number / below, left),
            right: half(number % below, right),
        })
    }

    fn to_text(&self) -> String {
        let Self { left, right } = self;
        format!(
            "{:0left_digits$}{:0right_digits$}",
            left.value,
            right.value,
            left_digits = left.digits,
            right_digits = right.digits
        )
    }

    fn to_number(&self) -> Result<u64> {
        let left = self.left.value.checked_mul(power_of_ten(self.right.digits));
        left.and_then(|left| left.checked_add(self.right.value))
            .ok_or(TOO_LARGE)
    }
}

/// For at most [`MAX_DIGITS`] / 2, which fits.
const fn power_of_ten(digits: usize) -> u64 {
    let mut power: u64 = 1;
    let mut done = 0;
    while done < digits {
        power = power.saturating_mul(10);
        done += 1;
    }
    power
}

impl Half {
    /// A number of any length modulo 10^`digits`.
    fn reduced(octets: impl Iterator<Item = u8>, digits: usize) -> u64 {
        let modulus = u128::from(power_of_ten(digits));
        let rest = octets.fold(0, |rest, octet| (rest * 256 + u128::from(octet)) % modulus);
        u64::try_from(rest).unwrap_or_default()
    }
}

impl Operations for Half {
    type Bytes = Vec<u8>;

    fn numeral_count(&self) -> usize {
        self.digits
    }

    fn to_be_bytes(&self, _radix: u32, octets: usize) -> Vec<u8> {
        let all = self.value.to_be_bytes();
        let surplus = all.len().saturating_sub(octets);
        let missing = octets.saturating_sub(all.len());
        let zeros = core::iter::repeat_n(0, missing);
        zeros.chain(all.into_iter().skip(surplus)).collect()
    }

    fn add_mod_exp(self, other: impl Iterator<Item = u8>, _radix: u32, digits: usize) -> Self {
        let modulus = power_of_ten(digits);
        let value = (self.value + Self::reduced(other, digits)) % modulus;
        Self { value, digits }
    }

    fn sub_mod_exp(self, other: impl Iterator<Item = u8>, _radix: u32, digits: usize) -> Self {
        let modulus = power_of_ten(digits);
        let value = (self.value + modulus - Self::reduced(other, digits)) % modulus;
        Self { value, digits }
    }
}

impl NumeralString for Decimal {
    type Ops = Half;

    fn is_valid(&self, radix: u32) -> bool {
        radix == RADIX
    }

    fn numeral_count(&self) -> usize {
        self.left.digits + self.right.digits
    }

    fn split(&self) -> (Half, Half) {
        (self.left, self.right)
    }

    fn concat(left: Half, right: Half) -> Self {
        Self { left, right }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn key(octets: usize) -> FormatPreservingKey {
        FormatPreservingKey::new(&SecretBytes::new(vec![7; octets])).unwrap()
    }

    /// The vectors of NIST, those of radix 10; and those of another implementation for other lengths.
    #[test]
    fn vectors() {
        for (name, path) in test_support::vectors("format-preserving") {
            let vector = test_support::read_json(&path);
            let text = |place: &str| vector.pointer(place).unwrap().as_str().unwrap().to_owned();
            let key = SecretBytes::new(test_support::unhex(&text("/given/key")));
            let key = FormatPreservingKey::new(&key).unwrap();
            let tweak = test_support::unhex(&text("/given/tweak"));
            let (plain, secret) = (text("/given/plain"), text("/want/secret"));
            assert_eq!(key.encrypt(&tweak, &plain).unwrap(), secret, "{name}");
            assert_eq!(key.decrypt(&tweak, &secret).unwrap(), plain, "{name}");
        }
    }

    #[test]
    fn what_is_no_number_of_six_to_thirty_six_digits_is_refused() {
        let key = key(16);
        let (short, long) = ("1".repeat(MIN_DIGITS - 1), "1".repeat(MAX_DIGITS + 1));
        for text in ["", "12345x", "-12345", "１２３４５６", &short, &long] {
            assert!(key.encrypt(&[], text).is_err(), "{text}");
            assert!(key.decrypt(&[], text).is_err(), "{text}");
        }
        assert!(key.encrypt(&[0; MAX_TWEAK + 1], "123456").is_err());
        assert!(key.encrypt_number(&[], 1_000_000, 6).is_err());
        assert!(key.encrypt_number(&[], 0, 5).is_err());
        assert!(key.encrypt_number(&[], 0, MAX_DIGITS + 1).is_err());
        assert!(FormatPreservingKey::new(&SecretBytes::from([7; 15])).is_err());
    }

    #[test]
    fn small_numbers_of_many_digits_are_numbers_still() {
        let key = key(32);
        // Twenty digits do not fit a machine word: the text does.
        let secret = key.encrypt(b"t", "00000000000000000001").unwrap();
        assert_eq!(key.decrypt(b"t", &secret).unwrap(), "00000000000000000001");
        let secret = key.encrypt_number(b"t", 5, 18).unwrap();
        assert_eq!(
            format!("{secret:018}"),
            key.encrypt(b"t", "000000000000000005").unwrap()
        );
    }

    proptest! {
        #[test]
        fn there_and_back(digits in "[0-9]{6,36}", tweak in proptest::collection::vec(any::<u8>(), 0..40), size in 2usize..5) {
            let key = key(size * 8);
            let secret = key.encrypt(&tweak, &digits).unwrap();
            prop_assert_eq!(secret.len(), digits.len());
            prop_assert_eq!(key.decrypt(&tweak, &secret).unwrap(), digits);
        }
    }
}
