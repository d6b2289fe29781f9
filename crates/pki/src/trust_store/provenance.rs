//! How a certificate came to be trusted: distribution gives no trust (Doc 9303-12 §6.1.1), so each has a reason.

use core::fmt;
use core::str::FromStr;
use std::sync::Arc;

use crypto::HashAlgorithm;
use time::OffsetDateTime;

use crate::certificate::Certificate;
use crate::deviation::Deviation;

/// SHA-256 of a certificate or of a whole file: the only name that is not used twice (issuer and serial number are).
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Fingerprint([u8; Self::LEN]);

/// What was offered as fingerprint is none.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a fingerprint is SHA-256 in 64 hexadecimal digits")]
pub struct NoFingerprint;

impl Fingerprint {
    /// Octets of SHA-256.
    pub const LEN: usize = 32;

    /// The fingerprint of these bytes.
    #[must_use]
    pub fn of(bytes: &[u8]) -> Self {
        let mut octets = [0; Self::LEN];
        let digest = HashAlgorithm::Sha256.digest(bytes);
        octets
            .iter_mut()
            .zip(digest)
            .for_each(|(to, from)| *to = from);
        Self(octets)
    }

    /// The fingerprint of a certificate.
    #[must_use]
    pub fn of_certificate(certificate: &Certificate) -> Self {
        Self::of(certificate.as_der())
    }

    /// The octets.
    #[must_use]
    pub const fn as_bytes(&self) -> &[u8; Self::LEN] {
        &self.0
    }

    /// The first eight digits, for people who compare nothing by them.
    #[must_use]
    pub fn short(&self) -> String {
        self.to_string().chars().take(8).collect()
    }
}

impl fmt::Display for Fingerprint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|octet| write!(f, "{octet:02x}"))
    }
}

impl fmt::Debug for Fingerprint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl FromStr for Fingerprint {
    type Err = NoFingerprint;

    /// Digits of either case, with colons or blanks between them as letters and web pages print them.
    fn from_str(text: &str) -> Result<Self, NoFingerprint> {
        let mut digits = text.chars().filter(|c| !matches!(c, ':' | ' ' | '-'));
        let mut octets = [0; Self::LEN];
        let mut digit = || digits.next().and_then(|c| c.to_digit(16));
        for octet in &mut octets {
            let value = digit()
                .zip(digit())
                .and_then(|(high, low)| u8::try_from(high << 4 | low).ok());
            *octet = value.ok_or(NoFingerprint)?;
        }
        digits
            .next()
            .is_none()
            .then_some(Self(octets))
            .ok_or(NoFingerprint)
    }
}

/// Where a certificate came from, and why it is trusted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Provenance {
    /// The file, or another label of the place.
    pub source: Arc<str>,
    /// Why it is trusted.
    pub trust: Trust,
}

/// Why a CSCA certificate is trusted.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Trust {
    /// Somebody has checked it by another way: who and how, as far as that was said.
    OutOfBand(Arc<str>),
    /// A master list that is trusted holds it.
    MasterList(Arc<ListOrigin>),
    /// A CSCA of the store has signed it as its successor, or under its new name.
    Link {
        /// The certificate of the CSCA that has signed it.
        issuer: Fingerprint,
    },
}

/// A signed list, and why it is trusted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ListOrigin {
    /// SHA-256 of the list.
    pub sha256: Fingerprint,
    /// Subject of the signer's certificate; `None` for a list without signature.
    pub signer: Option<String>,
    /// Country of the CSCA behind the signer, in upper case.
    pub country: Option<String>,
    /// When the signer says that he signed.
    pub signing_time: Option<OffsetDateTime>,
    /// Why it is trusted.
    pub trust: ListTrust,
    /// What was accepted against the rules.
    pub deviations: Vec<Deviation>,
}

/// Why a signed list is trusted.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum ListTrust {
    /// A CSCA of the store has issued the certificate of its signer.
    Chain {
        /// The certificate of that CSCA.
        csca: Fingerprint,
    },
    /// Somebody has checked it by another way: who and how.
    OutOfBand(Arc<str>),
}

/// What somebody vouches for when a file is offered to the store.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Acceptance {
    /// Nothing: what the store holds already must vouch for it.
    Vouched,
    /// The whole file was had, or checked, by a way that can be relied on: who says so and how.
    OutOfBand(Arc<str>),
    /// These fingerprints were compared with values had by another way: those of certificates, or that of the file.
    Fingerprints {
        /// What was compared.
        accepted: Vec<Fingerprint>,
        /// Who says so and how.
        statement: Arc<str>,
    },
}

impl Acceptance {
    /// The statement by which one of these is accepted.
    pub(super) fn of(&self, fingerprints: &[Fingerprint]) -> Option<&Arc<str>> {
        match self {
            Self::Vouched => None,
            Self::OutOfBand(statement) => Some(statement),
            Self::Fingerprints { .. } => self.by_fingerprint(fingerprints),
        }
    }

    /// What holds for each object of a file of several: who has compared the file vouches for all of them.
    pub(super) fn inside(&self, file: Fingerprint) -> Self {
        let statement = self.by_fingerprint(&[file]);
        statement.map_or_else(
            || self.clone(),
            |statement| Self::OutOfBand(statement.clone()),
        )
    }

    /// As [`Self::of`], where exactly one of these was compared.
    pub(super) fn by_fingerprint(&self, fingerprints: &[Fingerprint]) -> Option<&Arc<str>> {
        match self {
            Self::Fingerprints {
                accepted,
                statement,
            } => fingerprints
                .iter()
                .any(|one| accepted.contains(one))
                .then_some(statement),
            _ => None,
        }
    }
}

impl fmt::Display for Provenance {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.source)?;
        match &self.trust {
            Trust::OutOfBand(statement) if statement.is_empty() || *statement == self.source => {
                Ok(())
            }
            Trust::OutOfBand(statement) => write!(f, " (out of band: {statement})"),
            Trust::MasterList(list) => write!(f, " ({list})"),
            Trust::Link { issuer } => write!(f, " (link certificate of {})", issuer.short()),
        }
    }
}

impl fmt::Display for ListOrigin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("list")?;
        if let Some(country) = &self.country {
            write!(f, " of {country}")?;
        }
        if let Some(signing_time) = &self.signing_time {
            write!(f, " of {}", signing_time.date())?;
        }
        match &self.trust {
            ListTrust::Chain { csca } => write!(f, ", signer issued by {}", csca.short()),
            ListTrust::OutOfBand(statement) if statement.is_empty() => f.write_str(", out of band"),
            ListTrust::OutOfBand(statement) => write!(f, ", out of band: {statement}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fingerprints_are_read_as_people_write_them() {
        let fingerprint = Fingerprint::of(b"TEST");
        let plain = fingerprint.to_string();
        let pairs: Vec<&str> = (0..32).map(|at| &plain[2 * at..2 * at + 2]).collect();
        for text in [
            plain.clone(),
            plain.to_uppercase(),
            pairs.join(":"),
            pairs.join(" "),
        ] {
            assert_eq!(text.parse(), Ok(fingerprint), "{text}");
        }
        for text in [
            "",
            "ab",
            &plain[1..],
            &format!("{plain}0"),
            &plain.replace('a', "g"),
        ] {
            let read: Result<Fingerprint, _> = text.parse();
            assert!(read.is_err() || text == plain, "{text}");
        }
    }
}
