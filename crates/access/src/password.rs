//! Passwords: what is taken, how it is stored (Argon2id, RFC 9106), and checking that takes as long for unknown accounts.

use core::fmt;

use argon2::password_hash::phc::PasswordHash as Phc;
use argon2::password_hash::{PasswordHasher as _, PasswordVerifier as _};
use argon2::{Algorithm, Argon2, Params, Version};
use crypto::CryptoRng;
use unicode_normalization::UnicodeNormalization as _;
use zeroize::Zeroizing;

use crate::error::PasswordFault;
use crate::{Error, Result};

/// Memory of one hash, in KiB. The login of ten people at once takes ten times as much: the service bounds how many.
pub const MEMORY_KIB: u32 = 19 * 1024;
/// Passes over the memory.
pub const PASSES: u32 = 2;
/// Lanes.
pub const LANES: u32 = 1;
/// Octets of salt.
const SALT_LEN: usize = 16;
/// More than this is asked of nobody, whatever a store says.
const MAX_STORED_MEMORY_KIB: u32 = 64 * 1024;
/// More passes are asked of nobody.
const MAX_STORED_PASSES: u32 = 10;

/// Characters of a password at least (NIST SP 800-63B-4 §3.1.1.2 asks for 8 beside a second factor, 15 alone).
pub const MIN_CHARACTERS: usize = 12;
/// Characters of a password at most: a bound, no wish.
pub const MAX_CHARACTERS: usize = 128;
/// Characters that differ, at least.
const MIN_DISTINCT: usize = 5;

/// Beginnings of what is tried first. A password is refused if what is left without one of them is shorter than four characters.
const COMMON: [&str; 22] = [
    "123456789012",
    "012345678901",
    "1234567890",
    "0123456789",
    "abcdefghijkl",
    "qwertyuiop",
    "asdfghjkl",
    "zxcvbnm",
    "1q2w3e4r5t6y",
    "qazwsxedcrfv",
    "passwordpassword",
    "password1234",
    "password",
    "administrator",
    "changeme",
    "letmein",
    "iloveyou",
    "welcome",
    "matkhau",
    "mật khẩu",
    "anhyeuem",
    "vietnam",
];

/// A password as it was typed, in Unicode's form C: the same letters from whatever keyboard (RFC 8265 §4.2).
pub struct Password(Zeroizing<String>);

impl Password {
    /// What somebody offers to get in. Only its size is looked at.
    ///
    /// # Errors
    /// [`PasswordFault::TooLong`].
    pub fn offered(text: &str) -> Result<Self> {
        // Four octets are the longest character; letters may be typed as up to three.
        if text.len() > MAX_CHARACTERS * 12 {
            return Err(PasswordFault::TooLong.into());
        }
        let mut composed = Zeroizing::new(String::with_capacity(text.len() * 3));
        composed.extend(text.nfc());
        if composed.chars().count() > MAX_CHARACTERS {
            return Err(PasswordFault::TooLong.into());
        }
        Ok(Self(composed))
    }

    /// What somebody wants to use from now on.
    ///
    /// # Errors
    /// [`PasswordFault`].
    pub fn chosen(text: &str, login: &str, display_name: &str) -> Result<Self> {
        let password = Self::offered(text)?;
        check_policy(&password.0, login, display_name)?;
        Ok(password)
    }
}

fn check_policy(password: &str, login: &str, display_name: &str) -> Result<(), PasswordFault> {
    if password.chars().count() < MIN_CHARACTERS {
        return Err(PasswordFault::TooShort);
    }
    let lower = Zeroizing::new(password.to_lowercase());
    let mut distinct: Vec<char> = lower.chars().collect();
    distinct.sort_unstable();
    distinct.dedup();
    let few = distinct.len() < MIN_DISTINCT;
    let beginning = |common: &str| {
        lower
            .strip_prefix(common)
            .is_some_and(|rest| rest.chars().count() < 4)
    };
    if few || COMMON.iter().any(|common| beginning(common)) {
        return Err(PasswordFault::Common);
    }
    let squeezed = |text: &str| -> String {
        text.to_lowercase()
            .chars()
            .filter(|c| c.is_alphanumeric())
            .collect()
    };
    let own = Zeroizing::new(squeezed(password));
    for name in [login, display_name] {
        let name = squeezed(name);
        if name.chars().count() >= 4 && own.contains(&name) {
            return Err(PasswordFault::ContainsName);
        }
    }
    Ok(())
}

/// A stored password: a string in PHC form. It is not printed.
#[derive(Clone)]
pub struct PasswordHash(Phc);

impl PasswordHash {
    /// From a store.
    ///
    /// # Errors
    /// [`PasswordFault::StoredForm`] for anything but Argon2id with bounded parameters.
    pub fn from_stored(text: &str) -> Result<Self> {
        let fault = PasswordFault::StoredForm;
        let phc = Phc::new(text).map_err(|_| fault)?;
        let params = Params::try_from(&phc).map_err(|_| fault)?;
        let bounded =
            params.m_cost() <= MAX_STORED_MEMORY_KIB && params.t_cost() <= MAX_STORED_PASSES;
        let ours = phc.algorithm.as_str() == "argon2id" && phc.salt.is_some() && phc.hash.is_some();
        if !bounded || !ours {
            return Err(fault.into());
        }
        Ok(Self(phc))
    }

    /// For a store.
    #[must_use]
    pub fn to_stored(&self) -> String {
        self.0.to_string()
    }
}

impl fmt::Debug for PasswordHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("PasswordHash")
    }
}

/// Makes and checks hashes. One for the process.
pub struct Passwords {
    argon2: Argon2<'static>,
    /// Checked against where there is no account, so that the time tells nothing.
    nobody: PasswordHash,
}

impl Passwords {
    /// With the parameters of this file.
    ///
    /// # Errors
    /// Never, with parameters that the library knows.
    pub fn new(rng: &mut dyn CryptoRng) -> Result<Self> {
        Self::with_cost(MEMORY_KIB, PASSES, rng)
    }

    fn with_cost(memory_kib: u32, passes: u32, rng: &mut dyn CryptoRng) -> Result<Self> {
        let params =
            Params::new(memory_kib, passes, LANES, None).map_err(|_| PasswordFault::StoredForm)?;
        let argon2 = Argon2::new(Algorithm::Argon2id, Version::V0x13, params);
        let mut noise = Zeroizing::new([0; 32]);
        rng.fill_bytes(noise.as_mut_slice());
        let nobody = hash(&argon2, noise.as_slice(), rng)?;
        Ok(Self { argon2, nobody })
    }

    /// The form in which a password is stored. Takes some tens of milliseconds and 19 MiB.
    ///
    /// # Errors
    /// When memory is lacking.
    pub fn hash(&self, password: &Password, rng: &mut dyn CryptoRng) -> Result<PasswordHash> {
        hash(&self.argon2, password.0.as_bytes(), rng)
    }

    /// Checks a password; without a stored one the same work is done for nothing. `true` means that it is right but was stored
    /// with other parameters: [`Self::hash`] it again.
    ///
    /// # Errors
    /// [`Error::WrongCredentials`], whatever is wrong.
    pub fn check(&self, offered: &Password, stored: Option<&PasswordHash>) -> Result<bool> {
        let phc = &stored.unwrap_or(&self.nobody).0;
        let right = self
            .argon2
            .verify_password(offered.0.as_bytes(), phc)
            .is_ok();
        if !right || stored.is_none() {
            return Err(Error::WrongCredentials);
        }
        let cost = |params: &Params| (params.m_cost(), params.t_cost(), params.p_cost());
        Ok(Params::try_from(phc).ok().map(|params| cost(&params))
            != Some(cost(self.argon2.params())))
    }
}

fn hash(argon2: &Argon2<'_>, password: &[u8], rng: &mut dyn CryptoRng) -> Result<PasswordHash> {
    let mut salt = [0; SALT_LEN];
    rng.fill_bytes(&mut salt);
    let phc: Phc = argon2
        .hash_password_with_salt(password, &salt)
        .map_err(|_| PasswordFault::StoredForm)?;
    Ok(PasswordHash(phc))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::test_rng::rng;

    #[test]
    fn the_policy() {
        let cases = [
            ("short-12345", Some(PasswordFault::TooShort)),
            ("ngắn-ngắn-1", Some(PasswordFault::TooShort)),
            ("con trâu đi cày", None),
            ("Specimen-horse-7", None),
            ("aaaaaaaaaaaaaaaa", Some(PasswordFault::Common)),
            ("abababababababab", Some(PasswordFault::Common)),
            ("123456789012", Some(PasswordFault::Common)),
            ("Password1234!", Some(PasswordFault::Common)),
            ("MatKhau12345 của riêng tôi", None),
            ("Administrator1", Some(PasswordFault::Common)),
            ("my.test.clerk.2026", Some(PasswordFault::ContainsName)),
            ("nguyenvantest-99", None),
            ("nguyễn VĂN test 99", Some(PasswordFault::ContainsName)),
        ];
        for (text, want) in cases {
            let got = match Password::chosen(text, "test.clerk", "Nguyễn Văn Test") {
                Ok(_) => None,
                Err(Error::Password(fault)) => Some(fault),
                Err(other) => panic!("{other}"),
            };
            assert_eq!(got, want, "{text}");
        }
        let long = "xy".repeat(65);
        assert!(matches!(
            Password::offered(&long),
            Err(Error::Password(PasswordFault::TooLong))
        ));
        assert!(Password::offered(&"ệ".repeat(128)).is_ok());
    }

    #[test]
    fn stored_right_wrong_and_unknown() {
        let mut rng = rng(1);
        let passwords = Passwords::new(&mut rng).unwrap();
        let password = Password::chosen("con trâu đi cày", "test", "Test").unwrap();
        let stored = passwords.hash(&password, &mut rng).unwrap();
        assert!(
            stored
                .to_stored()
                .starts_with("$argon2id$v=19$m=19456,t=2,p=1$"),
            "{}",
            stored.to_stored()
        );
        let stored = PasswordHash::from_stored(&stored.to_stored()).unwrap();
        // The same letters, typed with combining marks.
        let decomposed: String = "con trâu đi cày".nfd().collect();
        for right in ["con trâu đi cày", &decomposed] {
            assert!(
                !passwords
                    .check(&Password::offered(right).unwrap(), Some(&stored))
                    .unwrap()
            );
        }
        for (offered, stored) in [
            ("con trau di cay", Some(&stored)),
            ("", Some(&stored)),
            ("con trâu đi cày", None),
        ] {
            let offered = Password::offered(offered).unwrap();
            assert!(matches!(
                passwords.check(&offered, stored),
                Err(Error::WrongCredentials)
            ));
        }
        assert_eq!(format!("{stored:?}"), "PasswordHash");
    }

    #[test]
    fn old_parameters_ask_for_a_new_hash() {
        let mut rng = rng(2);
        let (old, new) = (
            Passwords::with_cost(8192, 1, &mut rng).unwrap(),
            Passwords::new(&mut rng).unwrap(),
        );
        let password = Password::offered("con trâu đi cày").unwrap();
        let stored = old.hash(&password, &mut rng).unwrap();
        assert!(new.check(&password, Some(&stored)).unwrap());
        assert!(!old.check(&password, Some(&stored)).unwrap());
    }

    #[test]
    fn stored_forms_that_are_not_ours() {
        let salt_and_hash = "c29tZXNhbHRzb21lc2FsdA$RdescudvJCsgt3ub+b4dWRWJTmaaJObG";
        let cases = [
            (
                format!("$argon2id$v=19$m=19456,t=2,p=1${salt_and_hash}"),
                true,
            ),
            (
                format!("$argon2id$v=19$m=4194304,t=2,p=1${salt_and_hash}"),
                false,
            ),
            (
                format!("$argon2id$v=19$m=19456,t=200,p=1${salt_and_hash}"),
                false,
            ),
            (
                format!("$argon2i$v=19$m=19456,t=2,p=1${salt_and_hash}"),
                false,
            ),
            ("$argon2id$v=19$m=19456,t=2,p=1".to_owned(), false),
            ("plain".to_owned(), false),
            (String::new(), false),
        ];
        for (text, want) in cases {
            assert_eq!(PasswordHash::from_stored(&text).is_ok(), want, "{text}");
        }
    }
}
