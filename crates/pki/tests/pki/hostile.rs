//! Bytes from strangers: no panic, no endless work, whatever they are.

use std::sync::LazyLock;
use std::time::{Duration, Instant};

use crate::test_pki::{Document, NOW, P256, TestPki};
use crypto::EcParameters;
use pki::{Certificate, SecurityObject, SignedData, TrustStore};
use proptest::prelude::*;

struct Good {
    document: Document,
    csca: Vec<u8>,
    store: TrustStore,
}

static GOOD: LazyLock<Good> = LazyLock::new(|| {
    let pki = TestPki::new(P256, EcParameters::Explicit);
    Good {
        document: pki.document(),
        csca: pki.csca.clone(),
        store: pki.trust_store(),
    }
});

fn read_everything(bytes: &[u8]) {
    let _ = Certificate::parse(bytes).map(|certificate| certificate.public_key());
    let _ = SignedData::parse(bytes).map(|signed_data| signed_data.verify());
    let _ = TrustStore::new().add(bytes, "hostile");
    if let Ok(security_object) = SecurityObject::parse(bytes) {
        let data_groups = GOOD.document.data_groups();
        let report = pki::authenticate(&security_object, data_groups, &GOOD.store, NOW);
        let _ = format!("{report:?} {}", report.together());
    }
}

proptest! {
    #[test]
    fn random_bytes(bytes in proptest::collection::vec(any::<u8>(), 0..600)) {
        read_everything(&bytes);
    }

    #[test]
    fn random_bytes_behind_a_good_start(tag in prop_oneof![Just(0x77u8), Just(0x30)], bytes in proptest::collection::vec(any::<u8>(), 0..600)) {
        let whole = iso7816::tlv::encode(iso7816::tlv::Tag::new(tag.into()), &bytes);
        read_everything(&whole);
    }

    #[test]
    fn a_good_object_with_changes(
        changes in proptest::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..6),
        cut in proptest::option::of(any::<prop::sample::Index>()),
        certificate in any::<bool>(),
    ) {
        let good = if certificate { &GOOD.csca } else { &GOOD.document.security_object };
        let mut bytes = good.clone();
        for (at, value) in changes {
            let at = at.index(bytes.len());
            bytes[at] = value;
        }
        if let Some(cut) = cut {
            bytes.truncate(cut.index(bytes.len()));
        }
        read_everything(&bytes);
    }
}

#[test]
fn ten_megabytes_of_garbage_end_soon() {
    const LEN: usize = 10_000_000;
    let nested = [0x30, 0x80].repeat(LEN / 2);
    let flat = [
        [0x30, 0x80, 0xA0, 0x80].to_vec(),
        [0x05, 0x00].repeat(LEN / 2),
    ]
    .concat();
    let sequence = |content: Vec<u8>| iso7816::tlv::encode(iso7816::tlv::Tag::new(0x30), &content);
    let row_of_sequences = sequence([0x30, 0x00].repeat(LEN / 2));
    let begin = b"-----BEGIN CERTIFICATE-----".repeat(LEN / 27);
    for (what, bytes) in [
        ("zeros", vec![0; LEN]),
        ("ones", vec![0xFF; LEN]),
        ("nested sequences", nested),
        ("flat row in indefinite form", flat),
        ("row of sequences", row_of_sequences),
        ("beginnings of PEM", begin),
    ] {
        let start = Instant::now();
        read_everything(&bytes);
        let elapsed = start.elapsed();
        assert!(elapsed < Duration::from_secs(1), "{what}: {elapsed:?}");
    }
}
