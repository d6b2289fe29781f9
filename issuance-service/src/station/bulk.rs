//! Enrolment from folders, without a page: for bulk, and the same checks.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use crypto::CryptoRng;
use enrolment::packet::{Attachment, Override, Purpose, Subject};
use enrolment::{HolderRecord, MAX_RECORD_BYTES, Print, RecordFile, profiles};
use time::OffsetDateTime;
use uuid::Uuid;

use super::capture::{Examiner, check_print};
use super::own_fingers::{self, StaffFinger};
use super::person::{Person, media_type};
use super::positions;
use super::refusal::CaptureError;
use super::review::{Found, review};
use super::{CaptureConfig, Enrolment, PersonKey, Release, Sealed, Station};
use crate::record_folder::{MAX_IMAGE, RECORD};
use crate::{Error, Result, files};

/// Most folders of one run.
const MAX_FOLDERS: usize = 1_000_000;

/// Who enrols, and who releases what the checks refuse.
pub struct Officers<'k> {
    /// Who enrols.
    pub operator: &'k PersonKey,
    /// Who releases, and why; nobody where nothing may be released.
    pub supervisor: Option<(&'k PersonKey, &'k str)>,
}

/// What became of one folder.
#[derive(Debug)]
pub enum Outcome {
    /// The packet is on the disk.
    Sealed {
        /// The packet.
        packet: Uuid,
        /// Whether it was made by this run.
        is_new: bool,
        /// What was let through against a rule.
        released: Vec<String>,
        /// What is to be looked at.
        warnings: usize,
    },
    /// It was not taken.
    Refused(Vec<Found>),
}

/// Folders become packets, one after the other.
pub struct Bulk<'s> {
    station: &'s Station,
    config: CaptureConfig,
    examiner: Examiner,
    staff: Vec<StaffFinger>,
    has_tried_room: bool,
}

impl<'s> Bulk<'s> {
    /// With what is set for the station.
    ///
    /// # Errors
    /// Those of `capture.toml` and of the staff's fingers.
    pub fn new(station: &'s Station) -> Result<Self> {
        let config = CaptureConfig::read(station.folder())?;
        Ok(Self {
            station,
            examiner: Examiner::new(config.thresholds()?),
            staff: own_fingers::all(station.folder())?,
            config,
            has_tried_room: false,
        })
    }

    /// The folders with a record: each given one, or those directly in it, in order.
    ///
    /// # Errors
    /// [`Error::File`] for a folder that cannot be listed.
    pub fn folders(given: &[PathBuf]) -> Result<Vec<PathBuf>> {
        let mut found = Vec::new();
        for folder in given {
            if folder.join(RECORD).exists() {
                found.push(folder.clone());
                continue;
            }
            let listed = fs::read_dir(folder).map_err(|source| files::at(folder, source))?;
            let mut inner = Vec::new();
            for entry in listed {
                let path = entry.map_err(|source| files::at(folder, source))?.path();
                if path.is_dir() {
                    inner.push(path);
                }
            }
            inner.sort();
            found.extend(inner);
        }
        found.truncate(MAX_FOLDERS);
        Ok(found)
    }

    /// Enrols the person of one folder. The same folder again is the same packet.
    ///
    /// # Errors
    /// What cannot be read; what the disk answers. Nothing is kept then.
    pub fn enrol(
        &mut self,
        folder: &Path,
        officers: &Officers<'_>,
        now: OffsetDateTime,
        rng: &mut dyn CryptoRng,
    ) -> Result<Outcome> {
        let read = Source::read(folder)?;
        let id = Enrolment::id_of(&self.station.keys.id(), &read.digest_input());
        if self.station.outbox().knows(id)? {
            return Ok(Outcome::Sealed {
                packet: id,
                is_new: false,
                released: Vec::new(),
                warnings: 0,
            });
        }
        // Room is tried once, by filling it: nobody of a folder sits here, and a full disk keeps nothing of the folder that meets it.
        if self.has_tried_room {
            self.station.may_wait()?;
        } else {
            self.station.admit()?;
            self.has_tried_room = true;
        }
        let profile = profiles::by_id(&read.profile).ok_or(Error::UnknownProfile)?;
        let mut person = self.person(id, read, now)?;
        let (limits, today) = (&self.config.fingers, now.date());
        let found = review(&person, profile, limits, &self.staff, today);
        let refused: Vec<&Found> = found.iter().filter(|found| found.refuses()).collect();
        let may_release = officers.supervisor.is_some();
        if refused
            .iter()
            .any(|found| !(found.releasable && may_release))
        {
            let refused = refused.into_iter().cloned().collect();
            return Ok(Outcome::Refused(refused));
        }
        let released: Vec<String> = refused.iter().map(|found| found.what.clone()).collect();
        let warnings = found.len() - refused.len();
        let release = officers.supervisor.map(|(supervisor, reason)| Release {
            supervisor,
            overrides: overrides(&refused, |_| reason.to_owned(), now),
        });
        let release = release.filter(|release| !release.overrides.is_empty());
        person.mark_overridden(&released);
        let operator = officers.operator;
        let sealed = seal(self.station, &person, operator, release.as_ref(), now, rng)?;
        Ok(Outcome::Sealed {
            packet: sealed.id(),
            is_new: matches!(sealed, Sealed::Now(_)),
            released,
            warnings,
        })
    }

    /// Everything of the folder through the checks that a page has.
    fn person(&mut self, id: Uuid, source: Source, now: OffsetDateTime) -> Result<Person> {
        let mut person = Person::new(id, &source.profile, now);
        let record = source.record;
        for (field, text) in record.texts().iter() {
            person
                .fields
                .insert(field.word().to_owned(), text.to_owned());
        }
        person.can = record.can().map(|can| can.expose().to_owned());
        if let Some(portrait) = record.portrait() {
            let checked = self
                .examiner
                .photograph(portrait)
                .map_err(CaptureError::from)?;
            person.take_portrait(&checked, portrait, now)?;
            if checked.cut.is_none() {
                person.refuse_portrait(checked.remarks);
            }
        }
        for finger in record.fingers() {
            match &finger.print {
                Print::Image(file) => {
                    let checked = check_print(file, finger.position, &self.config.fingers)
                        .map_err(CaptureError::from)?;
                    person.take_print(&checked, now)?;
                }
                Print::Missing(reason) => {
                    let word = positions::by_position(finger.position).map_or("", |f| f.word);
                    person.set_missing(word, reason.word())?;
                }
            }
        }
        Ok(person)
    }
}

/// A folder as it was read.
struct Source {
    profile: String,
    record: HolderRecord,
}

impl Source {
    fn read(folder: &Path) -> Result<Self> {
        let text = files::read_text(&plain(folder, RECORD)?, MAX_RECORD_BYTES)?;
        let file = RecordFile::parse(&text)?;
        let images = file
            .image_names()
            .map(|name| {
                Ok((
                    name.to_owned(),
                    files::read(&plain(folder, name)?, MAX_IMAGE)?,
                ))
            })
            .collect::<Result<BTreeMap<_, _>>>()?;
        Ok(Self {
            profile: file.profile().to_owned(),
            record: file.with_images(&images)?,
        })
    }

    /// What the id of the packet follows from: what the record says, in whatever words, and every image, whatever its name.
    fn digest_input(&self) -> Vec<u8> {
        use enrolment::packet::Digest;
        let (record, mut parts) = (&self.record, Vec::new());
        let mut add = |part: &[u8]| parts.push(*Digest::of(part).as_bytes());
        add(b"record 2");
        add(self.profile.as_bytes());
        for (field, text) in record.texts().iter() {
            add(field.word().as_bytes());
            add(text.as_bytes());
        }
        add(b"can");
        add(record.can().map_or(&[], |can| can.expose().as_bytes()));
        add(b"portrait");
        add(record.portrait().unwrap_or_default());
        let mut fingers: Vec<_> = record.fingers().iter().collect();
        fingers.sort_by_key(|finger| positions::by_position(finger.position).map(|f| f.word));
        for finger in fingers {
            add(positions::by_position(finger.position).map_or(&[], |f| f.word.as_bytes()));
            match &finger.print {
                Print::Image(image) => add(image),
                Print::Missing(reason) => add(reason.word().as_bytes()),
            }
        }
        parts.concat()
    }
}

/// The path of a file in a folder. A pipe or a device would keep the run waiting for ever.
fn plain(folder: &Path, name: &str) -> Result<PathBuf> {
    let path = folder.join(name);
    let known = fs::metadata(&path).map_err(|source| files::at(&path, source))?;
    if known.is_file() {
        return Ok(path);
    }
    let what = "a pipe, a device or a folder, not a file: put the file itself there";
    let source = std::io::Error::new(std::io::ErrorKind::InvalidInput, what);
    Err(files::at(&path, source))
}

/// The overrides of a packet.
pub(super) fn overrides(
    refused: &[&Found],
    reason: impl Fn(&Found) -> String,
    now: OffsetDateTime,
) -> Vec<Override> {
    let given = |found: &&Found| Override {
        rule: found.rule.clone(),
        subject: found.about.clone(),
        reason: reason(found),
        at: now,
    };
    refused.iter().map(given).collect()
}

/// Seals a person: the record, the photograph that the portrait was cut from, every try.
pub(super) fn seal(
    station: &Station,
    person: &Person,
    operator: &PersonKey,
    release: Option<&Release<'_>>,
    now: OffsetDateTime,
    rng: &mut dyn CryptoRng,
) -> Result<Sealed> {
    let record = person.record();
    let originals = person
        .portrait
        .iter()
        .filter_map(|shot| shot.original.as_ref());
    let evidence = originals.filter_map(|name| {
        let content = person.files.get(name)?;
        Some(Attachment {
            name,
            subject: &Subject::Portrait,
            purpose: Purpose::Evidence,
            media_type: media_type(content),
            content,
        })
    });
    let enrolment = Enrolment {
        id: person.id,
        profile: &person.profile,
        record: &record,
        evidence: evidence.collect(),
        devices: Vec::new(),
        tries: person.tries.clone(),
    };
    station.seal(&enrolment, operator, release, now, rng)
}
