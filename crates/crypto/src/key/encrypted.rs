//! Private keys under a password: EncryptedPrivateKeyInfo (RFC 5958 §3) with PBES2 (RFC 8018 §6.2).
//!
//! What we write: scrypt (RFC 7914) and AES-256-CBC. What we read: scrypt or PBKDF2 with a hash of the SHA-2 family, AES in CBC or
//! GCM. A file says itself how much work its password costs, so that is looked at before the work is done.

use der::{Decode, Encode};
use pkcs8::pkcs5::pbes2::{self, Kdf, ScryptParams};
use pkcs8::pkcs5::{EncryptionScheme, scrypt};
use pkcs8::{EncryptedPrivateKeyInfoRef, PrivateKeyInfoRef};
use rand_core::CryptoRng;
use zeroize::Zeroizing;

use super::PrivateKey;
use crate::{Error, Result, SecretBytes};

/// log₂ of N, the cost of scrypt in what we write: 32 MiB and about a tenth of a second a try. OpenSSL reads such a file only with
/// its own limit of 32 MiB raised.
const SCRYPT_LOG_N: u8 = 15;
/// r, the block size of scrypt in what we write.
const SCRYPT_R: u32 = 8;
/// p, the parallelism of scrypt in what we write.
const SCRYPT_P: u32 = 1;
/// Octets of salt in what we write.
const SALT_LEN: usize = 16;
/// Octets of the initialisation vector of AES-CBC.
const IV_LEN: usize = 16;

/// Most memory that a foreign file may ask scrypt for, in octets: 128·N·r.
pub const MAX_SCRYPT_MEMORY: u64 = 256 << 20;
/// Most work that a foreign file may ask scrypt for: N·r·p, sixteen times ours.
pub const MAX_SCRYPT_WORK: u64 = 1 << 22;
/// Most rounds that a foreign file may ask PBKDF2 for.
pub const MAX_PBKDF2_ROUNDS: u32 = 10_000_000;
/// Longest EncryptedPrivateKeyInfo that is read, in octets.
pub const MAX_ENCRYPTED_KEY_LEN: usize = 64 << 10;

const MALFORMED: Error = Error::Malformed("encrypted PKCS#8 private key");

impl PrivateKey {
    /// Writes an EncryptedPrivateKeyInfo in DER. Salt and initialisation vector are drawn.
    ///
    /// # Errors
    /// [`Error::Misuse`] for an empty password; [`Error::Malformed`] when the key cannot be encoded.
    pub fn to_encrypted_pkcs8(
        &self,
        password: &SecretBytes,
        rng: &mut dyn CryptoRng,
    ) -> Result<Vec<u8>> {
        if password.is_empty() {
            return Err(Error::Misuse("an empty password protects nothing"));
        }
        let (mut salt, mut iv) = ([0; SALT_LEN], [0; IV_LEN]);
        rng.fill_bytes(&mut salt);
        rng.fill_bytes(&mut iv);
        let cost = scrypt::Params::new(SCRYPT_LOG_N, SCRYPT_R, SCRYPT_P).map_err(|_| MALFORMED)?;
        let parameters =
            pbes2::Parameters::generate_scrypt_aes256cbc(cost, &salt, iv).map_err(|_| MALFORMED)?;
        let plain = self.to_pkcs8()?;
        // The clear key is overwritten by its ciphertext in place, in a buffer that never moves. The key derived from the password
        // is pkcs5's, which does not wipe it.
        let mut buffer = Zeroizing::new(vec![0; plain.len() + IV_LEN]);
        buffer
            .iter_mut()
            .zip(plain.expose())
            .for_each(|(to, from)| *to = *from);
        let encrypted = parameters
            .encrypt_in_place(password.expose(), &mut buffer, plain.len())
            .map_err(|_| MALFORMED)?;
        EncryptedPrivateKeyInfoRef {
            encryption_algorithm: parameters.into(),
            encrypted_data: der::asn1::OctetStringRef::new(encrypted).map_err(|_| MALFORMED)?,
        }
        .to_der()
        .map_err(|_| MALFORMED)
    }

    /// Reads an EncryptedPrivateKeyInfo in DER.
    ///
    /// # Errors
    /// [`Error::PasswordWrong`]; [`Error::Malformed`]; [`Error::Unsupported`] for other ciphers and hashes, and for a file that
    /// asks for more than [`MAX_SCRYPT_MEMORY`], [`MAX_SCRYPT_WORK`] or [`MAX_PBKDF2_ROUNDS`]: that much work is not begun.
    pub fn from_encrypted_pkcs8(der: &[u8], password: &SecretBytes) -> Result<Self> {
        let info = encrypted_info(der).ok_or(MALFORMED)?;
        let EncryptionScheme::Pbes2(parameters) = &info.encryption_algorithm else {
            return Err(Error::Unsupported("password encryption other than PBES2"));
        };
        is_affordable(&parameters.kdf)?;
        let mut buffer = Zeroizing::new(info.encrypted_data.as_bytes().to_vec());
        let plain = parameters
            .decrypt_in_place(password.expose(), &mut buffer)
            .map_err(|error| match error {
                pkcs8::pkcs5::Error::DecryptFailed => Error::PasswordWrong,
                _ => Error::Unsupported("cipher or hash of an encrypted private key"),
            })?;
        // Padding alone lets one wrong password in 256 pass: what comes out must be a key.
        if PrivateKeyInfoRef::try_from(plain).is_err() {
            return Err(Error::PasswordWrong);
        }
        Self::from_pkcs8(plain)
    }

    /// Whether this is an EncryptedPrivateKeyInfo: whether a password must be asked for.
    #[must_use]
    pub fn is_encrypted_pkcs8(der: &[u8]) -> bool {
        encrypted_info(der).is_some()
    }
}

fn encrypted_info(der: &[u8]) -> Option<EncryptedPrivateKeyInfoRef<'_>> {
    (der.len() <= MAX_ENCRYPTED_KEY_LEN)
        .then(|| EncryptedPrivateKeyInfoRef::from_der(der).ok())
        .flatten()
}

fn is_affordable(kdf: &Kdf) -> Result<()> {
    const TOO_MUCH: Error = Error::Unsupported("password derivation that costs more than allowed");
    match kdf {
        Kdf::Scrypt(ScryptParams {
            cost_parameter: n,
            block_size: r,
            parallelization: p,
            ..
        }) => {
            if *n < 2 || !n.is_power_of_two() || *r == 0 || *p == 0 {
                return Err(Error::Malformed("scrypt parameters"));
            }
            let blocks = n.checked_mul(u64::from(*r)).ok_or(TOO_MUCH)?;
            let memory = blocks.checked_mul(128).ok_or(TOO_MUCH)?;
            let work = blocks.checked_mul(u64::from(*p)).ok_or(TOO_MUCH)?;
            if memory > MAX_SCRYPT_MEMORY || work > MAX_SCRYPT_WORK {
                return Err(TOO_MUCH);
            }
        }
        Kdf::Pbkdf2(parameters) => match parameters.iteration_count {
            0 => return Err(Error::Malformed("PBKDF2 parameters")),
            1..=MAX_PBKDF2_ROUNDS => {}
            _ => return Err(TOO_MUCH),
        },
        _ => return Err(Error::Unsupported("password derivation")),
    }
    Ok(())
}

#[cfg(test)]
mod tests;
