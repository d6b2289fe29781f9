//! `card-tool verify --files` as its users call it: the files of a document of a state that does not exist, its revocation lists,
//! and the report with the results of TR-03135-1.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing
)]

mod support;

use std::fs;
use std::sync::Arc;

use crypto::{Curve, EcParameters, HashAlgorithm, PrivateKey, SignatureAlgorithm};
use iso7816::tlv::{Tag, encode};
use lds::{Dg1, File, FileContent, LdsSecurityObject, LdsSecurityObjectVersion};
use mrz::{Fields, Mrz, MrzDate, MrzTd3, Sex};
use pki::crl::{CrlProfile, RevokedCertificate};
use pki::profile::{
    Authority, Contact, CountryCode, CscaProfile, DocumentSignerProfile, Issuer, ListRole,
    ListSignerProfile,
};
use pki::{Certificate, DocumentSigner, ListSigner, Signer, SoftwareSigner, Validity};
use rand::SeedableRng;
use rand::rngs::StdRng;
use serde_json::Value;
use tempfile::TempDir;
use time::{Duration, OffsetDateTime};

use support::{Ended, run, word};

const NO: i32 = 1;
const USAGE: i32 = 2;
const UNDETERMINED: i32 = 3;

/// A folder with the files of a document beside the certificate of its CSCA and revocation lists.
struct Folder(TempDir);

fn signer(seed: u64) -> SoftwareSigner {
    let mut rng = StdRng::seed_from_u64(seed);
    let key = PrivateKey::generate_ec(Curve::P256, &mut rng).unwrap();
    let algorithm = SignatureAlgorithm::Ecdsa(HashAlgorithm::Sha256);
    SoftwareSigner::new(key, algorithm, Box::new(rng)).unwrap()
}

fn days(from: OffsetDateTime, days: i64) -> Validity {
    Validity {
        not_before: from,
        not_after: from + Duration::days(days),
    }
}

fn csca(key: &SoftwareSigner, begin: OffsetDateTime) -> Vec<u8> {
    let profile = CscaProfile {
        authority: authority(),
        common_name: "CSCA TEST".to_owned(),
        validity: days(begin, 15 * 365),
        private_key_usage: days(begin, 5 * 365),
        crl_distribution_points: vec!["http://crl.test.example/UTO.crl".to_owned()],
        ec_parameters: EcParameters::Explicit,
    };
    profile.issue(key, &mut StdRng::seed_from_u64(3)).unwrap()
}

fn authority() -> Authority {
    let contact = Contact::Mail("csca@test.example".to_owned());
    Authority::new(CountryCode::new("UT").unwrap(), "UTO", contact).unwrap()
}

fn mrz() -> Mrz {
    let fields = Fields {
        document_code: "P",
        issuing_state: "UTO",
        document_number: "X12345678",
        nationality: "UTO",
        date_of_birth: MrzDate::parse("900101").unwrap(),
        sex: Sex::Female,
        date_of_expiry: MrzDate::parse("350101").unwrap(),
        primary_identifier: "SPECIMEN",
        secondary_identifier: "TEST",
    };
    Mrz::from(MrzTd3::new(&fields, "").unwrap())
}

impl Folder {
    fn new() -> Self {
        let folder = Self(tempfile::tempdir().unwrap());
        fs::create_dir(folder.0.path().join("files")).unwrap();
        let now = OffsetDateTime::now_utc().replace_nanosecond(0).unwrap();
        let begin = now - Duration::days(30);
        let (csca_key, key): (_, Arc<dyn Signer>) = (signer(1), Arc::new(signer(2)));
        let csca = csca(&csca_key, begin);
        let issuer = Issuer::new(&csca, &csca_key).unwrap();
        let profile = DocumentSignerProfile {
            authority: authority(),
            common_name: "Document Signer TEST".to_owned(),
            validity: days(begin, 10 * 365),
            private_key_usage: days(begin, 90),
            document_types: vec!["P".to_owned()],
            crl_distribution_points: vec!["http://crl.test.example/UTO.crl".to_owned()],
            ec_parameters: EcParameters::Explicit,
        };
        let certificate = profile
            .issue(key.public_key(), &issuer, &mut StdRng::seed_from_u64(4))
            .unwrap();
        let files = [
            (File::Dg1, Dg1::new(mrz()).to_bytes()),
            (File::Dg2, encode(Tag::new(0x75), &[0x42; 64])),
        ];
        let of_files = files.iter().map(|(file, bytes)| (*file, bytes.as_slice()));
        let version = LdsSecurityObjectVersion::v1();
        let content = LdsSecurityObject::of_files(version, HashAlgorithm::Sha256, of_files);
        let document_signer = DocumentSigner::new(&certificate, key).unwrap();
        let sod =
            pki::security_object::sign(&content.unwrap(), &document_signer, "P", now).unwrap();
        for (file, bytes) in &files {
            folder.write(&format!("files/{}.bin", file.word()), bytes);
        }
        // A name that says nothing: the tag does.
        folder.write("files/what is this.dat", &sod);
        folder.write("csca.der", &csca);
        let stranger = signer(9);
        folder.write("stranger.der", &self::csca(&stranger, begin));
        let serial_number = Certificate::parse(&certificate)
            .unwrap()
            .serial_number()
            .to_vec();
        let revoked = RevokedCertificate {
            serial_number,
            date: now - Duration::days(2),
        };
        let list = |revoked: &[RevokedCertificate], csca: &[u8], key: &SoftwareSigner| {
            let profile = CrlProfile {
                number: 1,
                this_update: now - Duration::days(1),
                next_update: now + Duration::days(29),
                revoked: revoked.to_vec(),
                former_names: Vec::new(),
            };
            profile.issue(&Issuer::new(csca, key).unwrap()).unwrap()
        };
        folder.write("good.crl", &list(&[], &csca, &csca_key));
        folder.write("revoked.crl", &list(&[revoked], &csca, &csca_key));
        let of_stranger = list(&[], &self::csca(&stranger, begin), &stranger);
        folder.write("stranger.crl", &of_stranger);
        folder
    }

    fn write(&self, name: &str, bytes: &[u8]) {
        fs::write(self.0.path().join(name), bytes).unwrap();
    }

    fn path(&self, name: &str) -> String {
        word(&self.0.path().join(name)).to_owned()
    }

    fn verify(&self, trust: &str, more: &[&str]) -> Ended {
        let (trust, files) = (self.path(trust), self.path("files"));
        let arguments = ["verify", "--trust", &trust, "--files", &files];
        run([&arguments[..], more].concat())
    }
}

fn line<'a>(report: &'a Value, id: &str) -> &'a str {
    let lines = report["tr03135"].as_array().unwrap();
    let line = lines.iter().find(|line| line["id"] == id).expect(id);
    line["value"].as_str().unwrap()
}

#[test]
fn files_lists_and_lines() {
    let folder = Folder::new();
    let (good, revoked) = (folder.path("good.crl"), folder.path("revoked.crl"));
    let json = ["--output-format", "json"];
    for (trust, more, code, trusted, revocation) in [
        ("csca.der", &[][..], 0, "trusted", "undetermined"),
        ("csca.der", &["--crl", &good], 0, "trusted", "successful"),
        (
            "csca.der",
            &["--crl", &revoked],
            NO,
            "not trusted",
            "failed",
        ),
        (
            "stranger.der",
            &[],
            UNDETERMINED,
            "undetermined",
            "undetermined",
        ),
    ] {
        let report = folder
            .verify(trust, &[more, &json].concat())
            .expect(code)
            .json();
        assert_eq!(report["source"], "files");
        assert_eq!(report["tr03135"].as_array().unwrap().len(), 45);
        assert_eq!(line(&report, "trust"), trusted, "{more:?}");
        assert_eq!(line(&report, "revocation"), revocation, "{more:?}");
        assert_eq!(line(&report, "data-groups"), "successful", "{more:?}");
        assert_eq!(line(&report, "overall"), report["overall"], "{more:?}");
        assert_eq!(report["deviations"], Value::Array(Vec::new()), "{more:?}");
    }
    let page = folder.path("page.html");
    let words = folder.verify("csca.der", &["--html", &page]).expect(0);
    assert!(
        words.stdout.contains("No chip was seen"),
        "{}",
        words.stdout
    );
    let page = fs::read_to_string(page).unwrap();
    assert_eq!(page.matches("<tr id=\"tr-").count(), 45);
}

#[test]
fn what_is_put_up_with_and_what_is_not() {
    let folder = Folder::new();
    let sod = fs::read(folder.path("files/what is this.dat")).unwrap();
    folder.write("files/what is this.dat", &[&sod[..], &[0, 0]].concat());
    let report = folder
        .verify("csca.der", &["--output-format", "json"])
        .expect(0)
        .json();
    let deviation = &report["deviations"][0];
    assert_eq!(deviation["object"], "security-object");
    assert!(
        deviation["text"]
            .as_str()
            .unwrap()
            .contains("2 bytes behind the end")
    );
    folder.write("files/dg2.bin", &encode(Tag::new(0x75), &[0x43; 64]));
    let report = folder
        .verify("csca.der", &["--output-format", "json"])
        .expect(NO)
        .json();
    assert_eq!(line(&report, "data-group"), "not identical");
    assert_eq!(line(&report, "security-object"), "successful");
}

#[test]
fn a_revocation_list_reaches_the_lists_that_were_named_before_it() {
    let folder = Folder::new();
    let begin = OffsetDateTime::now_utc().replace_nanosecond(0).unwrap() - Duration::days(20);
    let (list_key, signer_key) = (signer(21), Arc::new(signer(22)));
    let list_csca = csca(&list_key, begin);
    let issuer = Issuer::new(&list_csca, &list_key).unwrap();
    let certificate = ListSignerProfile {
        role: ListRole::MasterList,
        authority: authority(),
        common_name: "Master List Signer TEST".to_owned(),
        validity: days(begin, 400),
        private_key_usage: Some(days(begin, 300)),
        crl_distribution_points: vec!["http://crl.test.example/UTO.crl".to_owned()],
        ec_parameters: EcParameters::Explicit,
    };
    let certificate = certificate
        .issue(
            signer_key.public_key(),
            &issuer,
            &mut StdRng::seed_from_u64(5),
        )
        .unwrap();
    let list_signer = ListSigner::new(&certificate, &list_csca, signer_key).unwrap();
    let held = Certificate::parse(&fs::read(folder.path("csca.der")).unwrap()).unwrap();
    let list = pki::master_list::sign(&[held], &list_signer, begin).unwrap();
    let revoked = RevokedCertificate {
        serial_number: Certificate::parse(&certificate)
            .unwrap()
            .serial_number()
            .to_vec(),
        date: begin,
    };
    let crl = CrlProfile {
        number: 1,
        this_update: begin,
        next_update: begin + Duration::days(80),
        revoked: vec![revoked],
        former_names: Vec::new(),
    };
    fs::create_dir(folder.0.path().join("trust")).unwrap();
    folder.write("trust/csca.der", &list_csca);
    folder.write("trust/list.ml", &list);
    folder.write("signer.crl", &crl.issue(&issuer).unwrap());
    let json = ["--output-format", "json"];
    let report = folder.verify("trust", &json).expect(0).json();
    assert_eq!(line(&report, "trust"), "trusted");
    let crl = folder.path("signer.crl");
    let more = [&["--crl", &crl][..], &json].concat();
    let report = folder.verify("trust", &more).expect(UNDETERMINED).json();
    assert_eq!(line(&report, "trust"), "undetermined");
}

#[test]
fn lists_that_cannot_be_used_are_errors() {
    let folder = Folder::new();
    let path = |name: &str| folder.path(name);
    for (option, file) in [
        ("--crl", "stranger.crl"),
        ("--crl", "csca.der"),
        ("--crl", "no-such-file"),
        ("--deviation-list", "good.crl"),
        ("--deviation-list", "files/dg2.bin"),
    ] {
        let ended = folder
            .verify("csca.der", &[option, &path(file)])
            .expect(USAGE);
        assert!(
            ended.stderr.contains(file),
            "{option} {file}: {}",
            ended.stderr
        );
    }
    fs::remove_file(path("files/what is this.dat")).unwrap();
    let ended = folder.verify("csca.der", &[]).expect(USAGE);
    assert!(ended.stderr.contains("EF.SOD"), "{}", ended.stderr);
}
