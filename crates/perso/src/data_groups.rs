//! The data groups of one document: Doc 9303-10 §4.7, from an accepted record and the keys of one chip.

use std::collections::BTreeMap;

use crate::applet::KeyRequest;
use crate::{Error, Order, PreparedChip, Result};
use crypto::PublicKey;
use enrolment::profile::AgreementKeyOrder;
use lds::security_info::{ActiveAuthenticationInfo, ChipAuthenticationPublicKeyInfo};
use lds::{
    Dg1, Dg14, Dg15, EfCardAccess, EfCom, EfDir, File, FileContent, HashedFile, LdsVersion,
    SecurityInfo, SecurityInfos, UnicodeVersion,
};

/// The data groups of a document.
pub(crate) fn build(order: &Order<'_>) -> Result<BTreeMap<File, HashedFile>> {
    let biometrics = order.biometrics;
    let data = order.record.profile().data();
    let mut files = BTreeMap::new();
    for file in data.data_groups {
        let built = match file {
            File::Dg2 => Some(biometrics.face.clone()),
            File::Dg3 => Some(biometrics.fingers.clone()),
            _ => data_group(*file, order)?
                .map(|content| HashedFile::new(content, data.security_object.hash)),
        };
        files.extend(built.map(|built| (*file, built)));
    }
    Ok(files)
}

/// The files that nobody signs.
pub(crate) fn others(
    order: &Order<'_>,
    data_groups: impl Iterator<Item = File>,
) -> Result<BTreeMap<File, Vec<u8>>> {
    let rule = order.record.profile().data().security_object;
    let version = if rule.names_versions {
        LdsVersion::v1_8()
    } else {
        LdsVersion::v1_7()
    };
    let com = EfCom::new(version, UnicodeVersion::v4_0_0(), data_groups)?;
    let mut files = BTreeMap::from([
        (File::Com, com.to_bytes()),
        (File::Dir, EfDir::emrtd().to_bytes()),
    ]);
    if !order.offers.pace.is_empty() {
        let security_infos = SecurityInfos::new(order.announced()?);
        files.insert(File::CardAccess, EfCardAccess { security_infos }.to_bytes());
    }
    Ok(files)
}

/// The content of EF.CardSecurity, on a chip with chip authentication mapping: everything that EF.CardAccess announces, and the
/// keys for it (Doc 9303-11 §9.2.11).
pub(crate) fn card_security(order: &Order<'_>) -> Result<Option<SecurityInfos>> {
    if !order.offers.has_chip_authentication_mapping() {
        return Ok(None);
    }
    let mut infos = order.announced()?;
    infos.extend(public_keys(order, |_| true)?);
    Ok(Some(SecurityInfos::new(infos)))
}

fn data_group(file: File, order: &Order<'_>) -> Result<Option<Vec<u8>>> {
    let Order { record, chip, .. } = *order;
    Ok(match file {
        File::Dg1 => Some(Dg1::new(record.mrz()?).to_bytes()),
        File::Dg11 => record.dg11()?.map(|dg11| dg11.to_bytes()),
        File::Dg12 => record.dg12()?.map(|dg12| dg12.to_bytes()),
        File::Dg13 => record.dg13()?.map(|dg13| dg13.to_bytes()),
        File::Dg14 => security_options(order)?.map(|dg14| dg14.to_bytes()),
        File::Dg15 => match active_authentication_key(chip) {
            Some(key) => Some(Dg15::new(key.clone())?.to_bytes()),
            None => None,
        },
        _ => {
            return Err(Error::Misuse(
                "the profile asks for a data group that is not built here",
            ));
        }
    })
}

/// EF.DG14: everything that EF.CardAccess announces, the keys of chip authentication, the algorithm of active authentication
/// (Doc 9303-11 §9.2.11). A chip that has nothing of it has no EF.DG14.
fn security_options(order: &Order<'_>) -> Result<Option<Dg14>> {
    let mut infos = order.announced()?;
    infos.extend(public_keys(order, |key| key.is_offered)?);
    for key in &order.chip.keys {
        if let KeyRequest::ActiveAuthenticationEc { hash, .. } = key.request {
            let info = ActiveAuthenticationInfo::new(hash);
            infos.push(SecurityInfo::ActiveAuthentication(info));
        }
    }
    Ok((!infos.is_empty()).then(|| Dg14 {
        security_infos: SecurityInfos::new(infos),
    }))
}

/// The keys that the chip has generated for those of its key agreements that are wanted.
fn public_keys(
    order: &Order<'_>,
    is_wanted: fn(&AgreementKeyOrder) -> bool,
) -> Result<Vec<SecurityInfo>> {
    let wanted = order.offers.agreement_keys().into_iter().filter(is_wanted);
    let ids: Vec<Option<u8>> = wanted.map(|key| key.key_id).collect();
    let mut infos = Vec::new();
    for key in &order.chip.keys {
        let key_id = key.request.key_id();
        if let Some(agreement) = key.public.agreement().filter(|_| ids.contains(&key_id)) {
            let id = key_id.map(u64::from);
            let info = ChipAuthenticationPublicKeyInfo::of_agreement_key(agreement, id)?;
            infos.push(SecurityInfo::ChipAuthenticationPublicKey(info));
        }
    }
    Ok(infos)
}

fn active_authentication_key(chip: &PreparedChip) -> Option<&PublicKey> {
    chip.keys.iter().find_map(|key| key.public.signature())
}
