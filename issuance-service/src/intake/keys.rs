//! The folder of the receiving side: its keys, and those that it knows.

use std::path::{Path, PathBuf};

use crypto::{CryptoRng, Curve, PrivateKey, SecretBytes};
use enrolment::packet::{Identity, KeyRing, lock_identity, unlock_identity};

use crate::station::{PublicKeyFile, ServiceFile, StationError, files_with_ending, spki_text};
use crate::{Error, Result, files};

const PACKET_KEY: &str = "keys/packet.key";
const RECEIPT_KEY: &str = "keys/receipt.key";
const SERVICE: &str = "service.json";
const KNOWN: &str = "known";
const PACKETS: &str = "packets";
/// Longest key file that is read.
const MAX_FILE: usize = 64 * 1024;

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
        if !packet.exists() {
            let locked =
                lock_identity(&Identity::generate(), password).map_err(StationError::from)?;
            files::write_private(&packet, &locked)?;
        }
        if !receipt.exists() {
            let key = PrivateKey::generate_ec(Curve::P256, rng)?;
            key_store::file::store(&receipt, &key, password, rng).map_err(StationError::from)?;
        }
        let (identity, key) = self.keys(password)?;
        let service = ServiceFile {
            name: name.to_owned(),
            recipient: identity.recipient().to_string(),
            receipt_key: spki_text(&key.public()),
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
        let name = format!("{}-{}.json", public.role, public.id()?);
        let path = self.0.join(KNOWN).join(name);
        public.write(&path)?;
        Ok(path)
    }

    /// The keys that are registered.
    ///
    /// # Errors
    /// [`Error::File`], [`Error::Json`].
    pub fn known(&self) -> Result<KeyRing> {
        let mut ring = KeyRing::new();
        for path in files_with_ending(&self.0.join(KNOWN), "json")? {
            let public = PublicKeyFile::read(&path)?;
            let key = public.public_key()?;
            ring.add(public.role, public.name, key)
                .map_err(StationError::from)?;
        }
        Ok(ring)
    }

    pub(super) fn keys(&self, password: &SecretBytes) -> Result<(Identity, PrivateKey)> {
        let packet = SecretBytes::new(files::read(&self.0.join(PACKET_KEY), MAX_FILE)?);
        let identity = unlock_identity(packet.expose(), password).map_err(StationError::from)?;
        let receipt = key_store::file::load(&self.0.join(RECEIPT_KEY), password);
        Ok((identity, receipt.map_err(StationError::from)?))
    }

    pub(super) fn packets(&self) -> PathBuf {
        self.0.join(PACKETS)
    }
}

impl AsRef<Path> for IntakeFolder {
    fn as_ref(&self) -> &Path {
        &self.0
    }
}
