//! The data groups of one document: Doc 9303-10 §4.7, from an accepted record and the keys of one chip.

use std::collections::BTreeMap;

use biometrics::face::iso19794_5::{FaceImage, FaceRecord, Gender};
use biometrics::finger::FingerPosition;
use biometrics::finger::iso19794_4::{Compression, FingerImage, FingerRecord};
use biometrics::image::{DecodeLimits, Image, decode, encode_jpeg_to_size, encode_jpeg2000};
use crypto::CryptoRng;
use enrolment::profile::{PortraitCoding, PortraitRule};
use enrolment::{AcceptedRecord, IssuerProfile};
use lds::biometric_template::{BiometricRecord, BiometricSubtype};
use lds::security_info::{ActiveAuthenticationInfo, ChipAuthenticationPublicKeyInfo};
use lds::{
    Dg1, Dg2, Dg3, Dg14, Dg15, EfCardAccess, EfCom, EfDir, File, FileContent, LdsVersion,
    SecurityInfo, SecurityInfos, UnicodeVersion,
};
use mrz::Sex;

use crate::applet::{ChipKey, KeyRequest};
use crate::{Error, PreparedChip, Result};

/// Compression of finger images: 15:1, where ISO/IEC 19794-4 sees no loss for matching.
const FINGER_COMPRESSION: usize = 15;
/// Octets of random content in an EF.DG3 without prints.
const EMPTY_GROUP_LEN: usize = 16;

/// All files of a document but EF.SOD, by name.
pub(crate) fn build(
    record: &AcceptedRecord,
    chip: &PreparedChip,
    rng: &mut dyn CryptoRng,
) -> Result<BTreeMap<File, Vec<u8>>> {
    let profile = record.profile();
    let data = profile.data();
    let mut files = BTreeMap::new();
    for file in data.data_groups {
        if let Some(content) = data_group(*file, record, chip, rng)? {
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
    chip: &PreparedChip,
    rng: &mut dyn CryptoRng,
) -> Result<Option<Vec<u8>>> {
    Ok(match file {
        File::Dg1 => Some(Dg1::new(record.mrz()?).to_bytes()),
        File::Dg2 => Some(face(record)?.to_bytes()),
        File::Dg3 => Some(fingers(record, rng)?.to_bytes()),
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

fn face(record: &AcceptedRecord) -> Result<Dg2> {
    let portrait = decode(record.portrait(), &DecodeLimits::default())?.to_portrait()?;
    let encoded = encode_portrait(&portrait, record.profile().data().portrait)?;
    let image = FaceImage {
        gender: gender(record.sex()),
        ..FaceImage::full_frontal(encoded)?
    };
    let bytes = FaceRecord::new(image).to_bytes()?;
    Ok(Dg2::of_faces([BiometricRecord::Iso19794(bytes)])?)
}

fn encode_portrait(portrait: &Image, rule: PortraitRule) -> Result<Vec<u8>> {
    Ok(match rule.coding {
        PortraitCoding::Jpeg2000 => encode_jpeg2000(portrait, rule.max_bytes)?,
        PortraitCoding::Jpeg => encode_jpeg_to_size(portrait, rule.max_bytes)?,
    })
}

const fn gender(sex: Sex) -> Gender {
    match sex {
        Sex::Male => Gender::MALE,
        Sex::Female => Gender::FEMALE,
        Sex::Unspecified => Gender::UNSPECIFIED,
    }
}

fn fingers(record: &AcceptedRecord, rng: &mut dyn CryptoRng) -> Result<Dg3> {
    let prints = record
        .prints()
        .map(|(position, image)| finger(position, image))
        .collect::<Result<Vec<_>>>()?;
    if prints.is_empty() {
        // The signed hash must not tell who has no fingerprints (Doc 9303-10 §4.7.3.2.2).
        let mut random = [0; EMPTY_GROUP_LEN];
        rng.fill_bytes(&mut random);
        return Ok(Dg3::none(&random));
    }
    Ok(Dg3::of_fingers(prints)?)
}

fn finger(position: FingerPosition, image: &[u8]) -> Result<(BiometricSubtype, BiometricRecord)> {
    let print = decode(image, &DecodeLimits::default())?.to_grey();
    let ppi = print
        .ppi()
        .ok_or(Error::Misuse("a finger image does not say its resolution"))?;
    let (width, height) = (side(print.width())?, side(print.height())?);
    let budget = usize::from(width) * usize::from(height) / FINGER_COMPRESSION;
    let encoded = encode_jpeg2000(&print, budget)?;
    let image = FingerImage::live_scan(position, width, height, encoded);
    let bytes = FingerRecord::new(ppi, Compression::JPEG2000, image).to_bytes()?;
    let subtype = position
        .biometric_subtype()
        .ok_or(Error::Misuse("EF.DG3 holds single fingers"))?;
    Ok((BiometricSubtype(subtype), BiometricRecord::Iso19794(bytes)))
}

fn side(pixels: u32) -> Result<u16> {
    u16::try_from(pixels).map_err(|_| Error::Misuse("a finger image is larger than any scanner's"))
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
