//! What a card must have for a quirk to show: on any other it would be switched on and never seen.

use core::fmt;
use std::collections::BTreeSet;

use crypto::PrivateKey;
use lds::{Dg14, EfCardAccess, File, FileContent, SecurityInfos};
use serde::Deserialize;

use super::{Quirk, table};
use crate::memory::{ChipMemory, GeneratedKey};
use crate::personalise::Purpose;
use crate::{Error, Result};

/// What a quirk is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Need {
    /// PACE, announced in EF.CardAccess.
    Pace,
    /// PACE with two sets of domain parameters or more.
    SeveralParameters,
    /// BAC.
    Bac,
    /// Chip authentication with a key of EF.DG14.
    ChipAuthentication,
    /// EF.CardSecurity, which chip authentication mapping is checked with.
    ChipAuthenticationMapping,
    /// Active authentication.
    ActiveAuthentication,
    /// Active authentication by RSA.
    ActiveAuthenticationRsa,
    /// Active authentication by ECDSA.
    ActiveAuthenticationEcdsa,
    /// Chip authentication or active authentication.
    ChipProof,
    /// Trust points of terminal authentication.
    TerminalAuthentication,
    /// Extended length, which is no property of the card's files but of the chip's data sheet.
    ExtendedLength,
}

impl Need {
    /// What it is, as one orders it.
    #[must_use]
    pub const fn words(self) -> &'static str {
        match self {
            Self::Pace => "PACE",
            Self::SeveralParameters => "PACE with several sets of domain parameters",
            Self::Bac => "BAC",
            Self::ChipAuthentication => "chip authentication",
            Self::ChipAuthenticationMapping => "chip authentication mapping",
            Self::ActiveAuthentication => "active authentication",
            Self::ActiveAuthenticationRsa => "active authentication by RSA",
            Self::ActiveAuthenticationEcdsa => "active authentication by ECDSA",
            Self::ChipProof => "chip or active authentication",
            Self::TerminalAuthentication => "terminal authentication",
            Self::ExtendedLength => "extended length",
        }
    }

    /// Whether a card has it. What only its chip can say is taken for granted.
    fn is_met(self, memory: &ChipMemory) -> bool {
        let signs = |kind: fn(&PrivateKey) -> bool| {
            let key = memory.generated_key(Purpose::ActiveAuthentication, None);
            let is_of_kind =
                matches!(key, Some(GeneratedKey::ActiveAuthentication { key, .. }) if kind(key));
            is_of_kind && memory.file(File::Dg15).is_some()
        };
        let agrees = || {
            infos::<Dg14>(memory, |file| file.security_infos)
                .is_some_and(|infos| infos.chip_authentication_public_keys().next().is_some())
        };
        match self {
            Self::Pace => announces_pace(memory),
            Self::SeveralParameters => memory
                .job()
                .is_some_and(|job| job.security_infos.pace().nth(1).is_some()),
            Self::Bac => memory.job().is_some_and(|job| job.bac),
            Self::ChipAuthentication => agrees(),
            Self::ChipAuthenticationMapping => memory.file(File::CardSecurity).is_some(),
            Self::ActiveAuthentication => signs(|_| true),
            Self::ActiveAuthenticationRsa => signs(|key| matches!(key, PrivateKey::Rsa(_))),
            Self::ActiveAuthenticationEcdsa => signs(|key| matches!(key, PrivateKey::Ec(_))),
            Self::ChipProof => agrees() || signs(|_| true),
            Self::TerminalAuthentication => memory.terminal_trust().is_some(),
            Self::ExtendedLength => true,
        }
    }
}

impl fmt::Display for Need {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.words())
    }
}

/// Every quirk shows on the card as it is now, and somebody can still read it.
///
/// # Errors
/// [`Error::Unfit`]; [`Error::Misuse`] where no access is left.
pub(super) fn must_be_met(memory: &ChipMemory, quirks: &BTreeSet<Quirk>) -> Result<()> {
    let table = table().map_err(|_| Error::Misuse("the table of quirks"))?;
    for entry in table.iter().filter(|entry| quirks.contains(&entry.id)) {
        if let Some(need) = entry.needs.iter().find(|need| !need.is_met(memory)) {
            return Err(Error::Unfit {
                quirk: entry.id,
                need: *need,
            });
        }
    }
    let has_bac = Need::Bac.is_met(memory) && !quirks.contains(&Quirk::NO_BAC);
    if has_bac || announces_pace(memory) || quirks.contains(&Quirk::NO_ACCESS_CONTROL) {
        Ok(())
    } else {
        Err(Error::Misuse(
            "with these quirks together the card has neither PACE nor BAC: nobody could read it",
        ))
    }
}

fn announces_pace(memory: &ChipMemory) -> bool {
    let announced = infos::<EfCardAccess>(memory, |file| file.security_infos);
    announced.is_some_and(|infos| infos.pace().next().is_some())
}

fn infos<T: FileContent>(
    memory: &ChipMemory,
    of: impl FnOnce(T) -> SecurityInfos,
) -> Option<SecurityInfos> {
    let file = T::parse(memory.file(T::FILE)?).ok()?;
    Some(of(file.value))
}
