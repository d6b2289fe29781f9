//! What stops a station.

use enrolment::packet::{PacketError, RefusalReason, Role};
use uuid::Uuid;

/// What is wrong with the book of an outbox.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum BookFault {
    /// The first line that does not follow from the one before: it was altered, taken out or put in.
    #[error("is broken at line {0}: it was altered or copied together")]
    Line(u64),
    /// There is none.
    #[error("is gone: there is no file `book` in the folder")]
    Missing,
}

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
    /// The book does not tell what happened.
    #[error("the book of the outbox {0}")]
    BookBroken(BookFault),
    /// A packet in the outbox is not what was sealed.
    #[error("packet {packet} is damaged: its file is not what was sealed")]
    Damaged {
        /// The packet.
        packet: Uuid,
    },
    /// A file that somebody has brought is not the packet that it was said to be.
    #[error("the file that came as packet {packet} is cut short, altered, or another file")]
    OtherContent {
        /// What it was said to be.
        packet: Uuid,
    },
    /// What should be the address of the service is none.
    #[error(
        "the address of the service is `https://`, a host and perhaps a port, and nothing else"
    )]
    NoAddress,
    /// A file of the station's device folder holds no key or no certificate.
    #[error("{} holds no key or certificate in PEM", .0.display())]
    NoCertificate(std::path::PathBuf),
    /// A packet did not get through to the service, or the answer did not get back.
    #[error("packet {packet} did not get through")]
    NotSent {
        /// The packet.
        packet: Uuid,
        /// What the line says.
        #[source]
        source: Box<ureq::Error>,
    },
    /// Others before it did not get through: this one was not tried.
    #[error("packet {packet} was not tried: the line to the service is down")]
    LineDown {
        /// The packet.
        packet: Uuid,
    },
    /// The service has answered, and neither taken the packet nor refused it.
    #[error("the service does not take packet {packet} now: HTTP status {status}")]
    NotTaken {
        /// The packet.
        packet: Uuid,
        /// The status.
        status: u16,
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
    #[error("the service refuses packet {packet}: {}", why(*reason))]
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
            Self::BookBroken(_) => {
                "keep the outbox folder as it is, put back no older book, and report it; `station outbox send` still copies every packet \
                 that is in it; enrol at a new station (`station init` in another folder)"
            }
            Self::OtherContent { .. } => {
                "copy the packet from the station again (`station outbox send`); the station keeps it until a receipt comes"
            }
            Self::Damaged { .. } => {
                "keep the file, have the disk checked, and ask the person to come again if no receipt came"
            }
            Self::NoAddress => "write it as `--to https://register.example:8443`",
            Self::NoCertificate(_) => {
                "carry the folder of `issuance-service device issue --kind station` here once more, or name it with --device"
            }
            Self::NotSent { .. } | Self::LineDown { .. } => {
                "the packet is kept: look at the address and the line, then send again; without a line, `--to` takes a folder that is carried"
            }
            Self::NotTaken {
                status: 401 | 403, ..
            } => {
                "the packet is kept: the service must know this station's certificate (`issuance-service device list` there), and not have revoked it"
            }
            Self::NotTaken { .. } => {
                "the packet is kept: send again later; where it goes on, ask who runs the service"
            }
            Self::UnknownPacket { .. } => "take the receipt to the station that it belongs to",
            Self::Refused { reason, .. } => what_to_do(*reason),
            Self::OtherPacket { .. } => {
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

/// A refusal in words.
const fn why(reason: RefusalReason) -> &'static str {
    match reason {
        RefusalReason::Unreadable => "what came cannot be read, or is for another service",
        RefusalReason::UnknownKey => {
            "the key of the station, the operator or the supervisor is not registered there under this name"
        }
        RefusalReason::BadSignature => "a signature in it does not verify",
        RefusalReason::OtherPacket => "another file of the same id was taken before",
    }
}

const fn what_to_do(reason: RefusalReason) -> &'static str {
    match reason {
        RefusalReason::Unreadable => {
            "the packet is kept: send it again (`station outbox send`); if it is refused again, compare service.json with the service's"
        }
        RefusalReason::UnknownKey => {
            "the packet is kept: have the service register the key (`intake register`), then bring the same packet again"
        }
        RefusalReason::BadSignature => {
            "keep the packet and report it: it was altered, or made by another program"
        }
        RefusalReason::OtherPacket => {
            "keep the packet and ask the service: `intake list` shows what it has"
        }
    }
}
