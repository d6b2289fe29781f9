//! Bytes from strangers: no panic, whatever they are. Long ones are in `crates/xtask/tests/fuzz`.

use std::sync::LazyLock;

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
