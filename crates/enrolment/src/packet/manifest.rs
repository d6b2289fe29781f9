//! What a packet says of itself and of one person.

use core::fmt;
use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use time::OffsetDateTime;
use uuid::Uuid;

use super::{Digest, MAX_MANIFEST_BYTES, PacketError, VERSION, manifest_rules};

/// The manifest. Fields are added by a new version, never changed.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Manifest {
    /// [`VERSION`].
    pub version: u32,
    /// The packet: drawn when the person sat down, the same through every crash.
    pub packet: Uuid,
    /// The recipient that the packet is encrypted to, as text: nobody can pass a signed packet on to another service.
    pub service: String,
    /// When it was sealed, by the clock of the station.
    #[serde(with = "time::serde::rfc3339")]
    pub sealed_at: OffsetDateTime,
    /// What the station knows of its clock.
    pub clock: Clock,
    /// Which machine.
    pub station: StationEntry,
    /// Who enrolled.
    pub operator: Party,
    /// Who released what was overridden; nobody where nothing was.
    pub supervisor: Option<Party>,
    /// The issuer profile that the record was made for.
    pub profile: String,
    /// The texts of the record by the words of its fields.
    pub fields: BTreeMap<String, String>,
    /// The card access number, where the issuer prints one of its own choice.
    pub can: Option<String>,
    /// Fingers that gave no print.
    pub missing_fingers: Vec<MissingFinger>,
    /// The files, in the order in which they follow.
    pub attachments: Vec<AttachmentEntry>,
    /// The devices of the station that were used.
    pub devices: Vec<Device>,
    /// Every try, good or not.
    pub tries: Vec<Try>,
    /// What was let through against a rule.
    pub overrides: Vec<Override>,
}

/// A person with a key.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Party {
    /// The name under which the key is known.
    pub name: String,
    /// SHA-256 of the key's SubjectPublicKeyInfo.
    pub key: Digest,
}

/// The machine.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct StationEntry {
    /// The name under which its key is known.
    pub name: String,
    /// SHA-256 of the key's SubjectPublicKeyInfo.
    pub key: Digest,
    /// The program and its version.
    pub software: String,
    /// The last line of the station's book when the packet was sealed, so that a shortened book is seen at the service.
    pub book: Option<Anchor>,
}

/// A line of a chained book.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Anchor {
    /// Its number, from 1.
    pub line: u64,
    /// Its link, hexadecimal.
    pub link: String,
}

/// What a station knows of its clock.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Clock {
    /// Set by a time service since the machine was started.
    Synchronised,
    /// Not known to be set by anybody.
    Unsynchronised,
    /// It shows less than it has shown before.
    Behind,
}

/// What an attachment, a try or an override is about.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Subject {
    /// The face.
    Portrait,
    /// A finger by its word, such as `right-index`.
    Finger(String),
    /// Four fingers at once, or two thumbs: `right-four`, `left-four`, `thumbs`.
    Slap(String),
    /// An eye: `right` or `left`.
    Iris(String),
    /// A paper by its kind, such as `birth-certificate`.
    Document(String),
    /// The holder's signature.
    Signature,
    /// A field of the record by its word.
    Field(String),
}

/// What an attachment is there for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Purpose {
    /// It is the picture of the record.
    Record,
    /// It shows where the record comes from: the frame as the camera gave it, a slap, a paper.
    Evidence,
}

/// A file of the packet.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AttachmentEntry {
    /// Its name: small letters, digits, `.`, `-`, `_`.
    pub name: String,
    /// What it shows.
    pub subject: Subject,
    /// What it is there for.
    pub purpose: Purpose,
    /// Media type, such as `image/png`.
    pub media_type: String,
    /// Its length in bytes.
    pub length: u64,
    /// Its hash.
    pub sha256: Digest,
}

/// A finger without a print.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MissingFinger {
    /// The word of the finger.
    pub finger: String,
    /// The word of the reason.
    pub reason: String,
}

/// A camera, a scanner, a folder.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Device {
    /// Who made it.
    pub maker: String,
    /// Its model.
    pub model: String,
    /// Its serial number, if it tells.
    pub serial: Option<String>,
    /// Its driver or the program that wrote the file.
    pub software: Option<String>,
}

/// One try to capture something.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Try {
    /// What was to be captured.
    pub subject: Subject,
    /// The number of the try for this subject, from 1.
    pub number: u16,
    /// When.
    #[serde(with = "time::serde::rfc3339")]
    pub at: OffsetDateTime,
    /// The device: its place in [`Manifest::devices`].
    pub device: Option<u16>,
    /// What was measured.
    pub quality: Vec<Quality>,
    /// The rules that it broke.
    pub findings: Vec<String>,
    /// What became of it.
    pub outcome: Outcome,
}

/// A measure and its score.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Quality {
    /// The measure by its id: `NFIQ2`, `UnifiedQualityScore`, `Sharpness`.
    pub measure: String,
    /// 0 to 100; 255 where it could not be measured (ISO 29794-1).
    pub score: u8,
}

/// What became of a try.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Outcome {
    /// Taken: every rule was kept.
    Accepted,
    /// Taken against a rule; there is an override for it.
    Overridden,
    /// Not taken.
    Rejected,
}

/// Something that was let through against a rule.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Override {
    /// The rule by its word.
    pub rule: String,
    /// What it is about.
    pub subject: Subject,
    /// Why, in the words of who asked for it.
    pub reason: String,
    /// When it was released.
    #[serde(with = "time::serde::rfc3339")]
    pub at: OffsetDateTime,
}

impl Manifest {
    /// The bytes that are signed.
    ///
    /// # Errors
    /// [`PacketError::Manifest`], [`PacketError::TooLarge`] for what [`Self::parse`] would not take.
    pub fn to_bytes(&self) -> Result<Vec<u8>, PacketError> {
        manifest_rules::check(self)?;
        let bytes = self.write()?;
        if bytes.len() > MAX_MANIFEST_BYTES {
            return Err(too_long());
        }
        Ok(bytes)
    }

    /// Reads the bytes; whether somebody signed them is another question.
    ///
    /// # Errors
    /// [`PacketError::Malformed`], with the place in these bytes, also for another spelling of the same; [`PacketError::UnknownVersion`];
    /// [`PacketError::Manifest`]; [`PacketError::TooLarge`].
    pub fn parse(bytes: &[u8]) -> Result<Self, PacketError> {
        if bytes.len() > MAX_MANIFEST_BYTES {
            return Err(too_long());
        }
        let manifest: Self = serde_json::from_slice(bytes).map_err(|error| {
            later_version(bytes).map_or_else(
                || PacketError::Malformed {
                    what: "manifest",
                    at: place(bytes, &error),
                },
                PacketError::UnknownVersion,
            )
        })?;
        if manifest.version != VERSION {
            return Err(PacketError::UnknownVersion(manifest.version));
        }
        manifest_rules::check(&manifest)?;
        let again = manifest.write()?;
        if again != bytes {
            let same = again.iter().zip(bytes).take_while(|(a, b)| a == b).count();
            return Err(PacketError::Malformed {
                what: "manifest: not in its one spelling",
                at: u64::try_from(same).unwrap_or_default(),
            });
        }
        Ok(manifest)
    }

    fn write(&self) -> Result<Vec<u8>, PacketError> {
        serde_json::to_vec(self).map_err(|_| PacketError::Manifest {
            part: "time",
            why: "a year has four digits",
        })
    }
}

impl fmt::Debug for Manifest {
    /// How much there is, not what: a person's data do not belong into logs.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Manifest")
            .field("packet", &self.packet)
            .field("fields", &self.fields.len())
            .field("attachments", &self.attachments.len())
            .field("tries", &self.tries.len())
            .field("overrides", &self.overrides.len())
            .finish_non_exhaustive()
    }
}

const fn too_long() -> PacketError {
    PacketError::TooLarge {
        what: "bytes of a manifest",
        limit: MAX_MANIFEST_BYTES as u64,
    }
}

/// The version of something that has one and is not ours.
fn later_version(bytes: &[u8]) -> Option<u32> {
    #[derive(Deserialize)]
    struct Versioned {
        version: u32,
    }
    let versioned: Versioned = serde_json::from_slice(bytes).ok()?;
    (versioned.version != VERSION).then_some(versioned.version)
}

/// Line and column of a JSON error as a place.
fn place(bytes: &[u8], error: &serde_json::Error) -> u64 {
    let before: usize = bytes
        .split_inclusive(|byte| *byte == b'\n')
        .take(error.line().saturating_sub(1))
        .map(<[u8]>::len)
        .sum();
    let place = before + error.column().saturating_sub(1);
    u64::try_from(place.min(bytes.len())).unwrap_or_default()
}
