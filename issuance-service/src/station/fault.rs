//! What stops a station.

use enrolment::packet::{PacketError, RefusalReason, Role};
use uuid::Uuid;

/// Why a station did not do what it was asked for.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum StationError {
    /// The disk has no room for one more person, or cannot be written.
    #[error("the disk has no room for one more person: {needed} bytes cannot be written")]
    NoRoom {
        /// What was tried.
        needed: u64,
        /// What the operating system says.
        #[source]
        source: std::io::Error,
    },
    /// So many packets wait that no more are made.
    #[error("{waiting} packets wait for a receipt; the limit of this station is {limit}")]
    TooManyWaiting {
        /// Packets without a receipt.
        waiting: u64,
        /// The limit.
        limit: u64,
    },
    /// A line of the book was altered, taken out or put in.
    #[error("the book of the outbox is broken at line {line}: it was altered or copied together")]
    BookBroken {
        /// The first line that does not follow from the one before.
        line: u64,
    },
    /// A packet in the outbox is not what was sealed.
    #[error("packet {packet} is damaged: its file is not what was sealed")]
    Damaged {
        /// The packet.
        packet: Uuid,
    },
    /// There is no such packet.
    #[error("packet {packet} is not one of this station")]
    UnknownPacket {
        /// The packet.
        packet: Uuid,
    },
    /// A receipt is about another file of the same id.
    #[error("the receipt of packet {packet} is about another file")]
    OtherPacket {
        /// The packet.
        packet: Uuid,
    },
    /// The service has not taken a packet.
    #[error("the service refuses packet {packet}: {reason:?}")]
    Refused {
        /// The packet.
        packet: Uuid,
        /// Why.
        reason: RefusalReason,
    },
    /// A packet is not in the state that the change begins with.
    #[error("packet {packet} has no receipt: it is kept")]
    NotAcknowledged {
        /// The packet.
        packet: Uuid,
    },
    /// There is no draft of this id, or a part of it is gone.
    #[error("there is no draft {draft}")]
    UnknownDraft {
        /// The draft.
        draft: Uuid,
    },
    /// A draft is longer than anything that could be meant.
    #[error("a draft has at most {limit} bytes")]
    DraftTooLong {
        /// The limit.
        limit: u64,
    },
    /// Nobody of this name has a key here.
    #[error("{name} has no key as {role} at this station")]
    UnknownPerson {
        /// The role.
        role: Role,
        /// The name.
        name: String,
    },
    /// People whose pictures no check has seen are not sealed here.
    #[error("this station seals nobody whose pictures it has not measured")]
    Unmeasured,
    /// A key does not open, or cannot be kept.
    #[error(transparent)]
    Key(#[from] key_store::Error),
    /// A packet, a draft or a receipt.
    #[error(transparent)]
    Packet(#[from] PacketError),
}

impl StationError {
    /// What to do.
    #[must_use]
    pub fn advice(&self) -> &'static str {
        match self {
            Self::NoRoom { .. } => {
                "enrol nobody before there is room: send the outbox and take its receipts, or free the disk; nothing is left half-written"
            }
            Self::TooManyWaiting { .. } => {
                "send the outbox, then take in its receipts (`station outbox send`, `station outbox receipts`)"
            }
            Self::BookBroken { .. } => {
                "keep the folder as it is and report it; send the packets that are left"
            }
            Self::Damaged { .. } => {
                "keep the file, have the disk checked, and ask the person to come again if no receipt came"
            }
            Self::UnknownPacket { .. } => "take the receipt to the station that it belongs to",
            Self::OtherPacket { .. } | Self::Refused { .. } => {
                "keep the packet and ask the service: `intake list` shows what it has"
            }
            Self::NotAcknowledged { .. } => "take in its receipt first (`station outbox receipts`)",
            Self::UnknownDraft { .. } => "begin this person anew",
            Self::DraftTooLong { .. } => "take pictures with fewer pixels, or fewer papers",
            Self::UnknownPerson { .. } => "`station operator add` makes such a key",
            Self::Unmeasured => {
                "use `station enrol`; pictures that were checked elsewhere need `seal-unmeasured = true` in station.toml"
            }
            Self::Key(_) => "check the password and the key files of the station",
            Self::Packet(error) => error.advice(),
        }
    }
}
