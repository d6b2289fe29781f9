//! What became of what was offered to a store.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::{Fingerprint, ListOrigin, ObjectKind};
use crate::ldif::LdifError;
use crate::{Error, Result};

/// Most faults of an LDIF file that are kept, and most names of attributes that are counted each for itself.
pub const MAX_FAULTS: usize = 256;

/// What became of the files that were offered.
#[derive(Debug, Default)]
pub struct Intake {
    /// One for each object but document signers that were taken, which directories hold by the ten thousand.
    pub receipts: Vec<Receipt>,
    /// Document signer certificates that are new in the store.
    pub new_document_signers: usize,
    /// Document signer certificates that the store held already.
    pub known_document_signers: usize,
    /// SHA-256 of the files that held document signer certificates.
    pub document_signer_files: BTreeSet<Fingerprint>,
    /// Entries of LDIF files that were read.
    pub entries: usize,
    /// Entries that ask for a deletion or a new name, which is not done.
    pub deletions: usize,
    /// Attributes of LDIF files that hold nothing for a trust store: name and how many.
    pub ignored_attributes: BTreeMap<String, usize>,
    /// Lines of LDIF files that could not be read: file, and what is wrong in which line.
    pub faults: Vec<(Arc<str>, LdifError)>,
    /// Faults beyond [`MAX_FAULTS`].
    pub further_faults: usize,
}

/// What became of one object.
#[derive(Debug, Clone)]
pub struct Receipt {
    /// What it is; `None` if that could not be found out.
    pub kind: Option<ObjectKind>,
    /// The file, and the line in an LDIF file.
    pub source: Arc<str>,
    /// SHA-256 of the object.
    pub sha256: Fingerprint,
    /// SHA-256 of the file it was in.
    pub file: Fingerprint,
    /// What the store gained, or why it was not taken.
    pub result: Result<Received>,
}

/// What the store gained by an object.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Received {
    /// Certificates or lists that are new.
    pub new: Vec<Fingerprint>,
    /// Those that the store held already.
    pub known: usize,
    /// Certificates of a list that were left out, and why.
    pub left_out: Vec<(Fingerprint, Error)>,
    /// Certificates of a list that could not be read.
    pub unreadable: usize,
    /// The list, and why it is trusted.
    pub list: Option<Arc<ListOrigin>>,
}

impl Received {
    pub(super) fn count(&mut self, fingerprint: Fingerprint, taken: Result<bool>) {
        match taken {
            Ok(true) => self.new.push(fingerprint),
            Ok(false) => self.known += 1,
            Err(error) => self.left_out.push((fingerprint, error)),
        }
    }
}

impl Intake {
    pub(super) fn note_fault(&mut self, source: &Arc<str>, fault: LdifError) {
        if self.faults.len() < MAX_FAULTS {
            self.faults.push((source.clone(), fault));
        } else {
            self.further_faults += 1;
        }
    }

    pub(super) fn note_ignored(&mut self, name: String) {
        const REST: &str = "…";
        let known = self.ignored_attributes.len() < MAX_FAULTS
            || self.ignored_attributes.contains_key(&name);
        let name = if known { name } else { REST.to_owned() };
        *self.ignored_attributes.entry(name).or_default() += 1;
    }
}
