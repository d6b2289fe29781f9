//! Octets in the texts of a ceremony: hashes and nonces in hexadecimal, which people compare, objects in base64.

use core::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use crypto::HashAlgorithm;
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

/// 32 octets: a nonce, or the SHA-256 of an object.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default)]
pub struct Digest([u8; 32]);

impl Digest {
    /// These octets.
    #[must_use]
    pub const fn new(octets: [u8; 32]) -> Self {
        Self(octets)
    }

    /// SHA-256 of an object.
    #[must_use]
    pub fn of(object: &[u8]) -> Self {
        let mut octets = [0; 32];
        for (to, from) in octets.iter_mut().zip(HashAlgorithm::Sha256.digest(object)) {
            *to = from;
        }
        Self(octets)
    }

    /// The octets.
    #[must_use]
    pub const fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }

    /// In groups of four digits, for two people who read it to each other.
    #[must_use]
    pub fn spoken(&self) -> String {
        let text = self.to_string();
        let groups: Vec<&str> = (0..text.len())
            .step_by(4)
            .filter_map(|at| text.get(at..at + 4))
            .collect();
        groups.join(" ")
    }
}

impl fmt::Display for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&hex::encode(self.0))
    }
}

impl fmt::Debug for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl Serialize for Digest {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Digest {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        let mut octets = [0; 32];
        hex::decode_to_slice(&text, &mut octets)
            .map_err(|_| de::Error::custom("not 32 octets in hexadecimal"))?;
        Ok(Self(octets))
    }
}

/// An object in DER: a key, a certificate, a list, a signature.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Der(Vec<u8>);

impl Der {
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

    /// Its SHA-256.
    #[must_use]
    pub fn digest(&self) -> Digest {
        Digest::of(&self.0)
    }
}

impl fmt::Debug for Der {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Der({} octets, {})", self.0.len(), self.digest())
    }
}

impl Serialize for Der {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&BASE64.encode(&self.0))
    }
}

impl<'de> Deserialize<'de> for Der {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        BASE64
            .decode(text)
            .map(Self)
            .map_err(|_| de::Error::custom("not base64"))
    }
}

/// A serial number in hexadecimal, as certificates hold it: two's complement, shortest form.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct SerialNumber(Vec<u8>);

/// More octets than any serial number of a real certificate has.
pub(crate) const MAX_SERIAL_NUMBER_LEN: usize = 64;

impl SerialNumber {
    /// These octets.
    #[must_use]
    pub fn new(octets: &[u8]) -> Self {
        Self(octets.to_vec())
    }

    /// From hexadecimal digits, with or without colons between them.
    #[must_use]
    pub fn from_text(text: &str) -> Option<Self> {
        let digits: String = text.chars().filter(|c| *c != ':').collect();
        let octets = hex::decode(digits).ok()?;
        (1..=MAX_SERIAL_NUMBER_LEN)
            .contains(&octets.len())
            .then_some(Self(octets))
    }

    /// The octets.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8] {
        &self.0
    }
}

impl fmt::Display for SerialNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&hex::encode_upper(&self.0))
    }
}

impl fmt::Debug for SerialNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl Serialize for SerialNumber {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for SerialNumber {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        Self::from_text(&text).ok_or_else(|| de::Error::custom("not a serial number"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn digests_are_read_and_spoken() {
        let digest = Digest::of(b"abc");
        let text = serde_json::to_string(&digest).unwrap();
        assert_eq!(
            text,
            "\"ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad\""
        );
        assert_eq!(serde_json::from_str::<Digest>(&text).unwrap(), digest);
        assert!(digest.spoken().starts_with("ba78 16bf 8f01 "));
        assert_eq!(digest.spoken().len(), 64 + 15);
        assert!(serde_json::from_str::<Digest>("\"ba78\"").is_err());
    }

    #[test]
    fn serial_numbers_are_read_with_or_without_colons() {
        for text in ["0A1b", "0a:1B"] {
            assert_eq!(SerialNumber::from_text(text).unwrap().to_string(), "0A1B");
        }
        for text in ["", "0", "xx", &"00".repeat(65)] {
            assert!(SerialNumber::from_text(text).is_none(), "{text}");
        }
    }
}
