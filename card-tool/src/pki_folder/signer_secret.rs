//! The secret that opens a signer's key.

use std::path::Path;

use anyhow::Result;
use crypto::SecretBytes;

use crate::input::{Asking, SecretSource};

/// Where the secret of a signer's key comes from.
pub struct SignerSecretSource<'a> {
    /// A file that was named.
    pub file: Option<&'a Path>,
    /// Whom to ask.
    pub asking: Asking,
    /// Whether the key is being made.
    pub new: bool,
}

impl SignerSecretSource<'_> {
    /// The secret.
    pub fn ask(&self) -> Result<SecretBytes> {
        SecretSource {
            file: self.file,
            option: "--signer-secret-file",
            variable: "CARD_SIGNER_SECRET",
            prompt: "Secret of the signer's key",
            twice: self.new,
        }
        .ask(self.asking)
    }
}
