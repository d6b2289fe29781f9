//! CMS SignedData as we write it (Doc 9303-10 §4.6.2, Doc 9303-12 §9 and §10): everything that is the same for all objects of
//! one signer is encoded once, so that an object costs its signature and little more.

use const_oid::ObjectIdentifier;
use crypto::HashAlgorithm;
use iso7816::tlv::{self, encode};
use time::OffsetDateTime;

use crate::algorithm::{digest_identifier, signature_identifier};
use crate::certificate::Certificate;
use crate::signer::Signer;
use crate::{Error, Result, oids, written_time};

const INTEGER: u8 = 0x02;
const OCTET_STRING: u8 = 0x04;
const OBJECT_IDENTIFIER: u8 = 0x06;
const SEQUENCE: u8 = 0x30;
const SET: u8 = 0x31;
/// `[0]` around an octet string: a signer identifier that is a key identifier.
const KEY_IDENTIFIER: u8 = 0x80;
const CONTEXT_0: u8 = 0xA0;

/// SignedData version for a content that is not plain data (RFC 5652 §5.1).
const SIGNED_DATA_VERSION: [u8; 1] = [3];
/// SignerInfo version for a signer named by issuer and serial number (RFC 5652 §5.3).
const VERSION_OF_ISSUER_AND_SERIAL_NUMBER: [u8; 1] = [1];
/// SignerInfo version for a signer named by key identifier (RFC 5652 §5.3).
const VERSION_OF_KEY_IDENTIFIER: [u8; 1] = [3];

/// The parts of a SignedData that depend on the signer only.
pub(crate) struct SignedDataFrame {
    hash: HashAlgorithm,
    /// contentType of ContentInfo.
    signed_data_type: Vec<u8>,
    /// version and digestAlgorithms of SignedData.
    head: Vec<u8>,
    certificates: Vec<u8>,
    /// version, sid and digestAlgorithm of SignerInfo.
    signer_head: Vec<u8>,
    signature_algorithm: Vec<u8>,
}

impl SignedDataFrame {
    /// The frame of EF.SOD: the signer is named by issuer and serial number, his certificate goes along.
    pub(crate) fn new(certificate: &Certificate, signer: &dyn Signer) -> Result<Self> {
        let identifier = [
            certificate.issuer().as_der(),
            &object(INTEGER, certificate.serial_number()),
        ]
        .concat();
        let sid = [
            object(INTEGER, &VERSION_OF_ISSUER_AND_SERIAL_NUMBER),
            object(SEQUENCE, &identifier),
        ];
        Self::with(&[certificate], &sid.concat(), signer)
    }

    /// The frame of a list: the signer is named by his key identifier, and the certificate of his CSCA goes along too.
    pub(crate) fn of_list(
        certificate: &Certificate,
        csca: &Certificate,
        signer: &dyn Signer,
    ) -> Result<Self> {
        let extensions = certificate.extensions();
        let identifier = extensions
            .subject_key_identifier
            .as_ref()
            .ok_or(Error::Misuse("the certificate has no key identifier"))?;
        let sid = [
            object(INTEGER, &VERSION_OF_KEY_IDENTIFIER),
            object(KEY_IDENTIFIER, identifier),
        ];
        Self::with(&[certificate, csca], &sid.concat(), signer)
    }

    fn with(certificates: &[&Certificate], sid: &[u8], signer: &dyn Signer) -> Result<Self> {
        let algorithm = signer.algorithm();
        let digest_algorithm = digest_identifier(algorithm.hash());
        let mut certificates: Vec<&[u8]> = certificates.iter().map(|c| c.as_der()).collect();
        certificates.sort_unstable();
        Ok(Self {
            hash: algorithm.hash(),
            signed_data_type: object(OBJECT_IDENTIFIER, oids::SIGNED_DATA.as_bytes()),
            head: [
                object(INTEGER, &SIGNED_DATA_VERSION),
                object(SET, &digest_algorithm),
            ]
            .concat(),
            certificates: object(CONTEXT_0, &certificates.concat()),
            signer_head: [sid, &digest_algorithm].concat(),
            signature_algorithm: signature_identifier(&algorithm)?,
        })
    }

    /// Signs a content: ContentInfo in DER. When it was signed is signed too: a reader may ask whether the key was in use then.
    pub(crate) fn sign(
        &self,
        content_type: ObjectIdentifier,
        content: &[u8],
        now: OffsetDateTime,
        signer: &dyn Signer,
    ) -> Result<Vec<u8>> {
        let signing_time = written_time::to_der(now)?;
        let mut attributes = self.signed_attributes(content_type, content, &signing_time);
        let signature = signer.sign(&attributes)?;
        // What is signed has the tag of a SET, what is sent that of its place (RFC 5652 §5.4).
        if let Some(tag) = attributes.first_mut() {
            *tag = CONTEXT_0;
        }
        Ok(self.assemble(content_type.as_bytes(), content, &attributes, &signature))
    }

    /// Writes the object in one go: every length is known before the first octet.
    fn assemble(
        &self,
        content_type: &[u8],
        content: &[u8],
        attributes: &[u8],
        signature: &[u8],
    ) -> Vec<u8> {
        let signer_info = self.signer_head.len()
            + attributes.len()
            + self.signature_algorithm.len()
            + object_len(signature.len());
        let explicit_content = object_len(content.len());
        let encapsulated = object_len(content_type.len()) + object_len(explicit_content);
        let signed_data = self.head.len()
            + object_len(encapsulated)
            + self.certificates.len()
            + object_len(object_len(signer_info));
        let content_info = self.signed_data_type.len() + object_len(object_len(signed_data));

        let mut out = Vec::with_capacity(object_len(content_info));
        header(&mut out, SEQUENCE, content_info);
        out.extend_from_slice(&self.signed_data_type);
        header(&mut out, CONTEXT_0, object_len(signed_data));
        header(&mut out, SEQUENCE, signed_data);
        out.extend_from_slice(&self.head);
        header(&mut out, SEQUENCE, encapsulated);
        append(&mut out, OBJECT_IDENTIFIER, content_type);
        header(&mut out, CONTEXT_0, explicit_content);
        append(&mut out, OCTET_STRING, content);
        out.extend_from_slice(&self.certificates);
        header(&mut out, SET, object_len(signer_info));
        header(&mut out, SEQUENCE, signer_info);
        out.extend_from_slice(&self.signer_head);
        out.extend_from_slice(attributes);
        out.extend_from_slice(&self.signature_algorithm);
        append(&mut out, OCTET_STRING, signature);
        out
    }

    /// The SET of contentType, messageDigest and signingTime in DER order.
    fn signed_attributes(
        &self,
        content_type: ObjectIdentifier,
        content: &[u8],
        signing_time: &[u8],
    ) -> Vec<u8> {
        let content_type = object(OBJECT_IDENTIFIER, content_type.as_bytes());
        let digest = object(OCTET_STRING, &self.hash.digest(content));
        let mut attributes = [
            attribute(oids::CONTENT_TYPE, &content_type),
            attribute(oids::SIGNING_TIME, signing_time),
            attribute(oids::MESSAGE_DIGEST, &digest),
        ];
        attributes.sort_unstable();
        let len = attributes.iter().map(Vec::len).sum();
        let mut out = Vec::with_capacity(object_len(len));
        header(&mut out, SET, len);
        for attribute in &attributes {
            out.extend_from_slice(attribute);
        }
        out
    }
}

fn attribute(kind: ObjectIdentifier, value: &[u8]) -> Vec<u8> {
    let kind = kind.as_bytes();
    let len = object_len(kind.len()) + object_len(value.len());
    let mut out = Vec::with_capacity(object_len(len));
    header(&mut out, SEQUENCE, len);
    append(&mut out, OBJECT_IDENTIFIER, kind);
    append(&mut out, SET, value);
    out
}

fn object(tag: u8, value: &[u8]) -> Vec<u8> {
    encode(tlv::Tag::new(tag.into()), value)
}

fn append(out: &mut Vec<u8>, tag: u8, value: &[u8]) {
    header(out, tag, value.len());
    out.extend_from_slice(value);
}

/// Tag and length in DER.
fn header(out: &mut Vec<u8>, tag: u8, len: usize) {
    const LONG_FORM: u8 = 0x80;
    out.push(tag);
    let octets = length_octets(len);
    let bytes = len.to_be_bytes();
    match u8::try_from(octets) {
        Ok(octets @ 1..) => out.push(LONG_FORM | octets),
        _ => {
            out.extend(bytes.last());
            return;
        }
    }
    out.extend_from_slice(bytes.get(bytes.len() - octets..).unwrap_or_default());
}

/// Octets behind the first one of a length: none for the short form.
const fn length_octets(len: usize) -> usize {
    const LONGEST_SHORT_FORM: usize = 0x7F;
    if len <= LONGEST_SHORT_FORM {
        0
    } else {
        (usize::BITS - len.leading_zeros()).div_ceil(u8::BITS) as usize
    }
}

/// Octets of an object with a tag of one octet and a value of this length.
const fn object_len(value_len: usize) -> usize {
    2 + length_octets(value_len) + value_len
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn headers_are_those_of_the_other_writer() {
        for len in [0, 1, 0x7F, 0x80, 0xFF, 0x100, 0xFFFF, 0x1_0000, 0x12_3456] {
            let value = vec![0x5A; len];
            let mut out = Vec::new();
            append(&mut out, SEQUENCE, &value);
            assert_eq!(out, object(SEQUENCE, &value), "{len}");
            assert_eq!(out.len(), object_len(len), "{len}");
        }
    }

    #[test]
    fn attributes_stand_in_the_order_of_der() {
        let frame = SignedDataFrame {
            hash: HashAlgorithm::Sha256,
            signed_data_type: Vec::new(),
            head: Vec::new(),
            certificates: Vec::new(),
            signer_head: Vec::new(),
            signature_algorithm: Vec::new(),
        };
        // The longer the content type, the later it comes.
        let long = ObjectIdentifier::new_unwrap("1.2.3.4.5.6.7.8.9.10.11.12.13.14.15.16.17.18.19");
        for (content_type, order) in [(oids::CSCA_MASTER_LIST, [0, 1, 2]), (long, [1, 0, 2])] {
            let now = OffsetDateTime::from_unix_timestamp(1_795_262_400).unwrap();
            let time = written_time::to_der(now).unwrap();
            let set = frame.signed_attributes(content_type, b"content", &time);
            let kinds = [oids::CONTENT_TYPE, oids::SIGNING_TIME, oids::MESSAGE_DIGEST];
            let place = |kind: ObjectIdentifier| {
                let kind = object(OBJECT_IDENTIFIER, kind.as_bytes());
                set.windows(kind.len()).position(|window| window == kind)
            };
            let places = order.map(|index| place(kinds[index]).unwrap());
            assert!(places.is_sorted(), "{places:?}");
        }
    }
}
