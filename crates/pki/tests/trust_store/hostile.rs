//! Bytes from strangers into a store that trusts somebody: no panic, no endless work, no trust.

use std::sync::LazyLock;
use std::time::{Duration, Instant};

use pki::trust_store::Offered;
use pki::{Acceptance, TrustStore, ldif};
use proptest::prelude::*;

use crate::states::{Writing, crl, element, key, master_list, sequence};

struct Good {
    root: Vec<u8>,
    objects: Vec<Vec<u8>>,
}

static GOOD: LazyLock<Good> = LazyLock::new(|| {
    let csca = Writing::root("UT", "CSCA TEST", &key(1));
    let root = csca.by_itself();
    let signer = csca.list_signer("UT", &key(2)).signed_by(&key(1));
    let other = Writing::root("VN", "CSCA TEST", &key(3)).by_itself();
    let link = csca
        .link_to(&Writing::root("UT", "CSCA TEST 2", &key(4)))
        .signed_by(&key(1));
    let list = master_list(&[&other], &signer, &key(2));
    let text = format!(
        "version: 1\n\ndn: c=UT\ncACertificate;binary:: {}\n",
        base64::Engine::encode(&base64::engine::general_purpose::STANDARD, &link)
    );
    Good {
        root,
        objects: vec![
            list,
            link,
            crl(&csca, &key(1), "260101000000Z", &[1]),
            text.into_bytes(),
        ],
    }
});

/// Offers bytes that nobody vouches for; only what the one CSCA has really signed may come in.
fn offer(bytes: &[u8]) -> TrustStore {
    let mut store = TrustStore::new();
    store.add(&GOOD.root, "ceremony").unwrap();
    let intake = store.take_in([Offered {
        bytes,
        source: "hostile",
        acceptance: &Acceptance::Vouched,
    }]);
    let _ = format!("{:?} {:?}", intake.faults, store.kept_out().len());
    let _ = store.add_ldif(bytes, "hostile", &Acceptance::Vouched);
    store
}

proptest! {
    #[test]
    fn random_bytes_are_never_trusted(bytes in proptest::collection::vec(any::<u8>(), 0..600)) {
        prop_assert_eq!(offer(&bytes).anchors().len(), 1);
    }

    #[test]
    fn random_text_is_read_to_its_end(text in "(dn|cn|changetype|add|delete|-| |#|:|::|\\n|\\r|;binary|AQID|userCertificate|modify){0,80}") {
        prop_assert_eq!(offer(text.as_bytes()).anchors().len(), 1);
        let entries = ldif::Reader::new(text.as_bytes()).count();
        prop_assert!(entries <= text.lines().count() + 1);
    }

    #[test]
    fn a_good_object_with_a_change_is_not_trusted_or_is_the_good_one(
        which in 0..4usize,
        at in any::<prop::sample::Index>(),
        value in any::<u8>(),
    ) {
        let mut bytes = GOOD.objects[which].clone();
        let at = at.index(bytes.len());
        bytes[at] = value;
        let trusted = offer(&bytes);
        let good = offer(&GOOD.objects[which]);
        for anchor in trusted.anchors() {
            prop_assert!(good.anchor(&anchor.fingerprint()).is_some(), "byte {}", at);
        }
    }

    #[test]
    fn values_come_out_of_ldif_as_they_went_in(value in proptest::collection::vec(any::<u8>(), 0..200), width in 1..80usize) {
        let encoded = base64::Engine::encode(&base64::engine::general_purpose::STANDARD, &value);
        let lines: Vec<&str> = encoded.as_bytes().chunks(width).map(|part| core::str::from_utf8(part).unwrap()).collect();
        let text = format!("dn: c=UT\nx;binary:: {}\n", lines.join("\n "));
        let entry = ldif::Reader::new(text.as_bytes()).next().unwrap().unwrap();
        prop_assert_eq!(&entry.attributes[0].value, &value);
    }
}

#[test]
fn ten_megabytes_of_garbage_end_soon() {
    const LEN: usize = 10_000_000;
    // Without optimisation everything takes several times as long.
    const PATIENCE: Duration = Duration::from_secs(if cfg!(debug_assertions) { 8 } else { 1 });
    let text = |part: &str| {
        [
            b"version: 1\n\n".to_vec(),
            part.repeat(LEN / part.len()).into_bytes(),
        ]
        .concat()
    };
    let list = |content: Vec<u8>| sequence(&[&[0x02, 0x01, 0x00], &element(0x31, &content)]);
    let certificate = GOOD.root.clone();
    for (what, bytes) in [
        ("empty lines", text("\n")),
        ("names", text("dn: x\n\n")),
        ("faults", text("x\n\n")),
        ("folds", text(" \n")),
        ("one long line", text("a")),
        ("attributes", text("dn: x\ncn: y\n")),
        ("base64", text("dn: x\ncacertificate:: AQIDBAUGBwgJ\n\n")),
        ("comments", text("#\n ")),
        (
            "list of empty certificates",
            list([0x30, 0x00].repeat(LEN / 2)),
        ),
        (
            "list of one certificate",
            list(certificate.repeat(LEN / certificate.len())),
        ),
        ("list of zeros", list(vec![0; LEN])),
        (
            "PEM beginnings",
            b"-----BEGIN X509 CRL-----".repeat(LEN / 24),
        ),
    ] {
        let start = Instant::now();
        assert_eq!(offer(&bytes).anchors().len(), 1, "{what}");
        let elapsed = start.elapsed();
        assert!(elapsed < PATIENCE, "{what}: {elapsed:?}");
    }
}
