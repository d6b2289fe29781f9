//! RSA: signatures, and the bare operation for active authentication.

use crypto_bigint::{BoxedUint, CheckedSub};
use pkcs8::{DecodePrivateKey, EncodePrivateKey};
use rand_core::CryptoRng;
use rsa::traits::PublicKeyParts;
use rsa::{Pkcs1v15Sign, hazmat};
use sha1::Sha1;
use sha2::{Sha224, Sha256, Sha384, Sha512};

use super::pss::Pss;
use crate::{Error, HashAlgorithm, Result, SecretBytes, SignatureAlgorithm};

/// Smallest modulus that is accepted: active authentication keys of old documents.
pub const MIN_RSA_BITS: usize = 1_024;
/// Largest modulus that is accepted; CSCA keys of 6,144 bits exist.
pub const MAX_RSA_BITS: usize = 8_192;

/// An RSA public key.
#[derive(Clone, PartialEq, Eq)]
pub struct RsaPublicKey(rsa::RsaPublicKey);

impl RsaPublicKey {
    /// A key from modulus and exponent, big-endian.
    ///
    /// # Errors
    /// [`Error::Unsupported`] for a modulus outside the limits; [`Error::Malformed`] for numbers that are no RSA key.
    pub fn from_parts(modulus: &[u8], exponent: &[u8]) -> Result<Self> {
        let modulus = BoxedUint::from_be_slice_vartime(modulus);
        let exponent = BoxedUint::from_be_slice_vartime(exponent);
        let limits = MIN_RSA_BITS..=MAX_RSA_BITS;
        rsa::RsaPublicKey::new_with_size_limits(modulus, exponent, limits)
            .map(Self)
            .map_err(|error| match error {
                rsa::Error::ModulusTooSmall | rsa::Error::ModulusTooLarge => {
                    Error::Unsupported("RSA modulus outside 1024 to 8192 bits")
                }
                _ => Error::Malformed("RSA public key"),
            })
    }

    /// Bits of the modulus.
    #[must_use]
    pub fn bits(&self) -> usize {
        usize::try_from(self.0.n().bits_vartime()).unwrap_or(usize::MAX)
    }

    /// Octets of the modulus, and of a signature.
    #[must_use]
    pub fn modulus_len(&self) -> usize {
        self.0.size()
    }

    /// The modulus, big-endian without leading zeros.
    #[must_use]
    pub fn modulus(&self) -> Vec<u8> {
        self.0.n_bytes().to_vec()
    }

    /// The exponent, big-endian without leading zeros.
    #[must_use]
    pub fn exponent(&self) -> Vec<u8> {
        self.0.e_bytes().to_vec()
    }

    /// RSAPublicKey in DER (RFC 8017 §A.1.1).
    pub(crate) fn to_pkcs1(&self) -> Result<Vec<u8>> {
        super::spki_form::rsa_parts(self).map_err(|_| Error::Malformed("RSA public key"))
    }

    /// s^e mod n with the length of the modulus: what ISO 9796-2 recovers a message from.
    ///
    /// # Errors
    /// [`Error::SignatureInvalid`] when `signature` is not a number below the modulus of the modulus' length.
    pub fn raw(&self, signature: &[u8]) -> Result<Vec<u8>> {
        if signature.len() != self.modulus_len() {
            return Err(Error::SignatureInvalid);
        }
        let number = BoxedUint::from_be_slice_truncated(signature, self.0.n_bits_precision());
        if number >= *self.0.n().as_ref() {
            return Err(Error::SignatureInvalid);
        }
        let recovered =
            hazmat::rsa_encrypt(&self.0, &number).map_err(|_| Error::SignatureInvalid)?;
        fixed_len(&recovered, self.modulus_len())
    }

    /// n − x with the length of the modulus (ISO 9796-2 §B.4).
    ///
    /// # Errors
    /// [`Error::Malformed`] when `x` is longer than the modulus or not below it.
    pub fn subtract_from_modulus(&self, x: &[u8]) -> Result<Vec<u8>> {
        let precision = self.0.n_bits_precision();
        let number = BoxedUint::from_be_slice(x, precision)
            .map_err(|_| Error::Malformed("number longer than the modulus"))?;
        let difference: Option<BoxedUint> = self.0.n().as_ref().checked_sub(&number).into();
        fixed_len(
            &difference.ok_or(Error::Malformed("number above the modulus"))?,
            self.modulus_len(),
        )
    }

    pub(crate) fn verify_prehash(
        &self,
        algorithm: &SignatureAlgorithm,
        prehash: &[u8],
        signature: &[u8],
    ) -> Result<()> {
        let verified = match *algorithm {
            SignatureAlgorithm::RsaPkcs1(hash) => self.0.verify(pkcs1(hash), prehash, signature),
            SignatureAlgorithm::RsaPss {
                hash,
                mgf_hash,
                salt_len,
            } => {
                let pss = Pss {
                    hash,
                    mgf_hash,
                    salt_len,
                };
                return pss.verify(self, prehash, signature);
            }
            SignatureAlgorithm::Ecdsa(_) => {
                return Err(Error::Misuse("an RSA key cannot verify ECDSA"));
            }
        };
        verified.map_err(|_| Error::SignatureInvalid)
    }
}

impl core::fmt::Debug for RsaPublicKey {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        write!(f, "RsaPublicKey({} bits)", self.bits())
    }
}

/// An RSA private key.
pub struct RsaPrivateKey(Box<rsa::RsaPrivateKey>);

impl RsaPrivateKey {
    pub(super) fn generate(bits: usize, rng: &mut dyn CryptoRng) -> Result<Self> {
        if !(MIN_RSA_BITS..=MAX_RSA_BITS).contains(&bits) {
            return Err(Error::Misuse(
                "size of an RSA key outside 1024 to 8192 bits",
            ));
        }
        rsa::RsaPrivateKey::new_unchecked(rng, bits)
            .map(|key| Self(Box::new(key)))
            .map_err(|_| Error::Misuse("RSA key generation"))
    }

    /// Keys as other issuers have them.
    #[cfg(test)]
    pub(crate) fn with_exponent(
        bits: usize,
        exponent: u64,
        rng: &mut dyn CryptoRng,
    ) -> Result<Self> {
        rsa::RsaPrivateKey::new_with_exp_unchecked(rng, bits, exponent.into())
            .map(|key| Self(Box::new(key)))
            .map_err(|_| Error::Misuse("RSA key generation"))
    }

    /// PSS with SHA-256 alone, as the `rsa` crate computes it.
    #[cfg(test)]
    pub(super) fn sign_by_the_library(
        &self,
        salt_len: usize,
        prehash: &[u8],
        rng: &mut dyn CryptoRng,
    ) -> Vec<u8> {
        let pss = rsa::Pss::<Sha256>::new_with_salt(salt_len);
        self.0.sign_with_rng(rng, pss, prehash).unwrap()
    }

    pub(super) fn from_pkcs8(der: &[u8]) -> Result<Self> {
        rsa::RsaPrivateKey::from_pkcs8_der(der)
            .map(|key| Self(Box::new(key)))
            .map_err(|_| Error::Malformed("PKCS#8 RSA key"))
    }

    pub(super) fn to_pkcs8(&self) -> Result<SecretBytes> {
        let document = self
            .0
            .to_pkcs8_der()
            .map_err(|_| Error::Malformed("RSA key"))?;
        Ok(SecretBytes::new(document.as_bytes().to_vec()))
    }

    /// The public half.
    #[must_use]
    pub fn public(&self) -> RsaPublicKey {
        RsaPublicKey(self.0.to_public_key())
    }

    /// m^d mod n with the length of the modulus, blinded and checked: what a chip signs by ISO 9796-2.
    ///
    /// # Errors
    /// [`Error::Malformed`] when `message` is not a number below the modulus of the modulus' length.
    pub fn raw(&self, message: &[u8], rng: &mut dyn CryptoRng) -> Result<Vec<u8>> {
        const TOO_LARGE: Error = Error::Malformed("RSA message representative");
        if message.len() != self.0.size() {
            return Err(TOO_LARGE);
        }
        let number = BoxedUint::from_be_slice_truncated(message, self.0.n_bits_precision());
        let signature =
            hazmat::rsa_decrypt_and_check(&*self.0, Some(rng), &number).map_err(|_| TOO_LARGE)?;
        fixed_len(&signature, self.0.size())
    }

    pub(super) fn sign_prehash(
        &self,
        algorithm: &SignatureAlgorithm,
        prehash: &[u8],
        rng: &mut dyn CryptoRng,
    ) -> Result<Vec<u8>> {
        let signed = match *algorithm {
            SignatureAlgorithm::RsaPkcs1(hash) => self.0.sign_with_rng(rng, pkcs1(hash), prehash),
            SignatureAlgorithm::RsaPss {
                hash,
                mgf_hash,
                salt_len,
            } => {
                let pss = Pss {
                    hash,
                    mgf_hash,
                    salt_len,
                };
                return pss.sign(self, prehash, rng);
            }
            SignatureAlgorithm::Ecdsa(_) => {
                return Err(Error::Misuse("an RSA key cannot sign by ECDSA"));
            }
        };
        signed.map_err(|_| Error::Misuse("the RSA key is too small for this hash and salt"))
    }
}

fn pkcs1(hash: HashAlgorithm) -> Pkcs1v15Sign {
    match hash {
        HashAlgorithm::Sha1 => Pkcs1v15Sign::new::<Sha1>(),
        HashAlgorithm::Sha224 => Pkcs1v15Sign::new::<Sha224>(),
        HashAlgorithm::Sha256 => Pkcs1v15Sign::new::<Sha256>(),
        HashAlgorithm::Sha384 => Pkcs1v15Sign::new::<Sha384>(),
        HashAlgorithm::Sha512 => Pkcs1v15Sign::new::<Sha512>(),
    }
}

fn fixed_len(number: &BoxedUint, len: usize) -> Result<Vec<u8>> {
    let bytes = number.to_be_bytes();
    let skip = bytes.len().saturating_sub(len);
    let missing = len.saturating_sub(bytes.len());
    let mut out = vec![0; missing];
    out.extend_from_slice(bytes.get(skip..).unwrap_or_default());
    Ok(out)
}

#[cfg(test)]
mod tests {
    use rand::{SeedableRng, rngs::StdRng};

    use super::*;

    #[test]
    fn the_bare_operation_and_its_inverse() {
        let mut rng = StdRng::seed_from_u64(1);
        let key = RsaPrivateKey::generate(1024, &mut rng).unwrap();
        let public = key.public();
        let mut message = vec![0; public.modulus_len()];
        message[1] = 0x6A;
        let signature = key.raw(&message, &mut rng).unwrap();
        assert_eq!(public.raw(&signature).unwrap(), message);
        assert!(key.raw(&message[1..], &mut rng).is_err());
        assert!(
            public.raw(&public.modulus()).is_err(),
            "n itself is no signature"
        );
        let rest = public.subtract_from_modulus(&message).unwrap();
        assert_eq!(public.subtract_from_modulus(&rest).unwrap(), message);
    }

    #[test]
    fn sizes_outside_the_limits() {
        assert!(matches!(
            RsaPublicKey::from_parts(&[0xFF; 64], &[1, 0, 1]),
            Err(Error::Unsupported(_))
        ));
        assert!(matches!(
            RsaPublicKey::from_parts(&[0xFF; 2048], &[1, 0, 1]),
            Err(Error::Unsupported(_))
        ));
        assert!(RsaPublicKey::from_parts(&[], &[]).is_err());
        assert!(RsaPrivateKey::generate(512, &mut StdRng::seed_from_u64(1)).is_err());
    }
}
