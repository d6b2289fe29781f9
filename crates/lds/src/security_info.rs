//! SecurityInfos: which protocols a chip offers, with which parameters (Doc 9303-11 §9.2).
//!
//! ```text
//! SecurityInfos ::= SET OF SecurityInfo
//! SecurityInfo  ::= SEQUENCE { protocol OBJECT IDENTIFIER, requiredData ANY, optionalData ANY OPTIONAL }
//! ```
//!
//! Every entry keeps the bytes it was read from: entries are compared as DER values, and a file that is read and written
//! again does not change.

mod active_authentication;
mod chip_authentication;
mod ef_dir_info;
mod pace;
mod terminal_authentication;

use core::fmt;
use std::collections::BTreeSet;

use const_oid::ObjectIdentifier;
use crypto::AgreementDomain;
use iso7816::tlv::{self, Tlv, Writer};

pub use active_authentication::ActiveAuthenticationInfo;
pub use chip_authentication::{
    ChipAuthenticationInfo, ChipAuthenticationProtocol, ChipAuthenticationPublicKeyInfo,
};
pub use ef_dir_info::EfDirInfo;
pub use pace::{PaceDomainParameterInfo, PaceFamily, PaceInfo, PaceMapping, PaceProtocol};
pub use terminal_authentication::{FileReference, TerminalAuthenticationInfo};

use crate::asn1::{self, INTEGER, OBJECT_IDENTIFIER, SEQUENCE, SET};
use crate::data_object::{Row, report_long_length};
use crate::file_content::open;
use crate::{Deviation, Deviations, Error, Parsed, Result, oids};

/// Most entries that are read. A chip with every algorithm of Doc 9303-11 has fewer.
pub const MAX_SECURITY_INFOS: usize = 128;

/// How two keys become one secret.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum KeyAgreement {
    /// Diffie-Hellman in a prime field.
    Dh,
    /// Diffie-Hellman on an elliptic curve.
    Ecdh,
}

impl From<AgreementDomain> for KeyAgreement {
    fn from(domain: AgreementDomain) -> Self {
        match domain {
            AgreementDomain::Dh(_) => Self::Dh,
            AgreementDomain::Ec(_) => Self::Ecdh,
        }
    }
}

/// One protocol that a chip offers.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum SecurityInfo {
    /// PACE with one mapping, agreement and cipher.
    Pace(PaceInfo),
    /// Domain parameters for PACE that need not be standardised ones.
    PaceDomainParameter(PaceDomainParameterInfo),
    /// Chip authentication with one agreement and cipher.
    ChipAuthentication(ChipAuthenticationInfo),
    /// A public key for chip authentication.
    ChipAuthenticationPublicKey(ChipAuthenticationPublicKeyInfo),
    /// The signature algorithm of active authentication.
    ActiveAuthentication(ActiveAuthenticationInfo),
    /// Terminal authentication.
    TerminalAuthentication(TerminalAuthenticationInfo),
    /// A copy of EF.DIR.
    EfDir(EfDirInfo),
    /// A protocol that Doc 9303-11 does not define, or an entry whose content could not be understood.
    Unknown(UnknownInfo),
}

/// An entry that is kept unread; a terminal passes over it (Doc 9303-11 §9.2).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UnknownInfo {
    /// The protocol.
    pub protocol: ObjectIdentifier,
    /// The objects behind it.
    pub data: Vec<u8>,
}

#[derive(Clone, PartialEq, Eq)]
struct Entry {
    der: Vec<u8>,
    info: SecurityInfo,
}

/// A set of SecurityInfos, as EF.CardAccess, EF.CardSecurity and EF.DG14 hold it.
#[derive(Clone, PartialEq, Eq, Default)]
pub struct SecurityInfos {
    entries: Vec<Entry>,
}

impl SecurityInfos {
    /// A set of these entries, in the order that DER prescribes.
    #[must_use]
    pub fn new(infos: impl IntoIterator<Item = SecurityInfo>) -> Self {
        let mut entries: Vec<Entry> = infos
            .into_iter()
            .map(|info| Entry {
                der: info.to_der(),
                info,
            })
            .collect();
        entries.sort_by(|a, b| a.der.cmp(&b.der));
        Self::of(entries)
    }

    /// A set of these entries, each offer of PACE with the parameters that another entry spells out for it.
    fn of(mut entries: Vec<Entry>) -> Self {
        let infos: Vec<SecurityInfo> = entries.iter().map(|entry| entry.info.clone()).collect();
        for entry in &mut entries {
            if let SecurityInfo::Pace(info) = &mut entry.info {
                info.find_parameters(infos.iter());
            }
        }
        Self { entries }
    }

    /// Reads a whole set, such as the content of EF.CardSecurity.
    ///
    /// # Errors
    /// [`Error::Malformed`] when it is no set of SecurityInfo structures.
    pub fn parse(der: &[u8]) -> Result<Parsed<Self>> {
        Parsed::collect(|deviations| Self::read(&open(SET, der, deviations)?, deviations))
    }

    pub(crate) fn read(set: &Tlv<'_>, deviations: &mut Deviations) -> Result<Self> {
        let objects = set.children()?;
        if objects.len() > MAX_SECURITY_INFOS {
            let what = "SecurityInfos, too many";
            return Err(Error::Malformed { what, at: set.at });
        }
        if !objects.is_sorted_by(|a, b| a.raw <= b.raw) {
            let what = "order of the SecurityInfos";
            deviations.push(Deviation::NotDer { what, at: set.at });
        }
        let entry = |object: &Tlv<'_>| {
            report_long_length(object, deviations);
            let info = SecurityInfo::read(object, deviations)?;
            let der = object.raw.to_vec();
            Ok(Entry { der, info })
        };
        let entries = objects.iter().map(entry).collect::<Result<_>>()?;
        Ok(Self::of(entries))
    }

    /// The set as it was read, or in DER order if it was made here.
    #[must_use]
    pub fn to_der(&self) -> Vec<u8> {
        tlv::encode(SET, &self.content())
    }

    pub(crate) fn content(&self) -> Vec<u8> {
        self.entries
            .iter()
            .flat_map(|entry| entry.der.iter().copied())
            .collect()
    }

    /// The entries.
    pub fn iter(&self) -> impl Iterator<Item = &SecurityInfo> {
        self.entries.iter().map(|entry| &entry.info)
    }

    /// The entries that do not occur, octet for octet, in a signed set.
    ///
    /// What EF.CardAccess says must recur in EF.DG14 or EF.CardSecurity; more there is fine, less or other is not
    /// (Doc 9303-11 §4.2): a terminal that finds an entry here has been lied to by an unsigned file.
    #[must_use]
    pub fn missing_from(&self, signed: &Self) -> Vec<&SecurityInfo> {
        let signed: BTreeSet<&[u8]> = signed.entries.iter().map(|entry| &*entry.der).collect();
        self.entries
            .iter()
            .filter(|entry| !signed.contains(&*entry.der))
            .map(|entry| &entry.info)
            .collect()
    }

    /// The forms of PACE offered, in the order of the file.
    pub fn pace(&self) -> impl Iterator<Item = &PaceInfo> {
        self.iter().filter_map(|info| match info {
            SecurityInfo::Pace(pace) => Some(pace),
            _ => None,
        })
    }

    /// The forms of chip authentication offered, in the order of the file.
    pub fn chip_authentication(&self) -> impl Iterator<Item = &ChipAuthenticationInfo> {
        self.iter().filter_map(|info| match info {
            SecurityInfo::ChipAuthentication(info) => Some(info),
            _ => None,
        })
    }

    /// The keys for chip authentication, in the order of the file.
    pub fn chip_authentication_public_keys(
        &self,
    ) -> impl Iterator<Item = &ChipAuthenticationPublicKeyInfo> {
        self.iter().filter_map(|info| match info {
            SecurityInfo::ChipAuthenticationPublicKey(key) => Some(key),
            _ => None,
        })
    }

    /// The signature algorithm of active authentication, if it is given.
    #[must_use]
    pub fn active_authentication(&self) -> Option<&ActiveAuthenticationInfo> {
        self.iter().find_map(|info| match info {
            SecurityInfo::ActiveAuthentication(info) => Some(info),
            _ => None,
        })
    }

    /// Terminal authentication, if it is offered.
    #[must_use]
    pub fn terminal_authentication(&self) -> Option<&TerminalAuthenticationInfo> {
        self.iter().find_map(|info| match info {
            SecurityInfo::TerminalAuthentication(info) => Some(info),
            _ => None,
        })
    }
}

impl fmt::Debug for SecurityInfos {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.iter()).finish()
    }
}

impl SecurityInfo {
    /// The entry as DER.
    #[must_use]
    pub fn to_der(&self) -> Vec<u8> {
        let mut fields = Writer::new();
        match self {
            Self::Pace(info) => info.write(&mut fields),
            Self::PaceDomainParameter(info) => info.write(&mut fields),
            Self::ChipAuthentication(info) => info.write(&mut fields),
            Self::ChipAuthenticationPublicKey(info) => info.write(&mut fields),
            Self::ActiveAuthentication(info) => info.write(&mut fields),
            Self::TerminalAuthentication(info) => info.write(&mut fields),
            Self::EfDir(info) => info.write(&mut fields),
            Self::Unknown(info) => {
                asn1::write_oid(info.protocol, &mut fields);
                fields.raw(&info.data);
            }
        }
        tlv::encode(SEQUENCE, &fields.finish())
    }

    fn read(object: &Tlv<'_>, deviations: &mut Deviations) -> Result<Self> {
        let (what, at) = ("SecurityInfo", object.at);
        let mut fields = Row::inside(object, deviations)?;
        let first = fields.require(OBJECT_IDENTIFIER, what, deviations)?;
        if object.tag != SEQUENCE || first.at != at + object.header_len() {
            return Err(Error::Malformed { what, at });
        }
        let protocol = asn1::oid(&first)?;

        match Self::read_known(protocol, &mut fields, deviations) {
            Ok(Some(info)) => {
                fields.rest(deviations);
                return Ok(info);
            }
            Ok(None) => {}
            Err(_) => deviations.push(Deviation::NotUnderstood {
                tag: object.tag,
                at,
                what,
            }),
        }
        let data = object.value.get(first.raw.len()..).unwrap_or_default();
        let data = data.to_vec();
        Ok(Self::Unknown(UnknownInfo { protocol, data }))
    }

    /// The entry of a protocol of Doc 9303-11; `None` for any other.
    fn read_known(
        protocol: ObjectIdentifier,
        fields: &mut Row<'_>,
        deviations: &mut Deviations,
    ) -> Result<Option<Self>> {
        let info = if let Some(protocol) = PaceProtocol::from_oid(protocol) {
            Self::Pace(PaceInfo::read(protocol, fields, deviations)?)
        } else if let Some(family) = PaceFamily::from_oid(protocol) {
            Self::PaceDomainParameter(PaceDomainParameterInfo::read(family, fields, deviations)?)
        } else if let Some(protocol) = ChipAuthenticationProtocol::from_oid(protocol) {
            Self::ChipAuthentication(ChipAuthenticationInfo::read(protocol, fields, deviations)?)
        } else if let Some(agreement) = KeyAgreement::of_public_key(protocol) {
            Self::ChipAuthenticationPublicKey(ChipAuthenticationPublicKeyInfo::read(
                agreement, fields, deviations,
            )?)
        } else if protocol == oids::AA_PROTOCOL_OBJECT {
            Self::ActiveAuthentication(ActiveAuthenticationInfo::read(fields, deviations)?)
        } else if protocol == oids::TA {
            Self::TerminalAuthentication(TerminalAuthenticationInfo::read(fields, deviations)?)
        } else if protocol == oids::EF_DIR {
            Self::EfDir(EfDirInfo::read(fields, deviations)?)
        } else {
            return Ok(None);
        };
        Ok(Some(info))
    }
}

/// Reads the version of an entry and reports one that the standard does not define.
fn read_version(
    expected: u8,
    what: &'static str,
    fields: &mut Row<'_>,
    deviations: &mut Deviations,
) -> Result<u8> {
    let object = fields.require(INTEGER, what, deviations)?;
    let version = asn1::small(&object, deviations)?;
    if version != expected {
        let at = object.at;
        deviations.push(Deviation::Value { what, at });
    }
    Ok(version)
}

#[cfg(test)]
mod tests;
