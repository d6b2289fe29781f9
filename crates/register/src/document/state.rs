//! A document as its events make it.

use uuid::Uuid;

use super::life::{EndReason, Ended, Life, Whereabouts};
use super::{Delivery, Entry, Event, Signature, VoidReason, Voiding, Writing};
use crate::Officer;

/// The state of a document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Document {
    entry: Entry,
    stage: Stage,
    proposal: Option<Proposal>,
}

/// How far a document is, with what is known from there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Stage {
    /// Number, chip and keys are taken.
    Entered,
    /// The job is made.
    Signed(Signature),
    /// The chip has confirmed every file.
    Written {
        /// What was signed.
        signature: Signature,
        /// The evidence of the chip.
        writing: Writing,
    },
    /// The chip is in the field.
    Delivered {
        /// What was signed.
        signature: Signature,
        /// The evidence of the chip.
        delivery: Delivery,
        /// What became of it.
        life: Life,
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
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum StageKind {
    /// [`Stage::Entered`].
    Entered,
    /// [`Stage::Signed`].
    Signed,
    /// [`Stage::Written`].
    Written,
    /// [`Stage::Delivered`], still where it was personalised.
    Delivered,
    /// [`Stage::Delivered`], on its way.
    Shipped,
    /// [`Stage::Delivered`], with its holder.
    HandedOver,
    /// [`Stage::Delivered`], not to be used for the moment.
    Suspended,
    /// [`Stage::Delivered`], and its time is over.
    Ended,
    /// [`Stage::Voided`].
    Voided,
}

/// What takes two persons.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Proposed {
    /// To void a document that is not in the field.
    Void(VoidReason),
    /// To end one that is.
    End(EndReason),
}

/// What one person has proposed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Proposal {
    /// What.
    pub proposed: Proposed,
    /// Who.
    pub by: Officer,
}

impl Document {
    /// A document that has just been entered.
    #[must_use]
    pub const fn entered(entry: Entry) -> Self {
        Self {
            entry,
            stage: Stage::Entered,
            proposal: None,
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
        let Some(Self {
            entry,
            stage,
            proposal,
        }) = document
        else {
            return match event {
                Event::DocumentEntered(entry) => Some(Self::entered(entry.clone())),
                _ => None,
            };
        };
        let proposal = match event {
            Event::DocumentEndProposed { proposed, by } => Some(Proposal {
                proposed: *proposed,
                by: by.clone(),
            }),
            // What is in the field is not voided any more: what was proposed before must not stand in the way of ending it.
            Event::DocumentDelivered(_) | Event::DocumentEnded(_) | Event::DocumentVoided(_) => {
                None
            }
            _ => proposal,
        };
        Some(Self {
            entry,
            stage: stage.after(event),
            proposal,
        })
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

    /// What waits for a second person.
    #[must_use]
    pub const fn proposal(&self) -> Option<&Proposal> {
        self.proposal.as_ref()
    }

    /// What was signed for it, if anything was.
    #[must_use]
    pub const fn signature(&self) -> Option<&Signature> {
        match &self.stage {
            Stage::Entered => None,
            Stage::Signed(signature)
            | Stage::Written { signature, .. }
            | Stage::Delivered { signature, .. } => Some(signature),
            Stage::Voided { signature, .. } => signature.as_ref(),
        }
    }

    /// What became of it, once it was locked.
    #[must_use]
    pub const fn life(&self) -> Option<&Life> {
        match &self.stage {
            Stage::Delivered { life, .. } => Some(life),
            _ => None,
        }
    }
}

impl Stage {
    fn after(self, event: &Event) -> Self {
        match (self, event) {
            (Self::Entered, Event::DocumentSigned(signature)) => Self::Signed(signature.clone()),
            (Self::Signed(signature), Event::DocumentWritten(writing)) => Self::Written {
                signature,
                writing: writing.clone(),
            },
            (
                Self::Signed(signature) | Self::Written { signature, .. },
                Event::DocumentDelivered(delivery),
            ) => Self::Delivered {
                signature,
                delivery: delivery.clone(),
                life: Life::NEW,
            },
            (
                Self::Delivered {
                    signature,
                    delivery,
                    life,
                },
                event,
            ) => Self::Delivered {
                signature,
                delivery,
                life: life.after(event),
            },
            (Self::Entered, Event::DocumentVoided(voiding)) => Self::Voided {
                signature: None,
                voiding: voiding.clone(),
            },
            (
                Self::Signed(signature) | Self::Written { signature, .. },
                Event::DocumentVoided(voiding),
            ) => Self::Voided {
                signature: Some(signature),
                voiding: voiding.clone(),
            },
            (stage, _) => stage,
        }
    }

    /// The name of the stage.
    #[must_use]
    pub const fn kind(&self) -> StageKind {
        match self {
            Self::Entered => StageKind::Entered,
            Self::Signed(_) => StageKind::Signed,
            Self::Written { .. } => StageKind::Written,
            Self::Delivered { life, .. } => life.kind(),
            Self::Voided { .. } => StageKind::Voided,
        }
    }
}

impl Life {
    fn after(self, event: &Event) -> Self {
        match event {
            Event::DocumentShipped(consignment) => Self {
                whereabouts: Whereabouts::Shipped(*consignment),
                ..self
            },
            Event::DocumentHandedOver(hand_over) => Self {
                whereabouts: Whereabouts::HandedOver(hand_over.clone()),
                ..self
            },
            Event::DocumentSuspended { reason, .. } => Self {
                suspended: Some(*reason),
                ..self
            },
            Event::DocumentReinstated { .. } => Self {
                suspended: None,
                ..self
            },
            Event::DocumentEnded(end) => Self {
                end: Some(end.clone()),
                ..self
            },
            _ => self,
        }
    }

    const fn kind(&self) -> StageKind {
        match self {
            Self { end: Some(_), .. } => StageKind::Ended,
            Self {
                suspended: Some(_), ..
            } => StageKind::Suspended,
            Self { whereabouts, .. } => match whereabouts {
                Whereabouts::Personalised => StageKind::Delivered,
                Whereabouts::Shipped(_) => StageKind::Shipped,
                Whereabouts::HandedOver(_) => StageKind::HandedOver,
            },
        }
    }
}

impl Ended {
    /// Everybody who has said so.
    pub fn officers(&self) -> impl Iterator<Item = &Officer> {
        let (first, second) = match self {
            Self::ByOne(officer) => (officer, None),
            Self::ByTwo(approval) => (approval.operator(), Some(approval.approver())),
        };
        core::iter::once(first).chain(second)
    }
}

impl StageKind {
    /// All stages.
    pub const ALL: [Self; 9] = [
        Self::Entered,
        Self::Signed,
        Self::Written,
        Self::Delivered,
        Self::Shipped,
        Self::HandedOver,
        Self::Suspended,
        Self::Ended,
        Self::Voided,
    ];

    /// The word of the stage on command lines, in reports and in the register.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Entered => "entered",
            Self::Signed => "signed",
            Self::Written => "written",
            Self::Delivered => "delivered",
            Self::Shipped => "shipped",
            Self::HandedOver => "handed-over",
            Self::Suspended => "suspended",
            Self::Ended => "ended",
            Self::Voided => "voided",
        }
    }

    /// The stage of a word.
    #[must_use]
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|stage| stage.word() == word)
    }
}
