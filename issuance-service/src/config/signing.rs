//! What opens the keys of document signers.

use std::path::{Path, PathBuf};

use crypto::SecretBytes;
use serde::{Deserialize, Serialize};

use super::serve::first_line;
use crate::Result;

/// `[signing]`. Relative paths start from the folder of the configuration.
///
/// ```toml
/// [signing]
/// secret-file = "/run/secrets/document-signer"
/// ```
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case", default)]
pub struct SigningConfig {
    /// The file with the password of the signers' key files, or the PIN of their token. A test issuer has none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub secret_file: Option<PathBuf>,
}

impl SigningConfig {
    pub(super) fn is_default(&self) -> bool {
        *self == Self::default()
    }

    pub(super) fn within(self, folder: &Path) -> Self {
        Self {
            secret_file: self.secret_file.map(|path| folder.join(path)),
        }
    }

    /// The secret: the first line of its file.
    ///
    /// # Errors
    /// [`crate::Error::File`].
    pub fn secret(&self) -> Result<SecretBytes> {
        self.secret_file
            .as_deref()
            .map_or_else(|| Ok(SecretBytes::from([])), first_line)
    }
}
