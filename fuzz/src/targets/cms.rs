//! CMS SignedData, whatever its content.

use pki::SignedData;

use super::{assert_bounded, assert_inside, certificate::consistent, kinds};
use crate::world::WORLD;

/// What must hold of every byte string read as SignedData.
pub fn cms(bytes: &[u8]) {
    let signed_data = match SignedData::parse(bytes) {
        Err(error) => return assert_inside(&error, bytes.len()),
        Ok(signed_data) => signed_data,
    };
    assert_bounded(signed_data.deviations(), bytes.len());
    whole(&signed_data, bytes.len());
    let again = SignedData::parse(bytes).expect("what was read can be read again");
    assert_eq!(again.content(), signed_data.content());
    assert_eq!(kinds(again.deviations()), kinds(signed_data.deviations()));
}

/// What must hold of a SignedData, wherever it was read from.
pub(super) fn whole(signed_data: &SignedData, len: usize) {
    use pki::cms::{MAX_CERTIFICATES, MAX_SIGNERS};
    assert!(signed_data.content().len() <= len);
    assert!(signed_data.certificates().len() <= MAX_CERTIFICATES);
    assert!(signed_data.signers().len() <= MAX_SIGNERS);
    signed_data.certificates().iter().for_each(consistent);
    let checks = signed_data.verify();
    if let Some(signer) = &checks.signer {
        assert!(signed_data.certificates().contains(signer));
        let authentic = checks.hash.is_successful()
            && checks.signature.is_successful()
            && WORLD.has_signed(signer.tbs_certificate());
        assert!(
            !authentic || WORLD.has_signed(signed_data.content()),
            "a forged content"
        );
    } else {
        assert!(!checks.signature.is_successful(), "a signature of nobody");
    }
}
