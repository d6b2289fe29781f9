//! What a laboratory does to a chip that a terminal cannot: make it lie.

use crypto::{HashAlgorithm, SecretBytes};
use lds::{File, SecurityInfos};
use mrz::MrzInformation;

use super::ChipMemory;
use super::contents::StoredFile;
use crate::personalise::ManifestEntry;
use crate::{Error, Result};

const NO_JOB: Error = Error::Misuse("the chip holds no document");

impl ChipMemory {
    /// Alters one octet of a file behind the back of every check: `octet xor mask`.
    ///
    /// A tool for negative tests: inspection must notice. No command of the chip leads here.
    ///
    /// # Errors
    /// [`Error::Misuse`] when the chip does not have the file, or it is shorter.
    pub fn tamper(&mut self, file: File, offset: usize, mask: u8) -> Result<()> {
        let octet = self
            .stored_file_mut(file)
            .and_then(|stored| stored.octets.get_mut(offset))
            .ok_or(Error::Misuse("no such octet on the chip"))?;
        *octet ^= mask;
        Ok(())
    }

    /// Puts a file on the chip, in the place of another one or beside the others, open to whom its kind is open.
    ///
    /// # Errors
    /// [`Error::Misuse`] on a chip without a job.
    pub(crate) fn put_file(&mut self, file: File, octets: Vec<u8>) -> Result<()> {
        let job = self.job_mut().ok_or(NO_JOB)?;
        job.manifest.put(ManifestEntry::of(file, &octets));
        let mark = octets.len();
        self.insert_file(file, StoredFile { octets, mark });
        Ok(())
    }

    /// Takes a file from the chip.
    ///
    /// # Errors
    /// [`Error::Misuse`] on a chip without a job.
    pub(crate) fn remove_file(&mut self, file: File) -> Result<()> {
        self.job_mut().ok_or(NO_JOB)?.manifest.remove(file);
        self.take_file(file);
        Ok(())
    }

    /// Lets the chip offer what it did not.
    ///
    /// # Errors
    /// [`Error::Misuse`] on a chip without a job.
    pub(crate) fn offer(&mut self, security_infos: SecurityInfos) -> Result<()> {
        self.job_mut().ok_or(NO_JOB)?.security_infos = security_infos;
        Ok(())
    }

    /// Changes the zone whose knowledge opens the chip.
    ///
    /// # Errors
    /// [`Error::Misuse`] on a chip without a job.
    pub(crate) fn open_by(&mut self, zone: &MrzInformation) -> Result<()> {
        let seed = SecretBytes::new(HashAlgorithm::Sha1.digest(zone.as_bytes()));
        self.job_mut().ok_or(NO_JOB)?.mrz_seed = Some(seed);
        Ok(())
    }

    /// Number of the first domain parameters of PACE that the chip offers.
    pub(crate) fn first_parameters(&self) -> Option<u8> {
        self.job()?.security_infos.pace().next()?.parameter_id
    }

    /// Puts other content in the place of a file of the chip, of whatever length.
    ///
    /// A tool for negative tests, as [`ChipMemory::tamper`]: a file swapped with another card's.
    ///
    /// # Errors
    /// [`Error::Misuse`] when the chip does not have the file.
    pub fn replace_file(&mut self, file: File, octets: Vec<u8>) -> Result<()> {
        let stored = self
            .stored_file_mut(file)
            .ok_or(Error::Misuse("no such file on the chip"))?;
        stored.mark = octets.len();
        stored.octets = octets;
        Ok(())
    }
}
