//! The revocation list of an issuer's folder. Which one was accepted last is kept beside the ledgers: a list that is lost, or an older one in
//! its place, would bring revoked certificates back.

use std::fs;
use std::io::{self, Read as _};
use std::path::{Path, PathBuf};

use crypto::HashAlgorithm;
use pki::{Certificate, Crl, KeyStoreFault};

use crate::whole_file::Secrecy;
use crate::{Error, Result, regular_file, whole_file};

/// The list, in the folder of the issuer.
const LIST: &str = "csca.crl";
/// The note, in the folder of the ring.
const ACCEPTED: &str = "accepted-crl.toml";
/// Longest list that is read: far beyond what a country's CSCA revokes.
const MAX_LIST: u64 = 16 * 1024 * 1024;
/// Longest note.
const MAX_NOTE: u64 = 1024;

/// What can be wrong with the revocation list of a folder.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum RevocationFault {
    /// A list that was accepted is lost.
    #[error(
        "the revocation list {accepted} (hexadecimal) was accepted, and {LIST} is not there: nobody knows what it has revoked"
    )]
    Absent {
        /// Its number.
        accepted: String,
    },
    /// An older list, or another one, lies in its place.
    #[error(
        "the revocation list {accepted} (hexadecimal) was accepted, and {LIST} is the list {found} (hexadecimal): nobody knows what it has revoked"
    )]
    Replaced {
        /// The number of the one that was accepted.
        accepted: String,
        /// The number of the one that lies there.
        found: String,
    },
    /// A list that is no newer than the one that was accepted.
    #[error(
        "the list {accepted} (hexadecimal), which was accepted, is as new as the list of the answer, or newer"
    )]
    NotNewer {
        /// The number of the one that was accepted.
        accepted: String,
    },
    /// The note of which list was accepted does not follow its format.
    #[error("the file does not say `number = …` and `sha256 = …`")]
    Note,
}

/// The list and the note of which one was accepted.
#[derive(Debug, Clone)]
pub struct RevocationList {
    list: PathBuf,
    accepted: PathBuf,
}

/// The list that was accepted last.
struct Accepted {
    /// Its number in hexadecimal, without leading zeros.
    number: String,
    /// SHA-256 of the list, in hexadecimal.
    sha256: String,
}

impl RevocationList {
    /// That of an issuer whose document signers are in the folder `ring`.
    #[must_use]
    pub fn of(issuer: &Path, ring: &Path) -> Self {
        Self {
            list: issuer.join(LIST),
            accepted: ring.join(ACCEPTED),
        }
    }

    /// Where the list is.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.list
    }

    /// The list, which was verified when it was accepted. One that does not read, is not there any more or is an older one stops every
    /// signer.
    ///
    /// # Errors
    /// [`RevocationFault`]; [`Error::File`]; what is wrong with the list.
    pub fn current(&self) -> Result<Option<Crl>> {
        // The note first: a list that is kept meanwhile stands before its note does, and follows the one that was read here.
        let accepted = self.accepted()?;
        let list = read(&self.list, MAX_LIST)?;
        let list = list.map(|der| Crl::parse(&der)).transpose()?;
        match (accepted, &list) {
            (Some(Accepted { number, .. }), None) => {
                Err(self.fault(RevocationFault::Absent { accepted: number }))
            }
            (Some(accepted), Some(list)) if !accepted.is_met_by(list) => {
                Err(self.fault(RevocationFault::Replaced {
                    accepted: accepted.number,
                    found: number_of(list),
                }))
            }
            _ => Ok(list),
        }
    }

    /// Keeps a list, unless the folder has, or had, a newer one.
    ///
    /// # Errors
    /// [`RevocationFault::NotNewer`]: nothing was changed; [`Error::File`]; what is wrong with a list.
    pub fn keep(&self, crl: &[u8]) -> Result<()> {
        let list = Crl::parse(crl)?;
        let not_newer = |accepted| Err(self.fault(RevocationFault::NotNewer { accepted }));
        if let Some(accepted) = self.accepted()?
            && !accepted.is_met_by(&list)
        {
            return not_newer(accepted.number);
        }
        if let Some(kept) = read(&self.list, MAX_LIST)?
            && kept != crl
        {
            let kept = Crl::parse(&kept)?;
            if !follows(&list, &kept) {
                return not_newer(number_of(&kept));
            }
        }
        write(&self.list, crl)?;
        self.remember(&list)
    }

    /// Notes which list is there where nothing says so yet: folders of before have a list alone.
    ///
    /// # Errors
    /// As [`Self::current`].
    pub fn settle(&self) -> Result<()> {
        if self.accepted()?.is_none()
            && let Some(list) = self.current()?
        {
            self.remember(&list)?;
        }
        Ok(())
    }

    fn remember(&self, list: &Crl) -> Result<()> {
        let Accepted { number, sha256 } = Accepted::of(list);
        let text = format!("number = \"{number}\"\nsha256 = \"{sha256}\"\n");
        write(&self.accepted, text.as_bytes())
    }

    fn accepted(&self) -> Result<Option<Accepted>> {
        let Some(text) = read(&self.accepted, MAX_NOTE)? else {
            return Ok(None);
        };
        let accepted = Accepted::parse(&text).ok_or_else(|| Error::Revocations {
            path: self.accepted.clone(),
            why: RevocationFault::Note,
        })?;
        Ok(Some(accepted))
    }

    fn fault(&self, why: RevocationFault) -> Error {
        Error::Revocations {
            path: self.list.clone(),
            why,
        }
    }
}

impl Accepted {
    fn of(list: &Crl) -> Self {
        let digest = HashAlgorithm::Sha256.digest(list.as_der());
        Self {
            number: number_of(list),
            sha256: hex::encode(digest),
        }
    }

    fn parse(text: &[u8]) -> Option<Self> {
        let text = core::str::from_utf8(text).ok()?;
        let value = |name: &str| {
            let mut lines = text.lines().filter_map(|line| line.split_once('='));
            let (_, value) = lines.find(|(key, _)| key.trim() == name)?;
            let value = value.trim().strip_prefix('"')?.strip_suffix('"')?;
            let is_hex = value.bytes().all(|octet| octet.is_ascii_hexdigit());
            is_hex.then(|| value.to_owned())
        };
        Some(Self {
            number: value("number")?,
            sha256: value("sha256")?,
        })
    }

    /// Whether a list is this one or follows it.
    fn is_met_by(&self, list: &Crl) -> bool {
        let found = Self::of(list);
        found.sha256 == self.sha256 || rank(&found.number) > rank(&self.number)
    }
}

/// Whether a revocation list names a certificate.
#[must_use]
pub fn revokes(list: Option<&Crl>, certificate: &Certificate) -> bool {
    list.is_some_and(|list| list.revoked(certificate.serial_number()).is_some())
}

/// Whether a revocation list follows another one: a higher number (RFC 5280 §5.2.3), and not issued before it.
fn follows(list: &Crl, other: &Crl) -> bool {
    rank(&number_of(list)) > rank(&number_of(other)) && list.this_update() >= other.this_update()
}

/// The number of a list in hexadecimal, without leading zeros.
fn number_of(list: &Crl) -> String {
    let digits = list.number().map(hex::encode).unwrap_or_default();
    digits.trim_start_matches('0').to_owned()
}

/// Numbers in order: a longer one is a higher one.
const fn rank(number: &str) -> (usize, &str) {
    (number.len(), number)
}

/// The content of a file, if there is one.
fn read(path: &Path, most: u64) -> Result<Option<Vec<u8>>> {
    let unreadable = |error: &io::Error| Error::file(path, KeyStoreFault::FileUnreadable, error);
    match fs::symlink_metadata(path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(unreadable(&error)),
        Ok(_) => {}
    }
    let mut content = Vec::new();
    let read = regular_file::open(path)
        .and_then(|file| file.take(most + 1).read_to_end(&mut content))
        .map_err(|error| unreadable(&error))?;
    if u64::try_from(read).is_ok_and(|read| read <= most) {
        return Ok(Some(content));
    }
    Err(unreadable(&io::ErrorKind::FileTooLarge.into()))
}

fn write(path: &Path, content: &[u8]) -> Result<()> {
    whole_file::replace(path, content, Secrecy::Open)
        .map_err(|error| Error::file(path, KeyStoreFault::FileUnwritable, &error))
}
