//! Certificates as others write them: a reader that keeps the bytes that were signed and records what is against the
//! profile (Doc 9303-12 §7.1) instead of refusing it.

mod extensions;
mod validity;

use core::fmt;
use core::ops::Range;

use crypto::{HashAlgorithm, PublicKey};

use crate::algorithm::{AlgorithmIdentifier, RsaScheme};
use crate::ber::{Cursor, Element, Tag, to_der};
use crate::deviation::{Deviation, DeviationKind, Deviations};
use crate::name::Name;
use crate::{Result, oids, verification};

pub use extensions::{
    BasicConstraints, Extension, Extensions, KeyUsage, MAX_ENTRIES, MAX_EXTENSIONS,
    PrivateKeyUsagePeriod,
};
pub use validity::Validity;
pub(crate) use validity::{generalized_time, read_time};

/// Longest certificate that is read; the largest of the field have about 3 kB.
pub const MAX_CERTIFICATE_LEN: usize = 64 * 1024;

/// A certificate that was read. Nothing in it is verified by reading it.
#[derive(Clone)]
pub struct Certificate {
    der: Vec<u8>,
    tbs: Range<usize>,
    subject_public_key_info: Range<usize>,
    subject_public_key: Range<usize>,
    serial_number: Vec<u8>,
    issuer: Name,
    subject: Name,
    validity: Validity,
    extensions: Extensions,
    signature_algorithm: AlgorithmIdentifier,
    signature: Vec<u8>,
    deviations: Vec<Deviation>,
}

impl Certificate {
    /// Reads a certificate from the bytes of one file or of one element.
    ///
    /// # Errors
    /// [`crate::Error::Malformed`] when the structure cannot be followed.
    pub fn parse(bytes: &[u8]) -> Result<Self> {
        let deviations = Deviations::default();
        let mut certificate = {
            let mut file = Cursor::new(bytes, &deviations);
            let element = file.expect(Tag::SEQUENCE, "certificate")?;
            if element.raw.len() > MAX_CERTIFICATE_LEN {
                return Err(element.malformed("certificate, too long"));
            }
            file.finish_object();
            Self::read(&element)?
        };
        certificate.deviations = deviations.into_vec();
        Ok(certificate)
    }

    /// The certificate as it was read, without bytes behind it.
    #[must_use]
    pub fn as_der(&self) -> &[u8] {
        &self.der
    }

    /// The bytes that were signed.
    #[must_use]
    pub fn tbs_certificate(&self) -> &[u8] {
        self.der.get(self.tbs.clone()).unwrap_or_default()
    }

    /// SHA-256 of the certificate: its name in lists and logs, since issuer and serial number are not unique.
    #[must_use]
    pub fn fingerprint(&self) -> Vec<u8> {
        HashAlgorithm::Sha256.digest(&self.der)
    }

    /// Serial number in two's complement, shortest form.
    #[must_use]
    pub fn serial_number(&self) -> &[u8] {
        &self.serial_number
    }

    /// Issuer.
    #[must_use]
    pub const fn issuer(&self) -> &Name {
        &self.issuer
    }

    /// Subject.
    #[must_use]
    pub const fn subject(&self) -> &Name {
        &self.subject
    }

    /// Period of validity.
    #[must_use]
    pub const fn validity(&self) -> &Validity {
        &self.validity
    }

    /// Extensions.
    #[must_use]
    pub const fn extensions(&self) -> &Extensions {
        &self.extensions
    }

    /// The algorithm the issuer signed with.
    #[must_use]
    pub const fn signature_algorithm(&self) -> &AlgorithmIdentifier {
        &self.signature_algorithm
    }

    /// What was accepted against the rules while reading.
    #[must_use]
    pub fn deviations(&self) -> &[Deviation] {
        &self.deviations
    }

    /// SubjectPublicKeyInfo as it was read.
    #[must_use]
    pub fn subject_public_key_info(&self) -> &[u8] {
        self.der
            .get(self.subject_public_key_info.clone())
            .unwrap_or_default()
    }

    /// The subject's public key.
    ///
    /// # Errors
    /// [`crate::Error::Crypto`] for a key that is malformed or of a kind that is not implemented.
    pub fn public_key(&self) -> Result<PublicKey> {
        Ok(PublicKey::from_spki(&to_der(
            self.subject_public_key_info(),
        )?)?)
    }

    /// The RSA signature scheme that the key is restricted to (RFC 4055 §1.2): PSS, or `None`, for a key that does not say.
    pub(crate) fn rsa_scheme_of_key(&self) -> Option<RsaScheme> {
        const WHAT: &str = "algorithm of subjectPublicKeyInfo";
        let ignored = Deviations::default();
        let mut fields = Cursor::new(self.subject_public_key_info(), &ignored)
            .expect(Tag::SEQUENCE, WHAT)
            .and_then(|spki| spki.children(WHAT))
            .ok()?;
        let algorithm = fields.expect(Tag::SEQUENCE, WHAT).ok()?;
        let algorithm = AlgorithmIdentifier::read(&algorithm, WHAT).ok()?;
        (algorithm.oid == oids::RSASSA_PSS).then_some(RsaScheme::Pss)
    }

    /// Whether subject and issuer have the same name.
    #[must_use]
    pub fn is_self_issued(&self) -> bool {
        self.issuer == self.subject
    }

    /// The subject's key identifier: the extension, or SHA-1 of the key where it is missing (RFC 5280 §4.2.1.2).
    #[must_use]
    pub fn key_identifier(&self) -> Vec<u8> {
        self.extensions
            .subject_key_identifier
            .clone()
            .unwrap_or_else(|| {
                let key = self.der.get(self.subject_public_key.clone());
                HashAlgorithm::Sha1.digest(key.unwrap_or_default())
            })
    }

    /// Verifies the signature on this certificate with the key of another.
    ///
    /// # Errors
    /// [`crate::Error::Crypto`] with [`crypto::Error::SignatureInvalid`] when it does not hold; other errors when key or
    /// algorithm cannot be processed.
    pub fn verify_signature(&self, issuer: &Self) -> Result<Vec<DeviationKind>> {
        let algorithm = self.signature_algorithm.signature_algorithm(None)?;
        verification::verify_signed(
            &issuer.public_key()?,
            &algorithm,
            self.tbs_certificate(),
            &self.signature,
        )
    }

    /// Reads a certificate out of a larger object; its deviations go to that object.
    pub(crate) fn read(element: &Element<'_>) -> Result<Self> {
        const WHAT: &str = "certificate";
        let mut fields = element.children(WHAT)?;
        let tbs = fields.expect(Tag::SEQUENCE, "tbsCertificate")?;
        let algorithm = fields.expect(Tag::SEQUENCE, "signatureAlgorithm")?;
        let signature = fields
            .expect(Tag::BIT_STRING, "signature")?
            .bits("signature")?;
        fields.finish();
        let signature_algorithm = AlgorithmIdentifier::read_signature_algorithm(&algorithm)?;
        let body = Body::read(&tbs, &signature_algorithm)?;
        let inside = |range: Range<usize>| range.start - element.at..range.end - element.at;
        Ok(Self {
            der: element.raw.to_vec(),
            tbs: inside(tbs.range()),
            subject_public_key_info: inside(body.subject_public_key_info),
            subject_public_key: inside(body.subject_public_key),
            serial_number: body.serial_number,
            issuer: body.issuer,
            subject: body.subject,
            validity: body.validity,
            extensions: body.extensions,
            signature_algorithm,
            signature: signature.to_vec(),
            deviations: Vec::new(),
        })
    }
}

impl fmt::Debug for Certificate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "Certificate({} by {}, {})",
            self.subject, self.issuer, self.validity
        )
    }
}

impl PartialEq for Certificate {
    fn eq(&self, other: &Self) -> bool {
        self.der == other.der
    }
}

impl Eq for Certificate {}

/// What tbsCertificate holds.
struct Body {
    serial_number: Vec<u8>,
    issuer: Name,
    subject: Name,
    validity: Validity,
    subject_public_key_info: Range<usize>,
    subject_public_key: Range<usize>,
    extensions: Extensions,
}

impl Body {
    fn read(tbs: &Element<'_>, outer_algorithm: &AlgorithmIdentifier) -> Result<Self> {
        let mut fields = tbs.children("tbsCertificate")?;
        read_version(tbs, &mut fields)?;
        let serial_number = read_serial_number(&fields.expect(Tag::INTEGER, "serialNumber")?)?;
        let algorithm = fields.expect(Tag::SEQUENCE, "signature of tbsCertificate")?;
        if AlgorithmIdentifier::read(&algorithm, "signature of tbsCertificate")? != *outer_algorithm
        {
            algorithm.record(DeviationKind::SignatureAlgorithmsDiffer);
        }
        let issuer = read_name(&fields.expect(Tag::SEQUENCE, "issuer")?)?;
        let validity = Validity::read(&fields.expect(Tag::SEQUENCE, "validity")?)?;
        let subject = read_name(&fields.expect(Tag::SEQUENCE, "subject")?)?;
        let spki = fields.expect(Tag::SEQUENCE, "subjectPublicKeyInfo")?;
        let subject_public_key = read_subject_public_key(&spki)?;
        for number in [1, 2] {
            if let Some(identifier) = fields.optional(Tag::context(number), "unique identifier")? {
                identifier.record(DeviationKind::UniqueIdentifier);
            }
        }
        let extensions = fields
            .optional(Tag::context(3), "extensions")?
            .map(|extensions| Extensions::read(&extensions.explicit(Tag::SEQUENCE, "extensions")?))
            .transpose()?
            .unwrap_or_default();
        fields.finish();
        Ok(Self {
            serial_number,
            issuer,
            subject,
            validity,
            subject_public_key_info: spki.range(),
            subject_public_key,
            extensions,
        })
    }
}

fn read_version(tbs: &Element<'_>, fields: &mut Cursor<'_>) -> Result<()> {
    const V3: u32 = 3;
    let version = match fields.optional(Tag::context(0), "version")? {
        Some(version) => version
            .explicit(Tag::INTEGER, "version")?
            .small_integer("version")?
            .saturating_add(1),
        None => 1,
    };
    if version != V3 {
        tbs.record(DeviationKind::CertificateVersion(version));
    }
    Ok(())
}

fn read_serial_number(element: &Element<'_>) -> Result<Vec<u8>> {
    const MAX_SERIAL_NUMBER_LEN: usize = 20;
    let serial_number = element.integer("serialNumber")?;
    match serial_number {
        [0] => element.record(DeviationKind::ZeroSerialNumber),
        [first, ..] if first & 0x80 != 0 => element.record(DeviationKind::NegativeSerialNumber),
        long if long.len() > MAX_SERIAL_NUMBER_LEN => {
            element.record(DeviationKind::LongSerialNumber(long.len()));
        }
        _ => {}
    }
    Ok(serial_number.to_vec())
}

fn read_name(element: &Element<'_>) -> Result<Name> {
    let name = Name::read(element)?;
    name.record_deviations(element);
    Ok(name)
}

/// The octets of subjectPublicKey, from which key identifiers are computed.
fn read_subject_public_key(spki: &Element<'_>) -> Result<Range<usize>> {
    const WHAT: &str = "subjectPublicKey";
    let mut fields = spki.children(WHAT)?;
    fields.expect(Tag::SEQUENCE, WHAT)?;
    let key = fields.expect(Tag::BIT_STRING, WHAT)?;
    let end = key.at + key.raw.len();
    Ok(end - key.bits(WHAT)?.len()..end)
}
