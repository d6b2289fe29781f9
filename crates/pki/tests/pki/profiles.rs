//! What we issue against the tables of Doc 9303-12 §7.1, and what the profiles refuse to issue.

use crate::test_pki::{
    ALL, NOW, P256, PSS_2048, TestPki, csca_profile, document_signer_profile, validity,
};
use cms::content_info::{CmsVersion, ContentInfo};
use cms::signed_data::SignedData;
use const_oid::ObjectIdentifier;
use crypto::EcParameters;
use der::asn1::Any;
use der::{Decode, Encode};
use pki::profile::{
    Authority, Contact, CountryCode, DocumentSignerProfile, Issuer, SERIAL_NUMBER_LEN,
};
use pki::{Certificate, DocumentSigner, Error, oids};
use rand::SeedableRng;
use rand::rngs::StdRng;
use time::Duration;

fn extensions(certificate: &Certificate) -> Vec<(ObjectIdentifier, bool)> {
    let all = &certificate.extensions().all;
    all.iter()
        .map(|extension| (extension.oid, extension.critical))
        .collect()
}

#[test]
fn extensions_are_those_of_the_table() {
    for algorithm in [P256, PSS_2048] {
        let pki = TestPki::new(algorithm, EcParameters::Explicit);
        let csca = Certificate::parse(&pki.csca).unwrap();
        assert_eq!(
            extensions(&csca),
            [
                (oids::AUTHORITY_KEY_IDENTIFIER, false),
                (oids::SUBJECT_KEY_IDENTIFIER, false),
                (oids::KEY_USAGE, true),
                (oids::PRIVATE_KEY_USAGE_PERIOD, false),
                (oids::SUBJECT_ALT_NAME, false),
                (oids::ISSUER_ALT_NAME, false),
                (oids::BASIC_CONSTRAINTS, true),
                (oids::CRL_DISTRIBUTION_POINTS, false),
            ]
        );
        let document_signer = pki.document_signer.certificate();
        assert_eq!(
            extensions(document_signer),
            [
                (oids::AUTHORITY_KEY_IDENTIFIER, false),
                (oids::SUBJECT_KEY_IDENTIFIER, false),
                (oids::KEY_USAGE, true),
                (oids::PRIVATE_KEY_USAGE_PERIOD, false),
                (oids::SUBJECT_ALT_NAME, false),
                (oids::ISSUER_ALT_NAME, false),
                (oids::CRL_DISTRIBUTION_POINTS, false),
                (oids::DOCUMENT_TYPE_LIST, false),
            ]
        );
    }
}

#[test]
fn fields_are_those_of_the_table() {
    const PRINTABLE_STRING: u32 = 19;
    const UTF8_STRING: u32 = 12;
    let mut profile = document_signer_profile(EcParameters::Explicit);
    profile.common_name = "TEST Đà Nẵng".to_owned();
    let pki = TestPki::with_profile(P256, EcParameters::Explicit, 1, &profile);
    let csca = Certificate::parse(&pki.csca).unwrap();
    let document_signer = pki.document_signer.certificate();
    for certificate in [&csca, document_signer] {
        assert_eq!(certificate.deviations(), []);
        assert_eq!(certificate.serial_number().len(), SERIAL_NUMBER_LEN);
        assert!(certificate.serial_number()[0] & 0x80 == 0, "positive");
        assert_eq!(
            certificate.issuer().as_der(),
            csca.subject().as_der(),
            "to the letter"
        );
        assert_eq!(certificate.subject().country(), Some("UT"));
        assert_eq!(
            certificate.subject().attributes()[0].string_type,
            PRINTABLE_STRING
        );
        assert_eq!(
            certificate.extensions().authority_key_identifier,
            csca.extensions().subject_key_identifier
        );
    }
    assert_ne!(csca.serial_number(), document_signer.serial_number());
    assert_eq!(
        document_signer.subject().attributes()[1].string_type,
        UTF8_STRING
    );
    assert_eq!(
        document_signer.extensions().document_types.as_deref(),
        Some(&["P".to_owned(), "ID".to_owned()][..])
    );
    // SubjectAltName: rfc822Name [1], directoryName [4] with the code of the machine readable zone as locality.
    let names = &csca.extensions().all[4].value;
    let expected = [
        &[0x30, 0x25, 0x81, 0x11][..],
        b"csca@test.example",
        &[
            0xA4, 0x10, 0x30, 0x0E, 0x31, 0x0C, 0x30, 0x0A, 0x06, 0x03, 0x55, 0x04, 0x07, 0x13,
            0x03,
        ],
        b"UTO",
    ]
    .concat();
    assert_eq!(*names, expected);
    assert_eq!(csca.extensions().all[5].value, expected);
}

/// The parsers of `x509-cert` and `cms` take DER and nothing else, and write what they have understood.
#[test]
fn strict_parsers_read_and_rewrite_what_we_write() {
    for algorithm in ALL {
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

#[test]
fn what_the_document_signer_profile_forbids() {
    fn refused(what: &str, change: impl FnOnce(&mut DocumentSignerProfile)) {
        let pki = TestPki::new(P256, EcParameters::Explicit);
        let csca_key = P256.signer(2);
        let issuer = Issuer::new(&pki.csca, &csca_key).unwrap();
        let mut profile = document_signer_profile(EcParameters::Explicit);
        change(&mut profile);
        let mut rng = StdRng::seed_from_u64(1);
        let issued = profile.issue(pki.signer.public_key(), &issuer, &mut rng);
        assert!(
            matches!(issued, Err(Error::Misuse(_))),
            "{what}: {issued:?}"
        );
    }
    refused("longer than the CSCA", |p| {
        p.validity = validity(NOW, 20 * 365);
    });
    refused("before the CSCA", |p| {
        p.validity = validity(NOW - Duration::days(40), 400);
    });
    refused("usage outside validity", |p| {
        p.private_key_usage = validity(NOW - Duration::days(20), 30);
    });
    refused("usage of no length", |p| {
        p.private_key_usage = validity(NOW, 0);
    });
    refused("begins after the usage of the CSCA key", |p| {
        p.validity = validity(NOW + Duration::days(6 * 365), 365);
        p.private_key_usage = p.validity;
    });
    refused("no document type", |p| p.document_types.clear());
    for code in ["p", "PPP", "P<", ""] {
        refused(code, |p| p.document_types = vec![code.to_owned()]);
    }
    refused("no distribution point", |p| {
        p.crl_distribution_points.clear();
    });
    refused("distribution point by ftp", |p| {
        p.crl_distribution_points = vec!["ftp://test.example".to_owned()];
    });
    refused("no name", |p| p.common_name.clear());
}

#[test]
fn who_may_not_issue_and_who_may_not_sign() {
    let pki = TestPki::new(P256, EcParameters::Explicit);
    let misuse = |what: &str, error: Option<Error>| {
        assert!(matches!(error, Some(Error::Misuse(_))), "{what}: {error:?}");
    };
    let csca_key = P256.signer(2);
    let document_signer = pki.document_signer.certificate().as_der();
    misuse(
        "wrong key",
        Issuer::new(&pki.csca, pki.signer.as_ref()).err(),
    );
    misuse(
        "document signer as issuer",
        Issuer::new(document_signer, pki.signer.as_ref()).err(),
    );
    misuse(
        "CSCA as document signer",
        DocumentSigner::new(&pki.csca, std::sync::Arc::new(P256.signer(2))).err(),
    );
    misuse(
        "wrong key",
        DocumentSigner::new(document_signer, std::sync::Arc::new(csca_key)).err(),
    );
}

#[test]
fn an_authority_is_of_one_state() {
    let contact = || Contact::Uri("https://csca.test.example".to_owned());
    for (country, state, accepted) in [
        ("VN", "VNM", true),
        ("DE", "D<<", true),
        ("DE", "D", true),
        ("UT", "VNM", false),
        ("VN", "XXX", false),
        ("VN", "", false),
    ] {
        let country = CountryCode::new(country).unwrap();
        let authority = Authority::new(country, state, contact());
        assert_eq!(authority.is_ok(), accepted, "{country:?} {state}");
    }
    for code in ["", "V", "vn", "VNM", "V1"] {
        assert!(CountryCode::new(code).is_err(), "{code}");
    }
    let empty = Contact::Mail(String::new());
    assert!(Authority::new(CountryCode::new("VN").unwrap(), "VNM", empty).is_err());
}
