//! Personalisation keys.

use globalplatform::StaticKeys;

use super::Write;

/// A personalisation key set with its counters.
pub(crate) struct KeySet {
    pub(crate) keys: StaticKeys,
    /// Tries that are left ([PERSO-024]).
    pub(crate) tries: u8,
    /// Secure channels that were begun ([PERSO-022]).
    pub(crate) channel_counter: u32,
}

impl KeySet {
    /// A key set that was never used.
    pub(crate) const fn new(keys: StaticKeys, tries: u8) -> Self {
        Self {
            keys,
            tries,
            channel_counter: 0,
        }
    }

    pub(crate) const fn version(&self) -> u8 {
        self.keys.version()
    }

    pub(crate) fn to_write(&self) -> Write {
        Write::KeySet {
            version: self.version(),
            enc: self.keys.enc().into(),
            mac: self.keys.mac().into(),
            dek: self.keys.dek().into(),
            tries: self.tries,
            counter: self.channel_counter,
        }
    }

    pub(super) fn from_write(write: &Write) -> Option<Self> {
        let Write::KeySet {
            version,
            enc,
            mac,
            dek,
            tries,
            counter,
        } = write
        else {
            return None;
        };
        let keys = StaticKeys::new(*version, enc.to_secret(), mac.to_secret(), dek.to_secret());
        Some(Self {
            keys: keys.ok()?,
            tries: *tries,
            channel_counter: *counter,
        })
    }
}
