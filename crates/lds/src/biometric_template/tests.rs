use super::*;
use crate::{Dg2, Dg3, Dg4, FileContent, Parsed};

const HEADER_19794: &str = "A108 87020101 88020008";
const RECORD: &str = "5F2E04DEADBEEF";

fn dg2(group: &str, behind: &str) -> Result<Parsed<Dg2>> {
    let group = iso7816::tlv::encode(GROUP, &test_support::unhex(group));
    let content = [group, test_support::unhex(behind)].concat();
    Dg2::parse(&iso7816::tlv::encode(Dg2::TAG, &content))
}

fn one(header: &str, record: &str) -> String {
    let template = test_support::unhex(&format!("{header}{record}"));
    format!(
        "020101{}",
        hex::encode(iso7816::tlv::encode(INFORMATION, &template))
    )
}

#[test]
fn departures_are_reported() {
    let two = one(HEADER_19794, RECORD) + &one(HEADER_19794, RECORD)[6..];
    for (group, behind, deviations) in [
        (one(HEADER_19794, RECORD), "", 0),
        (one("A100", RECORD), "", 2),
        (one("A108 87020102 88020008", RECORD), "", 1),
        (one("A108 87020101 88020007", RECORD), "", 1),
        (one("A108 87020101 8802002A", RECORD), "", 1),
        (one("A108 88020008 87020101", RECORD), "", 1),
        (one("A10A 870101 88020008 820109", RECORD), "", 4),
        (one("A10C 80020101 87020101 88020008", "5F2E00"), "", 1),
        (one("A10F 83052025010190 87020101 88020008", RECORD), "", 1),
        (one(HEADER_19794, "5F2E0100 7F2E00"), "", 1),
        (one(HEADER_19794, RECORD), "5301AA", 1),
        (one(HEADER_19794, RECORD), "DF0101AA", 1),
        (two.clone(), "", 1),
        (two.replacen("020101", "020102", 1), "", 0),
        ("020100".to_owned(), "5301AA", 1),
    ] {
        let parsed = dg2(&group, behind).unwrap();
        assert_eq!(
            parsed.deviations.len(),
            deviations,
            "{group} {:?}",
            parsed.deviations
        );
        let again = Dg2::parse(&parsed.value.to_bytes()).unwrap();
        assert_eq!(again.value, parsed.value, "{group}");
    }
}

#[test]
fn what_is_refused() {
    for group in [
        "",
        "020101 7F6000",
        &one(HEADER_19794, ""),
        &one("", RECORD),
        &one("A10587", RECORD),
    ] {
        assert!(dg2(group, "").is_err(), "{group}");
    }
    assert!(Dg2::parse(&test_support::unhex("75055303AABBCC")).is_err());
}

/// Fingers and eyes must say which they are; a face need not.
#[test]
fn subtype_of_fingers() {
    let file = |header: &str| {
        let group = test_support::unhex(&one(header, RECORD));
        let group = iso7816::tlv::encode(GROUP, &group);
        Dg3::parse(&iso7816::tlv::encode(Dg3::TAG, &group)).unwrap()
    };
    let (tag, at) = (Tag::new(0x82), 11);
    let missing = file("A108 87020101 88020007").deviations;
    assert_eq!(missing, [Deviation::Missing { tag, at }]);
    assert_eq!(file("A10B 82010A 87020101 88020007").deviations, []);
}

#[test]
fn files_are_built_as_the_standard_has_them() {
    let record = || BiometricRecord::Iso19794(vec![0xDE, 0xAD, 0xBE, 0xEF]);
    let check = |file: &[u8], expected: &str| assert_eq!(hex::encode_upper(file), expected);

    let face = Dg2::of_faces([record()]).unwrap();
    check(
        &face.to_bytes(),
        "751A7F61170201017F6011A10887020101880200085F2E04DEADBEEF",
    );
    let pointer = BiometricSubtype::of_finger(Side::Right, Finger::Pointer);
    let finger = Dg3::of_fingers([(pointer, record())]).unwrap();
    check(
        &finger.to_bytes(),
        "631D7F611A0201017F6014A10B82010987020101880200075F2E04DEADBEEF",
    );
    let eye = BiometricSubtype::of_eye(Side::Left);
    let iris = BiometricRecord::Iso39794(vec![0xA1, 0x00]);
    check(
        &Dg4::of_eyes([(eye, iris)]).unwrap().to_bytes(),
        "761B7F61180201017F6012A10B820102870201018802002C7F2E02A100",
    );
    check(
        &Dg4::none(&[0xFE, 0xDC]).to_bytes(),
        "760A7F61030201005302FEDC",
    );

    assert!(Dg2::of_faces([]).is_err());
    assert!(Dg2::of_faces((0..10).map(|_| record())).is_err());
}

/// A JPEG of 40 × 50 pixels up to its first scan, which is all that is looked at.
fn jpeg() -> Vec<u8> {
    test_support::unhex(
        "FFD8FFC00011080032002803012200021101031101FFDA000C03010002110311003F00FFD9",
    )
}

/// A PNG of 16 × 24 grey pixels up to its first chunk.
fn png() -> Vec<u8> {
    test_support::unhex("89504E470D0A1A0A0000000D4948445200000010000000180800000000")
}

#[test]
fn both_encodings_are_built_and_read_without_a_deviation() {
    use biometrics::face::Portrait;
    use biometrics::finger::{FingerPosition, FingerPrint};
    use biometrics::image::Colour;

    let portrait = Portrait::new(jpeg(), Colour::Rgb8);
    let print = FingerPrint::new(FingerPosition::RIGHT_INDEX, 500, png());
    let pointer = BiometricSubtype(FingerPosition::RIGHT_INDEX.biometric_subtype().unwrap());
    for (encoding, face_type, finger_type, tag) in [
        (RecordEncoding::Iso19794, 0x0008, 0x0007, [0x5F, 0x2E]),
        (RecordEncoding::Iso39794, 0x002A, 0x0028, [0x7F, 0x2E]),
    ] {
        let record = BiometricRecord::of_face(&portrait, encoding).unwrap();
        assert_eq!(record.encoding(), encoding);
        let file = Dg2::of_faces([record]).unwrap();
        let parsed = Dg2::parse(&file.to_bytes()).unwrap();
        assert_eq!(parsed.strict(), Ok(file.clone()));
        assert_eq!(file.0.records[0].header.format_type, Some(face_type));
        assert!(file.to_bytes().windows(2).any(|octets| octets == tag));

        let record = BiometricRecord::of_finger(&print, encoding).unwrap();
        let file = Dg3::of_fingers([(pointer, record)]).unwrap();
        assert_eq!(
            Dg3::parse(&file.to_bytes()).unwrap().strict(),
            Ok(file.clone())
        );
        assert_eq!(file.0.records[0].header.format_type, Some(finger_type));
    }
}

#[test]
fn eyes_are_built_in_both_encodings() {
    use biometrics::image::Colour;
    use biometrics::iris::{Eye, EyeImage};

    let image = |data: Vec<u8>| EyeImage {
        eye: Eye::LEFT,
        colour: Colour::Grey8,
        data,
    };
    for (data, encoding, format_type) in [
        (jpeg(), RecordEncoding::Iso19794, 0x0009),
        (png(), RecordEncoding::Iso39794, 0x002C),
    ] {
        let record = BiometricRecord::of_eye(&image(data), encoding).unwrap();
        let left = BiometricSubtype::of_eye(Side::Left);
        let file = Dg4::of_eyes([(left, record)]).unwrap();
        assert_eq!(
            Dg4::parse(&file.to_bytes()).unwrap().strict(),
            Ok(file.clone())
        );
        assert_eq!(file.0.records[0].header.format_type, Some(format_type));
    }
    assert!(BiometricRecord::of_eye(&image(jpeg()), RecordEncoding::Iso39794).is_err());
}
