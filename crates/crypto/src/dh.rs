//! Diffie-Hellman modulo a prime: values, generators, key pairs (Doc 9303-11 §9.4, §9.5).
//!
//! As on curves ([`crate::ec`]), a key pair belongs to a [`DhGenerator`], because PACE makes generators of its own. Every value
//! that exists is of order q: it has been checked, or is a power of one that was.

mod arithmetic;
mod group;

use rand_core::CryptoRng;

use crate::{Error, Result, SecretBytes};

pub use group::{DhDomain, DhGroup};

/// A public value of a group.
///
/// It is at least 2, at most p − 2, and its q-th power is 1 (RFC 2631 §2.1.5). The cofactor (p − 1)/q of these groups has small
/// divisors: a value outside the subgroup of order q would tell the private number modulo each of them, and 0, 1 and p − 1 would
/// fix the result of the agreement.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct DhPublicKey {
    group: DhGroup,
    value: Vec<u8>,
}

impl DhPublicKey {
    /// Reads a value and checks it. Leading zeros up to the length of the prime do not count: Doc 9303-11 §9.4.3 leaves them
    /// away, PKCS #3 keeps them.
    ///
    /// # Errors
    /// [`Error::InvalidValue`] when it is longer than the prime, not from 2 to p − 2 or not of order q.
    pub fn from_bytes(group: DhGroup, bytes: &[u8]) -> Result<Self> {
        let value = arithmetic::check_value(group, bytes)?;
        Ok(Self { group, value })
    }

    /// The value with the length of the prime.
    #[must_use]
    pub fn value(&self) -> &[u8] {
        &self.value
    }

    /// The value in the fewest octets, as it goes over the line (Doc 9303-11 §9.4.3).
    #[must_use]
    pub fn wire(&self) -> &[u8] {
        without_zeros(&self.value)
    }

    /// The group.
    #[must_use]
    pub const fn group(&self) -> DhGroup {
        self.group
    }
}

impl core::fmt::Debug for DhPublicKey {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        write!(f, "DhPublicKey({})", self.group.name())
    }
}

/// What a key pair raises to a power: the generator of a group, or a value mapped from a nonce.
///
/// A mapped generator depends on the password: it is not printable, and wiped when dropped.
pub struct DhGenerator {
    group: DhGroup,
    value: SecretBytes,
}

impl DhGenerator {
    /// The generator of the group.
    #[must_use]
    pub fn standard(group: DhGroup) -> Self {
        let value = group.domain().g.into();
        Self { group, value }
    }

    /// ĝ = gˢ·h, generic mapping of PACE (Doc 9303-11 §4.4.3.3.1).
    ///
    /// # Errors
    /// [`Error::InvalidValue`] when that is 1; [`Error::Misuse`] for a nonce longer than the prime.
    pub fn mapped(nonce: &[u8], shared: &SharedValue) -> Result<Self> {
        let group = shared.group;
        let value = arithmetic::generic_mapping(group, nonce, shared.value())?;
        Ok(Self { group, value })
    }

    /// ĝ = xᵃ with a = (p − 1)/q, integrated mapping of PACE (Doc 9303-11 §4.4.3.3.2). `number` is what the pseudo-random
    /// function yields, big-endian and of any length; x is that modulo p.
    ///
    /// # Errors
    /// [`Error::InvalidValue`] when the power is 0 or 1.
    pub fn integrated(group: DhGroup, number: &[u8]) -> Result<Self> {
        let value = arithmetic::integrated_mapping(group, number)?;
        Ok(Self { group, value })
    }

    /// The value, with the length of the prime.
    #[must_use]
    pub fn value(&self) -> &[u8] {
        self.value.expose()
    }

    /// The group.
    #[must_use]
    pub const fn group(&self) -> DhGroup {
        self.group
    }
}

impl core::fmt::Debug for DhGenerator {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        write!(f, "DhGenerator({})", self.group.name())
    }
}

/// A private number and its public value over one generator.
pub struct DhKeyPair {
    secret: SecretBytes,
    public: DhPublicKey,
}

impl DhKeyPair {
    /// Draws a fresh pair; the private number is from 1 to q − 1.
    ///
    /// # Errors
    /// [`Error::Misuse`] when the generator of random numbers yields no number below the order.
    pub fn generate(generator: &DhGenerator, rng: &mut dyn CryptoRng) -> Result<Self> {
        let secret = arithmetic::random_secret(generator.group, rng)?;
        Self::of(generator, secret)
    }

    /// A pair from its private number, big-endian. PKCS #3 lets it be as long as the prime; it is kept modulo q, which gives the
    /// same powers of all values there are, in a time that says nothing of its length.
    ///
    /// # Errors
    /// [`Error::Malformed`] when the number is longer than the prime or zero modulo the order.
    pub fn from_secret(generator: &DhGenerator, secret: &[u8]) -> Result<Self> {
        let secret = arithmetic::check_secret(generator.group, secret)?;
        Self::of(generator, secret)
    }

    fn of(generator: &DhGenerator, secret: SecretBytes) -> Result<Self> {
        let group = generator.group;
        let value = arithmetic::power(group, generator.value(), &secret)?;
        let value = value.expose().to_vec();
        Ok(Self {
            secret,
            public: DhPublicKey { group, value },
        })
    }

    /// The public value.
    #[must_use]
    pub const fn public(&self) -> &DhPublicKey {
        &self.public
    }

    /// Another copy of the secret, to be wiped as this one.
    #[must_use]
    pub fn duplicate(&self) -> Self {
        Self {
            secret: self.secret.duplicate(),
            public: self.public.clone(),
        }
    }

    /// The private number, with the length of the order.
    #[must_use]
    pub const fn secret(&self) -> &SecretBytes {
        &self.secret
    }

    /// Key agreement (RFC 2631 §2.1.1). Both ends being in the subgroup of prime order, the result is never 1.
    ///
    /// # Errors
    /// [`Error::Misuse`] when the other value is of another group.
    pub fn agree(&self, other: &DhPublicKey) -> Result<SharedValue> {
        let group = self.public.group;
        if other.group != group {
            return Err(Error::Misuse("key agreement between two groups"));
        }
        let value = arithmetic::power(group, &other.value, &self.secret)?;
        Ok(SharedValue { group, value })
    }
}

impl core::fmt::Debug for DhKeyPair {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        write!(f, "DhKeyPair({})", self.public.group.name())
    }
}

/// The result of a key agreement: a secret value. Wiped when dropped.
pub struct SharedValue {
    group: DhGroup,
    value: SecretBytes,
}

impl SharedValue {
    /// The value with the length of the prime: K of the key derivation (RFC 2631 §2.1.2: leading zeros are kept).
    #[must_use]
    pub fn value(&self) -> &[u8] {
        self.value.expose()
    }

    /// The group.
    #[must_use]
    pub const fn group(&self) -> DhGroup {
        self.group
    }
}

impl core::fmt::Debug for SharedValue {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.write_str("SharedValue")
    }
}

/// A number in the fewest octets (Doc 9303-11 §9.4.1).
pub(crate) fn without_zeros(number: &[u8]) -> &[u8] {
    let zeros = number.iter().take_while(|octet| **octet == 0).count();
    number.get(zeros..).unwrap_or_default()
}

#[cfg(test)]
mod tests;
