//! Our revocation lists against the tables of Doc 9303-12 §7.1.4, and what the profile refuses to issue.

use crate::office::{Office, crl_profile, every_algorithm, key, next_csca_profile, rng};
use crate::test_pki::{NOW, P256, csca_profile};
use crypto::EcParameters;
use der::{Decode, Encode};
use pki::crl::CrlProfile;
use pki::profile::Issuer;
use pki::{Certificate, Crl, Error, oids};
use time::Duration;
use time::macros::datetime;
use x509_cert::crl::CertificateList;
use x509_cert::ext::pkix::name::GeneralName;
use x509_cert::ext::pkix::{AuthorityKeyIdentifier, CrlNumber, IssuerAltName};

/// A parser that takes DER and nothing else.
type StrictList = CertificateList<x509_cert::certificate::Rfc5280>;

const SERIAL_NUMBERS: [&[u8]; 3] = [&[0x51, 2, 3], &[0x42], &[0x51, 2, 2]];

#[test]
fn every_line_of_the_tables() {
    for algorithm in every_algorithm() {
        let office = Office::new(algorithm, EcParameters::Explicit);
        let csca = office.certificate();
        let der = crl_profile(&SERIAL_NUMBERS)
            .issue(&office.issuer())
            .unwrap();
        // A parser that takes DER and nothing else reads and rewrites it.
        let list = StrictList::from_der(&der).unwrap();
        assert_eq!(list.to_der().unwrap(), der);
        let tbs = &list.tbs_cert_list;
        assert_eq!(tbs.version, x509_cert::Version::V2);
        assert_eq!(tbs.signature, list.signature_algorithm);
        assert_eq!(tbs.issuer.to_der().unwrap(), csca.subject().as_der());
        assert!(tbs.next_update.is_some());
        let revoked = tbs.revoked_certificates.as_ref().unwrap();
        assert_eq!(revoked.len(), 3);
        assert!(
            revoked
                .iter()
                .all(|entry| entry.crl_entry_extensions.is_none())
        );
        let extensions = tbs.crl_extensions.as_ref().unwrap();
        let kinds: Vec<_> = extensions.iter().map(|e| (e.extn_id, e.critical)).collect();
        assert_eq!(
            kinds,
            [
                (oids::AUTHORITY_KEY_IDENTIFIER, false),
                (oids::CRL_NUMBER, false)
            ]
        );
        let authority = AuthorityKeyIdentifier::from_der(extensions[0].extn_value.as_bytes());
        assert_eq!(
            authority
                .unwrap()
                .key_identifier
                .map(|id| id.as_bytes().to_vec()),
            csca.extensions().subject_key_identifier
        );
        let number = CrlNumber::from_der(extensions[1].extn_value.as_bytes()).unwrap();
        assert_eq!(number.0.as_bytes(), [7]);

        let read = Crl::parse(&der).unwrap();
        assert_eq!(read.deviations(), []);
        assert_eq!(read.verify_signature(&csca), Ok(vec![]));
        assert_eq!(read.as_der(), der);
    }
}

#[test]
fn what_is_read_is_what_was_written() {
    let office = Office::new(P256, EcParameters::Explicit);
    let der = crl_profile(&SERIAL_NUMBERS)
        .issue(&office.issuer())
        .unwrap();
    let crl = Crl::parse(&der).unwrap();
    assert_eq!(crl.issuer(), office.certificate().subject());
    assert_eq!(crl.this_update(), NOW);
    assert_eq!(crl.next_update(), Some(NOW + Duration::days(90)));
    assert_eq!(crl.number(), Some(&[7][..]));
    let key_identifier = office.certificate().key_identifier();
    assert_eq!(crl.authority_key_identifier(), Some(&key_identifier[..]));
    assert!(crl.is_complete());
    assert!(!crl.is_outdated(NOW + Duration::days(90)));
    assert!(crl.is_outdated(NOW + Duration::days(91)));
    let serial_numbers: Vec<_> = crl.entries().iter().map(|e| &e.serial_number[..]).collect();
    assert_eq!(serial_numbers, SERIAL_NUMBERS);
    for serial_number in SERIAL_NUMBERS {
        let entry = crl.revoked(serial_number).unwrap();
        assert_eq!(entry.serial_number, serial_number);
        assert_eq!(entry.date, NOW - Duration::days(1));
        assert_eq!((entry.reason, &entry.certificate_issuer), (None, &None));
    }
    for other in [&[0x51, 2, 4][..], &[0x41], &[0x43], &[0x7F; 20], &[]] {
        assert_eq!(crl.revoked(other), None, "{other:02X?}");
    }
}

#[test]
fn an_empty_list_has_no_entries_at_all() {
    let office = Office::new(P256, EcParameters::Explicit);
    let der = crl_profile(&[]).issue(&office.issuer()).unwrap();
    let list = StrictList::from_der(&der).unwrap();
    assert_eq!(list.tbs_cert_list.revoked_certificates, None);
    let crl = Crl::parse(&der).unwrap();
    assert!(crl.entries().is_empty() && crl.deviations().is_empty());
}

#[test]
fn times_from_2050_on_are_generalized() {
    let office = Office::new(P256, EcParameters::Explicit);
    let mut root = csca_profile(EcParameters::Explicit);
    root.validity.not_after = datetime!(2053-01-01 0:00 UTC);
    root.private_key_usage.not_after = datetime!(2051-01-01 0:00 UTC);
    let csca = root.issue(office.key.as_ref(), &mut rng()).unwrap();
    let issuer = Issuer::new(&csca, office.key.as_ref()).unwrap();
    let profile = CrlProfile {
        this_update: datetime!(2049-12-20 0:00 UTC),
        next_update: datetime!(2050-01-20 0:00 UTC),
        ..crl_profile(&[])
    };
    let der = profile.issue(&issuer).unwrap();
    let holds = |text: &[u8]| der.windows(text.len()).any(|window| window == text);
    assert!(holds(b"\x17\x0D491220000000Z\x18\x0F20500120000000Z"));
    assert_eq!(Crl::parse(&der).unwrap().deviations(), []);
}

/// After a change of name the list carries the name that older certificates have as issuer.
#[test]
fn the_former_name_of_the_issuer() {
    let office = Office::new(P256, EcParameters::Explicit);
    let new_key = key(P256, 3);
    let renamed = next_csca_profile("CSCA TEST RENAMED", EcParameters::Explicit)
        .issue(new_key.as_ref(), &mut rng())
        .unwrap();
    let issuer = Issuer::new(&renamed, new_key.as_ref()).unwrap();
    let former = office.certificate().subject().clone();
    let profile = CrlProfile {
        former_names: vec![former.clone()],
        ..crl_profile(&[])
    };
    let der = profile.issue(&issuer).unwrap();
    let list = StrictList::from_der(&der).unwrap();
    let extensions = list.tbs_cert_list.crl_extensions.unwrap();
    assert_eq!(
        (extensions[2].extn_id, extensions[2].critical),
        (oids::ISSUER_ALT_NAME, false)
    );
    let names = IssuerAltName::from_der(extensions[2].extn_value.as_bytes())
        .unwrap()
        .0;
    let [GeneralName::DirectoryName(name)] = &names[..] else {
        panic!("{names:?}");
    };
    assert_eq!(name.to_der().unwrap(), former.as_der());
    assert_eq!(Crl::parse(&der).unwrap().deviations(), []);
}

#[test]
fn what_the_profile_forbids() {
    fn refused(what: &str, change: impl FnOnce(&mut CrlProfile)) {
        let office = Office::new(P256, EcParameters::Explicit);
        let mut profile = crl_profile(&SERIAL_NUMBERS);
        change(&mut profile);
        let issued = profile.issue(&office.issuer());
        assert!(
            matches!(issued, Err(Error::Misuse(_))),
            "{what}: {issued:?}"
        );
    }
    refused("91 days", |p| p.next_update += Duration::days(1));
    refused("less than 48 hours", |p| {
        p.next_update = NOW + Duration::hours(47);
    });
    refused("in the past", |p| p.next_update = NOW - Duration::days(1));
    refused("revoked in the future", |p| {
        p.revoked[0].date = NOW + Duration::seconds(1);
    });
    refused("revoked twice", |p| p.revoked[0] = p.revoked[1].clone());
    refused("before the CSCA", |p| {
        p.this_update = NOW - Duration::days(40);
        p.next_update = NOW;
        p.revoked.clear();
    });
    refused("after the usage of the key", |p| {
        p.this_update = NOW + Duration::days(6 * 365);
        p.next_update = p.this_update + Duration::days(30);
    });
}

#[test]
fn the_signature_is_that_of_one_key() {
    let office = Office::new(P256, EcParameters::Explicit);
    let mut der = crl_profile(&SERIAL_NUMBERS)
        .issue(&office.issuer())
        .unwrap();
    let other = key(P256, 3);
    let other = csca_profile(EcParameters::Explicit)
        .issue(other.as_ref(), &mut rng())
        .unwrap();
    let other = Certificate::parse(&other).unwrap();
    let crl = Crl::parse(&der).unwrap();
    assert_eq!(
        crl.verify_signature(&other),
        Err(Error::Crypto(crypto::Error::SignatureInvalid))
    );
    // Another serial number in the list, the same signature.
    let at = der.windows(3).position(|w| w == SERIAL_NUMBERS[0]).unwrap();
    der[at + 2] ^= 1;
    let crl = Crl::parse(&der).unwrap();
    assert_eq!(
        crl.verify_signature(&office.certificate()),
        Err(Error::Crypto(crypto::Error::SignatureInvalid))
    );
}
