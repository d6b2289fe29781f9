//! How many commands one complete inspection takes, on a document of the sizes of real ones: EF.CardAccess 56 octets, EF.COM 30,
//! EF.SOD 1,850, EF.DG1 93, EF.DG2 20,000, EF.DG14 386, EF.DG15 262; PACE, chip authentication, active authentication.

use std::collections::BTreeMap;

use biometrics::face::iso19794_5::{FaceImage, FaceRecord};
use biometrics::image::{Colour, Image, encode_jpeg2000};
use inspection::Outcome::Successful;
use lds::biometric_template::BiometricRecord;
use lds::{
    Dg2, EfCom, File, FileContent, LdsSecurityObject, LdsSecurityObjectVersion, LdsVersion,
    UnicodeVersion,
};
use transport::{Clock, Counted};

use crate::border::{Border, Card, outcome, table};
use crate::office::{CITIZEN_CARD, JOB, Kind, NOW, Office, PASSPORT};

pub(crate) const GROUPS: [File; 4] = [File::Dg1, File::Dg2, File::Dg14, File::Dg15];

/// The certificate of the document signer is as long as its distribution points make it.
fn office(profile: &str, url_len: usize) -> Office {
    Office::with_signer(profile, |signer| {
        let url = "http://crl.test.example/".to_owned() + &"TEST".repeat(url_len / 4);
        signer.crl_distribution_points = vec![url];
    })
}

fn scenario(profile: &str, kind: Kind) -> Card {
    let url_len = (0..200)
        .map(|n| n * 4)
        .find(|len| sign(&office(profile, *len), &sample_groups()).len() >= 1_846)
        .unwrap();
    let mut office = office(profile, url_len);
    let (socket, prepared) = office.prepared(kind);
    let mut files = office.issue(&prepared, JOB).unwrap().files().clone();
    files.retain(|file, _| file.dg_number().is_none() || GROUPS.contains(file));
    files.insert(File::Dg2, dg2_of(20_000));
    let com = EfCom::new(LdsVersion::v1_8(), UnicodeVersion::v4_0_0(), GROUPS).unwrap();
    files.insert(File::Com, com.to_bytes());
    let groups = files.clone();
    files.insert(File::Sod, sign(&office, &groups));
    Card::with_files(&mut office, &socket, kind, files)
}

fn sample_groups() -> BTreeMap<File, Vec<u8>> {
    GROUPS.into_iter().map(|file| (file, vec![0])).collect()
}

pub(crate) fn sign(office: &Office, files: &BTreeMap<File, Vec<u8>>) -> Vec<u8> {
    let groups = files
        .iter()
        .filter(|(file, _)| file.dg_number().is_some())
        .map(|(file, bytes)| (*file, bytes.as_slice()));
    let version = LdsSecurityObjectVersion::v1();
    let hash = office.record.profile().data().security_object.hash;
    let content = LdsSecurityObject::of_files(version, hash, groups).unwrap();
    let code = office.record.profile().data().document_code;
    pki::security_object::sign(&content, &office.signer, code, NOW).unwrap()
}

/// A face whose image file is long enough; decoders stop at its end.
pub(crate) fn dg2_of(len: usize) -> Vec<u8> {
    let samples = vec![150; 300 * 400];
    let image = Image::new(Colour::Grey8, 300, 400, samples).unwrap();
    let mut encoded = encode_jpeg2000(&image, 2_000).unwrap();
    loop {
        let face = FaceImage::full_frontal(encoded.clone()).unwrap();
        let record = FaceRecord::new(face).to_bytes().unwrap();
        let file = Dg2::of_faces([BiometricRecord::Iso19794(record)]).unwrap();
        let missing = len - file.to_bytes().len();
        if missing == 0 {
            return file.to_bytes();
        }
        encoded.resize(encoded.len() + missing, 0);
    }
}

fn count(card: &Card, border: &Border) -> u64 {
    let mut line = Counted::new(card.power_on(), Clock::monotonic());
    let report = border.inspect(&mut line);
    assert_eq!(report.overall(), Successful, "{}", table(&report));
    for protocol in ["pace", "chip-authentication", "active-authentication"] {
        assert_eq!(outcome(&report, protocol), Successful);
    }
    line.statistics().round_trips
}

/// The least without extended length is 115. Two commands may come on top: EF.ATR/INFO, where the reader would carry extended
/// length, and GET RESPONSE for a signature of RSA-2048, which does not fit a short protected answer.
#[test]
fn at_most_24_with_extended_length_and_116_without() {
    for (profile, kind, most) in [
        (PASSPORT, Kind::Extended, 24),
        (PASSPORT, Kind::ShortChip, 116),
        (PASSPORT, Kind::Short, 115),
        (CITIZEN_CARD, Kind::Extended, 24),
        (CITIZEN_CARD, Kind::ShortChip, 117),
        (CITIZEN_CARD, Kind::Short, 116),
    ] {
        let card = scenario(profile, kind);
        let lengths = [
            File::CardAccess,
            File::Com,
            File::Sod,
            File::Dg1,
            File::Dg2,
            File::Dg14,
        ]
        .into_iter()
        .chain([File::Dg15])
        .map(|file| (file.word(), card.file(file).len()))
        .collect::<Vec<_>>();
        let commands = count(&card, &Border::with_can(&card));
        println!("{profile} {kind:?}: {commands} commands, {lengths:?}");
        let length = |file| card.file(file).len();
        assert!((1_840..=1_860).contains(&length(File::Sod)));
        assert_eq!(length(File::Dg2), 20_000);
        assert!(commands <= most, "{commands} > {most}");
    }
}
