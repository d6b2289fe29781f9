//! Verification by AWS-LC. Every function answers `None` for what is RustCrypto's business.

use aws_lc_rs::signature::{
    ECDSA_P256_SHA256_FIXED, ECDSA_P384_SHA384_FIXED, ECDSA_P521_SHA512_FIXED,
    EcdsaVerificationAlgorithm, RSA_PKCS1_1024_8192_SHA1_FOR_LEGACY_USE_ONLY,
    RSA_PKCS1_1024_8192_SHA256_FOR_LEGACY_USE_ONLY, RSA_PKCS1_1024_8192_SHA512_FOR_LEGACY_USE_ONLY,
    RSA_PKCS1_2048_8192_SHA384, RSA_PSS_2048_8192_SHA256, RSA_PSS_2048_8192_SHA384,
    RSA_PSS_2048_8192_SHA512, RsaParameters, RsaPssSaltLength, VerificationAlgorithm as _,
};

use crate::{Curve, Error, HashAlgorithm, Result, RsaPublicKey, SignatureAlgorithm};

/// RSA over a hash. `None`: AWS-LC lacks the algorithm or takes no such key.
pub(crate) fn rsa(
    key: &RsaPublicKey,
    algorithm: &SignatureAlgorithm,
    prehash: &[u8],
    signature: &[u8],
) -> Option<Result<()>> {
    let parameters = rsa_parameters(algorithm)?;
    let bits = u32::try_from(key.bits()).ok()?;
    if !(parameters.min_modulus_len()..=parameters.max_modulus_len()).contains(&bits) {
        return None;
    }
    let digest = super::rsa_digest(algorithm.hash(), prehash)?;
    let encoded = key.to_pkcs1().ok()?;
    if parameters
        .verify_digest_sig(&encoded, &digest, signature)
        .is_ok()
    {
        return Some(Ok(()));
    }
    // The engine does not say whether it refused the signature or the key (an exponent of more than 33 bits, say).
    RsaParameters::public_modulus_len(&encoded)
        .ok()
        .map(|_| Err(Error::SignatureInvalid))
}

/// ECDSA over a hash, signature r ‖ s. `None`: AWS-LC lacks the curve.
pub(crate) fn ecdsa(
    curve: Curve,
    public: &[u8],
    prehash: &[u8],
    plain: &[u8],
) -> Option<Result<()>> {
    let algorithm = ecdsa_algorithm(curve)?;
    let digest = super::ecdsa_digest(curve, prehash)?;
    // Points are checked when they are made: what is refused here is the signature.
    Some(
        algorithm
            .verify_digest_sig(public, &digest, plain)
            .map_err(|_| Error::SignatureInvalid),
    )
}

fn rsa_parameters(algorithm: &SignatureAlgorithm) -> Option<RsaParameters> {
    match *algorithm {
        SignatureAlgorithm::RsaPkcs1(hash) => match hash {
            HashAlgorithm::Sha1 => Some(RSA_PKCS1_1024_8192_SHA1_FOR_LEGACY_USE_ONLY),
            HashAlgorithm::Sha224 => None,
            HashAlgorithm::Sha256 => Some(RSA_PKCS1_1024_8192_SHA256_FOR_LEGACY_USE_ONLY),
            HashAlgorithm::Sha384 => Some(RSA_PKCS1_2048_8192_SHA384),
            HashAlgorithm::Sha512 => Some(RSA_PKCS1_1024_8192_SHA512_FOR_LEGACY_USE_ONLY),
        },
        SignatureAlgorithm::RsaPss {
            hash,
            mgf_hash,
            salt_len,
        } if hash == mgf_hash => {
            let salt_len = RsaPssSaltLength::Custom(u16::try_from(salt_len).ok()?);
            let parameters = match hash {
                HashAlgorithm::Sha1 | HashAlgorithm::Sha224 => return None,
                HashAlgorithm::Sha256 => RSA_PSS_2048_8192_SHA256,
                HashAlgorithm::Sha384 => RSA_PSS_2048_8192_SHA384,
                HashAlgorithm::Sha512 => RSA_PSS_2048_8192_SHA512,
            };
            Some(parameters.with_pss_salt_length(salt_len))
        }
        SignatureAlgorithm::RsaPss { .. } | SignatureAlgorithm::Ecdsa(_) => None,
    }
}

fn ecdsa_algorithm(curve: Curve) -> Option<&'static EcdsaVerificationAlgorithm> {
    match curve {
        Curve::P256 => Some(&ECDSA_P256_SHA256_FIXED),
        Curve::P384 => Some(&ECDSA_P384_SHA384_FIXED),
        Curve::P521 => Some(&ECDSA_P521_SHA512_FIXED),
        _ => None,
    }
}
