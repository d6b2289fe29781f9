//! The keys that a service takes packets from.

use std::collections::BTreeMap;

use crypto::PublicKey;

use super::{Digest, PacketError, Role, key_id};

/// Known keys by role. A key is known under one name; who leaves is taken out.
#[derive(Debug, Clone, Default)]
pub struct KeyRing(BTreeMap<(Role, Digest), (String, PublicKey)>);

impl KeyRing {
    /// No keys.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a key.
    ///
    /// # Errors
    /// [`PacketError::Misuse`] for a key that is not on P-256.
    pub fn add(
        &mut self,
        role: Role,
        name: impl Into<String>,
        key: PublicKey,
    ) -> Result<Digest, PacketError> {
        let id = key_id(&key)?;
        self.0.insert((role, id), (name.into(), key));
        Ok(id)
    }

    /// The key of a role that is known under this name.
    pub(super) fn find(
        &self,
        role: Role,
        key: Digest,
        name: &str,
    ) -> Result<&PublicKey, PacketError> {
        let (known, found) = self
            .0
            .get(&(role, key))
            .ok_or(PacketError::UnknownKey { role, key })?;
        (known == name)
            .then_some(found)
            .ok_or(PacketError::OtherName { role })
    }
}
