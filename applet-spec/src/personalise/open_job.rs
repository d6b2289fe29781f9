//! OPEN JOB: what is to be written, and how the chip shall protect it (chapter 05 §7).

use crypto::{Cipher, HashAlgorithm, SecretBytes, unpad2};
use lds::security_info::{ChipAuthenticationInfo, KeyAgreement, PaceInfo, PaceMapping};
use lds::{File, SecurityInfos};
use protocols::pace;

use super::manifest::Manifest;
use super::objects::Objects;
use super::{Outcome, Purpose};
use crate::error::Refusal;
use crate::memory::{ChipMemory, Job, KeySet, Write};
use crate::{LAW_VERSION, LifeCycle};

/// Data group identifier of a job.
const DGI: [u8; 2] = [0xA0, 0x01];

const UUID: u32 = 0x80;
const VERSION: u32 = 0x81;
const MANIFEST: u32 = 0x82;
const SECURITY_INFOS: u32 = 0x83;
const ACCESS: u32 = 0x84;
const MRZ_SEED: u32 = 0x85;
const CAN: u32 = 0x86;

/// Access bit: the chip offers BAC.
const BAC: u8 = 0x01;
/// Octets of the MRZ key seed and of the CAN.
const MRZ_SEED_LEN: usize = 20;
const CAN_LEN: usize = 6;

/// Opens the job, or finds it open already ([PERSO-061]).
pub(super) fn open(
    memory: &ChipMemory,
    role_keys: &KeySet,
    file_capacity: usize,
    data: &[u8],
) -> Result<Outcome, Refusal> {
    let content = dgi_content(data)?;
    match memory.life_cycle() {
        LifeCycle::Initialised => {}
        LifeCycle::Open => return resume(memory, content),
        _ => return Err(Refusal::State),
    }
    let job = parse(content, role_keys.keys.dek())?;
    check_protocols(&job)?;
    check_keys(&job, memory)?;
    if job.manifest.total_len() > file_capacity {
        return Err(Refusal::NoRoom);
    }
    let state = Write::State {
        code: LifeCycle::Open.code(),
    };
    Ok(Outcome::done(Vec::new(), vec![job.to_write(), state]))
}

/// The same job changes nothing; the same UUID must not come with another content.
fn resume(memory: &ChipMemory, content: &[u8]) -> Result<Outcome, Refusal> {
    let open = memory.job().ok_or(Refusal::State)?;
    let uuid: &[u8; 16] = Objects::parse(content)?.require_array(UUID)?;
    if *uuid != open.uuid {
        return Err(Refusal::State);
    }
    if digest(content)? != open.digest {
        return Err(Refusal::Content("job with the UUID of another"));
    }
    Ok(Outcome::done(Vec::new(), Vec::new()))
}

/// DGI `A001`, its length in one octet or in `FF` and two, and nothing behind.
fn dgi_content(data: &[u8]) -> Result<&[u8], Refusal> {
    let (len, content) = match data.strip_prefix(&DGI) {
        Some([0xFF, high, low, content @ ..]) => {
            (usize::from(u16::from_be_bytes([*high, *low])), content)
        }
        Some([len, content @ ..]) => (usize::from(*len), content),
        _ => return Err(Refusal::Content("data group identifier")),
    };
    if content.len() == len {
        Ok(content)
    } else {
        Err(Refusal::Content("length of the data group"))
    }
}

fn parse(content: &[u8], dek: &SecretBytes) -> Result<Job, Refusal> {
    let mut objects = Objects::parse(content)?;
    let uuid = *objects.require_array(UUID)?;
    let [major, _] = objects.require_array::<2>(VERSION)?;
    let [own_major, _] = LAW_VERSION;
    if *major != own_major {
        return Err(Refusal::Content("version of the law"));
    }
    let manifest = Manifest::parse(objects.require(MANIFEST)?)?;
    let security_infos = SecurityInfos::parse(objects.require(SECURITY_INFOS)?)
        .map_err(|_| Refusal::Content("SecurityInfos"))?
        .value;
    let [access] = objects.require_array(ACCESS)?;
    if access & !BAC != 0 {
        return Err(Refusal::Content("access bits"));
    }
    let decrypt = |value| under_dek(value, dek);
    let mrz_seed = objects.take(MRZ_SEED).map(decrypt).transpose()?;
    let can = objects.take(CAN).map(decrypt).transpose()?;
    objects.end()?;
    let is_can =
        |can: &SecretBytes| can.len() == CAN_LEN && can.expose().iter().all(u8::is_ascii_digit);
    if mrz_seed
        .as_ref()
        .is_some_and(|seed| seed.len() != MRZ_SEED_LEN)
        || can.as_ref().is_some_and(|can| !is_can(can))
    {
        return Err(Refusal::Content("password"));
    }
    Ok(Job {
        uuid,
        digest: digest(content)?,
        manifest,
        security_infos,
        bac: *access == BAC,
        mrz_seed,
        can,
        receipt: None,
    })
}

fn digest(content: &[u8]) -> Result<[u8; 32], Refusal> {
    HashAlgorithm::Sha256
        .digest(content)
        .try_into()
        .map_err(|_| Refusal::Memory)
}

/// A padded value under DEK ([PERSO-028]).
fn under_dek(value: &[u8], dek: &SecretBytes) -> Result<SecretBytes, Refusal> {
    let padded = Cipher::Aes256
        .cbc_decrypt(dek.expose(), &[0; 16], value)
        .map(SecretBytes::new)
        .map_err(|_| Refusal::Content("value under DEK"))?;
    unpad2(padded.expose())
        .map(SecretBytes::from)
        .map_err(|_| Refusal::Content("padding under DEK"))
}

/// The protocols must be ones the chip has, with the passwords they need ([PERSO-065]).
fn check_protocols(job: &Job) -> Result<(), Refusal> {
    // A form of PACE that the chip's own half can carry out is the strongest of itself. Of those this law has one kind.
    let has_pace = |info: &PaceInfo| {
        let form = (info.protocol.mapping(), info.protocol.agreement());
        form == (PaceMapping::GenericMapping, KeyAgreement::Ecdh)
            && pace::strongest(core::slice::from_ref(info)).is_some()
    };
    let mut infos = job.security_infos.pace().peekable();
    let offers_pace = infos.peek().is_some();
    if !infos.all(has_pace) || !job.security_infos.chip_authentication().all(has_agreement) {
        return Err(Refusal::Content("protocol that the chip does not have"));
    }
    if !offers_pace && !job.bac {
        return Err(Refusal::Content("job without access control"));
    }
    let without_password = (job.bac && job.mrz_seed.is_none())
        || (offers_pace && job.mrz_seed.is_none() && job.can.is_none());
    if without_password {
        return Err(Refusal::Content("access control without its password"));
    }
    if offers_pace != job.manifest.entry(File::CardAccess).is_some() {
        return Err(Refusal::Content("EF.CardAccess and PACE belong together"));
    }
    Ok(())
}

fn has_agreement(info: &ChipAuthenticationInfo) -> bool {
    info.version == ChipAuthenticationInfo::VERSION && info.protocol.agreement == KeyAgreement::Ecdh
}

/// What the job announces must be on the chip.
fn check_keys(job: &Job, memory: &ChipMemory) -> Result<(), Refusal> {
    let purpose = Purpose::ChipAuthentication;
    for info in job.security_infos.chip_authentication() {
        let key_id = info
            .key_id
            .map(u8::try_from)
            .transpose()
            .map_err(|_| Refusal::NoSuchKey)?;
        memory
            .generated_key(purpose, key_id)
            .ok_or(Refusal::NoSuchKey)?;
    }
    let signs = memory
        .generated_key(Purpose::ActiveAuthentication, None)
        .is_some();
    if job.manifest.entry(File::Dg15).is_some() && !signs {
        return Err(Refusal::Content("EF.DG15 without a key on the chip"));
    }
    Ok(())
}
