//! What must not be done, though it could be written down: today's rules, for what is written today. A journal of before is read by what has
//! happened.

use crate::shift::Count;
use crate::{Card, Event, Person, Refused, State};

/// Whether an event that can follow may happen.
///
/// # Errors
/// [`Refused`].
pub(crate) fn may(state: &State, event: &Event) -> Result<(), Refused> {
    if is_a_beginning(event) && state.open_shift().is_none() {
        return Err(Refused::NoShift);
    }
    match event {
        Event::Started { by: None, .. }
        | Event::Failed { by: None, .. }
        | Event::Voided { by: None, .. }
        | Event::Reported { by: None, .. } => Err(Refused::Nobody),
        Event::Locking { job, by, .. } | Event::Passed { job, by, .. } => {
            let card = state.card_of_job(*job).ok_or(Refused::UnknownJob(*job))?;
            may_judge(card, by)
        }
        Event::Rejected { chip, .. } => match state.card(chip) {
            Some(card) if card.lock_is_open() => Err(Refused::LockOpen(chip.clone())),
            _ => Ok(()),
        },
        Event::HandedOver { by, to, .. } if by == to => Err(Refused::SamePerson),
        Event::ShiftOpened {
            count, as_closed, ..
        } => {
            if *as_closed && state.closed_shifts().is_empty() {
                return Err(Refused::NeverClosed);
            }
            must_be(state, count)
        }
        Event::ShiftClosed { count, .. } => {
            if let Some(card) = state.being_locked().first() {
                return Err(Refused::LockOpen(card.chip.clone()));
            }
            must_be(state, count)
        }
        _ => Ok(()),
    }
}

/// Whoever writes does not judge: nobody who has been at the card before COMMIT.
///
/// # Errors
/// [`Refused::OwnWork`].
pub(crate) fn may_judge(card: &Card, by: &Person) -> Result<(), Refused> {
    match card.hands.iter().find(|hand| *hand == by) {
        Some(writer) => Err(Refused::OwnWork(writer.name().to_owned())),
        None => Ok(()),
    }
}

/// Work on cards begins in a shift. What was begun is written down whenever it ends, and a batch of jobs, which is paper, may come at night.
const fn is_a_beginning(event: &Event) -> bool {
    matches!(
        event,
        Event::Received { .. }
            | Event::Started { .. }
            | Event::Locking { .. }
            | Event::HandedOver { .. }
            | Event::Rejected { .. }
            | Event::Destroyed { .. }
            | Event::Missing { .. }
            | Event::Found { .. }
    )
}

/// Compares what was counted with what there should be.
fn must_be(state: &State, count: &Count) -> Result<(), Refused> {
    let numbers = state.numbers();
    if !numbers.adds_up() {
        return Err(Refused::DoesNotAddUp);
    }
    let computed = Count::computed(&numbers);
    for (what, counted, computed) in count.beside(&computed) {
        if counted != computed {
            return Err(Refused::CountDiffers {
                what,
                counted: counted.unwrap_or_default(),
                computed: computed.unwrap_or_default(),
            });
        }
    }
    Ok(())
}
