//! What a zone says, before it is laid out.

use core::fmt;

use crate::MrzDate;

/// The values of a new zone that every size of document shares.
///
/// Texts are in the machine readable alphabet; see [`crate::name::transliterate`] for names.
#[derive(Clone, Copy)]
pub struct Fields<'a> {
    /// One or two characters, for example `PP`, `ID`, `I`.
    pub document_code: &'a str,
    /// One to three letters (Doc 9303-3 §5), for example `UTO`, `D`.
    pub issuing_state: &'a str,
    /// Letters and digits; a number of more than nine characters takes room from the optional data of
    /// TD1 and TD2 and cannot stand in TD3.
    pub document_number: &'a str,
    /// One to three letters, as `issuing_state`.
    pub nationality: &'a str,
    /// Parts of it may be unknown.
    pub date_of_birth: MrzDate,
    /// As the issuer records it.
    pub sex: Sex,
    /// A complete date, or what the issuer prints in its place.
    pub date_of_expiry: MrzDate,
    /// Components separated by `<` or one blank; never empty.
    pub primary_identifier: &'a str,
    /// Components separated by `<` or one blank; empty for a holder of one name.
    pub secondary_identifier: &'a str,
}

/// The sex of the holder (Doc 9303-3 §4.8, Doc 9303-5 §4.2.2).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Sex {
    /// Printed `M`.
    Male,
    /// Printed `F`.
    Female,
    /// Printed `<`.
    Unspecified,
}

impl Sex {
    /// The character of the zone.
    #[must_use]
    pub fn letter(self) -> char {
        match self {
            Self::Male => 'M',
            Self::Female => 'F',
            Self::Unspecified => '<',
        }
    }

    pub(crate) fn from_letter(letter: &str) -> Option<Self> {
        match letter {
            "M" => Some(Self::Male),
            "F" => Some(Self::Female),
            "<" => Some(Self::Unspecified),
            _ => None,
        }
    }
}

/// A field of a zone, for errors and findings.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Field {
    /// What kind of document it is.
    DocumentCode,
    /// The issuing state or organisation.
    IssuingState,
    /// The number of the document, with what a long number adds behind it.
    DocumentNumber,
    /// The nationality of the holder.
    Nationality,
    /// The date of birth.
    DateOfBirth,
    /// The sex.
    Sex,
    /// The date of expiry.
    DateOfExpiry,
    /// The optional data (TD1: of line 1; TD3: the personal number).
    OptionalData,
    /// The optional data of line 2 of TD1.
    FurtherOptionalData,
    /// The name of the holder.
    Name,
    /// The check digit over several fields.
    Composite,
}

impl fmt::Display for Field {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::DocumentCode => "document code",
            Self::IssuingState => "issuing state",
            Self::DocumentNumber => "document number",
            Self::Nationality => "nationality",
            Self::DateOfBirth => "date of birth",
            Self::Sex => "sex",
            Self::DateOfExpiry => "date of expiry",
            Self::OptionalData => "optional data",
            Self::FurtherOptionalData => "optional data of line 2",
            Self::Name => "name",
            Self::Composite => "composite check digit",
        })
    }
}
