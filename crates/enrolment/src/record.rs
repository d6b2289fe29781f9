//! A holder's record as it was collected.

use core::fmt;
use std::collections::BTreeMap;

use biometrics::finger::FingerPosition;

use crate::can::Can;
use crate::field::Field;

mod file;

pub use file::{MAX_FINGERS, MAX_RECORD_BYTES, RecordFile};

/// Everything that was collected about a holder and the document to be made, unaccepted.
///
/// Texts are as somebody typed them. [`crate::accept`] turns a record that breaks no rule into an
/// [`crate::AcceptedRecord`]; nothing else does.
#[derive(Default)]
pub struct HolderRecord {
    texts: Texts,
    can: Option<Can>,
    portrait: Option<Vec<u8>>,
    fingers: Vec<Finger>,
}

/// The texts of a record by field; a field without text is not there.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Texts(BTreeMap<Field, String>);

/// One of the ten fingers: its print, or why there is none.
#[derive(Clone, PartialEq, Eq)]
pub struct Finger {
    /// Which finger.
    pub position: FingerPosition,
    /// Its print or the reason.
    pub print: Print,
}

/// What was captured of a finger.
#[derive(Clone, PartialEq, Eq)]
pub enum Print {
    /// An image file: PNG, JPEG or JPEG 2000 at 500 pixels per inch.
    Image(Vec<u8>),
    /// There is none.
    Missing(MissingReason),
}

/// Why a finger has no print.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum MissingReason {
    /// The finger is gone.
    Amputated,
    /// A bandage or an injury that will heal.
    Bandaged,
    /// The ridges are worn or scarred beyond capture.
    Unreadable,
}

impl MissingReason {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Amputated, Self::Bandaged, Self::Unreadable];

    /// The word of the reason in `record.toml`.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Amputated => "amputated",
            Self::Bandaged => "bandaged",
            Self::Unreadable => "unreadable",
        }
    }

    /// Whether a later try may succeed.
    #[must_use]
    pub fn is_temporary(self) -> bool {
        self == Self::Bandaged
    }
}

impl HolderRecord {
    /// A record of nothing.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Sets the text of a field; an empty one takes it back. Fields without a text are left alone.
    pub fn set(&mut self, field: Field, text: impl Into<String>) {
        if field.is_text() {
            self.texts.set(field, text.into());
        }
    }

    /// Sets the card access number, where an issuer prints one of its own choice.
    pub fn set_can(&mut self, can: Can) {
        self.can = Some(can);
    }

    /// Sets the portrait: the file of an image.
    pub fn set_portrait(&mut self, image: Vec<u8>) {
        self.portrait = Some(image);
    }

    /// Adds a finger.
    pub fn add_finger(&mut self, finger: Finger) {
        self.fingers.push(finger);
    }

    /// The texts given.
    #[must_use]
    pub fn texts(&self) -> &Texts {
        &self.texts
    }

    /// The card access number, if given.
    #[must_use]
    pub fn can(&self) -> Option<&Can> {
        self.can.as_ref()
    }

    /// The file of the portrait, if given.
    #[must_use]
    pub fn portrait(&self) -> Option<&[u8]> {
        self.portrait.as_deref()
    }

    /// The fingers.
    #[must_use]
    pub fn fingers(&self) -> &[Finger] {
        &self.fingers
    }
}

impl Texts {
    /// The text of a field, if given; never empty.
    #[must_use]
    pub fn get(&self, field: Field) -> Option<&str> {
        self.0.get(&field).map(String::as_str)
    }

    /// All texts, in the order of the fields.
    pub fn iter(&self) -> impl Iterator<Item = (Field, &str)> {
        self.0.iter().map(|(field, text)| (*field, text.as_str()))
    }

    pub(crate) fn set(&mut self, field: Field, text: String) {
        if text.is_empty() {
            self.0.remove(&field);
        } else {
            self.0.insert(field, text);
        }
    }
}

impl fmt::Debug for Texts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} texts", self.0.len())
    }
}

impl fmt::Debug for HolderRecord {
    /// How much there is, not what: a person's data do not belong into logs.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("HolderRecord")
            .field("texts", &self.texts)
            .field("portrait", &self.portrait.is_some())
            .field("fingers", &self.fingers)
            .finish_non_exhaustive()
    }
}

impl fmt::Debug for Finger {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.print {
            Print::Image(image) => write!(f, "{} ({} bytes)", self.position, image.len()),
            Print::Missing(reason) => write!(f, "{} ({})", self.position, reason.word()),
        }
    }
}

impl fmt::Debug for Print {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Image(image) => write!(f, "Image({} bytes)", image.len()),
            Self::Missing(reason) => write!(f, "Missing({reason:?})"),
        }
    }
}
