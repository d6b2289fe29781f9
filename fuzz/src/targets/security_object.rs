//! EF.SOD, up to the verdict of passive authentication.

use pki::SecurityObject;

use super::{assert_bounded, assert_inside, assert_printable, cms::whole};
use crate::test_pki::NOW;
use crate::world::WORLD;

/// What must hold of every byte string read as EF.SOD.
pub fn security_object(bytes: &[u8]) {
    let security_object = match SecurityObject::parse(bytes) {
        Err(error) => return assert_inside(&error, bytes.len()),
        Ok(security_object) => security_object,
    };
    assert_bounded(security_object.deviations(), bytes.len());
    whole(security_object.signed_data(), bytes.len());
    let report = pki::authenticate(
        &security_object,
        WORLD.document.data_groups(),
        &WORLD.store,
        NOW,
    );
    assert_printable(&report.together().to_string());
    let content = security_object.signed_data().content();
    assert_eq!(
        report.verified_lds().is_some(),
        report.signer.is_authentic()
    );
    if report.signer.is_authentic() {
        assert!(WORLD.has_signed(content), "a forged security object");
    }
}
