//! Everything that goes into one chip.

use core::ops::RangeInclusive;
use std::collections::BTreeMap;

use crypto::{HashAlgorithm, SecretBytes};
use lds::{Access, Dg1, Dg14, EfCardAccess, File, FileContent, Parent, SecurityInfos};
use mrz::{Mrz, MrzInformation};
use protocols::Password;
use uuid::Uuid;

use crate::applet::{LawVersion, Need};
use crate::manifest::Manifest;
use crate::{Error, HolderPin, Result, TerminalTrust};

/// Octets of the SHA-1 that MRZ passwords start from (Doc 9303-11 §9.7.3).
const MRZ_KEY_SEED_LEN: usize = 20;
/// Digits of a card access number (Doc 9303-4 §4.1.1.2).
const CAN_LEN: usize = 6;
/// Characters of a document number with its check digit: nine and one, or what a long number takes of the optional data of a
/// TD1 document (Doc 9303-5 §4.2.2).
const DOCUMENT_NUMBER_LEN: RangeInclusive<usize> = 10..=23;

/// The files of one chip, its passwords and the job they belong to. Made for one chip: the files name its keys.
pub struct CardImage {
    job: Uuid,
    chip_serial: Vec<u8>,
    files: BTreeMap<File, Vec<u8>>,
    offers_bac: bool,
    mrz_key_seed: SecretBytes,
    can: Option<SecretBytes>,
    pin: Option<HolderPin>,
    terminal_trust: Option<TerminalTrust>,
    document_number: Option<SecretBytes>,
}

impl CardImage {
    /// Puts an image together.
    ///
    /// # Errors
    /// [`Error::Malformed`] for a key seed of another length than 20 octets, and a CAN that is not six digits.
    pub fn new(
        job: Uuid,
        chip_serial: Vec<u8>,
        files: BTreeMap<File, Vec<u8>>,
        offers_bac: bool,
        mrz_key_seed: SecretBytes,
        can: Option<SecretBytes>,
    ) -> Result<Self> {
        if mrz_key_seed.len() != MRZ_KEY_SEED_LEN {
            return Err(Error::Malformed {
                what: "MRZ key seed",
            });
        }
        if can
            .as_ref()
            .is_some_and(|can| can.len() != CAN_LEN || !can.expose().iter().all(u8::is_ascii_digit))
        {
            return Err(Error::Malformed {
                what: "card access number",
            });
        }
        Ok(Self {
            job,
            chip_serial,
            files,
            offers_bac,
            mrz_key_seed,
            can,
            pin: None,
            terminal_trust: None,
            document_number: None,
        })
    }

    /// Adds a PIN.
    ///
    /// # Errors
    /// [`Error::Malformed`] for an image without PACE or without a CAN, which resumes a suspended PIN.
    pub fn with_pin(self, pin: HolderPin) -> Result<Self> {
        if self.can.is_none() || !self.files.contains_key(&File::CardAccess) {
            return Err(Error::Malformed {
                what: "job: a PIN needs PACE and a card access number",
            });
        }
        Ok(Self {
            pin: Some(pin),
            ..self
        })
    }

    /// Adds whom the chip trusts for terminal authentication. The document number is as in the machine readable zone, with its
    /// check digit: a chip with BAC has it for ID_IC (Doc 9303-11 §7.1.2), and no other chip.
    ///
    /// # Errors
    /// [`Error::Malformed`] for a document number without BAC, BAC without one, and one that no zone has.
    pub fn with_terminal_trust(
        self,
        trust: TerminalTrust,
        document_number: Option<SecretBytes>,
    ) -> Result<Self> {
        let is_number = |number: &SecretBytes| {
            let allowed = |c: &u8| c.is_ascii_uppercase() || c.is_ascii_digit() || *c == b'<';
            DOCUMENT_NUMBER_LEN.contains(&number.len()) && number.expose().iter().all(allowed)
        };
        if document_number.is_some() != self.offers_bac
            || !document_number.as_ref().is_none_or(is_number)
        {
            return Err(Error::Malformed {
                what: "job: document number for terminal authentication",
            });
        }
        Ok(Self {
            terminal_trust: Some(trust),
            document_number,
            ..self
        })
    }

    /// The key seed of an MRZ: SHA-1 of its information.
    #[must_use]
    pub fn key_seed_of(information: &MrzInformation) -> SecretBytes {
        SecretBytes::new(HashAlgorithm::Sha1.digest(information.as_bytes()))
    }

    /// The job.
    #[must_use]
    pub const fn job(&self) -> Uuid {
        self.job
    }

    /// Serial number of the chip it was made for.
    #[must_use]
    pub fn chip_serial(&self) -> &[u8] {
        &self.chip_serial
    }

    /// The files.
    #[must_use]
    pub const fn files(&self) -> &BTreeMap<File, Vec<u8>> {
        &self.files
    }

    /// Whether the chip shall offer BAC beside PACE.
    #[must_use]
    pub const fn offers_bac(&self) -> bool {
        self.offers_bac
    }

    /// Octets of all files.
    #[must_use]
    pub fn total_len(&self) -> usize {
        self.files.values().map(Vec::len).sum()
    }

    /// The manifest of the files.
    #[must_use]
    pub fn manifest(&self) -> Manifest {
        Manifest::of(&self.files)
    }

    /// Compares what was read back with the image; [`Self::left_out`] says what was not read.
    ///
    /// # Errors
    /// [`Error::ReadBackDiffers`] with the first file that differs or that the image does not have.
    pub fn compare(&self, read: &BTreeMap<File, Vec<u8>>) -> Result<()> {
        let differs = |(file, content): &(&File, &Vec<u8>)| self.files.get(*file) != Some(*content);
        match read
            .iter()
            .filter(|(file, _)| **file != File::AtrInfo)
            .find(differs)
        {
            Some((file, _)) => Err(Error::ReadBackDiffers { file: *file }),
            None => Ok(()),
        }
    }

    /// The first file of the application that was not read back, though every terminal can read it. The others were hashed by COMMIT, and a
    /// border does not read all of them.
    #[must_use]
    pub fn left_out(&self, read: &BTreeMap<File, Vec<u8>>) -> Option<File> {
        let is_for_all = |file: &File| {
            file.parent() == Parent::Application && file.access() != Access::TerminalAuthentication
        };
        let mut readable = self.files.keys().copied().filter(is_for_all);
        readable.find(|file| !read.contains_key(file))
    }

    /// The password for reading the card back: the MRZ, which every chip knows.
    ///
    /// # Errors
    /// [`Error::Protocol`] for a key seed of a wrong length, which [`Self::new`] excludes.
    pub fn password(&self) -> Result<Password> {
        Ok(Password::mrz_digest(self.mrz_key_seed.expose())?)
    }

    /// The password that is printed on the card for whoever holds it, if it has one.
    ///
    /// # Errors
    /// [`Error::Malformed`] for what is no digits, which [`Self::new`] excludes.
    pub fn can_password(&self) -> Result<Option<Password>> {
        let what = "card access number";
        let malformed = || Error::Malformed { what };
        let digits = self.can.as_ref().map(SecretBytes::expose);
        let digits = digits.map(|digits| core::str::from_utf8(digits).map_err(|_| malformed()));
        Ok(digits.transpose()?.map(Password::can).transpose()?)
    }

    /// The zone that is printed on the card, as EF.DG1 has it. The chip opens by it, and by no other: the key seed and the document number
    /// of the job are its own.
    ///
    /// # Errors
    /// [`Error::Malformed`] naming what is not that of EF.DG1; [`Error::Lds`] for an EF.DG1 that is none.
    pub fn zone(&self) -> Result<Mrz> {
        let malformed = |what| Error::Malformed { what };
        let dg1 = self.files.get(&File::Dg1);
        let dg1 = dg1.ok_or(malformed("job: it has no EF.DG1"))?;
        let zone = Dg1::parse(dg1)?.value.mrz().clone();
        let information = zone.information();
        if !self
            .mrz_key_seed
            .ct_eq(Self::key_seed_of(&information).expose())
        {
            return Err(malformed(
                "job: its key seed is not that of the zone in EF.DG1",
            ));
        }
        let number = self.document_number.as_ref();
        if number.is_some_and(|number| !number.ct_eq(information.document_number())) {
            return Err(malformed(
                "job: its document number is not that of the zone in EF.DG1",
            ));
        }
        Ok(zone)
    }

    /// The SecurityInfos that tell the chip which protocols to offer: EF.DG14 holds all of them, EF.CardAccess those of PACE.
    pub(crate) fn chip_infos(&self) -> Result<SecurityInfos> {
        Ok(
            match (
                self.files.get(&File::Dg14),
                self.files.get(&File::CardAccess),
            ) {
                (Some(dg14), _) => Dg14::parse(dg14)?.value.security_infos,
                (None, Some(card_access)) => EfCardAccess::parse(card_access)?.value.security_infos,
                (None, None) => SecurityInfos::default(),
            },
        )
    }

    pub(crate) const fn mrz_key_seed(&self) -> &SecretBytes {
        &self.mrz_key_seed
    }

    /// What the image needs of a chip beyond the first law.
    pub(crate) fn needs(&self) -> Result<Vec<Need>> {
        let mut needs = Need::of_infos(&self.chip_infos()?);
        needs.extend(self.pin.as_ref().map(|_| Need::Pin));
        needs.extend(self.terminal_trust.as_ref().map(|_| Need::TrustPoints));
        Ok(needs)
    }

    /// The version of the law that the job speaks: the oldest that has all it needs, so that a job which was begun goes on as it
    /// was, whichever host comes next, and chips of every version take what they can.
    pub(crate) fn law(&self) -> Result<LawVersion> {
        let newest = self.needs()?.into_iter().map(Need::law).max();
        Ok(newest.unwrap_or(LawVersion::V0100))
    }

    pub(crate) const fn pin(&self) -> Option<&HolderPin> {
        self.pin.as_ref()
    }

    pub(crate) const fn terminal_trust(&self) -> Option<&TerminalTrust> {
        self.terminal_trust.as_ref()
    }

    pub(crate) const fn document_number(&self) -> Option<&SecretBytes> {
        self.document_number.as_ref()
    }

    pub(crate) const fn can(&self) -> Option<&SecretBytes> {
        self.can.as_ref()
    }
}

impl core::fmt::Debug for CardImage {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        write!(
            f,
            "CardImage({}, {} files, {} bytes)",
            self.job,
            self.files.len(),
            self.total_len()
        )
    }
}
