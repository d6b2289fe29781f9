//! What a place of trust is made of, on its way into a trust store.

use std::collections::BTreeSet;

use pki::trust_store::{Intake, Offered};
use pki::{Acceptance, Fingerprint, TrustStore};
use time::OffsetDateTime;

/// What a store, or another place, is made of: what is withdrawn, and files.
#[derive(Debug, Default)]
pub(super) struct Contents {
    pub(super) withdrawn: BTreeSet<Fingerprint>,
    pub(super) files: Vec<Held>,
}

/// A file on its way into a trust store.
#[derive(Debug)]
pub(super) struct Held {
    pub(super) content: Vec<u8>,
    pub(super) name: String,
    /// Every reason why it is to be trusted: it is offered once for each.
    pub(super) acceptances: Vec<Acceptance>,
    /// When it came in, as far as that counts.
    pub(super) received: Option<OffsetDateTime>,
}

impl Contents {
    /// All files at once: no order among them counts.
    pub(super) fn load_into(&self, trust: &mut TrustStore) -> Intake {
        for mark in &self.withdrawn {
            trust.withdraw(*mark);
        }
        for file in &self.files {
            if let Some(received) = file.received {
                trust.note_receipt(Fingerprint::of(&file.content), received);
            }
        }
        trust.take_in(self.files.iter().flat_map(|file| {
            let reasons = file.acceptances.iter();
            reasons.map(|acceptance| Offered {
                bytes: &file.content,
                source: &file.name,
                acceptance,
            })
        }))
    }
}
