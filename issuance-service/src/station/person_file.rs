//! A person as the bytes of a draft: the state as JSON, then its files.

use crypto::SecretBytes;
use enrolment::packet::Digest;

use super::person::Person;
use super::refusal::CaptureError;
use crate::Result;

/// What the bytes begin with.
const MAGIC: &[u8] = b"person 1\n";

/// The bytes.
///
/// # Errors
/// [`CaptureError::DraftUnreadable`] for a time without a year of four digits.
pub fn write(person: &Person) -> Result<SecretBytes> {
    let text = serde_json::to_vec(person).map_err(|_| CaptureError::DraftUnreadable)?;
    let files = person.files.iter();
    let parts: Vec<&[u8]> = core::iter::once(text.as_slice())
        .chain(files.flat_map(|(name, file)| [name.as_bytes(), file]))
        .collect();
    let room = parts.iter().map(|part| part.len() + 8).sum::<usize>();
    let mut bytes = Vec::with_capacity(MAGIC.len() + room);
    bytes.extend_from_slice(MAGIC);
    for part in parts {
        bytes.extend_from_slice(&(part.len() as u64).to_be_bytes());
        bytes.extend_from_slice(part);
    }
    Ok(SecretBytes::new(bytes))
}

/// By what it is known that nothing of a person was changed: SHA-256 of the bytes.
///
/// # Errors
/// As [`write`].
pub fn state(person: &Person) -> Result<String> {
    Ok(Digest::of(write(person)?.expose()).to_string())
}

/// Reads the bytes.
///
/// # Errors
/// [`CaptureError::DraftUnreadable`].
pub fn read(bytes: &[u8]) -> Result<Person> {
    let read = || {
        let mut rest = bytes.strip_prefix(MAGIC)?;
        let mut person: Person = serde_json::from_slice(part(&mut rest)?).ok()?;
        while !rest.is_empty() {
            let name = core::str::from_utf8(part(&mut rest)?).ok()?.to_owned();
            let file = part(&mut rest)?.to_vec();
            person.files.insert(name, file);
        }
        Some(person)
    };
    read().ok_or_else(|| CaptureError::DraftUnreadable.into())
}

fn part<'b>(rest: &mut &'b [u8]) -> Option<&'b [u8]> {
    let (length, after) = rest.split_first_chunk::<8>()?;
    let length = usize::try_from(u64::from_be_bytes(*length)).ok()?;
    let (part, after) = after.split_at_checked(length)?;
    *rest = after;
    Some(part)
}

#[cfg(test)]
mod tests {
    use time::macros::datetime;
    use uuid::Uuid;

    use super::*;

    #[test]
    fn a_person_is_read_as_written_and_no_other_way() {
        let now = datetime!(2026-11-22 05:00 UTC);
        let mut person = Person::new(Uuid::from_u128(7), "uto-passport", now);
        person.fields.insert("surname".into(), "Specimen".into());
        person.files.insert("portrait.png".into(), vec![1, 2, 3]);
        person.files.insert("empty".into(), Vec::new());
        let bytes = write(&person).unwrap();
        let again = read(bytes.expose()).unwrap();
        assert_eq!(again.fields, person.fields);
        assert_eq!(again.files, person.files);
        assert_eq!(write(&again).unwrap().expose(), bytes.expose());
        for cut in 0..bytes.len() {
            // Between two files it is whole, with fewer of them: the envelope of a draft is what keeps that away.
            if let Ok(short) = read(bytes.expose().get(..cut).unwrap()) {
                assert!(short.files.len() < person.files.len(), "{cut}");
            }
        }
    }
}
