//! Which documents a deviation is about (Doc 9303-12 §10.2, DeviationDocuments).

use crypto::HashAlgorithm;
use time::OffsetDateTime;

use super::DocumentNumbers;
use crate::Result;
use crate::ber::{Cursor, Element, Tag};
use crate::certificate::{Certificate, generalized_time};
use crate::deviation::DeviationKind;
use crate::name::{Name, text};

/// Criteria for documents. All of those present must hold; without any, all documents of the issuing state are meant.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Documents {
    /// The document code of the machine readable zone.
    pub document_type: Option<String>,
    /// The document signer.
    pub signer: Option<SignerCriterion>,
    /// When they were issued.
    pub issuing_date: Option<IssuancePeriod>,
    /// Their numbers.
    pub document_numbers: Option<DocumentNumbers>,
}

/// How a deviation names a document signer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SignerCriterion {
    /// By issuer and serial number of its certificate.
    IssuerAndSerialNumber {
        /// Issuer.
        issuer: Name,
        /// Serial number, two's complement, shortest form.
        serial_number: Vec<u8>,
    },
    /// By its key identifier.
    SubjectKeyIdentifier(Vec<u8>),
    /// By the hash of its certificate, of the list's digest algorithm.
    CertificateDigest(Vec<u8>),
}

/// From the first to the last moment of issue, both included.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct IssuancePeriod {
    /// First moment.
    pub first_issued: OffsetDateTime,
    /// Last moment.
    pub last_issued: OffsetDateTime,
}

/// What is known of a document that was read. A caller gives only what is authentic (a verified EF.DG1, a verified chain):
/// a deviation may excuse nothing on the word of the data it is about.
#[derive(Debug, Clone, Copy, Default)]
pub struct DocumentFacts<'a> {
    /// The document code of the machine readable zone.
    pub document_type: Option<&'a str>,
    /// The document signer's certificate.
    pub signer: Option<&'a Certificate>,
    /// When the document was issued.
    pub issuing_date: Option<OffsetDateTime>,
    /// The document number of the machine readable zone.
    pub document_number: Option<&'a str>,
}

impl Documents {
    /// Whether a document is among those meant; `None` when no criterion speaks against it but one cannot be decided,
    /// because the fact or the digest algorithm is not known.
    #[must_use]
    pub fn cover(
        &self,
        document: &DocumentFacts<'_>,
        digest_algorithm: Option<HashAlgorithm>,
    ) -> Option<bool> {
        let bare = |code: &str| code.trim_end_matches(['<', ' ']).to_owned();
        let criteria = [
            self.document_type
                .as_ref()
                .map(|wanted| Some(bare(document.document_type?) == bare(wanted))),
            self.signer
                .as_ref()
                .map(|wanted| wanted.names(document.signer?, digest_algorithm)),
            self.issuing_date
                .map(|period| Some(period.contains(document.issuing_date?))),
            self.document_numbers
                .as_ref()
                .map(|numbers| Some(numbers.contains(document.document_number?))),
        ];
        let present = || criteria.iter().flatten();
        if present().any(|criterion| *criterion == Some(false)) {
            Some(false)
        } else {
            present().all(Option::is_some).then_some(true)
        }
    }

    pub(super) fn read(element: &Element<'_>) -> Result<Self> {
        const WHAT: &str = "documents of a deviation";
        let mut fields = element.children(WHAT)?;
        let document_type = fields.optional(Tag::context(0), WHAT)?;
        let signer = match fields.peek() {
            Some(tag) if (1..=3).any(|number| tag == Tag::context(number)) => {
                Some(SignerCriterion::read(&fields.next(WHAT)?)?)
            }
            _ => None,
        };
        let issuing_date = fields.optional(Tag::context(4), WHAT)?;
        let document_numbers = fields.optional(Tag::context(5), WHAT)?;
        fields.finish();
        Ok(Self {
            document_type: document_type.map(|code| text(&code)).transpose()?,
            signer,
            issuing_date: issuing_date
                .map(|period| IssuancePeriod::read(&period))
                .transpose()?,
            document_numbers: document_numbers
                .map(|numbers| DocumentNumbers::read(&inner(&numbers, Tag::SET)?))
                .transpose()?,
        })
    }
}

/// The module has implicit tags. Where the defined type stands inside all the same, that is what is meant.
fn inner<'a>(element: &Element<'a>, tag: Tag) -> Result<Element<'a>> {
    let mut inside = element.children("tagged element")?;
    if inside.peek() != Some(tag) {
        return Ok(*element);
    }
    let only = inside.next("tagged element")?;
    if !inside.is_empty() {
        return Ok(*element);
    }
    element.record(DeviationKind::ExplicitTag);
    Ok(only)
}

impl SignerCriterion {
    /// Whether this names a certificate; `None` when the digest algorithm is not known.
    #[must_use]
    pub fn names(
        &self,
        certificate: &Certificate,
        digest_algorithm: Option<HashAlgorithm>,
    ) -> Option<bool> {
        match self {
            Self::IssuerAndSerialNumber {
                issuer,
                serial_number,
            } => {
                Some(issuer == certificate.issuer() && serial_number == certificate.serial_number())
            }
            Self::SubjectKeyIdentifier(identifier) => {
                Some(*identifier == certificate.key_identifier())
            }
            Self::CertificateDigest(digest) => {
                digest_algorithm.map(|algorithm| algorithm.digest(certificate.as_der()) == *digest)
            }
        }
    }

    fn read(element: &Element<'_>) -> Result<Self> {
        const WHAT: &str = "document signer of a deviation";
        if element.tag == Tag::context(2) {
            return Ok(Self::SubjectKeyIdentifier(
                element.octets(WHAT)?.into_owned(),
            ));
        }
        if element.tag == Tag::context(3) {
            return Ok(Self::CertificateDigest(element.octets(WHAT)?.into_owned()));
        }
        let mut fields = inner(element, Tag::SEQUENCE)?.children(WHAT)?;
        let issuer = Name::read(&fields.expect(Tag::SEQUENCE, WHAT)?)?;
        let serial_number = fields.expect(Tag::INTEGER, WHAT)?.integer(WHAT)?.to_vec();
        fields.finish();
        Ok(Self::IssuerAndSerialNumber {
            issuer,
            serial_number,
        })
    }
}

impl IssuancePeriod {
    /// Whether a moment lies inside.
    #[must_use]
    pub fn contains(&self, moment: OffsetDateTime) -> bool {
        (self.first_issued..=self.last_issued).contains(&moment)
    }

    fn read(element: &Element<'_>) -> Result<Self> {
        const WHAT: &str = "issuing date of a deviation";
        let mut fields = inner(element, Tag::SEQUENCE)?.children(WHAT)?;
        let moment = |fields: &mut Cursor<'_>| {
            generalized_time(&fields.expect(Tag::GENERALIZED_TIME, WHAT)?)
        };
        let period = Self {
            first_issued: moment(&mut fields)?,
            last_issued: moment(&mut fields)?,
        };
        fields.finish();
        Ok(period)
    }
}
