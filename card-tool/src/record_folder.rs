//! A holder's record in a folder: `record.toml` and the images it names.

use std::collections::BTreeMap;
use std::path::Path;

use anyhow::{Context as _, Result};
use crypto::CryptoRng;
use enrolment::{
    AcceptedRecord, Field, HolderRecord, IssuerProfile, Language, MAX_RECORD_BYTES, RecordFile,
    Severity, profiles,
};
use time::{Date, OffsetDateTime};

use crate::exit::{Exit, Problem};
use crate::files;

/// The text of a record.
pub const RECORD: &str = "record.toml";

/// The files of a record.
macro_rules! specimen {
    ($($name:literal),*) => {
        [$(($name, include_bytes!(concat!("../../fixtures/people/uto-passport-anton/", $name)).as_slice())),*]
    };
}

/// A person who does not exist, with images: whoever has the program only can make a card, too.
const SPECIMEN: [(&str, &[u8]); 4] = specimen![
    "record.toml",
    "portrait.png",
    "right-index.png",
    "left-index.png"
];
/// What the specimen is called where a folder would be.
const SPECIMEN_PLACE: &str = "the specimen of this program";

/// A record that was read, and not accepted yet.
pub struct Loaded {
    record: HolderRecord,
    /// The profile that it was made for.
    pub profile: String,
    place: String,
}

impl Loaded {
    /// The same record of a document that is issued on another day: a specimen, as often as its card is made anew. Whoever signs
    /// today can show no key that was in use on the day of the record.
    pub fn issued_on(mut self, day: Date) -> Self {
        self.record.set(Field::DateOfIssue, day.to_string());
        self
    }
}

/// The profile of an id.
pub fn profile(id: &str) -> Result<&'static dyn IssuerProfile> {
    profiles::by_id(id).ok_or_else(|| {
        let known: Vec<&str> = profiles::ALL
            .iter()
            .map(|profile| profile.data().id)
            .collect();
        Problem::usage(
            format!("unknown issuer profile {id}"),
            format!("one of {}", known.join(", ")),
        )
    })
}

/// Reads a record with its images.
pub fn load(folder: &Path) -> Result<Loaded> {
    let text = files::read_at_most(&folder.join(RECORD), MAX_RECORD_BYTES)?;
    loaded(text, &folder.display().to_string(), |image| {
        files::read(&folder.join(image))
    })
}

/// The record that is in this program.
pub fn specimen() -> Result<Loaded> {
    let file = |wanted: &str| {
        let mut files = SPECIMEN.into_iter();
        let found = files.find(|(name, _)| *name == wanted);
        let found = found.map(|(_, content)| content.to_vec());
        found.with_context(|| format!("{SPECIMEN_PLACE}: {wanted}"))
    };
    loaded(file(RECORD)?, SPECIMEN_PLACE, file)
}

fn loaded(text: Vec<u8>, place: &str, image: impl Fn(&str) -> Result<Vec<u8>>) -> Result<Loaded> {
    let name = || format!("{place}: {RECORD}");
    let text = String::from_utf8(text).with_context(name)?;
    let file = RecordFile::parse(&text).with_context(name)?;
    let profile = file.profile().to_owned();
    let images = file
        .image_names()
        .map(|name| Ok((name.to_owned(), image(name)?)))
        .collect::<Result<BTreeMap<_, _>>>()?;
    Ok(Loaded {
        record: file.with_images(&images).with_context(name)?,
        profile,
        place: place.to_owned(),
    })
}

/// Accepts a record, or says everything that is wrong with it.
pub fn accept(
    loaded: Loaded,
    profile: &'static dyn IssuerProfile,
    now: OffsetDateTime,
    rng: &mut dyn CryptoRng,
) -> Result<AcceptedRecord> {
    if loaded.profile != profile.data().id {
        return Err(Problem::usage(
            format!(
                "the record was made for {}, not for {}",
                loaded.profile,
                profile.data().id
            ),
            "choose the profile of the record",
        ));
    }
    enrolment::accept(loaded.record, profile, now.date(), rng).map_err(|refusal| {
        let findings: Vec<String> = refusal
            .findings
            .iter()
            .filter(|finding| finding.severity() == Severity::Error)
            .map(|finding| {
                format!(
                    "\n  {} [{}]",
                    finding.message(Language::English),
                    finding.rule.id
                )
            })
            .collect();
        Problem::of(
            Exit::Policy,
            format!("{} is not accepted:{}", loaded.place, findings.concat()),
            "correct the record; no number was used and no card was touched",
        )
    })
}
