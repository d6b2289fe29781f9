//! What a reader takes along to the border: links, the document verifier's certificate, its own. The key stays where it lies.

use protocols::terminal_authentication::terminal::Path;
use protocols::terminal_authentication::{
    AuthorityReference, Certificate, Date, HolderReference, Role, VerificationKey,
};

use crate::certificate_row::{self, invalid};
use crate::error::{Refused, Result};

/// The certificates of a terminal.
#[derive(Debug, Clone)]
pub struct TerminalCredentials {
    certificates: Vec<Certificate>,
    /// The last of them.
    terminal: Certificate,
}

impl TerminalCredentials {
    /// Reads the file that an inspection system exports: links, verifier, terminal last. Signatures are the chips' to verify.
    ///
    /// # Errors
    /// [`crate::Error::Unreadable`], [`crate::Error::TooLong`]; [`Refused::Content`] when the last is no terminal's.
    pub fn read(file: &[u8]) -> Result<Self> {
        Self::new(certificate_row::read(file)?)
    }

    /// # Errors
    /// As [`Self::read`].
    pub(crate) fn new(certificates: Vec<Certificate>) -> Result<Self> {
        let terminal = certificates
            .last()
            .filter(|last| last.body().authorization.role() == Role::Terminal)
            .ok_or(Refused::Content("a terminal's certificate at its end"))?
            .clone();
        Ok(Self {
            terminal,
            certificates,
        })
    }

    /// The file.
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        certificate_row::write(&self.certificates)
    }

    /// The certificates.
    #[must_use]
    pub fn certificates(&self) -> &[Certificate] {
        &self.certificates
    }

    /// The name of the terminal's key.
    #[must_use]
    pub const fn terminal(&self) -> &HolderReference {
        &self.terminal.body().holder
    }

    /// The certificates for a chip that trusts these authorities.
    ///
    /// # Errors
    /// [`NoChain`](protocols::terminal_authentication::CertificateFault::NoChain) when none lead from there to the terminal, or they have expired.
    pub fn path(&self, trusted: &[AuthorityReference], today: Date) -> Result<Path<'_>> {
        Ok(Path::find(
            trusted,
            &self.certificates,
            self.terminal(),
            today,
        )?)
    }

    /// Whether a key is the terminal's: to be asked before a card is, which would count the failure.
    ///
    /// # Errors
    /// [`Refused::OtherKey`]; [`crate::Error::Certificate`] for a point that is on no curve of the key's.
    pub fn check_key(&self, key: &VerificationKey) -> Result<()> {
        let certified = self
            .terminal
            .body()
            .key
            .under(key)
            .map_err(|fault| invalid(&self.terminal, fault))?;
        if certified == *key {
            Ok(())
        } else {
            Err(Refused::OtherKey.into())
        }
    }
}
