//! The code tables of ISO 39794-4.

use crate::codes::codes;
use crate::finger::FingerPosition;
use crate::image::ImageFormat;
use crate::iso39794_1::{choices, enumerations};

codes! {
    /// How a print was made.
    Impression(u8) {
        PLAIN_CONTACT = 0 => "plain, on contact",
        ROLLED_CONTACT = 1 => "rolled, on contact",
        LATENT = 4 => "latent",
        SWIPE_CONTACT = 8 => "swiped",
        CONTACTLESS_PLAIN = 24 => "plain, without contact",
        CONTACTLESS_ROLLED = 25 => "rolled, without contact",
        OTHER = 28 => "other",
        UNKNOWN = 29 => "unknown",
        MOVING_CONTACTLESS_PLAIN = 41 => "plain, without contact, of a moving person",
        MOVING_CONTACTLESS_ROLLED = 42 => "rolled, without contact, of a moving person",
    }
}

codes! {
    /// Compression of an image.
    ImageDataFormat(u8) {
        PGM = 0 => "PGM",
        WSQ = 1 => "WSQ",
        JPEG2000_LOSSY = 2 => "JPEG 2000 with loss",
        JPEG2000_LOSSLESS = 3 => "JPEG 2000 without loss",
        PNG = 4 => "PNG",
    }
}

codes! {
    /// How a capture device works.
    CaptureTechnology(u8) {
        UNKNOWN = 0 => "unknown",
        OTHER = 1 => "other",
        SCANNED_INK_ON_PAPER = 2 => "scanned ink on paper",
        OPTICAL_TIR_BRIGHT_FIELD = 3 => "optical, total internal reflection, bright field",
        OPTICAL_TIR_DARK_FIELD = 4 => "optical, total internal reflection, dark field",
        OPTICAL_IMAGE = 5 => "optical image",
        OPTICAL_LOW_FREQUENCY_3D = 6 => "optical, mapped in space at low frequency",
        OPTICAL_HIGH_FREQUENCY_3D = 7 => "optical, mapped in space at high frequency",
        CAPACITIVE = 9 => "capacitive",
        CAPACITIVE_RF = 10 => "capacitive, radio frequency",
        ELECTRO_LUMINESCENCE = 11 => "electroluminescent",
        REFLECTED_ULTRASONIC = 12 => "ultrasonic, reflected",
        IMPEDIOGRAPHIC_ULTRASONIC = 13 => "ultrasonic, impediographic",
        THERMAL = 14 => "thermal",
        DIRECT_PRESSURE = 15 => "direct pressure",
        INDIRECT_PRESSURE = 16 => "indirect pressure",
        LIVE_TAPE = 17 => "live tape",
        LATENT_IMPRESSION = 18 => "latent, impression",
        LATENT_PHOTO = 19 => "latent, photograph",
        LATENT_MOULDED = 20 => "latent, moulded",
        LATENT_TRACING = 21 => "latent, tracing",
        LATENT_LIFT = 22 => "latent, lift",
    }
}

codes! {
    /// Unit of a resolution.
    SamplingUnit(u8) {
        INCH = 0 => "inch",
        CENTIMETRE = 1 => "centimetre",
    }
}

codes! {
    /// Why a finger could not be taken, or not well.
    AnnotationReason(u8) {
        UNKNOWN = 0 => "unknown",
        OTHER = 1 => "other",
        AMPUTATED = 2 => "amputated",
        UNABLE_TO_PRINT = 3 => "cannot be printed",
        BANDAGED = 4 => "bandaged",
        PHYSICALLY_CHALLENGED = 5 => "physically challenged",
        DISEASED = 6 => "diseased",
    }
}

choices!(
    FingerPosition,
    Impression,
    ImageDataFormat,
    CaptureTechnology,
    AnnotationReason,
);
enumerations!(SamplingUnit);

impl ImageDataFormat {
    /// Whether something was lost.
    #[must_use]
    pub fn is_lossy(self) -> bool {
        matches!(self, Self::WSQ | Self::JPEG2000_LOSSY)
    }

    /// Whether a file is of this format.
    pub(super) fn is_of(self, format: ImageFormat) -> bool {
        match self {
            Self::WSQ => format == ImageFormat::Wsq,
            Self::PNG => format == ImageFormat::Png,
            Self::JPEG2000_LOSSY | Self::JPEG2000_LOSSLESS => format.is_jpeg2000(),
            _ => false,
        }
    }
}
