//! When a list came in: its signer may claim any signing time, but not when the file was had.

use pki::trust_store::Offered;
use pki::{Acceptance, Error, Fingerprint, TrustStore, Untrusted};
use time::macros::datetime;

use crate::states::{Writing, key, list_content, signed_list, trusted};

#[test]
fn a_signer_whose_time_is_over_cannot_date_his_list_back() {
    let csca = Writing::root("UT", "CSCA TEST", &key(1));
    let other = Writing::root("VN", "CSCA TEST", &key(11)).by_itself();
    let signer = Writing {
        ends: "250101000000Z",
        ..csca.list_signer("UT", &key(2))
    };
    let signer = signer.signed_by(&key(1));
    let kind = pki::oids::CSCA_MASTER_LIST;
    let content = list_content(&[&other]);
    // Signed, as it says, while the certificate was valid.
    let list = signed_list(kind, &content, &signer, &key(2), "240101000000Z");
    let file = Fingerprint::of(&list);
    let offered = |acceptance| Offered {
        bytes: &list,
        source: "list",
        acceptance,
    };
    let (before, after) = (
        datetime!(2024-06-01 0:00 UTC),
        datetime!(2026-06-01 0:00 UTC),
    );
    let early = datetime!(2019-06-01 0:00 UTC);
    let vouched = Acceptance::Vouched;
    for (what, received, is_taken) in [
        ("nobody knows when", &[][..], true),
        ("in time", &[before], true),
        ("too late", &[after], false),
        ("before the certificate began", &[early], false),
        ("in time, and again too late", &[before, after], true),
        ("the same in another order", &[after, before], true),
    ] {
        let mut store = TrustStore::new();
        store.add(&csca.by_itself(), "ceremony").unwrap();
        for at in received {
            store.note_receipt(file, *at);
        }
        let intake = store.take_in([offered(&vouched)]);
        let result = &intake.receipts[0].result;
        if is_taken {
            assert!(result.is_ok(), "{what}: {result:?}");
        } else {
            let expected = Error::Untrusted(Untrusted::ListSignerExpired);
            assert_eq!(result.as_ref().err(), Some(&expected), "{what}");
        }
        assert_eq!(
            trusted(&store).len(),
            if is_taken { 2 } else { 1 },
            "{what}"
        );
    }
    // Somebody who has checked the file by another way may say so.
    let mut store = TrustStore::new();
    store.add(&csca.by_itself(), "ceremony").unwrap();
    store.note_receipt(file, after);
    let somebody = Acceptance::OutOfBand("TEST".into());
    store.take_in([offered(&somebody)]);
    assert_eq!(trusted(&store).len(), 2);
}
