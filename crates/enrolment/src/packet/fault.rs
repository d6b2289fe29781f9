//! What is wrong with a packet or a receipt, where, and what to do.

use super::{Digest, Role};

/// Why a packet cannot be sealed or opened, or a receipt does not hold.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum PacketError {
    /// The file does not begin as an age file does, or its header is longer than [`super::MAX_HEADER_BYTES`].
    #[error("not an enrolment packet: byte 0 does not begin an age file with a short header")]
    NotAPacket,
    /// The file is encrypted to another key, or the manifest names another service.
    #[error("the packet is for another service")]
    OtherService,
    /// What is encrypted was altered, cut short or badly copied.
    #[error("damaged: what ends at byte {at} of the file is not what was encrypted")]
    Damaged {
        /// How far the file was read.
        at: u64,
    },
    /// The content ends in the middle of something.
    #[error("{what} is cut off at byte {at} of the content")]
    Truncated {
        /// What is cut off.
        what: &'static str,
        /// Where the content ends.
        at: u64,
    },
    /// Something is not as the format has it.
    #[error("malformed {what} at byte {at} of the content")]
    Malformed {
        /// What it should be.
        what: &'static str,
        /// Where it begins.
        at: u64,
    },
    /// A packet of a later release.
    #[error("a packet of version {0}, which this release does not know")]
    UnknownVersion(u32),
    /// A limit of this module is exceeded.
    #[error("{what}: at most {limit}")]
    TooLarge {
        /// What there is too much of.
        what: &'static str,
        /// The limit.
        limit: u64,
    },
    /// The manifest says something that cannot be.
    #[error("manifest, {part}: {why}")]
    Manifest {
        /// The part of the manifest.
        part: &'static str,
        /// What is wrong with it.
        why: &'static str,
    },
    /// Signed by a key that is not known for this role.
    #[error("the key of the {role} is unknown: {key}")]
    UnknownKey {
        /// Whose key.
        role: Role,
        /// SHA-256 of its SubjectPublicKeyInfo.
        key: Digest,
    },
    /// The key is known under another name than the packet says.
    #[error("the {role} has another name in the packet than its key has here")]
    OtherName {
        /// Whose name.
        role: Role,
    },
    /// A signature does not verify.
    #[error("the signature of the {role} does not verify")]
    SignatureInvalid {
        /// Whose signature.
        role: Role,
    },
    /// An attachment is not the one that was signed.
    #[error("attachment {name} is not the one that was signed: its SHA-256 differs")]
    AttachmentDiffers {
        /// Its name in the manifest.
        name: String,
    },
    /// Something follows the last attachment.
    #[error("bytes follow the end of the packet at byte {at}")]
    TrailingBytes {
        /// Where.
        at: u64,
    },
    /// A receipt is not such text, or not in its one spelling.
    #[error("not a receipt of an enrolment service")]
    NotAReceipt,
    /// The signature of a receipt does not verify.
    #[error("the receipt is not signed by the service that this station knows")]
    ReceiptInvalid,
    /// A key in text, or a key file, cannot be read.
    #[error("malformed {0}")]
    MalformedKey(&'static str),
    /// The password does not open a key file, or the file was altered.
    #[error("wrong password, or a damaged key file")]
    PasswordWrong,
    /// The caller asks for something that is not possible.
    #[error("{0}")]
    Misuse(&'static str),
    /// Reading or writing failed.
    #[error("reading or writing failed")]
    Io(#[from] std::io::Error),
    /// A key cannot sign.
    #[error(transparent)]
    Crypto(#[from] crypto::Error),
}

impl PacketError {
    /// What whoever holds the packet should do.
    #[must_use]
    pub fn advice(&self) -> &'static str {
        match self {
            Self::NotAPacket => "take the file from the station's outbox or from the stick again",
            Self::OtherService => "bring the packet to the service whose key the station was given",
            Self::Damaged { .. } | Self::Truncated { .. } | Self::TrailingBytes { .. } => {
                "copy the packet from the station again; the station keeps it until a receipt comes"
            }
            Self::UnknownVersion(_) => "update this program, then take the packet in again",
            Self::UnknownKey { .. } => {
                "register the key of this station or person, then take the packet in again"
            }
            Self::OtherName { .. } => {
                "compare the key files of the service with those of the station"
            }
            Self::ReceiptInvalid => {
                "ask the service for its receipts again, or compare its key with the station's"
            }
            Self::NotAReceipt => {
                "take the files that end in .receipt as the service has written them"
            }
            Self::PasswordWrong => {
                "type the password of this key; without it the key cannot be opened"
            }
            Self::MalformedKey(_) => "take the key file as the program has written it",
            Self::Io(_) => "check the disk or the stick; nothing is left half-written",
            Self::TooLarge { .. } => "take pictures with fewer pixels, or fewer papers",
            Self::Malformed { .. }
            | Self::Manifest { .. }
            | Self::SignatureInvalid { .. }
            | Self::AttachmentDiffers { .. } => {
                "keep the file and ask who runs the station: it was made by another program or altered"
            }
            Self::Misuse(_) | Self::Crypto(_) => {
                "this is a fault of the program or its keys: report it"
            }
        }
    }
}
