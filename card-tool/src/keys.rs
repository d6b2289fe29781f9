//! The folder of master keys: one file for each role, so that each can be kept by another person.

use std::path::{Path, PathBuf};

use anyhow::Result;
use crypto::{CryptoRng, SecretBytes};
use perso::{Role, RoleKey};
use zeroize::Zeroizing;

use crate::exit::{Exit, Problem};
use crate::files::{self, Secrecy};

const MASTER_LEN: usize = 32;
const ROLES: [Role; 3] = [Role::Transport, Role::Personalisation, Role::Quality];

/// Draws a master key for each role. Keys that are there already are never replaced.
pub fn init(folder: &Path, rng: &mut dyn CryptoRng) -> Result<Vec<PathBuf>> {
    let paths = ROLES.map(|role| path(folder, role));
    if let Some(existing) = paths.iter().find(|path| path.exists()) {
        return Err(Problem::of(
            Exit::Policy,
            format!("{} exists already", existing.display()),
            "cards that were made with these keys need them; choose another folder for new ones",
        ));
    }
    let texts = ROLES.map(|_| {
        let mut key = Zeroizing::new([0; MASTER_LEN]);
        rng.fill_bytes(&mut *key);
        Zeroizing::new(hex::encode(*key))
    });
    let contents: Vec<_> = ROLES
        .into_iter()
        .zip(&texts)
        .map(|(role, text)| (file_name(role), text.as_bytes(), Secrecy::OwnerOnly))
        .collect();
    files::write_all(folder, &contents)?;
    Ok(paths.into())
}

/// Where the master keys of a station are.
pub enum Masters {
    /// In a folder, which need not hold the keys of roles that are not called upon.
    Folder(PathBuf),
    /// Nowhere else: drawn for one chip, and forgotten with this.
    Drawn([SecretBytes; 3]),
}

impl Masters {
    /// Draws a master key for each role and writes none of them down.
    pub fn draw(rng: &mut dyn CryptoRng) -> Self {
        Self::Drawn(ROLES.map(|_| {
            let mut key = Zeroizing::new([0; MASTER_LEN]);
            rng.fill_bytes(&mut *key);
            SecretBytes::from(*key)
        }))
    }

    /// The master key of a role.
    pub fn key(&self, role: Role) -> Result<RoleKey> {
        match self {
            Self::Folder(folder) => load(folder, role),
            Self::Drawn([transport, personalisation, quality]) => {
                let master = match role {
                    Role::Transport => transport,
                    Role::Personalisation => personalisation,
                    Role::Quality => quality,
                };
                Ok(RoleKey::new(role, master.duplicate())?)
            }
        }
    }
}

/// The master key of a role.
pub fn load(folder: &Path, role: Role) -> Result<RoleKey> {
    let path = path(folder, role);
    let text = Zeroizing::new(files::read_at_most(&path, 4 * MASTER_LEN)?);
    let mut key = Zeroizing::new([0; MASTER_LEN]);
    hex::decode_to_slice(text.trim_ascii(), &mut *key).map_err(|_| {
        Problem::of(
            Exit::KeyStore,
            format!("{} does not hold 32 bytes in hexadecimal", path.display()),
            "`card-tool keys init` makes such files",
        )
    })?;
    Ok(RoleKey::new(role, SecretBytes::from(*key))?)
}

fn path(folder: &Path, role: Role) -> PathBuf {
    folder.join(file_name(role))
}

const fn file_name(role: Role) -> &'static str {
    match role {
        Role::Transport => "transport.key",
        Role::Personalisation => "personalisation.key",
        Role::Quality => "quality.key",
    }
}
