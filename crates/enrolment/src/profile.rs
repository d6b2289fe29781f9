//! What an issuer decides about its documents.

mod chip;

use core::fmt;

use crypto::{CryptoRng, HashAlgorithm};
use lds::{Dg11, Dg12, Dg13, File};
use mrz::Mrz;
use mrz::name::Choices;
use time::Date;

pub use chip::{
    ActiveAuthenticationKey, AgreementKeyOrder, Chip, ChipAuthenticationKey, CountedNumber,
    PaceOffer,
};

use crate::Result;
use crate::accepted::AcceptedRecord;
use crate::can::Can;
use crate::date::{BirthDate, Expiry};
use crate::document_number::DocumentNumbers;
use crate::field::{Bilingual, Field};
use crate::finding::{Findings, Rule};
use crate::personal_number::NumberScheme;
use crate::record::Texts;
use crate::renewal::{self, Renewal};
use crate::rules::Facts;

/// In its last year a document is renewed, where its profile says nothing else.
const RENEWAL_YEARS: i32 = 1;

/// A document of an issuer: its data, and the little code that data cannot say.
///
/// One profile is one file under `profiles/` and one line in [`crate::profiles::ALL`].
pub trait IssuerProfile: Sync {
    /// What can be said as data.
    fn data(&self) -> &'static ProfileData;

    /// The rules of this document beyond the general ones, for manuals and tests.
    fn rules(&self) -> &'static [&'static Rule];

    /// Applies them.
    fn check(&self, facts: &Facts<'_>, findings: &mut Findings);

    /// How the holder's name divides into identifiers; `None` while it is not given.
    fn name<'a>(&self, texts: &'a Texts) -> Option<HolderName<'a>>;

    /// The number of the document, as the machine readable zone has it.
    fn document_number<'a>(&self, texts: &'a Texts) -> Option<&'a str> {
        texts.get(Field::DocumentNumber)
    }

    /// Whether the number of the document is made of the personal number of its holder: then all documents of one person have one
    /// number, and the number does not tell them apart.
    fn is_numbered_by_person(&self) -> bool {
        false
    }

    /// When the holder may have the next document before this one ends; `None` for a document without end. Without a rule of the profile:
    /// in its last year (assumed).
    fn renewal(&self, birth: BirthDate, issued: Date, expiry: Expiry) -> Option<Renewal> {
        let _ = birth;
        renewal::years_before_expiry(RENEWAL_YEARS, issued, expiry)
    }

    /// The card access number of a document whose record names none.
    ///
    /// # Errors
    /// [`crate::Error::Value`] when it follows from a field that does not allow it.
    fn can(&self, texts: &Texts, rng: &mut dyn CryptoRng) -> Result<Can> {
        let _ = texts;
        Ok(Can::random(rng))
    }

    /// The machine readable zone, which is the content of EF.DG1.
    ///
    /// # Errors
    /// [`crate::Error::Mrz`], [`crate::Error::Value`] when a value does not fit.
    fn mrz(&self, record: &AcceptedRecord) -> Result<Mrz>;

    /// The content of EF.DG11, if the document has it.
    ///
    /// # Errors
    /// [`crate::Error::Lds`] when a value does not fit.
    fn dg11(&self, record: &AcceptedRecord) -> Result<Option<Dg11>> {
        let _ = record;
        Ok(None)
    }

    /// The content of EF.DG12, if the document has it.
    ///
    /// # Errors
    /// [`crate::Error::Lds`] when a value does not fit.
    fn dg12(&self, record: &AcceptedRecord) -> Result<Option<Dg12>> {
        let _ = record;
        Ok(None)
    }

    /// The content of EF.DG13, if the document has it.
    ///
    /// # Errors
    /// [`crate::Error::Lds`] when a value does not fit.
    fn dg13(&self, record: &AcceptedRecord) -> Result<Option<Dg13>> {
        let _ = record;
        Ok(None)
    }

    /// How the issuer's personal numbers are built, if it gives any.
    fn number_scheme(&self) -> Option<&'static dyn NumberScheme> {
        None
    }

    /// Whether the service gives a number where the record of an application has none.
    fn gives(&self, field: Field) -> bool {
        match field {
            Field::PersonalNumber => self.number_scheme().is_some(),
            Field::DocumentNumber => self.data().document_numbers.is_some(),
            _ => false,
        }
    }

    /// The text of the QR code printed on the document, if it has one; see [`crate::qr`].
    fn qr_text(&self, record: &AcceptedRecord) -> Option<String> {
        let _ = record;
        None
    }
}

impl fmt::Debug for dyn IssuerProfile {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "IssuerProfile({})", self.data().id)
    }
}

/// The part of a profile that is data.
#[derive(Debug)]
pub struct ProfileData {
    /// The word of the profile in records and on command lines: `vn-cccd-2021`.
    pub id: &'static str,
    /// What people call the document.
    pub title: Bilingual,
    /// The document code of the machine readable zone, which the signer must be allowed to sign.
    pub document_code: &'static str,
    /// The issuing state in the machine readable zone (Doc 9303-3 §5).
    pub issuing_state: &'static str,
    /// The country in certificates, two letters.
    pub country: &'static str,
    /// The size of the document.
    pub mrz_format: mrz::Format,
    /// The issuer's choices where transliteration leaves one.
    pub transliteration: Choices,
    /// The field an operator changes when the name does not suit the machine readable zone.
    pub name_field: Field,
    /// The numbers that the service gives to documents, where they have numbers of their own.
    pub document_numbers: Option<DocumentNumbers>,
    /// Fields without which there is no document.
    pub required: &'static [Field],
    /// Fields that the document can hold besides, in lists that profiles may share.
    pub optional: &'static [&'static [Field]],
    /// What is asked of the portrait.
    pub portrait: PortraitRule,
    /// What is asked of the fingers.
    pub fingers: FingerRule,
    /// The data groups on the chip, in ascending order.
    pub data_groups: &'static [File],
    /// What EF.SOD signs.
    pub security_object: SecurityObjectRule,
    /// The protocols and keys of the chip.
    pub chip: Chip<'static>,
}

impl ProfileData {
    /// Whether the document can hold a field.
    #[must_use]
    pub fn takes(&self, field: Field) -> bool {
        self.required.contains(&field) || self.optional.iter().any(|list| list.contains(&field))
    }
}

/// How the LDS security object is made (Doc 9303-10 §4.6.2.3).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SecurityObjectRule {
    /// The hash over the data groups.
    pub hash: HashAlgorithm,
    /// Whether it says the versions of LDS and Unicode, which makes it version 1.
    pub names_versions: bool,
}

/// What is asked of the portrait, and what becomes of it in EF.DG2.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PortraitRule {
    /// The least width that is taken, in pixels.
    pub min_width: u32,
    /// The least height that is taken, in pixels.
    pub min_height: u32,
    /// How it is encoded on the chip.
    pub coding: PortraitCoding,
    /// The bytes that the encoded image may have on the chip.
    pub max_bytes: usize,
}

/// The image coding of EF.DG2 (Doc 9303-10 §4.7.2).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PortraitCoding {
    /// JPEG 2000 (ISO 15444-1)
    Jpeg2000,
    /// JPEG (ISO 10918-1)
    Jpeg,
}

/// What is asked of the fingers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FingerRule {
    /// The age in years from which both index fingers must be captured, or excused.
    pub from_age: i32,
}

/// The identifiers of a name in national letters (Doc 9303-3 §3.4).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct HolderName<'a> {
    /// The primary identifier, usually the surname.
    pub primary: &'a str,
    /// The secondary identifier; empty for a holder of one name.
    pub secondary: &'a str,
}
