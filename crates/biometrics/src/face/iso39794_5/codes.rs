//! The code tables of ISO 39794-5.

use crate::Result;
use crate::codes::codes;
use crate::der::{Object, Reading, Writer};
use crate::iso39794_1::{Value, choices, read_choice};

codes! {
    /// Sex of the person; the profile knows 1 to 3.
    Gender(u8) {
        UNKNOWN = 0 => "unknown",
        OTHER = 1 => "other",
        MALE = 2 => "male",
        FEMALE = 3 => "female",
    }
}

codes! {
    /// Colour of the irises.
    EyeColour(u8) {
        UNKNOWN = 0 => "unknown",
        OTHER = 1 => "other",
        BLACK = 2 => "black",
        BLUE = 3 => "blue",
        BROWN = 4 => "brown",
        GREY = 5 => "grey",
        GREEN = 6 => "green",
        HAZEL = 7 => "hazel",
        MULTI_COLOURED = 8 => "multi-coloured",
        PINK = 9 => "pink",
    }
}

codes! {
    /// Colour of the hair.
    HairColour(u8) {
        UNKNOWN = 0 => "unknown",
        OTHER = 1 => "other",
        BALD = 2 => "bald",
        BLACK = 3 => "black",
        BLONDE = 4 => "blonde",
        BROWN = 5 => "brown",
        GREY = 6 => "grey",
        WHITE = 7 => "white",
        RED = 8 => "red",
        COLOURED = 9 => "coloured",
    }
}

codes! {
    /// What took the picture.
    CaptureTechnology(u8) {
        UNKNOWN = 0 => "unknown",
        PHOTOGRAPH_OF_UNKNOWN_SOURCE = 1 => "photograph of unknown source",
        DIGITAL_STILL_CAMERA = 2 => "digital still camera",
        SCANNER = 3 => "scanned photograph",
        VIDEO_OF_UNKNOWN_SOURCE = 4 => "video of unknown source",
        ANALOGUE_VIDEO_CAMERA = 5 => "analogue video camera",
        DIGITAL_VIDEO_CAMERA = 6 => "digital video camera",
    }
}

codes! {
    /// Kind of image; the profile knows the first.
    ImageKind(u8) {
        MRTD = 0 => "for travel documents",
        GENERAL = 1 => "general purpose",
    }
}

codes! {
    /// How often an image was compressed with loss.
    LossyTransformations(u8) {
        UNKNOWN = 0 => "unknown",
        NONE = 1 => "none",
        ONE = 2 => "one",
        MORE = 3 => "more than one",
    }
}

codes! {
    /// Colour space of an image.
    ColourSpace(u8) {
        UNKNOWN = 0 => "unknown",
        OTHER = 1 => "other",
        RGB24 = 2 => "24-bit RGB",
        RGB48 = 3 => "48-bit RGB",
        YUV422 = 4 => "YUV 4:2:2",
        GREY8 = 5 => "8-bit grey",
        GREY16 = 6 => "16-bit grey",
    }
}

codes! {
    /// Compression of an image; the profile knows 2 to 4.
    ImageDataFormat(u8) {
        UNKNOWN = 0 => "unknown",
        OTHER = 1 => "other",
        JPEG = 2 => "JPEG",
        JPEG2000_LOSSY = 3 => "JPEG 2000 with loss",
        JPEG2000_LOSSLESS = 4 => "JPEG 2000 without loss",
        PNG = 5 => "PNG",
    }
}

choices!(
    Gender,
    EyeColour,
    HairColour,
    CaptureTechnology,
    ImageKind,
    LossyTransformations,
    ColourSpace,
);

/// The one code that the ICAO profile leaves as the base standard has it.
impl Value for ImageDataFormat {
    fn read(object: &Object<'_>, reading: &mut Reading) -> Result<Self> {
        let bare = reading.first_bare_code;
        let code = read_choice(object, reading)?;
        reading.first_bare_code = bare;
        Ok(Self(code))
    }

    fn write(&self, number: u8, writer: &mut Writer) {
        writer.template(number, |choice| choice.integer(0, self.0.into()));
    }
}
