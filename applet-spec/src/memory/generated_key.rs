//! Keys of the chip.

use crypto::{AgreementDomain, AgreementGenerator, AgreementKeyPair, HashAlgorithm, PrivateKey};

use lds::security_info::PaceInfo;

use super::{ChipMemory, Octets, Write};
use crate::personalise::Purpose;
use crate::{Error, Result};

/// A key pair that was generated on the chip.
pub(crate) enum GeneratedKey {
    /// It agrees on keys: chip authentication, and PACE with chip authentication mapping ([ACCESS-020]).
    ChipAuthentication {
        key_id: Option<u8>,
        pair: AgreementKeyPair,
    },
    /// It signs: active authentication.
    ActiveAuthentication {
        hash: HashAlgorithm,
        key: PrivateKey,
    },
}

impl GeneratedKey {
    pub(crate) const fn purpose(&self) -> Purpose {
        match self {
            Self::ChipAuthentication { .. } => Purpose::ChipAuthentication,
            Self::ActiveAuthentication { .. } => Purpose::ActiveAuthentication,
        }
    }

    pub(crate) const fn key_id(&self) -> Option<u8> {
        match self {
            Self::ChipAuthentication { key_id, .. } => *key_id,
            Self::ActiveAuthentication { .. } => None,
        }
    }

    pub(crate) fn to_write(&self) -> Result<Write> {
        match self {
            Self::ChipAuthentication { key_id, pair } => Ok(Write::AgreementKey {
                key_id: *key_id,
                domain: pair.public().domain().standardized_id(),
                secret: pair.secret().into(),
            }),
            Self::ActiveAuthentication { hash, key } => {
                let pkcs8 = key
                    .to_pkcs8()
                    .map_err(|_| Error::Misuse("a generated key that cannot be encoded"))?;
                Ok(Write::Key {
                    purpose: self.purpose().code(),
                    key_id: None,
                    hash: Some(hash.name().to_owned()),
                    pkcs8: (&pkcs8).into(),
                })
            }
        }
    }

    pub(super) fn from_write(write: &Write) -> core::result::Result<Self, &'static str> {
        match write {
            Write::Key {
                purpose,
                key_id,
                hash,
                pkcs8,
            } => Self::from_pkcs8(*purpose, *key_id, hash.as_deref(), pkcs8),
            Write::AgreementKey {
                key_id,
                domain,
                secret,
            } => {
                let domain = AgreementDomain::from_standardized_id(*domain)
                    .ok_or("domain parameters of a generated key")?;
                let generator = AgreementGenerator::standard(domain);
                let pair = AgreementKeyPair::from_secret(&generator, secret.as_slice())
                    .map_err(|_| "generated key")?;
                Ok(Self::ChipAuthentication {
                    key_id: *key_id,
                    pair,
                })
            }
            _ => Err("generated key"),
        }
    }

    /// The form of every key of a chip that was made under law 0100, and of the keys that sign.
    fn from_pkcs8(
        purpose: u8,
        key_id: Option<u8>,
        hash: Option<&str>,
        pkcs8: &Octets,
    ) -> core::result::Result<Self, &'static str> {
        let key = PrivateKey::from_pkcs8(pkcs8.as_slice()).map_err(|_| "generated key")?;
        match (Purpose::from_code(purpose), key) {
            (Some(Purpose::ActiveAuthentication), key) => {
                let hash = HashAlgorithm::ALL
                    .into_iter()
                    .find(|known| Some(known.name()) == hash)
                    .ok_or("hash of a generated key")?;
                Ok(Self::ActiveAuthentication { hash, key })
            }
            (Some(Purpose::ChipAuthentication), PrivateKey::Ec(key)) => {
                Ok(Self::ChipAuthentication {
                    key_id,
                    pair: key.into(),
                })
            }
            _ => Err("purpose of a generated key"),
        }
    }
}

impl ChipMemory {
    /// The chip authentication key with this id.
    pub(crate) fn agreement_key(&self, key_id: Option<u8>) -> Option<&AgreementKeyPair> {
        match self.generated_key(Purpose::ChipAuthentication, key_id)? {
            GeneratedKey::ChipAuthentication { pair, .. } => Some(pair),
            GeneratedKey::ActiveAuthentication { .. } => None,
        }
    }

    /// The static key of chip authentication mapping: its id is that of the PACEInfo's parameters, over which it is
    /// (Doc 9303-11 §9.2.1).
    pub(crate) fn mapping_key(&self, info: &PaceInfo) -> Option<&AgreementKeyPair> {
        let id = info.parameter_id?;
        self.agreement_key(Some(id))
            .filter(|pair| info.domain() == Some(pair.public().domain()))
    }
}
