use biometrics::face::iso19794_5::{
    ColourSpace, Expression, EyeColour, FaceImage, FaceRecord, FeaturePoint, Features, Gender,
    HairColour, ImageDataType, ImageType, SourceType,
};
use biometrics::finger::FingerPosition;
use biometrics::finger::iso19794_4::{
    Compression, FingerImage, FingerRecord, Impression, ScaleUnits,
};
use biometrics::image::{encode_jpeg, encode_jpeg2000, encode_png};
use biometrics::{Deviation, Error};
use proptest::prelude::*;
use test_support::{hex, read_json, vectors};

use crate::picture::{coloured, ridges};

/// Headers of records issued by others: read as their fields say, written back to the same bytes.
#[test]
fn records_from_outside() {
    for (name, path) in vectors("biometrics") {
        let vector = read_json(&path);
        let mut record = hex(&vector["start"]);
        record.resize(vector["length"].as_u64().unwrap() as usize, 0);
        let want = &vector["want"];
        let number = |field: &str| want[field].as_u64().unwrap();
        let declared = || {
            let side = |index: usize| want["declared"][index].as_u64().unwrap() as u16;
            (side(0), side(1))
        };
        let data = &record[number("image_at") as usize..];
        let (written, deviations) = match vector["format"].as_str().unwrap() {
            "iso19794-5" => {
                let (read, deviations) = FaceRecord::parse(&record).unwrap();
                let image = &read.images[0];
                assert_eq!(
                    u64::from(image.image_type.0),
                    number("image_type"),
                    "{name}"
                );
                assert_eq!(u64::from(image.data_type.0), number("data_type"), "{name}");
                assert_eq!((image.width, image.height), declared(), "{name}");
                assert_eq!(image.data, data, "{name}");
                (read.to_bytes().unwrap(), deviations)
            }
            "iso19794-4" => {
                let (read, deviations) = FingerRecord::parse(&record).unwrap();
                let image = &read.images[0];
                assert_eq!(u64::from(image.position.0), number("position"), "{name}");
                assert_eq!(u64::from(image.quality), number("quality"), "{name}");
                assert_eq!(
                    u64::from(read.compression.0),
                    number("compression"),
                    "{name}"
                );
                assert_eq!(u64::from(read.image_resolution.0), number("ppi"), "{name}");
                assert_eq!((image.width, image.height), declared(), "{name}");
                assert_eq!(image.data, data, "{name}");
                (read.to_bytes().unwrap(), deviations)
            }
            other => panic!("{name}: {other}"),
        };
        assert_eq!(written, record, "{name}");
        let said: Vec<String> = deviations.iter().map(ToString::to_string).collect();
        let wanted: Vec<&str> = want["deviations"]
            .as_array()
            .unwrap()
            .iter()
            .map(|said| said.as_str().unwrap())
            .collect();
        assert_eq!(said, wanted, "{name}");
    }
}

fn portrait_record() -> FaceRecord {
    let file = encode_jpeg2000(&coloured(413, 531), 15_000).unwrap();
    FaceRecord::new(FaceImage {
        gender: Gender::FEMALE,
        expression: Expression::NEUTRAL,
        ..FaceImage::full_frontal(file).unwrap()
    })
}

/// ISO 19794-5:2005 §5.4–5.7, byte by byte.
#[test]
fn a_face_record_is_laid_out_as_the_standard_says() {
    let record = portrait_record();
    let bytes = record.to_bytes().unwrap();
    let length = (bytes.len() as u32).to_be_bytes();
    let block = (bytes.len() as u32 - 14).to_be_bytes();
    let header = [
        &b"FAC\x00010\0"[..],
        &length,
        &[0, 1],
        &block,
        &[0, 0, 2, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0],
        &[1, 1, 0x01, 0x9D, 0x02, 0x13, 1, 2, 0, 0, 0, 0],
    ]
    .concat();
    assert_eq!(bytes[..46], header);
    assert_eq!(bytes[46..], record.images[0].data);
}

/// ISO 19794-4:2005 §7, byte by byte.
#[test]
fn a_finger_record_is_laid_out_as_the_standard_says() {
    let data = ridges(416, 560).samples().to_vec();
    let image = FingerImage::live_scan(FingerPosition::LEFT_INDEX, 416, 560, data);
    let bytes = FingerRecord::new(500, Compression::UNCOMPRESSED, image)
        .to_bytes()
        .unwrap();
    let header = [
        &b"FIR\x00010\0"[..],
        &[0, 0, 0x00, 0x03, 0x8E, 0x2E], // 416 × 560 + 46
        &[0, 0, 0, 31, 1, 1],
        &[0x01, 0xF4, 0x01, 0xF4, 0x01, 0xF4, 0x01, 0xF4],
        &[8, 0, 0, 0],
        &[0x00, 0x03, 0x8E, 0x0E, 7, 1, 1, 254, 0],
        &[0x01, 0xA0, 0x02, 0x30, 0],
    ]
    .concat();
    assert_eq!(bytes[..46], header);
}

#[test]
fn a_portrait_must_be_jpeg_or_jpeg2000() {
    let image = coloured(40, 50);
    let jpeg = FaceImage::full_frontal(encode_jpeg(&image, 80).unwrap()).unwrap();
    assert_eq!(jpeg.data_type, ImageDataType::JPEG);
    assert_eq!((jpeg.width, jpeg.height), (40, 50));
    let png = FaceImage::full_frontal(encode_png(&image).unwrap());
    assert!(matches!(png, Err(Error::Unsupported(_))));
}

/// Issuers who miscount: the record says up to eight bytes too many or any number too few.
#[test]
fn records_with_wrong_lengths_are_read_and_reported() {
    let good = portrait_record().to_bytes().unwrap();
    let true_length = good.len() as u64;
    for (declared, block, read) in [
        (true_length, true_length - 14, true),
        (true_length + 8, true_length - 14, true),
        (true_length - 3, true_length - 14, true),
        (true_length, true_length - 14 + 8, true),
        (true_length, true_length - 14 + 9, false),
        (true_length, 31, false),
        (true_length, 0, false),
    ] {
        let mut record = good.clone();
        record[8..12].copy_from_slice(&(declared as u32).to_be_bytes());
        record[14..18].copy_from_slice(&(block as u32).to_be_bytes());
        let mut wanted = Vec::new();
        if declared != true_length {
            wanted.push(Deviation::RecordLength {
                declared,
                found: true_length,
            });
        }
        if block > true_length - 14 {
            wanted.push(Deviation::BlockLength {
                image: 0,
                declared: block,
                found: true_length - 14,
            });
        }
        match FaceRecord::parse(&record) {
            Ok((face, deviations)) => {
                assert!(read, "{declared} {block}");
                assert_eq!(deviations, wanted);
                assert_eq!(face.images[0].data, good[46..]);
            }
            Err(Error::Malformed { at, .. }) => {
                assert!(!read, "{declared} {block}");
                assert_eq!(at, 14);
            }
            Err(other) => panic!("{other:?}"),
        }
    }
}

#[test]
fn images_that_contradict_their_header_are_reported() {
    let file = encode_jpeg(&coloured(40, 50), 80).unwrap();
    let right = FaceImage::full_frontal(file).unwrap();
    for (image, wanted) in [
        (
            FaceImage {
                width: 41,
                ..right.clone()
            },
            "image 0: the header says 41 x 50, the image is 40 x 50",
        ),
        (
            FaceImage {
                data_type: ImageDataType::JPEG2000,
                ..right.clone()
            },
            "image 0: the data is JPEG, which is not what the header says",
        ),
        (
            FaceImage {
                data: vec![1, 2, 3],
                ..right
            },
            "image 0: the data is of no known image format",
        ),
    ] {
        let record = FaceRecord::new(image).to_bytes().unwrap();
        let (_, deviations) = FaceRecord::parse(&record).unwrap();
        let said: Vec<String> = deviations.iter().map(ToString::to_string).collect();
        assert_eq!(said, [wanted]);
    }
}

#[test]
fn raw_fingers_must_fill_their_size() {
    for (samples, deviations) in [(12, 0), (11, 1), (13, 1)] {
        let image = FingerImage::live_scan(FingerPosition::RIGHT_THUMB, 3, 4, vec![0; samples]);
        let record = FingerRecord::new(500, Compression::UNCOMPRESSED, image);
        let (_, found) = FingerRecord::parse(&record.to_bytes().unwrap()).unwrap();
        assert_eq!(found.len(), deviations, "{samples}");
    }
}

#[test]
fn other_editions_and_counts_are_refused() {
    let good = portrait_record().to_bytes().unwrap();
    let with = |at: usize, bytes: &[u8]| {
        let mut record = good.clone();
        record[at..at + bytes.len()].copy_from_slice(bytes);
        FaceRecord::parse(&record)
    };
    assert!(matches!(with(4, b"030"), Err(Error::Unsupported(_))));
    assert!(matches!(
        with(4, b"999"),
        Err(Error::Malformed { at: 4, .. })
    ));
    assert!(matches!(
        with(0, b"FIR"),
        Err(Error::Malformed { at: 0, .. })
    ));
    assert!(matches!(with(12, &[0, 0]), Err(Error::Malformed { .. })));
    assert!(matches!(with(12, &[1, 0]), Err(Error::TooLarge { .. })));
    assert!(matches!(with(12, &[0, 2]), Err(Error::Malformed { .. })));
    let none = FaceRecord { images: Vec::new() };
    assert!(matches!(none.to_bytes(), Err(Error::Misuse(_))));
}

fn any_face() -> impl Strategy<Value = FaceImage> {
    let point = any::<(u8, u8, u16, u16)>().prop_map(|(kind, code, x, y)| FeaturePoint {
        kind,
        code,
        x,
        y,
    });
    (
        any::<([u8; 3], u16, [u8; 3], [u8; 3])>(),
        0..=0xFF_FFFF_u32,
        prop::collection::vec(point, 0..5),
        any::<([u8; 4], u16, u16, u16, u16)>(),
        prop::collection::vec(any::<u8>(), 0..60),
    )
        .prop_map(|(person, features, feature_points, picture, data)| {
            let ([gender, eyes, hair], expression, pose_angle, pose_uncertainty) = person;
            let ([kind, data_type, space, source], width, height, device_type, quality) = picture;
            FaceImage {
                gender: Gender(gender),
                eye_colour: EyeColour(eyes),
                hair_colour: HairColour(hair),
                features: Features(features),
                expression: Expression(expression),
                pose_angle,
                pose_uncertainty,
                feature_points,
                image_type: ImageType(kind),
                data_type: ImageDataType(data_type),
                width,
                height,
                colour_space: ColourSpace(space),
                source_type: SourceType(source),
                device_type,
                quality,
                data,
            }
        })
}

fn any_finger() -> impl Strategy<Value = FingerImage> {
    (
        any::<([u8; 5], u16, u16)>(),
        prop::collection::vec(any::<u8>(), 0..60),
    )
        .prop_map(
            |(([position, count, number, quality, kind], width, height), data)| FingerImage {
                position: FingerPosition(position),
                view_count: count,
                view_number: number,
                quality,
                impression: Impression(kind),
                width,
                height,
                data,
            },
        )
}

proptest! {
    /// Unknown codes included, what is written is read back.
    #[test]
    fn face_records_round_trip(images in prop::collection::vec(any_face(), 1..4)) {
        let record = FaceRecord { images };
        let bytes = record.to_bytes().unwrap();
        let (read, _) = FaceRecord::parse(&bytes).unwrap();
        prop_assert_eq!(read, record);
    }

    #[test]
    fn finger_records_round_trip(
        header in any::<(u16, u16, u8, (u16, u16), (u16, u16), u8, u8)>(),
        images in prop::collection::vec(any_finger(), 1..4),
    ) {
        let (device, acquisition_level, units, scan, image, depth, compression) = header;
        let record = FingerRecord {
            device,
            acquisition_level,
            scale_units: ScaleUnits(units),
            scan_resolution: scan,
            image_resolution: image,
            depth,
            compression: Compression(compression),
            images,
        };
        let bytes = record.to_bytes().unwrap();
        let (read, _) = FingerRecord::parse(&bytes).unwrap();
        prop_assert_eq!(read, record);
    }
}
