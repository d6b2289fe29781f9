//! The folder of the receiving side: its keys, and those that it knows.

use std::path::{Path, PathBuf};
use std::time::SystemTime;

use crypto::{CryptoRng, Curve, HashAlgorithm, PrivateKey, SealingKey, SecretBytes};
use enrolment::packet::{Identity, lock_identity, unlock_identity};

use uuid::Uuid;

use super::known::{Known, KnownFile};
use crate::station::{PublicKeyFile, ServiceFile, StationError, files_with_ending, spki_text};
use crate::{Error, Result, Vault, files};

const PACKET_KEY: &str = "keys/packet.key";
const RECEIPT_KEY: &str = "keys/receipt.key";
const REGISTER_KEY: &str = "keys/register.key";
const SERVICE: &str = "service.json";
const KNOWN: &str = "known";
const PACKETS: &str = "packets";
/// Longest key file that is read.
const MAX_FILE: usize = 64 * 1024;

/// The keys of the receiving side.
pub struct IntakeKeys {
    /// Opens packets.
    pub packet: Identity,
    /// Signs receipts.
    pub receipt: PrivateKey,
    /// Seals what rests here, and what else is derived from it.
    pub master: SealingKey,
}

/// The folder of the receiving side.
#[derive(Debug, Clone)]
pub struct IntakeFolder(PathBuf);

impl IntakeFolder {
    /// The folder at this path.
    #[must_use]
    pub const fn new(path: PathBuf) -> Self {
        Self(path)
    }

    /// Makes the folder with its keys, or goes on where an interrupted call has stopped. What comes back is for the stations.
    ///
    /// # Errors
    /// [`Error::Exists`] when it is complete already; [`Error::File`]; what the keys answer.
    pub fn init(
        &self,
        name: &str,
        password: &SecretBytes,
        rng: &mut dyn CryptoRng,
    ) -> Result<ServiceFile> {
        if self.service_path().exists() {
            return Err(Error::Exists(self.service_path()));
        }
        for folder in ["keys", KNOWN, PACKETS] {
            files::make_private_folder(&self.0.join(folder))?;
        }
        let (packet, receipt) = (self.0.join(PACKET_KEY), self.0.join(RECEIPT_KEY));
        for path in [&packet, &self.0.join(REGISTER_KEY)] {
            if !path.exists() {
                new_identity(path, password)?;
            }
        }
        if !receipt.exists() {
            let key = PrivateKey::generate_ec(Curve::P256, rng)?;
            key_store::file::store(&receipt, &key, password, rng).map_err(StationError::from)?;
        }
        let keys = self.keys(password)?;
        let service = ServiceFile {
            name: name.to_owned(),
            recipient: keys.packet.recipient().to_string(),
            receipt_key: spki_text(&keys.receipt.public()),
        };
        service.save(&self.service_path())?;
        Ok(service)
    }

    /// The file with the public keys, for the stations.
    #[must_use]
    pub fn service_path(&self) -> PathBuf {
        self.0.join(SERVICE)
    }

    /// Registers the key of a station, an operator or a supervisor. The same again changes nothing.
    ///
    /// # Errors
    /// [`Error::File`]; a key that is none.
    pub fn register(&self, public: &PublicKeyFile) -> Result<PathBuf> {
        self.register_of(public, None)
    }

    /// The same of somebody who has an account of this service: it counts as the same person from the next packet on. An account that was said
    /// before stays where none is said.
    ///
    /// # Errors
    /// As [`Self::register`].
    pub fn register_of(&self, public: &PublicKeyFile, account: Option<Uuid>) -> Result<PathBuf> {
        let name = format!("{}-{}.json", public.role, public.id()?);
        let path = self.0.join(KNOWN).join(name);
        let before = match path.exists() {
            true => read_known(&path)?.account,
            false => None,
        };
        let file = KnownFile::new(public, account.or(before));
        let text = serde_json::to_vec_pretty(&file).map_err(|source| Error::Json {
            path: path.clone(),
            source,
        })?;
        files::write_private(&path, &[text.as_slice(), b"\n"].concat())?;
        Ok(path)
    }

    /// Who is registered.
    ///
    /// # Errors
    /// [`Error::File`], [`Error::Json`]; a key that is none.
    pub fn known(&self) -> Result<Known> {
        let mut known = Known::default();
        for path in files_with_ending(&self.0.join(KNOWN), "json")? {
            known.add(&read_known(&path)?)?;
        }
        Ok(known)
    }

    /// When somebody was last registered or removed.
    pub(super) fn known_changed(&self) -> Option<SystemTime> {
        let folder = std::fs::metadata(self.0.join(KNOWN)).ok()?;
        folder.modified().ok()
    }

    /// The keys.
    ///
    /// # Errors
    /// [`Error::File`]; a wrong password.
    pub fn keys(&self, password: &SecretBytes) -> Result<IntakeKeys> {
        let packet = self.identity(PACKET_KEY, password)?;
        let register = self.0.join(REGISTER_KEY);
        if !register.exists() {
            // A folder of a release that sealed nothing.
            new_identity(&register, password)?;
        }
        let master = self.identity(REGISTER_KEY, password)?;
        let receipt = key_store::file::load(&self.0.join(RECEIPT_KEY), password);
        Ok(IntakeKeys {
            packet,
            receipt: receipt.map_err(StationError::from)?,
            master: master_key(&master)?,
        })
    }

    /// The vault under these keys; `None` where no desk has been set up.
    ///
    /// # Errors
    /// [`Error::File`]; a wrong password.
    pub fn vault(&self, password: &SecretBytes) -> Result<Option<Vault>> {
        if !self.service_path().exists() {
            return Ok(None);
        }
        let keys = self.keys(password)?;
        Ok(Some(Vault::new(self.packets(), keys.master)))
    }

    fn identity(&self, name: &str, password: &SecretBytes) -> Result<Identity> {
        let locked = SecretBytes::new(files::read(&self.0.join(name), MAX_FILE)?);
        Ok(unlock_identity(locked.expose(), password).map_err(StationError::from)?)
    }

    pub(super) fn packets(&self) -> PathBuf {
        self.0.join(PACKETS)
    }
}

fn read_known(path: &Path) -> Result<KnownFile> {
    let text = files::read(path, MAX_FILE)?;
    serde_json::from_slice(&text).map_err(|source| Error::Json {
        path: path.to_owned(),
        source,
    })
}

fn new_identity(path: &Path, password: &SecretBytes) -> Result<()> {
    let locked = lock_identity(&Identity::generate(), password).map_err(StationError::from)?;
    files::write_private(path, &locked)
}

/// The master key out of the identity that keeps it: the random octets of one are as good as those of the other, and the file is locked
/// in one way only.
fn master_key(identity: &Identity) -> Result<SealingKey> {
    let text = identity.to_text();
    let hash = HashAlgorithm::Sha256.digest(text.expose());
    let seed = SealingKey::new(SecretBytes::new(hash))?;
    Ok(seed.derive("register", &[]))
}

impl AsRef<Path> for IntakeFolder {
    fn as_ref(&self) -> &Path {
        &self.0
    }
}
