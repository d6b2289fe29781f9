use super::codes::{
    CaptureTechnology, ColourSpace, ImageDataFormat, ImageKind, LossyTransformations,
};
use crate::image::{ImageFormat, dimensions, is_reversible_jpeg2000, sniff};
use crate::iso39794_1::{Octets, blocks};
use crate::{Error, Result};

blocks! {
    /// An image of two dimensions.
    FaceImage {
        /// The compressed image: a whole JPEG or JPEG 2000 file.
        data: Octets = 0,
        /// What it is.
        information: ImageInformation = 1,
        /// What took it.
        device: Option<TwoDimensionalDevice> = 2,
    }

    /// What an image is and what was done to it.
    ImageInformation {
        /// Its compression.
        format: ImageDataFormat = 0,
        /// Its kind.
        kind: Option<ImageKind> = 1,
        /// What was done to it after it was taken.
        post_processing: Option<PostProcessing> = 2,
        /// How often it was compressed with loss.
        lossy_transformations: Option<LossyTransformations> = 3,
        /// Millimetres from the camera to the person.
        camera_distance: Option<u16> = 4,
        /// Diagonal of the sensor in tenths of a millimetre.
        sensor_diagonal: Option<u16> = 5,
        /// Focal length of the lens in tenths of a millimetre.
        focal_length: Option<u16> = 6,
        /// Its size as the record has it. Ask [`dimensions`] for the image's own.
        size: Option<ImageSize> = 7,
        /// Distances in the picture.
        measurements: Option<FaceMeasurements> = 8,
        /// Its colour space.
        colour_space: Option<ColourSpace> = 9,
        /// Known colours in the picture.
        reference_colours: Option<ReferenceColours> = 10,
    }

    /// Size of an image in pixels.
    #[derive(Copy)]
    ImageSize {
        /// Width.
        width: u16 = 0,
        /// Height.
        height: u16 = 1,
    }

    /// Distances in a picture, in pixels.
    #[derive(Copy, Default)]
    FaceMeasurements {
        /// Width of the head.
        head_width: Option<u32> = 0,
        /// Distance between the centres of the eyes.
        eye_distance: Option<u32> = 1,
        /// Distance from the eyes to the mouth.
        eye_to_mouth: Option<u32> = 2,
        /// Length of the head.
        head_length: Option<u32> = 3,
    }

    /// What was done to an image after it was taken; what is not said is not known.
    #[derive(Copy, Default)]
    PostProcessing {
        /// Turned.
        rotated: Option<bool> = 0,
        /// Cut to a part.
        cropped: Option<bool> = 1,
        /// Brought to fewer pixels.
        down_sampled: Option<bool> = 2,
        /// White balance changed.
        white_balance_adjusted: Option<bool> = 3,
        /// Compressed more than once.
        multiply_compressed: Option<bool> = 4,
        /// Brought to more pixels.
        interpolated: Option<bool> = 5,
        /// Contrast changed.
        contrast_stretched: Option<bool> = 6,
        /// Pose changed.
        pose_corrected: Option<bool> = 7,
        /// Made of several views.
        multi_view: Option<bool> = 8,
        /// Made older.
        age_progressed: Option<bool> = 9,
        /// Made finer than it was taken.
        super_resolution: Option<bool> = 10,
        /// Normalised.
        normalised: Option<bool> = 11,
    }

    /// What took an image of two dimensions.
    #[derive(Copy, Default)]
    TwoDimensionalDevice {
        /// In which light.
        spectrum: Option<SpectralRange> = 0,
        /// By which technology.
        technology: Option<CaptureTechnology> = 1,
    }

    /// In which light an image was taken.
    #[derive(Copy, Default)]
    SpectralRange {
        /// White light.
        white_light: Option<bool> = 0,
        /// Near infrared.
        near_infrared: Option<bool> = 1,
        /// Thermal radiation.
        thermal: Option<bool> = 2,
    }

    /// Known colours in a picture.
    #[derive(Default)]
    ReferenceColours {
        /// What they are a part of.
        schema: Option<Octets> = 0,
        /// The colours.
        colours: Vec<ReferenceColour> = 1,
    }

    /// A known colour in a picture.
    #[derive(Default)]
    ReferenceColour {
        /// What it is by definition.
        definition: Option<Octets> = 0,
        /// What it is in the picture.
        value: Option<Octets> = 1,
    }
}

impl FaceImage {
    /// An image of which only its compression is said, which is mandatory.
    ///
    /// # Errors
    /// [`Error::Unsupported`] for an image that is neither JPEG nor JPEG 2000,
    /// [`Error::Malformed`] for one with broken headers.
    pub fn new(data: Vec<u8>) -> Result<Self> {
        let format = format_of(&data)?;
        Ok(Self {
            data: Octets(data),
            information: ImageInformation::new(format),
            device: None,
        })
    }

    /// A portrait for a travel document: beside its compression, what the image itself shows: kind,
    /// size and colour space.
    ///
    /// # Errors
    /// As [`FaceImage::new`]; [`Error::TooLarge`] for a side above 65,535 pixels.
    pub fn portrait(data: Vec<u8>, colour_space: ColourSpace) -> Result<Self> {
        let (width, height) = dimensions(&data)?;
        let side = |pixels: u32| {
            u16::try_from(pixels).map_err(|_| Error::TooLarge {
                what: "side of a facial image in pixels",
                found: pixels.into(),
                limit: u16::MAX.into(),
            })
        };
        let size = ImageSize {
            width: side(width)?,
            height: side(height)?,
        };
        let image = Self::new(data)?;
        Ok(Self {
            information: ImageInformation {
                kind: Some(ImageKind::MRTD),
                size: Some(size),
                colour_space: Some(colour_space),
                ..image.information
            },
            ..image
        })
    }
}

impl ImageInformation {
    /// Nothing but the compression.
    #[must_use]
    pub fn new(format: ImageDataFormat) -> Self {
        Self {
            format,
            kind: None,
            post_processing: None,
            lossy_transformations: None,
            camera_distance: None,
            sensor_diagonal: None,
            focal_length: None,
            size: None,
            measurements: None,
            colour_space: None,
            reference_colours: None,
        }
    }
}

/// The code of an image's compression.
fn format_of(data: &[u8]) -> Result<ImageDataFormat> {
    match sniff(data) {
        Some(ImageFormat::Jpeg) => Ok(ImageDataFormat::JPEG),
        Some(ImageFormat::Jp2 | ImageFormat::Jpeg2000Codestream) => {
            Ok(if is_reversible_jpeg2000(data)? {
                ImageDataFormat::JPEG2000_LOSSLESS
            } else {
                ImageDataFormat::JPEG2000_LOSSY
            })
        }
        _ => Err(Error::Unsupported(
            "a facial image that is neither JPEG nor JPEG 2000",
        )),
    }
}
