//! The records of ISO 19794, first edition: fixed fields, one behind the other (ISO 19794-4 §7, ISO 19794-5 §5, ISO 19794-6 §6).

use biometrics::face::iso19794_5 as face;
use biometrics::finger::{FingerPosition, iso19794_4 as finger};

use super::annotation::Node;
use super::element::Element;
use super::grammar::Tell;
use super::value;
use super::walker::Walker;

/// Most images of a record that are told apart.
const MAX_IMAGES: u64 = 32;
/// Most feature points of an image that are told apart.
const MAX_POINTS: u64 = 256;

/// A field: octets, name, meaning.
type Field = (usize, &'static str, Tell);

#[rustfmt::skip]
static FACE_HEADER: [Field; 4] = [
    (4, "format identifier", characters),
    (4, "version number", characters),
    (4, "length of record", value::number),
    (2, "number of facial images", value::number),
];
#[rustfmt::skip]
static FACE_INFORMATION: [Field; 9] = [
    (4, "facial record data length", value::number),
    (2, "number of feature points", value::number),
    (1, "gender", |octets| Some(face::Gender(one(octets)?).to_string())),
    (1, "eye colour", |octets| Some(face::EyeColour(one(octets)?).to_string())),
    (1, "hair colour", |octets| Some(face::HairColour(one(octets)?).to_string())),
    (3, "feature mask", features),
    (2, "expression", |octets| Some(face::Expression(two(octets)?).to_string())),
    (3, "pose angle: yaw, pitch, roll", angles),
    (3, "pose angle uncertainty", angles),
];
#[rustfmt::skip]
static FEATURE_POINT: [Field; 5] = [
    (1, "feature point type", value::number),
    (1, "feature point code", |octets| one(octets).map(|code| format!("{}.{}", code >> 4, code & 0x0F))),
    (2, "x", value::number),
    (2, "y", value::number),
    (2, "reserved", value::number),
];
#[rustfmt::skip]
static FACE_IMAGE_INFORMATION: [Field; 8] = [
    (1, "face image type", |octets| Some(face::ImageType(one(octets)?).to_string())),
    (1, "image data type", |octets| Some(face::ImageDataType(one(octets)?).to_string())),
    (2, "width", value::number),
    (2, "height", value::number),
    (1, "image colour space", |octets| Some(face::ColourSpace(one(octets)?).to_string())),
    (1, "source type", |octets| Some(face::SourceType(one(octets)?).to_string())),
    (2, "device type", value::number),
    (2, "quality", value::number),
];

#[rustfmt::skip]
static FINGER_HEADER: [Field; 12] = [
    (4, "format identifier", characters),
    (4, "version number", characters),
    (6, "length of record", value::number),
    (2, "capture device", value::number),
    (2, "image acquisition level", value::number),
    (1, "number of fingers", value::number),
    (1, "scale units", |octets| Some(finger::ScaleUnits(one(octets)?).to_string())),
    (4, "scan resolution, horizontal and vertical", pair),
    (4, "image resolution, horizontal and vertical", pair),
    (1, "bits per pixel", value::number),
    (1, "compression", |octets| Some(finger::Compression(one(octets)?).to_string())),
    (2, "reserved", value::number),
];
#[rustfmt::skip]
static FINGER_IMAGE_HEADER: [Field; 9] = [
    (4, "length of finger data block", value::number),
    (1, "finger position", |octets| Some(FingerPosition(one(octets)?).to_string())),
    (1, "count of views", value::number),
    (1, "view number", value::number),
    (1, "finger image quality", value::number),
    (1, "impression type", |octets| Some(finger::Impression(one(octets)?).to_string())),
    (2, "width", value::number),
    (2, "height", value::number),
    (1, "reserved", value::number),
];

#[rustfmt::skip]
static IRIS_HEADER: [Field; 14] = [
    (4, "format identifier", characters),
    (4, "version number", characters),
    (4, "length of record", value::number),
    (2, "capture device", value::number),
    (1, "number of eyes", value::number),
    (2, "length of header", value::number),
    (2, "properties", value::hexadecimal),
    (2, "iris diameter", value::number),
    (2, "image format", |octets| value::coded(octets, &[(2, "raw"), (6, "JPEG"), (14, "JPEG 2000, grey"), (16, "JPEG 2000, colour")])),
    (2, "width", value::number),
    (2, "height", value::number),
    (1, "bits per pixel", value::number),
    (1, "transformation", value::number),
    (16, "device identifier", value::hexadecimal),
];

#[rustfmt::skip]
static EYE: [Field; 2] = [
    (1, "eye", |octets| value::coded(octets, &[(1, "right"), (2, "left")])),
    (2, "number of images", value::number),
];
#[rustfmt::skip]
static IRIS_IMAGE: [Field; 5] = [
    (2, "image number", value::number),
    (1, "quality", value::number),
    (2, "rotation angle", value::hexadecimal),
    (2, "rotation uncertainty", value::hexadecimal),
    (4, "length of image", value::number),
];

/// Reads a biometric data block.
pub(super) fn read(_walker: &mut Walker, at: usize, octets: &[u8]) -> Vec<Node> {
    let mut cursor = Cursor { at, rest: octets };
    let mut nodes = match octets.first_chunk() {
        Some(b"FAC\0") => face_record(&mut cursor),
        Some(b"FIR\0") => finger_record(&mut cursor),
        Some(b"IIR\0") => iris_record(&mut cursor),
        _ => Vec::new(),
    };
    nodes.extend(cursor.rest("data"));
    nodes
}

/// What a biometric data block is.
pub(super) fn kind(_: &Node, element: &Element<'_>) -> Option<String> {
    let kind = match element.value.first_chunk()? {
        b"FAC\0" => "facial record (ISO 19794-5)",
        b"FIR\0" => "finger image record (ISO 19794-4)",
        b"IIR\0" => "iris image record (ISO 19794-6)",
        _ => return None,
    };
    Some(kind.to_owned())
}

fn face_record(cursor: &mut Cursor<'_>) -> Vec<Node> {
    let mut nodes = cursor.fields(&FACE_HEADER);
    let count = number(&nodes, 3).min(MAX_IMAGES);
    for number in 1..=count {
        nodes.extend(cursor.block(format!("facial image {number}"), |block| {
            let mut fields = block.fields(&FACE_INFORMATION);
            let points = fields
                .get(1)
                .map_or(0, |field| value::unsigned(&field.content).unwrap_or(0))
                .min(MAX_POINTS);
            for _ in 0..points {
                fields.extend(block.fields(&FEATURE_POINT));
            }
            fields.extend(block.fields(&FACE_IMAGE_INFORMATION));
            fields.extend(block.image(usize::MAX));
            fields
        }));
    }
    nodes
}

fn finger_record(cursor: &mut Cursor<'_>) -> Vec<Node> {
    let mut nodes = cursor.fields(&FINGER_HEADER);
    let count = nodes
        .get(5)
        .map_or(0, |field| value::unsigned(&field.content).unwrap_or(0))
        .min(MAX_IMAGES);
    for number in 1..=count {
        nodes.extend(cursor.block(format!("finger image {number}"), |block| {
            let mut fields = block.fields(&FINGER_IMAGE_HEADER);
            fields.extend(block.image(usize::MAX));
            fields
        }));
    }
    nodes
}

fn iris_record(cursor: &mut Cursor<'_>) -> Vec<Node> {
    let mut nodes = cursor.fields(&IRIS_HEADER);
    let eyes = number(&nodes, 4).min(MAX_IMAGES);
    for _ in 0..eyes {
        let eye = cursor.fields(&EYE);
        let images = number(&eye, 1).min(MAX_IMAGES);
        nodes.extend(eye);
        for _ in 0..images {
            let image = cursor.fields(&IRIS_IMAGE);
            let length = usize::try_from(number(&image, 4)).unwrap_or(usize::MAX);
            nodes.extend(image);
            nodes.extend(cursor.image(length));
        }
    }
    nodes
}

/// The number in a field; 0 where the record ends before it.
fn number(fields: &[Node], index: usize) -> u64 {
    fields
        .get(index)
        .and_then(|field| value::unsigned(&field.content))
        .unwrap_or(0)
}

/// Octets with the place where they stand.
struct Cursor<'a> {
    at: usize,
    rest: &'a [u8],
}

impl<'a> Cursor<'a> {
    fn take(&mut self, len: usize) -> Option<(usize, &'a [u8])> {
        let (taken, rest) = self.rest.split_at_checked(len)?;
        let at = self.at;
        self.at += len;
        self.rest = rest;
        Some((at, taken))
    }

    /// The fields as far as there are octets for them.
    fn fields(&mut self, fields: &'static [Field]) -> Vec<Node> {
        let mut nodes = Vec::new();
        for (len, name, tell) in fields {
            let Some((at, octets)) = self.take(*len) else {
                break;
            };
            nodes.push(Node::field(at, octets, *name).meaning(tell(octets)));
        }
        nodes
    }

    /// A block whose first four octets are its length, them included.
    fn block(&mut self, name: String, read: impl FnOnce(&mut Self) -> Vec<Node>) -> Option<Node> {
        let declared = value::unsigned(self.rest.get(..4)?)?;
        let len = usize::try_from(declared).ok()?.min(self.rest.len());
        let (at, octets) = self.take(len)?;
        let children = read(&mut Cursor { at, rest: octets });
        Some(Node {
            at,
            length: len,
            name: name.into(),
            children,
            ..Node::default()
        })
    }

    /// An image of at most this many octets.
    fn image(&mut self, length: usize) -> Option<Node> {
        let (at, octets) = self.take(length.min(self.rest.len()))?;
        (!octets.is_empty())
            .then(|| Node::field(at, octets, "image data").meaning(value::image(octets)))
    }

    fn rest(&mut self, name: &'static str) -> Option<Node> {
        let (at, octets) = self.take(self.rest.len())?;
        (!octets.is_empty()).then(|| Node::field(at, octets, name).meaning(value::count(octets)))
    }
}

fn one(octets: &[u8]) -> Option<u8> {
    octets.first().copied()
}

fn two(octets: &[u8]) -> Option<u16> {
    octets
        .first_chunk()
        .map(|octets| u16::from_be_bytes(*octets))
}

fn characters(octets: &[u8]) -> Option<String> {
    Some(value::text(octets)?.trim_end_matches('\0').to_owned())
}

fn pair(octets: &[u8]) -> Option<String> {
    let (first, second) = octets.split_at_checked(2)?;
    Some(format!("{} × {}", two(first)?, two(second)?))
}

fn angles(octets: &[u8]) -> Option<String> {
    if octets.iter().all(|octet| *octet == 0) {
        return Some("unspecified".to_owned());
    }
    Some(
        octets
            .iter()
            .map(u8::to_string)
            .collect::<Vec<_>>()
            .join(", "),
    )
}

fn features(octets: &[u8]) -> Option<String> {
    use face::Features;
    const NAMES: [(Features, &str); 10] = [
        (Features::GLASSES, "glasses"),
        (Features::MOUSTACHE, "moustache"),
        (Features::BEARD, "beard"),
        (Features::TEETH, "teeth visible"),
        (Features::BLINK, "blink"),
        (Features::MOUTH_OPEN, "mouth open"),
        (Features::LEFT_EYE_PATCH, "left eye patch"),
        (Features::RIGHT_EYE_PATCH, "right eye patch"),
        (Features::DARK_GLASSES, "dark glasses"),
        (
            Features::MEDICAL_CONDITION,
            "feature-distorting medical condition",
        ),
    ];
    let mask = Features(u32::try_from(value::unsigned(octets)?).ok()?);
    if !mask.contains(Features::SPECIFIED) {
        return Some("unspecified".to_owned());
    }
    let names: Vec<&str> = NAMES
        .into_iter()
        .filter(|(bit, _)| mask.contains(*bit))
        .map(|(_, name)| name)
        .collect();
    Some(if names.is_empty() {
        "none of them".to_owned()
    } else {
        names.join(", ")
    })
}
