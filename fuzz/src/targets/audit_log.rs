//! What an auditor is handed: entries, the log's key, checkpoints.

use std::sync::LazyLock;

use audit_log::note::Note;
use audit_log::{
    Actor, ActorKind, Checkpoint, Entry, Head, LogKey, Outcome, Subject, Token, VerifiedCheckpoint,
    Word,
};
use crypto::{Curve, HashAlgorithm, PrivateKey, SignatureAlgorithm};
use pki::{Signer as _, SoftwareSigner};
use rand::{SeedableRng as _, rngs::StdRng};
use time::macros::datetime;
use uuid::Uuid;

use super::assert_printable;

struct World {
    key: LogKey,
    entry: Entry,
    checkpoint: Checkpoint,
    note: String,
}

static WORLD: LazyLock<World> = LazyLock::new(|| {
    let rng = || StdRng::seed_from_u64(9303);
    let key = PrivateKey::generate_ec(Curve::P256, &mut rng()).unwrap();
    let algorithm = SignatureAlgorithm::Ecdsa(HashAlgorithm::Sha256);
    let signer = SoftwareSigner::new(key, algorithm, Box::new(rng())).unwrap();
    let key = LogKey::new("uto.example/audit", signer.public_key().clone()).unwrap();
    let at = datetime!(2026-11-22 8:00 UTC);
    let token = |text| Token::new(text).unwrap();
    let actor = Actor {
        kind: ActorKind::Person,
        id: token("7"),
        name: token("TEST.approver"),
    };
    let subject = Subject {
        kind: Word::new("application").unwrap(),
        id: token("0192f0c1-2b3c-7d4e-8f50-617283940a1b"),
    };
    let action = Word::new("application.approve").unwrap();
    let entry = Entry::new(
        Uuid::from_u128(0x0192_f0c1_2b3c_7d4e_8f50_6172_8394_0a1b),
        at,
        actor,
        action,
        subject,
        Outcome::Done,
    )
    .unwrap()
    .with_detail(Word::new("stage").unwrap(), token("checked"))
    .unwrap();
    let head = Head {
        size: 1,
        root: entry.leaf(),
    };
    let checkpoint = Checkpoint::new(head, at).unwrap();
    let note = checkpoint.sign(&key, &signer).unwrap();
    World {
        key,
        entry,
        checkpoint,
        note,
    }
});

/// An entry, a verifier key, a checkpoint.
pub fn seeds() -> Vec<Vec<u8>> {
    let world = &*WORLD;
    vec![
        world.entry.to_bytes(),
        world.key.to_string().into_bytes(),
        world.note.clone().into_bytes(),
    ]
}

/// What must hold of every byte string.
pub fn audit_log(bytes: &[u8]) {
    match Entry::parse(bytes) {
        // One spelling: two auditors never see two leaves of one entry.
        Ok(entry) => assert_eq!(entry.to_bytes(), bytes),
        Err(error) => assert_printable(&error.to_string()),
    }
    let Ok(text) = core::str::from_utf8(bytes) else {
        return;
    };
    match LogKey::parse(text) {
        Ok(key) => assert_eq!(key.to_string(), text.trim_end()),
        Err(error) => assert_printable(&error.to_string()),
    }
    if let Err(error) = Note::parse(text) {
        assert_printable(&error.to_string());
    }
    let keys = core::slice::from_ref(&WORLD.key);
    match VerifiedCheckpoint::open(text, keys) {
        // Only what the key has signed, whatever stands in further lines of signatures.
        Ok(read) => {
            assert_eq!(read.head(), WORLD.checkpoint.head());
            assert_eq!(read.at(), WORLD.checkpoint.at());
        }
        Err(error) => assert_printable(&error.to_string()),
    }
}
