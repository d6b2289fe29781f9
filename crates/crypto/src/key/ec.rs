//! Private keys on curves.

use elliptic_curve::SecretKey;
use pkcs8::{DecodePrivateKey, EncodePrivateKey, PrivateKeyInfoRef};
use rand_core::CryptoRng;

use crate::ec::{SharedPoint, with_curve};
use crate::{Curve, EcKeyPair, EcPoint, Error, Generator, HashAlgorithm, Result, SecretBytes};

const MALFORMED: Error = Error::Malformed("PKCS#8 key of a curve");

/// A long-lived key on the base point of a curve: a signer's, or the chip's for chip and active authentication.
pub struct EcPrivateKey {
    pair: EcKeyPair,
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

    /// The pair, to agree with as the protocols do.
    #[must_use]
    pub fn into_pair(self) -> EcKeyPair {
        self.pair
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
        const UNKNOWN: Error = Error::Unsupported("private key of an unknown algorithm or curve");
        let info = PrivateKeyInfoRef::try_from(der).map_err(|_| MALFORMED)?;
        let oid = info.algorithm.parameters_oid().map_err(|_| UNKNOWN)?;
        let curve = Curve::from_oid(oid).ok_or(UNKNOWN)?;
        let secret = with_curve!(curve, C => {
            let key = SecretKey::<C>::from_pkcs8_der(der).map_err(|_| MALFORMED)?;
            SecretBytes::new(key.to_bytes().to_vec())
        });
        Self::from_secret(curve, secret.expose())
    }

    pub(super) fn to_pkcs8(&self) -> Result<SecretBytes> {
        let secret = self.secret().expose();
        with_curve!(self.public().curve(), C => {
            let key = SecretKey::<C>::from_slice(secret).map_err(|_| MALFORMED)?;
            let document = key.to_pkcs8_der().map_err(|_| MALFORMED)?;
            Ok(SecretBytes::new(document.as_bytes().to_vec()))
        })
    }
}
