//! A biometric record in either generation of formats: `5F2E` holds ISO 19794, `7F2E { A1 { … } }` ISO 39794.

use core::fmt;

use biometrics::face::Portrait;
use biometrics::finger::FingerPrint;
use biometrics::iris::EyeImage;
use iso7816::tlv::{self, Tag};

const RECORD_19794: Tag = Tag::new(0x5F2E);
const RECORD_39794: Tag = Tag::new(0x7F2E);
/// The template that holds the record of ISO 39794.
const DATA_BLOCK: Tag = Tag::new(0xA1);

/// A biometric record as it is encoded.
#[derive(Clone, PartialEq, Eq)]
pub enum BiometricRecord {
    /// ISO 19794, first edition: the whole record.
    Iso19794(Vec<u8>),
    /// ISO 39794: the value of the template `7F2E`, which is an object `A1`.
    Iso39794(Vec<u8>),
}

/// Which generation of record formats. Issuers may use either until the end of 2029 and must use ISO 39794 from 2030;
/// inspection systems read both since 2026 (Doc 9303-9 §3.1).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum RecordEncoding {
    /// ISO 19794, first edition.
    #[default]
    Iso19794,
    /// ISO 39794.
    Iso39794,
}

impl BiometricRecord {
    /// A record of ISO 39794: the object `64`, `65` or `66`, put into its template.
    #[must_use]
    pub fn iso39794(data_block: &[u8]) -> Self {
        Self::Iso39794(tlv::encode(DATA_BLOCK, data_block))
    }

    /// The record of a face (ISO 19794-5 or ISO 39794-5).
    ///
    /// # Errors
    /// For an image that is neither JPEG nor JPEG 2000, or whose headers are broken.
    pub fn of_face(portrait: &Portrait, encoding: RecordEncoding) -> biometrics::Result<Self> {
        Ok(match encoding {
            RecordEncoding::Iso19794 => Self::Iso19794(portrait.to_iso19794_5()?.to_bytes()?),
            RecordEncoding::Iso39794 => Self::iso39794(&portrait.to_iso39794_5()?.to_bytes()?),
        })
    }

    /// The record of a finger (ISO 19794-4 or ISO 39794-4).
    ///
    /// # Errors
    /// For an image in a format that the standard does not know, or whose headers are broken.
    pub fn of_finger(print: &FingerPrint, encoding: RecordEncoding) -> biometrics::Result<Self> {
        Ok(match encoding {
            RecordEncoding::Iso19794 => Self::Iso19794(print.to_iso19794_4()?.to_bytes()?),
            RecordEncoding::Iso39794 => Self::iso39794(&print.to_iso39794_4()?.to_bytes()?),
        })
    }

    /// The record of an eye (ISO 19794-6 or ISO 39794-6).
    ///
    /// # Errors
    /// For an image in a format that the standard does not know, or whose headers are broken.
    pub fn of_eye(image: &EyeImage, encoding: RecordEncoding) -> biometrics::Result<Self> {
        Ok(match encoding {
            RecordEncoding::Iso19794 => Self::Iso19794(image.to_iso19794_6()?.to_bytes()?),
            RecordEncoding::Iso39794 => Self::iso39794(&image.to_iso39794_6()?.to_bytes()?),
        })
    }

    /// Which generation it is of.
    #[must_use]
    pub const fn encoding(&self) -> RecordEncoding {
        match self {
            Self::Iso19794(_) => RecordEncoding::Iso19794,
            Self::Iso39794(_) => RecordEncoding::Iso39794,
        }
    }

    /// The octets of the record, as they stand in the file.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8] {
        match self {
            Self::Iso19794(octets) | Self::Iso39794(octets) => octets,
        }
    }

    pub(super) fn of_tag(tag: Tag, octets: &[u8]) -> Option<Self> {
        match tag {
            RECORD_19794 => Some(Self::Iso19794(octets.to_vec())),
            RECORD_39794 => Some(Self::Iso39794(octets.to_vec())),
            _ => None,
        }
    }

    pub(super) const fn tag(&self) -> Tag {
        self.encoding().tag()
    }
}

impl RecordEncoding {
    /// The tag of the object that holds such a record.
    pub(super) const fn tag(self) -> Tag {
        match self {
            Self::Iso19794 => RECORD_19794,
            Self::Iso39794 => RECORD_39794,
        }
    }
}

impl fmt::Debug for BiometricRecord {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let format = match self {
            Self::Iso19794(_) => "ISO 19794",
            Self::Iso39794(_) => "ISO 39794",
        };
        write!(f, "{format} ({} bytes)", self.as_bytes().len())
    }
}
