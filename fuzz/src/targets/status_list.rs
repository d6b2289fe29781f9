//! Status lists that a verifier was handed: as a signed token, as the compressed list inside it.

use std::sync::LazyLock;

use crypto::{Curve, HashAlgorithm, PrivateKey, PublicKey, SignatureAlgorithm};
use pki::{Signer as _, SoftwareSigner};
use rand::{SeedableRng as _, rngs::StdRng};
use status_list::{
    Bits, Claims, Status, StatusList, VerifiedStatusList, jws, list::MAX_LIST_BYTES, token,
};
use time::{Duration, OffsetDateTime, macros::datetime};

use super::assert_printable;

const ADDRESS: &str = "https://register.example/status/1";
const NOW: OffsetDateTime = datetime!(2026-11-22 8:00 UTC);
const REVOKED: u64 = 7;

struct World {
    key: PublicKey,
    list: StatusList,
    token: String,
}

static WORLD: LazyLock<World> = LazyLock::new(|| {
    let rng = || StdRng::seed_from_u64(9303);
    let key = PrivateKey::generate_ec(Curve::P256, &mut rng()).unwrap();
    let algorithm = SignatureAlgorithm::Ecdsa(HashAlgorithm::Sha256);
    let signer = SoftwareSigner::new(key, algorithm, Box::new(rng())).unwrap();
    let mut list = StatusList::new(Bits::Two, 64).unwrap();
    list.set(REVOKED, Status::Invalid).unwrap();
    let claims = Claims {
        subject: ADDRESS.to_owned(),
        issued_at: NOW,
        expires_at: NOW + Duration::DAY,
        time_to_live: Some(Duration::HOUR),
    };
    let token = token::sign(&claims, &list, jws::Header::default(), &signer).unwrap();
    World {
        key: signer.public_key().clone(),
        list,
        token,
    }
});

/// A token, and a list alone.
pub fn seeds() -> Vec<Vec<u8>> {
    let world = &*WORLD;
    vec![world.token.clone().into_bytes(), world.list.compress()]
}

/// What must hold of every byte string.
pub fn status_list(bytes: &[u8]) {
    match StatusList::decompress(Bits::Two, bytes) {
        Ok(list) => {
            assert!(list.entries() <= 4 * MAX_LIST_BYTES as u64);
            assert!(list.status(list.entries()).is_err(), "beyond the end");
            let again = StatusList::decompress(Bits::Two, &list.compress()).unwrap();
            assert!(again == list, "another list after packing");
        }
        Err(error) => assert_printable(&error.to_string()),
    }
    let Ok(text) = core::str::from_utf8(bytes) else {
        return;
    };
    if let Err(fault) = jws::Unverified::parse(text) {
        assert_printable(&fault.to_string());
    }
    match VerifiedStatusList::open(text, &WORLD.key, ADDRESS, NOW) {
        // Only what the key has signed.
        Ok(open) => assert!(*open.list() == WORLD.list, "a list that nobody has signed"),
        Err(error) => assert_printable(&error.to_string()),
    }
}
