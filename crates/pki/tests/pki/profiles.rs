//! What we issue against the tables of Doc 9303-12 §7.1.

use crate::office::{Office, ROLES, every_algorithm, list_signer_profile, rng};
use crate::test_pki::{
    NOW, P256, TestPki, authority, csca_profile, document_signer_profile, validity,
};
use cms::content_info::{CmsVersion, ContentInfo};
use cms::signed_data::SignedData;
use const_oid::ObjectIdentifier;
use crypto::EcParameters;
use der::asn1::Any;
use der::{Decode, Encode};
use iso7816::tlv;
use pki::profile::{ListRole, SERIAL_NUMBER_LEN};
use pki::{Certificate, Signer, oids};
use rand::SeedableRng;
use rand::rngs::StdRng;

const PRINTABLE_STRING: u32 = 19;

/// A column of the table of certificate extensions.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Root,
    Link,
    DocumentSigner,
    ListSigner,
    BarcodeSigner,
}

/// What a cell of the table says: mandatory, optional, do not use; critical, not critical.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Cell {
    Mc,
    Mnc,
    Onc,
    X,
}

use Cell::{Mc, Mnc, Onc, X};

const fn oid(dotted: &str) -> ObjectIdentifier {
    ObjectIdentifier::new_unwrap(dotted)
}

/// Doc 9303-12 §7.1, table of certificate extensions, and for the last column §7.1.3: root, link, document signer, list
/// signer, bar code signer.
const EXTENSIONS: [(ObjectIdentifier, [Cell; 5]); 22] = [
    (oids::AUTHORITY_KEY_IDENTIFIER, [Onc, Mnc, Mnc, Mnc, Mnc]),
    (oids::SUBJECT_KEY_IDENTIFIER, [Mnc, Mnc, Onc, Onc, X]),
    (oids::KEY_USAGE, [Mc, Mc, Mc, Mc, X]),
    (oids::PRIVATE_KEY_USAGE_PERIOD, [Mnc, Mnc, Mnc, Onc, X]),
    (oids::CERTIFICATE_POLICIES, [Onc, Onc, Onc, Onc, X]),
    (oid("2.5.29.33"), [X; 5]), // PolicyMappings
    (oids::SUBJECT_ALT_NAME, [Mnc, Mnc, Mnc, Mnc, X]),
    (oids::ISSUER_ALT_NAME, [Mnc, Mnc, Mnc, Mnc, X]),
    (oid("2.5.29.9"), [X; 5]), // SubjectDirectoryAttributes
    (oids::BASIC_CONSTRAINTS, [Mc, Mc, X, X, X]),
    (oid("2.5.29.30"), [X; 5]), // NameConstraints
    (oid("2.5.29.36"), [X; 5]), // PolicyConstraints
    (oids::EXTENDED_KEY_USAGE, [X, X, X, Mc, Mc]),
    (oids::CRL_DISTRIBUTION_POINTS, [Mnc, Mnc, Mnc, Mnc, X]),
    (oids::FRESHEST_CRL, [X; 5]),
    (oid("2.5.29.54"), [X; 5]), // InhibitAnyPolicy: not in the table, and only for policies
    (oid("1.3.6.1.5.5.7.1.1"), [Onc, Onc, Onc, Onc, X]), // AuthorityInfoAccess
    (oid("1.3.6.1.5.5.7.1.11"), [Onc, Onc, Onc, Onc, X]), // SubjectInfoAccess
    (oids::NAME_CHANGE, [Onc, Onc, X, X, X]),
    (oids::DOCUMENT_TYPE_LIST, [X, X, Mnc, X, Onc]),
    (oid("2.16.840.1.113730.1.1"), [X; 5]), // Netscape certificate type
    (oids::DOCUMENT_TYPE_LIST_EARLY, [X; 5]),
];

/// Every certificate an office issues.
fn every_certificate(office: &Office) -> Vec<(Kind, Vec<u8>)> {
    let mut list = vec![
        (Kind::Root, office.csca.clone()),
        (Kind::Link, office.link.clone()),
        (Kind::Link, office.link_to("CSCA TEST 1", true)),
        (Kind::Link, office.link_to("CSCA TEST RENAMED", false)),
        (Kind::DocumentSigner, office.document_signer.clone()),
        (Kind::BarcodeSigner, office.barcode_signer()),
    ];
    list.extend(ROLES.map(|role| {
        let certificate = office.list_signer_certificate(role);
        (Kind::ListSigner, certificate.to_vec())
    }));
    let mut bare = list_signer_profile(ListRole::MasterList, office.ec_parameters);
    bare.private_key_usage = None;
    let key = office.signer_key();
    let bare = bare.issue(key.public_key(), &office.issuer(), &mut rng());
    list.push((Kind::ListSigner, bare.unwrap()));
    list
}

#[test]
fn extensions_are_those_of_the_table() {
    for algorithm in every_algorithm() {
        let office = Office::new(algorithm, EcParameters::Explicit);
        for (kind, der) in every_certificate(&office) {
            let certificate = Certificate::parse(&der).unwrap();
            let all = &certificate.extensions().all;
            for (oid, row) in EXTENSIONS {
                let found: Vec<_> = all.iter().filter(|e| e.oid == oid).collect();
                let place = format!("{algorithm:?} {kind:?} {oid}");
                let cell = row[kind as usize];
                match (cell, &found[..]) {
                    (X | Onc, []) => {}
                    (Mc, [extension]) => assert!(extension.critical, "{place}"),
                    (Mnc | Onc, [extension]) => assert!(!extension.critical, "{place}"),
                    _ => panic!("{place}: {} times, {cell:?}", found.len()),
                }
            }
            let known = |oid| EXTENSIONS.iter().any(|(known, _)| *known == oid);
            assert!(all.iter().all(|extension| known(extension.oid)), "{kind:?}");
        }
    }
}

/// Doc 9303-12 §7.1, table of certificate fields, read by a parser that takes DER and nothing else.
#[test]
fn fields_of_every_certificate() {
    for algorithm in every_algorithm() {
        let office = Office::new(algorithm, EcParameters::Explicit);
        let csca = office.certificate();
        for (kind, der) in every_certificate(&office) {
            let strict = x509_cert::Certificate::from_der(&der).unwrap();
            assert_eq!(strict.to_der().unwrap(), der, "defaults are not encoded");
            let tbs = strict.tbs_certificate();
            assert_eq!(tbs.version(), x509_cert::Version::V3);
            assert_eq!(tbs.signature(), strict.signature_algorithm());
            assert!(tbs.issuer_unique_id().is_none() && tbs.subject_unique_id().is_none());
            let serial_number = tbs.serial_number().as_bytes();
            assert_eq!(serial_number.len(), SERIAL_NUMBER_LEN);
            assert_eq!(serial_number[0] & 0x80, 0, "positive");

            let certificate = Certificate::parse(&der).unwrap();
            assert_eq!(certificate.deviations(), [], "{kind:?}");
            assert_eq!(certificate.issuer().as_der(), csca.subject().as_der());
            for name in [certificate.issuer(), certificate.subject()] {
                let kinds: Vec<_> = name.attributes().iter().map(|a| a.kind).collect();
                assert_eq!(kinds, [oids::COUNTRY_NAME, oids::COMMON_NAME]);
                assert_eq!(name.country(), Some("UT"));
                assert_eq!(name.attributes()[0].string_type, PRINTABLE_STRING);
            }
            assert_eq!(certificate.verify_signature(&csca), Ok(vec![]), "{kind:?}");
            check_values(kind, &certificate, &csca);
            check_key(&certificate);
        }
    }
}

/// What the extensions say.
fn check_values(kind: Kind, certificate: &Certificate, csca: &Certificate) {
    let extensions = certificate.extensions();
    assert_eq!(
        extensions.authority_key_identifier,
        csca.extensions().subject_key_identifier
    );
    let is_csca = matches!(kind, Kind::Root | Kind::Link);
    if let Some(usage) = extensions.key_usage {
        assert_eq!(usage.key_cert_sign(), is_csca);
        assert_eq!(usage.crl_sign(), is_csca);
        assert_eq!(usage.digital_signature(), !is_csca);
    }
    let constraints = extensions.basic_constraints.map(|c| (c.ca, c.path_len));
    assert_eq!(constraints, is_csca.then_some((true, Some(0))));
    if let Some(period) = extensions.private_key_usage_period {
        assert!(period.not_before.is_some() && period.not_after.is_some());
    }
    let value = |oid| {
        let mut all = extensions.all.iter();
        all.find(|extension| extension.oid == oid)
            .map(|extension| extension.value.clone())
    };
    if kind != Kind::BarcodeSigner {
        assert_eq!(
            value(oids::SUBJECT_ALT_NAME).as_deref(),
            Some(&alternative_names()[..])
        );
        assert_eq!(
            value(oids::ISSUER_ALT_NAME).as_deref(),
            Some(&alternative_names()[..])
        );
    }
    let purpose = extensions.extended_key_usage.as_deref();
    match kind {
        Kind::ListSigner => {
            let purpose = purpose.unwrap();
            assert_eq!(purpose.len(), 1);
            assert!(ListRole::of(purpose).is_some());
        }
        Kind::BarcodeSigner => assert_eq!(purpose, Some(&[oids::BARCODE_SIGNING_KEY][..])),
        _ => assert_eq!(purpose, None),
    }
    let types = extensions.document_types.as_deref();
    match kind {
        Kind::DocumentSigner => assert_eq!(types, Some(&["P".to_owned(), "ID".to_owned()][..])),
        Kind::BarcodeSigner => assert_eq!(types, Some(&["V".to_owned()][..])),
        _ => assert_eq!(types, None),
    }
    // NameChange (NULL) when name and key change.
    let same_name = certificate.subject() == csca.subject();
    let same_key = certificate.public_key().unwrap() == csca.public_key().unwrap();
    let changes = kind == Kind::Link && !same_name && !same_key;
    let null = [0x05, 0x00];
    assert_eq!(
        value(oids::NAME_CHANGE).as_deref(),
        changes.then_some(&null[..])
    );
}

/// rfc822Name [1], directoryName [4] with the code of the machine readable zone as locality.
fn alternative_names() -> Vec<u8> {
    [
        &[0x30, 0x25, 0x81, 0x11][..],
        b"csca@test.example",
        &[
            0xA4, 0x10, 0x30, 0x0E, 0x31, 0x0C, 0x30, 0x0A, 0x06, 0x03, 0x55, 0x04, 0x07, 0x13,
            0x03,
        ],
        b"UTO",
    ]
    .concat()
}

/// Keys on a curve: parameters explicit, with cofactor, points uncompressed (Doc 9303-12 §4.1.6.3).
fn check_key(certificate: &Certificate) {
    const UNCOMPRESSED: u8 = 0x04;
    let whole = tlv::read(certificate.subject_public_key_info()).unwrap().0;
    let [algorithm, key] = whole.children().unwrap()[..] else {
        panic!("SubjectPublicKeyInfo of two parts");
    };
    let algorithm = algorithm.children().unwrap();
    if algorithm[0].value != oids::EC_PUBLIC_KEY.as_bytes() {
        assert_eq!(algorithm[1].raw, [0x05, 0x00], "RSA has NULL");
        return;
    }
    let parameters = algorithm[1].children().unwrap();
    let tags: Vec<_> = parameters.iter().map(|p| p.tag.get()).collect();
    let explicit = [0x02, 0x30, 0x30, 0x04, 0x02, 0x02];
    assert_eq!(
        tags, explicit,
        "version, field, curve, base, order, cofactor"
    );
    assert_eq!(parameters[3].value[0], UNCOMPRESSED);
    assert_eq!(parameters[5].value, [1], "cofactor");
    assert_eq!(key.value[..2], [0, UNCOMPRESSED]);
}

#[test]
fn a_common_name_that_is_no_printable_string() {
    const UTF8_STRING: u32 = 12;
    let mut profile = document_signer_profile(EcParameters::Explicit);
    profile.common_name = "TEST Đà Nẵng".to_owned();
    let pki = TestPki::with_profile(P256, EcParameters::Explicit, 1, &profile);
    let document_signer = pki.document_signer.certificate();
    assert_eq!(document_signer.deviations(), []);
    let common_name = &document_signer.subject().attributes()[1];
    assert_eq!(common_name.string_type, UTF8_STRING);
    assert_ne!(
        document_signer.serial_number(),
        Certificate::parse(&pki.csca).unwrap().serial_number()
    );
}

/// An organization that shares the code of the machine readable zone with another one (Doc 9303-12 §7.1.1.2).
#[test]
fn the_code_of_an_organization() {
    let mut profile = csca_profile(EcParameters::Explicit);
    profile.authority = profile.authority.with_organization_code("UTA").unwrap();
    let csca = profile.issue(&P256.signer(1), &mut rng()).unwrap();
    let csca = Certificate::parse(&csca).unwrap();
    for oid in [oids::SUBJECT_ALT_NAME, oids::ISSUER_ALT_NAME] {
        let mut all = csca.extensions().all.iter();
        let names = &all.find(|e| e.oid == oid).unwrap().value;
        let end = b"\x31\x0C\x30\x0A\x06\x03\x55\x04\x07\x13\x03UTO\x31\x0C\x30\x0A\x06\x03\x55\x04\x08\x13\x03UTA";
        assert!(names.ends_with(end), "{names:02X?}");
    }
    for code in ["", "UT", "UT1", "uta", "UTOA"] {
        assert!(authority().with_organization_code(code).is_err(), "{code}");
    }
}

/// The parsers of `x509-cert` and `cms` take DER and nothing else, and write what they have understood.
#[test]
fn strict_parsers_read_and_rewrite_what_we_write() {
    for algorithm in every_algorithm() {
        let pki = TestPki::new(algorithm, EcParameters::Explicit);
        let document_signer = pki.document_signer.certificate().as_der();
        for certificate in [pki.csca.as_slice(), document_signer] {
            let read = x509_cert::Certificate::from_der(certificate).unwrap();
            assert_eq!(read.to_der().unwrap(), certificate, "{algorithm:?}");
        }
        let security_object = pki.document().security_object;
        let cms = iso7816::tlv::single(&security_object, iso7816::tlv::Tag::new(0x77)).unwrap();
        let content_info = ContentInfo::from_der(cms).unwrap();
        let signed_data: SignedData = content_info.content.decode_as().unwrap();
        assert_eq!(signed_data.version, CmsVersion::V3);
        let content = Any::encode_from(&signed_data).unwrap();
        let rewritten = ContentInfo {
            content,
            ..content_info
        };
        assert_eq!(rewritten.to_der().unwrap(), cms, "{algorithm:?}");
    }
}

#[test]
fn times_from_2050_on_are_generalized() {
    let mut profile = csca_profile(EcParameters::Explicit);
    profile.validity = validity(NOW, 27 * 365);
    profile.private_key_usage = validity(NOW, 5 * 365);
    let csca = profile
        .issue(&P256.signer(1), &mut StdRng::seed_from_u64(1))
        .unwrap();
    let holds = |text: &[u8]| csca.windows(text.len()).any(|window| window == text);
    assert!(holds(b"\x17\x0D261121120000Z\x18\x0F20531114120000Z"));
    assert_eq!(Certificate::parse(&csca).unwrap().deviations(), []);
}
