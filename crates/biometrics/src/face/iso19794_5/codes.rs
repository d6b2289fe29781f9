//! The code tables of ISO 19794-5:2005 §5.5 and §5.7.

use crate::codes::codes;

codes! {
    /// Sex of the person (§5.5.3).
    Gender(u8) {
        UNSPECIFIED = 0 => "unspecified",
        MALE = 1 => "male",
        FEMALE = 2 => "female",
        UNKNOWN = 0xFF => "unknown",
    }
}

codes! {
    /// Colour of the irises (§5.5.4).
    EyeColour(u8) {
        UNSPECIFIED = 0 => "unspecified",
        BLACK = 1 => "black",
        BLUE = 2 => "blue",
        BROWN = 3 => "brown",
        GREY = 4 => "grey",
        GREEN = 5 => "green",
        MULTI_COLOURED = 6 => "multi-coloured",
        PINK = 7 => "pink",
        UNKNOWN = 0xFF => "unknown",
    }
}

codes! {
    /// Colour of the hair (§5.5.5).
    HairColour(u8) {
        UNSPECIFIED = 0 => "unspecified",
        BALD = 1 => "bald",
        BLACK = 2 => "black",
        BLONDE = 3 => "blonde",
        BROWN = 4 => "brown",
        GREY = 5 => "grey",
        WHITE = 6 => "white",
        RED = 7 => "red",
        GREEN = 8 => "green",
        BLUE = 9 => "blue",
        UNKNOWN = 0xFF => "unknown",
    }
}

codes! {
    /// Expression of the face (§5.5.7).
    Expression(u16) {
        UNSPECIFIED = 0 => "unspecified",
        NEUTRAL = 1 => "neutral",
        SMILE_CLOSED_JAW = 2 => "smile with the mouth closed",
        SMILE_OPEN_JAW = 3 => "smile with the mouth open",
        RAISED_EYEBROWS = 4 => "raised eyebrows",
        EYES_AWAY = 5 => "eyes looking away",
        SQUINTING = 6 => "squinting",
        FROWNING = 7 => "frowning",
    }
}

codes! {
    /// Kind of facial image (§5.7.1).
    ImageType(u8) {
        BASIC = 0 => "basic",
        FULL_FRONTAL = 1 => "full frontal",
        TOKEN_FRONTAL = 2 => "token frontal",
    }
}

codes! {
    /// Compression of the image (§5.7.2).
    ImageDataType(u8) {
        JPEG = 0 => "JPEG",
        JPEG2000 = 1 => "JPEG 2000",
    }
}

codes! {
    /// Colour space of the image (§5.7.4).
    ColourSpace(u8) {
        UNSPECIFIED = 0 => "unspecified",
        RGB24 = 1 => "24-bit RGB",
        YUV422 = 2 => "YUV 4:2:2",
        GREY8 = 3 => "8-bit grey",
        OTHER = 4 => "other",
    }
}

codes! {
    /// What took the picture (§5.7.5).
    SourceType(u8) {
        UNSPECIFIED = 0 => "unspecified",
        STATIC_UNKNOWN_SOURCE = 1 => "photograph of unknown source",
        DIGITAL_STILL_CAMERA = 2 => "digital still camera",
        SCANNER = 3 => "scanned photograph",
        VIDEO_UNKNOWN_SOURCE = 4 => "video of unknown source",
        ANALOGUE_VIDEO_CAMERA = 5 => "analogue video camera",
        DIGITAL_VIDEO_CAMERA = 6 => "digital video camera",
        UNKNOWN = 7 => "unknown",
    }
}

/// What is seen on the face, a mask of 24 bits (§5.5.6). Only with [`Features::SPECIFIED`] do the
/// other bits mean anything.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Features(pub u32);

impl Features {
    /// Nothing is said.
    pub const UNSPECIFIED: Self = Self(0);
    /// The other bits are meant.
    pub const SPECIFIED: Self = Self(0x01);
    /// Glasses.
    pub const GLASSES: Self = Self(0x02);
    /// Moustache.
    pub const MOUSTACHE: Self = Self(0x04);
    /// Beard.
    pub const BEARD: Self = Self(0x08);
    /// Teeth visible.
    pub const TEETH: Self = Self(0x10);
    /// Blinking.
    pub const BLINK: Self = Self(0x20);
    /// Mouth open.
    pub const MOUTH_OPEN: Self = Self(0x40);
    /// Patch over the left eye.
    pub const LEFT_EYE_PATCH: Self = Self(0x80);
    /// Patch over the right eye.
    pub const RIGHT_EYE_PATCH: Self = Self(0x100);
    /// Dark glasses.
    pub const DARK_GLASSES: Self = Self(0x200);
    /// A medical condition that changes the face.
    pub const MEDICAL_CONDITION: Self = Self(0x400);

    /// Both masks together.
    #[must_use]
    pub const fn with(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    /// Whether all bits of `other` are set.
    #[must_use]
    pub const fn contains(self, other: Self) -> bool {
        self.0 & other.0 == other.0
    }
}
