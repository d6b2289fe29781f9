//! CSCA master lists.

use pki::trust_store::Acceptance;
use pki::{Certificate, MasterList, SignedData};

use super::{assert_bounded, assert_inside, certificate::consistent, cms::whole, kinds};
use crate::world::WORLD;

/// Of so many certificates everything is asked; a fuzzer's list repeats itself.
const ASKED: usize = 8;

/// What must hold of every byte string read as master list.
pub fn master_list(bytes: &[u8]) {
    let list = match MasterList::parse(bytes) {
        Err(error) => return assert_inside(&error, bytes.len()),
        Ok(list) => list,
    };
    assert_bounded(list.deviations(), bytes.len());
    assert_eq!(list.is_bare(), list.signed_data().is_none());
    if let Some(signed_data) = list.signed_data() {
        assert_bounded(signed_data.deviations(), bytes.len());
        whole(signed_data, bytes.len());
    }
    for certificate in list.certificates().iter().take(ASKED) {
        assert_eq!(
            Certificate::parse(certificate.as_der()).as_ref(),
            Ok(certificate)
        );
        consistent(certificate);
    }
    for (_, error) in list.unreadable() {
        assert_inside(error, bytes.len());
    }
    let places = list.certificates().len() + list.unreadable().len();
    assert!(list.unreadable().iter().all(|(place, _)| *place < places));
    let mut store = WORLD.trusting();
    if store
        .add_master_list(bytes, "fuzz", &Acceptance::Vouched)
        .is_ok()
    {
        let content = list.signed_data().map(SignedData::content);
        assert!(
            content.is_some_and(|content| WORLD.has_signed(content)),
            "a forged master list"
        );
    }
    WORLD.assert_believable(&store);
    let again = MasterList::parse(bytes).expect("what was read can be read again");
    assert_eq!(again.certificates(), list.certificates());
    assert_eq!(kinds(again.deviations()), kinds(list.deviations()));
}
