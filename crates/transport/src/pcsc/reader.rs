//! Which readers there are, and what is in them.

use std::ffi::CString;
use std::time::Duration;

use ::pcsc::{Context, ReaderState, State};

use super::{establish, service};
use crate::Result;

/// A reader, or one slot of a reader that has several.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reader {
    /// The name the service gives it. It changes when the reader is plugged in elsewhere.
    pub name: String,
    /// What is in it.
    pub slot: Slot,
}

/// What is in a reader.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Slot {
    /// No card.
    Empty,
    /// A card.
    Card {
        /// Answer to reset.
        atr: Vec<u8>,
        /// Who else uses it.
        usage: Usage,
    },
    /// Something that gives no answer to reset.
    Mute,
    /// The reader does not tell: it is being unplugged.
    Unavailable,
}

/// Whether other programs use a card.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Usage {
    /// Nobody.
    Free,
    /// Somebody who lets others.
    Shared,
    /// Somebody who lets nobody else.
    Exclusive,
}

impl Reader {
    /// Whether there is a card that can be talked to.
    #[must_use]
    pub const fn has_card(&self) -> bool {
        matches!(self.slot, Slot::Card { .. })
    }

    pub(super) fn from_state(state: &ReaderState) -> Self {
        Self {
            name: state.name().to_string_lossy().into_owned(),
            slot: slot(state.event_state(), state.atr()),
        }
    }
}

/// All readers. No card is touched, so a reader that is busy does not hinder.
///
/// # Errors
/// [`crate::Error::NoService`], [`crate::Error::AccessDenied`]. No reader at all is an empty list.
pub fn readers() -> Result<Vec<Reader>> {
    list(&establish()?)
}

pub(super) fn list(context: &Context) -> Result<Vec<Reader>> {
    Ok(states(context)?.iter().map(Reader::from_state).collect())
}

/// The state of each reader, asked one by one: a reader that vanishes meanwhile spoils only its own entry.
pub(super) fn states(context: &Context) -> Result<Vec<ReaderState>> {
    let names = context.list_readers_owned().map_err(service)?;
    Ok(names.into_iter().map(|name| state(context, name)).collect())
}

fn state(context: &Context, name: CString) -> ReaderState {
    let mut state = ReaderState::new(name, State::UNAWARE);
    // On failure the event state stays empty, which reads as unavailable.
    let _ = context.get_status_change(Duration::ZERO, core::slice::from_mut(&mut state));
    state
}

fn slot(state: State, atr: &[u8]) -> Slot {
    if state.contains(State::PRESENT) && !state.contains(State::MUTE) {
        let usage = if state.contains(State::EXCLUSIVE) {
            Usage::Exclusive
        } else if state.contains(State::INUSE) {
            Usage::Shared
        } else {
            Usage::Free
        };
        Slot::Card {
            atr: atr.to_vec(),
            usage,
        }
    } else if state.contains(State::MUTE) {
        Slot::Mute
    } else if state.contains(State::EMPTY) {
        Slot::Empty
    } else {
        Slot::Unavailable
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn states_of_a_slot() {
        let card = |usage| Slot::Card {
            atr: vec![0x3B, 0],
            usage,
        };
        for (state, expected) in [
            (State::PRESENT, card(Usage::Free)),
            (State::PRESENT | State::INUSE, card(Usage::Shared)),
            (
                State::PRESENT | State::INUSE | State::EXCLUSIVE | State::CHANGED,
                card(Usage::Exclusive),
            ),
            (State::PRESENT | State::UNPOWERED, card(Usage::Free)),
            (State::PRESENT | State::MUTE, Slot::Mute),
            (State::EMPTY | State::CHANGED, Slot::Empty),
            (State::UNKNOWN | State::CHANGED, Slot::Unavailable),
            (State::empty(), Slot::Unavailable),
        ] {
            assert_eq!(slot(state, &[0x3B, 0]), expected, "{state:?}");
        }
    }
}
