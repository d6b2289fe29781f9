//! From a person who was enrolled to a packet on the disk.

mod told;

use std::collections::BTreeMap;

use crypto::{CryptoRng, HashAlgorithm};
use enrolment::packet::{
    Attachment, Device, Digest, Manifest, MissingFinger, Override, Party, Purpose, SealedPacket,
    Signers, StationEntry, Subject, Try, VERSION, finger_word, seal,
};
use enrolment::{HolderRecord, Print};
use time::OffsetDateTime;
use uuid::Uuid;

use super::outbox::Put;
use super::{PersonKey, Station, StationError, clock};
use crate::Result;
pub(super) use told::Told;

/// A person who was enrolled.
pub struct Enrolment<'a> {
    /// The id of the draft, or [`Enrolment::id_of`] something that never changes: the same person again is no second packet.
    pub id: Uuid,
    /// The issuer profile.
    pub profile: &'a str,
    /// The record with its pictures.
    pub record: &'a HolderRecord,
    /// What shows where the record comes from: frames, slaps, papers.
    pub evidence: Vec<Attachment<'a>>,
    /// The devices that were used.
    pub devices: Vec<Device>,
    /// Every try.
    pub tries: Vec<Try>,
}

/// What a supervisor has let through, and who.
pub struct Release<'a> {
    /// Who released it: another person than the operator.
    pub supervisor: &'a PersonKey,
    /// What.
    pub overrides: Vec<Override>,
}

/// A person whose packet is on the disk.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sealed {
    /// Sealed now.
    Now(SealedPacket),
    /// Sealed before, by a call that was interrupted or repeated: nothing was made. The SHA-256 is that of the first packet.
    Before(Uuid, Digest),
}

impl Sealed {
    /// The packet.
    #[must_use]
    pub const fn id(&self) -> Uuid {
        match self {
            Self::Now(sealed) => sealed.id,
            Self::Before(id, _) => *id,
        }
    }

    /// SHA-256 of its file.
    #[must_use]
    pub const fn digest(&self) -> Digest {
        match self {
            Self::Now(sealed) => sealed.digest,
            Self::Before(_, digest) => *digest,
        }
    }
}

impl Enrolment<'_> {
    /// The id of a person who comes from files: it follows from the station and their content, so that the same files again are the
    /// same packet, whatever crashed (RFC 9562 §5.8).
    #[must_use]
    pub fn id_of(station: &Digest, source: &[u8]) -> Uuid {
        let mut hasher = HashAlgorithm::Sha256.hasher();
        hasher.update(b"enrolment-packet 1 id\n");
        hasher.update(station.as_bytes());
        hasher.update(source);
        let mut octets = [0; 16];
        for (to, from) in octets.iter_mut().zip(hasher.finalize()) {
            *to = from;
        }
        uuid::Builder::from_custom_bytes(octets).into_uuid()
    }
}

impl Station {
    /// Seals a person: when this returns, the packet is signed, encrypted, whole on the disk and written down, and the draft of the
    /// same id is erased. Only then may the person leave.
    ///
    /// # Errors
    /// [`crate::Error::File`] when the disk is full or read-only: nothing was kept, the draft still is;
    /// [`enrolment::packet::PacketError::Manifest`] for what no service would take.
    pub fn seal(
        &self,
        person: &Enrolment<'_>,
        operator: &PersonKey,
        release: Option<&Release<'_>>,
        now: OffsetDateTime,
        rng: &mut dyn CryptoRng,
    ) -> Result<Sealed> {
        let recipient = self.service().recipient()?;
        let pictures = pictures(person.record);
        let mut attachments: Vec<Attachment<'_>> =
            pictures.iter().map(Picture::attachment).collect();
        attachments.extend(person.evidence.iter().copied());
        let manifest = self.manifest(person, operator, release, now)?;
        let signers = Signers {
            station: self.keys.signer(),
            operator: operator.signer(),
            supervisor: release.map(|release| release.supervisor.signer() as _),
        };
        let told = Told::of(person.profile, now);
        let is_first = !self.outbox.knows(person.id)?;
        if is_first {
            told.write(&self.folder, person.id)?;
        }
        let put = self.outbox.put(person.id, now, |file| {
            seal(manifest, &attachments, &recipient, signers, file, rng)
        });
        match &put {
            // Without it a receipt loses its check value when the packet is gone: no reason to say that nothing was sealed.
            Ok(Put::Now(sealed)) => drop(told.with(&sealed.digest).write(&self.folder, person.id)),
            Err(_) if is_first => Told::forget(&self.folder, person.id),
            Ok(Put::Before(_)) | Err(_) => {}
        }
        let put = put?;
        self.drafts.erase(person.id)?;
        Ok(match put {
            Put::Now(sealed) => Sealed::Now(sealed),
            Put::Before(digest) => Sealed::Before(person.id, digest),
        })
    }

    /// A person from files, without devices and tries; the id follows from them.
    #[must_use]
    pub fn person_of<'a>(
        &self,
        record: &'a HolderRecord,
        profile: &'a str,
        source: &[u8],
    ) -> Enrolment<'a> {
        Enrolment {
            id: Enrolment::id_of(&self.keys.id(), source),
            profile,
            record,
            evidence: Vec::new(),
            devices: Vec::new(),
            tries: Vec::new(),
        }
    }

    fn manifest(
        &self,
        person: &Enrolment<'_>,
        operator: &PersonKey,
        release: Option<&Release<'_>>,
        now: OffsetDateTime,
    ) -> Result<Manifest> {
        let (anchor, latest) = self.outbox.anchor()?;
        let now = now.replace_nanosecond(0).unwrap_or(now);
        let texts = person.record.texts().iter();
        let fields: BTreeMap<String, String> = texts
            .map(|(field, text)| (field.word().to_owned(), text.to_owned()))
            .collect();
        // Keys and attachments are set by whoever has them: `seal`.
        let unset = Digest::of(&[]);
        let party = |key: &PersonKey| Party {
            name: key.name().to_owned(),
            key: unset,
        };
        Ok(Manifest {
            version: VERSION,
            packet: person.id,
            service: String::new(),
            sealed_at: now,
            clock: clock(now, latest),
            station: StationEntry {
                name: self.name().to_owned(),
                key: unset,
                software: concat!("issuance-service ", env!("CARGO_PKG_VERSION")).to_owned(),
                book: Some(anchor),
            },
            operator: party(operator),
            supervisor: release.map(|release| party(release.supervisor)),
            profile: person.profile.to_owned(),
            fields,
            can: person.record.can().map(|can| can.expose().to_owned()),
            missing_fingers: missing(person.record),
            attachments: Vec::new(),
            devices: person.devices.clone(),
            tries: person.tries.clone(),
            overrides: release.map_or_else(Vec::new, |release| release.overrides.clone()),
        })
    }

    /// Erases the drafts whose key is gone, and writes that down. Only while no other program makes drafts.
    pub(super) fn erase_orphans(&self, now: OffsetDateTime) -> Result<Vec<Uuid>> {
        let orphans = self.drafts.orphans()?;
        for draft in &orphans {
            self.drafts.erase(*draft)?;
            self.outbox.note_draft_erased(*draft, now)?;
        }
        Ok(orphans)
    }

    /// Erases a person who will not be sealed, and writes it down.
    ///
    /// # Errors
    /// [`crate::Error::File`].
    pub fn abandon(&self, draft: Uuid, now: OffsetDateTime) -> Result<()> {
        if !self.drafts.list()?.contains(&draft) {
            return Err(StationError::UnknownDraft { draft }.into());
        }
        self.drafts.erase(draft)?;
        self.outbox.note_draft_erased(draft, now)
    }
}

/// A picture of the record under its name.
struct Picture<'a> {
    name: String,
    subject: Subject,
    content: &'a [u8],
}

impl Picture<'_> {
    fn attachment(&self) -> Attachment<'_> {
        Attachment {
            name: &self.name,
            subject: &self.subject,
            purpose: Purpose::Record,
            media_type: media_type(self.content),
            content: self.content,
        }
    }
}

fn pictures(record: &HolderRecord) -> Vec<Picture<'_>> {
    let portrait = record.portrait().map(|content| Picture {
        name: "portrait".to_owned(),
        subject: Subject::Portrait,
        content,
    });
    let fingers = record.fingers().iter().filter_map(|finger| {
        let Print::Image(content) = &finger.print else {
            return None;
        };
        let word = finger_word(finger.position)?;
        Some(Picture {
            name: format!("finger-{word}"),
            subject: Subject::Finger(word),
            content,
        })
    });
    portrait.into_iter().chain(fingers).collect()
}

fn missing(record: &HolderRecord) -> Vec<MissingFinger> {
    let fingers = record.fingers().iter();
    let missing = fingers.filter_map(|finger| match finger.print {
        Print::Missing(reason) => Some(MissingFinger {
            finger: finger_word(finger.position)?,
            reason: reason.word().to_owned(),
        }),
        _ => None,
    });
    missing.collect()
}

/// What a picture is by its first bytes; whether it can be decoded is for the checks before to say.
fn media_type(content: &[u8]) -> &'static str {
    match content {
        [0xFF, 0xD8, ..] => "image/jpeg",
        [0x89, b'P', b'N', b'G', ..] => "image/png",
        [0, 0, 0, 0x0C, b'j', b'P', ..] => "image/jp2",
        [0xFF, 0x4F, ..] => "image/j2c",
        [0xFF, 0xA0, ..] => "image/x-wsq",
        [b'B', b'M', ..] => "image/bmp",
        _ => "application/octet-stream",
    }
}
