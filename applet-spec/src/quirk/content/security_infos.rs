//! EF.CardAccess, EF.DG13 and EF.DG14: what the chip says that it can.

use const_oid::ObjectIdentifier;
use crypto::CryptoRng;
use iso7816::tlv::{self, Tag, Writer};
use lds::security_info::{PaceMapping, PaceProtocol, SecurityInfo, UnknownInfo};
use lds::{Dg13, Dg14, EfCardAccess, File, SecurityInfos};

use super::{parsed, put};
use crate::memory::ChipMemory;
use crate::{Error, Result};

/// CardInfoLocator (TR-03110-3 §A.1.1.6).
const CARD_INFO_LOCATOR: ObjectIdentifier = ObjectIdentifier::new_unwrap("0.4.0.127.0.7.2.2.6");
/// Chip authentication of a national kind, its identifier below an arc that is not that of the protocol.
const FOREIGN: ObjectIdentifier = ObjectIdentifier::new_unwrap("0.3.0.127.0.7.2.2.1.2");
const ADDRESS: &str = "http://card.test.example/info.xml";
const IA5_STRING: Tag = Tag::new(0x16);
const SEQUENCE: Tag = Tag::new(0x30);
const SET: Tag = Tag::new(0x31);
const DG14: Tag = Tag::new(0x6E);

fn edit_dg14(
    memory: &mut ChipMemory,
    edit: impl FnMut(SecurityInfo) -> Option<SecurityInfo>,
) -> Result<()> {
    let security_infos = edited(&parsed::<Dg14>(memory)?.security_infos, edit);
    put(memory, &Dg14 { security_infos })
}

fn edit_card_access(
    memory: &mut ChipMemory,
    edit: impl FnMut(SecurityInfo) -> Option<SecurityInfo>,
) -> Result<()> {
    let security_infos = edited(&parsed::<EfCardAccess>(memory)?.security_infos, edit);
    put(memory, &EfCardAccess { security_infos })
}

fn edited(
    infos: &SecurityInfos,
    edit: impl FnMut(SecurityInfo) -> Option<SecurityInfo>,
) -> SecurityInfos {
    SecurityInfos::new(infos.iter().cloned().filter_map(edit))
}

/// No EF.CardAccess, and nothing of PACE in EF.DG14.
pub(super) fn without_pace(memory: &mut ChipMemory, _: &mut dyn CryptoRng) -> Result<()> {
    memory.remove_file(File::CardAccess)?;
    if memory.file(File::Dg14).is_none() {
        return Ok(());
    }
    edit_dg14(memory, |info| {
        let is_pace = matches!(
            info,
            SecurityInfo::Pace(_) | SecurityInfo::PaceDomainParameter(_)
        );
        (!is_pace).then_some(info)
    })
}

/// PACE by integrated mapping, with the parameters that were offered with another.
pub(super) fn integrated_mapping_only(
    memory: &mut ChipMemory,
    _: &mut dyn CryptoRng,
) -> Result<()> {
    let integrated = |info: SecurityInfo| match info {
        SecurityInfo::Pace(mut info) => {
            let (agreement, cipher) = (info.protocol.agreement(), info.protocol.cipher());
            let protocol = PaceProtocol::new(PaceMapping::IntegratedMapping, agreement, cipher);
            info.protocol = protocol.ok()?;
            Some(SecurityInfo::Pace(info))
        }
        other => Some(other),
    };
    edit_card_access(memory, integrated)?;
    edit_dg14(memory, integrated)?;
    let job = memory
        .job()
        .ok_or(Error::Misuse("the chip holds no document"))?;
    let offered = edited(&job.security_infos, integrated);
    memory.offer(offered)
}

/// A key of chip authentication that nothing announces.
pub(super) fn key_without_info(memory: &mut ChipMemory, _: &mut dyn CryptoRng) -> Result<()> {
    let unannounced =
        |info: SecurityInfo| (!matches!(info, SecurityInfo::ChipAuthentication(_))).then_some(info);
    edit_card_access(memory, unannounced)?;
    edit_dg14(memory, unannounced)
}

/// EF.DG14 does not name the hash of active authentication.
pub(super) fn hash_not_named(memory: &mut ChipMemory, _: &mut dyn CryptoRng) -> Result<()> {
    edit_dg14(memory, |info| {
        (!matches!(info, SecurityInfo::ActiveAuthentication(_))).then_some(info)
    })
}

/// An address in EF.CardAccess and EF.DG14 that nobody answers at.
pub(super) fn dead_address(memory: &mut ChipMemory, _: &mut dyn CryptoRng) -> Result<()> {
    let locator = SecurityInfo::Unknown(UnknownInfo {
        protocol: CARD_INFO_LOCATOR,
        data: tlv::encode(IA5_STRING, ADDRESS.as_bytes()),
    });
    let with =
        |infos: SecurityInfos| SecurityInfos::new(infos.iter().cloned().chain([locator.clone()]));
    let security_infos = with(parsed::<EfCardAccess>(memory)?.security_infos);
    put(memory, &EfCardAccess { security_infos })?;
    let security_infos = with(parsed::<Dg14>(memory)?.security_infos);
    put(memory, &Dg14 { security_infos })
}

/// EF.DG13 holds what looks like EF.DG14, of a protocol of no standard.
pub(super) fn foreign_dg13(memory: &mut ChipMemory, _: &mut dyn CryptoRng) -> Result<()> {
    let info = SecurityInfo::Unknown(UnknownInfo {
        protocol: FOREIGN,
        data: tlv::encode(SEQUENCE, &[0x02, 0x01, 0x01]),
    });
    let content = SecurityInfos::new([info]).to_der();
    put(memory, &Dg13 { content })
}

/// The SecurityInfos of EF.DG14 in the order that DER does not have.
pub(super) fn order_of_dg14(memory: &mut ChipMemory, _: &mut dyn CryptoRng) -> Result<()> {
    const WHY: Error = Error::Misuse("the card has one SecurityInfo in EF.DG14, or none");
    let file = memory.file(File::Dg14).ok_or(WHY)?;
    let set = tlv::single(file, DG14).map_err(|_| WHY)?;
    let infos = tlv::single(set, SET)
        .and_then(tlv::read_all)
        .map_err(|_| WHY)?;
    if infos.len() < 2 {
        return Err(WHY);
    }
    let mut octets = Writer::new();
    octets.nest(DG14, |content| {
        content.nest(SET, |set| {
            for info in infos.iter().rev() {
                set.raw(info.raw);
            }
        });
    });
    memory.put_file(File::Dg14, octets.finish())
}
