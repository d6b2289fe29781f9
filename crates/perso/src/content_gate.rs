//! The last look before signing. A signature makes wrong data authentic; every case in here has happened to somebody.
//!
//! The gate does not trust the code that built the files: it reads them as a stranger would and compares them with the record,
//! with each other and with what the signer may sign.

use core::fmt;
use std::collections::BTreeMap;

use crypto::PublicKey;
use enrolment::{AcceptedRecord, Field};
use lds::dg13::vietnam::VietnamCitizen;
use lds::{Dg1, Dg11, Dg14, Dg15, EfCardAccess, EfCom, File, FileContent, LdsSecurityObject};
use pki::DocumentSigner;
use time::OffsetDateTime;

use crate::applet::KeyRequest;
use crate::{Error, PreparedChip, Result};

/// One thing that must not be signed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Finding {
    /// A file cannot be read back.
    Unreadable(File),
    /// A file departs from the standard.
    Deviates(File),
    /// The machine readable zone is not that of the record.
    MrzDiffers,
    /// A field is not that of the record.
    FieldDiffers {
        /// Where.
        file: File,
        /// Which.
        field: Field,
    },
    /// Data groups that are built, listed in EF.COM and hashed are not the same.
    DataGroupsDiffer,
    /// A hash is not that of the file.
    HashDiffers(File),
    /// EF.DG14 lacks an entry of EF.CardAccess.
    CardAccessNotCovered,
    /// A public key is not the one the chip has generated.
    KeyDiffers(File),
    /// The document signer may not sign this now.
    Signer(pki::Error),
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unreadable(file) => write!(f, "{} cannot be read back", file.name()),
            Self::Deviates(file) => write!(f, "{} departs from the standard", file.name()),
            Self::MrzDiffers => f.write_str("EF.DG1 is not the record's machine readable zone"),
            Self::FieldDiffers { file, field } => {
                write!(f, "{} has another {field} than the record", file.name())
            }
            Self::DataGroupsDiffer => {
                f.write_str("EF.COM, EF.SOD and the files do not name the same data groups")
            }
            Self::HashDiffers(file) => {
                write!(f, "the hash of {} is not that of its bytes", file.name())
            }
            Self::CardAccessNotCovered => f.write_str("EF.DG14 lacks an entry of EF.CardAccess"),
            Self::KeyDiffers(file) => write!(f, "the key in {} is not the chip's", file.name()),
            Self::Signer(error) => write!(f, "document signer: {error}"),
        }
    }
}

/// What is to be signed, with everything it must agree with.
#[derive(Clone, Copy)]
pub struct Candidate<'a> {
    /// The holder.
    pub record: &'a AcceptedRecord,
    /// All files but EF.SOD.
    pub files: &'a BTreeMap<File, Vec<u8>>,
    /// The content of EF.SOD.
    pub content: &'a LdsSecurityObject,
    /// The chip.
    pub chip: &'a PreparedChip,
    /// Who is to sign.
    pub signer: &'a DocumentSigner,
    /// The time of signing.
    pub now: OffsetDateTime,
}

/// Lets a candidate pass or names everything that is wrong with it.
///
/// # Errors
/// [`Error::ContentGate`].
pub fn pass(candidate: &Candidate<'_>) -> Result<()> {
    let findings: Vec<Finding> = [
        candidate.zone(),
        candidate.personal_fields(),
        candidate.citizen_fields(),
        candidate.lists(),
        candidate.hashes(),
        candidate.card_access(),
        candidate.keys(),
        candidate.may_be_signed(),
    ]
    .concat();
    if findings.is_empty() {
        Ok(())
    } else {
        Err(Error::ContentGate(findings))
    }
}

impl Candidate<'_> {
    /// Reads a file back; it must follow the standard to the letter.
    fn read<T: FileContent>(&self) -> Option<core::result::Result<T, Finding>> {
        let bytes = self.files.get(&T::FILE)?;
        Some(match T::parse(bytes) {
            Err(_) => Err(Finding::Unreadable(T::FILE)),
            Ok(parsed) => parsed.strict().map_err(|_| Finding::Deviates(T::FILE)),
        })
    }

    fn zone(&self) -> Vec<Finding> {
        match (self.read::<Dg1>(), self.record.mrz()) {
            (Some(Err(finding)), _) => vec![finding],
            (Some(Ok(dg1)), Ok(mrz)) if *dg1.mrz() == mrz => Vec::new(),
            _ => vec![Finding::MrzDiffers],
        }
    }

    fn personal_fields(&self) -> Vec<Finding> {
        let dg11 = match self.read::<Dg11>() {
            None => return Vec::new(),
            Some(Err(finding)) => return vec![finding],
            Some(Ok(dg11)) => dg11,
        };
        let birth = self.record.date_of_birth().to_lds().ok();
        let number = self.record.text(Field::PersonalNumber);
        let found = dg11.personal_number.as_ref().and_then(lds::Text::as_str);
        let differs = |field| Finding::FieldDiffers {
            file: File::Dg11,
            field,
        };
        let mut findings = Vec::new();
        findings.extend((dg11.date_of_birth != birth).then(|| differs(Field::DateOfBirth)));
        findings.extend((found != number).then(|| differs(Field::PersonalNumber)));
        findings
    }

    /// EF.DG13 of a Vietnamese card repeats what the zone says; both must be the record's.
    fn citizen_fields(&self) -> Vec<Finding> {
        let Some(bytes) = self.files.get(&File::Dg13) else {
            return Vec::new();
        };
        if self.record.profile().data().issuing_state != "VNM" {
            return Vec::new();
        }
        let citizen = match VietnamCitizen::parse(bytes).map(lds::Parsed::strict) {
            Err(_) => return vec![Finding::Unreadable(File::Dg13)],
            Ok(Err(_)) => return vec![Finding::Deviates(File::Dg13)],
            Ok(Ok(citizen)) => citizen,
        };
        let differs = |field, found: Option<&str>| {
            (found != self.record.text(field)).then_some(Finding::FieldDiffers {
                file: File::Dg13,
                field,
            })
        };
        [
            differs(Field::PersonalNumber, citizen.personal_number.as_deref()),
            differs(Field::FullName, citizen.full_name.as_deref()),
        ]
        .into_iter()
        .flatten()
        .collect()
    }

    fn lists(&self) -> Vec<Finding> {
        let built: Vec<File> = self
            .files
            .keys()
            .copied()
            .filter(|file| file.dg_number().is_some())
            .collect();
        let hashed: Vec<File> = self.content.data_groups().collect();
        let listed = match self.read::<EfCom>() {
            Some(Ok(com)) => com.data_groups().collect(),
            Some(Err(finding)) => return vec![finding],
            None => Vec::new(),
        };
        if built == hashed && built == listed {
            Vec::new()
        } else {
            vec![Finding::DataGroupsDiffer]
        }
    }

    fn hashes(&self) -> Vec<Finding> {
        let differs = |(file, content): (&File, &Vec<u8>)| {
            let hash = self.content.hash_of(*file)?;
            (hash != self.content.hash.digest(content)).then_some(Finding::HashDiffers(*file))
        };
        self.files.iter().filter_map(differs).collect()
    }

    fn card_access(&self) -> Vec<Finding> {
        match (self.read::<EfCardAccess>(), self.read::<Dg14>()) {
            (None, _) => Vec::new(),
            (Some(Err(finding)), _) | (_, Some(Err(finding))) => vec![finding],
            (Some(Ok(access)), Some(Ok(dg14)))
                if access
                    .security_infos
                    .missing_from(&dg14.security_infos)
                    .is_empty() =>
            {
                Vec::new()
            }
            (Some(Ok(_)), _) => vec![Finding::CardAccessNotCovered],
        }
    }

    fn keys(&self) -> Vec<Finding> {
        let of_chip = |wanted: fn(&KeyRequest) -> bool| {
            self.chip
                .keys
                .iter()
                .filter(move |key| wanted(&key.request))
                .map(|key| &key.public)
                .collect::<Vec<_>>()
        };
        let is_ca = |request: &KeyRequest| matches!(request, KeyRequest::ChipAuthentication { .. });
        let is_aa =
            |request: &KeyRequest| !matches!(request, KeyRequest::ChipAuthentication { .. });
        let dg14: Vec<PublicKey> = match self.read::<Dg14>() {
            Some(Ok(dg14)) => dg14
                .security_infos
                .chip_authentication_public_keys()
                .filter_map(|info| info.public_key.key().ok().cloned())
                .collect(),
            _ => Vec::new(),
        };
        let dg15: Vec<PublicKey> = match self.read::<Dg15>() {
            Some(Ok(dg15)) => dg15.public_key.key().ok().cloned().into_iter().collect(),
            _ => Vec::new(),
        };
        let mut findings = Vec::new();
        findings
            .extend((!dg14.iter().eq(of_chip(is_ca))).then_some(Finding::KeyDiffers(File::Dg14)));
        findings
            .extend((!dg15.iter().eq(of_chip(is_aa))).then_some(Finding::KeyDiffers(File::Dg15)));
        findings
    }

    fn may_be_signed(&self) -> Vec<Finding> {
        let code = self.record.profile().data().document_code;
        self.signer
            .may_sign(code, self.now)
            .err()
            .map(Finding::Signer)
            .into_iter()
            .collect()
    }
}
