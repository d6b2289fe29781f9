//! CMS SignedData as we write it (Doc 9303-10 §4.6.2, Doc 9303-12 §9): everything that is the same for all objects of
//! one signer is encoded once, so that an object costs its signature and little more.

use const_oid::ObjectIdentifier;
use crypto::HashAlgorithm;
use iso7816::tlv::{Tag, Writer, encode};

use crate::algorithm::{digest_identifier, signature_identifier};
use crate::certificate::Certificate;
use crate::signer::Signer;
use crate::{Result, oids};

const INTEGER: Tag = Tag::new(0x02);
const OCTET_STRING: Tag = Tag::new(0x04);
const OBJECT_IDENTIFIER: Tag = Tag::new(0x06);
const SEQUENCE: Tag = Tag::new(0x30);
const SET: Tag = Tag::new(0x31);
const CONTEXT_0: Tag = Tag::new(0xA0);

/// SignedData version for a content that is not plain data (RFC 5652 §5.1).
const SIGNED_DATA_VERSION: [u8; 1] = [3];
/// SignerInfo version for a signer named by issuer and serial number (RFC 5652 §5.3).
const SIGNER_INFO_VERSION: [u8; 1] = [1];

/// The parts of a SignedData that depend on the signer only.
pub(crate) struct SignedDataFrame {
    hash: HashAlgorithm,
    certificates: Vec<u8>,
    issuer_and_serial_number: Vec<u8>,
    digest_algorithm: Vec<u8>,
    signature_algorithm: Vec<u8>,
}

impl SignedDataFrame {
    /// The frame for a signer and his certificate, which the object will carry.
    pub(crate) fn new(certificate: &Certificate, signer: &dyn Signer) -> Result<Self> {
        let algorithm = signer.algorithm();
        let mut identifier = Writer::new();
        identifier.nest(SEQUENCE, |identifier| {
            identifier
                .raw(certificate.issuer().as_der())
                .object(INTEGER, certificate.serial_number());
        });
        Ok(Self {
            hash: algorithm.hash(),
            certificates: encode(CONTEXT_0, certificate.as_der()),
            issuer_and_serial_number: identifier.finish(),
            digest_algorithm: digest_identifier(algorithm.hash()),
            signature_algorithm: signature_identifier(&algorithm)?,
        })
    }

    /// Signs a content: ContentInfo in DER.
    pub(crate) fn sign(
        &self,
        content_type: ObjectIdentifier,
        content: &[u8],
        signer: &dyn Signer,
    ) -> Result<Vec<u8>> {
        let content_type = encode(OBJECT_IDENTIFIER, content_type.as_bytes());
        let attributes = self.signed_attributes(&content_type, content);
        let signature = signer.sign(&encode(SET, &attributes))?;
        let signed_data = {
            let mut out = Writer::new();
            out.object(INTEGER, &SIGNED_DATA_VERSION)
                .object(SET, &self.digest_algorithm)
                .nest(SEQUENCE, |out| {
                    out.raw(&content_type)
                        .object(CONTEXT_0, &encode(OCTET_STRING, content));
                })
                .raw(&self.certificates)
                .object(SET, &self.signer_info(&attributes, &signature));
            encode(SEQUENCE, &out.finish())
        };
        let mut content_info = Writer::new();
        content_info
            .object(OBJECT_IDENTIFIER, oids::SIGNED_DATA.as_bytes())
            .object(CONTEXT_0, &signed_data);
        Ok(encode(SEQUENCE, &content_info.finish()))
    }

    fn signer_info(&self, attributes: &[u8], signature: &[u8]) -> Vec<u8> {
        let mut out = Writer::new();
        out.object(INTEGER, &SIGNER_INFO_VERSION)
            .raw(&self.issuer_and_serial_number)
            .raw(&self.digest_algorithm)
            .object(CONTEXT_0, attributes)
            .raw(&self.signature_algorithm)
            .object(OCTET_STRING, signature);
        encode(SEQUENCE, &out.finish())
    }

    /// contentType and messageDigest in DER order.
    fn signed_attributes(&self, content_type: &[u8], content: &[u8]) -> Vec<u8> {
        let digest = encode(OCTET_STRING, &self.hash.digest(content));
        let mut attributes = [
            attribute(oids::CONTENT_TYPE, content_type),
            attribute(oids::MESSAGE_DIGEST, &digest),
        ];
        attributes.sort();
        attributes.concat()
    }
}

fn attribute(kind: ObjectIdentifier, value: &[u8]) -> Vec<u8> {
    let mut out = Writer::new();
    out.object(OBJECT_IDENTIFIER, kind.as_bytes())
        .object(SET, value);
    encode(SEQUENCE, &out.finish())
}
