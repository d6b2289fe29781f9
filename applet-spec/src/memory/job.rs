//! The order to put one document into this chip.

use crypto::SecretBytes;
use lds::SecurityInfos;
use protocols::Password;

use super::{Octets, Write};
use crate::personalise::Manifest;

/// The job that is or was written.
pub(crate) struct Job {
    pub(crate) uuid: [u8; 16],
    /// SHA-256 of all of OPEN JOB's data: whether it is the same job again.
    pub(crate) digest: [u8; 32],
    pub(crate) manifest: Manifest,
    pub(crate) security_infos: SecurityInfos,
    pub(crate) bac: bool,
    pub(crate) mrz_seed: Option<SecretBytes>,
    pub(crate) can: Option<SecretBytes>,
    pub(crate) receipt: Option<Receipt>,
}

/// Evidence of a step, with the counter that makes it the only one.
#[derive(Clone, Copy)]
pub(crate) struct Receipt {
    pub(crate) counter: u32,
    pub(crate) cmac: [u8; 16],
}

impl Job {
    pub(crate) fn to_write(&self) -> Write {
        Write::Job {
            uuid: self.uuid.as_slice().into(),
            digest: self.digest.as_slice().into(),
            manifest: self.manifest.to_bytes().as_slice().into(),
            security_infos: self.security_infos.to_der().as_slice().into(),
            bac: self.bac,
            mrz_seed: self.mrz_seed.as_ref().map(Octets::from),
            can: self.can.as_ref().map(Octets::from),
        }
    }

    pub(super) fn from_write(write: &Write) -> core::result::Result<Self, &'static str> {
        let Write::Job {
            uuid,
            digest,
            manifest,
            security_infos,
            bac,
            mrz_seed,
            can,
        } = write
        else {
            return Err("job");
        };
        Ok(Self {
            uuid: uuid.as_slice().try_into().map_err(|_| "job UUID")?,
            digest: digest.as_slice().try_into().map_err(|_| "job digest")?,
            manifest: Manifest::parse(manifest.as_slice()).map_err(|_| "manifest")?,
            security_infos: SecurityInfos::parse(security_infos.as_slice())
                .map_err(|_| "SecurityInfos")?
                .value,
            bac: *bac,
            mrz_seed: mrz_seed.as_ref().map(Octets::to_secret),
            can: can.as_ref().map(Octets::to_secret),
            receipt: None,
        })
    }

    /// The password of BAC, and one of those of PACE.
    pub(crate) fn mrz(&self) -> Option<Password> {
        Password::mrz_digest(self.mrz_seed.as_ref()?.expose()).ok()
    }

    /// The passwords of PACE.
    pub(crate) fn passwords(&self) -> Vec<Password> {
        let can = self
            .can
            .as_ref()
            .and_then(|can| core::str::from_utf8(can.expose()).ok())
            .and_then(|can| Password::can(can).ok());
        self.mrz().into_iter().chain(can).collect()
    }
}
