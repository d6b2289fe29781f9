//! LDIF of the PKD: everything it holds finds its place.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use pki::cms::SignerIdentifier;
use pki::ldif::{LdifError, LdifFault};
use pki::{Acceptance, Certificate, TrustStore};

use crate::states::{Writing, crl, key, key_identifier, master_list};

/// An attribute as the PKD writes it: base64 in folded lines.
fn attribute(name: &str, value: &[u8], end: &str) -> String {
    let line = format!("{name}:: {}", STANDARD.encode(value));
    let mut text = String::new();
    for (at, part) in line.as_bytes().chunks(76).enumerate() {
        if at > 0 {
            text.push(' ');
        }
        text.push_str(core::str::from_utf8(part).unwrap());
        text.push_str(end);
    }
    text
}

#[test]
fn a_download_of_the_pkd() {
    let csca = Writing::root("UT", "CSCA TEST", &key(1));
    let list_signer = csca.list_signer("UT", &key(2)).signed_by(&key(1));
    let other = Writing::root("VN", "CSCA TEST", &key(11)).by_itself();
    let link = csca
        .link_to(&Writing::root("UT", "CSCA TEST 2", &key(3)))
        .signed_by(&key(1));
    let signers: Vec<Vec<u8>> = (20..22)
        .map(|seed| csca.signer("UT", &key(seed)).signed_by(&key(1)))
        .collect();
    for end in ["\n", "\r\n"] {
        let mut text = format!("version: 1{end}{end}# a comment{end}");
        let mut entry = |at: usize, name: &str, value: &[u8]| {
            text.push_str(&format!(
                "dn: cn={at},o=dsc,c=UT,dc=data,dc=download,dc=pkd{end}objectClass: top{end}pkdVersion: 1{end}"
            ));
            text.push_str(&attribute(name, value, end));
            text.push_str(end);
        };
        let revoking = crl(&csca, &key(1), "260101000000Z", &[77]);
        let list = master_list(&[&other], &list_signer, &key(2));
        entry(0, "certificateRevocationList;binary", &revoking);
        entry(1, "userCertificate;binary", &signers[0]);
        entry(2, "userCertificate;binary", &signers[1]);
        entry(3, "userCertificate;binary", &signers[1]);
        entry(4, "cACertificate;binary", &link);
        entry(5, "pkdMasterListContent", &list);
        entry(6, "CscaMasterListData", &list);
        entry(7, "userCertificate;binary", b"no certificate");
        text.push_str(&format!(
            "dn: cn=8{end}userCertificate;binary:: A!{end}{end}dn: cn=9{end}changetype: delete{end}"
        ));
        let mut store = TrustStore::new();
        store.add(&csca.by_itself(), "ceremony").unwrap();
        let intake = store.add_ldif(text.as_bytes(), "pkd.ldif", &Acceptance::Vouched);
        assert_eq!((intake.entries, intake.deletions), (9, 1));
        assert_eq!(
            (intake.new_document_signers, intake.known_document_signers),
            (2, 1)
        );
        assert_eq!(intake.ignored_attributes["pkdversion"], 8);
        let (source, fault) = &intake.faults[0];
        let lines = text.lines().count() as u64;
        let expected = LdifError {
            line: lines - 3,
            fault: LdifFault::Base64,
        };
        assert_eq!((source.as_ref(), *fault), ("pkd.ldif", expected));
        let refused: Vec<_> = intake
            .receipts
            .iter()
            .filter(|receipt| receipt.result.is_err())
            .collect();
        assert_eq!(refused.len(), 1, "{refused:?}");
        assert!(
            refused[0].source.starts_with("pkd.ldif line "),
            "{refused:?}"
        );
        assert_eq!(store.anchors().len(), 3);
        assert_eq!(store.crls().count(), 1);
    }
}

#[test]
fn document_signers_are_found_by_what_a_signer_info_says() {
    let csca = Writing::root("UT", "CSCA TEST", &key(1));
    // The same issuer and serial number twice (Q071).
    let [one, two] = [21, 22].map(|seed| csca.signer("UT", &key(seed)).signed_by(&key(1)));
    let mut store = TrustStore::new();
    assert_eq!(store.add_document_signer(&one), Ok(true));
    assert_eq!(store.add_document_signer(&two), Ok(true));
    assert_eq!(store.add_document_signer(&two), Ok(false));
    let read = Certificate::parse(&one).unwrap();
    let by_number = |serial_number: &[u8]| SignerIdentifier::IssuerAndSerialNumber {
        issuer: read.issuer().clone(),
        serial_number: serial_number.to_vec(),
    };
    let by_key = SignerIdentifier::SubjectKeyIdentifier(key_identifier(&key(22)));
    for (identifier, count) in [(by_number(&[3]), 2), (by_number(&[4]), 0), (by_key, 1)] {
        assert_eq!(
            store.document_signers_named(&identifier).count(),
            count,
            "{identifier:?}"
        );
    }
    assert_eq!(store.anchors().len(), 0, "a directory gives no trust");
}
