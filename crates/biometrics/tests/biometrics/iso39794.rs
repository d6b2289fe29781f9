use biometrics::face::iso39794_5::{self as face, LandmarkCoordinates, LandmarkKind};
use biometrics::face::{Portrait, Sex};
use biometrics::finger::iso39794_4::{self as finger, Annotation, AnnotationReason};
use biometrics::finger::{FingerPosition, FingerPrint};
use biometrics::image::{Colour, encode_jpeg, encode_jpeg2000, encode_png};
use biometrics::iris::{Eye, EyeImage, iso39794_6 as iris};
use biometrics::iso39794_1::{Profile, ScoreOrError};
use biometrics::{Deviation, Error};
use test_support::{hex, read_json, vectors};

use crate::picture::{coloured, ridges};

/// Records by another encoder: read without a deviation, written back to the same bytes.
#[test]
fn records_of_another_encoder() {
    let mut count = 0;
    for (name, path) in vectors("iso39794") {
        let vector = read_json(&path);
        let record = hex(&vector["record"]);
        let (written, image, deviations) = match vector["format"].as_str().unwrap() {
            "iso39794-4" => {
                let (read, deviations) = finger::FingerRecord::parse(&record).unwrap();
                let image = read.representations[0].data.clone();
                (read.to_bytes().unwrap(), image, deviations)
            }
            "iso39794-5" => {
                let (read, deviations) = face::FaceRecord::parse(&record).unwrap();
                let image = read.representations[0].image.data.clone();
                (read.to_bytes().unwrap(), image, deviations)
            }
            "iso39794-6" => {
                let (read, deviations) = iris::IrisRecord::parse(&record).unwrap();
                let image = read.representations[0].data.clone();
                (read.to_bytes().unwrap(), image, deviations)
            }
            other => panic!("{name}: {other}"),
        };
        assert_eq!(written, record, "{name}");
        assert_eq!(image.0, hex(&vector["image"]), "{name}");
        assert_eq!(deviations, [], "{name}");
        count += 1;
    }
    assert_eq!(count, 4);
}

fn vector(name: &str) -> Vec<u8> {
    let (_, path) = vectors("iso39794")
        .into_iter()
        .find(|(found, _)| found.contains(name))
        .unwrap();
    hex(read_json(&path).get("record").unwrap())
}

#[test]
fn every_field_of_a_face_is_what_was_encoded() {
    let (record, _) = face::FaceRecord::parse(&vector("5_all_fields")).unwrap();
    let one = &record.representations[0];
    let information = &one.image.information;
    assert_eq!(information.format, face::ImageDataFormat::JPEG);
    assert_eq!(information.camera_distance, Some(1_500));
    let size = information.size.unwrap();
    assert_eq!((size.width, size.height), (413, 531));
    let distances = information.measurements.unwrap();
    assert_eq!(distances.eye_distance, Some(120));
    assert_eq!(one.quality[0].score, ScoreOrError::Score(87));
    assert!(matches!(one.quality[1].score, ScoreOrError::Error(_)));
    assert_eq!(one.derived_from, Some(0));
    let person = one.person.unwrap();
    assert_eq!(person.gender, Some(face::Gender::FEMALE));
    assert_eq!(person.properties.unwrap().head_covering, Some(true));
    assert_eq!(person.expressions.unwrap().neutral, Some(true));
    let pose = person.pose.unwrap();
    assert_eq!(pose.yaw.map(|angle| angle.value), Some(-3));
    assert_eq!(pose.roll.map(|angle| angle.value), Some(-180));
    let [point, named, numbered, short] = one.landmarks[..] else {
        panic!("{:?}", one.landmarks);
    };
    assert_eq!(point.kind.mpeg4_point(), Some((12, 4)));
    assert!(matches!(
        point.coordinates,
        Some(LandmarkCoordinates::Plane(at)) if (at.x, at.y) == (200, 300)
    ));
    assert_eq!(
        [named.kind, numbered.kind, short.kind].map(|kind| matches!(
            kind,
            LandmarkKind::Anthropometric(
                face::AnthropometricCode::Name(60)
                    | face::AnthropometricCode::PointName(36)
                    | face::AnthropometricCode::PointId(62)
            )
        )),
        [true; 3]
    );
    let attack = one.presentation_attack.as_ref().unwrap();
    assert_eq!(attack.challenges.len(), 2);
}

#[test]
fn missing_and_bandaged_fingers_are_recorded_with_their_reason() {
    let (read, _) = finger::FingerRecord::parse(&vector("4_all_fields")).unwrap();
    let wanted = [
        (FingerPosition::RIGHT_RING, AnnotationReason::BANDAGED),
        (FingerPosition::RIGHT_LITTLE, AnnotationReason::AMPUTATED),
    ]
    .map(|(position, reason)| Annotation { position, reason });
    assert_eq!(read.representations[0].annotations, wanted);
    let print = FingerPrint {
        annotations: wanted.to_vec(),
        ..FingerPrint::new(
            FingerPosition::RIGHT_INDEX,
            500,
            encode_png(&ridges(40, 50)).unwrap(),
        )
    };
    let bytes = print.to_iso39794_4().unwrap().to_bytes().unwrap();
    let (read, deviations) = finger::FingerRecord::parse(&bytes).unwrap();
    assert_eq!(deviations, []);
    let one = &read.representations[0];
    assert_eq!(one.annotations, wanted);
    assert_eq!(one.sampling.unwrap().ppi(), Some(500));
    assert_eq!(one.lossily_compressed, Some(false));
}

fn portrait() -> Portrait {
    Portrait {
        sex: Some(Sex::Female),
        ..Portrait::new(encode_jpeg(&coloured(40, 50), 80).unwrap(), Colour::Rgb8)
    }
}

/// What the base standard writes is read as the same, and reported once.
#[test]
fn both_forms_of_codes_are_read() {
    let record = portrait().to_iso39794_5().unwrap();
    let icao = record.to_bytes().unwrap();
    let base = record.to_bytes_as(Profile::Base).unwrap();
    assert!(base.len() < icao.len());
    assert_eq!(
        face::FaceRecord::parse(&icao).unwrap(),
        (record.clone(), Vec::new())
    );
    let (read, deviations) = face::FaceRecord::parse(&base).unwrap();
    assert_eq!(read, record);
    assert!(matches!(deviations[..], [Deviation::BareCode { .. }]));

    let print = encode_png(&ridges(40, 50)).unwrap();
    let record = FingerPrint::new(FingerPosition::LEFT_THUMB, 500, print)
        .to_iso39794_4()
        .unwrap();
    for profile in [Profile::Base, Profile::Icao] {
        let bytes = record.to_bytes_as(profile).unwrap();
        let read = finger::FingerRecord::parse(&bytes).unwrap();
        assert_eq!(read, (record.clone(), Vec::new()));
    }
}

/// The object of `needle`, with its octets replaced.
fn changed(record: &[u8], needle: &str, replacement: &str) -> Vec<u8> {
    let text = hex::encode(record);
    assert!(text.contains(needle), "{needle}");
    test_support::unhex(&text.replacen(needle, replacement, 1))
}

#[test]
fn departures_are_reported() {
    let good = portrait().to_iso39794_5().unwrap().to_bytes().unwrap();
    let said = |record: &[u8]| -> Vec<String> {
        let (_, deviations) = face::FaceRecord::parse(record).unwrap();
        deviations.iter().map(ToString::to_string).collect()
    };
    assert_eq!(said(&good), [""; 0]);
    let wrapped = [&[0xA1, 0x82], &(good.len() as u16).to_be_bytes()[..], &good].concat();
    assert_eq!(said(&wrapped), [""; 0]);
    let padded = [good.as_slice(), &[0, 0]].concat();
    for (record, wanted) in [
        (padded, "2 bytes behind the record"),
        // gender { extension block { code 3 } }: 0, which the profile does not know
        (
            changed(&good, "a005a103800103", "a005a103800100"),
            "image 0: gender that the ICAO profile does not know",
        ),
        (
            changed(&good, "a005a103800103", "a00581038001ff"),
            "gender at byte",
        ),
        (
            changed(&good, "a005a103800103", "8b05a103800103"),
            "object 8B at byte",
        ),
        // the size that the record declares
        (
            changed(&good, "800128810132", "800128810133"),
            "image 0: the header says 40 x 51, the image is 40 x 50",
        ),
        // format JPEG 2000
        (
            changed(&good, "a003800102", "a003800103"),
            "image 0: the data is JPEG, which is not what the header says",
        ),
    ] {
        let said = said(&record);
        assert!(
            said.len() == 1 && said[0].starts_with(wanted),
            "{wanted}: {said:?}"
        );
    }
}

#[test]
fn what_is_mandatory_must_be_there() {
    let good = vector("5_least_fields");
    assert!(face::FaceRecord::parse(&good).is_ok());
    for (needle, replacement) in [
        ("a00780010381", "a10780010381"), // the version
        ("800100", "8b0100"),             // the number
        ("a003800102", "a303800102"),     // the format
        ("80010381", "8b010381"),         // the generation
    ] {
        let refused = face::FaceRecord::parse(&changed(&good, needle, replacement));
        assert!(matches!(refused, Err(Error::Malformed { .. })), "{needle}");
    }
    let other = finger::FingerRecord::parse(&good);
    assert!(matches!(other, Err(Error::Malformed { at: 0, .. })));
    for length in 0..good.len() {
        assert!(
            face::FaceRecord::parse(&good[..length]).is_err(),
            "{length}"
        );
    }
}

#[test]
fn the_profile_holds_one_face() {
    let mut record = portrait().to_iso39794_5().unwrap();
    let one = record.representations[0].clone();
    record.representations.push(one);
    assert!(matches!(record.to_bytes(), Err(Error::Misuse(_))));
    let two = record.to_bytes_as(Profile::Icao).unwrap();
    let (read, deviations) = face::FaceRecord::parse(&two).unwrap();
    assert_eq!(read, record);
    assert!(matches!(
        deviations[..],
        [Deviation::Count {
            expected: 1,
            found: 2,
            ..
        }]
    ));
    record.representations.clear();
    assert!(matches!(
        record.to_bytes_as(Profile::Base),
        Err(Error::Misuse(_))
    ));
}

/// The tags of distance, date and image as an implementation numbers them that is often met.
#[test]
fn irises_of_another_numbering_are_read() {
    let good = vector("6_all_fields");
    let text = hex::encode(&good);
    let (date, image, range) = ("a704800207ea", "881d89504e47", "a9048002015e");
    let start = text.find(date).unwrap();
    let end = text.find(range).unwrap() + range.len();
    let image = text[text.find(image).unwrap()..end - range.len()].replacen("88", "89", 1);
    let middle = ["a7048002015e", "a804800207ea", &image].concat();
    let other = test_support::unhex(&[&text[..start], &middle, &text[end..]].concat());
    let (wanted, _) = iris::IrisRecord::parse(&good).unwrap();
    let (read, deviations) = iris::IrisRecord::parse(&other).unwrap();
    assert_eq!(read, wanted);
    assert!(matches!(deviations[..], [Deviation::OtherNumbering { .. }]));
}

#[test]
fn an_eye_goes_into_either_record() {
    use biometrics::iris::iso19794_6;
    let data = encode_jpeg2000(&coloured(160, 152), 6_000).unwrap();
    let eye = EyeImage {
        eye: Eye::LEFT,
        colour: Colour::Rgb8,
        data: data.clone(),
    };
    let old = eye.to_iso19794_6().unwrap();
    let bytes = old.to_bytes().unwrap();
    let header = [
        &b"IIR\x00010\0"[..],
        &(bytes.len() as u32).to_be_bytes(),
        &[0, 0, 1, 0, 45, 0, 0, 0, 0, 0, 16, 0, 160, 0, 152, 24, 0],
        &[0; 16],
        &[2, 0, 1, 0, 1, 254, 0xFF, 0xFF, 0xFF, 0xFF],
        &(data.len() as u32).to_be_bytes(),
    ]
    .concat();
    assert_eq!(bytes[..59], header);
    assert_eq!(bytes[59..], data);
    assert_eq!(
        iso19794_6::IrisRecord::parse(&bytes).unwrap(),
        (old, Vec::new())
    );
    let new = eye.to_iso39794_6().unwrap();
    let bytes = new.to_bytes().unwrap();
    assert_eq!(iris::IrisRecord::parse(&bytes).unwrap(), (new, Vec::new()));
}

#[test]
fn iris_records_that_contradict_themselves() {
    use biometrics::iris::iso19794_6::IrisRecord;
    let image = ridges(16, 12);
    let good = IrisRecord::raw(Eye::RIGHT, &image)
        .unwrap()
        .to_bytes()
        .unwrap();
    assert!(IrisRecord::parse(&good).unwrap().1.is_empty());
    let with = |at: usize, octets: &[u8]| {
        let mut record = good.clone();
        record[at..at + octets.len()].copy_from_slice(octets);
        IrisRecord::parse(&record)
    };
    for (at, octets, deviations) in [
        (4, &b"020"[..], None),
        (0, b"FIR", None),
        (14, &[0], None),     // no eye
        (14, &[200], None),   // too many
        (15, &[0, 46], None), // another header
        (46, &[0, 33], None), // too many images
        (55, &[1, 0, 0, 0], None),
        (11, &[0], Some(1)),    // record length
        (21, &[0, 6], Some(1)), // JPEG
        (23, &[0, 17], Some(1)),
    ] {
        let read = with(at, octets).ok().map(|(_, found)| found.len());
        assert_eq!(read, deviations, "{at}");
    }
}
