//! From an accepted record to a signed card image.

use std::collections::BTreeMap;

use crypto::HashAlgorithm;
use enrolment::AcceptedRecord;
use enrolment::profile::{ActiveAuthenticationKey, Chip};
use lds::{File, HashedFile, LdsSecurityObject, LdsSecurityObjectVersion};
use pki::DocumentSigner;
use time::OffsetDateTime;
use uuid::Uuid;

use crate::applet::KeyRequest;
use crate::biometric_records::EncodedBiometrics;
use crate::content_gate::{self, Candidate};
use crate::data_groups;
use crate::register::{DocumentEntry, DocumentRegister};
use crate::{CardImage, Error, PreparedChip, Result};

/// The hash of AA signatures by RSA: SHA-256, as ISO 9796-2 with the two-octet trailer `34CC`.
const RSA_ACTIVE_AUTHENTICATION_HASH: HashAlgorithm = HashAlgorithm::Sha256;

/// The keys that a chip of this profile has to generate.
///
/// # Errors
/// [`Error::Misuse`] for an RSA key longer than 65,535 bits.
pub fn key_requests(chip: &Chip) -> Result<Vec<KeyRequest>> {
    let mut requests = Vec::new();
    if let Some(key) = chip.chip_authentication {
        requests.push(KeyRequest::ChipAuthentication {
            curve: key.curve,
            key_id: None,
        });
    }
    match chip.active_authentication {
        Some(ActiveAuthenticationKey::Ecdsa { curve, hash }) => {
            requests.push(KeyRequest::ActiveAuthenticationEc { curve, hash });
        }
        Some(ActiveAuthenticationKey::Rsa { bits }) => {
            let bits = u16::try_from(bits).map_err(|_| Error::Misuse("length of an RSA key"))?;
            requests.push(KeyRequest::ActiveAuthenticationRsa {
                bits,
                hash: RSA_ACTIVE_AUTHENTICATION_HASH,
            });
        }
        None => {}
    }
    Ok(requests)
}

/// A document to be made: whose, on which chip, by which job, when.
#[derive(Debug, Clone, Copy)]
pub struct Order<'a> {
    /// The holder.
    pub record: &'a AcceptedRecord,
    /// Face and fingers of the holder.
    pub biometrics: &'a EncodedBiometrics,
    /// The chip.
    pub chip: &'a PreparedChip,
    /// The job.
    pub job: Uuid,
    /// The time of signing.
    pub now: OffsetDateTime,
}

/// A document without a look at its content: the part of [`issue`] whose cost is compared with that of the bare signature.
#[doc(hidden)]
pub struct SignedLds {
    /// The data groups.
    pub data_groups: BTreeMap<File, HashedFile>,
    /// EF.COM, EF.DIR, EF.CardAccess, EF.SOD.
    pub others: BTreeMap<File, Vec<u8>>,
}

/// Builds and signs.
///
/// # Errors
/// Whatever the data or the signer say.
#[doc(hidden)]
pub fn build_and_sign(order: &Order<'_>, signer: &DocumentSigner) -> Result<SignedLds> {
    let data_groups = data_groups::build(order.record, order.biometrics, order.chip)?;
    let content = security_object(order.record, &data_groups)?;
    let mut others =
        data_groups::others(order.record.profile().data(), data_groups.keys().copied())?;
    others.insert(File::Sod, sign(&content, order, signer)?);
    Ok(SignedLds {
        data_groups,
        others,
    })
}

/// Builds, checks, enters and signs: in this order. What the gate refuses uses no number; what the register refuses is not
/// signed.
///
/// # Errors
/// [`Error::ContentGate`], [`Error::Register`], and whatever the data or the signer say.
pub fn issue(
    order: &Order<'_>,
    signer: &DocumentSigner,
    register: &mut dyn DocumentRegister,
) -> Result<CardImage> {
    let Order {
        record,
        biometrics,
        chip,
        job,
        now,
    } = *order;
    let data = record.profile().data();
    let data_groups = data_groups::build(record, biometrics, chip)?;
    let content = security_object(record, &data_groups)?;
    let mut files = data_groups::others(data, data_groups.keys().copied())?;
    files.extend(
        data_groups
            .into_iter()
            .map(|(file, content)| (file, content.as_bytes().to_vec())),
    );
    content_gate::pass(&Candidate {
        record,
        files: &files,
        content: &content,
        chip,
        signer,
        now,
    })?;
    register.enter(&entry(record, chip, job)?)?;
    files.insert(File::Sod, sign(&content, order, signer)?);
    let seed = CardImage::key_seed_of(&record.mrz()?.information());
    let can = Some(record.can().expose().as_bytes().into());
    CardImage::new(
        job,
        chip.serial.clone(),
        files,
        data.chip.basic_access_control,
        seed,
        can,
    )
}

fn security_object(
    record: &AcceptedRecord,
    data_groups: &BTreeMap<File, HashedFile>,
) -> Result<LdsSecurityObject> {
    let rule = record.profile().data().security_object;
    let version = if rule.names_versions {
        LdsSecurityObjectVersion::v1()
    } else {
        LdsSecurityObjectVersion::V0
    };
    let data_groups = data_groups.iter().map(|(file, content)| (*file, content));
    Ok(LdsSecurityObject::of_hashed_files(
        version,
        rule.hash,
        data_groups,
    )?)
}

fn sign(
    content: &LdsSecurityObject,
    order: &Order<'_>,
    signer: &DocumentSigner,
) -> Result<Vec<u8>> {
    let code = order.record.profile().data().document_code;
    Ok(pki::security_object::sign(
        content, signer, code, order.now,
    )?)
}

fn entry(record: &AcceptedRecord, chip: &PreparedChip, job: Uuid) -> Result<DocumentEntry> {
    let data = record.profile().data();
    let fingerprint = |key: &crate::applet::ChipKey| -> Result<Vec<u8>> {
        Ok(HashAlgorithm::Sha256.digest(&key.public.to_spki(crypto::EcParameters::Named)?))
    };
    Ok(DocumentEntry {
        job,
        issuing_state: data.issuing_state.to_owned(),
        document_code: data.document_code.to_owned(),
        document_number: record.document_number()?.to_owned(),
        chip_serial: chip.serial.clone(),
        chip_keys: chip.keys.iter().map(fingerprint).collect::<Result<_>>()?,
    })
}
