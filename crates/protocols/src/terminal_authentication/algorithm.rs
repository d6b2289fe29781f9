//! The signature schemes of terminal authentication (Doc 9303-11 §9.2.9; TR-03110-3 §A.1.1.3).

use core::fmt;

use crypto::{CryptoRng, Curve, HashAlgorithm, KeyKind, PrivateKey, PublicKey, SignatureAlgorithm};
use der::asn1::ObjectIdentifier;

/// How a signature is made.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
enum Family {
    RsaPkcs1,
    RsaPss,
    Ecdsa,
}

/// A signature scheme that a key of a certificate is for: of the certificates it signs, and of a terminal's answers to
/// challenges.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct SignatureScheme {
    family: Family,
    hash: HashAlgorithm,
}

macro_rules! schemes {
    ($($(#[$doc:meta])* $name:ident = $family:ident, $hash:ident, $oid:literal, $text:literal;)*) => {
        impl SignatureScheme {
            $(
                $(#[$doc])*
                pub const $name: Self = Self { family: Family::$family, hash: HashAlgorithm::$hash };
            )*

            /// All of them, in the order of their object identifiers.
            pub const ALL: [Self; 11] = [$(Self::$name),*];

            /// Object identifier.
            #[must_use]
            pub const fn oid(self) -> ObjectIdentifier {
                match (self.family, self.hash) {
                    $((Family::$family, HashAlgorithm::$hash) => const { ObjectIdentifier::new_unwrap($oid) },)*
                    // Nothing makes other pairs.
                    _ => const { ObjectIdentifier::new_unwrap("0.4.0.127.0.7.2.2.2") },
                }
            }

            /// The standard's name without its prefix.
            #[must_use]
            pub const fn name(self) -> &'static str {
                match (self.family, self.hash) {
                    $((Family::$family, HashAlgorithm::$hash) => $text,)*
                    _ => "id-TA",
                }
            }
        }
    };
}

schemes! {
    /// Deprecated.
    RSA_PKCS1_SHA1 = RsaPkcs1, Sha1, "0.4.0.127.0.7.2.2.2.1.1", "RSA-v1-5-SHA-1";
    /// TR-03110 only.
    RSA_PKCS1_SHA256 = RsaPkcs1, Sha256, "0.4.0.127.0.7.2.2.2.1.2", "RSA-v1-5-SHA-256";
    /// Deprecated.
    RSA_PSS_SHA1 = RsaPss, Sha1, "0.4.0.127.0.7.2.2.2.1.3", "RSA-PSS-SHA-1";
    /// Salt as long as the hash, as with every PSS here.
    RSA_PSS_SHA256 = RsaPss, Sha256, "0.4.0.127.0.7.2.2.2.1.4", "RSA-PSS-SHA-256";
    /// TR-03110 only.
    RSA_PKCS1_SHA512 = RsaPkcs1, Sha512, "0.4.0.127.0.7.2.2.2.1.5", "RSA-v1-5-SHA-512";
    /// With SHA-512.
    RSA_PSS_SHA512 = RsaPss, Sha512, "0.4.0.127.0.7.2.2.2.1.6", "RSA-PSS-SHA-512";
    /// Deprecated.
    ECDSA_SHA1 = Ecdsa, Sha1, "0.4.0.127.0.7.2.2.2.2.1", "ECDSA-SHA-1";
    /// The signature is r ‖ s, as with every ECDSA here.
    ECDSA_SHA224 = Ecdsa, Sha224, "0.4.0.127.0.7.2.2.2.2.2", "ECDSA-SHA-224";
    /// With SHA-256.
    ECDSA_SHA256 = Ecdsa, Sha256, "0.4.0.127.0.7.2.2.2.2.3", "ECDSA-SHA-256";
    /// With SHA-384.
    ECDSA_SHA384 = Ecdsa, Sha384, "0.4.0.127.0.7.2.2.2.2.4", "ECDSA-SHA-384";
    /// With SHA-512.
    ECDSA_SHA512 = Ecdsa, Sha512, "0.4.0.127.0.7.2.2.2.2.5", "ECDSA-SHA-512";
}

impl SignatureScheme {
    /// The scheme of an object identifier.
    #[must_use]
    pub fn from_oid(oid: ObjectIdentifier) -> Option<Self> {
        Self::ALL.into_iter().find(|scheme| scheme.oid() == oid)
    }

    /// The hash.
    #[must_use]
    pub const fn hash(self) -> HashAlgorithm {
        self.hash
    }

    /// Whether keys of the scheme are points of a curve.
    #[must_use]
    pub const fn is_ecdsa(self) -> bool {
        matches!(self.family, Family::Ecdsa)
    }

    /// The algorithm by which a signer works. Of ECDSA, signers write DER: [`crypto::ecdsa_der_to_plain`] makes r ‖ s of it.
    #[must_use]
    pub const fn algorithm(self) -> SignatureAlgorithm {
        match self.family {
            Family::RsaPkcs1 => SignatureAlgorithm::RsaPkcs1(self.hash),
            Family::RsaPss => SignatureAlgorithm::pss(self.hash),
            Family::Ecdsa => SignatureAlgorithm::Ecdsa(self.hash),
        }
    }

    /// Signs with a key in memory.
    ///
    /// # Errors
    /// [`crypto::Error::Misuse`] when the key is of another kind or too small.
    pub fn sign(
        self,
        key: &PrivateKey,
        message: &[u8],
        rng: &mut dyn CryptoRng,
    ) -> crypto::Result<Vec<u8>> {
        match self.family {
            Family::Ecdsa => key.sign_plain_ecdsa(self.hash, message, rng),
            Family::RsaPkcs1 | Family::RsaPss => key.sign(&self.algorithm(), message, rng),
        }
    }

    /// Verifies a signature.
    ///
    /// # Errors
    /// [`crypto::Error::SignatureInvalid`]; [`crypto::Error::Misuse`] when the key is of another kind.
    pub fn verify(self, key: &PublicKey, message: &[u8], signature: &[u8]) -> crypto::Result<()> {
        match self.family {
            Family::Ecdsa => key.verify_plain_ecdsa(self.hash, message, signature),
            Family::RsaPkcs1 | Family::RsaPss => key.verify(&self.algorithm(), message, signature),
        }
    }
}

impl fmt::Display for SignatureScheme {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl fmt::Debug for SignatureScheme {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// Which schemes and sizes of keys are allowed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Profile {
    /// Doc 9303-11 §7.1.4: PSS with SHA-256 and SHA-512 and 2,048 or 3,072 bits, ECDSA from SHA-224 with curves of 224 to 512
    /// bits.
    #[default]
    Icao,
    /// TR-03110-3 tables 17 and 18: everything, deprecated schemes and small keys included; P-521 too, which Doc 9303-11
    /// table 12 standardises.
    Tr03110,
}

impl Profile {
    /// Whether a key for a scheme is allowed. The size of the exponent is limited wherever keys are read.
    #[must_use]
    pub fn allows(self, scheme: SignatureScheme, key: KeyKind) -> bool {
        match key {
            KeyKind::Rsa(bits) => !scheme.is_ecdsa() && self.allows_rsa(scheme, bits),
            KeyKind::Ec(curve) => scheme.is_ecdsa() && self.allows_ecdsa(scheme, curve),
        }
    }

    fn allows_rsa(self, scheme: SignatureScheme, bits: usize) -> bool {
        match self {
            Self::Icao => {
                scheme.family == Family::RsaPss
                    && scheme.hash != HashAlgorithm::Sha1
                    && matches!(bits, 2_048 | 3_072)
            }
            Self::Tr03110 => {
                matches!(bits, 1_024 | 1_280 | 1_536 | 2_048 | 3_072) && fits_salt(scheme, bits)
            }
        }
    }

    fn allows_ecdsa(self, scheme: SignatureScheme, curve: Curve) -> bool {
        let unusual = matches!(curve, Curve::P192 | Curve::BrainpoolP192r1 | Curve::P521);
        self == Self::Tr03110 || scheme.hash != HashAlgorithm::Sha1 && !unusual
    }
}

/// Whether hash, salt and two octets have room in the modulus (RFC 8017 §9.1.1).
const fn fits_salt(scheme: SignatureScheme, bits: usize) -> bool {
    !matches!(scheme.family, Family::RsaPss) || 2 * scheme.hash.output_len() + 2 <= bits / 8
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn object_identifiers_go_there_and_back() {
        for (scheme, value) in SignatureScheme::ALL.into_iter().zip([
            "04007F00070202020101",
            "04007F00070202020102",
            "04007F00070202020103",
            "04007F00070202020104",
            "04007F00070202020105",
            "04007F00070202020106",
            "04007F00070202020201",
            "04007F00070202020202",
            "04007F00070202020203",
            "04007F00070202020204",
            "04007F00070202020205",
        ]) {
            assert_eq!(
                hex::encode_upper(scheme.oid().as_bytes()),
                value,
                "{scheme}"
            );
            assert_eq!(SignatureScheme::from_oid(scheme.oid()), Some(scheme));
        }
        let root = ObjectIdentifier::new_unwrap("0.4.0.127.0.7.2.2.2");
        assert_eq!(SignatureScheme::from_oid(root), None);
    }

    #[test]
    fn what_the_profiles_allow() {
        let rsa = [1_024, 1_280, 1_536, 2_048, 2_560, 3_072, 4_096].map(KeyKind::Rsa);
        let curves = Curve::ALL.map(KeyKind::Ec);
        let count = |profile: Profile, scheme| {
            rsa.into_iter()
                .chain(curves)
                .filter(|kind| profile.allows(scheme, *kind))
                .count()
        };
        let counts = |profile| SignatureScheme::ALL.map(|scheme| count(profile, scheme));
        assert_eq!(counts(Profile::Icao), [0, 0, 0, 2, 0, 2, 0, 8, 8, 8, 8]);
        assert_eq!(
            counts(Profile::Tr03110),
            [5, 5, 5, 5, 5, 4, 11, 11, 11, 11, 11]
        );
    }
}
