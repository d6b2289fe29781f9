//! Quirks of content: what the files of a card hold, and the keys that they speak of.
//!
//! The issuer made such cards, so EF.SOD is signed over what the quirk has made of the data groups. Only what nobody signs is
//! altered afterwards.

mod details;
mod face;
mod keys;
mod security_infos;
mod unsigned;
mod zone;

use std::collections::BTreeSet;

use crypto::CryptoRng;
use lds::{
    Dg14, EfCardAccess, EfCom, File, FileContent, LdsSecurityObject, SecurityInfo, SecurityInfos,
};
use pki::{CardSecurity, SecurityObject};

use super::Quirk;
use super::needs::must_be_met;
use crate::memory::ChipMemory;
use crate::{Error, Result};

/// What making such a card needs.
pub struct Workbench<'a> {
    /// Signs an LDS security object as the issuer of the card: the octets of EF.SOD; `None` where it cannot.
    pub sign: &'a mut dyn FnMut(&LdsSecurityObject) -> Option<Vec<u8>>,
    /// Randomness for keys.
    pub rng: &'a mut dyn CryptoRng,
}

/// Alters what is signed.
type Signed = fn(&mut ChipMemory, &mut dyn CryptoRng) -> Result<()>;
/// Alters what is not.
type Unsigned = fn(&mut ChipMemory) -> Result<()>;

fn signed(quirk: Quirk) -> Option<Signed> {
    Some(match quirk {
        Quirk::CARD_ACCESS_IS_ABSENT | Quirk::NO_ACCESS_CONTROL => security_infos::without_pace,
        Quirk::INTEGRATED_MAPPING_ONLY => security_infos::integrated_mapping_only,
        Quirk::CHIP_KEY_WITHOUT_INFO => security_infos::key_without_info,
        Quirk::FOREIGN_DG13 => security_infos::foreign_dg13,
        Quirk::ORDER_OF_DG14 => security_infos::order_of_dg14,
        Quirk::DEAD_ADDRESS => security_infos::dead_address,
        Quirk::HASH_NOT_NAMED => security_infos::hash_not_named,
        Quirk::CHIP_KEY_ON_P192 => keys::chip_key_on_p192,
        Quirk::LONG_HASH => keys::long_hash,
        Quirk::ODD_RSA => keys::odd_rsa,
        Quirk::OPTIONAL_CHECK_DIGIT => zone::optional_check_digit,
        Quirk::OPTIONAL_DATA_WITH_FILLER => zone::optional_data_with_filler,
        Quirk::INCOMPLETE_BIRTH => zone::incomplete_birth,
        Quirk::SEX_X => zone::sex_x,
        Quirk::NO_EXPIRY => zone::no_expiry,
        Quirk::WRONG_CHECK_DIGIT => zone::wrong_check_digit,
        Quirk::STUB_OF_A_ZONE => zone::stub,
        Quirk::GERMAN_NATIONALITY => zone::german_nationality,
        Quirk::NAME_OF_THREE_PARTS => details::name_of_three_parts,
        Quirk::BARE_OTHER_NAME => details::bare_other_name,
        Quirk::LIST_NAMES_TEMPLATE => details::list_names_template,
        Quirk::EMPTY_OBJECTS => details::empty_objects,
        Quirk::OTHER_NAME_ALONE => details::other_name_alone,
        Quirk::BARE_OTHER_PERSON => details::bare_other_person,
        Quirk::DATES_IN_BCD => details::dates_in_bcd,
        Quirk::TIME_IN_BCD => details::time_in_bcd,
        Quirk::MALFORMED_GROUP => details::malformed_group,
        Quirk::FACE_RECORD_LENGTH => face::wrong_length,
        Quirk::EMPTY_FACE => face::without_image,
        Quirk::NEXT_GENERATION_FACE => face::next_generation,
        Quirk::NO_FACE => face::none,
        _ => return None,
    })
}

fn unsigned(quirk: Quirk) -> Option<Unsigned> {
    Some(match quirk {
        Quirk::COM_LISTS_MORE => unsigned::com_lists_more,
        Quirk::PADDED_FILE => unsigned::padded_file,
        Quirk::MALFORMED_CARD_SECURITY => unsigned::malformed_card_security,
        _ => return None,
    })
}

/// Whether a card gets one of these only with the issuer's signature.
#[must_use]
pub fn needs_signature(quirks: &BTreeSet<Quirk>) -> bool {
    quirks.iter().any(|quirk| signed(*quirk).is_some())
}

/// Puts the quirks of content into a card. Quirks of answers are in its data sheet, and nothing is done for them here, but for
/// those that files speak of.
///
/// # Errors
/// [`Error::Unfit`] and [`Error::Misuse`] for a card that has not what a quirk is about, or that nobody could read any more;
/// [`Error::Misuse`] when the signature cannot be made.
pub fn install(
    memory: &mut ChipMemory,
    quirks: &BTreeSet<Quirk>,
    workbench: &mut Workbench<'_>,
) -> Result<()> {
    for alter in quirks.iter().filter_map(|quirk| signed(*quirk)) {
        alter(memory, workbench.rng)?;
    }
    must_be_met(memory, quirks)?;
    if needs_signature(quirks) {
        sign_again(memory, workbench)?;
    }
    for alter in quirks.iter().filter_map(|quirk| unsigned(*quirk)) {
        alter(memory)?;
    }
    Ok(())
}

/// EF.COM and EF.SOD of the data groups that the card has now.
fn sign_again(memory: &mut ChipMemory, workbench: &mut Workbench<'_>) -> Result<()> {
    let sod = memory
        .file(File::Sod)
        .ok_or(Error::Misuse("the card has no EF.SOD"))?;
    let old = SecurityObject::parse(sod).map_err(|_| Error::Misuse("EF.SOD of the card"))?;
    let old = old.lds_security_object();
    let groups: Vec<File> = File::data_groups()
        .filter(|file| memory.file(*file).is_some())
        .collect();
    let mut hashed = old.clone();
    hashed.hashes = groups
        .iter()
        .filter_map(|file| Some((file.dg_number()?, old.hash.digest(memory.file(*file)?))))
        .collect();
    let signed = (workbench.sign)(&hashed).ok_or(Error::Misuse("EF.SOD cannot be signed"))?;
    if let Some(com) = memory
        .file(File::Com)
        .and_then(|com| EfCom::parse(com).ok())
    {
        let (lds, unicode) = (com.value.lds_version, com.value.unicode_version);
        let com = EfCom::new(lds, unicode, groups).map_err(|_| Error::Misuse("EF.COM"))?;
        memory.put_file(File::Com, com.to_bytes())?;
    }
    memory.put_file(File::Sod, signed)
}

/// Signs EF.CardSecurity anew, where the card has one: as the issuer who has signed EF.SOD anew, over what EF.CardAccess and
/// EF.DG14 say now. Two issuers on one card would be what a reader notices. Without PACE there is none any more.
///
/// # Errors
/// [`Error::Misuse`] when it cannot be read or signed.
pub fn sign_card_security(
    memory: &mut ChipMemory,
    quirks: &BTreeSet<Quirk>,
    sign: &mut dyn FnMut(&SecurityInfos) -> Option<Vec<u8>>,
) -> Result<()> {
    let Some(octets) = memory.file(File::CardSecurity) else {
        return Ok(());
    };
    if quirks.contains(&Quirk::MALFORMED_CARD_SECURITY) {
        return Ok(());
    }
    let old = CardSecurity::parse(octets).map_err(|_| Error::Misuse("EF.CardSecurity"))?;
    let Ok(access) = parsed::<EfCardAccess>(memory) else {
        return memory.remove_file(File::CardSecurity);
    };
    let options = parsed::<Dg14>(memory).map_or_else(
        |_| SecurityInfos::default(),
        |options| options.security_infos,
    );
    let named = old.security_infos().chip_authentication_public_keys();
    let keys = named.map(|key| {
        let mut now = options.chip_authentication_public_keys();
        let now = now.find(|now| now.key_id == key.key_id);
        SecurityInfo::ChipAuthenticationPublicKey(now.unwrap_or(key).clone())
    });
    let infos = SecurityInfos::new(access.security_infos.iter().cloned().chain(keys));
    let signed = sign(&infos).ok_or(Error::Misuse("EF.CardSecurity cannot be signed"))?;
    memory.put_file(File::CardSecurity, signed)
}

/// A file of the card as it is understood.
fn parsed<T: FileContent>(memory: &ChipMemory) -> Result<T> {
    const WHY: Error = Error::Misuse("the card has no such file as the quirk is about");
    let octets = memory.file(T::FILE).ok_or(WHY)?;
    T::parse(octets).map(|parsed| parsed.value).map_err(|_| WHY)
}

/// Puts a file in the place of the card's.
fn put<T: FileContent>(memory: &mut ChipMemory, content: &T) -> Result<()> {
    memory.put_file(T::FILE, content.to_bytes())
}
