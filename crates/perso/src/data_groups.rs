//! The data groups of one document: Doc 9303-10 §4.7, from an accepted record and the keys of one chip.

use std::collections::BTreeMap;

use crate::applet::{ChipKey, KeyRequest};
use crate::biometric_records::EncodedBiometrics;
use crate::{Error, PreparedChip, Result};
use enrolment::profile::ProfileData;
use enrolment::{AcceptedRecord, IssuerProfile};
use lds::security_info::{ActiveAuthenticationInfo, ChipAuthenticationPublicKeyInfo};
use lds::{
    Dg1, Dg14, Dg15, EfCardAccess, EfCom, EfDir, File, FileContent, HashedFile, LdsVersion,
    SecurityInfo, SecurityInfos, UnicodeVersion,
};

/// The data groups of a document.
pub(crate) fn build(
    record: &AcceptedRecord,
    biometrics: &EncodedBiometrics,
    chip: &PreparedChip,
) -> Result<BTreeMap<File, HashedFile>> {
    let data = record.profile().data();
    let mut files = BTreeMap::new();
    for file in data.data_groups {
        let built = match file {
            File::Dg2 => Some(biometrics.face.clone()),
            File::Dg3 => Some(biometrics.fingers.clone()),
            _ => data_group(*file, record, chip)?
                .map(|content| HashedFile::new(content, data.security_object.hash)),
        };
        files.extend(built.map(|built| (*file, built)));
    }
    Ok(files)
}

/// The files that EF.SOD does not cover, EF.SOD itself excepted.
pub(crate) fn others(
    data: &ProfileData,
    data_groups: impl Iterator<Item = File>,
) -> Result<BTreeMap<File, Vec<u8>>> {
    let version = if data.security_object.names_versions {
        LdsVersion::v1_8()
    } else {
        LdsVersion::v1_7()
    };
    let com = EfCom::new(version, UnicodeVersion::v4_0_0(), data_groups)?;
    let mut files = BTreeMap::from([
        (File::Com, com.to_bytes()),
        (File::Dir, EfDir::emrtd().to_bytes()),
    ]);
    if !data.chip.pace.is_empty() {
        let security_infos = SecurityInfos::new(data.chip.card_access()?);
        files.insert(File::CardAccess, EfCardAccess { security_infos }.to_bytes());
    }
    Ok(files)
}

fn data_group(file: File, record: &AcceptedRecord, chip: &PreparedChip) -> Result<Option<Vec<u8>>> {
    Ok(match file {
        File::Dg1 => Some(Dg1::new(record.mrz()?).to_bytes()),
        File::Dg11 => record.dg11()?.map(|dg11| dg11.to_bytes()),
        File::Dg12 => record.dg12()?.map(|dg12| dg12.to_bytes()),
        File::Dg13 => record.dg13()?.map(|dg13| dg13.to_bytes()),
        File::Dg14 => Some(security_options(record.profile(), chip)?.to_bytes()),
        File::Dg15 => match active_authentication_key(chip) {
            Some(key) => Some(Dg15::new(key.public.clone())?.to_bytes()),
            None => None,
        },
        _ => {
            return Err(Error::Misuse(
                "the profile asks for a data group that is not built here",
            ));
        }
    })
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
