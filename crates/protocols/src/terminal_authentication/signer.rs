//! Who signs certificates, requests and answers to challenges.

use crypto::{CryptoRng, PrivateKey};

use super::algorithm::SignatureScheme;
use crate::Error;

/// A private key, wherever it lies: in memory, in a token, in another machine.
pub trait Signer {
    /// What can go wrong where the key lies.
    type Error: From<Error>;

    /// Signs a message. The scheme hashes it; ECDSA signatures are r ‖ s.
    ///
    /// # Errors
    /// When the key cannot be reached or refuses.
    fn sign(&mut self, scheme: SignatureScheme, message: &[u8]) -> Result<Vec<u8>, Self::Error>;
}

/// A key in memory.
pub struct InMemory<'a> {
    /// The key.
    pub key: &'a PrivateKey,
    /// Blinds RSA, salts PSS, hedges ECDSA.
    pub rng: &'a mut dyn CryptoRng,
}

impl Signer for InMemory<'_> {
    type Error = Error;

    fn sign(&mut self, scheme: SignatureScheme, message: &[u8]) -> Result<Vec<u8>, Error> {
        Ok(scheme.sign(self.key, message, self.rng)?)
    }
}
