//! Certificate revocation lists.

use pki::{Crl, DeviationKind};
use time::Duration;

use super::{assert_bounded, assert_inside, kinds};
use crate::test_pki::NOW;
use crate::world::WORLD;

/// What must hold of every byte string read as CRL.
pub fn crl(bytes: &[u8]) {
    let crl = match Crl::parse(bytes) {
        Err(error) => return assert_inside(&error, bytes.len()),
        Ok(crl) => crl,
    };
    assert_bounded(crl.deviations(), bytes.len());
    assert!(bytes.starts_with(crl.as_der()));
    let again = Crl::parse(crl.as_der()).expect("what was read can be read again");
    assert_eq!(kinds(again.deviations()), kinds(crl.deviations()));
    for entry in crl.entries() {
        assert!(!entry.serial_number.is_empty());
        let found = crl.revoked(&entry.serial_number);
        // Of an entry that names another issuer, this list's issuer says nothing.
        let own = entry.certificate_issuer.is_none();
        assert!(!own || found.is_some_and(|found| found.serial_number == entry.serial_number));
    }
    assert_eq!(crl.revoked(&[]), None);
    if crl.is_complete() {
        assert!(crl.extensions().all.len() <= pki::certificate::MAX_EXTENSIONS);
    }
    assert!(crl.number().is_none_or(|number| !number.is_empty()));
    if crl
        .next_update()
        .is_some_and(|end| end < NOW - Duration::days(1))
    {
        assert!(crl.is_outdated(NOW));
    }
    if let Ok(deviations) = crl.verify_signature(&WORLD.csca) {
        let same_in_der = deviations.contains(&DeviationKind::SignedOverDerForm);
        assert!(
            same_in_der || WORLD.has_signed_part_of(crl.as_der()),
            "a forged CRL"
        );
    }
}
