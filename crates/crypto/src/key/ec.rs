//! Private keys on curves.

use elliptic_curve::SecretKey;
use pkcs8::{DecodePrivateKey, EncodePrivateKey};
use rand_core::CryptoRng;

use crate::ec::SharedPoint;
use crate::{Curve, EcKeyPair, EcPoint, Error, Generator, HashAlgorithm, Result, SecretBytes};

/// A long-lived key on the base point of a curve: a signer's, or the chip's for chip and active authentication.
pub struct EcPrivateKey {
    pair: EcKeyPair,
}

/// Tries `$body` with each curve type as `$C`.
macro_rules! first_curve_that {
    ($C:ident => $body:expr) => {
        [
            {
                type $C = p256::NistP256;
                $body(Curve::P256)
            },
            {
                type $C = p384::NistP384;
                $body(Curve::P384)
            },
            {
                type $C = p521::NistP521;
                $body(Curve::P521)
            },
            {
                type $C = bp256::BrainpoolP256r1;
                $body(Curve::BrainpoolP256r1)
            },
            {
                type $C = bp384::BrainpoolP384r1;
                $body(Curve::BrainpoolP384r1)
            },
        ]
        .into_iter()
        .find_map(|found| found)
    };
}

impl EcPrivateKey {
    /// Draws a key.
    ///
    /// # Errors
    /// [`Error::Misuse`] when the generator of random numbers is broken.
    pub fn generate(curve: Curve, rng: &mut dyn CryptoRng) -> Result<Self> {
        EcKeyPair::generate(&Generator::standard(curve), rng).map(|pair| Self { pair })
    }

    /// A key from its number, big-endian with the length of the order.
    ///
    /// # Errors
    /// [`Error::Malformed`] when the number is zero, not below the order or of another length.
    pub fn from_secret(curve: Curve, secret: &[u8]) -> Result<Self> {
        EcKeyPair::from_secret(&Generator::standard(curve), secret).map(|pair| Self { pair })
    }

    /// The public point.
    #[must_use]
    pub const fn public(&self) -> &EcPoint {
        self.pair.public()
    }

    /// The private number, big-endian with the length of the order.
    #[must_use]
    pub const fn secret(&self) -> &SecretBytes {
        self.pair.secret()
    }

    /// Key agreement: chip authentication.
    ///
    /// # Errors
    /// As [`EcKeyPair::agree`].
    pub fn agree(&self, other: &EcPoint) -> Result<SharedPoint> {
        self.pair.agree(other)
    }

    /// ECDSA over a hash: (DER, r ‖ s).
    pub(super) fn sign_prehash(
        &self,
        hash: HashAlgorithm,
        prehash: &[u8],
        rng: &mut dyn CryptoRng,
    ) -> Result<(Vec<u8>, Vec<u8>)> {
        crate::ec::sign_prehash(
            self.public().curve(),
            self.secret().expose(),
            hash,
            prehash,
            rng,
        )
    }

    pub(super) fn from_pkcs8(der: &[u8]) -> Result<Self> {
        let (curve, secret) = first_curve_that!(C => |curve| {
            let key = SecretKey::<C>::from_pkcs8_der(der).ok()?;
            Some((curve, SecretBytes::new(key.to_bytes().to_vec())))
        })
        .ok_or(Error::Unsupported(
            "private key of an unknown algorithm or curve",
        ))?;
        Self::from_secret(curve, secret.expose())
    }

    pub(super) fn to_pkcs8(&self) -> Result<SecretBytes> {
        let own = self.public().curve();
        let secret = self.secret().expose();
        first_curve_that!(C => |curve| {
            let key = (curve == own).then(|| SecretKey::<C>::from_slice(secret).ok())??;
            Some(SecretBytes::new(key.to_pkcs8_der().ok()?.as_bytes().to_vec()))
        })
        .ok_or(Error::Malformed("private key"))
    }
}
