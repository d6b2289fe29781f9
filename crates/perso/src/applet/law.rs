//! Versions of the applet's law: what a chip of an older one cannot be asked for.

use core::fmt;

use lds::SecurityInfos;
use lds::security_info::{KeyAgreement, PaceMapping};

use super::KeyRequest;
use crate::{Error, Result};

/// A version of the applet's law, as GET STATUS and OPEN JOB say it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct LawVersion([u8; 2]);

impl LawVersion {
    /// Generic mapping and chip authentication on curves, active authentication.
    pub const V0100: Self = Self([0x01, 0x00]);
    /// Everything that a [`Need`] names.
    pub const V0101: Self = Self([0x01, 0x01]);

    /// The version that a chip reports.
    #[must_use]
    pub const fn from_octets(octets: [u8; 2]) -> Self {
        Self(octets)
    }

    /// Reads four hexadecimal digits.
    #[must_use]
    pub fn parse(digits: &str) -> Option<Self> {
        let mut octets = [0; 2];
        hex::decode_to_slice(digits, &mut octets).ok()?;
        Some(Self(octets))
    }

    /// As it goes over the line.
    #[must_use]
    pub const fn octets(self) -> [u8; 2] {
        self.0
    }

    /// Whether a chip that obeys this version takes jobs of another: those of the same first octet ([SCOPE-010]) that are not
    /// of a later one.
    #[must_use]
    pub fn takes(self, job: Self) -> bool {
        self.0.first() == job.0.first() && self >= job
    }

    /// Errors on the first need that a chip of this version does not meet.
    ///
    /// # Errors
    /// [`Error::LawTooOld`].
    pub fn must_meet(self, needs: impl IntoIterator<Item = Need>) -> Result<()> {
        match needs.into_iter().find(|need| !self.takes(need.law())) {
            Some(need) => Err(Error::LawTooOld { need, obeys: self }),
            None => Ok(()),
        }
    }
}

impl fmt::Display for LawVersion {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [first, second] = self.0;
        write!(f, "{first:02X}{second:02X}")
    }
}

/// Something that law 0100 does not know.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Need {
    /// PACE or chip authentication over a multiplicative group.
    Groups,
    /// Integrated mapping of PACE.
    IntegratedMapping,
    /// Chip authentication mapping of PACE.
    ChipAuthenticationMapping,
    /// A PIN, with or without a PUK.
    Pin,
    /// Terminal authentication that opens something: trust points.
    TrustPoints,
}

impl Need {
    /// The first version of the law that has it.
    #[must_use]
    pub const fn law(self) -> LawVersion {
        LawVersion::V0101
    }

    /// What the protocols of a chip need. TerminalAuthenticationInfo alone needs nothing: it has no effect without trust points
    /// ([SCOPE-011]).
    pub(crate) fn of_infos(infos: &SecurityInfos) -> Vec<Self> {
        let mut needs = Vec::new();
        for info in infos.pace() {
            needs.extend(Self::of_mapping(info.protocol.mapping()));
            needs.extend(Self::of_agreement(info.protocol.agreement()));
        }
        for info in infos.chip_authentication() {
            needs.extend(Self::of_agreement(info.protocol.agreement));
        }
        needs
    }

    /// What a key to be generated needs.
    pub(crate) fn of_request(request: KeyRequest) -> Option<Self> {
        match request {
            KeyRequest::ChipAuthentication { domain, .. } => Self::of_agreement(domain.into()),
            KeyRequest::ActiveAuthenticationEc { .. }
            | KeyRequest::ActiveAuthenticationRsa { .. } => None,
        }
    }

    const fn of_mapping(mapping: PaceMapping) -> Option<Self> {
        match mapping {
            PaceMapping::GenericMapping => None,
            PaceMapping::IntegratedMapping => Some(Self::IntegratedMapping),
            PaceMapping::ChipAuthenticationMapping => Some(Self::ChipAuthenticationMapping),
        }
    }

    const fn of_agreement(agreement: KeyAgreement) -> Option<Self> {
        match agreement {
            KeyAgreement::Dh => Some(Self::Groups),
            KeyAgreement::Ecdh => None,
        }
    }
}

impl fmt::Display for Need {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Groups => "key agreement over a group",
            Self::IntegratedMapping => "integrated mapping",
            Self::ChipAuthenticationMapping => "chip authentication mapping",
            Self::Pin => "a PIN",
            Self::TrustPoints => "trust points",
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn jobs_of_older_versions_are_taken() {
        let version = |first, second| LawVersion::from_octets([first, second]);
        for (chip, job, taken) in [
            (version(1, 0), version(1, 0), true),
            (version(1, 0), version(1, 1), false),
            (version(1, 1), version(1, 0), true),
            (version(1, 7), version(1, 1), true),
            (version(2, 1), version(1, 1), false),
            (version(0, 9), version(1, 0), false),
        ] {
            assert_eq!(chip.takes(job), taken, "{chip} {job}");
        }
    }

    #[test]
    fn a_chip_of_the_first_version_is_asked_for_nothing_new() {
        let needs = [Need::IntegratedMapping, Need::Pin];
        let error = LawVersion::V0100.must_meet(needs).unwrap_err();
        assert_eq!(
            error.to_string(),
            "integrated mapping takes a chip of law 0101, this one obeys 0100"
        );
        LawVersion::V0101.must_meet(needs).unwrap();
        LawVersion::V0100.must_meet([]).unwrap();
    }
}
