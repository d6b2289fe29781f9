//! The protocols and keys of a chip: what EF.CardAccess announces, and what must be on the chip for it.

use std::collections::BTreeSet;

use crypto::{AgreementDomain, Cipher, Curve, HashAlgorithm};
use lds::SecurityInfo;
use lds::security_info::{
    ChipAuthenticationInfo, ChipAuthenticationProtocol, PaceInfo, PaceMapping, PaceProtocol,
    TerminalAuthenticationInfo,
};

use crate::{Error, Result};

/// How a chip lets itself be opened and how it proves to be genuine.
///
/// Profiles hold theirs for ever; whoever wants another chip for the same document borrows it from lists of his own.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Chip<'a> {
    /// Whether basic access control works beside PACE (Doc 9303-11 §4.3).
    pub basic_access_control: bool,
    /// The forms of PACE, best first (Doc 9303-11 §4.4).
    pub pace: &'a [PaceOffer],
    /// The keys of chip authentication, best first (Doc 9303-11 §6.2).
    pub chip_authentication: &'a [ChipAuthenticationKey<'a>],
    /// The key of active authentication (Doc 9303-11 §6.1).
    pub active_authentication: Option<ActiveAuthenticationKey>,
    /// Whether terminal authentication guards the fingers (Doc 9303-11 §7.1) of a card whose order gives trust points. A card without
    /// them opens its fingers to nobody and does not announce it.
    pub terminal_authentication: bool,
    /// The PIN that is drawn for the holder, if any.
    pub pin: Option<CountedNumber>,
    /// The PUK that unblocks it.
    pub puk: Option<CountedNumber>,
}

/// A form of PACE with its domain parameters.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PaceOffer {
    /// How the nonce becomes a generator.
    pub mapping: PaceMapping,
    /// The cipher of the session.
    pub cipher: Cipher,
    /// Curve or group.
    pub domain: AgreementDomain,
}

/// A key of chip authentication, which the chip generates.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ChipAuthenticationKey<'a> {
    /// Curve or group.
    pub domain: AgreementDomain,
    /// The ciphers of the session that it is offered with, best first.
    pub ciphers: &'a [Cipher],
    /// Its identifier, where there are several. With the number of its domain parameters it serves chip authentication mapping,
    /// too (Doc 9303-11 §9.2.1).
    pub key_id: Option<u8>,
}

/// The key of active authentication, which the chip generates.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ActiveAuthenticationKey {
    /// RSA with message recovery (ISO 9796-2 scheme 1).
    Rsa {
        /// Length of the modulus.
        bits: usize,
    },
    /// ECDSA.
    Ecdsa {
        /// The curve.
        curve: Curve,
        /// The hash, which EF.DG14 announces.
        hash: HashAlgorithm,
    },
}

/// A number that only the holder knows, with a retry counter on the chip.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CountedNumber {
    /// Its length.
    pub digits: usize,
    /// How often in a row it may be got wrong.
    pub tries: u8,
}

/// A key that the chip has to generate for chip authentication or chip authentication mapping.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AgreementKeyOrder {
    /// Curve or group.
    pub domain: AgreementDomain,
    /// Its identifier.
    pub key_id: Option<u8>,
    /// Whether chip authentication offers it. If not it serves chip authentication mapping alone, and EF.CardSecurity alone
    /// holds its public half.
    pub is_offered: bool,
}

impl Chip<'_> {
    /// What EF.CardAccess announces, as far as it does not depend on keys of the single chip.
    ///
    /// # Errors
    /// [`Error::Lds`] for a form of PACE that does not exist.
    pub fn card_access(&self) -> Result<Vec<SecurityInfo>> {
        let mut infos = Vec::new();
        for offer in self.pace {
            infos.push(SecurityInfo::Pace(offer.info()?));
        }
        for key in self.chip_authentication {
            infos.extend(key.infos().map(SecurityInfo::ChipAuthentication));
        }
        if self.terminal_authentication {
            infos.push(SecurityInfo::TerminalAuthentication(
                TerminalAuthenticationInfo::new(),
            ));
        }
        Ok(infos)
    }

    /// Whether the chip proves its key in PACE, which takes an EF.CardSecurity (Doc 9303-11 §4.4).
    #[must_use]
    pub fn has_chip_authentication_mapping(&self) -> bool {
        self.pace.iter().any(PaceOffer::proves_a_key)
    }

    /// The keys for chip authentication, in its order, then those that serve chip authentication mapping alone.
    #[must_use]
    pub fn agreement_keys(&self) -> Vec<AgreementKeyOrder> {
        let offered = |key: &ChipAuthenticationKey<'_>| AgreementKeyOrder {
            domain: key.domain,
            key_id: key.key_id,
            is_offered: true,
        };
        let mut keys: Vec<_> = self.chip_authentication.iter().map(offered).collect();
        for offer in self.pace.iter().filter(|offer| offer.proves_a_key()) {
            let key_id = Some(offer.domain.standardized_id());
            if !keys.iter().any(|key| key.key_id == key_id) {
                keys.push(AgreementKeyOrder {
                    domain: offer.domain,
                    key_id,
                    is_offered: false,
                });
            }
        }
        keys
    }

    /// Whether the parts belong together and a chip can be so.
    ///
    /// # Errors
    /// [`Error::Misuse`] naming what is missing or in the way; [`Error::Lds`] for a form of PACE that does not exist.
    pub fn check(&self) -> Result<()> {
        self.card_access()?;
        let offers_pace = !self.pace.is_empty();
        let proves = self.has_chip_authentication_mapping();
        let authenticates = !self.chip_authentication.is_empty();
        let faults = [
            (
                !offers_pace && !self.basic_access_control,
                "a chip needs PACE or basic access control",
            ),
            (
                !self.pace.iter().all(PaceOffer::is_defined),
                "integrated mapping is not defined on P-224",
            ),
            (
                proves && self.pace.iter().all(PaceOffer::proves_a_key),
                "chip authentication mapping needs another mapping beside it",
            ),
            (
                proves && !authenticates,
                "chip authentication mapping needs chip authentication beside it",
            ),
            (
                self.terminal_authentication && !authenticates,
                "terminal authentication needs chip authentication",
            ),
            (
                self.pin.is_some() && !offers_pace,
                "a PIN is a password of PACE",
            ),
            (
                self.puk.is_some() && self.pin.is_none(),
                "a PUK needs a PIN to unblock",
            ),
        ];
        match faults.into_iter().find(|(is_so, _)| *is_so) {
            Some((_, fault)) => Err(Error::Misuse(fault)),
            None => self.check_keys(),
        }
    }

    fn check_keys(&self) -> Result<()> {
        let keys = self.agreement_keys();
        let ids: BTreeSet<Option<u8>> = keys.iter().map(|key| key.key_id).collect();
        let are_told_apart = ids.len() == keys.len()
            && (self.chip_authentication.len() == 1 || !ids.contains(&None));
        let is_taken = |offer: &PaceOffer| {
            let id = Some(offer.domain.standardized_id());
            let other = |key: &AgreementKeyOrder| key.key_id == id && key.domain != offer.domain;
            offer.proves_a_key() && keys.iter().any(other)
        };
        if self
            .chip_authentication
            .iter()
            .any(|key| key.ciphers.is_empty())
        {
            Err(Error::Misuse("a key of chip authentication needs a cipher"))
        } else if ids.contains(&Some(0)) {
            Err(Error::Misuse("a key id is 1 to 255"))
        } else if self.pace.iter().any(is_taken) {
            Err(Error::Misuse(
                "the key id of chip authentication mapping belongs to another key",
            ))
        } else if !are_told_apart {
            Err(Error::Misuse("several keys need key ids, each its own"))
        } else {
            Ok(())
        }
    }
}

impl PaceOffer {
    /// The entry of EF.CardAccess.
    ///
    /// # Errors
    /// [`Error::Lds`] for a combination that does not exist.
    pub fn info(&self) -> Result<PaceInfo> {
        let protocol = PaceProtocol::new(self.mapping, self.domain.into(), self.cipher)?;
        Ok(PaceInfo::new(protocol, self.domain.standardized_id()))
    }

    fn proves_a_key(&self) -> bool {
        self.mapping == PaceMapping::ChipAuthenticationMapping
    }

    fn is_defined(&self) -> bool {
        self.mapping != PaceMapping::IntegratedMapping || self.domain.has_integrated_mapping()
    }
}

impl ChipAuthenticationKey<'_> {
    /// The entries of EF.DG14, one for each cipher.
    pub fn infos(&self) -> impl Iterator<Item = ChipAuthenticationInfo> {
        self.ciphers.iter().map(|cipher| {
            let protocol = ChipAuthenticationProtocol {
                agreement: self.domain.into(),
                cipher: *cipher,
            };
            ChipAuthenticationInfo::new(protocol, self.key_id.map(u64::from))
        })
    }
}

#[cfg(test)]
mod tests;
