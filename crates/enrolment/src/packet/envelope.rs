//! The envelope: age files (age-encryption.org/v1) to one X25519 key. This is the only file that names the library.

use std::io::{self, Cursor, Read, Write};
use std::iter;

use age::secrecy::{ExposeSecret as _, SecretString};
use age::{DecryptError, Decryptor, Encryptor, scrypt, x25519};
use crypto::SecretBytes;

use super::{MAX_HEADER_BYTES, PacketError};

/// What every age file of this version begins with.
const FIRST_LINE: &[u8] = b"age-encryption.org/v1\n";
/// What the last line of a header begins with.
const LAST_LINE: &[u8] = b"\n--- ";
/// log₂ of N of scrypt for key files that we write: 32 MiB and a tenth of a second.
const SCRYPT_LOG_N: u8 = 15;
/// The same for key files that we read: 256 MiB, a second.
const MAX_SCRYPT_LOG_N: u8 = 18;
/// Longest key file: a key as text is 74 bytes.
const MAX_KEY_TEXT: usize = 128;

/// A key that packets or drafts are encrypted to; as text `age1…`.
#[derive(Clone, PartialEq, Eq)]
pub struct Recipient(x25519::Recipient);

impl Recipient {
    /// Reads the text.
    ///
    /// # Errors
    /// [`PacketError::MalformedKey`].
    pub fn parse(text: &str) -> Result<Self, PacketError> {
        let key = text.trim().parse();
        key.map(Self)
            .map_err(|_| PacketError::MalformedKey("recipient: it begins with age1"))
    }
}

impl core::fmt::Display for Recipient {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        core::fmt::Display::fmt(&self.0, f)
    }
}

impl core::fmt::Debug for Recipient {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        core::fmt::Display::fmt(&self.0, f)
    }
}

/// The key that opens them. Not printable, not comparable, wiped when dropped.
pub struct Identity(x25519::Identity);

impl Identity {
    /// Draws a key, by the library from the operating system.
    #[must_use]
    pub fn generate() -> Self {
        Self(x25519::Identity::generate())
    }

    /// Reads the text that begins with `AGE-SECRET-KEY-1`.
    ///
    /// # Errors
    /// [`PacketError::MalformedKey`].
    pub fn parse(text: &SecretBytes) -> Result<Self, PacketError> {
        let key = core::str::from_utf8(text.expose())
            .ok()
            .and_then(|text| text.trim().parse().ok());
        key.map(Self)
            .ok_or(PacketError::MalformedKey("age identity"))
    }

    /// The text.
    #[must_use]
    pub fn to_text(&self) -> SecretBytes {
        SecretBytes::from(self.0.to_string().expose_secret().as_bytes())
    }

    /// The public half.
    #[must_use]
    pub fn recipient(&self) -> Recipient {
        Recipient(self.0.to_public())
    }
}

impl core::fmt::Debug for Identity {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        write!(f, "Identity({})", self.0.to_public())
    }
}

/// Encrypts as a stream: whatever `content` writes goes to `output`, encrypted.
///
/// # Errors
/// Those of `content`; [`PacketError::Io`]. The output is worth nothing then.
pub fn encrypt<W: Write>(
    recipient: &Recipient,
    output: W,
    content: impl FnOnce(&mut dyn Write) -> Result<(), PacketError>,
) -> Result<W, PacketError> {
    write_to(&recipient.0, output, content)
}

fn write_to<W: Write>(
    recipient: &dyn age::Recipient,
    output: W,
    content: impl FnOnce(&mut dyn Write) -> Result<(), PacketError>,
) -> Result<W, PacketError> {
    let encryptor = Encryptor::with_recipients(iter::once(recipient))
        .map_err(|_| PacketError::Misuse("the recipient takes no file key"))?;
    let mut writer = encryptor.wrap_output(output)?;
    content(&mut writer)?;
    Ok(writer.finish()?)
}

/// Decrypts as a stream. What is read is authentic up to there; that nothing is missing is known at its end.
///
/// # Errors
/// [`PacketError::NotAPacket`], [`PacketError::OtherService`] when the key does not open it, [`PacketError::Damaged`] for an altered header.
pub fn decrypt<R: Read>(identity: &Identity, input: R) -> Result<impl Read + use<R>, PacketError> {
    read_from(&identity.0, input)
}

fn read_from<R: Read>(
    identity: &dyn age::Identity,
    mut input: R,
) -> Result<impl Read + use<R>, PacketError> {
    // The library reads a header of any length, and a long one over and over.
    let limit = u64::try_from(MAX_HEADER_BYTES).unwrap_or(u64::MAX);
    let mut begin = Vec::with_capacity(MAX_HEADER_BYTES);
    input.by_ref().take(limit).read_to_end(&mut begin)?;
    let ends = begin
        .windows(LAST_LINE.len())
        .any(|window| window == LAST_LINE);
    if !begin.starts_with(FIRST_LINE) || !ends {
        return Err(PacketError::NotAPacket);
    }
    let at = u64::try_from(begin.len()).unwrap_or_default();
    let decryptor = Decryptor::new(Cursor::new(begin).chain(input));
    let reader = decryptor.and_then(|decryptor| decryptor.decrypt(iter::once(identity)));
    reader.map_err(|error| match error {
        DecryptError::NoMatchingKeys => PacketError::OtherService,
        DecryptError::ExcessiveWork { .. } => PacketError::TooLarge {
            what: "work of a password",
            limit: MAX_SCRYPT_LOG_N.into(),
        },
        DecryptError::DecryptionFailed | DecryptError::KeyDecryptionFailed => {
            PacketError::PasswordWrong
        }
        DecryptError::Io(error) if error.kind() != io::ErrorKind::UnexpectedEof => {
            PacketError::Io(error)
        }
        DecryptError::InvalidMac => PacketError::Damaged { at },
        _ => PacketError::NotAPacket,
    })
}

/// The file of an identity under a password: an age file that a passphrase opens. Without a password the plain text, for tests.
///
/// # Errors
/// [`PacketError::MalformedKey`] for a password that is not UTF-8.
pub fn lock_identity(identity: &Identity, password: &SecretBytes) -> Result<Vec<u8>, PacketError> {
    let text = identity.to_text();
    if password.is_empty() {
        return Ok(text.expose().to_vec());
    }
    let mut recipient = scrypt::Recipient::new(passphrase(password)?);
    recipient.set_work_factor(SCRYPT_LOG_N);
    write_to(&recipient, Vec::new(), |writer| {
        Ok(writer.write_all(text.expose())?)
    })
}

/// Opens the file of an identity.
///
/// # Errors
/// [`PacketError::PasswordWrong`], [`PacketError::MalformedKey`], [`PacketError::TooLarge`] for a file that asks for more work than
/// is spent on any.
pub fn unlock_identity(file: &[u8], password: &SecretBytes) -> Result<Identity, PacketError> {
    if !file.starts_with(FIRST_LINE) {
        return Identity::parse(&SecretBytes::from(file));
    }
    let mut key = scrypt::Identity::new(passphrase(password)?);
    key.set_max_work_factor(MAX_SCRYPT_LOG_N);
    let mut reader = read_from(&key, file)?.take(MAX_KEY_TEXT as u64);
    // Room from the start, so that no half of the key is left behind where a vector grew.
    let mut text = Vec::with_capacity(2 * MAX_KEY_TEXT);
    let read = reader.read_to_end(&mut text);
    let text = SecretBytes::new(text);
    read.map_err(|_| PacketError::PasswordWrong)?;
    Identity::parse(&text)
}

fn passphrase(password: &SecretBytes) -> Result<SecretString, PacketError> {
    core::str::from_utf8(password.expose())
        .map(SecretString::from)
        .map_err(|_| PacketError::MalformedKey("password: it is UTF-8 text"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_locked_identity_opens_with_its_password_only() {
        let identity = Identity::generate();
        let password = SecretBytes::from(&b"mat khau"[..]);
        let file = lock_identity(&identity, &password).unwrap();
        let again = unlock_identity(&file, &password).unwrap();
        assert_eq!(again.recipient(), identity.recipient());
        let wrong = SecretBytes::from(&b"mat khac"[..]);
        assert!(matches!(
            unlock_identity(&file, &wrong),
            Err(PacketError::PasswordWrong)
        ));
        let plain = lock_identity(&identity, &SecretBytes::new(Vec::new())).unwrap();
        let again = unlock_identity(&plain, &password).unwrap();
        assert_eq!(again.recipient(), identity.recipient());
        assert!(!format!("{identity:?}").contains("SECRET"));
    }

    #[test]
    fn a_long_header_is_not_read() {
        let stanza = "-> grease\n\n".repeat(MAX_HEADER_BYTES);
        let file = [FIRST_LINE, stanza.as_bytes(), LAST_LINE].concat();
        let opened = decrypt(&Identity::generate(), &file[..]);
        assert!(matches!(opened.map(|_| ()), Err(PacketError::NotAPacket)));
    }
}
