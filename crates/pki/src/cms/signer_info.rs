//! SignerInfo (RFC 5652 §5.3): who signed, what exactly was signed, and by which algorithm. The algorithm is the one
//! written here, never the one the certificate suggests.

use const_oid::ObjectIdentifier;
use time::OffsetDateTime;

use super::SignedDataChecks;
use crate::algorithm::{AlgorithmIdentifier, RsaScheme};
use crate::ber::{Element, Tag};
use crate::certificate::{Certificate, read_time};
use crate::check::{Cause, CheckResult};
use crate::deviation::DeviationKind;
use crate::name::Name;
use crate::{Result, oids, verification};

/// Most signed attributes that are read.
pub const MAX_SIGNED_ATTRIBUTES: usize = 32;
/// Longest signed attributes that are read; those of the field have about 300 octets. They are brought into DER for every
/// certificate that is tried.
pub const MAX_SIGNED_ATTRIBUTES_LEN: usize = 64 * 1024;

/// One signer.
#[derive(Debug, Clone)]
pub struct SignerInfo {
    identifier: SignerIdentifier,
    digest_algorithm: AlgorithmIdentifier,
    signed_attributes: Option<SignedAttributes>,
    signature_algorithm: AlgorithmIdentifier,
    signature: Vec<u8>,
}

/// How a signer names his certificate.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SignerIdentifier {
    /// By its issuer and serial number.
    IssuerAndSerialNumber {
        /// Issuer.
        issuer: Name,
        /// Serial number, shortest form.
        serial_number: Vec<u8>,
    },
    /// By its key identifier.
    SubjectKeyIdentifier(Vec<u8>),
}

/// The attributes that are signed in place of the content.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SignedAttributes {
    /// The bytes as sent, with the tag of a SET: what is signed (RFC 5652 §5.4).
    signed: Vec<u8>,
    /// contentType.
    pub content_type: Option<ObjectIdentifier>,
    /// messageDigest.
    pub message_digest: Option<Vec<u8>>,
    /// signingTime.
    pub signing_time: Option<OffsetDateTime>,
}

/// A certificate fits a signer identifier, perhaps not to the letter.
pub(super) struct Named {
    pub(super) deviation: Option<DeviationKind>,
}

impl SignerIdentifier {
    /// The version of a SignerInfo follows from the form of its identifier (RFC 5652 §5.3).
    const fn version(&self) -> u32 {
        match self {
            Self::IssuerAndSerialNumber { .. } => 1,
            Self::SubjectKeyIdentifier(_) => 3,
        }
    }

    /// Whether this names the certificate.
    pub(super) fn names(&self, certificate: &Certificate) -> Option<Named> {
        match self {
            Self::IssuerAndSerialNumber {
                issuer,
                serial_number,
            } => {
                let named =
                    issuer == certificate.issuer() && serial_number == certificate.serial_number();
                let to_the_letter = issuer.as_der() == certificate.issuer().as_der();
                named.then(|| Named {
                    deviation: (!to_the_letter).then_some(DeviationKind::IssuerWrittenDifferently),
                })
            }
            Self::SubjectKeyIdentifier(identifier) => {
                let written = certificate.extensions().subject_key_identifier.is_some();
                (*identifier == certificate.key_identifier()).then(|| Named {
                    deviation: (!written).then_some(DeviationKind::SignerWithoutKeyIdentifier),
                })
            }
        }
    }
}

impl SignerInfo {
    /// How the signer names his certificate.
    #[must_use]
    pub const fn identifier(&self) -> &SignerIdentifier {
        &self.identifier
    }

    /// The hash algorithm of the message digest.
    #[must_use]
    pub const fn digest_algorithm(&self) -> &AlgorithmIdentifier {
        &self.digest_algorithm
    }

    /// The attributes that are signed.
    #[must_use]
    pub const fn signed_attributes(&self) -> Option<&SignedAttributes> {
        self.signed_attributes.as_ref()
    }

    /// The signature algorithm.
    #[must_use]
    pub const fn signature_algorithm(&self) -> &AlgorithmIdentifier {
        &self.signature_algorithm
    }

    /// Verifies hash and signature with the key of a certificate.
    pub(super) fn verify(
        &self,
        certificate: &Certificate,
        deviation: Option<DeviationKind>,
        content_type: ObjectIdentifier,
        content: &[u8],
    ) -> SignedDataChecks {
        let signed = self
            .signed_attributes
            .as_ref()
            .map_or(content, |a| &a.signed);
        let attempt = self.verify_signature(certificate, signed);
        let signature = CheckResult::of_signature(&attempt);
        let hash = match &self.signed_attributes {
            Some(attributes) => self.check_hash(attributes, content_type, content),
            None => signature,
        };
        SignedDataChecks {
            hash,
            signature,
            signer: Some(certificate.clone()),
            signing_time: self.signed_attributes.as_ref().and_then(|a| a.signing_time),
            deviations: deviation
                .into_iter()
                .chain(self.scheme_deviation(certificate))
                .chain(attempt.unwrap_or_default())
                .collect(),
        }
    }

    /// PKCS#1 v1.5 under a certificate that says PSS, by its own signature or of its key (which RFC 4055 §1.2 forbids): the
    /// SignerInfo is what counts. PSS under a certificate of PKCS#1 v1.5 is what Doc 9303-12 §4.1.6.1 recommends.
    fn scheme_deviation(&self, certificate: &Certificate) -> Option<DeviationKind> {
        let suggested = [
            certificate.signature_algorithm().rsa_scheme(),
            certificate.rsa_scheme_of_key(),
        ];
        let differs = self.signature_algorithm.rsa_scheme() == Some(RsaScheme::Pkcs1)
            && suggested.contains(&Some(RsaScheme::Pss));
        differs.then_some(DeviationKind::SignatureScheme)
    }

    fn verify_signature(
        &self,
        certificate: &Certificate,
        signed: &[u8],
    ) -> Result<Vec<DeviationKind>> {
        let digest = self.digest_algorithm.hash_algorithm().ok();
        let algorithm = self.signature_algorithm.signature_algorithm(digest)?;
        verification::verify_signed(
            &certificate.public_key()?,
            &algorithm,
            signed,
            &self.signature,
        )
    }

    fn check_hash(
        &self,
        attributes: &SignedAttributes,
        content_type: ObjectIdentifier,
        content: &[u8],
    ) -> CheckResult {
        let Ok(digest) = self.digest_algorithm.hash_algorithm() else {
            return CheckResult::Undetermined(Cause::UnsupportedAlgorithm(
                self.digest_algorithm.oid,
            ));
        };
        if attributes.message_digest.as_ref() != Some(&digest.digest(content)) {
            return CheckResult::Failed(Cause::MessageDigestDiffers);
        }
        if attributes.content_type != Some(content_type) {
            return CheckResult::Failed(Cause::ContentTypeDiffers);
        }
        CheckResult::Successful
    }

    pub(super) fn read(element: &Element<'_>) -> Result<Self> {
        let mut fields = element.children("SignerInfo")?;
        let version = fields.expect(Tag::INTEGER, "version of SignerInfo")?;
        let identifier = read_identifier(&fields.next("signer identifier")?)?;
        let number = version.small_integer("version of SignerInfo")?;
        if number != identifier.version() {
            version.record(DeviationKind::SignerInfoVersion(number));
        }
        let digest = fields.expect(Tag::SEQUENCE, "digestAlgorithm")?;
        let digest_algorithm = AlgorithmIdentifier::read_hash_algorithm(&digest)?;
        let signed_attributes = fields
            .optional(Tag::context(0), "signedAttrs")?
            .map(|attributes| SignedAttributes::read(&attributes))
            .transpose()?;
        if signed_attributes.is_none() {
            element.record(DeviationKind::NoSignedAttributes);
        }
        let algorithm = fields.expect(Tag::SEQUENCE, "signatureAlgorithm")?;
        let signature_algorithm = AlgorithmIdentifier::read_signature_algorithm(&algorithm)?;
        let signature = fields
            .expect(Tag::OCTET_STRING, "signature")?
            .octets("signature")?
            .into_owned();
        fields.optional(Tag::context(1), "unsignedAttrs")?;
        fields.finish();
        Ok(Self {
            identifier,
            digest_algorithm,
            signed_attributes,
            signature_algorithm,
            signature,
        })
    }
}

fn read_identifier(element: &Element<'_>) -> Result<SignerIdentifier> {
    const WHAT: &str = "signer identifier";
    if element.tag == Tag::context(0) {
        let identifier = element.octets(WHAT)?.into_owned();
        return Ok(SignerIdentifier::SubjectKeyIdentifier(identifier));
    }
    if element.tag != Tag::SEQUENCE {
        return Err(element.malformed(WHAT));
    }
    let mut fields = element.children(WHAT)?;
    let issuer = Name::read(&fields.expect(Tag::SEQUENCE, WHAT)?)?;
    let serial_number = fields.expect(Tag::INTEGER, WHAT)?.integer(WHAT)?.to_vec();
    fields.finish();
    Ok(SignerIdentifier::IssuerAndSerialNumber {
        issuer,
        serial_number,
    })
}

impl SignedAttributes {
    fn read(element: &Element<'_>) -> Result<Self> {
        const WHAT: &str = "signed attribute";
        const SET: u8 = 0x31;
        if element.raw.len() > MAX_SIGNED_ATTRIBUTES_LEN {
            return Err(element.malformed("signed attributes, too long"));
        }
        let mut signed = element.raw.to_vec();
        if let Some(tag) = signed.first_mut() {
            *tag = SET;
        }
        let mut attributes = Self {
            signed,
            content_type: None,
            message_digest: None,
            signing_time: None,
        };
        let mut row = element.children(WHAT)?;
        let mut encoded: Vec<&[u8]> = Vec::new();
        while !row.is_empty() {
            let attribute = row.expect(Tag::SEQUENCE, WHAT)?;
            if encoded.len() == MAX_SIGNED_ATTRIBUTES {
                return Err(attribute.malformed("signer of too many attributes"));
            }
            attributes.take(&attribute)?;
            encoded.push(attribute.raw);
        }
        if !encoded.is_sorted() {
            element.record(DeviationKind::SignedAttributesOrder);
        }
        Ok(attributes)
    }

    fn take(&mut self, attribute: &Element<'_>) -> Result<()> {
        const WHAT: &str = "signed attribute";
        let mut fields = attribute.children(WHAT)?;
        let kind = fields.expect(Tag::OBJECT_IDENTIFIER, WHAT)?.oid(WHAT)?;
        let mut values = fields.expect(Tag::SET, WHAT)?.children(WHAT)?;
        fields.finish();
        let twice = match kind {
            oids::CONTENT_TYPE => {
                let value = values.expect(Tag::OBJECT_IDENTIFIER, "contentType")?;
                self.content_type
                    .replace(value.oid("contentType")?)
                    .is_some()
            }
            oids::MESSAGE_DIGEST => {
                let value = values.expect(Tag::OCTET_STRING, "messageDigest")?;
                let digest = value.octets("messageDigest")?.into_owned();
                self.message_digest.replace(digest).is_some()
            }
            oids::SIGNING_TIME => self.signing_time.replace(read_time(&mut values)?).is_some(),
            _ => return Ok(()),
        };
        // Which of two message digests is meant must not be left to the reader.
        if twice || !values.is_empty() {
            return Err(attribute.malformed("signed attribute with two values"));
        }
        Ok(())
    }
}
