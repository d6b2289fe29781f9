//! What every manifest keeps to, whoever wrote it. Whether a person's data are right is for [`crate::check`] to say.

use std::collections::BTreeSet;

use super::manifest::{AttachmentEntry, Manifest, Outcome, Override, Purpose, Subject, Try};
use super::{
    MAX_ATTACHMENT_BYTES, MAX_ATTACHMENTS, MAX_DEVICES, MAX_FIELDS, MAX_MEASURES, MAX_NAME_BYTES,
    MAX_OVERRIDES, MAX_PACKET_BYTES, MAX_TEXT_BYTES, MAX_TRIES, PacketError,
};

/// Most fingers without a print.
const MAX_MISSING: usize = 10;
/// The highest score, and the one of what could not be measured.
const SCORES: (u8, u8) = (100, 255);

type Checked = Result<(), PacketError>;

/// Checks everything that can be checked without keys.
pub(super) fn check(manifest: &Manifest) -> Checked {
    people(manifest)?;
    record(manifest)?;
    attachments(&manifest.attachments)?;
    devices(manifest)?;
    at_most("tries", manifest.tries.len(), MAX_TRIES)?;
    let devices = manifest.devices.len();
    manifest
        .tries
        .iter()
        .try_for_each(|one| one_try(one, devices))?;
    overrides(manifest)
}

fn people(manifest: &Manifest) -> Checked {
    let station = &manifest.station;
    name("service", &manifest.service)?;
    name("name of the station", &station.name)?;
    name("software of the station", &station.software)?;
    if let Some(book) = &station.book {
        word("link of the station's book", &book.link)?;
    }
    let operator = &manifest.operator;
    name("name of the operator", &operator.name)?;
    if operator.key == station.key {
        return wrong("operator", "signs with the key of the station");
    }
    let Some(supervisor) = &manifest.supervisor else {
        return Ok(());
    };
    name("name of the supervisor", &supervisor.name)?;
    if supervisor.key == station.key || supervisor.key == operator.key {
        return wrong("supervisor", "signs with the key of somebody else");
    }
    if supervisor.name == operator.name {
        return wrong(
            "supervisor",
            "is the operator: somebody else has to release",
        );
    }
    Ok(())
}

fn record(manifest: &Manifest) -> Checked {
    name("profile", &manifest.profile)?;
    at_most("fields", manifest.fields.len(), MAX_FIELDS)?;
    for (field, value) in &manifest.fields {
        word("word of a field", field)?;
        text("text of a field", value)?;
    }
    if let Some(can) = &manifest.can {
        name("card access number", can)?;
    }
    at_most(
        "missing fingers",
        manifest.missing_fingers.len(),
        MAX_MISSING,
    )?;
    let mut fingers = BTreeSet::new();
    for missing in &manifest.missing_fingers {
        word("missing finger", &missing.finger)?;
        word("reason of a missing finger", &missing.reason)?;
        if !fingers.insert(missing.finger.as_str()) {
            return wrong("missing fingers", "a finger is named twice");
        }
    }
    Ok(())
}

fn attachments(entries: &[AttachmentEntry]) -> Checked {
    at_most("attachments", entries.len(), MAX_ATTACHMENTS)?;
    let (mut names, mut pictures) = (BTreeSet::new(), BTreeSet::new());
    let mut total = 0_u64;
    for entry in entries {
        word("name of an attachment", &entry.name)?;
        name("media type", &entry.media_type)?;
        subject(&entry.subject)?;
        if entry.length > MAX_ATTACHMENT_BYTES {
            return Err(PacketError::TooLarge {
                what: "bytes of an attachment",
                limit: MAX_ATTACHMENT_BYTES,
            });
        }
        total = total.saturating_add(entry.length);
        if !names.insert(&entry.name) {
            return wrong("attachments", "a name is there twice");
        }
        if entry.purpose == Purpose::Record && !pictures.insert(&entry.subject) {
            return wrong("attachments", "the record has two pictures of the same");
        }
    }
    if total > MAX_PACKET_BYTES {
        return Err(PacketError::TooLarge {
            what: "bytes of a packet",
            limit: MAX_PACKET_BYTES,
        });
    }
    Ok(())
}

fn devices(manifest: &Manifest) -> Checked {
    at_most("devices", manifest.devices.len(), MAX_DEVICES)?;
    for device in &manifest.devices {
        name("maker of a device", &device.maker)?;
        name("model of a device", &device.model)?;
        for told in [&device.serial, &device.software].into_iter().flatten() {
            name("serial number or software of a device", told)?;
        }
    }
    Ok(())
}

fn one_try(one: &Try, devices: usize) -> Checked {
    subject(&one.subject)?;
    at_most("measures of a try", one.quality.len(), MAX_MEASURES)?;
    at_most("findings of a try", one.findings.len(), MAX_MEASURES)?;
    for quality in &one.quality {
        name("measure", &quality.measure)?;
        if quality.score > SCORES.0 && quality.score != SCORES.1 {
            return wrong(
                "score",
                "is 0 to 100, or 255 for what could not be measured",
            );
        }
    }
    for finding in &one.findings {
        name("finding", finding)?;
    }
    if one
        .device
        .is_some_and(|device| usize::from(device) >= devices)
    {
        return wrong("device of a try", "is not listed");
    }
    if one.number == 0 {
        return wrong("number of a try", "begins at 1");
    }
    Ok(())
}

fn overrides(manifest: &Manifest) -> Checked {
    at_most("overrides", manifest.overrides.len(), MAX_OVERRIDES)?;
    for Override {
        rule,
        subject: about,
        reason,
        ..
    } in &manifest.overrides
    {
        name("rule of an override", rule)?;
        subject(about)?;
        text("reason of an override", reason)?;
        if reason.trim().is_empty() {
            return wrong("override", "has no reason");
        }
    }
    if !manifest.overrides.is_empty() && manifest.supervisor.is_none() {
        return wrong("override", "nobody has released it");
    }
    let is_released = |one: &Try| {
        let mut all = manifest.overrides.iter();
        one.outcome != Outcome::Overridden || all.any(|given| given.subject == one.subject)
    };
    if !manifest.tries.iter().all(is_released) {
        return wrong("try", "was taken against a rule without an override");
    }
    Ok(())
}

fn subject(subject: &Subject) -> Checked {
    match subject {
        Subject::Portrait | Subject::Signature => Ok(()),
        Subject::Finger(of)
        | Subject::Slap(of)
        | Subject::Iris(of)
        | Subject::Document(of)
        | Subject::Field(of) => word("subject", of),
    }
}

/// A word for programs: small letters, digits and three signs, never a path.
fn word(part: &'static str, value: &str) -> Checked {
    let fits =
        |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || b".-_".contains(&byte);
    if value.is_empty() || value.len() > MAX_NAME_BYTES {
        return wrong(part, "has from 1 to 200 bytes");
    }
    if !value.bytes().all(fits) || value.starts_with('.') {
        return wrong(part, "has other signs than a-z, 0-9, `.`, `-` and `_`");
    }
    Ok(())
}

fn name(part: &'static str, value: &str) -> Checked {
    if value.is_empty() || value.len() > MAX_NAME_BYTES {
        return wrong(part, "has from 1 to 200 bytes");
    }
    printable(part, value)
}

fn text(part: &'static str, value: &str) -> Checked {
    if value.is_empty() || value.len() > MAX_TEXT_BYTES {
        return wrong(part, "has from 1 to 2048 bytes");
    }
    printable(part, value)
}

/// What is shown to people cannot steer their terminal.
fn printable(part: &'static str, value: &str) -> Checked {
    if value.chars().any(char::is_control) {
        return wrong(part, "has control characters");
    }
    Ok(())
}

fn at_most(what: &'static str, count: usize, limit: usize) -> Checked {
    if count > limit {
        let limit = u64::try_from(limit).unwrap_or(u64::MAX);
        return Err(PacketError::TooLarge { what, limit });
    }
    Ok(())
}

fn wrong(part: &'static str, why: &'static str) -> Checked {
    Err(PacketError::Manifest { part, why })
}
