//! OpenSSL judges everything else that we issue: link, list signers, bar code signer, revocation lists, signed lists.
//!
//! Named curves and RSA here: OpenSSL 3 refuses explicit EC parameters in chains and in CMS, though Doc 9303-12 §4.1.6.3
//! demands them. With explicit parameters it judges the signatures one by one (see `openssl`).

use crate::office::{Office, ROLES, crl_profile, every_algorithm, list_signer_profile, rng};
use crate::openssl::{Judge, now};
use crate::test_pki::{Algorithm, NOW, P256, PSS_2048, document_signer_profile};
use crypto::EcParameters;
use pki::deviation_list::{
    self, Description, DeviationType, Documents, LdsObject, ListedDeviation,
};
use pki::profile::{Issuer, ListRole};
use pki::{Certificate, DeviationList, MasterList, Signer, master_list};

/// Writes a certificate as PEM.
fn certificate(judge: &Judge, name: &str, der: &[u8]) {
    let (der_name, pem) = (format!("{name}.der"), format!("{name}.pem"));
    judge.write(&der_name, der);
    judge.accepts(&["x509", "-inform", "DER", "-in", &der_name, "-out", &pem]);
}

fn chain<'a>(now: &'a str, more: &[&'a str]) -> Vec<&'a str> {
    let mut arguments = vec![
        "verify",
        "-check_ss_sig",
        "-attime",
        now,
        "-CAfile",
        "csca.pem",
    ];
    arguments.extend(more);
    arguments
}

fn offices() -> impl Iterator<Item = Office> {
    every_algorithm().map(|algorithm| Office::new(algorithm, EcParameters::Named))
}

#[test]
fn every_certificate_has_its_chain() {
    for office in offices() {
        let judge = Judge::empty();
        let now = now();
        certificate(&judge, "csca", &office.csca);
        let [master, deviation] = ROLES.map(|role| office.list_signer_certificate(role));
        for (name, der) in [
            ("next", &office.link[..]),
            ("same-name", &office.link_to("CSCA TEST 1", true)),
            ("renamed", &office.link_to("CSCA TEST RENAMED", false)),
            ("ds", &office.document_signer),
            ("master", master),
            ("deviation", deviation),
        ] {
            certificate(&judge, name, der);
            let pem = format!("{name}.pem");
            judge.accepts(&chain(&now, &["-x509_strict", &pem]));
        }
        // It has no key identifier, as its profile wants.
        certificate(&judge, "barcode", &office.barcode_signer());
        judge.accepts(&chain(&now, &["barcode.pem"]));
        certificate(&judge, "unrelated", &office.next_csca);
        judge.refuses(&chain(&now, &["unrelated.pem"]));
    }
}

/// The link carries trust to the next key: what that key issues has a chain to the old CSCA.
#[test]
fn the_link_carries_trust_to_the_next_key() {
    let office = Office::new(P256, EcParameters::Named);
    let judge = Judge::empty();
    let now = now();
    // OpenSSL counts a link of another name as a further authority, which pathLenConstraint 0 forbids; one of the same
    // name it does not count.
    let link = office.link_to("CSCA TEST 1", true);
    let key = office.signer_key();
    let next = Issuer::new(&link, key.as_ref()).unwrap();
    let mut profile = document_signer_profile(EcParameters::Named);
    profile.validity.not_before = NOW;
    profile.private_key_usage.not_before = NOW;
    let document_signer = profile.issue(key.public_key(), &next, &mut rng()).unwrap();
    certificate(&judge, "csca", &office.csca);
    certificate(&judge, "link", &link);
    certificate(&judge, "ds", &document_signer);
    judge.refuses(&chain(&now, &["ds.pem"]));
    judge.accepts(&chain(&now, &["-untrusted", "link.pem", "ds.pem"]));
}

#[test]
fn revocation_lists() {
    for office in offices() {
        let judge = Judge::empty();
        let now = now();
        certificate(&judge, "csca", &office.csca);
        certificate(&judge, "ds", &office.document_signer);
        let document_signer = Certificate::parse(&office.document_signer).unwrap();
        let revoked = crl_profile(&[document_signer.serial_number()]);
        for (name, profile) in [("empty", crl_profile(&[])), ("full", revoked)] {
            let (der, pem) = (format!("{name}.der"), format!("{name}.pem"));
            judge.write(&der, &profile.issue(&office.issuer()).unwrap());
            judge.accepts(&["crl", "-inform", "DER", "-in", &der, "-out", &pem]);
            judge.accepts(&[
                "crl", "-in", &pem, "-verify", "-CAfile", "csca.pem", "-noout",
            ]);
        }
        let check = ["-x509_strict", "-crl_check", "-CRLfile"];
        judge.accepts(&chain(
            &now,
            &[&check[..], &["empty.pem", "ds.pem"]].concat(),
        ));
        judge.refuses(&chain(
            &now,
            &[&check[..], &["full.pem", "ds.pem"]].concat(),
        ));
    }
}

#[test]
fn a_revocation_list_as_openssl_prints_it() {
    let office = Office::new(P256, EcParameters::Explicit);
    let judge = Judge::empty();
    let profile = crl_profile(&[&[0x51, 0x02]]);
    judge.write("crl.der", &profile.issue(&office.issuer()).unwrap());
    let text = judge.accepts(&["crl", "-inform", "DER", "-in", "crl.der", "-noout", "-text"]);
    for line in [
        "Version 2 (0x1)",
        "Signature Algorithm: ecdsa-with-SHA256",
        "Issuer: C = UT, CN = CSCA TEST 1",
        "Last Update: Nov 21 12:00:00 2026 GMT",
        "Next Update: Feb 19 12:00:00 2027 GMT",
        "X509v3 Authority Key Identifier: \n",
        "X509v3 CRL Number: \n                7",
        "Serial Number: 5102\n        Revocation Date: Nov 20 12:00:00 2026 GMT",
    ] {
        assert!(text.contains(line), "{line} not in\n{text}");
    }
    for line in ["CRL entry extensions", "critical", "Alternative Name"] {
        assert!(!text.contains(line), "{line} in\n{text}");
    }
}

fn verify_list<'a>(list: &'a str, now: &'a str) -> Vec<&'a str> {
    vec![
        "cms",
        "-verify",
        "-binary",
        "-inform",
        "DER",
        "-in",
        list,
        "-CAfile",
        "csca.pem",
        "-purpose",
        "any",
        "-attime",
        now,
        "-out",
        "content.der",
    ]
}

#[test]
fn master_lists_and_deviation_lists() {
    for office in offices() {
        let judge = Judge::empty();
        let now = now();
        certificate(&judge, "csca", &office.csca);
        let certificates = [&office.csca, &office.link, &office.next_csca]
            .map(|der| Certificate::parse(der).unwrap());
        let signer = office.list_signer(ListRole::MasterList);
        let list = master_list::sign(&certificates, &signer, NOW).unwrap();
        judge.write("list.ml", &list);
        judge.accepts(&verify_list("list.ml", &now));
        let read = MasterList::parse(&list).unwrap();
        let content = read.signed_data().unwrap().content().to_vec();
        assert_eq!(judge.read("content.der"), content);

        let deviation = ListedDeviation {
            documents: Documents::default(),
            descriptions: vec![Description {
                text: None,
                kind: DeviationType::DataGroupMalformed(Some(LdsObject::Com)),
                national_use: None,
            }],
        };
        let signer = office.list_signer(ListRole::DeviationList);
        let list = deviation_list::sign(&[deviation], None, &signer, NOW).unwrap();
        judge.write("list.dl", &list);
        judge.accepts(&verify_list("list.dl", &now));
        let read = DeviationList::parse(&list).unwrap();
        assert_eq!(judge.read("content.der"), read.signed_data().content());
        let mut altered = list;
        *altered.last_mut().unwrap() ^= 1;
        judge.write("altered.dl", &altered);
        judge.refuses(&verify_list("altered.dl", &now));
    }
}

/// A certificate with explicit parameters: OpenSSL prints what the profile says, whatever it thinks of the curve.
#[test]
fn the_profiles_as_openssl_prints_them() {
    for (algorithm, key) in [
        (P256, "Public Key Algorithm: id-ecPublicKey"),
        (PSS_2048, "(2048 bit)"),
    ] {
        check_print(algorithm, key);
    }
}

fn check_print(algorithm: Algorithm, key: &str) {
    let office = Office::new(algorithm, EcParameters::Explicit);
    let judge = Judge::empty();
    let mut bare = list_signer_profile(ListRole::MasterList, EcParameters::Explicit);
    bare.private_key_usage = None;
    let bare = bare.issue(
        office.signer_key().public_key(),
        &office.issuer(),
        &mut rng(),
    );
    let deviation = office.list_signer_certificate(ListRole::DeviationList);
    let eku = "X509v3 Extended Key Usage: critical\n                ";
    let (master, dl, seal) = (
        format!("{eku}2.23.136.1.1.3\n"),
        format!("{eku}2.23.136.1.1.8\n"),
        format!("{eku}2.23.136.1.1.11.1\n"),
    );
    let usage = "X509v3 Key Usage: critical\n                ";
    let (signs_lists, signs_data) = (
        format!("{usage}Certificate Sign, CRL Sign\n"),
        format!("{usage}Digital Signature\n"),
    );
    let period = "X509v3 Private Key Usage Period";
    let name_change = "2.23.136.1.1.6.1: \n                ..\n";
    let types = "2.23.136.1.1.6.2: \n";
    let authority = "X509v3 Basic Constraints: critical\n                CA:TRUE, pathlen:0\n";
    for (name, der, present, absent) in [
        (
            "link",
            &office.link[..],
            vec![&signs_lists[..], period, name_change, authority, key],
            vec!["Extended Key Usage", types],
        ),
        (
            "master",
            &bare.unwrap(),
            vec![&master, &signs_data, "X509v3 CRL Distribution Points: \n"],
            vec![period, "Basic Constraints", types, name_change],
        ),
        (
            "deviation",
            deviation,
            vec![&dl, &signs_data, period],
            vec!["Basic Constraints", types, name_change],
        ),
        (
            "barcode",
            &office.barcode_signer(),
            vec![&seal, types, "Subject: C = UT, CN = TS\n"],
            vec![
                period,
                "Alternative Name",
                "Key Usage: critical\n                Digital",
            ],
        ),
    ] {
        judge.write("certificate.der", der);
        let arguments = [
            "x509",
            "-inform",
            "DER",
            "-in",
            "certificate.der",
            "-noout",
            "-text",
        ];
        let text = judge.accepts(&arguments);
        for line in present {
            assert!(text.contains(line), "{name}: {line} not in\n{text}");
        }
        for line in absent {
            assert!(!text.contains(line), "{name}: {line} in\n{text}");
        }
    }
}
