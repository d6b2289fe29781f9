//! Keys in files: PKCS#8, encrypted where a password is given. Plain ones are for tests and are opened, too.

use std::fs::{self, OpenOptions};
use std::io::{self, Read as _, Seek as _, Write as _};
use std::path::Path;

use crypto::{CryptoRng, PrivateKey, SecretBytes};
use der::{Decode as _, Header, Length, Reader as _, SliceReader, Tag};
use pki::{KeyStoreFault, SoftwareSigner};
use rand::SeedableRng as _;
use rand::rngs::StdRng;
use zeroize::Zeroizing;

use crate::profile::KeyProfile;
use crate::{Error, Result, regular_file, whole_file};

/// Longest key file: an RSA key of 8,192 bits needs 5 kB.
const MAX_LEN: usize = 64 * 1024;

/// Makes a key and writes it to a new file.
pub(crate) fn generate(
    path: &Path,
    profile: &KeyProfile,
    password: &SecretBytes,
    rng: &mut dyn CryptoRng,
) -> Result<SoftwareSigner> {
    if fs::symlink_metadata(path).is_ok() {
        return Err(exists(path));
    }
    let key = profile.kind.generate(rng)?;
    store(path, &key, password, rng)?;
    signer(key, profile, rng)
}

/// Writes a key to a new file: encrypted, or plain without a password.
///
/// # Errors
/// [`KeyStoreFault::KeyExists`] when there is a file of this name; [`KeyStoreFault::FileUnwritable`].
pub fn store(
    path: &Path,
    key: &PrivateKey,
    password: &SecretBytes,
    rng: &mut dyn CryptoRng,
) -> Result<()> {
    let written = if password.is_empty() {
        whole_file::create(path, key.to_pkcs8()?.expose())
    } else {
        whole_file::create(path, &key.to_encrypted_pkcs8(password, rng)?)
    };
    written.map_err(|error| match error.kind() {
        io::ErrorKind::AlreadyExists => exists(path),
        _ => Error::file(path, KeyStoreFault::FileUnwritable, &error),
    })
}

/// Opens the key of a file.
pub(crate) fn open(
    path: &Path,
    profile: &KeyProfile,
    password: &SecretBytes,
    rng: &mut dyn CryptoRng,
) -> Result<SoftwareSigner> {
    signer(load(path, password)?, profile, rng)
}

/// Reads the key of a file, in either form.
///
/// # Errors
/// [`KeyStoreFault::KeyNotFound`], [`KeyStoreFault::FileUnreadable`], [`KeyStoreFault::PasswordIncorrect`].
pub fn load(path: &Path, password: &SecretBytes) -> Result<PrivateKey> {
    let der = read(path)?;
    match form(&der) {
        Some(Form::Plain) => PrivateKey::from_pkcs8(&der).map_err(|_| no_key(path)),
        Some(Form::Encrypted) => {
            PrivateKey::from_encrypted_pkcs8(&der, password).map_err(|error| match error {
                crypto::Error::Unsupported(_) => error.into(),
                _ => Error::Store(KeyStoreFault::PasswordIncorrect),
            })
        }
        None => Err(no_key(path)),
    }
}

/// Whether a key file asks for a password.
///
/// # Errors
/// As [`load`].
pub fn is_encrypted(path: &Path) -> Result<bool> {
    form(&read(path)?)
        .map(|form| matches!(form, Form::Encrypted))
        .ok_or_else(|| no_key(path))
}

/// Overwrites a key file, removes it, and looks for it. What a disk keeps of overwritten sectors is beyond any program:
/// keys that matter are encrypted, or on a token.
pub(crate) fn destroy(path: &Path) -> Result<()> {
    let content = read(path)?;
    // A key, or overwritten by somebody who was interrupted before it was removed; nothing else is destroyed by mistake.
    if form(&content).is_none() && content.iter().any(|byte| *byte != 0) {
        return Err(no_key(path));
    }
    erase(path, &content)
}

/// The same for a file of which it is written down that its destruction was begun: it may be half overwritten. It is
/// overwritten from its beginning, so that it begins with zeros then; a file that does not, and is no key, is another one.
pub(crate) fn destroy_further(path: &Path) -> Result<()> {
    let content = read(path)?;
    if form(&content).is_none() && content.first().is_some_and(|byte| *byte != 0) {
        return Err(no_key(path));
    }
    erase(path, &content)
}

fn erase(path: &Path, content: &[u8]) -> Result<()> {
    let gone = |error: io::Error| Error::file(path, KeyStoreFault::KeyNotDestroyed, &error);
    overwrite(path, content.len()).map_err(gone)?;
    fs::remove_file(path).map_err(gone)?;
    whole_file::sync_folder_of(path).map_err(gone)?;
    match fs::symlink_metadata(path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
        _ => Err(KeyStoreFault::KeyNotDestroyed.into()),
    }
}

/// The whole file by zeros, the first byte first, so that what is left after an interruption is no key any more.
fn overwrite(path: &Path, length: usize) -> io::Result<()> {
    let mut file = OpenOptions::new().write(true).open(path)?;
    for _ in 0..2 {
        file.rewind()?;
        file.write_all(&vec![0; length])?;
        file.sync_all()?;
    }
    Ok(())
}

enum Form {
    Plain,
    Encrypted,
}

/// PrivateKeyInfo begins with its version, EncryptedPrivateKeyInfo with its algorithm (RFC 5208 §5, §6).
fn form(der: &[u8]) -> Option<Form> {
    let mut reader = SliceReader::new(der).ok()?;
    let outer = Header::decode(&mut reader).ok()?;
    if outer.tag() != Tag::Sequence
        || Length::try_from(der.len()).ok()? != (reader.position() + outer.length()).ok()?
    {
        return None;
    }
    match Header::decode(&mut reader).ok()?.tag() {
        Tag::Integer => Some(Form::Plain),
        Tag::Sequence => Some(Form::Encrypted),
        _ => None,
    }
}

fn read(path: &Path) -> Result<Zeroizing<Vec<u8>>> {
    // Room from the start, so that no half of a key is left behind where a vector grew.
    let mut content = Zeroizing::new(Vec::with_capacity(MAX_LEN + 1));
    regular_file::open(path)
        .and_then(|file| file.take(MAX_LEN as u64 + 1).read_to_end(&mut content))
        .map_err(|error| match error.kind() {
            io::ErrorKind::NotFound => Error::file(path, KeyStoreFault::KeyNotFound, &error),
            _ => Error::file(path, KeyStoreFault::FileUnreadable, &error),
        })?;
    if content.len() > MAX_LEN {
        return Err(no_key(path));
    }
    Ok(content)
}

fn signer(
    key: PrivateKey,
    profile: &KeyProfile,
    rng: &mut dyn CryptoRng,
) -> Result<SoftwareSigner> {
    if !profile.fits(&key.public()) {
        return Err(KeyStoreFault::KeyOfAnotherKind.into());
    }
    let own = Box::new(StdRng::from_rng(rng));
    Ok(SoftwareSigner::optimised(key, profile.algorithm, own)?)
}

fn exists(path: &Path) -> Error {
    Error::file(
        path,
        KeyStoreFault::KeyExists,
        &io::ErrorKind::AlreadyExists.into(),
    )
}

fn no_key(path: &Path) -> Error {
    Error::file(
        path,
        KeyStoreFault::FileUnreadable,
        &io::ErrorKind::InvalidData.into(),
    )
}
