//! The code tables of ISO 39794-6.

use crate::codes::codes;
use crate::iris::Eye;
use crate::iso39794_1::{choices, enumerations};

codes! {
    /// What part of the eye an image shows.
    ImageKind(u8) {
        UNCROPPED = 1 => "uncropped",
        VGA = 2 => "VGA",
        CROPPED = 3 => "cropped",
        CROPPED_AND_MASKED = 7 => "cropped and masked",
    }
}

codes! {
    /// Compression of an image.
    ImageDataFormat(u8) {
        PGM = 0 => "PGM",
        PPM = 1 => "PPM",
        PNG = 2 => "PNG",
        JPEG2000_LOSSLESS = 3 => "JPEG 2000 without loss",
        JPEG2000_LOSSY = 4 => "JPEG 2000 with loss",
    }
}

codes! {
    /// How an image lies from side to side.
    HorizontalOrientation(u8) {
        UNDEFINED = 0 => "undefined",
        LEFT_TO_RIGHT = 1 => "from left to right",
        RIGHT_TO_LEFT = 2 => "from right to left",
    }
}

codes! {
    /// How an image lies from top to bottom.
    VerticalOrientation(u8) {
        UNDEFINED = 0 => "undefined",
        TOP_TO_BOTTOM = 1 => "from top to bottom",
        BOTTOM_TO_TOP = 2 => "from bottom to top",
    }
}

codes! {
    /// How an image was compressed before.
    CompressionHistory(u8) {
        UNDEFINED = 0 => "undefined",
        LOSSLESS_OR_NONE = 1 => "without loss or not at all",
        LOSSY = 2 => "with loss",
    }
}

codes! {
    /// Why a distance is not known.
    RangingError(u8) {
        UNASSIGNED = 0 => "not measured",
        FAILED = 1 => "failed",
        OVERFLOW = 2 => "too far",
    }
}

codes! {
    /// How a capture device works.
    CaptureTechnology(u8) {
        UNKNOWN = 0 => "unknown",
        CMOS_OR_CCD = 1 => "CMOS or CCD",
    }
}

choices!(ImageKind, ImageDataFormat, CaptureTechnology);
enumerations!(
    Eye,
    HorizontalOrientation,
    VerticalOrientation,
    CompressionHistory,
);
