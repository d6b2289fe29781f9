//! The curves by name, number and parameters.

use der::asn1::ObjectIdentifier;

use super::{EcDomain, domain, own_curves};
use crate::dotted;

/// A curve of Doc 9303-11 table 12, in its order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Curve {
    /// NIST P-192, secp192r1, standardised parameter id 8.
    P192,
    /// brainpoolP192r1, id 9.
    BrainpoolP192r1,
    /// NIST P-224, secp224r1, id 10.
    P224,
    /// brainpoolP224r1, id 11.
    BrainpoolP224r1,
    /// NIST P-256, secp256r1, id 12.
    P256,
    /// brainpoolP256r1, id 13.
    BrainpoolP256r1,
    /// brainpoolP320r1, id 14.
    BrainpoolP320r1,
    /// NIST P-384, secp384r1, id 15.
    P384,
    /// brainpoolP384r1, id 16.
    BrainpoolP384r1,
    /// brainpoolP512r1, id 17.
    BrainpoolP512r1,
    /// NIST P-521, secp521r1, id 18.
    P521,
}

impl Curve {
    /// All of them, in the order of their standardised ids.
    pub const ALL: [Self; 11] = [
        Self::P192,
        Self::BrainpoolP192r1,
        Self::P224,
        Self::BrainpoolP224r1,
        Self::P256,
        Self::BrainpoolP256r1,
        Self::BrainpoolP320r1,
        Self::P384,
        Self::BrainpoolP384r1,
        Self::BrainpoolP512r1,
        Self::P521,
    ];

    /// Object identifier of the named curve.
    #[must_use]
    pub const fn oid(self) -> ObjectIdentifier {
        match self {
            Self::P192 => const { dotted("1.2.840.10045.3.1.1") },
            Self::BrainpoolP192r1 => const { dotted("1.3.36.3.3.2.8.1.1.3") },
            Self::P224 => const { dotted("1.3.132.0.33") },
            Self::BrainpoolP224r1 => const { dotted("1.3.36.3.3.2.8.1.1.5") },
            Self::P256 => const { dotted("1.2.840.10045.3.1.7") },
            Self::BrainpoolP256r1 => const { dotted("1.3.36.3.3.2.8.1.1.7") },
            Self::BrainpoolP320r1 => const { dotted("1.3.36.3.3.2.8.1.1.9") },
            Self::P384 => const { dotted("1.3.132.0.34") },
            Self::BrainpoolP384r1 => const { dotted("1.3.36.3.3.2.8.1.1.11") },
            Self::BrainpoolP512r1 => const { dotted("1.3.36.3.3.2.8.1.1.13") },
            Self::P521 => const { dotted("1.3.132.0.35") },
        }
    }

    /// The curve of an object identifier.
    #[must_use]
    pub fn from_oid(oid: ObjectIdentifier) -> Option<Self> {
        Self::ALL.into_iter().find(|curve| curve.oid() == oid)
    }

    /// Number of the standardised domain parameters (Doc 9303-11 table 12).
    #[must_use]
    pub const fn standardized_id(self) -> u8 {
        match self {
            Self::P192 => 8,
            Self::BrainpoolP192r1 => 9,
            Self::P224 => 10,
            Self::BrainpoolP224r1 => 11,
            Self::P256 => 12,
            Self::BrainpoolP256r1 => 13,
            Self::BrainpoolP320r1 => 14,
            Self::P384 => 15,
            Self::BrainpoolP384r1 => 16,
            Self::BrainpoolP512r1 => 17,
            Self::P521 => 18,
        }
    }

    /// The curve of a number of table 12.
    #[must_use]
    pub fn from_standardized_id(id: u8) -> Option<Self> {
        Self::ALL
            .into_iter()
            .find(|curve| curve.standardized_id() == id)
    }

    /// Octets of a coordinate.
    #[must_use]
    pub const fn field_len(self) -> usize {
        self.domain().p.len()
    }

    /// Octets of a number modulo the order.
    #[must_use]
    pub const fn order_len(self) -> usize {
        self.domain().n.len()
    }

    /// Octets of an uncompressed point.
    #[must_use]
    pub const fn point_len(self) -> usize {
        1 + 2 * self.field_len()
    }

    /// Whether integrated mapping is defined on the curve: where the prime is 3 modulo 4, which is everywhere but on P-224
    /// (Doc 9303-11 B.2).
    #[must_use]
    pub fn has_integrated_mapping(self) -> bool {
        let p = self.domain().p;
        p.last().is_some_and(|last| last & 3 == 3)
    }

    /// Name as written in text.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::P192 => "P-192",
            Self::BrainpoolP192r1 => "brainpoolP192r1",
            Self::P224 => "P-224",
            Self::BrainpoolP224r1 => "brainpoolP224r1",
            Self::P256 => "P-256",
            Self::BrainpoolP256r1 => "brainpoolP256r1",
            Self::BrainpoolP320r1 => "brainpoolP320r1",
            Self::P384 => "P-384",
            Self::BrainpoolP384r1 => "brainpoolP384r1",
            Self::BrainpoolP512r1 => "brainpoolP512r1",
            Self::P521 => "P-521",
        }
    }

    /// The domain parameters as numbers.
    #[must_use]
    pub const fn domain(self) -> &'static EcDomain {
        match self {
            Self::P192 => &own_curves::p192::DOMAIN,
            Self::BrainpoolP192r1 => &own_curves::brainpool_p192r1::DOMAIN,
            Self::P224 => &own_curves::p224::DOMAIN,
            Self::BrainpoolP224r1 => &own_curves::brainpool_p224r1::DOMAIN,
            Self::P256 => &domain::P256,
            Self::BrainpoolP256r1 => &domain::BRAINPOOL_P256R1,
            Self::BrainpoolP320r1 => &own_curves::brainpool_p320r1::DOMAIN,
            Self::P384 => &domain::P384,
            Self::BrainpoolP384r1 => &domain::BRAINPOOL_P384R1,
            Self::BrainpoolP512r1 => &own_curves::brainpool_p512r1::DOMAIN,
            Self::P521 => &domain::P521,
        }
    }
}
