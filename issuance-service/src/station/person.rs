//! A half-finished person: what was typed, what was captured, every try. This is what a draft keeps.

use std::collections::{BTreeMap, BTreeSet};

use biometrics::finger::FingerPosition;
use enrolment::packet::{Outcome, Quality, Subject, Try};
use enrolment::{
    BirthDate, Can, Field, Finger, HolderRecord, IssuerProfile, MissingReason, Print, profiles,
};
use serde::{Deserialize, Serialize};
use time::{Date, OffsetDateTime};
use uuid::Uuid;

use super::capture::{CheckedPortrait, CheckedPrint, Measure, Remark, passes};
use super::positions;
use super::refusal::CaptureError;
use super::review::word;
use crate::{Error, Result};

/// Longest text that a field takes from a page; the rules know the shorter limits.
const MAX_TEXT: usize = 2048;
/// Most tries of a person; the manifest takes 500.
const MAX_TRIES: usize = 400;
/// The score of what could not be measured (ISO 29794-1).
const NO_SCORE: u8 = 255;

/// A person who is being enrolled.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Person {
    /// The id of the draft and of its packet.
    pub id: Uuid,
    /// The issuer profile.
    pub profile: String,
    /// When it was changed last.
    #[serde(with = "time::serde::rfc3339")]
    pub changed: OffsetDateTime,
    /// Everybody who has worked on it: none of them may release it.
    pub operators: BTreeSet<String>,
    /// The texts by the words of their fields.
    pub fields: BTreeMap<String, String>,
    /// The card access number, where the issuer prints one of its own choice.
    pub can: Option<String>,
    /// The portrait.
    pub portrait: Option<Shot>,
    /// The measures of the last photograph, for the page.
    pub measures: Vec<Measure>,
    /// The prints by the words of their fingers.
    pub fingers: BTreeMap<String, Shot>,
    /// The fingers without a print, with the word of the reason.
    pub missing: BTreeMap<String, String>,
    /// What is to be looked at of slaps whose fingers were taken, by the words of the slaps.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub slaps: BTreeMap<String, Slap>,
    /// Every try, good or not.
    pub tries: Vec<Try>,
    /// The files by name.
    #[serde(skip)]
    pub files: BTreeMap<String, Vec<u8>>,
}

/// A picture that was taken into the record.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Shot {
    /// The try that it comes from.
    pub number: u16,
    /// The name of its file.
    pub file: String,
    /// The name of the file that it was cut from.
    pub original: Option<String>,
    /// Its quality.
    pub score: Option<u8>,
    /// What does not pass.
    pub remarks: Vec<Remark>,
    /// Of a finger: its minutiae (ISO 19794-2:2005), hexadecimal.
    pub template: String,
}

/// What is to be looked at of a slap.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Slap {
    /// What does not pass, all of it warnings.
    pub remarks: Vec<Remark>,
    /// Its fingers, with the numbers of their tries.
    pub fingers: BTreeMap<String, u16>,
}

impl Shot {
    /// Whether nothing refuses it.
    #[must_use]
    pub fn is_accepted(&self) -> bool {
        passes(&self.remarks)
    }
}

impl Person {
    /// Somebody sits down.
    #[must_use]
    pub fn new(id: Uuid, profile: &str, now: OffsetDateTime) -> Self {
        Self {
            id,
            profile: profile.to_owned(),
            changed: now,
            operators: BTreeSet::new(),
            fields: BTreeMap::new(),
            can: None,
            portrait: None,
            measures: Vec::new(),
            fingers: BTreeMap::new(),
            missing: BTreeMap::new(),
            slaps: BTreeMap::new(),
            tries: Vec::new(),
            files: BTreeMap::new(),
        }
    }

    /// The rules of the document that the person was begun for, whatever the station enrols for today.
    ///
    /// # Errors
    /// [`Error::UnknownProfile`] where this program does not know the document any longer.
    pub fn issuer_profile(&self) -> Result<&'static dyn IssuerProfile> {
        profiles::by_id(&self.profile).ok_or(Error::UnknownProfile)
    }

    /// What a list calls the person.
    #[must_use]
    pub fn title(&self) -> String {
        let text = |field: Field| self.fields.get(field.word()).map(String::as_str);
        let parts = match text(Field::FullName) {
            Some(name) => vec![name],
            None => [Field::Surname, Field::GivenNames]
                .into_iter()
                .filter_map(text)
                .collect(),
        };
        parts.join(" ")
    }

    /// Sets texts; an empty one takes a field back.
    ///
    /// # Errors
    /// [`CaptureError::UnknownField`], [`CaptureError::TextTooLong`]; nothing is set then.
    pub fn set_fields(&mut self, texts: &BTreeMap<String, String>) -> Result<()> {
        for (word, text) in texts {
            Field::from_word(word)
                .filter(|field| field.is_text())
                .ok_or(CaptureError::UnknownField)?;
            if text.len() > MAX_TEXT {
                return Err(CaptureError::TextTooLong { limit: MAX_TEXT }.into());
            }
        }
        for (word, text) in texts {
            if text.is_empty() {
                self.fields.remove(word);
            } else {
                self.fields.insert(word.clone(), text.clone());
            }
        }
        Ok(())
    }

    /// Takes a photograph. One that is refused never replaces one that passed; the try is written down in any case.
    ///
    /// # Errors
    /// [`CaptureError::TooManyTries`].
    pub fn take_portrait(
        &mut self,
        checked: &CheckedPortrait,
        original: &[u8],
        now: OffsetDateTime,
    ) -> Result<u16> {
        let measure = |measure: &Measure| Quality {
            measure: measure.name.clone(),
            score: measure.value.map_or(NO_SCORE, |_| measure.quality),
        };
        let quality = checked.measures.iter().map(measure).collect();
        let number = self.note_try(Subject::Portrait, quality, &checked.remarks, now)?;
        let keeps = self.portrait.as_ref().is_some_and(Shot::is_accepted) && !checked.is_accepted();
        let Some(cut) = checked.cut.as_ref().filter(|_| !keeps) else {
            return Ok(number);
        };
        self.measures.clone_from(&checked.measures);
        self.drop_files(self.portrait.clone());
        let (file, name) = (
            "portrait.png".to_owned(),
            original_name("portrait", original),
        );
        self.files.insert(file.clone(), cut.clone());
        self.files.insert(name.clone(), original.to_vec());
        self.portrait = Some(Shot {
            number,
            file,
            original: Some(name),
            score: None,
            remarks: checked.remarks.clone(),
            template: String::new(),
        });
        Ok(number)
    }

    /// Takes a print, as [`Self::take_portrait`] a photograph. A print of a finger that was said to be missing takes that back.
    ///
    /// # Errors
    /// [`CaptureError::TooManyTries`]; [`CaptureError::UnknownFinger`] for none of the ten.
    pub fn take_print(&mut self, checked: &CheckedPrint, now: OffsetDateTime) -> Result<u16> {
        let finger = positions::by_position(checked.position).ok_or(CaptureError::UnknownFinger)?;
        let quality = vec![Quality {
            measure: "NFIQ2".to_owned(),
            score: checked.quality.unwrap_or(NO_SCORE),
        }];
        let subject = Subject::Finger(finger.word.to_owned());
        let number = self.note_try(subject, quality, &checked.remarks, now)?;
        let known = self.fingers.get(finger.word);
        if known.is_some_and(Shot::is_accepted) && !checked.is_accepted() {
            return Ok(number);
        }
        self.drop_files(known.cloned());
        self.missing.remove(finger.word);
        let file = format!("{}.{}", finger.word, extension(&checked.file));
        self.files.insert(file.clone(), checked.file.clone());
        let shot = Shot {
            number,
            file,
            original: None,
            score: checked.quality,
            remarks: checked.remarks.clone(),
            template: hex::encode(&checked.template),
        };
        self.fingers.insert(finger.word.to_owned(), shot);
        Ok(number)
    }

    /// Writes down that a slap was tried; its fingers are taken one by one.
    ///
    /// # Errors
    /// [`CaptureError::TooManyTries`].
    pub fn note_slap(
        &mut self,
        subject: Subject,
        remarks: &[Remark],
        now: OffsetDateTime,
    ) -> Result<u16> {
        self.note_try(subject, Vec::new(), remarks, now)
    }

    /// Keeps what is to be looked at of a slap for as long as one of its fingers stands in the record.
    pub fn keep_slap(&mut self, slap: &str, remarks: &[Remark], fingers: &[(&str, u16)]) {
        let fingers = fingers
            .iter()
            .map(|(word, number)| ((*word).to_owned(), *number));
        let kept = Slap {
            remarks: remarks.to_vec(),
            fingers: fingers.collect(),
        };
        self.slaps.insert(slap.to_owned(), kept);
    }

    /// The slaps of which a finger stands in the record.
    pub fn slaps_in_use(&self) -> impl Iterator<Item = (&String, &Slap)> {
        let is_kept = |(word, number): (&String, &u16)| {
            let shot = self.fingers.get(word);
            shot.is_some_and(|shot| shot.number == *number)
        };
        self.slaps
            .iter()
            .filter(move |(_, slap)| slap.fingers.iter().any(is_kept))
    }

    /// Writes down why a finger gives no print; nothing takes it back. A print that there was is dropped.
    ///
    /// # Errors
    /// [`CaptureError::UnknownFinger`], [`CaptureError::UnknownReason`].
    pub fn set_missing(&mut self, word: &str, reason: &str) -> Result<()> {
        let finger = positions::by_word(word).ok_or(CaptureError::UnknownFinger)?;
        if reason.is_empty() {
            self.missing.remove(finger.word);
            return Ok(());
        }
        let reason = MissingReason::ALL
            .into_iter()
            .find(|known| known.word() == reason)
            .ok_or(CaptureError::UnknownReason)?;
        let shot = self.fingers.remove(finger.word);
        self.drop_files(shot);
        let (finger, reason) = (finger.word.to_owned(), reason.word().to_owned());
        self.missing.insert(finger, reason);
        Ok(())
    }

    /// The age on a day, if the date of birth is known.
    #[must_use]
    pub fn age_on(&self, day: Date) -> Option<i32> {
        let birth = BirthDate::parse(self.fields.get(Field::DateOfBirth.word())?)?;
        Some(birth.age_on(day))
    }

    /// Whether nothing is known of a finger: neither a print nor why there is none.
    #[must_use]
    pub fn is_open(&self, word: &str) -> bool {
        !self.fingers.contains_key(word) && !self.missing.contains_key(word)
    }

    /// The fingers that give no print.
    #[must_use]
    pub fn missing_positions(&self) -> Vec<FingerPosition> {
        let known = self
            .missing
            .keys()
            .filter_map(|word| positions::by_word(word));
        known.map(|finger| finger.position).collect()
    }

    /// A photograph from which no portrait could be cut says why, where no portrait is there.
    pub fn refuse_portrait(&mut self, remarks: Vec<Remark>) {
        if self.portrait.is_none() {
            self.portrait = Some(Shot {
                number: 0,
                file: String::new(),
                original: None,
                score: None,
                remarks,
                template: String::new(),
            });
        }
    }

    /// The tries that the record shows were taken against these rules, `subject/rule`, which somebody has released.
    pub fn mark_overridden(&mut self, released: &[String]) {
        let shots = self
            .fingers
            .iter()
            .map(|(word, shot)| (Subject::Finger(word.clone()), shot));
        let portrait = self.portrait.iter().map(|shot| (Subject::Portrait, shot));
        let shown: Vec<(Subject, u16)> = portrait
            .chain(shots)
            .filter(|(subject, _)| {
                let prefix = format!("{}/", word(subject));
                released.iter().any(|what| what.starts_with(&prefix))
            })
            .map(|(subject, shot)| (subject, shot.number))
            .collect();
        for one in &mut self.tries {
            if shown.contains(&(one.subject.clone(), one.number)) {
                one.outcome = Outcome::Overridden;
            }
        }
    }

    /// The record that the rules look at.
    #[must_use]
    pub fn record(&self) -> HolderRecord {
        let mut record = HolderRecord::new();
        for (word, text) in &self.fields {
            if let Some(field) = Field::from_word(word) {
                record.set(field, text.clone());
            }
        }
        if let Some(can) = self.can.as_deref().and_then(|can| Can::parse(can).ok()) {
            record.set_can(can);
        }
        if let Some(file) = self.portrait.as_ref().and_then(|shot| self.file_of(shot)) {
            record.set_portrait(file.to_vec());
        }
        for finger in &positions::TEN {
            let reason = |word: &String| {
                let mut known = MissingReason::ALL.into_iter();
                known.find(|reason| reason.word() == word)
            };
            let image = self
                .fingers
                .get(finger.word)
                .and_then(|shot| self.file_of(shot));
            let print = match (image, self.missing.get(finger.word).and_then(reason)) {
                (Some(image), _) => Print::Image(image.to_vec()),
                (None, Some(reason)) => Print::Missing(reason),
                (None, None) => continue,
            };
            let position = finger.position;
            record.add_finger(Finger { position, print });
        }
        record
    }

    /// The bytes of a picture of the record.
    #[must_use]
    pub fn file_of(&self, shot: &Shot) -> Option<&[u8]> {
        self.files.get(&shot.file).map(Vec::as_slice)
    }

    fn note_try(
        &mut self,
        subject: Subject,
        quality: Vec<Quality>,
        remarks: &[Remark],
        at: OffsetDateTime,
    ) -> Result<u16> {
        if self.tries.len() >= MAX_TRIES {
            return Err(CaptureError::TooManyTries { limit: MAX_TRIES }.into());
        }
        let earlier = self.tries.iter().filter(|one| one.subject == subject);
        let number = u16::try_from(earlier.count()).unwrap_or(u16::MAX - 1) + 1;
        let refused: Vec<String> = remarks
            .iter()
            .filter(|remark| remark.refuses())
            .map(|remark| remark.rule.clone())
            .collect();
        self.tries.push(Try {
            subject,
            number,
            at,
            device: None,
            quality,
            outcome: if refused.is_empty() {
                Outcome::Accepted
            } else {
                Outcome::Rejected
            },
            findings: refused,
        });
        Ok(number)
    }

    fn drop_files(&mut self, shot: Option<Shot>) {
        if let Some(shot) = shot {
            self.files.remove(&shot.file);
            if let Some(original) = shot.original {
                self.files.remove(&original);
            }
        }
    }
}

/// The media type of a picture by its first bytes.
#[must_use]
pub fn media_type(file: &[u8]) -> &'static str {
    use biometrics::image::ImageFormat as Format;
    match biometrics::image::sniff(file) {
        Some(Format::Jpeg) => "image/jpeg",
        Some(Format::Png) => "image/png",
        Some(Format::Jp2 | Format::Jpeg2000Codestream) => "image/jp2",
        Some(Format::Wsq) => "image/x-wsq",
        Some(Format::Bmp) => "image/bmp",
        _ => "application/octet-stream",
    }
}

fn extension(file: &[u8]) -> &'static str {
    match media_type(file) {
        "image/jpeg" => "jpg",
        "image/png" => "png",
        "image/jp2" => "jp2",
        "image/x-wsq" => "wsq",
        "image/bmp" => "bmp",
        _ => "bin",
    }
}

fn original_name(of: &str, file: &[u8]) -> String {
    format!("{of}-original.{}", extension(file))
}
