//! The keys of the service, in one folder that only its owner may enter.
//!
//! | file | content |
//! |---|---|
//! | `devices.key`, `devices.crt` | the authority over stations, sites and relying parties, and its certificate |
//! | `audit.key` | what signs the checkpoints of the audit log |
//! | `status.key` | what signs status lists; made and opened by the room of relying parties |
//! | `log-name` | the name of the audit log: it is in every checkpoint and changes only when the register is restored |
//!
//! Under a password the keys are encrypted. Without one they are plain, for the owner only: for a machine whose disk is encrypted.
//! What everything is sealed with that rests in the register is beside the keys of the intake ([`crate::intake::IntakeFolder`]).

use std::path::{Path, PathBuf};
use std::sync::Arc;

use access::DeviceAuthority;
use audit_log::LogKey;
use crypto::{CryptoRng, SecretBytes};
use key_store::{KeyLocation, KeyProfile};
use pki::Signer;
use time::OffsetDateTime;

use crate::backup::Fence;
use crate::{Error, Result, files};

const DEVICES_KEY: &str = "devices.key";
const DEVICES_CERTIFICATE: &str = "devices.crt";
const AUDIT_KEY: &str = "audit.key";
const LOG_NAME: &str = "log-name";
/// Longest file of the folder.
const MAX_FILE: usize = 64 * 1024;
/// Keys of authority and log: P-256, which every device's software knows.
const PROFILE: &str = "ecdsa-p256";

/// What the service signs and seals with.
pub struct Keys {
    /// The authority over devices.
    pub authority: DeviceAuthority,
    /// What signs checkpoints.
    pub audit: Arc<dyn Signer>,
    /// The audit log's name and public key.
    pub log: LogKey,
    /// The names that the log had before its register was restored.
    pub earlier_logs: Vec<LogKey>,
}

impl Keys {
    /// The log of a restored register has another name: nothing that was signed before is contradicted under it.
    ///
    /// # Errors
    /// [`Error::AuditLog`] for a name that is none.
    pub fn behind(&mut self, fence: &Fence) -> Result<()> {
        let names = fence.log_names(self.log.name());
        let key = |name: &String| LogKey::new(name, self.audit.public_key().clone());
        let mut keys = names.iter().map(key);
        if let Some(log) = keys.next().transpose()? {
            self.earlier_logs = keys.collect::<audit_log::Result<_>>()?;
            self.log = log;
        }
        Ok(())
    }
}

/// Opens the folder; an empty one is filled.
///
/// # Errors
/// [`Error::File`], [`Error::ServiceKey`] for a wrong password, [`Error::Access`], [`Error::AuditLog`]; [`Error::KeyMissing`] where some
/// files are there and another is not.
pub fn open(
    folder: &Path,
    name: &str,
    password: &SecretBytes,
    now: OffsetDateTime,
    rng: &mut dyn CryptoRng,
) -> Result<Keys> {
    files::make_private_folder(folder)?;
    if !are_made(folder) {
        make(folder, name, password, now, rng)?;
    }
    let signer = |file: &str, rng: &mut dyn CryptoRng| -> Result<Arc<dyn Signer>> {
        Ok(key_store::open(
            &location(folder, file),
            &KeyProfile::by_word(PROFILE)?,
            password,
            rng,
        )?)
    };
    let devices = signer(DEVICES_KEY, rng)?;
    let audit = signer(AUDIT_KEY, rng)?;
    let authority = DeviceAuthority::open(
        devices,
        files::read(&present(folder, DEVICES_CERTIFICATE)?, MAX_FILE)?,
    )?;
    let log_name = files::read_text(&folder.join(LOG_NAME), MAX_FILE)?;
    let log = LogKey::new(log_name.trim(), audit.public_key().clone())?;
    Ok(Keys {
        authority,
        audit,
        log,
        earlier_logs: Vec::new(),
    })
}

/// Whether the keys of a folder were made: all of them.
#[must_use]
pub fn are_made(folder: &Path) -> bool {
    folder.join(LOG_NAME).exists()
}

/// Whether any key of a folder is not encrypted, for the doctor.
///
/// # Errors
/// [`Error::ServiceKey`].
pub fn any_plain(folder: &Path) -> Result<bool> {
    for file in [DEVICES_KEY, AUDIT_KEY] {
        if !key_store::file::is_encrypted(&folder.join(file))? {
            return Ok(true);
        }
    }
    Ok(false)
}

/// Makes what is missing. The name of the log is written last: a folder with one is complete.
fn make(
    folder: &Path,
    name: &str,
    password: &SecretBytes,
    now: OffsetDateTime,
    rng: &mut dyn CryptoRng,
) -> Result<()> {
    let profile = KeyProfile::by_word(PROFILE)?;
    let mut signer = |file: &str| -> Result<Arc<dyn Signer>> {
        let location = location(folder, file);
        Ok(match folder.join(file).exists() {
            true => key_store::open(&location, &profile, password, rng)?,
            false => key_store::generate(&location, &profile, password, rng)?,
        })
    };
    let devices = signer(DEVICES_KEY)?;
    let _ = signer(AUDIT_KEY)?;
    let certificate = folder.join(DEVICES_CERTIFICATE);
    if !certificate.exists() {
        let authority = DeviceAuthority::create(devices, &authority_name(name), now, rng)?;
        files::write_private(&certificate, authority.certificate())?;
    }
    files::write_private(&folder.join(LOG_NAME), log_name(name).as_bytes())
}

fn location(folder: &Path, file: &str) -> KeyLocation {
    KeyLocation::File(folder.join(file))
}

fn present(folder: &Path, file: &str) -> Result<PathBuf> {
    let path = folder.join(file);
    if path.exists() {
        Ok(path)
    } else {
        Err(Error::KeyMissing(path))
    }
}

fn authority_name(name: &str) -> String {
    format!("{name} devices")
        .chars()
        .take(access::device::MAX_NAME)
        .collect()
}

/// Names of logs are like addresses: no blanks, no `+`.
fn log_name(name: &str) -> String {
    let plain = |c: char| {
        if c.is_ascii_alphanumeric() {
            c.to_ascii_lowercase()
        } else {
            '-'
        }
    };
    format!("{}/audit", name.chars().map(plain).collect::<String>())
}
