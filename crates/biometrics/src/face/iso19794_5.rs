//! The facial record of ISO 19794-5:2005, which EF.DG2 holds in DO'5F2E'.
//!
//! ```text
//! "FAC\0" "010\0"  u32 record length  u16 number of images                            header, 14
//! per image:
//!   u32 block length  u16 feature points  gender  eyes  hair  u24 features            information, 20
//!   u16 expression  3 × pose angle  3 × uncertainty
//!   8 × feature points                                                                (§5.6)
//!   type  data type  u16 width  u16 height  colour space  source  u16 device  u16 quality   12
//!   image data
//! ```
//!
//! All numbers are big-endian. The edition of 2011 (`030\0`) has other headers and is not used by
//! Doc 9303.

mod codes;

pub use self::codes::{
    ColourSpace, Expression, EyeColour, Features, Gender, HairColour, ImageDataType, ImageType,
    SourceType,
};
use crate::deviation::Deviation;
use crate::fields::Fields;
use crate::image::{ImageFormat, dimensions, sniff};
use crate::record::{Block, check_image, within_limit};
use crate::{Error, Result};

/// Most images of one record. Doc 9303-10 §4.7.2 wants one face per record.
pub const MAX_IMAGES: usize = 32;

const FORMAT: &[u8; 4] = b"FAC\0";
const VERSION: &[u8; 4] = b"010\0";
const VERSION_2011: &[u8; 4] = b"030\0";
const HEADER_LEN: usize = 14;
const INFORMATION_LEN: usize = 20;
const FEATURE_POINT_LEN: usize = 8;
const IMAGE_INFORMATION_LEN: usize = 12;

/// A facial record: one person's face in one or more images.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FaceRecord {
    /// The images, one on a chip.
    pub images: Vec<FaceImage>,
}

/// One image with what is said of the person and of the picture.
#[derive(Clone, PartialEq, Eq)]
pub struct FaceImage {
    /// Sex as a code of this standard.
    pub gender: Gender,
    /// Colour of the irises.
    pub eye_colour: EyeColour,
    /// Colour of the hair.
    pub hair_colour: HairColour,
    /// Glasses, beard and the like.
    pub features: Features,
    /// Neutral, smiling …
    pub expression: Expression,
    /// Yaw, pitch and roll in the standard's steps of 2°, 0 when unspecified.
    pub pose_angle: [u8; 3],
    /// Their uncertainties, 0 when unspecified.
    pub pose_uncertainty: [u8; 3],
    /// Marked points of the face.
    pub feature_points: Vec<FeaturePoint>,
    /// Which of the standard's kinds of image it is.
    pub image_type: ImageType,
    /// How the header says it is compressed.
    pub data_type: ImageDataType,
    /// Width in pixels by the header. Ask [`dimensions`] for the image's own: issued chips differ.
    pub width: u16,
    /// Height in pixels by the header.
    pub height: u16,
    /// Colour space by the header.
    pub colour_space: ColourSpace,
    /// What took the picture.
    pub source_type: SourceType,
    /// The vendor's number of the device, 0 when unspecified.
    pub device_type: u16,
    /// Unused by this edition, 0.
    pub quality: u16,
    /// The compressed image: a whole JPEG or JPEG 2000 file.
    pub data: Vec<u8>,
}

/// A point of the face by its MPEG-4 or anthropometric code.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FeaturePoint {
    /// Kind of the code: 1 for MPEG-4 points.
    pub kind: u8,
    /// Major number of the code in the upper, minor number in the lower half byte.
    pub code: u8,
    /// Pixels from the left.
    pub x: u16,
    /// Pixels from the top.
    pub y: u16,
}

impl FaceRecord {
    /// A record of one image, as Doc 9303-10 §4.7.2 wants it.
    #[must_use]
    pub fn new(image: FaceImage) -> Self {
        Self {
            images: vec![image],
        }
    }

    /// Reads a record and lists where it departs from the standard: wrong lengths, image headers
    /// that contradict the image. The images are looked at, not decoded.
    ///
    /// # Errors
    /// [`Error::Malformed`] when the structure cannot be followed, [`Error::Unsupported`] for
    /// another edition, [`Error::TooLarge`] above [`MAX_IMAGES`].
    pub fn parse(record: &[u8]) -> Result<(Self, Vec<Deviation>)> {
        let mut fields = Fields::new(record);
        let mut deviations = Vec::new();
        let count = read_header(&mut fields, record.len() as u64, &mut deviations)?;
        let mut images = Vec::with_capacity(count);
        for index in 0..count {
            let image = FaceImage::read(&mut fields, index, &mut deviations)?;
            image.check(index, &mut deviations);
            images.push(image);
        }
        Ok((Self { images }, deviations))
    }

    /// Writes the record.
    ///
    /// # Errors
    /// [`Error::Misuse`] when there is no image or more than the length fields can count.
    pub fn to_bytes(&self) -> Result<Vec<u8>> {
        const TOO_LONG: Error = Error::Misuse("a facial record longer than its length field");
        if self.images.is_empty() || self.images.len() > MAX_IMAGES {
            return Err(Error::Misuse("a facial record of no image or of too many"));
        }
        let mut body = Vec::new();
        for image in &self.images {
            image.write(&mut body)?;
        }
        let length = u32::try_from(HEADER_LEN + body.len()).map_err(|_| TOO_LONG)?;
        let count = self.images.len() as u16;
        Ok([
            FORMAT.as_slice(),
            VERSION,
            &length.to_be_bytes(),
            &count.to_be_bytes(),
            &body,
        ]
        .concat())
    }
}

impl FaceImage {
    /// A full frontal image of an encoded portrait in colour: size and compression are taken from
    /// the JPEG or JPEG 2000 file, nothing is said of the person.
    ///
    /// # Errors
    /// [`Error::Unsupported`] for another format, [`Error::Malformed`] for broken headers,
    /// [`Error::TooLarge`] for a side above 65,535 pixels.
    pub fn full_frontal(data: Vec<u8>) -> Result<Self> {
        let data_type = match sniff(&data) {
            Some(ImageFormat::Jpeg) => ImageDataType::JPEG,
            Some(ImageFormat::Jp2 | ImageFormat::Jpeg2000Codestream) => ImageDataType::JPEG2000,
            _ => {
                return Err(Error::Unsupported(
                    "a facial image that is neither JPEG nor JPEG 2000",
                ));
            }
        };
        let (width, height) = dimensions(&data)?;
        let side = |pixels: u32| {
            u16::try_from(pixels).map_err(|_| Error::TooLarge {
                what: "side of a facial image in pixels",
                found: pixels.into(),
                limit: u16::MAX.into(),
            })
        };
        Ok(Self {
            gender: Gender::UNSPECIFIED,
            eye_colour: EyeColour::UNSPECIFIED,
            hair_colour: HairColour::UNSPECIFIED,
            features: Features::UNSPECIFIED,
            expression: Expression::UNSPECIFIED,
            pose_angle: [0; 3],
            pose_uncertainty: [0; 3],
            feature_points: Vec::new(),
            image_type: ImageType::FULL_FRONTAL,
            data_type,
            width: side(width)?,
            height: side(height)?,
            colour_space: ColourSpace::RGB24,
            source_type: SourceType::DIGITAL_STILL_CAMERA,
            device_type: 0,
            quality: 0,
            data,
        })
    }

    fn read(
        fields: &mut Fields<'_>,
        index: usize,
        deviations: &mut Vec<Deviation>,
    ) -> Result<Self> {
        const WHAT: &str = "facial information";
        let block = Block::open(fields, index)?;
        let points = fields.u16(WHAT)?;
        let (gender, eye_colour) = (Gender(fields.u8(WHAT)?), EyeColour(fields.u8(WHAT)?));
        let hair_colour = HairColour(fields.u8(WHAT)?);
        let features = Features(fields.u24(WHAT)?);
        let expression = Expression(fields.u16(WHAT)?);
        let (pose_angle, pose_uncertainty) = (fields.array(WHAT)?, fields.array(WHAT)?);
        let feature_points = (0..points)
            .map(|_| FeaturePoint::read(fields))
            .collect::<Result<_>>()?;
        let mut image = Self {
            gender,
            eye_colour,
            hair_colour,
            features,
            expression,
            pose_angle,
            pose_uncertainty,
            feature_points,
            image_type: ImageType(fields.u8(WHAT)?),
            data_type: ImageDataType(fields.u8(WHAT)?),
            width: fields.u16(WHAT)?,
            height: fields.u16(WHAT)?,
            colour_space: ColourSpace(fields.u8(WHAT)?),
            source_type: SourceType(fields.u8(WHAT)?),
            device_type: fields.u16(WHAT)?,
            quality: fields.u16(WHAT)?,
            data: Vec::new(),
        };
        image.data = block.rest(fields, deviations)?.to_vec();
        Ok(image)
    }

    /// Compares the header with the image itself.
    fn check(&self, index: usize, deviations: &mut Vec<Deviation>) {
        let declared = (self.width.into(), self.height.into());
        check_image(
            &self.data,
            Some(declared),
            index,
            deviations,
            |format| match self.data_type {
                ImageDataType::JPEG => format == ImageFormat::Jpeg,
                ImageDataType::JPEG2000 => format.is_jpeg2000(),
                _ => false,
            },
        );
    }

    fn write(&self, record: &mut Vec<u8>) -> Result<()> {
        let points = u16::try_from(self.feature_points.len())
            .map_err(|_| Error::Misuse("more feature points than can be counted"))?;
        let length = INFORMATION_LEN
            + FEATURE_POINT_LEN * self.feature_points.len()
            + IMAGE_INFORMATION_LEN
            + self.data.len();
        let length = u32::try_from(length)
            .map_err(|_| Error::Misuse("a facial image longer than its length field"))?;
        let [_, features @ ..] = self.features.0.to_be_bytes();
        record.extend_from_slice(&length.to_be_bytes());
        record.extend_from_slice(&points.to_be_bytes());
        record.extend_from_slice(&[self.gender.0, self.eye_colour.0, self.hair_colour.0]);
        record.extend_from_slice(&features);
        record.extend_from_slice(&self.expression.0.to_be_bytes());
        record.extend_from_slice(&self.pose_angle);
        record.extend_from_slice(&self.pose_uncertainty);
        for point in &self.feature_points {
            point.write(record);
        }
        record.extend_from_slice(&[self.image_type.0, self.data_type.0]);
        record.extend_from_slice(&self.width.to_be_bytes());
        record.extend_from_slice(&self.height.to_be_bytes());
        record.extend_from_slice(&[self.colour_space.0, self.source_type.0]);
        record.extend_from_slice(&self.device_type.to_be_bytes());
        record.extend_from_slice(&self.quality.to_be_bytes());
        record.extend_from_slice(&self.data);
        Ok(())
    }
}

impl core::fmt::Debug for FaceImage {
    /// Size and kind; the rest describes a person.
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.debug_struct("FaceImage")
            .field("image_type", &self.image_type)
            .field("data_type", &self.data_type)
            .field("width", &self.width)
            .field("height", &self.height)
            .field("bytes", &self.data.len())
            .finish_non_exhaustive()
    }
}

impl FeaturePoint {
    fn read(fields: &mut Fields<'_>) -> Result<Self> {
        const WHAT: &str = "facial feature point";
        let point = Self {
            kind: fields.u8(WHAT)?,
            code: fields.u8(WHAT)?,
            x: fields.u16(WHAT)?,
            y: fields.u16(WHAT)?,
        };
        fields.u16(WHAT)?;
        Ok(point)
    }

    fn write(self, record: &mut Vec<u8>) {
        record.extend_from_slice(&[self.kind, self.code]);
        record.extend_from_slice(&self.x.to_be_bytes());
        record.extend_from_slice(&self.y.to_be_bytes());
        record.extend_from_slice(&[0, 0]);
    }
}

/// Reads the header and returns the number of images.
fn read_header(
    fields: &mut Fields<'_>,
    found: u64,
    deviations: &mut Vec<Deviation>,
) -> Result<usize> {
    const WHAT: &str = "facial record header";
    let malformed = |at| Error::Malformed { what: WHAT, at };
    if &fields.array(WHAT)? != FORMAT {
        return Err(malformed(0));
    }
    match &fields.array(WHAT)? {
        VERSION => {}
        VERSION_2011 => return Err(Error::Unsupported("ISO 19794-5:2011")),
        _ => return Err(malformed(FORMAT.len())),
    }
    let declared = u64::from(fields.u32(WHAT)?);
    if declared != found {
        deviations.push(Deviation::RecordLength { declared, found });
    }
    let count = usize::from(fields.u16(WHAT)?);
    if count == 0 {
        return Err(malformed(HEADER_LEN - 2));
    }
    within_limit("number of facial images", count, MAX_IMAGES)?;
    Ok(count)
}
