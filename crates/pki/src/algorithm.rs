//! Algorithm identifiers: those read in foreign objects, and those written into ours.

mod pss;

use const_oid::ObjectIdentifier;
use crypto::{HashAlgorithm, SignatureAlgorithm};
use iso7816::tlv;

use crate::ber::{Element, Tag};
use crate::deviation::DeviationKind;
use crate::oids;
use crate::{Error, Result};

/// An AlgorithmIdentifier as it was read (RFC 5280 §4.1.1.2).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AlgorithmIdentifier {
    /// The algorithm.
    pub oid: ObjectIdentifier,
    /// The parameters, as the bytes of one element.
    pub parameters: Option<Vec<u8>>,
}

/// The two signature schemes of RSA (RFC 8017 §8).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum RsaScheme {
    Pkcs1,
    Pss,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Family {
    Rsa,
    Ecdsa,
}

/// Signature algorithms that name their hash.
const WITH_HASH: [(ObjectIdentifier, HashAlgorithm, Family); 11] = [
    (oids::SHA1_WITH_RSA, HashAlgorithm::Sha1, Family::Rsa),
    (oids::SHA1_WITH_RSA_OIW, HashAlgorithm::Sha1, Family::Rsa),
    (oids::SHA224_WITH_RSA, HashAlgorithm::Sha224, Family::Rsa),
    (oids::SHA256_WITH_RSA, HashAlgorithm::Sha256, Family::Rsa),
    (oids::SHA384_WITH_RSA, HashAlgorithm::Sha384, Family::Rsa),
    (oids::SHA512_WITH_RSA, HashAlgorithm::Sha512, Family::Rsa),
    (oids::ECDSA_WITH_SHA1, HashAlgorithm::Sha1, Family::Ecdsa),
    (
        oids::ECDSA_WITH_SHA224,
        HashAlgorithm::Sha224,
        Family::Ecdsa,
    ),
    (
        oids::ECDSA_WITH_SHA256,
        HashAlgorithm::Sha256,
        Family::Ecdsa,
    ),
    (
        oids::ECDSA_WITH_SHA384,
        HashAlgorithm::Sha384,
        Family::Ecdsa,
    ),
    (
        oids::ECDSA_WITH_SHA512,
        HashAlgorithm::Sha512,
        Family::Ecdsa,
    ),
];

impl AlgorithmIdentifier {
    /// The hash algorithm this identifies; parameters absent and NULL are both right (Doc 9303-10 §4.6.2.3 note 2).
    ///
    /// # Errors
    /// [`Error::UnsupportedAlgorithm`].
    pub fn hash_algorithm(&self) -> Result<HashAlgorithm> {
        HashAlgorithm::from_oid(self.oid).ok_or(Error::UnsupportedAlgorithm(self.oid))
    }

    /// The signature algorithm this identifies. One that names no hash takes `digest`, that of the SignerInfo.
    ///
    /// # Errors
    /// [`Error::UnsupportedAlgorithm`], or [`Error::Malformed`] for parameters of RSASSA-PSS that cannot be read.
    pub fn signature_algorithm(&self, digest: Option<HashAlgorithm>) -> Result<SignatureAlgorithm> {
        if self.oid == oids::RSASSA_PSS {
            return pss::read(self.parameters.as_deref());
        }
        let unsupported = Error::UnsupportedAlgorithm(self.oid);
        match (self.named(), self.oid) {
            (Some((hash, Family::Rsa)), _) => Ok(SignatureAlgorithm::RsaPkcs1(hash)),
            (Some((hash, Family::Ecdsa)), _) => Ok(SignatureAlgorithm::Ecdsa(hash)),
            (None, oids::RSA_ENCRYPTION) => {
                digest.map(SignatureAlgorithm::RsaPkcs1).ok_or(unsupported)
            }
            (None, oids::EC_PUBLIC_KEY) => digest.map(SignatureAlgorithm::Ecdsa).ok_or(unsupported),
            _ => Err(unsupported),
        }
    }

    /// Which of the two RSA signature schemes this is of.
    pub(crate) fn rsa_scheme(&self) -> Option<RsaScheme> {
        let pkcs1 = matches!(self.named(), Some((_, Family::Rsa)));
        match self.oid {
            oids::RSASSA_PSS => Some(RsaScheme::Pss),
            oids::RSA_ENCRYPTION => Some(RsaScheme::Pkcs1),
            _ => pkcs1.then_some(RsaScheme::Pkcs1),
        }
    }

    pub(crate) fn read(element: &Element<'_>, what: &'static str) -> Result<Self> {
        let mut fields = element.children(what)?;
        let oid = fields.expect(Tag::OBJECT_IDENTIFIER, what)?.oid(what)?;
        let parameters = if fields.is_empty() {
            None
        } else {
            Some(fields.next(what)?.raw.to_vec())
        };
        fields.finish();
        Ok(Self { oid, parameters })
    }

    /// Reads the identifier of a signature algorithm and records what is against RFC 4055 and RFC 5758 or weak.
    pub(crate) fn read_signature_algorithm(element: &Element<'_>) -> Result<Self> {
        let identifier = Self::read(element, "signatureAlgorithm")?;
        let algorithm = identifier.signature_algorithm(None);
        let as_prescribed = match (identifier.named(), &algorithm) {
            (Some((_, Family::Rsa)), _) => identifier.parameters.as_deref() == Some(&NULL),
            (Some((_, Family::Ecdsa)), _) => identifier.parameters.is_none(),
            (
                None,
                Ok(SignatureAlgorithm::RsaPss {
                    hash,
                    mgf_hash,
                    salt_len,
                }),
            ) => pss::is_encoding_of(
                identifier.parameters.as_deref(),
                *hash,
                *mgf_hash,
                *salt_len,
            ),
            _ => true,
        };
        if !as_prescribed {
            element.record(DeviationKind::AlgorithmParameters);
        }
        if [oids::RSA_ENCRYPTION, oids::EC_PUBLIC_KEY].contains(&identifier.oid) {
            element.record(DeviationKind::SignatureAlgorithmWithoutHash);
        }
        if algorithm.is_ok_and(|algorithm| algorithm.hash() == HashAlgorithm::Sha1) {
            element.record(DeviationKind::Sha1);
        }
        Ok(identifier)
    }

    /// Reads the identifier of a hash algorithm and records what is wrong with its parameters or weak.
    pub(crate) fn read_hash_algorithm(element: &Element<'_>) -> Result<Self> {
        let identifier = Self::read(element, "digestAlgorithm")?;
        if identifier
            .parameters
            .as_ref()
            .is_some_and(|parameters| *parameters != NULL)
        {
            element.record(DeviationKind::AlgorithmParameters);
        }
        if identifier.oid == HashAlgorithm::Sha1.oid() {
            element.record(DeviationKind::Sha1);
        }
        Ok(identifier)
    }

    fn named(&self) -> Option<(HashAlgorithm, Family)> {
        WITH_HASH
            .into_iter()
            .find_map(|(oid, hash, family)| (oid == self.oid).then_some((hash, family)))
    }
}

/// The identifier of a signature algorithm in DER: NULL for RSA PKCS#1 v1.5, nothing for ECDSA (Doc 9303-12 §4.1.6).
///
/// # Errors
/// [`Error::Misuse`] for SHA-1, which Doc 9303-12 §4.1.8 does not know.
pub(crate) fn signature_identifier(algorithm: &SignatureAlgorithm) -> Result<Vec<u8>> {
    if algorithm.hash() == HashAlgorithm::Sha1 {
        return Err(Error::Misuse("SHA-1 is not for new signatures"));
    }
    let named = |wanted: HashAlgorithm, family: Family| {
        WITH_HASH
            .into_iter()
            .find_map(|(oid, hash, of)| (hash == wanted && of == family).then_some(oid))
            .ok_or(Error::Misuse("signature algorithm without identifier"))
    };
    Ok(match *algorithm {
        SignatureAlgorithm::RsaPkcs1(hash) => identifier(named(hash, Family::Rsa)?, &NULL),
        SignatureAlgorithm::Ecdsa(hash) => identifier(named(hash, Family::Ecdsa)?, &[]),
        SignatureAlgorithm::RsaPss {
            hash,
            mgf_hash,
            salt_len,
        } => identifier(
            oids::RSASSA_PSS,
            &pss::write(hash, mgf_hash, salt_len, &NULL)?,
        ),
    })
}

/// The identifier of a hash algorithm in DER, without parameters (Doc 9303-10 §4.6.2.3 note 2).
pub(crate) fn digest_identifier(hash: HashAlgorithm) -> Vec<u8> {
    identifier(hash.oid(), &[])
}

const NULL: [u8; 2] = [0x05, 0x00];
const SEQUENCE: tlv::Tag = tlv::Tag::new(0x30);

fn identifier(oid: ObjectIdentifier, parameters: &[u8]) -> Vec<u8> {
    let mut out = tlv::Writer::new();
    out.nest(SEQUENCE, |out| {
        out.object(tlv::Tag::new(0x06), oid.as_bytes())
            .raw(parameters);
    });
    out.finish()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ber::Cursor;
    use crate::deviation::Deviations;

    const SHA256: HashAlgorithm = HashAlgorithm::Sha256;

    fn read(hex: &str) -> (Result<SignatureAlgorithm>, Vec<DeviationKind>) {
        let bytes = hex::decode(hex.replace(' ', "")).unwrap();
        let deviations = Deviations::default();
        let algorithm = Cursor::new(&bytes, &deviations)
            .next("algorithm")
            .and_then(|element| AlgorithmIdentifier::read_signature_algorithm(&element))
            .and_then(|identifier| identifier.signature_algorithm(Some(SHA256)));
        let kinds = deviations.into_vec().into_iter().map(|d| d.kind).collect();
        (algorithm, kinds)
    }

    #[test]
    fn written_is_read_without_deviation() {
        let hashes = HashAlgorithm::ALL
            .into_iter()
            .filter(|hash| *hash != HashAlgorithm::Sha1);
        for hash in hashes {
            let mut algorithms = vec![
                SignatureAlgorithm::RsaPkcs1(hash),
                SignatureAlgorithm::Ecdsa(hash),
                SignatureAlgorithm::pss(hash),
            ];
            algorithms.extend([0, 20, 127].map(|salt_len| SignatureAlgorithm::RsaPss {
                hash,
                mgf_hash: HashAlgorithm::Sha1,
                salt_len,
            }));
            for algorithm in algorithms {
                let der = signature_identifier(&algorithm).unwrap();
                assert_eq!(
                    read(&hex::encode(der)),
                    (Ok(algorithm), vec![]),
                    "{algorithm}"
                );
            }
        }
    }

    #[test]
    fn identifiers_of_the_field() {
        use DeviationKind::{AlgorithmParameters, Sha1, SignatureAlgorithmWithoutHash};
        let pss_of_sha1 = SignatureAlgorithm::RsaPss {
            hash: HashAlgorithm::Sha1,
            mgf_hash: HashAlgorithm::Sha1,
            salt_len: 20,
        };
        for (hex, algorithm, deviations) in [
            (
                "300D 0609 2A864886F70D010101 0500",
                SignatureAlgorithm::RsaPkcs1(SHA256),
                vec![SignatureAlgorithmWithoutHash],
            ),
            (
                "300B 0609 2A864886F70D01010B",
                SignatureAlgorithm::RsaPkcs1(SHA256),
                vec![AlgorithmParameters],
            ),
            (
                "300C 0608 2A8648CE3D040302 0500",
                SignatureAlgorithm::Ecdsa(SHA256),
                vec![AlgorithmParameters],
            ),
            (
                "300B 0607 2A8648CE3D0401 0500",
                SignatureAlgorithm::Ecdsa(HashAlgorithm::Sha1),
                vec![AlgorithmParameters, Sha1],
            ),
            ("300D 0609 2A864886F70D01010A 3000", pss_of_sha1, vec![Sha1]),
            // RSASSA-PSS whose hash identifiers have no parameters, which RFC 4055 §2.1 lets pass.
            (
                "303D 0609 2A864886F70D01010A 3030 A00D 300B 0609 608648016503040201 \
                 A11A 3018 0609 2A864886F70D010108 300B 0609 608648016503040201 A203 020120",
                SignatureAlgorithm::pss(SHA256),
                vec![],
            ),
            // The trailer field written though it has its default.
            (
                "3046 0609 2A864886F70D01010A 3039 A00F 300D 0609 608648016503040201 0500 \
                 A11C 301A 0609 2A864886F70D010108 300D 0609 608648016503040201 0500 A203 020120 A303 020101",
                SignatureAlgorithm::pss(SHA256),
                vec![AlgorithmParameters],
            ),
        ] {
            assert_eq!(read(hex), (Ok(algorithm), deviations), "{hex}");
        }
    }

    #[test]
    fn what_is_refused() {
        for hex in [
            "300A 0608 2A864886F70D0205",
            "300D 0609 2A864886F70D01010A 0500",
            "3012 0609 2A864886F70D01010A 3005 A303 020102",
        ] {
            assert!(read(hex).0.is_err(), "{hex}");
        }
        let sha1 = SignatureAlgorithm::RsaPkcs1(HashAlgorithm::Sha1);
        assert!(matches!(signature_identifier(&sha1), Err(Error::Misuse(_))));
    }
}
