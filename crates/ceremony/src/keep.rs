//! Backup, restoration and deletion of the root (TR-03145-1, PRC.Req.10, 12, 14): two persons, a record, a proof.
//!
//! A backup is the journal and, where the keys are files, the key files as they are: encrypted under the secret of both
//! persons. Keys in a token never leave it; the token's own means of backup are for them, and the record says so.
//!
//! What a lost root did after its last backup is unknown to the restored one. So a restored root answers no request that may
//! be older than the restoration, and its next revocation list is numbered beyond anything the lost one can have reached.
//! What the lost one issued it revokes when the certificate itself is laid before it: [`Root::revoke_certificate`].

use pki::Signer;
use serde::{Deserialize, Serialize};
use time::OffsetDateTime;

use crate::journal::{Effect, Entry, MAX_JOURNAL_LEN};
use crate::octets::{Der, Digest};
use crate::record::{Act, Fact, Object, Sitting, moment};
use crate::root::Root;
use crate::seal::{Purpose, Seal};
use crate::{Error, Forged, Refused, Result, text};

/// Largest backup: a journal of full length, written as text in a text.
pub const MAX_BACKUP_LEN: usize = 2 * MAX_JOURNAL_LEN;
/// So many numbers of revocation lists are left out after a restoration.
pub const RESTORATION_GAP: u64 = 1000;
const WHAT: &str = "backup";
const VERSION: u8 = 1;

/// A backup as it lies in the safe.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Backup {
    body: BackupBody,
    csca: Seal,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct BackupBody {
    version: u8,
    #[serde(with = "time::serde::rfc3339")]
    made_at: OffsetDateTime,
    keys: Vec<KeyCopy>,
    journal: String,
}

/// The encrypted file of a key.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct KeyCopy {
    /// Which generation.
    pub generation: u32,
    /// The file's content, encrypted under the secret of both persons.
    pub content: Der,
}

impl Backup {
    /// Reads a backup and checks the CSCA's signature over it by the certificate in its own journal.
    ///
    /// # Errors
    /// [`Error::TooLong`], [`Error::Malformed`], [`Error::OtherForm`], [`Error::Version`], [`Error::Journal`],
    /// [`Forged::Backup`].
    pub fn read(file: &[u8]) -> Result<Self> {
        let backup: Self = text::read(file, WHAT, MAX_BACKUP_LEN)?;
        let version = backup.body.version;
        if version != VERSION {
            return Err(Error::Version {
                what: WHAT,
                version,
            });
        }
        let key = backup.root()?.certificate()?.public_key()?;
        let body = text::canonical(&backup.body)?;
        if backup.csca.is_by(Purpose::Backup, &body, &key) {
            Ok(backup)
        } else {
            Err(Forged::Backup.into())
        }
    }

    /// The root as it was.
    ///
    /// # Errors
    /// [`Error::Journal`].
    pub fn root(&self) -> Result<Root> {
        Root::open(self.body.journal.as_bytes())
    }

    /// The key files.
    #[must_use]
    pub fn keys(&self) -> &[KeyCopy] {
        &self.body.keys
    }

    /// When it was made.
    #[must_use]
    pub const fn made_at(&self) -> OffsetDateTime {
        self.body.made_at
    }
}

impl Root {
    /// Makes a backup with these key files and gives its text.
    ///
    /// # Errors
    /// [`Refused::Destroyed`], [`Refused::JournalFull`]; whatever the signer answers.
    pub fn back_up(
        &mut self,
        keys: Vec<KeyCopy>,
        sitting: &Sitting<'_>,
        signer: &dyn Signer,
    ) -> Result<String> {
        self.back_up_after(keys, &[], sitting, signer)
    }

    /// The same, and enters which copies ceremonies may have written that broke off before they were recorded.
    ///
    /// # Errors
    /// As [`Root::back_up`].
    pub fn back_up_after(
        &mut self,
        keys: Vec<KeyCopy>,
        unrecorded: &[String],
        sitting: &Sitting<'_>,
        signer: &dyn Signer,
    ) -> Result<String> {
        self.ready(signer)?;
        self.journal.require_room(0)?;
        let mut facts: Vec<Fact> = keys
            .iter()
            .map(|key| {
                let what = format!("Khóa thế hệ / Key of generation {}", key.generation);
                Fact::new(
                    &what,
                    format!("encrypted file, SHA-256 {}", key.content.digest()),
                )
            })
            .collect();
        if keys.is_empty() {
            facts.push(Fact::new(
                "Khóa / Keys",
                "in a token, not part of this backup: use the token's own means",
            ));
        }
        facts.extend(unrecorded.iter().map(|copy| {
            Fact::new(
                "Bản sao dở dang / Copy of a ceremony that broke off, perhaps written",
                &**copy,
            )
        }));
        let body = BackupBody {
            version: VERSION,
            made_at: sitting.now.replace_nanosecond(0).unwrap_or(sitting.now),
            keys,
            journal: self.journal.text().to_owned(),
        };
        let backup = Backup {
            csca: Seal::set(Purpose::Backup, &text::canonical(&body)?, signer)?,
            body,
        };
        let file = text::write(&backup)?;
        if file.len() > MAX_BACKUP_LEN {
            return Err(Refused::JournalFull(MAX_JOURNAL_LEN).into());
        }
        let entry = Entry {
            act: Act::Backup,
            facts,
            objects: vec![Object::outgoing("backup", Digest::of(file.as_bytes()))],
            effect: Effect::BackedUp,
        };
        self.journal.append(sitting, entry, Some(signer))?;
        Ok(file)
    }

    /// Brings the root back from a backup's file; the key has been opened again from it.
    ///
    /// # Errors
    /// As [`Backup::read`]; [`Error::Misuse`] for another key.
    pub fn restore(file: &[u8], sitting: &Sitting<'_>, signer: &dyn Signer) -> Result<Self> {
        let backup = Backup::read(file)?;
        let mut root = backup.root()?;
        root.ready(signer)?;
        let next_crl_number = root
            .journal
            .state()
            .next_crl_number()
            .saturating_add(RESTORATION_GAP);
        let digest = Digest::of(file);
        let entry = Entry {
            act: Act::Restore,
            facts: vec![
                Fact::new("Bản sao ngày / Backup made at", moment(backup.made_at())),
                Fact::new(
                    "Số CRL kế tiếp / Next CRL number",
                    next_crl_number.to_string(),
                ),
                Fact::new(
                    "Lưu ý / Note",
                    "revocations after the backup must be entered again; requests made before this, or within a day after, must be made again",
                ),
            ],
            objects: vec![Object::incoming("backup", digest)],
            effect: Effect::Restored {
                backup: digest,
                next_crl_number,
            },
        };
        root.journal.append(sitting, entry, Some(signer))?;
        Ok(root)
    }

    /// The generations to delete: one that is out of use, or without a number all that are left.
    ///
    /// # Errors
    /// [`Refused::Generation`], [`Refused::Destroyed`] when nothing is left to delete.
    pub fn to_destroy(&self, generation: Option<u32>) -> Result<Vec<u32>> {
        let state = self.journal.state();
        let left: Vec<u32> = state
            .generations()
            .map(|known| known.number)
            .filter(|number| !state.is_destroyed(*number))
            .collect();
        match generation {
            None if left.is_empty() => Err(Refused::Destroyed.into()),
            None => Ok(left),
            Some(number) if left.contains(&number) && number != state.current().number => {
                Ok(vec![number])
            }
            Some(_) => Err(Refused::Generation.into()),
        }
    }

    /// Enters the decision to delete keys; after this line the root certifies nothing with them any more, whatever happens
    /// to the machine. The deletion follows, then [`Root::confirm_destruction`].
    ///
    /// # Errors
    /// [`Refused::Generation`] for none, one that does not exist or is destroyed, or the one in use while older ones are
    /// left; [`Refused::Destroyed`]; whatever the signer answers.
    pub fn begin_destruction(
        &mut self,
        generations: &[u32],
        sitting: &Sitting<'_>,
        signer: &dyn Signer,
    ) -> Result<()> {
        self.ready(signer)?;
        let left = self.to_destroy(None)?;
        let current = self.journal.state().current().number;
        let all = left.iter().all(|number| generations.contains(number));
        if generations.is_empty()
            || !generations.iter().all(|number| left.contains(number))
            || (generations.contains(&current) && !all)
        {
            return Err(Refused::Generation.into());
        }
        let mut facts = Vec::new();
        for known in self.journal.state().generations() {
            if generations.contains(&known.number) {
                let what = format!("Khóa thế hệ / Key of generation {}", known.number);
                facts.push(Fact::new(
                    &what,
                    format!("{}, {}", known.algorithm, known.key),
                ));
            }
        }
        let entry = Entry {
            act: Act::Destroy,
            facts,
            objects: Vec::new(),
            effect: Effect::Destroying {
                generations: generations.to_vec(),
            },
        };
        self.journal.append(sitting, entry, Some(signer))
    }

    /// Deletions that were begun and not confirmed.
    #[must_use]
    pub fn unconfirmed_destructions(&self) -> Vec<u32> {
        self.journal.state().unconfirmed_destructions()
    }

    /// Enters that keys are gone, with the proof of each. The signer is the key in use, if there is one left.
    ///
    /// # Errors
    /// [`Refused::Generation`] when no deletion of them was begun; whatever the signer answers.
    pub fn confirm_destruction(
        &mut self,
        proofs: &[(u32, String)],
        sitting: &Sitting<'_>,
        signer: Option<&dyn Signer>,
    ) -> Result<()> {
        let begun = self.unconfirmed_destructions();
        if proofs.is_empty() || !proofs.iter().all(|(number, _)| begun.contains(number)) {
            return Err(Refused::Generation.into());
        }
        let facts = proofs.iter().map(|(number, proof)| {
            let what = format!("Khóa thế hệ / Key of generation {number}");
            Fact::new(&what, &**proof)
        });
        let entry = Entry {
            act: Act::Destroyed,
            facts: facts.collect(),
            objects: Vec::new(),
            effect: Effect::Destroyed {
                generations: proofs.iter().map(|(number, _)| *number).collect(),
            },
        };
        self.journal.append(sitting, entry, signer)
    }
}
