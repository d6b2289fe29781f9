//! Numbers modulo the prime of a group. Everything here speaks bytes on its outside.
//!
//! Powers take a time that depends on the declared length of the exponent and on nothing else: exponents that are secret always
//! have the length of the order.

use crypto_bigint::modular::{FixedMontyForm, FixedMontyParams};
use crypto_bigint::{NonZero, Odd, Uint};
use rand_core::CryptoRng;
use subtle::{ConstantTimeEq as _, ConstantTimeGreater as _, ConstantTimeLess as _};
use zeroize::Zeroizing;

use super::group::with_modulus;
use crate::{DhGroup, Error, Result, SecretBytes};

/// Draws until a number below the order comes: one draw in two fits in the group where the fewest do.
const MAX_DRAWS: usize = 256;

/// What is computed with: the prime in Montgomery's form, the order, and (p − 1)/q.
pub(super) struct Modulus<const LIMBS: usize> {
    prime: FixedMontyParams<LIMBS>,
    order: NonZero<Uint<LIMBS>>,
    order_len: usize,
    cofactor: Uint<LIMBS>,
}

impl<const LIMBS: usize> Modulus<LIMBS> {
    pub(super) fn new(
        prime: Odd<Uint<LIMBS>>,
        order: NonZero<Uint<LIMBS>>,
        order_len: usize,
    ) -> Self {
        let without_one = prime.as_ref().wrapping_sub(&Uint::ONE);
        Self {
            prime: FixedMontyParams::new_vartime(prime),
            order,
            order_len,
            cofactor: without_one.wrapping_div_vartime(&order),
        }
    }

    /// Reads a value from 2 to p − 2 of order q.
    fn element(&self, bytes: &[u8]) -> Result<Uint<LIMBS>> {
        let value = number::<LIMBS>(bytes).ok_or(Error::InvalidValue)?;
        let last = self.prime.modulus().as_ref().wrapping_sub(&Uint::ONE);
        let inside = value.ct_gt(&Uint::ONE) & value.ct_lt(&last);
        let power = self.to_the_order(&self.form(&value));
        if bool::from(inside) && power == Uint::ONE {
            Ok(value)
        } else {
            Err(Error::InvalidValue)
        }
    }

    /// A number modulo the order. `None` when it is longer than the prime.
    fn exponent(&self, bytes: &[u8]) -> Option<Zeroizing<Uint<LIMBS>>> {
        let wide = Zeroizing::new(number::<LIMBS>(bytes)?);
        Some(Zeroizing::new(wide.rem(&self.order)))
    }

    /// A private number modulo the order, which must not be zero.
    fn private_number(&self, bytes: &[u8]) -> Result<Zeroizing<Uint<LIMBS>>> {
        self.exponent(bytes)
            .filter(|exponent| !bool::from(exponent.ct_eq(&Uint::ZERO)))
            .ok_or(Error::Malformed("private number"))
    }

    /// A number of any length, modulo the prime: pieces that are shorter than the prime, the first one first.
    fn reduced(&self, bytes: &[u8]) -> FixedMontyForm<LIMBS> {
        let piece_len = Uint::<LIMBS>::BYTES - 1;
        let place = self.form(&Uint::ONE.wrapping_shl_vartime(8 * piece_len as u32));
        let zero = FixedMontyForm::zero(&self.prime);
        bytes.rchunks(piece_len).rev().fold(zero, |sum, piece| {
            let piece = Zeroizing::new(number::<LIMBS>(piece).unwrap_or(Uint::ZERO));
            sum.mul(&place).add(&self.form(&piece))
        })
    }

    fn form(&self, value: &Uint<LIMBS>) -> FixedMontyForm<LIMBS> {
        FixedMontyForm::new(value, &self.prime)
    }

    fn power(&self, base: &FixedMontyForm<LIMBS>, exponent: &Uint<LIMBS>) -> FixedMontyForm<LIMBS> {
        base.pow_amm_bounded_exp(exponent, 8 * self.order_len as u32)
    }

    fn to_the_order(&self, base: &FixedMontyForm<LIMBS>) -> Uint<LIMBS> {
        self.power(base, &self.order).retrieve()
    }

    /// The octets of a generator of the subgroup; 1 is none.
    fn generator(value: &FixedMontyForm<LIMBS>) -> Result<SecretBytes> {
        let value = Zeroizing::new(value.retrieve());
        if bool::from(value.ct_gt(&Uint::ONE)) {
            Ok(SecretBytes::new(octets(&value)))
        } else {
            Err(Error::InvalidValue)
        }
    }
}

/// Checks a value (Doc 9303-11 §9.4.5); answers it with the length of the prime.
pub(super) fn check_value(group: DhGroup, bytes: &[u8]) -> Result<Vec<u8>> {
    with_modulus!(group, m => m.element(bytes).map(|value| octets(&value)))
}

/// A private number with the length of the order.
pub(super) fn check_secret(group: DhGroup, bytes: &[u8]) -> Result<SecretBytes> {
    with_modulus!(group, m => {
        let exponent = m.private_number(bytes)?;
        let octets = Zeroizing::new(octets(&exponent));
        Ok(tail(&octets, m.order_len))
    })
}

pub(super) fn random_secret(group: DhGroup, rng: &mut dyn CryptoRng) -> Result<SecretBytes> {
    let mut bytes = Zeroizing::new(vec![0; group.order_len()]);
    with_modulus!(group, m => {
        for _ in 0..MAX_DRAWS {
            rng.fill_bytes(&mut bytes);
            let drawn = Zeroizing::new(number(&bytes).unwrap_or_default());
            let fits = drawn.ct_gt(&Uint::ZERO) & drawn.ct_lt(&m.order);
            if bool::from(fits) {
                return Ok(bytes.as_slice().into());
            }
        }
    });
    Err(Error::Misuse(
        "the random number generator never yields a number below the order",
    ))
}

/// base to the power of a private number, with the length of the prime. The base has been checked to be of order q.
pub(super) fn power(group: DhGroup, base: &[u8], secret: &SecretBytes) -> Result<SecretBytes> {
    with_modulus!(group, m => {
        let base = Zeroizing::new(number(base).ok_or(Error::InvalidValue)?);
        let exponent = m.private_number(secret.expose())?;
        let power = Zeroizing::new(m.power(&m.form(&base), &exponent).retrieve());
        Ok(SecretBytes::new(octets(&power)))
    })
}

/// ĝ = gˢ·h. A nonce modulo q gives the same power, and exponents of one length.
pub(super) fn generic_mapping(group: DhGroup, nonce: &[u8], shared: &[u8]) -> Result<SecretBytes> {
    with_modulus!(group, m => {
        let nonce = m.exponent(nonce).ok_or(Error::Misuse("a nonce longer than the prime"))?;
        let standard = number(group.domain().g).ok_or(Error::InvalidValue)?;
        let shared = Zeroizing::new(number(shared).ok_or(Error::InvalidValue)?);
        let mapped = Zeroizing::new(m.power(&m.form(&standard), &nonce).mul(&m.form(&shared)));
        Modulus::generator(&mapped)
    })
}

/// ĝ = xᵃ, a = (p − 1)/q. The exponent is no secret, but the time says nothing of the base either.
pub(super) fn integrated_mapping(group: DhGroup, bytes: &[u8]) -> Result<SecretBytes> {
    with_modulus!(group, m => {
        let base = Zeroizing::new(m.reduced(bytes));
        let mapped = Zeroizing::new(base.pow_amm(&m.cofactor));
        Modulus::generator(&mapped)
    })
}

/// Big-endian octets as a number, if it has room for them.
fn number<const LIMBS: usize>(bytes: &[u8]) -> Option<Uint<LIMBS>> {
    let mut wide = Zeroizing::new(vec![0; Uint::<LIMBS>::BYTES]);
    let at = wide.len().checked_sub(bytes.len())?;
    wide.get_mut(at..)?.copy_from_slice(bytes);
    Some(Uint::from_be_slice(&wide))
}

/// Big-endian octets of a number, leading zeros kept.
fn octets<const LIMBS: usize>(number: &Uint<LIMBS>) -> Vec<u8> {
    // Room from the start: what grows leaves copies behind.
    let mut octets = Vec::with_capacity(Uint::<LIMBS>::BYTES);
    for limb in number.as_limbs().iter().rev() {
        octets.extend_from_slice(&limb.0.to_be_bytes());
    }
    octets
}

fn tail(bytes: &[u8], len: usize) -> SecretBytes {
    let at = bytes.len().saturating_sub(len);
    bytes.get(at..).unwrap_or_default().into()
}
