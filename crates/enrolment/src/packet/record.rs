//! The holder's record that a packet carries.

use biometrics::finger::FingerPosition;

use super::{OpenedPacket, PacketError, Purpose, Subject};
use crate::{Can, Field, Finger, HolderRecord, MissingReason, Print};

/// The fingers of a hand by their words.
const FINGERS: [&str; 5] = ["thumb", "index", "middle", "ring", "little"];

/// The word of a single finger: `right-index`.
#[must_use]
pub fn finger_word(position: FingerPosition) -> Option<String> {
    let (side, place) = match position.0 {
        place @ 1..=5 => ("right", place - 1),
        place @ 6..=10 => ("left", place - 6),
        _ => return None,
    };
    let name = FINGERS.get(usize::from(place))?;
    Some(format!("{side}-{name}"))
}

/// The finger of a word.
#[must_use]
pub fn finger_position(word: &str) -> Option<FingerPosition> {
    (1..=10)
        .map(FingerPosition)
        .find(|position| finger_word(*position).as_deref() == Some(word))
}

impl OpenedPacket {
    /// The record, unaccepted: [`crate::accept`] decides of it.
    ///
    /// # Errors
    /// [`PacketError::Manifest`] for a field, finger or reason that this release does not know.
    pub fn record(&self) -> Result<HolderRecord, PacketError> {
        let manifest = self.manifest();
        let mut record = HolderRecord::new();
        for (word, text) in &manifest.fields {
            let field = Field::from_word(word).filter(|field| field.is_text());
            record.set(field.ok_or(unknown("fields"))?, text.as_str());
        }
        if let Some(can) = &manifest.can {
            record.set_can(Can::parse(can).map_err(|_| unknown("card access number"))?);
        }
        for entry in &manifest.attachments {
            let content = self.attachment(&entry.name).unwrap_or_default();
            match (entry.purpose, &entry.subject) {
                (Purpose::Record, Subject::Portrait) => record.set_portrait(content.to_vec()),
                (Purpose::Record, Subject::Finger(word)) => record.add_finger(Finger {
                    position: finger_position(word).ok_or(unknown("finger"))?,
                    print: Print::Image(content.to_vec()),
                }),
                _ => {}
            }
        }
        for missing in &manifest.missing_fingers {
            let mut reasons = MissingReason::ALL.into_iter();
            let reason = reasons.find(|reason| reason.word() == missing.reason);
            record.add_finger(Finger {
                position: finger_position(&missing.finger).ok_or(unknown("finger"))?,
                print: Print::Missing(reason.ok_or(unknown("reason of a missing finger"))?),
            });
        }
        Ok(record)
    }
}

const fn unknown(part: &'static str) -> PacketError {
    PacketError::Manifest {
        part,
        why: "this release does not know it",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fingers_and_words_go_both_ways() {
        for position in (1..=10).map(FingerPosition) {
            let word = finger_word(position).unwrap();
            assert_eq!(finger_position(&word), Some(position));
        }
        assert_eq!(
            finger_word(FingerPosition::LEFT_LITTLE).unwrap(),
            "left-little"
        );
        assert_eq!(finger_word(FingerPosition::RIGHT_FOUR), None);
        assert_eq!(finger_position("right-toe"), None);
    }
}
