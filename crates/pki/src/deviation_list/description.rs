//! What is wrong with the documents of a deviation (Doc 9303-12 §10.2, DeviationDescription).

use const_oid::ObjectIdentifier;

use crate::ber::{Element, Tag};
use crate::deviation::DeviationKind;
use crate::name::text;
use crate::{Result, oids};

/// One thing that is wrong.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Description {
    /// In words.
    pub text: Option<String>,
    /// What it is.
    pub kind: DeviationType,
    /// The bytes of an element for national use.
    pub national_use: Option<Vec<u8>>,
}

/// The kinds of deviation. A parameter that is missing, or cannot be read, is `None`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum DeviationType {
    /// The signature on the document signer's certificate is wrong.
    DocumentSignerSignature,
    /// The document signer's certificate is encoded wrongly.
    DocumentSignerEncoding(Option<CertificateField>),
    /// The CSCA certificate is encoded wrongly.
    CscaEncoding(Option<CertificateField>),
    /// The key of Active Authentication is compromised.
    ActiveAuthenticationKeyCompromised,
    /// A data group is malformed.
    DataGroupMalformed(Option<LdsObject>),
    /// The hash of a data group is not that in EF.SOD.
    DataGroupHashWrong(Option<LdsObject>),
    /// The signature of EF.SOD does not hold. Such documents may be genuine, and nobody can tell: they stay undetermined.
    SodSignatureWrong,
    /// EF.COM and EF.SOD list different data groups.
    ComInconsistent,
    /// The machine readable zone holds wrong data.
    MrzDataWrong(Option<MrzField>),
    /// The machine readable zone holds a wrong check digit.
    MrzCheckDigitWrong(Option<MrzField>),
    /// The chip is faulty.
    Chip,
    /// For national use.
    NationalUse,
    /// A kind that Doc 9303-12 does not know.
    Other {
        /// Its object identifier.
        oid: ObjectIdentifier,
        /// The bytes of its parameter.
        parameters: Option<Vec<u8>>,
    },
}

/// A field of a certificate.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CertificateField {
    /// A field of the body.
    Body(CertificateBodyField),
    /// An extension.
    Extension(ObjectIdentifier),
}

/// Makes an enumeration of what the module numbers, both ways.
macro_rules! numbered {
    ($(#[$meta:meta])* $name:ident { $($(#[$doc:meta])* $variant:ident = $number:literal,)+ }) => {
        $(#[$meta])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub enum $name {
            $($(#[$doc])* $variant,)+
        }

        impl $name {
            /// All of them.
            pub const ALL: &[Self] = &[$(Self::$variant,)+];

            /// Its number in Doc 9303-12 §10.2.
            #[must_use]
            pub const fn number(self) -> u8 {
                match self {
                    $(Self::$variant => $number,)+
                }
            }

            fn by_number(number: u32) -> Option<Self> {
                Self::ALL.iter().copied().find(|field| u32::from(field.number()) == number)
            }
        }
    };
}

numbered! {
    /// The fields of the body of a certificate.
    CertificateBodyField {
        /// Not said which.
        Generic = 0,
        /// version.
        Version = 1,
        /// serialNumber.
        SerialNumber = 2,
        /// signature.
        Signature = 3,
        /// issuer.
        Issuer = 4,
        /// validity.
        Validity = 5,
        /// subject.
        Subject = 6,
        /// subjectPublicKeyInfo.
        SubjectPublicKeyInfo = 7,
        /// issuerUniqueID.
        IssuerUniqueId = 8,
        /// subjectUniqueID.
        SubjectUniqueId = 9,
    }
}

numbered! {
    /// The fields of the machine readable zone.
    MrzField {
        /// Not said which.
        Generic = 0,
        /// Document code.
        DocumentCode = 1,
        /// Issuing state or organization.
        IssuingState = 2,
        /// Name of the holder.
        PersonName = 3,
        /// Document number.
        DocumentNumber = 4,
        /// Nationality.
        Nationality = 5,
        /// Date of birth.
        DateOfBirth = 6,
        /// Sex.
        Sex = 7,
        /// Date of expiry.
        DateOfExpiry = 8,
        /// Optional data.
        OptionalData = 9,
    }
}

/// A file of the logical data structure.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LdsObject {
    /// A data group, 1 to 16.
    DataGroup(u8),
    /// EF.SOD.
    Sod,
    /// EF.COM.
    Com,
}

impl LdsObject {
    const SOD: u8 = 20;
    const COM: u8 = 21;

    /// Its number in Doc 9303-12 §10.2.
    #[must_use]
    pub const fn number(self) -> u8 {
        match self {
            Self::DataGroup(number) => number,
            Self::Sod => Self::SOD,
            Self::Com => Self::COM,
        }
    }

    fn by_number(number: u32) -> Option<Self> {
        match u8::try_from(number).ok()? {
            number @ 1..=16 => Some(Self::DataGroup(number)),
            Self::SOD => Some(Self::Sod),
            Self::COM => Some(Self::Com),
            _ => None,
        }
    }
}

impl Description {
    pub(super) fn read(element: &Element<'_>) -> Result<Self> {
        const WHAT: &str = "description of a deviation";
        let mut fields = element.children(WHAT)?;
        let words = match fields.peek() {
            Some(Tag::OBJECT_IDENTIFIER) => None,
            _ => Some(text(&fields.next(WHAT)?)?),
        };
        let oid = fields.expect(Tag::OBJECT_IDENTIFIER, WHAT)?.oid(WHAT)?;
        let parameters = fields.optional(Tag::context(0), WHAT)?;
        let national_use = fields.optional(Tag::context(1), WHAT)?;
        fields.finish();
        Ok(Self {
            text: words,
            kind: DeviationType::read(oid, parameters.as_ref())?,
            national_use: national_use.map(|element| element.content.to_vec()),
        })
    }
}

impl DeviationType {
    /// Its object identifier.
    #[must_use]
    pub const fn oid(&self) -> ObjectIdentifier {
        match self {
            Self::DocumentSignerSignature => oids::DEVIATION_DS_SIGNATURE,
            Self::DocumentSignerEncoding(_) => oids::DEVIATION_DS_ENCODING,
            Self::CscaEncoding(_) => oids::DEVIATION_CSCA_ENCODING,
            Self::ActiveAuthenticationKeyCompromised => oids::DEVIATION_AA_KEY_COMPROMISED,
            Self::DataGroupMalformed(_) => oids::DEVIATION_DG_MALFORMED,
            Self::DataGroupHashWrong(_) => oids::DEVIATION_DG_HASH_WRONG,
            Self::SodSignatureWrong => oids::DEVIATION_SOD_SIGNATURE_WRONG,
            Self::ComInconsistent => oids::DEVIATION_COM_INCONSISTENT,
            Self::MrzDataWrong(_) => oids::DEVIATION_MRZ_WRONG_DATA,
            Self::MrzCheckDigitWrong(_) => oids::DEVIATION_MRZ_WRONG_CHECK_DIGIT,
            Self::Chip => oids::DEVIATION_CHIP,
            Self::NationalUse => oids::DEVIATION_NATIONAL_USE,
            Self::Other { oid, .. } => *oid,
        }
    }

    fn read(oid: ObjectIdentifier, parameters: Option<&Element<'_>>) -> Result<Self> {
        let parameter = Parameter { oid, parameters };
        Ok(match oid {
            oids::DEVIATION_DS_SIGNATURE => Self::DocumentSignerSignature,
            oids::DEVIATION_DS_ENCODING => {
                Self::DocumentSignerEncoding(parameter.read(certificate_field)?)
            }
            oids::DEVIATION_CSCA_ENCODING => Self::CscaEncoding(parameter.read(certificate_field)?),
            oids::DEVIATION_AA_KEY_COMPROMISED => Self::ActiveAuthenticationKeyCompromised,
            oids::DEVIATION_DG_MALFORMED => {
                Self::DataGroupMalformed(parameter.number(LdsObject::by_number)?)
            }
            oids::DEVIATION_DG_HASH_WRONG => {
                Self::DataGroupHashWrong(parameter.number(LdsObject::by_number)?)
            }
            oids::DEVIATION_SOD_SIGNATURE_WRONG => Self::SodSignatureWrong,
            oids::DEVIATION_COM_INCONSISTENT => Self::ComInconsistent,
            oids::DEVIATION_MRZ_WRONG_DATA => {
                Self::MrzDataWrong(parameter.number(MrzField::by_number)?)
            }
            oids::DEVIATION_MRZ_WRONG_CHECK_DIGIT => {
                Self::MrzCheckDigitWrong(parameter.number(MrzField::by_number)?)
            }
            oids::DEVIATION_CHIP => Self::Chip,
            oids::DEVIATION_NATIONAL_USE => Self::NationalUse,
            oid => Self::Other {
                oid,
                parameters: parameters.map(|element| element.content.to_vec()),
            },
        })
    }
}

/// The parameter of a deviation, `[0]` around an element of the type that belongs to it.
struct Parameter<'a> {
    oid: ObjectIdentifier,
    parameters: Option<&'a Element<'a>>,
}

impl Parameter<'_> {
    fn number<T>(&self, meaning: impl Fn(u32) -> Option<T>) -> Result<Option<T>> {
        self.read(|element| meaning(element.small_integer("parameter of a deviation").ok()?))
    }

    /// One that cannot be read is recorded and counts as missing. The tag is explicit, because the type is open; where it
    /// is implicit all the same, the content speaks for itself.
    fn read<T>(&self, meaning: impl Fn(&Element<'_>) -> Option<T>) -> Result<Option<T>> {
        const WHAT: &str = "parameter of a deviation";
        let Some(element) = self.parameters else {
            return Ok(None);
        };
        let value = match element.children(WHAT) {
            Ok(mut inside) => meaning(&inside.next(WHAT)?),
            Err(_) => meaning(element),
        };
        if value.is_none() {
            element.record(DeviationKind::ListedParameter(self.oid));
        }
        Ok(value)
    }
}

/// `CHOICE { CertificateBodyField, OBJECT IDENTIFIER }`.
fn certificate_field(element: &Element<'_>) -> Option<CertificateField> {
    const WHAT: &str = "certificate field of a deviation";
    if element.tag == Tag::OBJECT_IDENTIFIER {
        return element.oid(WHAT).ok().map(CertificateField::Extension);
    }
    let number = element.small_integer(WHAT).ok()?;
    CertificateBodyField::by_number(number).map(CertificateField::Body)
}
