//! The keys of a station and of the people who sign at it, and the public files that travel between station and service.

use std::fs;
use std::path::{Path, PathBuf};

use crypto::{CryptoRng, Curve, EcParameters, PrivateKey, PublicKey, SecretBytes};
use enrolment::packet::{
    Digest, Identity, PacketError, Recipient, Role, key_id, lock_identity, unlock_identity,
};
use serde::{Deserialize, Serialize};

use super::StationError;
use crate::{Error, Result, files};

/// The key that signs packets for the machine.
const STATION_KEY: &str = "keys/station.key";
/// The key that opens the keys of drafts.
const DRAFT_KEY: &str = "keys/draft.key";
/// The keys of people.
const PEOPLE: &str = "people";
/// The public keys of the service.
const SERVICE: &str = "service.json";
/// Longest key file or public file that is read.
const MAX_FILE: usize = 64 * 1024;

/// A public key with its role and name, as it travels from the station to the service.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PublicKeyFile {
    /// As what it signs.
    pub role: Role,
    /// The name under which it is known.
    pub name: String,
    /// SubjectPublicKeyInfo in hexadecimal.
    pub key: String,
}

impl PublicKeyFile {
    /// The key.
    ///
    /// # Errors
    /// [`PacketError::MalformedKey`], also for a key that is not on P-256.
    pub fn public_key(&self) -> Result<PublicKey> {
        public_key(&self.key)
    }

    /// By what the key is known, to be compared by people: SHA-256 of its SubjectPublicKeyInfo.
    ///
    /// # Errors
    /// As [`Self::public_key`].
    pub fn id(&self) -> Result<Digest> {
        Ok(key_id(&self.public_key()?).map_err(StationError::from)?)
    }

    /// Reads a file.
    ///
    /// # Errors
    /// [`Error::File`]; [`PacketError::MalformedKey`].
    pub fn read(path: &Path) -> Result<Self> {
        let file: Self = read_json(path)?;
        file.public_key()?;
        Ok(file)
    }

    /// Writes a file.
    ///
    /// # Errors
    /// [`Error::File`].
    pub fn write(&self, path: &Path) -> Result<()> {
        write_json(path, self)
    }
}

/// The public keys of a service, as they travel to its stations.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ServiceFile {
    /// Its name.
    pub name: String,
    /// The X25519 key that packets are encrypted to, `age1…`.
    pub recipient: String,
    /// The P-256 key that signs receipts: SubjectPublicKeyInfo in hexadecimal.
    pub receipt_key: String,
}

impl ServiceFile {
    /// The key that packets are encrypted to.
    ///
    /// # Errors
    /// [`PacketError::MalformedKey`].
    pub fn recipient(&self) -> Result<Recipient> {
        Ok(Recipient::parse(&self.recipient).map_err(StationError::from)?)
    }

    /// The key that signs receipts.
    ///
    /// # Errors
    /// [`PacketError::MalformedKey`].
    pub fn receipt_key(&self) -> Result<PublicKey> {
        public_key(&self.receipt_key)
    }

    /// Reads the file as the service has written it.
    ///
    /// # Errors
    /// [`Error::File`]; [`PacketError::MalformedKey`].
    pub fn load(path: &Path) -> Result<Self> {
        let file: Self = read_json(path)?;
        file.recipient()?;
        file.receipt_key()?;
        Ok(file)
    }

    /// Writes the file.
    ///
    /// # Errors
    /// [`Error::File`].
    pub fn save(&self, path: &Path) -> Result<()> {
        write_json(path, self)
    }

    pub(super) fn read(folder: &Path) -> Result<Self> {
        Self::load(&folder.join(SERVICE))
    }

    pub(super) fn write(&self, folder: &Path) -> Result<()> {
        self.save(&folder.join(SERVICE))
    }
}

/// The keys of a machine, opened.
#[derive(Debug)]
pub struct StationKeys {
    signer: PrivateKey,
    id: Digest,
    drafts: Identity,
}

impl StationKeys {
    /// Draws the keys, or takes those that an interrupted call has left.
    pub(super) fn create(
        folder: &Path,
        name: &str,
        password: &SecretBytes,
        rng: &mut dyn CryptoRng,
    ) -> Result<Self> {
        files::make_private_folder(&folder.join("keys"))?;
        files::make_private_folder(&folder.join(PEOPLE))?;
        let (station, draft) = (folder.join(STATION_KEY), folder.join(DRAFT_KEY));
        if !station.exists() {
            let key = PrivateKey::generate_ec(Curve::P256, rng)?;
            key_store::file::store(&station, &key, password, rng).map_err(StationError::from)?;
        }
        if !draft.exists() {
            let locked =
                lock_identity(&Identity::generate(), password).map_err(StationError::from)?;
            files::write_private(&draft, &locked)?;
        }
        debug_assert!(!name.is_empty(), "a station has a name");
        Self::open(folder, password)
    }

    pub(super) fn open(folder: &Path, password: &SecretBytes) -> Result<Self> {
        let signer = load(&folder.join(STATION_KEY), password)?;
        let draft = SecretBytes::new(files::read(&folder.join(DRAFT_KEY), MAX_FILE)?);
        Ok(Self {
            id: key_id(&signer.public()).map_err(StationError::from)?,
            signer,
            drafts: unlock_identity(draft.expose(), password).map_err(StationError::from)?,
        })
    }

    /// By what the service knows the station's key.
    #[must_use]
    pub const fn id(&self) -> Digest {
        self.id
    }

    pub(super) const fn signer(&self) -> &PrivateKey {
        &self.signer
    }

    /// The key that opens the keys of drafts, once more.
    pub(super) fn draft_identity(&self) -> Identity {
        let again = Identity::parse(&self.drafts.to_text());
        again.unwrap_or_else(|_| Identity::generate())
    }

    pub(super) fn public(&self, name: &str) -> PublicKeyFile {
        public_file(Role::Station, name, &self.signer.public())
    }
}

/// The key of a person who has signed in.
#[derive(Debug)]
pub struct PersonKey {
    name: String,
    key: PrivateKey,
}

impl PersonKey {
    /// The name under which the key is known.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    pub(super) const fn signer(&self) -> &PrivateKey {
        &self.key
    }

    pub(super) fn create(
        folder: &Path,
        role: Role,
        name: &str,
        password: &SecretBytes,
        rng: &mut dyn CryptoRng,
    ) -> Result<PublicKeyFile> {
        if let Some(path) = find(folder, role, name)? {
            return Err(Error::Exists(path));
        }
        let key = PrivateKey::generate_ec(Curve::P256, rng)?;
        let public = public_file(role, name, &key.public());
        let path = folder.join(PEOPLE).join(public.id()?.to_string());
        key_store::file::store(&path.with_extension("key"), &key, password, rng)
            .map_err(StationError::from)?;
        // The public file last: a key without one is nobody's.
        public.write(&path.with_extension("json"))?;
        Ok(public)
    }

    pub(super) fn open(
        folder: &Path,
        role: Role,
        name: &str,
        password: &SecretBytes,
    ) -> Result<Self> {
        let path = find(folder, role, name)?.ok_or_else(|| StationError::UnknownPerson {
            role,
            name: name.to_owned(),
        })?;
        Ok(Self {
            name: name.to_owned(),
            key: load(&path.with_extension("key"), password)?,
        })
    }
}

/// The public file of a person.
fn find(folder: &Path, role: Role, name: &str) -> Result<Option<PathBuf>> {
    let folder = folder.join(PEOPLE);
    let listed = fs::read_dir(&folder).map_err(|source| files::at(&folder, source))?;
    for entry in listed {
        let path = entry.map_err(|source| files::at(&folder, source))?.path();
        if path.extension() == Some("json".as_ref()) {
            let public = PublicKeyFile::read(&path)?;
            if public.role == role && public.name == name {
                return Ok(Some(path));
            }
        }
    }
    Ok(None)
}

fn load(path: &Path, password: &SecretBytes) -> Result<PrivateKey> {
    Ok(key_store::file::load(path, password).map_err(StationError::from)?)
}

fn public_file(role: Role, name: &str, key: &PublicKey) -> PublicKeyFile {
    PublicKeyFile {
        role,
        name: name.to_owned(),
        key: spki_text(key),
    }
}

/// A key on a known curve always has its SubjectPublicKeyInfo.
pub(crate) fn spki_text(key: &PublicKey) -> String {
    hex::encode(key.to_spki(EcParameters::Named).unwrap_or_default())
}

fn public_key(text: &str) -> Result<PublicKey> {
    const NO_KEY: PacketError = PacketError::MalformedKey("public key: P-256 in hexadecimal");
    let read = || {
        let key = PublicKey::from_spki(&hex::decode(text).ok()?).ok()?;
        key_id(&key).ok()?;
        Some(key)
    };
    Ok(read().ok_or(StationError::Packet(NO_KEY))?)
}

fn read_json<T: serde::de::DeserializeOwned>(path: &Path) -> Result<T> {
    let text = files::read(path, MAX_FILE)?;
    serde_json::from_slice(&text).map_err(|source| Error::Json {
        path: path.to_owned(),
        source,
    })
}

fn write_json(path: &Path, value: &impl Serialize) -> Result<()> {
    let text = serde_json::to_vec_pretty(value).map_err(|source| Error::Json {
        path: path.to_owned(),
        source,
    })?;
    files::write_private(path, &[text.as_slice(), b"\n"].concat())
}
