//! The data groups of one document: Doc 9303-10 §4.7, from an accepted record and the keys of one chip.

use std::collections::BTreeMap;

use crate::applet::{ChipKey, KeyRequest};
use crate::biometric_records::EncodedBiometrics;
use crate::{Error, PreparedChip, Result};
use crypto::CryptoRng;
use enrolment::{AcceptedRecord, IssuerProfile};
use lds::security_info::{ActiveAuthenticationInfo, ChipAuthenticationPublicKeyInfo};
use lds::{
    Dg1, Dg2, Dg3, Dg14, Dg15, EfCardAccess, EfCom, EfDir, File, FileContent, LdsVersion,
    SecurityInfo, SecurityInfos, UnicodeVersion,
};

/// Octets of random content in an EF.DG3 without prints.
const EMPTY_GROUP_LEN: usize = 16;

/// All files of a document but EF.SOD, by name.
pub(crate) fn build(
    record: &AcceptedRecord,
    biometrics: &EncodedBiometrics,
    chip: &PreparedChip,
    rng: &mut dyn CryptoRng,
) -> Result<BTreeMap<File, Vec<u8>>> {
    let profile = record.profile();
    let data = profile.data();
    let mut files = BTreeMap::new();
    for file in data.data_groups {
        if let Some(content) = data_group(*file, record, biometrics, chip, rng)? {
            files.insert(*file, content);
        }
    }
    let version = if data.security_object.names_versions {
        LdsVersion::v1_8()
    } else {
        LdsVersion::v1_7()
    };
    let com = EfCom::new(version, UnicodeVersion::v4_0_0(), files.keys().copied())?;
    files.insert(File::Com, com.to_bytes());
    files.insert(File::Dir, EfDir::emrtd().to_bytes());
    if !data.chip.pace.is_empty() {
        let security_infos = SecurityInfos::new(data.chip.card_access()?);
        files.insert(File::CardAccess, EfCardAccess { security_infos }.to_bytes());
    }
    Ok(files)
}

fn data_group(
    file: File,
    record: &AcceptedRecord,
    biometrics: &EncodedBiometrics,
    chip: &PreparedChip,
    rng: &mut dyn CryptoRng,
) -> Result<Option<Vec<u8>>> {
    Ok(match file {
        File::Dg1 => Some(Dg1::new(record.mrz()?).to_bytes()),
        File::Dg2 => Some(Dg2::of_faces([biometrics.face()])?.to_bytes()),
        File::Dg3 => Some(fingers(biometrics, rng)?.to_bytes()),
        File::Dg11 => record.dg11()?.map(|dg11| dg11.to_bytes()),
        File::Dg12 => record.dg12()?.map(|dg12| dg12.to_bytes()),
        File::Dg13 => record.dg13()?.map(|dg13| dg13.to_bytes()),
        File::Dg14 => Some(security_options(record.profile(), chip)?.to_bytes()),
        File::Dg15 => active_authentication_key(chip)
            .map(|key| Dg15::new(key.public.clone()))
            .transpose()?
            .map(|dg15| dg15.to_bytes()),
        _ => {
            return Err(Error::Misuse(
                "the profile asks for a data group that is not built here",
            ));
        }
    })
}

fn fingers(biometrics: &EncodedBiometrics, rng: &mut dyn CryptoRng) -> Result<Dg3> {
    let prints = biometrics.fingers();
    if prints.is_empty() {
        // The signed hash must not tell who has no fingerprints (Doc 9303-10 §4.7.3.2.2).
        let mut random = [0; EMPTY_GROUP_LEN];
        rng.fill_bytes(&mut random);
        return Ok(Dg3::none(&random));
    }
    Ok(Dg3::of_fingers(prints)?)
}

/// EF.DG14: everything that EF.CardAccess announces, and the public keys (Doc 9303-11 §9.2.11).
fn security_options(profile: &dyn IssuerProfile, chip: &PreparedChip) -> Result<Dg14> {
    let mut infos = profile.data().chip.card_access()?;
    for key in &chip.keys {
        match key.request {
            KeyRequest::ChipAuthentication { key_id, .. } => {
                let info = ChipAuthenticationPublicKeyInfo::new(
                    key.public.clone(),
                    key_id.map(u64::from),
                )?;
                infos.push(SecurityInfo::ChipAuthenticationPublicKey(info));
            }
            KeyRequest::ActiveAuthenticationEc { hash, .. } => {
                infos.push(SecurityInfo::ActiveAuthentication(
                    ActiveAuthenticationInfo::new(hash),
                ));
            }
            KeyRequest::ActiveAuthenticationRsa { .. } => {}
        }
    }
    Ok(Dg14 {
        security_infos: SecurityInfos::new(infos),
    })
}

fn active_authentication_key(chip: &PreparedChip) -> Option<&ChipKey> {
    chip.keys
        .iter()
        .find(|key| !matches!(key.request, KeyRequest::ChipAuthentication { .. }))
}
