//! Key agreement as PACE and chip authentication know it: one face over curves and multiplicative groups.
//!
//! | | [`crate::ec`] | [`crate::dh`] |
//! |---|---|---|
//! | on the line (Doc 9303-11 §9.4.3, §9.4.4) | `04 ‖ x ‖ y`, fixed length | the number in the fewest octets |
//! | K of the key derivation (§9.7.1) | x, leading zeros kept | the number, leading zeros kept |
//! | Comp() (TR-03110-3 §A.2.2.3) | x, leading zeros kept | SHA-1 of what is on the line |
//! | generic mapping (§4.4.3.3.1) | s·G + H | gˢ·h |
//! | integrated mapping (§4.4.3.3.2) | f_G(x), not on P-224 | xᵃ |
//! | chip authentication mapping (§4.4.3.5) | SK_IC⁻¹·SK_Map | – |

mod algorithm_identifier;

use rand_core::CryptoRng;

use crate::dh::SharedValue;
use crate::ec::SharedPoint;
use crate::{
    Curve, DhGenerator, DhGroup, DhKeyPair, DhPublicKey, EcKeyPair, EcPoint, EcPrivateKey, Error,
    Generator, HashAlgorithm, Result, SecretBytes,
};

const CURVES_ONLY: Error = Error::Misuse("chip authentication mapping outside curves");

/// Standardised domain parameters (Doc 9303-11 table 12).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum AgreementDomain {
    /// A multiplicative group, ids 0 to 2.
    Dh(DhGroup),
    /// A curve, ids 8 to 18.
    Ec(Curve),
}

impl AgreementDomain {
    /// All of them, in the order of their standardised ids.
    pub fn all() -> impl Iterator<Item = Self> {
        let groups = DhGroup::ALL.into_iter().map(Self::Dh);
        groups.chain(Curve::ALL.into_iter().map(Self::Ec))
    }

    /// The parameters of a number of table 12.
    #[must_use]
    pub fn from_standardized_id(id: u8) -> Option<Self> {
        Self::all().find(|domain| domain.standardized_id() == id)
    }

    /// Their number in table 12.
    #[must_use]
    pub const fn standardized_id(self) -> u8 {
        match self {
            Self::Dh(group) => group.standardized_id(),
            Self::Ec(curve) => curve.standardized_id(),
        }
    }

    /// Bits of the prime: how long the pseudo-random number of the integrated mapping has to be (Doc 9303-11 §4.4.3.3.2).
    #[must_use]
    pub fn prime_bits(self) -> usize {
        let p = match self {
            Self::Dh(group) => group.domain().p,
            Self::Ec(curve) => curve.domain().p,
        };
        let unused = p.first().map_or(0, |octet| octet.leading_zeros());
        8 * p.len() - unused as usize
    }

    /// Bits of strength, to choose among what a chip offers: half of the order on a curve, SP 800-57-1 table 2 for a group, where
    /// the prime is what limits it.
    #[must_use]
    pub fn strength(self) -> usize {
        match self {
            Self::Dh(DhGroup::Modp1024_160) => 80,
            Self::Dh(DhGroup::Modp2048_224 | DhGroup::Modp2048_256) => 112,
            Self::Ec(_) => self.prime_bits() / 2,
        }
    }

    /// Most octets of a public key on the line.
    #[must_use]
    pub fn max_wire_len(self) -> usize {
        match self {
            Self::Dh(group) => group.value_len(),
            Self::Ec(curve) => 1 + 2 * curve.field_len(),
        }
    }

    /// Whether [`AgreementGenerator::integrated`] is defined here: everywhere but on P-224.
    #[must_use]
    pub fn has_integrated_mapping(self) -> bool {
        match self {
            Self::Dh(_) => true,
            Self::Ec(curve) => curve.has_integrated_mapping(),
        }
    }

    /// Name as written in text.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Dh(group) => group.name(),
            Self::Ec(curve) => curve.name(),
        }
    }
}

/// A public key of an agreement. It has been checked (Doc 9303-11 §9.4.5).
#[derive(Clone, PartialEq, Eq, Hash)]
pub enum AgreementKey {
    /// A value of order q.
    Dh(DhPublicKey),
    /// A point of the curve, not the one at infinity.
    Ec(EcPoint),
}

impl AgreementKey {
    /// Reads a key that came over the line, and checks it.
    ///
    /// # Errors
    /// [`Error::InvalidPoint`], [`Error::InvalidValue`].
    pub fn from_wire(domain: AgreementDomain, bytes: &[u8]) -> Result<Self> {
        match domain {
            AgreementDomain::Dh(group) => DhPublicKey::from_bytes(group, bytes).map(Self::Dh),
            AgreementDomain::Ec(curve) => EcPoint::from_bytes(curve, bytes).map(Self::Ec),
        }
    }

    /// The octets that go over the line and into authentication tokens.
    #[must_use]
    pub fn wire(&self) -> &[u8] {
        match self {
            Self::Dh(value) => value.wire(),
            Self::Ec(point) => point.as_bytes(),
        }
    }

    /// Comp(): what stands for the key in terminal authentication (Doc 9303-11 §7.1.4).
    #[must_use]
    pub fn compressed(&self) -> Vec<u8> {
        match self {
            Self::Dh(value) => HashAlgorithm::Sha1.digest(value.wire()),
            Self::Ec(point) => point.x().to_vec(),
        }
    }

    /// The domain parameters.
    #[must_use]
    pub const fn domain(&self) -> AgreementDomain {
        match self {
            Self::Dh(value) => AgreementDomain::Dh(value.group()),
            Self::Ec(point) => AgreementDomain::Ec(point.curve()),
        }
    }

    /// The terminal's check of chip authentication mapping, of the chip's static key: see
    /// [`EcPoint::check_chip_authentication_data`].
    ///
    /// # Errors
    /// As there; [`Error::Misuse`] outside curves.
    pub fn check_chip_authentication_data(&self, data: &[u8], mapping: &Self) -> Result<()> {
        match (self, mapping) {
            (Self::Ec(own), Self::Ec(mapping)) => own.check_chip_authentication_data(data, mapping),
            _ => Err(CURVES_ONLY),
        }
    }
}

impl core::fmt::Debug for AgreementKey {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        write!(f, "AgreementKey({})", self.domain().name())
    }
}

/// What key pairs are made over: that of the domain, or one that PACE has mapped.
#[derive(Debug)]
pub enum AgreementGenerator {
    /// Of a multiplicative group.
    Dh(DhGenerator),
    /// Of a curve.
    Ec(Generator),
}

impl AgreementGenerator {
    /// The generator of the domain.
    #[must_use]
    pub fn standard(domain: AgreementDomain) -> Self {
        match domain {
            AgreementDomain::Dh(group) => Self::Dh(DhGenerator::standard(group)),
            AgreementDomain::Ec(curve) => Self::Ec(Generator::standard(curve)),
        }
    }

    /// Generic mapping of the nonce with what the mapping keys agreed on (Doc 9303-11 §4.4.3.3.1).
    ///
    /// # Errors
    /// [`Error::InvalidPoint`], [`Error::InvalidValue`] when the result generates nothing.
    pub fn mapped(nonce: &[u8], shared: &SharedSecret) -> Result<Self> {
        match shared {
            SharedSecret::Dh(value) => DhGenerator::mapped(nonce, value).map(Self::Dh),
            SharedSecret::Ec(point) => Generator::mapped(nonce, point.point()).map(Self::Ec),
        }
    }

    /// Integrated mapping of a pseudo-random number, big-endian, not yet reduced (Doc 9303-11 §4.4.3.3.2).
    ///
    /// # Errors
    /// [`Error::InvalidPoint`], [`Error::InvalidValue`] when the result generates nothing; [`Error::Unsupported`] where
    /// [`AgreementDomain::has_integrated_mapping`] says no.
    pub fn integrated(domain: AgreementDomain, number: &[u8]) -> Result<Self> {
        match domain {
            AgreementDomain::Dh(group) => DhGenerator::integrated(group, number).map(Self::Dh),
            AgreementDomain::Ec(curve) => Generator::integrated(curve, number).map(Self::Ec),
        }
    }

    /// The domain parameters.
    #[must_use]
    pub const fn domain(&self) -> AgreementDomain {
        match self {
            Self::Dh(generator) => AgreementDomain::Dh(generator.group()),
            Self::Ec(generator) => AgreementDomain::Ec(generator.curve()),
        }
    }
}

/// A private number and its public key over one generator.
#[derive(Debug)]
pub enum AgreementKeyPair {
    /// Over a generator of a multiplicative group.
    Dh(DhKeyPair),
    /// Over a generator of a curve.
    Ec(EcKeyPair),
}

impl AgreementKeyPair {
    /// Draws a fresh pair.
    ///
    /// # Errors
    /// [`Error::Misuse`] when the generator of random numbers yields no number below the order.
    pub fn generate(generator: &AgreementGenerator, rng: &mut dyn CryptoRng) -> Result<Self> {
        match generator {
            AgreementGenerator::Dh(generator) => DhKeyPair::generate(generator, rng).map(Self::Dh),
            AgreementGenerator::Ec(generator) => EcKeyPair::generate(generator, rng).map(Self::Ec),
        }
    }

    /// A pair from its private number, big-endian.
    ///
    /// # Errors
    /// As [`DhKeyPair::from_secret`] and [`EcKeyPair::from_secret`].
    pub fn from_secret(generator: &AgreementGenerator, secret: &[u8]) -> Result<Self> {
        match generator {
            AgreementGenerator::Dh(generator) => {
                DhKeyPair::from_secret(generator, secret).map(Self::Dh)
            }
            AgreementGenerator::Ec(generator) => {
                EcKeyPair::from_secret(generator, secret).map(Self::Ec)
            }
        }
    }

    /// The public key.
    #[must_use]
    pub fn public(&self) -> AgreementKey {
        match self {
            Self::Dh(pair) => AgreementKey::Dh(pair.public().clone()),
            Self::Ec(pair) => AgreementKey::Ec(pair.public().clone()),
        }
    }

    /// The private number, with the length of the order.
    #[must_use]
    pub const fn secret(&self) -> &SecretBytes {
        match self {
            Self::Dh(pair) => pair.secret(),
            Self::Ec(pair) => pair.secret(),
        }
    }

    /// Another copy of the secret, to be wiped as this one.
    #[must_use]
    pub fn duplicate(&self) -> Self {
        match self {
            Self::Dh(pair) => Self::Dh(pair.duplicate()),
            Self::Ec(pair) => Self::Ec(pair.duplicate()),
        }
    }

    /// Key agreement. Whether the other key is the own one sent back is the protocol's to ask: `==` of the public keys.
    ///
    /// # Errors
    /// [`Error::Misuse`] when the other key has other domain parameters.
    pub fn agree(&self, other: &AgreementKey) -> Result<SharedSecret> {
        match (self, other) {
            (Self::Dh(pair), AgreementKey::Dh(other)) => pair.agree(other).map(SharedSecret::Dh),
            (Self::Ec(pair), AgreementKey::Ec(other)) => pair.agree(other).map(SharedSecret::Ec),
            _ => Err(Error::Misuse("key agreement between a curve and a group")),
        }
    }

    /// The chip's proof of chip authentication mapping, of its static pair: see [`EcKeyPair::chip_authentication_data`].
    ///
    /// # Errors
    /// As there; [`Error::Misuse`] outside curves.
    pub fn chip_authentication_data(&self, mapping: &Self) -> Result<SecretBytes> {
        match (self, mapping) {
            (Self::Ec(own), Self::Ec(mapping)) => own.chip_authentication_data(mapping),
            _ => Err(CURVES_ONLY),
        }
    }
}

impl From<EcPrivateKey> for AgreementKeyPair {
    fn from(key: EcPrivateKey) -> Self {
        Self::Ec(key.into_pair())
    }
}

/// The result of a key agreement. Wiped when dropped.
#[derive(Debug)]
pub enum SharedSecret {
    /// A value of a multiplicative group.
    Dh(SharedValue),
    /// A whole point.
    Ec(SharedPoint),
}

impl SharedSecret {
    /// K of the key derivation, leading zeros kept (Doc 9303-11 §9.7.1).
    #[must_use]
    pub fn secret(&self) -> &[u8] {
        match self {
            Self::Dh(value) => value.value(),
            Self::Ec(point) => point.x(),
        }
    }
}

#[cfg(test)]
mod tests;
