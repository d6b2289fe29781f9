//! Certificate requests (PKCS#10, RFC 2986): a device makes its own key, and it never leaves the device.

use const_oid::db::rfc5912::{ECDSA_WITH_SHA_256, ECDSA_WITH_SHA_384, SHA_256_WITH_RSA_ENCRYPTION};
use crypto::{Curve, HashAlgorithm, PublicKey, SignatureAlgorithm};
use der::asn1::{AnyRef, BitString};
use der::{Decode as _, Encode as _, Reader as _, SliceReader};
use pki::Signer;
use spki::{AlgorithmIdentifierOwned, SubjectPublicKeyInfoOwned};
use x509_cert::request::{CertReq, CertReqInfo, Version};

use super::certificate::{name, spki_of};
use super::name_is_usable;
use crate::error::DeviceFault;
use crate::{Error, Result};

/// Octets of a request at most.
pub const MAX_REQUEST: usize = 16 * 1024;
/// Bits of an RSA key that is taken.
const RSA_BITS: core::ops::RangeInclusive<usize> = 2048..=4096;

/// Makes a request for a key of P-256. The authority takes the key of it; the name is a hint for who decides.
///
/// # Errors
/// [`DeviceFault::Name`], [`DeviceFault::Key`]; whatever the signer answers.
pub fn certificate_request(signer: &dyn Signer, device_name: &str) -> Result<Vec<u8>> {
    if !name_is_usable(device_name) {
        return Err(DeviceFault::Name.into());
    }
    if !is_p256(signer) {
        return Err(DeviceFault::Key.into());
    }
    let info = CertReqInfo {
        version: Version::V1,
        subject: name(device_name, None)?,
        public_key: spki_of(signer.public_key())?,
        attributes: der::asn1::SetOfVec::new(),
    };
    let signature = signer.sign(&info.to_der()?)?;
    let request = CertReq {
        info,
        algorithm: AlgorithmIdentifierOwned {
            oid: ECDSA_WITH_SHA_256,
            parameters: None,
        },
        signature: BitString::from_bytes(&signature)?,
    };
    Ok(request.to_der()?)
}

pub(super) fn is_p256(signer: &dyn Signer) -> bool {
    signer.algorithm() == SignatureAlgorithm::Ecdsa(HashAlgorithm::Sha256)
        && matches!(signer.public_key(), PublicKey::Ec(point) if point.curve() == Curve::P256)
}

/// The key of a request that is signed by it. Nothing else of a request is believed.
pub(super) fn verified_key(request: &[u8]) -> Result<SubjectPublicKeyInfoOwned> {
    let fault = DeviceFault::Request;
    if request.len() > MAX_REQUEST {
        return Err(fault.into());
    }
    let read = CertReq::from_der(request).map_err(|_| fault)?;
    let key =
        PublicKey::from_spki(&read.info.public_key.to_der()?).map_err(|_| DeviceFault::Key)?;
    let taken = match &key {
        PublicKey::Ec(point) => matches!(point.curve(), Curve::P256 | Curve::P384),
        PublicKey::Rsa(key) => RSA_BITS.contains(&key.bits()),
    };
    if !taken {
        return Err(DeviceFault::Key.into());
    }
    let algorithm = match read.algorithm.oid {
        ECDSA_WITH_SHA_256 => SignatureAlgorithm::Ecdsa(HashAlgorithm::Sha256),
        ECDSA_WITH_SHA_384 => SignatureAlgorithm::Ecdsa(HashAlgorithm::Sha384),
        SHA_256_WITH_RSA_ENCRYPTION => SignatureAlgorithm::RsaPkcs1(HashAlgorithm::Sha256),
        _ => return Err(DeviceFault::RequestSignature.into()),
    };
    let signed = signed_bytes(request).map_err(|_| fault)?;
    let signature = read.signature.as_bytes().ok_or(fault)?;
    key.verify(&algorithm, signed, signature)
        .map_err(|_| DeviceFault::RequestSignature)?;
    Ok(read.info.public_key)
}

/// The bytes that were signed, as they came.
fn signed_bytes(request: &[u8]) -> Result<&[u8], Error> {
    let whole = AnyRef::from_der(request)?;
    Ok(SliceReader::new(whole.value())?.tlv_bytes()?)
}
