//! `card-tool explain`, run as people run it: what it says of the test vectors, what it never says, and what hostile files do to it.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing)]

#[path = "explain/hostile.rs"]
mod hostile;
#[path = "explain/secrets.rs"]
mod secrets;

use std::path::PathBuf;
use std::process::Command;

use base64::{Engine as _, engine::general_purpose::STANDARD as BASE64};
use iso7816::tlv::{Tag, encode};
use serde_json::{Value, json};
use tempfile::TempDir;
use test_support::{read_json, unhex, vectors};

const DONE: i32 = 0;
const USAGE: i32 = 2;
const UNDETERMINED: i32 = 3;

/// A folder with one file in it.
struct Case(TempDir);

/// How a run ended and what it said.
struct Ran {
    code: i32,
    stdout: String,
    stderr: String,
}

impl Case {
    fn new(content: impl AsRef<[u8]>) -> Self {
        let case = Self(tempfile::tempdir().unwrap());
        std::fs::write(case.path(), content).unwrap();
        case
    }

    fn path(&self) -> PathBuf {
        self.0.path().join("file")
    }

    fn run(&self, arguments: &[&str]) -> Ran {
        explain(arguments, &[self.path()])
    }
}

fn explain(arguments: &[&str], files: &[PathBuf]) -> Ran {
    let output = Command::new(env!("CARGO_BIN_EXE_card-tool"))
        .arg("explain")
        .args(arguments)
        .args(files)
        .output()
        .unwrap();
    let text = |octets: Vec<u8>| String::from_utf8(octets).unwrap();
    Ran {
        code: output.status.code().expect("ended by itself"),
        stdout: text(output.stdout),
        stderr: text(output.stderr),
    }
}

impl Ran {
    fn shows(&self, lines: &[&str]) {
        for line in lines {
            assert!(
                self.stdout.contains(line),
                "`{line}` is not in\n{}",
                self.stdout
            );
        }
    }
}

fn vector(area: &str, name: &str) -> Value {
    let is_it = |(found, _): &(String, PathBuf)| found == name;
    let (_, path) = vectors(area).into_iter().find(is_it).unwrap();
    read_json(&path)
}

fn file_of(area: &str, name: &str, fields: &[&str]) -> Vec<u8> {
    let vector = vector(area, name);
    let hex = fields.iter().fold(&vector, |value, field| &value[*field]);
    unhex(hex.as_str().unwrap())
}

fn check(file: &[u8], lines: &[&str]) {
    let ran = Case::new(file).run(&[]);
    assert_eq!(ran.code, DONE, "{}{}", ran.stdout, ran.stderr);
    ran.shows(lines);
}

fn check_lds(name: &str, lines: &[&str]) {
    check(&file_of("lds", name, &["hex"]), lines);
}

#[test]
fn the_machine_readable_zone() {
    check_lds(
        "dg1_td3",
        &[
            "EF.DG1: machine readable zone (Doc 9303-10 §4.7.1), 93 bytes",
            "file 0101, short identifier 01, in the eMRTD application, readable after BAC or PACE",
            "5F1F 58                                   └ MRZ data object: passport, TD3",
            "line 1: PPUTOSPECIMEN<<TEST<<<",
            "document code: PP, ordinary passport",
            "date of expiry: 35-01-01",
            "composite check digit: 6, right",
            "findings: none",
        ],
    );
    check_lds(
        "dg1_td1_long_number",
        &["the number goes on with 90123, check digit 2"],
    );
}

#[test]
fn wrong_check_digits() {
    let zone = &vector("mrz/zones", "td1-every-check-digit-wrong")["lines"];
    let lines = zone.as_array().unwrap().iter();
    let lines: Vec<&str> = lines.map(|line| line.as_str().unwrap()).collect();
    check(
        lines.join("\n").as_bytes(),
        &[
            "machine readable zone: card of size TD1",
            "check digit: 3, WRONG: computed 0",
            "findings: 4",
            "! date of birth (line 2, position 7): the check digit is 3, computed 8",
        ],
    );
}

#[test]
fn security_infos() {
    check_lds(
        "card_access_gm_im_cam",
        &[
            "EF.CardAccess: SecurityInfos for PACE, unsigned",
            "PACEInfo: id-PACE-ECDH-GM-AES-CBC-CMAC-128, version 2, 13 = brainpoolP256r1",
            "protocol: id-PACE-ECDH-IM-AES-CBC-CMAC-128 (0.4.0.127.0.7.2.2.4.4.2)",
            "id-PACE-ECDH-CAM-AES-CBC-CMAC-128",
        ],
    );
    check_lds(
        "dg14",
        &[
            "TerminalAuthenticationInfo: id-TA, version 1",
            "ActiveAuthenticationInfo: aaProtocolObject, version 1, ecdsa-plain-SHA256",
            "ChipAuthenticationPublicKeyInfo: id-PK-ECDH, elliptic curve key on brainpoolP256r1",
            "ECParameters: explicit parameters of brainpoolP256r1",
        ],
    );
}

#[test]
fn the_other_files() {
    check_lds("com_1_7", &["tag list: EF.DG1, EF.DG2, EF.DG3, EF.DG14"]);
    check_lds(
        "dg3_right_pointer",
        &["biometric subtype: right pointer finger"],
    );
    check_lds(
        "dg5_empty_jpeg",
        &["EF.DG5: displayed portrait", "displayed portrait: JPEG"],
    );
    check_lds(
        "dg11",
        &[
            "tag list: full name, other name",
            "full date of birth: 1990-01-01",
        ],
    );
    check_lds("dg15_rsa_2048", &["RSA key of 2048 bits, exponent 65537"]);
    check_lds(
        "dir_emrtd",
        &["application identifier (AID): eMRTD application"],
    );
    check_lds(
        "cvca_one_reference",
        &["country UT, holder TESTCVCA, number UT001", "padding"],
    );
    check_lds(
        "atr_info_1000",
        &[
            "command chaining, extended length",
            "most bytes of an answer: 1000",
        ],
    );
    check(
        &file_of("dg13", "vietnam_sample_a", &["hex"]),
        &[
            "EF.DG13: particulars of a Vietnamese citizen",
            "2 full name: Họ Tên Mẫu",
            "13 father and mother: Tên Cha Mẫu; Tên Mẹ Mẫu",
            "14 spouse: empty",
        ],
    );
}

/// A portrait in a facial record whose header gives another size than the image has.
#[test]
fn a_face() {
    let image =
        biometrics::image::Image::new(biometrics::image::Colour::Grey8, 40, 50, vec![128; 2000]);
    let image = biometrics::image::encode_jpeg(&image.unwrap(), 80).unwrap();
    let mut face = biometrics::face::iso19794_5::FaceImage::full_frontal(image).unwrap();
    face.width = 41;
    let record = biometrics::face::iso19794_5::FaceRecord::new(face);
    let record = lds::BiometricRecord::Iso19794(record.to_bytes().unwrap());
    let dg2 = lds::Dg2::of_faces([record]).unwrap();
    check(
        &lds::FileContent::to_bytes(&dg2),
        &[
            "Biometric Data Block: facial record (ISO 19794-5)",
            "number of facial images: 1",
            "face image type: full frontal",
            "image data: JPEG, 40 × 50 pixels",
            "! in record 1: image 0: the header says 41 x 50, the image is 40 x 50",
        ],
    );
}

#[test]
fn security_objects_and_certificates() {
    check(
        &file_of("pki", "rsa_pss_sha512", &["given", "security_object"]),
        &[
            "EF.SOD: document security object",
            "eContentType: ldsSecurityObject (2.23.136.1.1.1)",
            "DataGroupHash: EF.DG1 has the hash 432BC07D",
            "Certificate: C=UT, O=TEST, CN=Document Signer TEST; by C=UT, O=TEST, CN=CSCA TEST",
            "signatureAlgorithm: id-RSASSA-PSS, SHA-512, id-mgf1, SHA-512, salt of 64 bytes",
            "documentType: P",
            "Attribute: contentType: ldsSecurityObject",
            "note: signatures and hashes were not verified",
        ],
    );
    check(
        &file_of(
            "pki",
            "ber_indefinite_length",
            &["given", "security_object"],
        ),
        &[
            "the parts joined",
            "end of contents",
            "! byte 51: string in constructed form [Q052]",
        ],
    );
    check(
        &file_of("pki", "ecdsa_p384_explicit", &["given", "csca"]),
        &[
            "X.509 certificate",
            "elliptic curve key on P-384",
            "KeyUsage: keyCertSign, cRLSign",
            "Extension: basicConstraints, critical",
        ],
    );
}

fn pem(label: &str, body: &[u8]) -> String {
    let body = BASE64.encode(body);
    format!("-----BEGIN {label}-----\n{body}\n-----END {label}-----\n")
}

#[test]
fn pem_holds_several_objects() {
    let csca = file_of("pki", "rsa_pss_sha512", &["given", "csca"]);
    let text = [
        "in front\n",
        &pem("CERTIFICATE", &csca),
        &pem("X", &[0; 99]),
    ]
    .concat();
    let ran = Case::new(text).run(&[]);
    assert_eq!(ran.code, UNDETERMINED);
    ran.shows(&[
        "PEM block 1: X.509 certificate",
        "PEM block 2: unknown content",
    ]);
}

#[test]
fn a_card_verifiable_certificate() {
    let object = |tag: u32, parts: &[&[u8]]| encode(Tag::new(tag), &parts.concat());
    let name = b"UTTESTCVCAUT001";
    let algorithm = object(0x06, &[&unhex("04007F00070202020203")]);
    let role = object(0x06, &[&unhex("04007F000703010201")]);
    let body = object(
        0x7F4E,
        &[
            &object(0x5F29, &[&[0]]),
            &object(0x42, &[name]),
            &object(0x7F49, &[&algorithm, &object(0x86, &[&[4; 65]])]),
            &object(0x5F20, &[name]),
            &object(0x7F4C, &[&role, &object(0x53, &[&[0xC3]])]),
            &object(0x5F25, &[&[2, 6, 0, 1, 3, 1]]),
            &object(0x5F24, &[&[2, 9, 0, 1, 3, 0]]),
        ],
    );
    check(
        &object(0x7F21, &[&body, &object(0x5F37, &[&[7; 64]])]),
        &[
            "CV Certificate: UTTESTCVCAUT001, self-signed",
            "Public Key: id-TA-ECDSA-SHA-256, parameters inherited from the issuer",
            "id-IS (inspection system), CVCA, may read EF.DG3 and EF.DG4",
            "Certificate Expiration Date: 2029-01-30",
        ],
    );
}

#[test]
fn a_trace_command_by_command() {
    let trace = "# a reading that breaks off\n\
        > 00B09C00 Le 256\n< 9000 La 20 * 1544 us\n\
        > 0022C1A4 Lc 18 800A04007F0007020204020283010284010D\n< 9000 812 us\n\
        > 10860000 Lc 2 * Le 256\n< 9000 La 20 * 2000 us\n\
        > 0CA4040C Lc 29 *\n< 9000 La 14 990290008E08BEA7B381C494A079\n\
        > 0CB09D00 Lc 13 9701008E0831ACEF37239371D2 Le 256\n< 6982\n\
        > 0CB00100 Lc 13 *\n! lost 95 us\n";
    check(
        trace.as_bytes(),
        &[
            "APDU trace",
            "READ BINARY: EF.CardAccess from byte 0, at most 256 bytes",
            "MSE:Set AT, begin PACE",
            "password or public key: 2 = CAN",
            "GENERAL AUTHENTICATE: fetch the encrypted nonce",
            "READ BINARY: EF.SOD from byte 0 (secure messaging)",
            "answer: security status not satisfied",
            "no answer: the card was taken away",
            "in all: 6 commands, 3 of them protected",
        ],
    );
    let ran = Case::new(format!("{trace}nonsense\n")).run(&[]);
    assert_eq!(ran.code, UNDETERMINED);
    ran.shows(&["! line 14: neither a command nor an answer"]);
}

#[test]
fn whatever_else() {
    check(
        &unhex("BF8101 03 020105"),
        &["BER-TLV data objects: of no known file", "INTEGER: 5"],
    );
    let ran = Case::new([0x00, 0x01, 0x02, 0x03, b'A', 0xFF]).run(&[]);
    assert_eq!(ran.code, UNDETERMINED);
    ran.shows(&[
        "unknown content, 6 bytes",
        "0001020341FF",
        "....A.",
        "hint: neither a known file nor data objects",
    ]);
    assert_eq!(Case::new([]).run(&[]).code, UNDETERMINED);
    assert_eq!(explain(&[], &[PathBuf::from("no such file")]).code, USAGE);

    let two = [unhex("6803020101"), unhex("6903020101")].map(Case::new);
    let ran = explain(&[], &two.map(|case| case.0.keep().join("file")));
    ran.shows(&["=== ", "EF.DG8", "EF.DG9"]);
}

#[test]
fn everything_is_shown_when_asked_for() {
    let file = file_of("lds", "dg15_rsa_2048", &["hex"]);
    let case = Case::new(&file);
    let shown = |arguments: &[&str]| -> String {
        let text = case.run(arguments).stdout;
        let bytes = |line: &str| line.chars().skip(7).take(40).collect::<String>();
        let lines = text.lines().skip(3).map(bytes);
        lines.collect::<String>().replace(' ', "")
    };
    let all = shown(&["-v"]);
    assert!(all.starts_with(&hex::encode_upper(&file)), "{all}");
    assert!(shown(&[]).len() < all.len());
}

#[test]
fn json_is_the_same_tree() {
    let explained = |file: Vec<u8>| -> Value {
        let ran = Case::new(file).run(&["--output-format", "json"]);
        let document: Value = serde_json::from_str(&ran.stdout).unwrap();
        assert_eq!(document["schema"], 1);
        assert_eq!(document["exit_code"], ran.code);
        document["files"][0]["explanations"][0].clone()
    };
    for area in ["lds", "dg13"] {
        for (name, path) in vectors(area) {
            if let Some(hex) = read_json(&path)["hex"].as_str() {
                let explanation = explained(unhex(hex));
                assert!(explanation["nodes"][0]["offset"].is_number(), "{name}");
                assert!(explanation["kind"].is_string(), "{name}");
                assert!(explanation["complete"].is_boolean(), "{name}");
            }
        }
    }
    let explanation = explained(file_of("lds", "dg1_td3", &["hex"]));
    let zone = &explanation["nodes"][0]["children"][0];
    assert_eq!(
        (&zone["tag"], &zone["offset"], &zone["length"]),
        (&json!("5F1F"), &json!(2), &json!(88))
    );
}
