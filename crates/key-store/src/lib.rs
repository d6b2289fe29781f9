//! Where private keys live, and how often they were used.
//!
//! * A [`KeyLocation`] names a key: a PKCS#8 file, or an object on a PKCS#11 token (RFC 7512). [`generate`], [`open`] and
//!   [`destroy`] do the same for both; what comes back is a [`Signer`].
//! * A [`KeyProfile`] is a kind of key by a word: `rsa-pss-3072`, `ecdsa-brainpoolP256r1`.
//! * A [`UsageLedger`] counts what a key signs, before it signs, across threads, processes and crashes.
//! * A [`SignerRing`] is the folder of an issuer's document signers, from the first document of a key to its deletion; a [`RevocationList`]
//!   says which of them may sign no more.
//!
//! Files and tokens are opened here and nowhere below; time and randomness are arguments.

mod error;
pub mod file;
mod ledger;
pub mod location;
pub mod pkcs11;
pub mod profile;
pub mod regular_file;
pub mod revocation;
mod ring;
pub mod whole_file;

use std::sync::Arc;

use crypto::{CryptoRng, PublicKey, SecretBytes};
use pki::Signer;

pub use error::{Error, Result, RingFault};
pub use ledger::{LedgerState, LedgerStatus, UsageLedger, key_identifier};
pub use location::{KeyLocation, TokenUri};
pub use profile::KeyProfile;
pub use revocation::{RevocationFault, RevocationList};
pub use ring::{
    Entry, NewSigner, Retirement, RetirementOrder, SignerRing, SuccessorDue, SuccessorPolicy,
};

/// Makes a key where there is none: on a token sensitive and not extractable, in a file encrypted under the secret (plain
/// where the secret is empty, for tests).
///
/// # Errors
/// [`pki::KeyStoreFault::KeyExists`]; [`pki::KeyStoreFault::NotOffered`] when a token has no such keys; whatever else the
/// place answers.
pub fn generate(
    location: &KeyLocation,
    profile: &KeyProfile,
    secret: &SecretBytes,
    rng: &mut dyn CryptoRng,
) -> Result<Arc<dyn Signer>> {
    Ok(match location {
        KeyLocation::File(path) => Arc::new(file::generate(path, profile, secret, rng)?),
        KeyLocation::Token(uri) => Arc::new(pkcs11::generate(uri, profile, secret, rng)?),
    })
}

/// Opens a key. The secret is the password of a file or the PIN of a token; a PIN that the token refuses is not sent again.
///
/// # Errors
/// [`pki::KeyStoreFault::KeyNotFound`], [`pki::KeyStoreFault::PasswordIncorrect`], [`pki::KeyStoreFault::PinIncorrect`],
/// [`pki::KeyStoreFault::KeyOfAnotherKind`]; whatever else the place answers.
pub fn open(
    location: &KeyLocation,
    profile: &KeyProfile,
    secret: &SecretBytes,
    rng: &mut dyn CryptoRng,
) -> Result<Arc<dyn Signer>> {
    Ok(match location {
        KeyLocation::File(path) => Arc::new(file::open(path, profile, secret, rng)?),
        KeyLocation::Token(uri) => Arc::new(pkcs11::TokenSigner::of(uri, profile, secret)?),
    })
}

/// Looks whether the private key of a public key is at this place. To be asked before a key is destroyed: a place says
/// nothing about what somebody has put there since.
///
/// # Errors
/// [`pki::KeyStoreFault::KeyNotFound`]; [`pki::KeyStoreFault::KeyOfAnotherKind`] for another key; otherwise as [`open`].
pub fn look_for(
    location: &KeyLocation,
    profile: &KeyProfile,
    public: &PublicKey,
    secret: &SecretBytes,
) -> Result<()> {
    let found = match location {
        KeyLocation::File(path) => file::load(path, secret)?.public(),
        KeyLocation::Token(uri) => pkcs11::TokenSigner::of(uri, profile, secret)?
            .public_key()
            .clone(),
    };
    if found == *public {
        Ok(())
    } else {
        Err(pki::KeyStoreFault::KeyOfAnotherKind.into())
    }
}

/// Destroys a key and shows that it is gone: a file is overwritten and removed, an object of a token destroyed and looked
/// for. A file needs no secret for that.
///
/// # Errors
/// [`pki::KeyStoreFault::KeyNotFound`]; [`pki::KeyStoreFault::KeyNotDestroyed`] when it is still there; whatever else the
/// place answers.
pub fn destroy(location: &KeyLocation, secret: &SecretBytes) -> Result<()> {
    match location {
        KeyLocation::File(path) => file::destroy(path),
        KeyLocation::Token(uri) => pkcs11::destroy(uri, secret),
    }
}

/// The same where it is written down that this was begun before: a file may be half overwritten.
///
/// # Errors
/// As [`destroy`].
pub fn destroy_further(location: &KeyLocation, secret: &SecretBytes) -> Result<()> {
    match location {
        KeyLocation::File(path) => file::destroy_further(path),
        KeyLocation::Token(uri) => pkcs11::destroy(uri, secret),
    }
}
