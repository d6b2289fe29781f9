//! Each predicate with something good, of which it holds, and something bad, of which it does not.

use std::collections::{BTreeMap, BTreeSet};

use biometrics::face::Portrait;
use biometrics::face::iso19794_5;
use biometrics::finger::{FingerPosition, FingerPrint};
use biometrics::image::Colour;
use biometrics::iris::{Eye, EyeImage};
use lds::biometric_template::BiometricSubtype;
use lds::security_info::TerminalAuthenticationInfo;
use lds::{
    BiometricRecord, Dg2, Dg3, Dg4, Dg14, EfCardAccess, RecordEncoding, SecurityInfo,
    SecurityInfos, Text,
};
use mrz::Mrz;
use protocols::Password;
use rand::SeedableRng as _;
use rand::rngs::StdRng;

use super::*;
use crate::memory::Cells;
use crate::{Chip, DataSheet};

/// What a specimen card holds.
pub(super) fn specimen() -> Knowledge {
    let file = |ending: &str| {
        let path = test_support::fixture(&format!("cards/uto-passport-anton.{ending}"));
        std::fs::read(path).unwrap()
    };
    let (zone, _) = Mrz::parse(core::str::from_utf8(&file("mrz")).unwrap()).unwrap();
    let cells = Box::new(Cells::from_octets(file("json")));
    let mut rng = StdRng::seed_from_u64(1);
    let mut chip = Chip::load(
        cells,
        DataSheet::default(),
        Box::new(StdRng::seed_from_u64(2)),
    )
    .unwrap();
    let passwords = vec![Password::mrz(&zone.information())];
    Knowledge::of(&mut chip, passwords, Some(zone.joined()), &mut rng).unwrap()
}

/// The specimen with biometrics in one generation of formats, and with files that it does not have.
pub(super) fn good(encoding: RecordEncoding) -> Knowledge {
    let mut knowledge = specimen();
    let image = portrait(&knowledge);
    let files = &mut knowledge.files;
    if encoding == RecordEncoding::Iso39794 {
        let face = Portrait::new(image.clone(), Colour::Rgb8);
        let face = BiometricRecord::of_face(&face, encoding).unwrap();
        files.insert(File::Dg2, Dg2::of_faces([face]).unwrap().to_bytes());
    }
    let finger = FingerPrint::new(FingerPosition::RIGHT_INDEX, 500, image.clone());
    let finger = BiometricRecord::of_finger(&finger, encoding).unwrap();
    let dg3 = Dg3::of_fingers([(BiometricSubtype(0x09), finger)]).unwrap();
    files.insert(File::Dg3, dg3.to_bytes());
    let eye = EyeImage {
        eye: Eye::RIGHT,
        colour: Colour::Rgb8,
        data: image.clone(),
    };
    let eye = BiometricRecord::of_eye(&eye, encoding).unwrap();
    let dg4 = Dg4::of_eyes([(BiometricSubtype(0x01), eye)]).unwrap();
    files.insert(File::Dg4, dg4.to_bytes());
    files.insert(
        File::Cvca,
        test_support::unhex(&format!("420B5554435643413030303031{}", "00".repeat(23))),
    );
    files.insert(File::Dg11, dg11(&image));
    files.insert(File::Dg12, dg12(&image));
    announce_terminals(&mut knowledge);
    knowledge
}

/// EF.CardAccess and EF.DG14 announce terminal authentication.
fn announce_terminals(knowledge: &mut Knowledge) {
    let with = |infos: &SecurityInfos| {
        let info = SecurityInfo::TerminalAuthentication(TerminalAuthenticationInfo::new());
        SecurityInfos::new(infos.iter().cloned().chain([info]))
    };
    knowledge.security_infos = with(&knowledge.security_infos);
    let files = &mut knowledge.files;
    let access = EfCardAccess::parse(&files[&File::CardAccess]).unwrap();
    let security_infos = with(&access.value.security_infos);
    files.insert(File::CardAccess, EfCardAccess { security_infos }.to_bytes());
    let dg14 = Dg14::parse(&files[&File::Dg14]).unwrap();
    let security_infos = with(&dg14.value.security_infos);
    files.insert(File::Dg14, Dg14 { security_infos }.to_bytes());
}

fn portrait(knowledge: &Knowledge) -> Vec<u8> {
    let dg2 = Dg2::parse(&knowledge.files[&File::Dg2]).unwrap().value;
    let record = dg2.0.records[0].record.as_bytes();
    let (record, _) = iso19794_5::FaceRecord::parse(record).unwrap();
    record.images[0].data.clone()
}

fn text<const MAX: usize>() -> Option<Text<MAX>> {
    Some(Text::new("SPECIMEN").unwrap())
}

fn dg11(image: &[u8]) -> Vec<u8> {
    Dg11 {
        full_name: text(),
        other_names: text().into_iter().collect(),
        personal_number: text(),
        date_of_birth: Some(lds::PartialDate::new(Some(1990), Some(1), Some(2)).unwrap()),
        place_of_birth: text(),
        permanent_address: text(),
        telephone: text(),
        profession: text(),
        title: text(),
        personal_summary: text(),
        proof_of_citizenship: Some(image.to_vec()),
        other_travel_documents: text(),
        ..Dg11::default()
    }
    .to_bytes()
}

fn dg12(image: &[u8]) -> Vec<u8> {
    let mut dg12 = Dg12 {
        issuing_authority: text(),
        date_of_issue: Some(lds::PartialDate::new(Some(2020), Some(1), Some(2)).unwrap()),
        other_persons: text().into_iter().collect(),
        endorsements: text(),
        tax_exit_requirements: text(),
        image_of_front: Some(image.to_vec()),
        image_of_rear: Some(image.to_vec()),
        personalisation_system: text(),
        ..Dg12::default()
    };
    let written = lds::Dg12::parse(&test_support::unhex(
        "6C155C025F555F550E3230323030313032313330303030",
    ))
    .unwrap();
    dg12.personalised_at = written.value.personalised_at;
    dg12.to_bytes()
}

/// A file with its first `from` become `to`.
fn swap(knowledge: &mut Knowledge, file: File, from: &str, to: &str) {
    let (from, to) = (test_support::unhex(from), test_support::unhex(to));
    let content = knowledge.files.get_mut(&file).unwrap();
    let at = content
        .windows(from.len())
        .position(|window| window == from);
    let at = at.unwrap_or_else(|| panic!("{file}: no {}", hex::encode(&from)));
    content.splice(at..at + from.len(), to);
}

fn whole(knowledge: &mut Knowledge, file: File, content: &str) {
    knowledge.files.insert(file, test_support::unhex(content));
}

/// EF.DG1 with another character at a place of the zone.
fn zone(knowledge: &mut Knowledge, at: usize, character: u8) {
    const ZONE_AT: usize = 5;
    let content = knowledge.files.get_mut(&File::Dg1).unwrap();
    let octet = &mut content[ZONE_AT + at];
    assert_ne!(*octet, character);
    *octet = character;
}

/// The octets of an image become zeros: no format that anybody knows.
fn blank_image(knowledge: &mut Knowledge, file: File) {
    let image = portrait(&specimen());
    let content = knowledge.files.get_mut(&file).unwrap();
    let at = content
        .windows(8)
        .position(|window| window == &image[..8])
        .unwrap();
    content[at..at + 8].fill(0);
}

/// The object of a tag becomes empty, and everything around it shorter.
fn emptied(knowledge: &mut Knowledge, file: File, tag: Tag) {
    let content = knowledge.files[&file].clone();
    let (outer, _) = tlv::read(&content).unwrap();
    let mut value = tlv::Writer::new();
    for object in outer.children().unwrap() {
        if object.tag == tag {
            value.object(tag, &[]);
        } else {
            value.raw(object.raw);
        }
    }
    knowledge
        .files
        .insert(file, tlv::encode(outer.tag, &value.finish()));
}

type Spoil = fn(&mut Knowledge);

const OLDER: RecordEncoding = RecordEncoding::Iso19794;
const NEWER: RecordEncoding = RecordEncoding::Iso39794;
const SECOND_LINE: usize = 44;

#[rustfmt::skip]
const BAD: &[(&str, RecordEncoding, Spoil)] = &[
    ("com-lds-version", OLDER, |k| swap(k, File::Com, "5F0104", "5F0204")),
    ("com-unicode-version", OLDER, |k| swap(k, File::Com, "5F3606", "5F3706")),
    ("com-data-groups", OLDER, |k| swap(k, File::Com, "6175", "6161")),
    ("atr-info-objects", OLDER, |k| whole(k, File::AtrInfo, "00")),
    ("atr-info-extended-length", OLDER, |k| whole(k, File::AtrInfo, "47038401C0")),
    ("atr-info-buffer-sizes", OLDER, |k| whole(k, File::AtrInfo, "7F6606020100020100")),
    ("atr-info-chaining", OLDER, |k| whole(k, File::AtrInfo, "4703840100")),
    ("cvca-content", OLDER, |k| whole(k, File::Cvca, "4203414243")),
    ("dg1-zone", OLDER, |k| whole(k, File::Dg1, "61045F1F0141")),
    ("dg1-document-code", OLDER, |k| zone(k, 0, b'1')),
    ("dg1-issuing-state", OLDER, |k| zone(k, 2, b'1')),
    ("dg1-name", OLDER, |k| zone(k, 5, b'1')),
    ("dg1-document-number", OLDER, |k| zone(k, SECOND_LINE + 9, b'<')),
    ("dg1-nationality", OLDER, |k| zone(k, SECOND_LINE + 10, b'1')),
    ("dg1-date-of-birth", OLDER, |k| zone(k, SECOND_LINE + 19, b'<')),
    ("dg1-sex", OLDER, |k| zone(k, SECOND_LINE + 20, b'Q')),
    ("dg1-date-of-expiry", OLDER, |k| zone(k, SECOND_LINE + 27, b'<')),
    ("dg1-optional-data", OLDER, |k| zone(k, SECOND_LINE + 42, b'8')),
    ("dg1-composite", OLDER, |k| zone(k, SECOND_LINE + 43, b'<')),
    ("dg1-printed", OLDER, |k| k.printed_mrz = Some("P<UTO".to_owned())),
    ("dg2-group", OLDER, |k| swap(k, File::Dg2, "7F61", "7F62")),
    ("dg2-count", OLDER, |k| swap(k, File::Dg2, "020101", "020102")),
    ("dg2-templates", OLDER, |k| swap(k, File::Dg2, "7F60", "7F5F")),
    ("dg2-header", OLDER, |k| swap(k, File::Dg2, "A1", "A2")),
    ("dg2-format-owner", OLDER, |k| swap(k, File::Dg2, "87020101", "87020102")),
    ("dg2-type-19794", OLDER, |k| swap(k, File::Dg2, "88020008", "88020009")),
    ("dg2-block-19794", OLDER, |k| swap(k, File::Dg2, "5F2E", "7F2E")),
    ("dg2-facial-header", OLDER, |k| swap(k, File::Dg2, "30313000", "30323000")),
    ("dg2-facial-information", OLDER, |k| swap(k, File::Dg2, "4641430030313000", "464143003031300000000000000000000000")),
    ("dg2-feature-points", OLDER, |k| { let at = portrait_block(k); k.files.get_mut(&File::Dg2).unwrap()[at + 18] = 0xFF; }),
    ("dg2-image-information", OLDER, |k| { let at = portrait_block(k); k.files.get_mut(&File::Dg2).unwrap()[at + 34] = 9; }),
    ("dg2-type-39794", NEWER, |k| swap(k, File::Dg2, "8802002A", "8802002B")),
    ("dg2-block-39794", NEWER, |k| swap(k, File::Dg2, "7F2E", "5F2E")),
    ("dg2-standard-tag", NEWER, |k| swap(k, File::Dg2, "65", "66")),
    ("dg2-face-record", NEWER, |k| swap(k, File::Dg2, "65", "66")),
    ("dg2-version", NEWER, |k| { let at = after_version(k) - 7; k.files.get_mut(&File::Dg2).unwrap()[at] = 0x83; }),
    ("dg2-representations", NEWER, |k| { let at = after_version(k); k.files.get_mut(&File::Dg2).unwrap()[at] = 0xA7; }),
    ("dg2-one-representation", NEWER, |k| { let at = after_version(k); k.files.get_mut(&File::Dg2).unwrap()[at] = 0xA7; }),
    ("dg2-image-representation", NEWER, |k| { let at = after_version(k); k.files.get_mut(&File::Dg2).unwrap()[at] = 0xA7; }),
    ("dg2-two-dimensional", NEWER, |k| { let at = after_version(k); k.files.get_mut(&File::Dg2).unwrap()[at] = 0xA7; }),
    ("dg2-image-format", NEWER, |k| blank_image(k, File::Dg2)),
    ("dg3-group", OLDER, |k| swap(k, File::Dg3, "7F61", "7F62")),
    ("dg3-count", OLDER, |k| swap(k, File::Dg3, "020101", "020102")),
    ("dg3-templates", OLDER, |k| swap(k, File::Dg3, "7F60", "7F5F")),
    ("dg3-header", OLDER, |k| swap(k, File::Dg3, "A1", "A2")),
    ("dg3-format-owner", OLDER, |k| swap(k, File::Dg3, "87020101", "87020102")),
    ("dg3-format-type", OLDER, |k| swap(k, File::Dg3, "88020007", "88020008")),
    ("dg3-subtype", OLDER, |k| swap(k, File::Dg3, "820109", "820100")),
    ("dg3-block", OLDER, |k| swap(k, File::Dg3, "5F2E", "5F2F")),
    ("dg3-block-fits", OLDER, |k| swap(k, File::Dg3, "46495200", "46414300")),
    ("dg3-type-39794", NEWER, |k| swap(k, File::Dg3, "88020028", "88020029")),
    ("dg3-block-39794", NEWER, |k| swap(k, File::Dg3, "7F2E", "5F2E")),
    ("dg3-standard-tag", NEWER, |k| swap(k, File::Dg3, "64", "65")),
    ("dg4-group", NEWER, |k| swap(k, File::Dg4, "7F61", "7F62")),
    ("dg4-count", NEWER, |k| swap(k, File::Dg4, "020101", "020102")),
    ("dg4-templates", NEWER, |k| swap(k, File::Dg4, "7F60", "7F5F")),
    ("dg4-header", NEWER, |k| swap(k, File::Dg4, "A1", "A2")),
    ("dg4-format-owner", NEWER, |k| swap(k, File::Dg4, "87020101", "87020102")),
    ("dg4-format-type", NEWER, |k| swap(k, File::Dg4, "8802002C", "88020008")),
    ("dg4-subtype", NEWER, |k| swap(k, File::Dg4, "820101", "820107")),
    ("dg4-block", NEWER, |k| swap(k, File::Dg4, "7F2E", "7F2D")),
    ("dg4-block-fits", NEWER, |k| swap(k, File::Dg4, "7F2E", "5F2E")),
    ("dg4-type-39794", NEWER, |k| swap(k, File::Dg4, "8802002C", "8802002B")),
    ("dg4-block-39794", NEWER, |k| swap(k, File::Dg4, "7F2E", "5F2E")),
    ("dg4-standard-tag", NEWER, |k| swap(k, File::Dg4, "66", "65")),
    ("dg4-iris-block", NEWER, |k| swap(k, File::Dg4, "66", "65")),
    ("sod-signed-data", OLDER, |k| swap(k, File::Sod, "06092A864886F70D010702", "06092A864886F70D010703")),
    ("sod-values", OLDER, |k| swap(k, File::Sod, "020103", "020105")),
    ("sod-signer", OLDER, |k| { let sod = k.files.get_mut(&File::Sod).unwrap(); let last = sod.len() - 1; sod[last] ^= 1; }),
    ("sod-hashes", OLDER, |k| zone(k, 0, b'V')),
    ("sod-certificate", OLDER, |k| swap(k, File::Sod, "0603551D0F0101FF", "0603551D0F010100")),
    ("card-access-infos", OLDER, |k| whole(k, File::CardAccess, "3181020500")),
    ("card-access-pace", OLDER, |k| swap(k, File::CardAccess, "020102", "020103")),
    ("dg14-infos", OLDER, |k| whole(k, File::Dg14, "6E053103300106")),
    ("dg14-public-key", OLDER, |k| swap(k, File::Dg14, "03420004", "03420005")),
    ("dg14-chip-authentication", OLDER, |k| { let at = chip_authentication_version(k); k.files.get_mut(&File::Dg14).unwrap()[at] = 7; }),
    ("dg14-card-access", OLDER, |k| whole(k, File::Dg14, "6E023100")),
    ("dg14-active-authentication", OLDER, |k| whole(k, File::Dg14, "6E023100")),
    ("dg14-terminal-authentication", OLDER, |k| swap(k, File::Dg14, "04007F0007020202020101", "04007F00070202020201 05")),
    ("dg14-cvca-file", OLDER, |k| drop(k.files.remove(&File::Cvca))),
    ("dg15-key-info", OLDER, |k| whole(k, File::Dg15, "6F023000")),
    ("dg15-algorithm", OLDER, |k| whole(k, File::Dg15, "6F023000")),
    ("dg15-key", OLDER, |k| whole(k, File::Dg15, "6F023000")),
    ("dg11-tag-list", OLDER, |k| swap(k, File::Dg11, "5F0E", "5F0D")),
    ("dg12-tag-list", OLDER, |k| swap(k, File::Dg12, "5F19", "5F18")),
];

/// What these rules speak of is on no specimen yet: chip authentication mapping, EF.CardSecurity, own domain parameters, and
/// optional parts of a face record.
const WITHOUT_EXAMPLES: [&str; 13] = [
    "card-access-domain-parameters",
    "card-access-mapping",
    "card-security-card-access",
    "card-security-certificate",
    "card-security-infos",
    "card-security-key",
    "card-security-key-id",
    "card-security-signature",
    "card-security-signed-data",
    "card-security-values",
    "dg14-mapping-key",
    "dg2-gender",
    "dg2-image-kind",
];

/// These rules want the files of one card: files that were put in beside them are neither hashed nor listed.
const IN_WHOLE: [&str; 2] = ["sod-", "com-data-groups"];

/// Where the record of ISO 19794-5 begins in EF.DG2.
fn portrait_block(knowledge: &Knowledge) -> usize {
    let content = &knowledge.files[&File::Dg2];
    content
        .windows(4)
        .position(|window| window == b"FAC\0")
        .unwrap()
}

/// Where the representations of a record of ISO 39794-5 begin in EF.DG2: behind the version block.
fn after_version(knowledge: &Knowledge) -> usize {
    let content = &knowledge.files[&File::Dg2];
    let version = content.windows(2).position(|window| window == [0xA0, 0x07]);
    version.unwrap() + 9
}

/// Where the version of the first ChipAuthenticationInfo on a curve stands in EF.DG14: behind protocol, tag and length.
fn chip_authentication_version(knowledge: &Knowledge) -> usize {
    const PROTOCOL: [u8; 9] = [0x04, 0x00, 0x7F, 0x00, 0x07, 0x02, 0x02, 0x03, 0x02];
    let content = &knowledge.files[&File::Dg14];
    let at = content.windows(9).position(|window| window == PROTOCOL);
    at.unwrap() + PROTOCOL.len() + 3
}

fn with_examples() -> impl Iterator<Item = &'static Predicate> {
    predicates().filter(|predicate| !WITHOUT_EXAMPLES.contains(&predicate.name))
}

#[test]
fn every_predicate_holds_of_something_good() {
    let generations = [good(OLDER), good(NEWER), specimen()];
    let mut wrong = Vec::new();
    for predicate in with_examples() {
        let said: Vec<Held> = generations.iter().map(|k| predicate.holds(k)).collect();
        if !said.contains(&Ok(())) {
            wrong.push(format!("{}: {said:?}", predicate.name));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// What a predicate says of something bad, if that is not what it should.
fn wrong(
    predicate: &Predicate,
    good: &Knowledge,
    spoil: impl FnOnce(&mut Knowledge),
) -> Option<String> {
    let mut bad = Knowledge {
        printed_mrz: good.printed_mrz.clone(),
        security_infos: good.security_infos.clone(),
        files: good.files.clone(),
        ..Knowledge::default()
    };
    let before = predicate.holds(&bad);
    spoil(&mut bad);
    let after = predicate.holds(&bad);
    let right = before.is_ok() && matches!(after, Err(Finding::Broken(_)));
    (!right).then(|| format!("{}: {before:?}, then {after:?}", predicate.name))
}

#[test]
fn every_predicate_breaks_on_something_bad() {
    let (older, newer, signed) = (good(OLDER), good(NEWER), specimen());
    let examples: BTreeMap<&str, _> = BAD
        .iter()
        .map(|(name, encoding, spoil)| (*name, (*encoding, *spoil)))
        .collect();
    assert_eq!(examples.len(), BAD.len());
    let found = with_examples().filter_map(|predicate| match predicate.test {
        Test::Tag(file) => wrong(predicate, &older, |k| {
            k.files.get_mut(&file).unwrap()[0] ^= 0x08;
        }),
        Test::Length(file) => wrong(predicate, &older, |k| {
            k.files.get_mut(&file).unwrap().truncate(4);
        }),
        Test::Field(file, tag) => wrong(predicate, &older, |k| emptied(k, file, Tag::new(tag))),
        Test::Rule(_) => match examples.get(predicate.name) {
            Some((_, spoil)) if IN_WHOLE.iter().any(|name| predicate.name.starts_with(name)) => {
                wrong(predicate, &signed, spoil)
            }
            Some((OLDER, spoil)) => wrong(predicate, &older, spoil),
            Some((NEWER, spoil)) => wrong(predicate, &newer, spoil),
            None => Some(format!("{} has no bad example", predicate.name)),
        },
    });
    let found: Vec<String> = found.collect();
    assert!(found.is_empty(), "{}", found.join("\n"));
}

/// A file that is no EF.SOD at all breaks every rule about one, not only that of its structure.
#[test]
fn what_is_no_security_object_has_no_good_side() {
    let mut bad = specimen();
    let content = vec![0x5A; 40];
    let whole = tlv::encode(Tag::new(0x77), &content);
    bad.files.insert(File::Sod, whole);
    for predicate in predicates().filter(|predicate| predicate.name.starts_with("sod-")) {
        let is_outside = ["sod-tag", "sod-length"].contains(&predicate.name);
        let said = predicate.holds(&bad);
        assert_eq!(said.is_ok(), is_outside, "{}: {said:?}", predicate.name);
    }
}

/// Values that the parser puts up with are findings of their object, and of no other.
#[test]
fn images_of_no_format() {
    let good = good(OLDER);
    for (file, tag, name, other) in [
        (
            File::Dg11,
            0x5F16,
            "dg11-proof-of-citizenship",
            "dg11-summary",
        ),
        (File::Dg12, 0x5F1D, "dg12-front-image", "dg12-rear-image"),
        (File::Dg12, 0x5F1E, "dg12-rear-image", "dg12-front-image"),
    ] {
        let mut bad = Knowledge {
            files: good.files.clone(),
            ..Knowledge::default()
        };
        let content = bad.files.get_mut(&file).unwrap();
        let outer = tlv::read(content).unwrap().0;
        let at = places(&outer, Tag::new(tag)).unwrap()[0].start;
        let begins = at + tlv::read(&content[at..]).unwrap().0.header_len();
        content[begins] ^= 0xFF;
        assert!(predicate(name).unwrap().holds(&bad).is_err(), "{name}");
        assert_eq!(predicate(other).unwrap().holds(&bad), Ok(()), "{name}");
    }
}

#[test]
fn names_are_unique() {
    let mut names = BTreeSet::new();
    for predicate in predicates() {
        assert!(
            names.insert(predicate.name),
            "{} is there twice",
            predicate.name
        );
    }
    assert!(WITHOUT_EXAMPLES.iter().all(|name| names.contains(name)));
    assert!(predicate("dg17-tag").is_none());
}
