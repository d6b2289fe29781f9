//! LDIF files of a directory, and what a trust store makes of them.

use pki::TrustStore;
use pki::ldif::{MAX_ATTRIBUTES, Reader};
use pki::trust_store::Acceptance;

use super::assert_printable;
use crate::world::WORLD;

/// What must hold of every byte string read as LDIF.
pub fn ldif(bytes: &[u8]) {
    let lines = 1 + bytes.iter().filter(|byte| **byte == b'\n').count() as u64;
    let mut before = 0;
    let mut values = 0;
    for entry in Reader::new(bytes) {
        let line = match &entry {
            Ok(entry) => entry.line,
            Err(error) => error.line,
        };
        assert!(
            line > before && line <= lines,
            "line {line} behind {before} of {lines}"
        );
        before = line;
        let Ok(entry) = entry else {
            continue;
        };
        assert!(entry.attributes.len() <= MAX_ATTRIBUTES);
        for attribute in &entry.attributes {
            assert!(attribute.line > line && attribute.line <= lines);
            before = before.max(attribute.line);
            values += attribute.value.len();
        }
    }
    assert!(values <= bytes.len(), "more was read than is there");
    nothing_is_believed_for_nothing(bytes);
}

/// A directory gives no trust: whatever the file says, only what a trusted key has signed is taken.
fn nothing_is_believed_for_nothing(bytes: &[u8]) {
    let mut empty = TrustStore::new();
    empty.add_ldif(bytes, "fuzz", &Acceptance::Vouched);
    assert!(empty.anchors().is_empty() && empty.crls().next().is_none());
    assert!(empty.deviation_lists().next().is_none());

    let mut store = WORLD.trusting();
    let intake = store.add_ldif(bytes, "fuzz", &Acceptance::Vouched);
    WORLD.assert_believable(&store);
    for receipt in &intake.receipts {
        if let Err(error) = &receipt.result {
            assert_printable(&error.to_string());
        }
    }
    for (_, error) in &intake.faults {
        assert_printable(&error.to_string());
    }
}
