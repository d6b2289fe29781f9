//! The kinds of object that have a profile, and which of them a file is.

use core::fmt;

use const_oid::ObjectIdentifier;

use crate::ber::{Cursor, Tag};
use crate::deviation::Deviations;
use crate::{Result, oids};

/// A kind of object with a profile of its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum ObjectKind {
    /// Self-signed certificate of a country signing certification authority (Doc 9303-12 §7.1).
    CscaRoot,
    /// Certificate of a CSCA's new key or name by its old key (Doc 9303-12 §7.1).
    CscaLink,
    /// Document signer (Doc 9303-12 §7.1).
    DocumentSigner,
    /// Master list signer (Doc 9303-12 §7.1).
    MasterListSigner,
    /// Deviation list signer (Doc 9303-12 §7.1).
    DeviationListSigner,
    /// Signer of visible digital seals (Doc 9303-12 §7.1.3).
    BarcodeSigner,
    /// Signer of travel stamps, visas or biometrics (Doc 9303-12 §7.1.2).
    Lds2Signer,
    /// Client or server of a single point of contact (Doc 9303-12 §7.2.1).
    Communication,
    /// Certificate revocation list (Doc 9303-12 §7.1.4).
    Crl,
    /// CSCA master list (Doc 9303-12 §9).
    MasterList,
    /// Deviation list (Doc 9303-12 §10).
    DeviationList,
    /// EF.SOD (Doc 9303-10 §4.6.2).
    SecurityObject,
}

impl ObjectKind {
    /// All of them.
    pub const ALL: [Self; 12] = [
        Self::CscaRoot,
        Self::CscaLink,
        Self::DocumentSigner,
        Self::MasterListSigner,
        Self::DeviationListSigner,
        Self::BarcodeSigner,
        Self::Lds2Signer,
        Self::Communication,
        Self::Crl,
        Self::MasterList,
        Self::DeviationList,
        Self::SecurityObject,
    ];

    /// Its word, for options and reports.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::CscaRoot => "csca",
            Self::CscaLink => "csca-link",
            Self::DocumentSigner => "document-signer",
            Self::MasterListSigner => "master-list-signer",
            Self::DeviationListSigner => "deviation-list-signer",
            Self::BarcodeSigner => "barcode-signer",
            Self::Lds2Signer => "lds2-signer",
            Self::Communication => "communication",
            Self::Crl => "crl",
            Self::MasterList => "master-list",
            Self::DeviationList => "deviation-list",
            Self::SecurityObject => "security-object",
        }
    }

    /// The kind with this word.
    #[must_use]
    pub fn by_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.word() == word)
    }

    /// Whether it is a kind of certificate.
    #[must_use]
    pub const fn is_certificate(self) -> bool {
        Kinds::CERTIFICATES.contains(self)
    }
}

impl fmt::Display for ObjectKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.word())
    }
}

/// A set of kinds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Kinds(u16);

impl Kinds {
    /// Every kind.
    pub const ALL: Self = Self::of(&ObjectKind::ALL);
    /// Certification authorities.
    pub const CSCA: Self = Self::of(&[ObjectKind::CscaRoot, ObjectKind::CscaLink]);
    /// Signers of lists.
    pub const LIST_SIGNERS: Self = Self::of(&[
        ObjectKind::MasterListSigner,
        ObjectKind::DeviationListSigner,
    ]);
    /// Signers that have two extensions and no more.
    pub const SMALL: Self = Self::of(&[ObjectKind::BarcodeSigner, ObjectKind::Lds2Signer]);
    /// Certificates of the table of extensions that are no certification authority.
    pub const SIGNERS: Self = Self::of(&[
        ObjectKind::DocumentSigner,
        ObjectKind::MasterListSigner,
        ObjectKind::DeviationListSigner,
        ObjectKind::Communication,
    ]);
    /// Certificates of the table of extensions.
    pub const FULL: Self = Self::CSCA.and(Self::SIGNERS);
    /// All certificates.
    pub const CERTIFICATES: Self = Self::FULL.and(Self::SMALL);
    /// Signed lists.
    pub const LISTS: Self = Self::of(&[ObjectKind::MasterList, ObjectKind::DeviationList]);
    /// Objects that are CMS SignedData.
    pub const CMS: Self = Self::LISTS.and(Self::of(&[ObjectKind::SecurityObject]));

    /// The set of these.
    #[must_use]
    pub const fn of(kinds: &[ObjectKind]) -> Self {
        let mut bits = 0;
        let mut rest = kinds;
        while let [first, others @ ..] = rest {
            bits |= 1 << *first as u16;
            rest = others;
        }
        Self(bits)
    }

    /// Both sets together.
    #[must_use]
    pub const fn and(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    /// Whether a kind is in the set.
    #[must_use]
    pub const fn contains(self, kind: ObjectKind) -> bool {
        self.0 & 1 << kind as u16 != 0
    }
}

/// What a file is, before it is known which kind of certificate.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Shape {
    Certificate,
    Crl,
    MasterList,
    /// The list without its signature.
    BareMasterList,
    DeviationList,
    SecurityObject,
    /// The content of EF.SOD without its outer tag.
    BareSecurityObject,
}

impl Shape {
    /// The shape of what the user says it is.
    pub(super) fn of(kind: ObjectKind, guessed: Option<Self>) -> Self {
        match (kind, guessed) {
            (ObjectKind::Crl, _) => Self::Crl,
            (ObjectKind::MasterList, Some(Self::BareMasterList)) => Self::BareMasterList,
            (ObjectKind::MasterList, _) => Self::MasterList,
            (ObjectKind::DeviationList, _) => Self::DeviationList,
            (
                ObjectKind::SecurityObject,
                Some(Self::BareSecurityObject | Self::MasterList | Self::DeviationList),
            ) => Self::BareSecurityObject,
            (ObjectKind::SecurityObject, _) => Self::SecurityObject,
            _ => Self::Certificate,
        }
    }

    /// Looks at the first elements of a file.
    pub(super) fn guess(bytes: &[u8]) -> Option<Self> {
        const EF_SOD_NUMBER: u32 = 0x77 & 0x1F;
        let deviations = Deviations::default();
        let mut file = Cursor::new(bytes, &deviations);
        let outer = file.next("file").ok()?;
        if outer.tag == Tag::application(EF_SOD_NUMBER) {
            return Some(Self::SecurityObject);
        }
        if outer.tag == Tag::SET {
            return Some(Self::BareMasterList);
        }
        if outer.tag != Tag::SEQUENCE {
            return None;
        }
        let fields = outer.children("file").ok()?;
        match fields.peek()? {
            Tag::INTEGER => Some(Self::BareMasterList),
            Tag::OBJECT_IDENTIFIER => Self::guess_cms(fields).ok().flatten(),
            Tag::SEQUENCE => Self::guess_signed(fields).ok(),
            _ => None,
        }
    }

    fn guess_cms(mut fields: Cursor<'_>) -> Result<Option<Self>> {
        const WHAT: &str = "ContentInfo";
        if fields.next(WHAT)?.oid(WHAT)? != oids::SIGNED_DATA {
            return Ok(None);
        }
        let mut signed_data = fields
            .expect(Tag::context(0), WHAT)?
            .explicit(Tag::SEQUENCE, WHAT)?
            .children(WHAT)?;
        signed_data.expect(Tag::INTEGER, WHAT)?;
        signed_data.expect(Tag::SET, WHAT)?;
        let content_type = signed_data
            .expect(Tag::SEQUENCE, WHAT)?
            .children(WHAT)?
            .expect(Tag::OBJECT_IDENTIFIER, WHAT)?
            .oid(WHAT)?;
        Ok(Self::by_content_type(content_type))
    }

    fn by_content_type(content_type: ObjectIdentifier) -> Option<Self> {
        match content_type {
            oids::CSCA_MASTER_LIST => Some(Self::MasterList),
            oids::DEVIATION_LIST => Some(Self::DeviationList),
            oids::LDS_SECURITY_OBJECT
            | oids::LDS_SECURITY_OBJECT_EARLY
            | oids::LDS_SECURITY_OBJECT_NL_TEST
            | oids::DATA => Some(Self::BareSecurityObject),
            _ => None,
        }
    }

    /// A CRL has a time where a certificate has its validity.
    fn guess_signed(mut fields: Cursor<'_>) -> Result<Self> {
        const WHAT: &str = "signed structure";
        let mut tbs = fields.next(WHAT)?.children(WHAT)?;
        tbs.optional(Tag::context(0), WHAT)?;
        tbs.optional(Tag::INTEGER, WHAT)?;
        tbs.next(WHAT)?;
        tbs.next(WHAT)?;
        Ok(match tbs.peek() {
            Some(Tag::UTC_TIME | Tag::GENERALIZED_TIME) => Self::Crl,
            _ => Self::Certificate,
        })
    }
}
