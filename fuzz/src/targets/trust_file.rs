//! Files that somebody wants to trust: whatever a trust store takes.

use pki::TrustStore;
use pki::trust_store::{Acceptance, Offered};

use super::{assert_inside, certificate::consistent};
use crate::world::WORLD;

/// What must hold of every byte string added to a trust store.
pub fn trust_file(bytes: &[u8]) {
    let mut store = TrustStore::new();
    match store.add(bytes, "fuzz") {
        Err(error) => {
            assert_inside(&error, bytes.len());
            assert!(store.anchors().is_empty(), "half a file was taken");
        }
        Ok(count) => {
            assert!(store.anchors().len() <= count);
            for anchor in store.anchors() {
                assert!(!anchor.provenance().is_empty());
                consistent(anchor.certificate());
            }
            let before = store.anchors().len();
            assert_eq!(store.add(bytes, "again"), Ok(count));
            assert_eq!(store.anchors().len(), before, "kept twice");
        }
    }
    let mut store = WORLD.trusting();
    let offered = Offered {
        bytes,
        source: "fuzz",
        acceptance: &Acceptance::Vouched,
    };
    let receipts = store.take_in([offered]).receipts.len();
    WORLD.assert_believable(&store);
    let (anchors, lists) = (store.anchors().len(), store.deviation_lists().count());
    // What was kept out is tried again and gets another receipt; nothing is kept twice.
    assert!(store.take_in([offered]).receipts.len() <= 2 * receipts);
    assert_eq!(
        (store.anchors().len(), store.deviation_lists().count()),
        (anchors, lists)
    );
}
