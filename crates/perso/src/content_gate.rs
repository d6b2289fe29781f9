//! The last look before signing. A signature makes wrong data authentic; every case in here has happened to somebody.
//!
//! The gate does not trust the code that built the files: it reads them as a stranger would and compares them with the record,
//! with each other and with what the signer may sign.

use core::fmt;
use std::collections::BTreeMap;

use crypto::{AgreementKey, PublicKey};
use enrolment::Field;
use enrolment::profile::{ActiveAuthenticationKey, AgreementKeyOrder, CountedNumber};
use lds::dg13::vietnam::VietnamCitizen;
use lds::security_info::{ActiveAuthenticationInfo, PaceInfo, PaceMapping};
use lds::{
    Dg1, Dg11, Dg14, Dg15, EfCardAccess, EfCom, File, FileContent, LdsSecurityObject, Parsed,
    SecurityInfo, SecurityInfos,
};
use pki::DocumentSigner;

use crate::{CountedPassword, Error, HolderPin, Order, Result};

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
    /// A signed file lacks an entry of EF.CardAccess.
    CardAccessNotCovered(File),
    /// A file does not announce what the order offers: something is missing, or more is there.
    OfferDiffers(File),
    /// EF.CardSecurity is missing beside chip authentication mapping, or there without it.
    CardSecurity,
    /// A public key is not the one the chip has generated.
    KeyDiffers(File),
    /// PIN and PUK are not those that the chip shall have.
    Pin,
    /// The PIN or the PUK is another password of the chip: the CAN, which is printed on the card, or one the other.
    SamePassword,
    /// Trust points on a chip that does not offer terminal authentication.
    TrustPoints,
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
            Self::CardAccessNotCovered(file) => {
                write!(f, "{} lacks an entry of EF.CardAccess", file.name())
            }
            Self::OfferDiffers(file) => {
                write!(f, "{} does not announce what the order offers", file.name())
            }
            Self::CardSecurity => {
                f.write_str("EF.CardSecurity and chip authentication mapping belong together")
            }
            Self::KeyDiffers(file) => write!(f, "the key in {} is not the chip's", file.name()),
            Self::Pin => f.write_str("PIN and PUK are not those that the chip shall have"),
            Self::SamePassword => f.write_str("PIN, PUK and CAN must be three different numbers"),
            Self::TrustPoints => {
                f.write_str("trust points have no effect without terminal authentication")
            }
            Self::Signer(error) => write!(f, "document signer: {error}"),
        }
    }
}

/// What is to be signed, with everything it must agree with.
#[derive(Clone, Copy)]
pub struct Candidate<'a> {
    /// What was asked for.
    pub order: &'a Order<'a>,
    /// All files but EF.SOD and EF.CardSecurity.
    pub files: &'a BTreeMap<File, Vec<u8>>,
    /// The content of EF.SOD.
    pub content: &'a LdsSecurityObject,
    /// The content of EF.CardSecurity, if there is one: SecurityInfos in DER.
    pub card_security: Option<&'a [u8]>,
    /// Who is to sign.
    pub signer: &'a DocumentSigner,
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
        candidate.offers(),
        candidate.keys(),
        candidate.card_security(),
        candidate.holder_pin(),
        candidate.same_passwords(),
        candidate.trust_points(),
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
        match (self.read::<Dg1>(), self.order.record.mrz()) {
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
        let birth = self.order.record.date_of_birth().to_lds().ok();
        let number = self.order.record.text(Field::PersonalNumber);
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
        if self.order.record.profile().data().issuing_state != "VNM" {
            return Vec::new();
        }
        let citizen = match VietnamCitizen::parse(bytes).map(lds::Parsed::strict) {
            Err(_) => return vec![Finding::Unreadable(File::Dg13)],
            Ok(Err(_)) => return vec![Finding::Deviates(File::Dg13)],
            Ok(Ok(citizen)) => citizen,
        };
        let differs = |field, found: Option<&str>| {
            (found != self.order.record.text(field)).then_some(Finding::FieldDiffers {
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
            (Some(Ok(_)), _) => vec![Finding::CardAccessNotCovered(File::Dg14)],
        }
    }

    /// EF.CardAccess announces what the order offers and nothing else, and so does EF.DG14 beside the keys of the chip
    /// (Doc 9303-11 §9.2.11).
    fn offers(&self) -> Vec<Finding> {
        let Ok(mut offered) = self.order.announced() else {
            return vec![Finding::OfferDiffers(File::CardAccess)];
        };
        let access = match self.order.offers.pace {
            [] => Vec::new(),
            _ => offered.clone(),
        };
        if let Some(ActiveAuthenticationKey::Ecdsa { hash, .. }) =
            self.order.offers.active_authentication
        {
            let info = ActiveAuthenticationInfo::new(hash);
            offered.push(SecurityInfo::ActiveAuthentication(info));
        }
        let in_access = self.read::<EfCardAccess>();
        let in_access = in_access.map(|file| file.map(|file| file.security_infos));
        let in_dg14 = self.read::<Dg14>();
        let in_dg14 = in_dg14.map(|file| file.map(|file| without_keys(&file.security_infos)));
        [
            (File::CardAccess, in_access, access),
            (File::Dg14, in_dg14, offered),
        ]
        .into_iter()
        .filter_map(|(file, found, wanted)| {
            // What cannot be read has been named.
            let found = found.unwrap_or_else(|| Ok(SecurityInfos::default())).ok()?;
            let wanted = SecurityInfos::new(wanted);
            let is_alike =
                found.missing_from(&wanted).is_empty() && wanted.missing_from(&found).is_empty();
            (!is_alike).then_some(Finding::OfferDiffers(file))
        })
        .collect()
    }

    fn keys(&self) -> Vec<Finding> {
        let dg14 = match self.read::<Dg14>() {
            Some(Ok(dg14)) => dg14.security_infos,
            _ => SecurityInfos::default(),
        };
        let dg15: Vec<PublicKey> = match self.read::<Dg15>() {
            Some(Ok(dg15)) => dg15.public_key.key().ok().cloned().into_iter().collect(),
            _ => Vec::new(),
        };
        let mut findings = Vec::new();
        let agree = self.agreement_keys(|key| key.is_offered);
        findings.extend((!lists(&dg14, &agree)).then_some(Finding::KeyDiffers(File::Dg14)));
        let keys = self.order.chip.keys.iter();
        let sign = keys.filter_map(|key| key.public.signature());
        findings.extend((!dg15.iter().eq(sign)).then_some(Finding::KeyDiffers(File::Dg15)));
        findings
    }

    /// The keys of the chip that a signed file has to hold, with their ids.
    fn agreement_keys(
        &self,
        is_listed: fn(&AgreementKeyOrder) -> bool,
    ) -> Vec<(Option<u8>, &AgreementKey)> {
        let wanted = self.order.offers.agreement_keys().into_iter();
        let ids: Vec<Option<u8>> = wanted.filter(is_listed).map(|key| key.key_id).collect();
        let keys = self.order.chip.keys.iter();
        keys.filter(|key| ids.contains(&key.request.key_id()))
            .filter_map(|key| Some((key.request.key_id(), key.public.agreement()?)))
            .collect()
    }

    /// EF.CardSecurity covers EF.CardAccess and holds the keys of the chip, among them one for each form of chip authentication
    /// mapping (Doc 9303-11 §4.4.3.5, §9.2.11).
    fn card_security(&self) -> Vec<Finding> {
        let access = match self.read::<EfCardAccess>() {
            Some(Ok(access)) => access.security_infos,
            _ => SecurityInfos::default(),
        };
        let mappings: Vec<&PaceInfo> = access
            .pace()
            .filter(|info| info.protocol.mapping() == PaceMapping::ChipAuthenticationMapping)
            .collect();
        let signed = match (self.card_security, mappings.is_empty()) {
            (None, true) => return Vec::new(),
            (None, false) | (Some(_), true) => return vec![Finding::CardSecurity],
            (Some(der), false) => match SecurityInfos::parse(der).map(Parsed::strict) {
                Err(_) => return vec![Finding::Unreadable(File::CardSecurity)],
                Ok(Err(_)) => return vec![Finding::Deviates(File::CardSecurity)],
                Ok(Ok(infos)) => infos,
            },
        };
        let keys = self.agreement_keys(|_| true);
        let proves = |info: &&PaceInfo| {
            let id = info.parameter_id;
            let mut of_id = keys.iter().filter(|(key_id, _)| *key_id == id);
            of_id.any(|(_, key)| Some(key.domain().standardized_id()) == id)
        };
        let mut findings = Vec::new();
        let lacks = !access.missing_from(&signed).is_empty();
        findings.extend(lacks.then_some(Finding::CardAccessNotCovered(File::CardSecurity)));
        let differs = !lists(&signed, &keys) || !mappings.iter().all(proves);
        findings.extend(differs.then_some(Finding::KeyDiffers(File::CardSecurity)));
        findings
    }

    fn holder_pin(&self) -> Vec<Finding> {
        let follows = |password: Option<&CountedPassword>, rule: Option<CountedNumber>| {
            let found = password.map(|password| CountedNumber {
                digits: password.digits().len(),
                tries: password.tries(),
            });
            found == rule
        };
        let Order { pin, offers, .. } = self.order;
        let puk = pin.and_then(|pin| pin.puk.as_ref());
        let as_asked = follows(pin.map(|pin| &pin.pin), offers.pin) && follows(puk, offers.puk);
        (!as_asked).then_some(Finding::Pin).into_iter().collect()
    }

    /// Who reads one number off the card, or is told one, must not know the other with it.
    fn same_passwords(&self) -> Vec<Finding> {
        let Some(HolderPin { pin, puk }) = self.order.pin else {
            return Vec::new();
        };
        let can = self.order.record.can().expose().as_bytes();
        let same = |one: &CountedPassword, other: &[u8]| one.digits().ct_eq(other);
        let is_same = same(pin, can)
            || puk
                .as_ref()
                .is_some_and(|puk| same(puk, can) || same(puk, pin.digits().expose()));
        is_same
            .then_some(Finding::SamePassword)
            .into_iter()
            .collect()
    }

    /// Trust points come with TerminalAuthenticationInfo; that there is none without them is among the [`Self::offers`].
    fn trust_points(&self) -> Vec<Finding> {
        let is_offered = self.order.offers.terminal_authentication;
        let is_without_effect = !is_offered && !self.order.trust_points.is_empty();
        is_without_effect
            .then_some(Finding::TrustPoints)
            .into_iter()
            .collect()
    }

    fn may_be_signed(&self) -> Vec<Finding> {
        let code = self.order.record.profile().data().document_code;
        self.signer
            .may_sign(code, self.order.now)
            .err()
            .map(Finding::Signer)
            .into_iter()
            .collect()
    }
}

/// What a file announces, beside the keys for it.
fn without_keys(infos: &SecurityInfos) -> SecurityInfos {
    let is_key =
        |info: &&SecurityInfo| matches!(info, SecurityInfo::ChipAuthenticationPublicKey(_));
    SecurityInfos::new(infos.iter().filter(|info| !is_key(info)).cloned())
}

/// Whether these keys, and no others, are in the set. Each has an id of its own.
fn lists(infos: &SecurityInfos, keys: &[(Option<u8>, &AgreementKey)]) -> bool {
    let found: Vec<_> = infos.chip_authentication_public_keys().collect();
    let is_found = |(id, key): &(Option<u8>, &AgreementKey)| {
        let mut of_id = found.iter().filter(|info| info.key_id == id.map(u64::from));
        of_id.any(|info| info.agreement_key().as_ref() == Ok(*key))
    };
    found.len() == keys.len() && keys.iter().all(is_found)
}
