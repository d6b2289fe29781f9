//! What foreign material does against the rules and is accepted nevertheless. Tolerance is never silence: each
//! deviation met stands in the result, with its quirk number where the field knows it.

use core::cell::RefCell;
use core::fmt;

use const_oid::ObjectIdentifier;
use crypto::key::KeyKind;

use crate::ber::IndefiniteLengths;

/// Most deviations kept for one object; a hostile one could hold thousands.
pub const MAX_DEVIATIONS: usize = 64;

/// A deviation and where it was met.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Deviation {
    /// What is not as it should be.
    pub kind: DeviationKind,
    /// Offset in the object (EF.SOD, certificate) that was being read; `None` for what shows only in verification.
    pub at: Option<usize>,
}

impl From<DeviationKind> for Deviation {
    fn from(kind: DeviationKind) -> Self {
        Self { kind, at: None }
    }
}

impl fmt::Display for Deviation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.kind.fmt(f)?;
        if let Some(at) = self.at {
            write!(f, " (byte {at})")?;
        }
        self.kind.quirk().map_or(Ok(()), |id| write!(f, " [{id}]"))
    }
}

/// The kinds of deviation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum DeviationKind {
    /// A length of indefinite form: BER, not DER.
    #[error("indefinite length where DER is required")]
    IndefiniteLength,
    /// A length with more octets than needed.
    #[error("length not in its shortest form")]
    NonMinimalLength,
    /// A string in parts.
    #[error("string in constructed form")]
    ConstructedString,
    /// An INTEGER with superfluous leading octets.
    #[error("integer not in its shortest form")]
    NonMinimalInteger,
    /// A BOOLEAN that is true by a value other than FF.
    #[error("TRUE not encoded as FF")]
    BooleanTrueNotFf,
    /// Bytes behind the end of the object.
    #[error("{0} bytes behind the end")]
    TrailingBytes(usize),
    /// A structure with more elements than its definition knows.
    #[error("more elements than defined")]
    SurplusElement,

    /// A certificate whose version is not 3.
    #[error("certificate version {0}, not 3")]
    CertificateVersion(u32),
    /// A serial number below zero.
    #[error("negative serial number")]
    NegativeSerialNumber,
    /// A serial number of zero.
    #[error("serial number zero")]
    ZeroSerialNumber,
    /// A serial number of more than 20 octets.
    #[error("serial number of {0} octets, more than 20")]
    LongSerialNumber(usize),
    /// Issuer or subject without country.
    #[error("name without country")]
    NoCountry,
    /// A country that is not two upper-case letters.
    #[error("country is not two upper-case letters")]
    CountryForm,
    /// A name attribute in a string type that the profile does not allow.
    #[error("name attribute in string type {0}")]
    StringType(u32),
    /// A string that is not of the characters its type allows.
    #[error("characters outside the string type")]
    StringContent,
    /// A time without seconds, with a fraction or not in UTC.
    #[error("time not written as YY…MMDDhhmmssZ")]
    TimeForm,
    /// A GeneralizedTime for a year before 2050.
    #[error("GeneralizedTime for a year before 2050")]
    GeneralizedTimeBefore2050,
    /// Parameters of an algorithm identifier present that must be absent, or the reverse.
    #[error("parameters of the algorithm identifier against the rule")]
    AlgorithmParameters,
    /// The signature algorithm inside tbsCertificate is not the one outside.
    #[error("two different signature algorithms in one certificate")]
    SignatureAlgorithmsDiffer,
    /// issuerUniqueID or subjectUniqueID.
    #[error("unique identifier present")]
    UniqueIdentifier,
    /// An extension that occurs twice; the first one counts.
    #[error("extension {0} twice")]
    DuplicateExtension(ObjectIdentifier),
    /// An extension whose content cannot be read; it counts as absent.
    #[error("extension {0} unreadable")]
    UnreadableExtension(ObjectIdentifier),
    /// DocumentType list that is not one SEQUENCE of version and SET.
    #[error("DocumentType list in another form")]
    DocumentTypeForm,
    /// DocumentType list under an old object identifier.
    #[error("DocumentType list under an old object identifier")]
    DocumentTypeEarly,
    /// A document code of which the DocumentType list has the first letter only.
    #[error("only the first letter of the document code is in the DocumentType list")]
    DocumentTypeFirstLetter,
    /// A CSCA whose basicConstraints do not say that it is one.
    #[error("CSCA without basicConstraints cA")]
    CscaBasicConstraints,
    /// A CSCA whose keyUsage does not allow to sign certificates.
    #[error("CSCA without keyUsage keyCertSign")]
    CscaKeyUsage,
    /// A CSCA whose keyUsage is not critical.
    #[error("keyUsage of the CSCA not critical")]
    CscaKeyUsageNotCritical,
    /// A CSCA whose keyUsage allows more than to sign certificates and CRLs.
    #[error("keyUsage of the CSCA allows more than certificates and CRLs")]
    CscaKeyUsageBits,
    /// A CSCA with an extended key usage.
    #[error("CSCA with an extended key usage")]
    CscaExtendedKeyUsage,
    /// A document signer whose certificate lasts longer than that of its CSCA.
    #[error("the document signer certificate outlives that of its CSCA")]
    OutlivesIssuer,
    /// A country that is not the issuing state's first one: that of a mother country or of a territory.
    #[error("the certificate names the country of a territory or of its mother country")]
    TerritoryCountry,
    /// An extension that neither Doc 9303-12 nor RFC 5280 knows, not critical.
    #[error("unknown extension {0}")]
    UnknownExtension(ObjectIdentifier),
    /// A document signer with an extended key usage.
    #[error("document signer with an extended key usage")]
    DocumentSignerExtendedKeyUsage,
    /// A document signer without keyUsage.
    #[error("document signer without keyUsage")]
    DocumentSignerKeyUsage,

    /// A SignedData version other than 3.
    #[error("SignedData version {0}, not 3")]
    SignedDataVersion(u32),
    /// A content type of EF.SOD other than the LDS security object's.
    #[error("content type {0} instead of the LDS security object's")]
    ContentType(ObjectIdentifier),
    /// A SignerInfo version that does not follow from its signer identifier.
    #[error("SignerInfo version {0} against its signer identifier")]
    SignerInfoVersion(u32),
    /// A signer's digest algorithm that the list of digest algorithms lacks.
    #[error("digest algorithm of the signer not in the list of digest algorithms")]
    DigestAlgorithmNotListed,
    /// Signers other than one.
    #[error("{0} signers, not one")]
    SignerCount(usize),
    /// CRLs in the object.
    #[error("CRLs in the object")]
    CrlsPresent,
    /// A certificate in the object that cannot be read.
    #[error("unreadable certificate")]
    UnreadableCertificate,
    /// No signed attributes.
    #[error("no signed attributes")]
    NoSignedAttributes,
    /// The signature holds for the signed attributes as sent, which are not in DER order.
    #[error("signed attributes not in DER order")]
    SignedAttributesOrder,
    /// The signature holds for the DER form of what was sent in another form.
    #[error("signature made over the DER form of what is not DER")]
    SignedOverDerForm,
    /// The signature algorithm names no hash; the digest algorithm's is used.
    #[error("signature algorithm without hash")]
    SignatureAlgorithmWithoutHash,
    /// The signer identifier's issuer is written in another way than the certificate's.
    #[error("issuer of the signer identifier written differently from the certificate")]
    IssuerWrittenDifferently,
    /// The signer identifier fits no certificate, but one of the certificates made the signature.
    #[error("signer identifier fits no certificate")]
    SignerIdentifier,
    /// The signer identifier is a key identifier that the certificate lacks; it is computed from the key.
    #[error("signer named by key identifier, certificate without one")]
    SignerWithoutKeyIdentifier,
    /// SHA-1 in use.
    #[error("SHA-1")]
    Sha1,
    /// RSA PKCS#1 v1.5 under a certificate that says PSS.
    #[error("RSA PKCS#1 v1.5 under a certificate that says PSS")]
    SignatureScheme,
    /// The certificate of the signer is not in the object; the trust store had it.
    #[error("document signer certificate not in the object, taken from the trust store")]
    SignerFromTrustStore,
    /// A file with bytes behind its end, which are not hashed.
    #[error("{count} bytes behind the end of {}, not hashed", .file.name())]
    PaddedFile {
        /// Which file.
        file: lds::File,
        /// How many.
        count: usize,
    },
    /// The date of issue in EF.DG12 is outside the time in which the key was used, though the signing time is inside.
    #[error("date of issue of EF.DG12 outside the usage period of the key")]
    IssueDateOutsideUsagePeriod,
    /// A CRL that is older than Doc 9303-12 §4.1.5 allows.
    #[error("CRL of {0} days ago, more than 90")]
    CrlAge(u32),
    /// ECDSA integers that are not DER.
    #[error("ECDSA signature not in DER")]
    EcdsaSignatureForm,

    /// A CRL whose version is not 2.
    #[error("CRL version {0}, not 2")]
    CrlVersion(u32),
    /// A CRL that does not say when the next one comes.
    #[error("CRL without nextUpdate")]
    CrlWithoutNextUpdate,
    /// A CRL that is meant to last longer than Doc 9303-12 §4.1.5 allows.
    #[error("CRL meant for {0} days, more than 90")]
    CrlLifetime(u32),
    /// An empty list of revoked certificates, which should be absent.
    #[error("empty list of revoked certificates")]
    CrlEmptyEntries,
    /// An extension that a CRL must have.
    #[error("CRL without extension {0}")]
    CrlExtensionMissing(ObjectIdentifier),
    /// An extension that a CRL must not have.
    #[error("CRL with extension {0}")]
    CrlExtension(ObjectIdentifier),
    /// An extension of an entry of a CRL, where none belongs.
    #[error("entry of the CRL with extension {0}")]
    CrlEntryExtension(ObjectIdentifier),
    /// A CRL with two entries for one certificate; the first one counts.
    #[error("certificate twice in the CRL")]
    CrlEntryTwice,
    /// A list without the signature that belongs around it.
    #[error("master list without CMS signature")]
    MasterListWithoutSignature,
    /// A list whose version is not 0.
    #[error("list version {0}, not 0")]
    ListVersion(u32),
    /// A list under a content type other than its own.
    #[error("content type {0} instead of that of the list")]
    ListContentType(ObjectIdentifier),
    /// The elements of a SET OF are not in the order that DER wants.
    #[error("SET OF not in DER order")]
    SetOrder,
    /// An explicit tag where an implicit one is defined.
    #[error("explicit tag where an implicit one is defined")]
    ExplicitTag,
    /// The parameter of a listed deviation that cannot be read; the deviation counts without it.
    #[error("parameter of listed deviation {0} unreadable")]
    ListedParameter(ObjectIdentifier),

    /// A list's signer without the extended key usage of its role.
    #[error("list signer without the extended key usage of its role")]
    ListSignerKeyUsage,
    /// A list's signer whose extended key usage is not critical.
    #[error("extended key usage of the list signer not critical")]
    ListSignerKeyUsageNotCritical,
    /// A list's signer whose certificate names another country than the CSCA that issued it.
    #[error("the list signer's certificate names another country than the CSCA that issued it")]
    ListSignerCountry,
    /// A CSCA certificate whose SubjectAltName names the locality of another state than its country or its issuer.
    #[error(
        "locality in the SubjectAltName of the CSCA of another state than its country or its issuer"
    )]
    CscaLocality,
    /// A list that a CSCA has signed itself.
    #[error("list signed by a CSCA itself")]
    ListSignedByCsca,
    /// A list that does not say when it was signed.
    #[error("list without signing time")]
    ListSigningTime,
    /// A link certificate that says that it is no certification authority's.
    #[error("link certificate with cA false")]
    LinkBasicConstraints,
    /// A CSCA that allows certification authorities below it, or does not say that it allows none.
    #[error("path length of a CSCA {}, not 0", .0.map_or("absent".to_owned(), |length| length.to_string()))]
    CscaPathLength(Option<u32>),

    /// A key that is too short to be relied on: of the document signer, of the CSCA or of the chip.
    #[error("weak key: {0}")]
    WeakKey(KeyKind),

    /// The CSCA was found by its key, but its name is not the issuer's.
    #[error("subject of the CSCA is not the issuer of the document signer")]
    IssuerNameMismatch,
    /// The CSCA was found by name because one of the key identifiers is missing.
    #[error("key identifier missing in document signer or CSCA")]
    KeyIdentifierMissing,
    /// The key identifiers differ although the CSCA's key made the signature.
    #[error("authority key identifier is not the subject key identifier of the CSCA")]
    KeyIdentifierMismatch,
}

impl DeviationKind {
    /// The number under which the quirk is known, for those that the field has met.
    #[must_use]
    pub const fn quirk(self) -> Option<&'static str> {
        Some(match self {
            Self::IndefiniteLength | Self::ConstructedString | Self::SignedOverDerForm => "Q052",
            Self::SignatureAlgorithmWithoutHash => "Q053",
            Self::ContentType(crate::oids::DATA) => "Q054",
            Self::ContentType(_) => "Q105",
            Self::IssuerWrittenDifferently => "Q055",
            Self::SignerIdentifier => "Q056",
            Self::SignerWithoutKeyIdentifier => "Q057",
            Self::Sha1 => "Q060",
            Self::EcdsaSignatureForm => "Q063",
            Self::NegativeSerialNumber => "Q069",
            Self::ZeroSerialNumber => "Q070",
            Self::IssuerNameMismatch => "Q073",
            Self::KeyIdentifierMissing => "Q074",
            // UTF8String is right for other attributes than country and serial number.
            Self::CountryForm | Self::StringType(12) => "Q075",
            Self::StringType(_) => "Q076",
            Self::SignatureScheme => "Q061",
            Self::PaddedFile { .. } => "Q049",
            Self::CscaKeyUsage | Self::CscaKeyUsageNotCritical | Self::CscaKeyUsageBits => "Q077",
            Self::CscaBasicConstraints => "Q078",
            Self::CscaExtendedKeyUsage => "Q079",
            Self::UnknownExtension(_) => "Q080",
            Self::OutlivesIssuer => "Q088",
            Self::IssueDateOutsideUsagePeriod => "Q107",
            Self::TerritoryCountry => "Q114",
            Self::DocumentTypeForm => "Q081",
            Self::GeneralizedTimeBefore2050 => "Q082",
            Self::AlgorithmParameters => "Q083",
            Self::NoCountry => "Q091",
            Self::ListSignerKeyUsage | Self::ListSignerKeyUsageNotCritical => "Q096",
            Self::CscaPathLength(_) => "Q078",
            Self::LinkBasicConstraints => "Q116",
            Self::ListSignedByCsca => "Q117",
            Self::MasterListWithoutSignature => "Q097",
            Self::CrlEntryExtension(_) | Self::CrlLifetime(_) | Self::CrlAge(_) => "Q098",
            Self::DocumentTypeEarly => "Q115",
            Self::SignedAttributesOrder => "Q118",
            _ => return None,
        })
    }
}

/// Where a reader writes down what it meets.
#[derive(Debug, Default)]
pub(crate) struct Deviations {
    list: RefCell<Vec<Deviation>>,
    /// What the reader knows of elements of indefinite length; it lives as long as the reading does.
    pub(crate) indefinite: IndefiniteLengths,
}

impl Deviations {
    pub(crate) fn record(&self, kind: DeviationKind, at: usize) {
        let mut list = self.list.borrow_mut();
        let deviation = Deviation { kind, at: Some(at) };
        if list.len() < MAX_DEVIATIONS && !list.contains(&deviation) {
            list.push(deviation);
        }
    }

    pub(crate) fn into_vec(self) -> Vec<Deviation> {
        self.list.into_inner()
    }
}

/// Puts what is true of the whole object in front, for it must not be lost where the list is full.
pub(crate) fn record_first(deviations: &mut Vec<Deviation>, deviation: Deviation) {
    deviations.insert(0, deviation);
    deviations.truncate(MAX_DEVIATIONS);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_deviation_says_what_where_and_by_which_number() {
        let deviation = Deviation {
            kind: DeviationKind::ContentType(crate::oids::DATA),
            at: Some(42),
        };
        assert_eq!(
            deviation.to_string(),
            "content type 1.2.840.113549.1.7.1 instead of the LDS security object's (byte 42) [Q054]"
        );
    }

    #[test]
    fn the_list_is_bounded_and_holds_nothing_twice() {
        let deviations = Deviations::default();
        for at in 0..1000 {
            deviations.record(DeviationKind::Sha1, at);
            deviations.record(DeviationKind::Sha1, at);
        }
        let mut deviations = deviations.into_vec();
        assert_eq!(deviations.len(), MAX_DEVIATIONS);
        let whole = DeviationKind::MasterListWithoutSignature.into();
        record_first(&mut deviations, whole);
        assert_eq!((deviations[0], deviations.len()), (whole, MAX_DEVIATIONS));
    }
}
