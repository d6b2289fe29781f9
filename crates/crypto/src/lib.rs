//! The primitives of Doc 9303-11, under its names.
//!
//! This is the only crate of the workspace that names a cipher, MAC, hash or curve implementation. The others see:
//!
//! * [`Cipher`]: 3DES and AES as secure messaging uses them, [`kdf`] for its keys;
//! * [`AgreementDomain`], [`AgreementGenerator`], [`AgreementKeyPair`]: what PACE and chip authentication agree on keys with, one
//!   face over curves ([`ec`]) and multiplicative groups ([`dh`]);
//! * [`Curve`], [`EcPoint`], [`Generator`], [`EcKeyPair`]: what lies on curves;
//! * [`PublicKey`], [`PrivateKey`], [`SignatureAlgorithm`]: what certificates and security objects are signed with;
//! * [`FastSigningKey`]: an engine that is several times as fast where it has the algorithm; verification takes it by itself;
//! * [`FormatPreservingKey`]: a permutation of the numbers of a length, which hides an order;
//! * [`SealingKey`]: what seals personal data at rest;
//! * [`SecretBytes`]: bytes that cannot be printed, compared or cloned, and are wiped.
//!
//! Randomness is always an argument, but of [`FastSigningKey`], which draws its own.

pub mod agreement;
pub mod cipher;
pub mod dh;
pub mod ec;
pub mod engine;
pub mod error;
pub mod format_preserving;
pub mod hash;
pub mod hmac;
pub mod kdf;
pub mod key;
pub mod padding;
pub mod sealing;
pub mod secret;
pub mod signature;

pub use agreement::{
    AgreementDomain, AgreementGenerator, AgreementKey, AgreementKeyPair, SharedSecret,
};
pub use cipher::{Cipher, aes_cmac};
pub use dh::{DhGenerator, DhGroup, DhKeyPair, DhPublicKey};
pub use ec::{Curve, EcKeyPair, EcPoint, Generator};
pub use engine::FastSigningKey;
pub use error::{Error, Result};
pub use format_preserving::FormatPreservingKey;
pub use hash::{HashAlgorithm, Hasher};
pub use hmac::hmac_sha256;
pub use key::{
    EcParameters, EcPrivateKey, KeyDeviation, KeyKind, PrivateKey, PublicKey, RsaPrivateKey,
    RsaPublicKey,
};
pub use padding::{pad2, unpad2};
pub use rand_core::CryptoRng;
pub use sealing::SealingKey;
pub use secret::{SecretBytes, constant_time_eq};
pub use signature::{
    SignatureAlgorithm, ecdsa_der_to_plain, ecdsa_is_strict_der, ecdsa_plain_to_der,
};

/// An object identifier from its dotted form. Called in constants, so that nothing is parsed when a program runs.
pub(crate) const fn dotted(dotted: &str) -> der::asn1::ObjectIdentifier {
    der::asn1::ObjectIdentifier::new_unwrap(dotted)
}
