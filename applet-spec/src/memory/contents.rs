//! What the chip remembers, and how a write changes it.

use std::borrow::Cow;
use std::collections::BTreeMap;

use crypto::Cipher;
use globalplatform::StaticKeys;
use lds::File;

use super::{
    Counted, CountedPassword, GeneratedKey, Job, KeySet, Octets, Receipt, TerminalTrust, Write,
};
use crate::access::AccessClass;
use crate::data_sheet::FILE_CAPACITY;
use crate::personalise::{ManifestEntry, Purpose, Role};
use crate::{Error, LifeCycle, Result};

/// Format of the journal that this crate writes.
const FORMAT: u8 = 1;
/// Octets of a serial number ([PERSO-012]).
const SERIAL_LEN: core::ops::RangeInclusive<usize> = 16..=32;

/// Everything a chip keeps without power.
pub struct ChipMemory {
    serial: Vec<u8>,
    life_cycle: LifeCycle,
    key_sets: BTreeMap<Role, KeySet>,
    generated: Vec<GeneratedKey>,
    receipt_counter: u32,
    job: Option<Job>,
    passwords: BTreeMap<Counted, CountedPassword>,
    terminal_trust: Option<TerminalTrust>,
    files: BTreeMap<File, StoredFile>,
}

/// A file of the job.
pub(crate) struct StoredFile {
    pub(crate) octets: Vec<u8>,
    /// Octets from the start that are known to be written without a gap ([PERSO-032]).
    pub(crate) mark: usize,
}

impl ChipMemory {
    /// Reads what [`ChipMemory::to_octets`] or a [`NonVolatileMemory`](super::NonVolatileMemory) holds.
    ///
    /// # Errors
    /// [`Error::Malformed`] when it is no journal of this crate.
    pub fn from_octets(octets: &[u8]) -> Result<Self> {
        Ok(super::journal::replay(octets)?.0)
    }

    /// The memory as a journal of one transaction. It holds every key of the chip.
    ///
    /// # Errors
    /// [`Error::Memory`] when a key cannot be encoded.
    pub fn to_octets(&self) -> Result<zeroize::Zeroizing<Vec<u8>>> {
        Ok(super::journal::snapshot(self)?)
    }

    /// Serial number.
    #[must_use]
    pub fn serial(&self) -> &[u8] {
        &self.serial
    }

    /// State of the life cycle.
    #[must_use]
    pub const fn life_cycle(&self) -> LifeCycle {
        self.life_cycle
    }

    /// The octets of a file of the job, for a laboratory; the holder's side asks for access first.
    #[must_use]
    pub fn file(&self, file: File) -> Option<&[u8]> {
        Some(&self.files.get(&file)?.octets)
    }

    /// The memory of a chip as the maker delivers it.
    pub(crate) fn manufactured(
        serial: &[u8],
        transport_keys: &StaticKeys,
        tries: u8,
    ) -> Result<Self> {
        if !SERIAL_LEN.contains(&serial.len()) {
            return Err(Error::Misuse("a serial number has 16 to 32 octets"));
        }
        let is_transport = Role::of_version(transport_keys.version()) == Some(Role::Transport);
        if !is_transport || transport_keys.cipher() != Cipher::Aes256 {
            return Err(Error::Misuse("transport keys are AES-256 of version 30"));
        }
        let keys = KeySet::new(transport_keys.duplicate(), tries);
        Ok(Self {
            serial: serial.to_vec(),
            key_sets: BTreeMap::from([(Role::Transport, keys)]),
            ..Self::unborn()
        })
    }

    pub(crate) const fn unborn() -> Self {
        Self {
            serial: Vec::new(),
            life_cycle: LifeCycle::Manufactured,
            key_sets: BTreeMap::new(),
            generated: Vec::new(),
            receipt_counter: 0,
            job: None,
            passwords: BTreeMap::new(),
            terminal_trust: None,
            files: BTreeMap::new(),
        }
    }

    pub(crate) fn key_set(&self, version: u8) -> Option<&KeySet> {
        self.key_sets.values().find(|set| set.version() == version)
    }

    pub(crate) fn key_sets(&self) -> impl Iterator<Item = (Role, &KeySet)> {
        self.key_sets.iter().map(|(role, set)| (*role, set))
    }

    pub(crate) fn generated(&self) -> impl Iterator<Item = &GeneratedKey> {
        self.generated.iter()
    }

    pub(crate) fn generated_key(
        &self,
        purpose: Purpose,
        key_id: Option<u8>,
    ) -> Option<&GeneratedKey> {
        self.generated
            .iter()
            .find(|key| key.purpose() == purpose && key.key_id() == key_id)
    }

    pub(crate) const fn receipt_counter(&self) -> u32 {
        self.receipt_counter
    }

    pub(crate) const fn job(&self) -> Option<&Job> {
        self.job.as_ref()
    }

    /// A password with a retry counter, if the job gave one.
    pub(crate) fn password(&self, kind: Counted) -> Option<&CountedPassword> {
        self.passwords.get(&kind)
    }

    /// What terminal authentication rests on, if the job asked for it.
    pub(crate) const fn terminal_trust(&self) -> Option<&TerminalTrust> {
        self.terminal_trust.as_ref()
    }

    pub(crate) fn stored_file(&self, file: File) -> Option<&StoredFile> {
        self.files.get(&file)
    }

    pub(super) fn stored_file_mut(&mut self, file: File) -> Option<&mut StoredFile> {
        self.files.get_mut(&file)
    }

    pub(super) const fn job_mut(&mut self) -> Option<&mut Job> {
        self.job.as_mut()
    }

    pub(super) fn insert_file(&mut self, file: File, stored: StoredFile) {
        self.files.insert(file, stored);
    }

    pub(super) fn take_file(&mut self, file: File) {
        self.files.remove(&file);
    }

    /// Access class of a file that the chip has for the holder's side.
    pub(crate) fn access_class(&self, file: File) -> Option<AccessClass> {
        if file == File::Cvca && self.terminal_trust.is_some() {
            return Some(AccessClass::of(file));
        }
        Some(self.job.as_ref()?.manifest.entry(file)?.class)
    }

    /// The octets of a file of the holder's side. EF.CVCA is what the trust points are at this moment ([FILES-008]).
    pub(crate) fn content(&self, file: File) -> Option<Cow<'_, [u8]>> {
        match &self.terminal_trust {
            Some(trust) if file == File::Cvca => {
                Some(trust.points.ef_cvca().ok()?.to_bytes().into())
            }
            _ => self.file(file).map(Cow::Borrowed),
        }
    }

    /// The writes that lead from nothing to these contents.
    pub(crate) fn writes(&self) -> Result<Vec<Write>> {
        let mut writes = vec![Write::Chip {
            format: FORMAT,
            serial: self.serial.as_slice().into(),
            state: self.life_cycle.code(),
        }];
        writes.extend(self.key_sets.values().map(KeySet::to_write));
        for key in &self.generated {
            writes.push(key.to_write()?);
        }
        writes.push(Write::ReceiptCounter {
            value: self.receipt_counter,
        });
        if let Some(job) = &self.job {
            writes.push(job.to_write());
            writes.extend(job.receipt.map(|receipt| Write::CommitReceipt {
                counter: receipt.counter,
                cmac: receipt.cmac.as_slice().into(),
            }));
        }
        writes.extend(self.passwords.values().map(CountedPassword::to_write));
        writes.extend(self.terminal_trust.as_ref().map(TerminalTrust::to_write));
        writes.extend(self.files.iter().map(|(file, stored)| Write::Content {
            file: file.word().to_owned(),
            mark: stored.mark,
            octets: stored.octets.as_slice().into(),
        }));
        Ok(writes)
    }

    /// Carries out one write.
    ///
    /// # Errors
    /// What is impossible about it, which a journal of this crate never is.
    pub(crate) fn apply(&mut self, write: &Write) -> core::result::Result<(), &'static str> {
        match write {
            Write::Chip {
                format,
                serial,
                state,
            } => self.begin(*format, serial, *state),
            _ if self.serial.is_empty() => Err("write before the serial number"),
            Write::State { code } => self.go_to(*code),
            Write::KeySet { version, .. } => {
                let role = Role::of_version(*version).ok_or("key version")?;
                let set = KeySet::from_write(write).ok_or("key set")?;
                self.key_sets.insert(role, set);
                Ok(())
            }
            Write::DestroyKeySet { version } => {
                self.key_sets.retain(|_, set| set.version() != *version);
                Ok(())
            }
            Write::Tries { version, left } => self.counters(*version).map(|set| set.tries = *left),
            Write::ChannelCounter { version, value } => self
                .counters(*version)
                .map(|set| set.channel_counter = *value),
            Write::Key { .. } | Write::AgreementKey { .. } => {
                self.put_key(GeneratedKey::from_write(write)?)
            }
            Write::DestroyKeys => {
                self.generated.clear();
                Ok(())
            }
            Write::ReceiptCounter { value } => {
                self.receipt_counter = *value;
                Ok(())
            }
            Write::Job { .. } => self.open(Job::from_write(write)?),
            Write::CountedPassword { .. } => {
                let password = CountedPassword::from_write(write)?;
                self.passwords.insert(password.kind, password);
                Ok(())
            }
            Write::Retries { reference, left } => self.count(*reference, *left),
            Write::TerminalTrust { .. } => {
                self.terminal_trust = Some(TerminalTrust::from_write(write)?);
                Ok(())
            }
            Write::TrustPoints { points } => self
                .terminal_trust
                .as_mut()
                .ok_or("trust points without terminal authentication")?
                .renew(points),
            Write::DestroyJob => {
                self.close();
                Ok(())
            }
            Write::File { file, at, octets } => self.write_file(file, *at, octets.as_slice()),
            Write::Content { file, mark, octets } => self.named_file(file).map(|file| {
                file.octets = octets.as_slice().to_vec();
                file.mark = *mark;
            }),
            Write::Mark { file, octets } => self.named_file(file).map(|file| file.mark = *octets),
            Write::CommitReceipt { counter, cmac } => self.receive(*counter, cmac),
        }
    }

    fn begin(
        &mut self,
        format: u8,
        serial: &Octets,
        state: u8,
    ) -> core::result::Result<(), &'static str> {
        if format != FORMAT {
            return Err("journal of an unknown format");
        }
        if !self.serial.is_empty() {
            return Err("second serial number");
        }
        if !SERIAL_LEN.contains(&serial.as_slice().len()) {
            return Err("length of the serial number");
        }
        self.serial = serial.as_slice().to_vec();
        self.life_cycle = LifeCycle::from_code(state).ok_or("state of the life cycle")?;
        Ok(())
    }

    fn go_to(&mut self, code: u8) -> core::result::Result<(), &'static str> {
        let next = LifeCycle::from_code(code).ok_or("state of the life cycle")?;
        if !self.life_cycle.may_become(next) {
            return Err("transition of the life cycle");
        }
        self.life_cycle = next;
        Ok(())
    }

    fn counters(&mut self, version: u8) -> core::result::Result<&mut KeySet, &'static str> {
        self.key_sets
            .values_mut()
            .find(|set| set.version() == version)
            .ok_or("counter of a key set that is not there")
    }

    /// A key in the place of the one with its purpose and number.
    pub(crate) fn put_key(&mut self, key: GeneratedKey) -> core::result::Result<(), &'static str> {
        let place = |key: &GeneratedKey| (key.purpose(), key.key_id());
        self.generated.retain(|old| place(old) != place(&key));
        self.generated.push(key);
        Ok(())
    }

    fn open(&mut self, job: Job) -> core::result::Result<(), &'static str> {
        let room = |entry: &ManifestEntry| {
            let stored = StoredFile {
                octets: vec![0; entry.len],
                mark: 0,
            };
            (entry.file, stored)
        };
        if job.manifest.total_len() > *FILE_CAPACITY.end() {
            return Err("job that no chip has room for");
        }
        self.files = job.manifest.entries().map(room).collect();
        self.job = Some(job);
        Ok(())
    }

    fn close(&mut self) {
        self.job = None;
        self.passwords.clear();
        self.terminal_trust = None;
        self.files.clear();
    }

    fn count(&mut self, reference: u8, left: u8) -> core::result::Result<(), &'static str> {
        let password = Counted::from_reference(reference)
            .and_then(|kind| self.passwords.get_mut(&kind))
            .filter(|password| left <= password.start)
            .ok_or("retry counter of a password that is not there")?;
        password.left = left;
        Ok(())
    }

    fn named_file(&mut self, word: &str) -> core::result::Result<&mut StoredFile, &'static str> {
        File::from_word(word)
            .and_then(|file| self.files.get_mut(&file))
            .ok_or("file that is not there")
    }

    fn write_file(
        &mut self,
        word: &str,
        at: usize,
        octets: &[u8],
    ) -> core::result::Result<(), &'static str> {
        let file = self.named_file(word)?;
        let end = at.checked_add(octets.len()).ok_or("octets of a file")?;
        file.octets
            .get_mut(at..end)
            .ok_or("octets behind the end of a file")?
            .copy_from_slice(octets);
        Ok(())
    }

    fn receive(&mut self, counter: u32, cmac: &Octets) -> core::result::Result<(), &'static str> {
        let job = self.job.as_mut().ok_or("receipt without a job")?;
        let cmac = cmac.as_slice().try_into().map_err(|_| "receipt")?;
        job.receipt = Some(Receipt { counter, cmac });
        Ok(())
    }
}
