//! Deviation lists.

use pki::DeviationList;

use super::{assert_bounded, assert_inside, cms::whole};
use crate::world::WORLD;

/// What must hold of every byte string read as deviation list.
pub fn deviation_list(bytes: &[u8]) {
    let list = match DeviationList::parse(bytes) {
        Err(error) => return assert_inside(&error, bytes.len()),
        Ok(list) => list,
    };
    assert_bounded(list.deviations(), bytes.len());
    assert_bounded(list.signed_data().deviations(), bytes.len());
    whole(list.signed_data(), bytes.len());
    for entry in list.entries() {
        if let Some(numbers) = &entry.documents.document_numbers {
            assert!(numbers.iter().all(|number| numbers.contains(number)));
        }
    }
    let mut store = WORLD.trusting();
    if store.add_deviation_list(bytes) == Ok(true) {
        assert!(
            WORLD.has_signed(list.signed_data().content()),
            "a forged deviation list"
        );
    }
    let again = DeviationList::parse(bytes).expect("what was read can be read again");
    assert_eq!(again.entries(), list.entries());
}
