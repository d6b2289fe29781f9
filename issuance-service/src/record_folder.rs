//! A holder's record in a folder: `record.toml` and the images it names.

use std::collections::BTreeMap;
use std::path::Path;

use crypto::{CryptoRng, HashAlgorithm};
use enrolment::{
    AcceptedRecord, HolderRecord, IssuerProfile, MAX_RECORD_BYTES, RecordFile, Severity, profiles,
};
use register::Digest;
use time::OffsetDateTime;

use crate::{Error, Result, files};

/// The text of a record.
pub const RECORD: &str = "record.toml";
/// Largest image that is read.
pub const MAX_IMAGE: usize = 16 << 20;

/// Reads a record and accepts it by the profile that it was made for. The digest is over the text and every image: whoever
/// approves it approves exactly these octets.
///
/// # Errors
/// [`Error::NotAccepted`] with everything that is wrong with the record; [`Error::UnknownProfile`]; [`Error::File`].
pub fn accept(
    folder: &Path,
    now: OffsetDateTime,
    rng: &mut dyn CryptoRng,
) -> Result<(AcceptedRecord, Digest)> {
    let (record, profile, digest) = read(folder)?;
    match enrolment::accept(record, profile, now.date(), rng) {
        Ok(accepted) => Ok((accepted, digest)),
        Err(refusal) => {
            let mut findings = refusal.findings;
            findings.retain(|finding| finding.severity() == Severity::Error);
            Err(Error::NotAccepted(findings))
        }
    }
}

/// Reads a record that is collected and not yet accepted: everything that an error of its profile forbids is found, and nothing is
/// built. What the service gives may be left out. With the id of its profile and the digest of [`accept`].
///
/// # Errors
/// As [`accept`].
pub fn collected(folder: &Path, now: OffsetDateTime) -> Result<(HolderRecord, String, Digest)> {
    let (record, profile, digest) = read(folder)?;
    let mut findings = enrolment::check_application(&record, profile, now.date());
    findings.retain(|finding| finding.severity() == Severity::Error);
    if findings.is_empty() {
        return Ok((record, profile.data().id.to_owned(), digest));
    }
    Err(Error::NotAccepted(findings))
}

fn read(folder: &Path) -> Result<(HolderRecord, &'static dyn IssuerProfile, Digest)> {
    let text = files::read_text(&folder.join(RECORD), MAX_RECORD_BYTES)?;
    let file = RecordFile::parse(&text)?;
    let profile = profiles::by_id(file.profile()).ok_or(Error::UnknownProfile)?;
    let images = file
        .image_names()
        .map(|name| Ok((name.to_owned(), files::read(&folder.join(name), MAX_IMAGE)?)))
        .collect::<Result<BTreeMap<_, _>>>()?;
    let digest = digest(&text, &images);
    Ok((file.with_images(&images)?, profile, digest))
}

/// SHA-256 over each file with its name, the text first; lengths keep neighbours apart.
fn digest(text: &str, images: &BTreeMap<String, Vec<u8>>) -> Digest {
    let text = std::iter::once((RECORD, text.as_bytes()));
    let images = images
        .iter()
        .map(|(name, image)| (name.as_str(), image.as_slice()));
    let parts: Vec<u8> = text
        .chain(images)
        .flat_map(|(name, content)| [name.as_bytes(), content])
        .flat_map(|part| HashAlgorithm::Sha256.digest(part))
        .collect();
    Digest::of(&parts)
}
