//! Octets in the lines of a journal: hexadecimal, which people compare.

use core::fmt;
use core::str::FromStr;

use crypto::HashAlgorithm;
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

/// Certificates or a request.
#[derive(Clone, PartialEq, Eq, Default)]
pub struct Octets(Vec<u8>);

impl Octets {
    /// These octets.
    #[must_use]
    pub const fn new(octets: Vec<u8>) -> Self {
        Self(octets)
    }

    /// The octets.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8] {
        &self.0
    }
}

impl fmt::Debug for Octets {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Octets({})", self.0.len())
    }
}

impl Serialize for Octets {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&hex::encode(&self.0))
    }
}

impl<'de> Deserialize<'de> for Octets {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        hex::decode(text)
            .map(Self)
            .map_err(|_| de::Error::custom("not hexadecimal"))
    }
}

/// SHA-256 of a file or a line.
#[derive(Clone, Copy, PartialEq, Eq, Default)]
pub struct Fingerprint([u8; 32]);

impl Fingerprint {
    /// Of these octets.
    #[must_use]
    pub fn of(octets: &[u8]) -> Self {
        let mut fingerprint = [0; 32];
        for (to, from) in fingerprint
            .iter_mut()
            .zip(HashAlgorithm::Sha256.digest(octets))
        {
            *to = from;
        }
        Self(fingerprint)
    }

    /// The octets.
    #[must_use]
    pub const fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }
}

impl fmt::Display for Fingerprint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&hex::encode(self.0))
    }
}

impl fmt::Debug for Fingerprint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// 64 hexadecimal digits are none.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a fingerprint has 64 hexadecimal digits")]
pub struct NoFingerprint;

impl FromStr for Fingerprint {
    type Err = NoFingerprint;

    /// As people copy it: in either case, with or without spaces and colons between groups.
    fn from_str(text: &str) -> Result<Self, NoFingerprint> {
        let digits: String = text
            .chars()
            .filter(|sign| !matches!(sign, ' ' | ':'))
            .collect();
        let mut fingerprint = [0; 32];
        hex::decode_to_slice(digits, &mut fingerprint).map_err(|_| NoFingerprint)?;
        Ok(Self(fingerprint))
    }
}

impl Serialize for Fingerprint {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Fingerprint {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?
            .parse()
            .map_err(de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fingerprint_is_read_as_people_write_it() {
        let fingerprint = Fingerprint::of(b"a request");
        let text = fingerprint.to_string();
        let grouped = text
            .as_bytes()
            .chunks(4)
            .map(|group| core::str::from_utf8(group).unwrap())
            .collect::<Vec<_>>()
            .join(" ");
        for form in [text.clone(), text.to_uppercase(), grouped] {
            assert_eq!(form.parse(), Ok(fingerprint), "{form}");
        }
        for other in ["", &text[1..], &format!("{text}0"), &text.replace('0', "g")] {
            if other != text {
                assert_eq!(other.parse::<Fingerprint>(), Err(NoFingerprint), "{other}");
            }
        }
    }
}
