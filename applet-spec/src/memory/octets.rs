//! Octets in the journal: base64, wiped when dropped, not printable.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use crypto::SecretBytes;
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};
use zeroize::Zeroizing;

/// Octets on their way to or from the journal. They may be keys.
pub(crate) struct Octets(Zeroizing<Vec<u8>>);

impl Octets {
    pub(crate) fn as_slice(&self) -> &[u8] {
        &self.0
    }

    pub(crate) fn to_secret(&self) -> SecretBytes {
        self.as_slice().into()
    }
}

impl From<&[u8]> for Octets {
    fn from(octets: &[u8]) -> Self {
        Self(Zeroizing::new(octets.to_vec()))
    }
}

impl From<&SecretBytes> for Octets {
    fn from(secret: &SecretBytes) -> Self {
        secret.expose().into()
    }
}

impl Serialize for Octets {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&Zeroizing::new(STANDARD.encode(self.as_slice())))
    }
}

impl<'de> Deserialize<'de> for Octets {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = Zeroizing::new(String::deserialize(deserializer)?);
        let octets = STANDARD
            .decode(text.as_bytes())
            .map_err(|_| de::Error::custom("base64"))?;
        Ok(Self(Zeroizing::new(octets)))
    }
}
