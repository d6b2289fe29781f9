//! The enrolment packet: what leaves the station, in one file.
//!
//! ```text
//! packet file = age file (age-encryption.org/v1) to the X25519 key of one service
//!   └─ content = "enrolment-packet 1\n" · length of manifest u32 · length of signatures u32
//!                · manifest, JSON · signatures, JSON · the attachments, in the order of the manifest
//! ```
//!
//! * The [`Manifest`] says what, who, when, with which device, every try and its quality, and overrides with their reason.
//!   It names each attachment with its length and SHA-256, and the one service that the packet is for.
//! * The station, the operator and, where something was overridden, a supervisor each sign the SHA-256 of the manifest with
//!   ECDSA on P-256. A signature is bound to its [`Role`].
//! * [`seal`] writes a packet as a stream. [`open`] checks everything there is and yields an [`OpenedPacket`]; [`open_into`]
//!   does so without keeping the attachments in memory.
//! * A [`SignedReceipt`] is the service's answer: which packet, by id and SHA-256 of its file, and what became of it.
//!
//! One spelling: what was read is written again and compared, so that two files never mean the same manifest. Bytes of
//! strangers cost bounded memory: lengths are believed only as far as bytes come.
//!
//! The age library draws the keys of a file from the operating system by itself; nothing else here does.

mod digest;
mod envelope;
mod fault;
mod key_ring;
mod manifest;
mod manifest_rules;
mod open;
mod receipt;
mod record;
mod seal;
mod signing;

pub use digest::Digest;
pub use envelope::{Identity, Recipient, decrypt, encrypt, lock_identity, unlock_identity};
pub use fault::PacketError;
pub use key_ring::KeyRing;
pub use manifest::{
    Anchor, AttachmentEntry, Clock, Device, Manifest, MissingFinger, Outcome, Override, Party,
    Purpose, Quality, StationEntry, Subject, Try,
};
pub use open::{AttachmentSink, OpenedPacket, VerifiedPacket, open, open_into};
pub use receipt::{Receipt, RefusalReason, SignedReceipt, Status};
pub use record::{finger_position, finger_word};
pub use seal::{Attachment, SealedPacket, Signers, seal};
pub use signing::{PacketSigner, Role, key_id};

/// The version of the format, in the first line and in the manifest.
pub const VERSION: u32 = 1;
/// Longest packet file.
pub const MAX_PACKET_BYTES: u64 = 96 << 20;
/// Longest attachment: the file of a 50-megapixel camera fits.
pub const MAX_ATTACHMENT_BYTES: u64 = 32 << 20;
/// Most attachments: a portrait, ten fingers, two irises, their originals and a family's papers.
pub const MAX_ATTACHMENTS: usize = 64;
/// Longest manifest.
pub const MAX_MANIFEST_BYTES: usize = 512 << 10;
/// Longest block of signatures: three of P-256 in hexadecimal.
pub const MAX_SIGNATURES_BYTES: usize = 1024;
/// Most tries of one person.
pub const MAX_TRIES: usize = 500;
/// Most measures of one try: ISO 29794-5 has about thirty.
pub const MAX_MEASURES: usize = 64;
/// Most devices of one station.
pub const MAX_DEVICES: usize = 16;
/// Most overrides of one person.
pub const MAX_OVERRIDES: usize = 64;
/// Most fields.
pub const MAX_FIELDS: usize = 128;
/// Longest text of a field or a reason, in bytes.
pub const MAX_TEXT_BYTES: usize = 2048;
/// Longest name of a person, a device, a rule, an attachment, in bytes.
pub const MAX_NAME_BYTES: usize = 200;
/// Longest header of an age file: one recipient takes 200 bytes, what the library adds to keep readers honest some hundreds.
pub const MAX_HEADER_BYTES: usize = 8 << 10;
/// Longest receipt.
pub const MAX_RECEIPT_BYTES: usize = 2048;
