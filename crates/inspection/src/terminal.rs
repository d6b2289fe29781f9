//! What a terminal brings along to be let at fingers and irises, and what became of it (Doc 9303-11 §7.1).

use core::error::Error;

use protocols::terminal_authentication::terminal::Path;
use protocols::terminal_authentication::{
    Certificate, Chat, HolderReference, Rights, Role, SignatureScheme,
};

/// A terminal with a key that document verifiers have certified.
#[derive(Clone, Copy)]
pub struct Terminal<'a> {
    /// Links, document verifiers' certificates and the terminal's own, in any order.
    pub certificates: &'a [Certificate],
    /// The name of the terminal's key.
    pub name: &'a HolderReference,
    /// The key.
    pub key: &'a dyn TerminalKey,
}

/// A terminal's private key, wherever it lies.
pub trait TerminalKey {
    /// Signs a message by this scheme; ECDSA signatures are r ‖ s.
    ///
    /// # Errors
    /// When the key cannot be reached or refuses. The report says so, and says nothing against the document.
    fn sign(
        &self,
        scheme: SignatureScheme,
        message: &[u8],
    ) -> Result<Vec<u8>, Box<dyn Error + Send + Sync>>;
}

impl Terminal<'_> {
    /// What PACE tells the chip that the terminal wants: what its own certificates allow.
    pub(crate) fn authorization(&self) -> Chat {
        let own = self
            .certificates
            .iter()
            .filter(|certificate| certificate.body().holder == *self.name);
        let rights = own
            .map(|certificate| certificate.body().authorization.rights())
            .fold(Rights::default(), |all, one| Rights {
                fingers: all.fingers || one.fingers,
                irises: all.irises || one.irises,
            });
        Chat::inspection_system(Role::Terminal, rights)
    }
}

/// The certificates that were shown to a chip, and what it made of them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TerminalAuthentication {
    /// Links, the document verifier's, the terminal's, in the order in which they were shown.
    pub certificates: Vec<Certificate>,
    /// What all of them allow together, when the chip accepted them and the terminal's proof; `None` when it did not. The
    /// authority that the chip trusts may allow less.
    pub rights: Option<Rights>,
}

impl TerminalAuthentication {
    /// Shown, and not accepted yet.
    pub(crate) fn shown(path: &Path<'_>) -> Self {
        Self {
            certificates: path.certificates().iter().copied().cloned().collect(),
            rights: None,
        }
    }

    /// The chip has accepted them: for these rights.
    pub(crate) fn accept(&mut self) -> Rights {
        let each = self.certificates.iter();
        let each = each.map(|certificate| certificate.body().authorization.rights());
        let rights = each.fold(Rights::ALL, Rights::and);
        self.rights = Some(rights);
        rights
    }
}
