//! What a transaction consists of.

use serde::{Deserialize, Serialize};

use super::Octets;

/// One change of the memory, as the journal keeps it.
///
/// Stored chips must load for as long as there are any: variants and fields are added, never changed.
#[derive(Serialize, Deserialize)]
#[serde(tag = "write", rename_all = "kebab-case", deny_unknown_fields)]
pub(crate) enum Write {
    /// The chip comes into being, or is rewritten as it is. First in every journal.
    Chip {
        /// Format of the journal: 1.
        format: u8,
        serial: Octets,
        state: u8,
    },
    /// The life cycle goes on.
    State { code: u8 },
    /// A key set is put, in the place of another of its role.
    KeySet {
        version: u8,
        enc: Octets,
        mac: Octets,
        dek: Octets,
        tries: u8,
        counter: u32,
    },
    /// A key set is destroyed.
    DestroyKeySet { version: u8 },
    /// Tries that are left.
    Tries { version: u8, left: u8 },
    /// Channel counter of SCP03.
    ChannelCounter { version: u8, value: u32 },
    /// A generated key pair, in the place of another of its purpose and key id. Law 0100 kept every key so; now those that
    /// sign.
    Key {
        purpose: u8,
        key_id: Option<u8>,
        hash: Option<String>,
        pkcs8: Octets,
    },
    /// A generated key pair of chip authentication over standardised domain parameters, in the place of another of its key id.
    AgreementKey {
        key_id: Option<u8>,
        domain: u8,
        secret: Octets,
    },
    /// All generated keys are destroyed.
    DestroyKeys,
    /// Counter of the last receipt.
    ReceiptCounter { value: u32 },
    /// A job is opened; its files are empty octets.
    Job {
        uuid: Octets,
        digest: Octets,
        manifest: Octets,
        security_infos: Octets,
        bac: bool,
        mrz_seed: Option<Octets>,
        can: Option<Octets>,
    },
    /// A password of the job that has a retry counter.
    CountedPassword {
        reference: u8,
        secret: Octets,
        start: u8,
        left: u8,
    },
    /// Tries that a password has left.
    Retries { reference: u8, left: u8 },
    /// What the job gives for terminal authentication.
    TerminalTrust {
        points: Octets,
        document_number: Option<Octets>,
    },
    /// Trust points and date move on, together.
    TrustPoints { points: Octets },
    /// Job, passwords, trust points and files are destroyed.
    DestroyJob,
    /// Octets of a file.
    File {
        file: String,
        at: usize,
        octets: Octets,
    },
    /// All of a file, which a laboratory may have made longer or shorter than the manifest says.
    Content {
        file: String,
        mark: usize,
        octets: Octets,
    },
    /// Octets from the start of a file that are known to be written.
    Mark { file: String, octets: usize },
    /// The receipt of COMMIT, to be given again.
    CommitReceipt { counter: u32, cmac: Octets },
}

impl Write {
    /// Whether something must not stay readable in the journal ([PERSO-044], [PERSO-083], [PERSO-084]).
    pub(crate) const fn destroys_secrets(&self) -> bool {
        matches!(
            self,
            Self::KeySet { .. }
                | Self::DestroyKeySet { .. }
                | Self::Key { .. }
                | Self::AgreementKey { .. }
                | Self::DestroyKeys
                | Self::DestroyJob
        )
    }
}
