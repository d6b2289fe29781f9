//! A document as its events make it.

use uuid::Uuid;

use super::{Delivery, Entry, Event, Signature, Voiding};

/// The state of a document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Document {
    entry: Entry,
    stage: Stage,
}

/// How far a document is, with what is known from there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Stage {
    /// Number, chip and keys are taken.
    Entered,
    /// The job is made.
    Signed(Signature),
    /// The chip is in the field.
    Delivered {
        /// What was signed.
        signature: Signature,
        /// The evidence of the chip.
        delivery: Delivery,
    },
    /// There is no document.
    Voided {
        /// What was signed, if it had come so far.
        signature: Option<Signature>,
        /// Why.
        voiding: Voiding,
    },
}

/// The stages by name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum StageKind {
    /// [`Stage::Entered`].
    Entered,
    /// [`Stage::Signed`].
    Signed,
    /// [`Stage::Delivered`].
    Delivered,
    /// [`Stage::Voided`].
    Voided,
}

impl Document {
    /// A document that has just been entered.
    #[must_use]
    pub const fn entered(entry: Entry) -> Self {
        Self {
            entry,
            stage: Stage::Entered,
        }
    }

    /// The document that a series of events has made; `None` when nothing has happened.
    #[must_use]
    pub fn replay<'e>(events: impl IntoIterator<Item = &'e Event>) -> Option<Self> {
        events.into_iter().fold(None, Self::apply)
    }

    /// What an event makes of a document. Cannot fail: an event that [`super::process`] would not have allowed here, which
    /// no store can hold, leaves the document as it is.
    #[must_use]
    pub fn apply(document: Option<Self>, event: &Event) -> Option<Self> {
        let Some(Self { entry, stage }) = document else {
            return match event {
                Event::DocumentEntered(entry) => Some(Self::entered(entry.clone())),
                _ => None,
            };
        };
        let stage = match (stage, event) {
            (Stage::Entered, Event::DocumentSigned(signature)) => Stage::Signed(signature.clone()),
            (Stage::Signed(signature), Event::DocumentDelivered(delivery)) => Stage::Delivered {
                signature,
                delivery: delivery.clone(),
            },
            (Stage::Entered, Event::DocumentVoided(voiding)) => Stage::Voided {
                signature: None,
                voiding: voiding.clone(),
            },
            (Stage::Signed(signature), Event::DocumentVoided(voiding)) => Stage::Voided {
                signature: Some(signature),
                voiding: voiding.clone(),
            },
            (stage, _) => stage,
        };
        Some(Self { entry, stage })
    }

    /// The job that makes it.
    #[must_use]
    pub const fn job(&self) -> Uuid {
        self.entry.document.job
    }

    /// What was decided at entry.
    #[must_use]
    pub const fn entry(&self) -> &Entry {
        &self.entry
    }

    /// How far it is.
    #[must_use]
    pub const fn stage(&self) -> &Stage {
        &self.stage
    }

    /// What was signed for it, if anything was.
    #[must_use]
    pub const fn signature(&self) -> Option<&Signature> {
        match &self.stage {
            Stage::Entered => None,
            Stage::Signed(signature) | Stage::Delivered { signature, .. } => Some(signature),
            Stage::Voided { signature, .. } => signature.as_ref(),
        }
    }
}

impl Stage {
    /// The name of the stage.
    #[must_use]
    pub const fn kind(&self) -> StageKind {
        match self {
            Self::Entered => StageKind::Entered,
            Self::Signed(_) => StageKind::Signed,
            Self::Delivered { .. } => StageKind::Delivered,
            Self::Voided { .. } => StageKind::Voided,
        }
    }
}

impl StageKind {
    /// All stages.
    pub const ALL: [Self; 4] = [Self::Entered, Self::Signed, Self::Delivered, Self::Voided];

    /// The word of the stage on command lines, in reports and in the register.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Entered => "entered",
            Self::Signed => "signed",
            Self::Delivered => "delivered",
            Self::Voided => "voided",
        }
    }

    /// The stage of a word.
    #[must_use]
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|stage| stage.word() == word)
    }
}
