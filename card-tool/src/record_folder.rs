//! A holder's record in a folder: `record.toml` and the images it names.

use std::collections::BTreeMap;
use std::path::Path;

use anyhow::{Context as _, Result};
use crypto::CryptoRng;
use enrolment::{
    AcceptedRecord, HolderRecord, IssuerProfile, Language, MAX_RECORD_BYTES, RecordFile, Severity,
    profiles,
};
use time::OffsetDateTime;

use crate::exit::{Exit, Problem};
use crate::files;

/// The text of a record.
pub const RECORD: &str = "record.toml";

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

/// Reads a record with its images; the profile it was made for comes second.
pub fn load(folder: &Path) -> Result<(HolderRecord, String)> {
    let path = folder.join(RECORD);
    let name = || path.display().to_string();
    let text =
        String::from_utf8(files::read_at_most(&path, MAX_RECORD_BYTES)?).with_context(name)?;
    let file = RecordFile::parse(&text).with_context(name)?;
    let profile = file.profile().to_owned();
    let images = file
        .image_names()
        .map(|image| Ok((image.to_owned(), files::read(&folder.join(image))?)))
        .collect::<Result<BTreeMap<_, _>>>()?;
    Ok((file.with_images(&images).with_context(name)?, profile))
}

/// Reads a record and accepts it, or says everything that is wrong with it.
pub fn accept(
    folder: &Path,
    profile: &'static dyn IssuerProfile,
    now: OffsetDateTime,
    rng: &mut dyn CryptoRng,
) -> Result<AcceptedRecord> {
    let (record, made_for) = load(folder)?;
    if made_for != profile.data().id {
        return Err(Problem::usage(
            format!(
                "the record was made for {made_for}, not for {}",
                profile.data().id
            ),
            "choose the profile of the record",
        ));
    }
    enrolment::accept(record, profile, now.date(), rng).map_err(|refusal| {
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
            format!("{} is not accepted:{}", folder.display(), findings.concat()),
            "correct the record; no number was used and no card was touched",
        )
    })
}
