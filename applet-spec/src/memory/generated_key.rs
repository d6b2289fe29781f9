//! Keys of the chip.

use crypto::{HashAlgorithm, PrivateKey};

use super::Write;
use crate::personalise::Purpose;
use crate::{Error, Result};

/// A key pair that was generated on the chip.
pub(crate) struct GeneratedKey {
    pub(crate) purpose: Purpose,
    pub(crate) key_id: Option<u8>,
    pub(crate) hash: Option<HashAlgorithm>,
    pub(crate) key: PrivateKey,
}

impl GeneratedKey {
    pub(crate) fn to_write(&self) -> Result<Write> {
        let pkcs8 = self
            .key
            .to_pkcs8()
            .map_err(|_| Error::Misuse("a generated key that cannot be encoded"))?;
        Ok(Write::Key {
            purpose: self.purpose.code(),
            key_id: self.key_id,
            hash: self.hash.map(|hash| hash.name().to_owned()),
            pkcs8: (&pkcs8).into(),
        })
    }

    pub(super) fn from_write(write: &Write) -> core::result::Result<Self, &'static str> {
        let Write::Key {
            purpose,
            key_id,
            hash,
            pkcs8,
        } = write
        else {
            return Err("generated key");
        };
        let by_name = |name: &String| {
            HashAlgorithm::ALL
                .into_iter()
                .find(|hash| hash.name() == name)
                .ok_or("hash of a generated key")
        };
        Ok(Self {
            purpose: Purpose::from_code(*purpose).ok_or("purpose of a generated key")?,
            key_id: *key_id,
            hash: hash.as_ref().map(by_name).transpose()?,
            key: PrivateKey::from_pkcs8(pkcs8.as_slice()).map_err(|_| "generated key")?,
        })
    }
}
