//! Certificates.

use pki::{Certificate, DeviationKind};

use super::{assert_bounded, assert_inside, assert_printable, kinds};
use crate::world::WORLD;

/// What must hold of every byte string read as certificate.
pub fn certificate(bytes: &[u8]) {
    match Certificate::parse(bytes) {
        Err(error) => assert_inside(&error, bytes.len()),
        Ok(certificate) => {
            assert_bounded(certificate.deviations(), bytes.len());
            assert!(bytes.starts_with(certificate.as_der()));
            read_again(&certificate);
            consistent(&certificate);
        }
    }
}

fn read_again(certificate: &Certificate) {
    let again = Certificate::parse(certificate.as_der()).expect("what was read can be read again");
    assert_eq!(again, *certificate);
    // A full list may have lost another entry for the one about bytes behind the end.
    if certificate.deviations().len() < pki::deviation::MAX_DEVIATIONS {
        assert_eq!(kinds(again.deviations()), kinds(certificate.deviations()));
    }
}

/// What can be asked of a certificate fits together.
pub(super) fn consistent(certificate: &Certificate) {
    assert!(!certificate.serial_number().is_empty());
    assert!(!certificate.tbs_certificate().is_empty());
    assert!(
        !certificate.key_identifier().is_empty()
            || certificate.extensions().subject_key_identifier.is_some()
    );
    assert_eq!(certificate.fingerprint().len(), 32);
    assert_printable(&format!("{certificate:?}"));
    let same_name = certificate.issuer() == certificate.subject();
    assert_eq!(certificate.is_self_issued(), same_name);
    if let Ok(key) = certificate.public_key() {
        assert_printable(&key.describe());
        if same_name {
            // A self-signature holds or does not: both are answers.
            certificate.verify_signature(certificate).ok();
        }
    }
    if let Ok(deviations) = certificate.verify_signature(&WORLD.csca) {
        // Signed over the DER form of what came in another form: the same certificate, in other bytes.
        let same_in_der = deviations.contains(&DeviationKind::SignedOverDerForm);
        assert!(
            same_in_der || WORLD.has_signed(certificate.tbs_certificate()),
            "a forged certificate"
        );
    }
}
