//! OPEN JOB: what is to be written, and how the chip shall protect it (chapter 05 §7).

mod offers;
mod passwords;
mod trust;

use crypto::{Cipher, HashAlgorithm, SecretBytes, unpad2};
use lds::SecurityInfos;

use super::Outcome;
use super::manifest::Manifest;
use super::objects::Objects;
use crate::LifeCycle;
use crate::data_sheet::DataSheet;
use crate::error::Refusal;
use crate::memory::{ChipMemory, CountedPassword, Job, KeySet, TerminalTrust, Write};

/// Data group identifier of a job.
const DGI: [u8; 2] = [0xA0, 0x01];

const UUID: u32 = 0x80;
const VERSION: u32 = 0x81;
const MANIFEST: u32 = 0x82;
const SECURITY_INFOS: u32 = 0x83;
const ACCESS: u32 = 0x84;
const MRZ_SEED: u32 = 0x85;
const CAN: u32 = 0x86;

/// First octet of the versions of the law whose jobs the chip takes ([SCOPE-010]).
const MAJOR: u8 = 0x01;
/// Second octet of the first version whose jobs have the objects behind `86`.
const COUNTED_AND_TRUSTED: u8 = 0x01;
/// Access bit: the chip offers BAC.
const BAC: u8 = 0x01;
/// Octets of the MRZ key seed and of the CAN.
const MRZ_SEED_LEN: usize = 20;
const CAN_LEN: usize = 6;

/// A job as it came, with what is kept beside it.
struct Opening {
    job: Job,
    passwords: Vec<CountedPassword>,
    terminal_trust: Option<TerminalTrust>,
}

/// Opens the job, or finds it open already ([PERSO-061]).
pub(super) fn open(
    memory: &ChipMemory,
    role_keys: &KeySet,
    data_sheet: &DataSheet,
    data: &[u8],
) -> Result<Outcome, Refusal> {
    let content = dgi_content(data)?;
    match memory.life_cycle() {
        LifeCycle::Initialised => {}
        LifeCycle::Open => return resume(memory, content),
        _ => return Err(Refusal::State),
    }
    let opening = Opening::parse(content, role_keys.keys.dek())?;
    offers::check_protocols(&opening, data_sheet)?;
    offers::check_access(&opening)?;
    offers::check_keys(&opening.job, memory)?;
    if opening.job.manifest.total_len() > data_sheet.file_capacity {
        return Err(Refusal::NoRoom);
    }
    Ok(Outcome::done(Vec::new(), opening.writes()))
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

impl Opening {
    fn parse(content: &[u8], dek: &SecretBytes) -> Result<Self, Refusal> {
        let mut objects = Objects::parse(content)?;
        let uuid = *objects.require_array(UUID)?;
        let [major, minor] = *objects.require_array::<2>(VERSION)?;
        if major != MAJOR {
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
        let mrz_seed = password(MRZ_SEED, &mut objects, dek, is_mrz_seed)?;
        let can = password(CAN, &mut objects, dek, is_can)?;
        let (mut passwords, mut terminal_trust) = (Vec::new(), None);
        // To a job of law 0100 the objects of later versions are strangers.
        if minor >= COUNTED_AND_TRUSTED {
            passwords = passwords::parse(&mut objects, dek)?;
            terminal_trust = trust::parse(&mut objects, dek)?;
            if terminal_trust.is_none() && security_infos.terminal_authentication().is_some() {
                return Err(Refusal::Content("TerminalAuthenticationInfo without trust"));
            }
        }
        objects.end()?;
        let job = Job {
            uuid,
            digest: digest(content)?,
            manifest,
            security_infos,
            bac: *access == BAC,
            mrz_seed,
            can,
            receipt: None,
        };
        Ok(Self {
            job,
            passwords,
            terminal_trust,
        })
    }

    /// The job is on the chip, and the chip in state OPEN.
    fn writes(&self) -> Vec<Write> {
        let mut writes = vec![self.job.to_write()];
        writes.extend(self.passwords.iter().map(CountedPassword::to_write));
        writes.extend(self.terminal_trust.as_ref().map(TerminalTrust::to_write));
        writes.push(Write::State {
            code: LifeCycle::Open.code(),
        });
        writes
    }
}

fn is_mrz_seed(seed: &[u8]) -> bool {
    seed.len() == MRZ_SEED_LEN
}

fn is_can(can: &[u8]) -> bool {
    can.len() == CAN_LEN && can.iter().all(u8::is_ascii_digit)
}

/// A secret under DEK, if it is there, and of its form.
fn password(
    tag: u32,
    objects: &mut Objects<'_>,
    dek: &SecretBytes,
    has_form: fn(&[u8]) -> bool,
) -> Result<Option<SecretBytes>, Refusal> {
    let Some(value) = objects.take(tag) else {
        return Ok(None);
    };
    Some(under_dek(value, dek)?)
        .filter(|secret| has_form(secret.expose()))
        .map(Some)
        .ok_or(Refusal::Content("password"))
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
