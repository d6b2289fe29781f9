//! The document signers of an issuer's folder.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::SystemTime;

use crypto::SecretBytes;
use key_store::revocation::revokes;
use key_store::{KeyLocation, LedgerState, RevocationList, SignerRing};
use pki::DocumentSigner;
use time::OffsetDateTime;

use super::SignerState;
use crate::office::Randomness;
use crate::{Error, Result};

/// What makes a folder an issuer's.
const SETTINGS: &str = "issuer.toml";
/// The ring.
const RING: &str = "document-signers";

/// Whether this is the folder of an issuer, and not of a test issuer.
pub(super) fn is_issuer(folder: &Path) -> bool {
    folder.join(SETTINGS).exists()
}

/// The ring, opened again when `card-tool` has changed it.
pub(super) struct IssuerSigners {
    ring_folder: PathBuf,
    revocations: RevocationList,
    secret: SecretBytes,
    randomness: Arc<Randomness>,
    opened: Mutex<Opened>,
}

struct Opened {
    ring: Arc<SignerRing>,
    seen: Seen,
}

/// When the folder of the ring and the list were written: a signer that joins, and a list that is accepted, change one of them.
type Seen = [Option<SystemTime>; 2];

impl IssuerSigners {
    pub(super) fn open(
        folder: &Path,
        secret: SecretBytes,
        randomness: Arc<Randomness>,
    ) -> Result<Self> {
        let ring_folder = folder.join(RING);
        let revocations = RevocationList::of(folder, &ring_folder);
        let opened = Mutex::new(open(&ring_folder, &revocations).map_err(Error::Signers)?);
        Ok(Self {
            ring_folder,
            revocations,
            secret,
            randomness,
            opened,
        })
    }

    pub(super) fn current(
        &self,
        document_type: &str,
        now: OffsetDateTime,
    ) -> Result<Arc<DocumentSigner>> {
        let secret = |_: &KeyLocation| Ok(self.secret.duplicate());
        self.ring()
            .and_then(|ring| ring.current(document_type, now, &secret, &mut *(self.randomness)()))
            .map_err(Error::Signers)
    }

    pub(super) fn states(&self, now: OffsetDateTime) -> Result<Vec<SignerState>> {
        self.looked_at(now).map_err(Error::Signers)
    }

    fn looked_at(&self, now: OffsetDateTime) -> key_store::Result<Vec<SignerState>> {
        let ring = self.ring()?;
        let list = self.revocations.current()?;
        let state = |entry: &Arc<key_store::Entry>| {
            let status = entry.status()?;
            let types = entry.right().document_types().to_vec();
            Ok(SignerState {
                name: Some(entry.name().to_owned()),
                certificate: entry.certificate().clone(),
                used: Some(status.used),
                limit: status.limit,
                may_sign: status.state == LedgerState::Open
                    && types.iter().any(|code| entry.admits(code, now).is_ok())
                    && !revokes(list.as_ref(), entry.certificate()),
                document_types: types,
            })
        };
        ring.entries().iter().map(state).collect()
    }

    /// The ring as it is now. Keys that are open stay so until somebody changes it.
    fn ring(&self) -> key_store::Result<Arc<SignerRing>> {
        let mut opened = self.opened.lock().unwrap_or_else(PoisonError::into_inner);
        if opened.seen != seen(&self.ring_folder, &self.revocations) {
            *opened = open(&self.ring_folder, &self.revocations)?;
        }
        Ok(Arc::clone(&opened.ring))
    }
}

fn open(ring: &Path, revocations: &RevocationList) -> key_store::Result<Opened> {
    // Looked at first: what changes while it is opened is seen the next time.
    let seen = seen(ring, revocations);
    let ring = SignerRing::open(ring)?.refusing(revocations.current()?);
    Ok(Opened {
        ring: Arc::new(ring),
        seen,
    })
}

fn seen(ring: &Path, revocations: &RevocationList) -> Seen {
    [ring, revocations.path()].map(|path| fs::metadata(path).and_then(|of| of.modified()).ok())
}
