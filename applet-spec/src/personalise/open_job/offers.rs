//! Whether a chip can offer what a job wants, and whether the parts of a job belong together ([PERSO-065], [PERSO-068]).

use lds::File;
use lds::security_info::{
    ChipAuthenticationInfo, KeyAgreement, PaceInfo, PaceMapping, TerminalAuthenticationInfo,
};
use protocols::pace;

use super::super::Purpose;
use super::Opening;
use crate::data_sheet::{Capability, DataSheet};
use crate::error::Refusal;
use crate::memory::{ChipMemory, Job};

/// The protocols must be ones the chip has.
pub(super) fn check_protocols(opening: &Opening, data_sheet: &DataSheet) -> Result<(), Refusal> {
    let infos = &opening.job.security_infos;
    let lacks = |capability| !data_sheet.has(capability);
    let impossible = !infos.pace().all(|info| has_pace(info, data_sheet))
        || !infos
            .chip_authentication()
            .all(|info| has_chip_authentication(info, data_sheet))
        || (lacks(Capability::CountedPasswords) && !opening.passwords.is_empty())
        || (lacks(Capability::TerminalAuthentication) && opening.terminal_trust.is_some());
    if impossible {
        return Err(Refusal::Content("protocol that the chip does not have"));
    }
    Ok(())
}

fn has_pace(info: &PaceInfo, data_sheet: &DataSheet) -> bool {
    let mapping = match info.protocol.mapping() {
        PaceMapping::GenericMapping => None,
        PaceMapping::IntegratedMapping => Some(Capability::IntegratedMapping),
        PaceMapping::ChipAuthenticationMapping => Some(Capability::ChipAuthenticationMapping),
    };
    // A form of PACE that the chip's own half can carry out is the strongest of itself.
    pace::strongest(core::slice::from_ref(info)).is_some()
        && mapping.is_none_or(|mapping| data_sheet.has(mapping))
        && has_agreement(info.protocol.agreement(), data_sheet)
}

fn has_chip_authentication(info: &ChipAuthenticationInfo, data_sheet: &DataSheet) -> bool {
    info.version == ChipAuthenticationInfo::VERSION
        && has_agreement(info.protocol.agreement, data_sheet)
}

fn has_agreement(agreement: KeyAgreement, data_sheet: &DataSheet) -> bool {
    agreement == KeyAgreement::Ecdh || data_sheet.has(Capability::DiffieHellman)
}

/// Every way of access needs its password and its files.
pub(super) fn check_access(opening: &Opening) -> Result<(), Refusal> {
    let job = &opening.job;
    let offers_pace = job.security_infos.pace().next().is_some();
    if !offers_pace && !job.bac {
        return Err(Refusal::Content("job without access control"));
    }
    let without_password = (job.bac && job.mrz_seed.is_none())
        || (offers_pace && job.mrz_seed.is_none() && job.can.is_none());
    if without_password {
        return Err(Refusal::Content("access control without its password"));
    }
    // A suspended PIN is resumed by the CAN, and both are passwords of PACE only.
    if !opening.passwords.is_empty() && (!offers_pace || job.can.is_none()) {
        return Err(Refusal::Content("PIN without PACE or without a CAN"));
    }
    if offers_pace != job.manifest.entry(File::CardAccess).is_some() {
        return Err(Refusal::Content("EF.CardAccess and PACE belong together"));
    }
    check_mappings(job)?;
    check_terminal_authentication(opening)
}

/// Chip authentication mapping comes with another mapping, with chip authentication, and with the file that holds its key
/// (Doc 9303-11 §4.4).
fn check_mappings(job: &Job) -> Result<(), Refusal> {
    let is_cam =
        |info: &PaceInfo| info.protocol.mapping() == PaceMapping::ChipAuthenticationMapping;
    let infos = &job.security_infos;
    let alone = infos.pace().all(is_cam)
        || infos.chip_authentication().next().is_none()
        || job.manifest.entry(File::CardSecurity).is_none();
    if infos.pace().any(is_cam) && alone {
        return Err(Refusal::Content("chip authentication mapping alone"));
    }
    Ok(())
}

/// Terminal authentication is announced if and only if there are trust points, follows chip authentication, and knows ID_IC after
/// BAC. EF.CVCA is the chip's, in its usual place.
fn check_terminal_authentication(opening: &Opening) -> Result<(), Refusal> {
    let job = &opening.job;
    let Some(trust) = &opening.terminal_trust else {
        return Ok(());
    };
    let announced = job.security_infos.terminal_authentication();
    if announced.copied() != Some(TerminalAuthenticationInfo::new()) {
        return Err(Refusal::Content("trust points that nothing announces"));
    }
    if job.security_infos.chip_authentication().next().is_none() {
        return Err(Refusal::Content("terminal without chip authentication"));
    }
    if job.manifest.entry(File::Cvca).is_some() {
        return Err(Refusal::Content("EF.CVCA is the chip's own"));
    }
    if job.bac != trust.document_number.is_some() {
        return Err(Refusal::Content("document number and BAC belong together"));
    }
    Ok(())
}

/// What the job announces must be on the chip.
pub(super) fn check_keys(job: &Job, memory: &ChipMemory) -> Result<(), Refusal> {
    for info in job.security_infos.chip_authentication() {
        let key_id = info
            .key_id
            .map(u8::try_from)
            .transpose()
            .map_err(|_| Refusal::NoSuchKey)?;
        let key = memory.agreement_key(key_id).ok_or(Refusal::NoSuchKey)?;
        if KeyAgreement::from(key.public().domain()) != info.protocol.agreement {
            return Err(Refusal::Content("ChipAuthenticationInfo of another key"));
        }
    }
    for info in job.security_infos.pace() {
        if info.protocol.mapping() == PaceMapping::ChipAuthenticationMapping {
            memory.mapping_key(info).ok_or(Refusal::NoSuchKey)?;
        }
    }
    let signs = memory
        .generated_key(Purpose::ActiveAuthentication, None)
        .is_some();
    if job.manifest.entry(File::Dg15).is_some() && !signs {
        return Err(Refusal::Content("EF.DG15 without a key on the chip"));
    }
    Ok(())
}
