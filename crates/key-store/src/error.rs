//! What can go wrong in this crate, by whose fault.

use std::io;
use std::path::{Path, PathBuf};

use pki::{KeyStoreFault, NotPermitted};

use crate::location::LocationFault;
use crate::revocation::RevocationFault;

/// A failure of this crate. No message says anything about a secret.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The place of a key is not written as it should be.
    #[error("{why}, at character {at} of the place of the key")]
    Location {
        /// What is wrong.
        why: LocationFault,
        /// Offset in bytes.
        at: usize,
    },
    /// The word stands for no kind of key.
    #[error("no such algorithm; one of {}", crate::profile::words())]
    UnknownProfile,
    /// The place of the key did not do what it was asked.
    #[error("{0}")]
    Store(KeyStoreFault),
    /// A file could not be worked with.
    #[error("{}: {fault} ({kind})", path.display())]
    File {
        /// Which.
        path: PathBuf,
        /// What could not be done.
        fault: KeyStoreFault,
        /// What the operating system said.
        kind: io::ErrorKind,
    },
    /// A folder of document signers is not as it was left.
    #[error("{}: {why}", path.display())]
    Ring {
        /// The folder or file.
        path: PathBuf,
        /// What is wrong.
        why: RingFault,
    },
    /// The only document signer that could sign is revoked.
    #[error("the certificate of {name} is revoked by the issuer's list")]
    Revoked {
        /// Its name in the ring.
        name: String,
    },
    /// The revocation list of an issuer is not the one that was accepted.
    #[error("{}: {why}", path.display())]
    Revocations {
        /// The list, or the note of which one was accepted.
        path: PathBuf,
        /// What is wrong.
        why: RevocationFault,
    },
    /// Certificate and signing.
    #[error(transparent)]
    Pki(pki::Error),
    /// A key could not be processed.
    #[error(transparent)]
    Crypto(#[from] crypto::Error),
}

/// What can be wrong with a folder of document signers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum RingFault {
    /// A name that is no plain name.
    #[error(
        "a document signer is named by letters, digits, '-', '_' and '.', not beginning with '.'"
    )]
    Name,
    /// There is one of this name.
    #[error("there is a document signer of this name already")]
    Exists,
    /// Two of them have one key.
    #[error(
        "two document signers of the folder have the same key: each would count its uses by itself"
    )]
    SameKey,
    /// There is none of this name.
    #[error("there is no document signer of this name")]
    Absent,
    /// The file that says where the key is does not follow its format.
    #[error("the file does not say `key = …` and `algorithm = …`")]
    KeyFile,
    /// Too few persons for a deletion.
    #[error("two different persons are needed to retire a key (TR-03145-1 PRC.Req.14)")]
    Persons,
    /// The signer was asked to retire before its last document.
    #[error("the private key may still be used; say so if it is to be retired all the same")]
    StillInUse,
    /// None of the document signers may sign this now.
    #[error("no document signer of the folder may sign this now")]
    NoneAdmits,
}

impl Error {
    /// A file that could not be worked with.
    pub(crate) fn file(path: &Path, fault: KeyStoreFault, error: &io::Error) -> Self {
        Self::File {
            path: path.to_owned(),
            fault,
            kind: error.kind(),
        }
    }

    /// The fault of the place where the key lives, if that is what failed.
    #[must_use]
    pub const fn fault(&self) -> Option<KeyStoreFault> {
        match self {
            Self::Store(fault)
            | Self::File { fault, .. }
            | Self::Pki(pki::Error::KeyStore(fault)) => Some(*fault),
            _ => None,
        }
    }

    /// What stands against a signature, if that is what failed.
    #[must_use]
    pub const fn not_permitted(&self) -> Option<NotPermitted> {
        match self {
            Self::Pki(pki::Error::NotPermitted(why)) => Some(*why),
            _ => None,
        }
    }
}

impl From<KeyStoreFault> for Error {
    fn from(fault: KeyStoreFault) -> Self {
        Self::Store(fault)
    }
}

impl From<pki::Error> for Error {
    fn from(error: pki::Error) -> Self {
        match error {
            pki::Error::KeyStore(fault) => Self::Store(fault),
            other => Self::Pki(other),
        }
    }
}

/// Result of this crate.
pub type Result<T> = core::result::Result<T, Error>;
