//! CMS SignedData as others write it (RFC 5652 §5, Doc 9303-10 §4.6.2): EF.SOD, EF.CardSecurity and the signed lists.

pub(crate) mod sign;
mod signer_info;

use const_oid::ObjectIdentifier;

use crate::algorithm::AlgorithmIdentifier;
use crate::ber::{Cursor, Element, Tag};
use crate::certificate::Certificate;
use crate::check::{Cause, CheckResult};
use crate::deviation::{Deviation, DeviationKind, Deviations};
use crate::oids;
use crate::{Error, Result};

pub use signer_info::{
    MAX_SIGNED_ATTRIBUTES, MAX_SIGNED_ATTRIBUTES_LEN, SignedAttributes, SignerIdentifier,
    SignerInfo,
};

/// Most certificates that are read out of one object.
pub const MAX_CERTIFICATES: usize = 16;
/// Most signers that are read.
pub const MAX_SIGNERS: usize = 4;

/// A SignedData that was read. Nothing in it is verified by reading it.
#[derive(Debug, Clone)]
pub struct SignedData {
    content_type: ObjectIdentifier,
    content: Vec<u8>,
    certificates: Vec<Certificate>,
    signers: Vec<SignerInfo>,
    deviations: Vec<Deviation>,
}

/// What the signatures of a SignedData are worth by themselves, whoever the signer is.
#[derive(Debug, Clone)]
pub struct SignedDataChecks {
    /// Whether the signed message digest is the hash of the content (TR-03135-1 §5.6.4.2.2).
    pub hash: CheckResult,
    /// Whether the signature holds with the key of the certificate (TR-03135-1 §5.6.4.2.2).
    pub signature: CheckResult,
    /// The certificate these results belong to.
    pub signer: Option<Certificate>,
    /// When the signer says that he signed.
    pub signing_time: Option<time::OffsetDateTime>,
    /// What was accepted against the rules.
    pub deviations: Vec<DeviationKind>,
}

impl SignedData {
    /// Reads a ContentInfo that holds a SignedData and fills all of `bytes`.
    ///
    /// # Errors
    /// [`Error::Malformed`] when the structure cannot be followed.
    pub fn parse(bytes: &[u8]) -> Result<Self> {
        let deviations = Deviations::default();
        let mut signed_data = {
            let mut file = Cursor::new(bytes, &deviations);
            let signed_data = Self::read(&mut file)?;
            file.finish_object();
            signed_data
        };
        signed_data.deviations = deviations.into_vec();
        Ok(signed_data)
    }

    /// What kind of content was signed.
    #[must_use]
    pub const fn content_type(&self) -> ObjectIdentifier {
        self.content_type
    }

    /// The content, its parts joined: the bytes that were hashed.
    #[must_use]
    pub fn content(&self) -> &[u8] {
        &self.content
    }

    /// The certificates in the object, without those that cannot be read.
    #[must_use]
    pub fn certificates(&self) -> &[Certificate] {
        &self.certificates
    }

    /// The signers.
    #[must_use]
    pub fn signers(&self) -> &[SignerInfo] {
        &self.signers
    }

    /// What was accepted against the rules while reading.
    #[must_use]
    pub fn deviations(&self) -> &[Deviation] {
        &self.deviations
    }

    /// Verifies hash and signature with the certificates in the object. Of several signers the first whose signature
    /// holds counts, else the first.
    #[must_use]
    pub fn verify(&self) -> SignedDataChecks {
        self.verify_with(|_| Vec::new())
    }

    /// As [`Self::verify`]; where no certificate in the object has signed, those that are known elsewhere by the
    /// signer's name are tried.
    #[must_use]
    pub fn verify_with<'a>(
        &'a self,
        known: impl Fn(&SignerIdentifier) -> Vec<&'a Certificate>,
    ) -> SignedDataChecks {
        let mut first = None;
        for signer in &self.signers {
            let elsewhere = known(signer.identifier());
            let outside = elsewhere.into_iter().filter_map(|certificate| {
                signer.identifier().names(certificate)?;
                Some((certificate, Some(DeviationKind::SignerFromTrustStore)))
            });
            for (certificate, deviation) in self.candidates(signer).into_iter().chain(outside) {
                let checks =
                    signer.verify(certificate, deviation, self.content_type, &self.content);
                if checks.hash.is_successful() && checks.signature.is_successful() {
                    return checks;
                }
                first.get_or_insert(checks);
            }
        }
        first.unwrap_or_else(|| {
            let cause = if self.signers.is_empty() {
                Cause::NoSigner
            } else {
                Cause::NoSignerCertificate
            };
            SignedDataChecks {
                hash: CheckResult::Undetermined(cause),
                signature: CheckResult::Undetermined(cause),
                signer: None,
                signing_time: None,
                deviations: Vec::new(),
            }
        })
    }

    /// The certificates a signer identifier names, then the others: one of them may have signed all the same.
    fn candidates(&self, signer: &SignerInfo) -> Vec<(&Certificate, Option<DeviationKind>)> {
        let identifier = signer.identifier();
        let mut candidates = Vec::new();
        let mut others = Vec::new();
        for certificate in &self.certificates {
            match identifier.names(certificate) {
                Some(named) => candidates.push((certificate, named.deviation)),
                None => others.push((certificate, Some(DeviationKind::SignerIdentifier))),
            }
        }
        candidates.append(&mut others);
        candidates
    }

    /// Reads a ContentInfo out of a larger object; deviations go to that object.
    pub(crate) fn read(cursor: &mut Cursor<'_>) -> Result<Self> {
        const WHAT: &str = "ContentInfo";
        let content_info = cursor.expect(Tag::SEQUENCE, WHAT)?;
        let mut fields = content_info.children(WHAT)?;
        let kind = fields.expect(Tag::OBJECT_IDENTIFIER, WHAT)?;
        if kind.oid(WHAT)? != oids::SIGNED_DATA {
            return Err(kind.malformed("content type, not signed data"));
        }
        let content = fields
            .expect(Tag::context(0), WHAT)?
            .explicit(Tag::SEQUENCE, WHAT)?;
        fields.finish();
        Self::read_signed_data(&content)
    }

    fn read_signed_data(element: &Element<'_>) -> Result<Self> {
        const V3: u32 = 3;
        let mut fields = element.children("SignedData")?;
        let version = fields.expect(Tag::INTEGER, "version of SignedData")?;
        let number = version.small_integer("version of SignedData")?;
        if number != V3 {
            version.record(DeviationKind::SignedDataVersion(number));
        }
        let digest_algorithms = fields.expect(Tag::SET, "digestAlgorithms")?;
        let encapsulated = fields.expect(Tag::SEQUENCE, "encapContentInfo")?;
        let (content_type, content) = read_encapsulated(&encapsulated)?;
        let certificates = fields
            .optional(Tag::context(0), "certificates")?
            .map_or(Ok(Vec::new()), |certificates| {
                read_certificates(&certificates)
            })?;
        if let Some(crls) = fields.optional(Tag::context(1), "crls")? {
            crls.record(DeviationKind::CrlsPresent);
        }
        let signers = read_signers(&fields.expect(Tag::SET, "signerInfos")?)?;
        fields.finish();
        check_digest_algorithms(&digest_algorithms, &signers)?;
        Ok(Self {
            content_type,
            content,
            certificates,
            signers,
            deviations: Vec::new(),
        })
    }
}

fn read_encapsulated(element: &Element<'_>) -> Result<(ObjectIdentifier, Vec<u8>)> {
    const WHAT: &str = "encapContentInfo";
    let mut fields = element.children(WHAT)?;
    let content_type = fields.expect(Tag::OBJECT_IDENTIFIER, WHAT)?.oid(WHAT)?;
    let explicit = fields.expect(Tag::context(0), "eContent")?;
    let content = explicit.explicit(Tag::OCTET_STRING, "eContent")?;
    fields.finish();
    Ok((content_type, content.octets("eContent")?.into_owned()))
}

fn read_certificates(element: &Element<'_>) -> Result<Vec<Certificate>> {
    let mut row = element.children("certificates")?;
    let mut certificates = Vec::new();
    while !row.is_empty() {
        let element = row.next("certificates")?;
        if certificates.len() == MAX_CERTIFICATES {
            return Err(element.malformed("object of too many certificates"));
        }
        match Certificate::read(&element) {
            Ok(certificate) if element.tag == Tag::SEQUENCE => certificates.push(certificate),
            _ => element.record(DeviationKind::UnreadableCertificate),
        }
    }
    Ok(certificates)
}

fn read_signers(element: &Element<'_>) -> Result<Vec<SignerInfo>> {
    let mut row = element.children("signerInfos")?;
    let mut signers = Vec::new();
    while !row.is_empty() {
        if signers.len() == MAX_SIGNERS {
            return Err(Error::Malformed {
                what: "object of too many signers",
                at: row.at(),
            });
        }
        signers.push(SignerInfo::read(&row.expect(Tag::SEQUENCE, "SignerInfo")?)?);
    }
    if signers.len() != 1 {
        element.record(DeviationKind::SignerCount(signers.len()));
    }
    Ok(signers)
}

fn check_digest_algorithms(element: &Element<'_>, signers: &[SignerInfo]) -> Result<()> {
    let mut row = element.children("digestAlgorithms")?;
    let mut listed = Vec::new();
    while !row.is_empty() {
        if listed.len() == MAX_SIGNERS {
            return Err(element.malformed("object of too many digest algorithms"));
        }
        let algorithm = row.expect(Tag::SEQUENCE, "digestAlgorithms")?;
        listed.push(AlgorithmIdentifier::read_hash_algorithm(&algorithm)?.oid);
    }
    let is_listed = |signer: &SignerInfo| listed.contains(&signer.digest_algorithm().oid);
    if !signers.iter().all(is_listed) {
        element.record(DeviationKind::DigestAlgorithmNotListed);
    }
    Ok(())
}
