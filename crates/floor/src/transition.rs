//! What an event does to one card, or why it cannot.

use crate::card::Failure;
use crate::station::Note;
use crate::{Card, Event, Person, Reason, Refused, Stage, Work};

/// The card after an event that is about it.
///
/// # Errors
/// [`Refused`]: the event cannot follow.
pub(crate) fn after(card: &Card, event: &Event) -> Result<Card, Refused> {
    let mut next = card.clone();
    match event {
        Event::Started { reader, by, .. } => {
            must(card, card.stage.waits(), "writing")?;
            must_be_its_own(card)?;
            next.stage = Stage::InPerso;
            next.reader = Some(reader.clone());
            add_hand(&mut next, by.as_ref());
        }
        Event::Written {
            reader, by, commit, ..
        } => {
            must(card, card.stage == Stage::InPerso, "COMMIT")?;
            next.stage = Stage::Written;
            next.reader = Some(reader.clone());
            next.commit = Some(commit.clone());
            add_hand(&mut next, Some(by));
        }
        Event::Failed {
            reader,
            work,
            why,
            by,
            ..
        } => {
            must(card, fails_here(card, *work), work.word())?;
            next.failures = card.failures.saturating_add(1);
            next.last_failure = Some(Failure {
                work: *work,
                reader: reader.clone(),
                why: why.clone(),
            });
            if *work == Work::Writing {
                add_hand(&mut next, by.as_ref());
            }
        }
        other => return of_quality(card, next, other),
    }
    Ok(next)
}

/// Judging, and what follows for a good card.
fn of_quality(card: &Card, mut next: Card, event: &Event) -> Result<Card, Refused> {
    match event {
        Event::Locking { reader, by, .. } => {
            must(card, card.stage == Stage::Written, "LOCK")?;
            must_be_its_own(card)?;
            next.locking = Some((by.clone(), reader.clone()));
        }
        Event::NotLocked { .. } => {
            must(card, card.lock_is_open(), "a LOCK that did not come")?;
            next.locking = None;
        }
        Event::Passed { lock, .. } => {
            must(card, card.lock_is_open(), "passing")?;
            next.stage = Stage::Passed;
            next.was_good = true;
            next.lock.clone_from(lock);
        }
        Event::HandedOver { .. } => {
            must(card, card.stage == Stage::Passed, "handing over")?;
            next.stage = Stage::HandedOver;
        }
        Event::Station { note, why, .. } => match note {
            Note::Inside => next.other_number = None,
            Note::NumberDiffers => next.other_number.clone_from(why),
            Note::Delivered | Note::SetAside | Note::Stopped | Note::Cleared => {}
        },
        other => return of_chip(card, next, other),
    }
    Ok(next)
}

/// A card that bears another number than its job has is nobody's.
///
/// # Errors
/// [`Refused::NumberDiffers`].
pub(crate) fn must_be_its_own(card: &Card) -> Result<(), Refused> {
    match &card.other_number {
        None => Ok(()),
        Some(why) => Err(Refused::NumberDiffers {
            chip: card.chip.clone(),
            why: why.clone(),
        }),
    }
}

/// The ends of a card that is not good.
fn of_chip(card: &Card, mut next: Card, event: &Event) -> Result<Card, Refused> {
    match event {
        Event::Rejected { reason, .. } => {
            must(card, is_here(card), "a reject")?;
            next.stage = Stage::Rejected;
            next.reason = Some(*reason);
        }
        Event::Voided { .. } => {
            must(card, card.stage == Stage::Rejected && !card.voided, "VOID")?;
            next.voided = true;
        }
        Event::Destroyed { .. } => {
            // A chip that says nothing any more cannot say whether it is locked: without it there is no card in the field.
            let can_be = card.stage == Stage::Rejected || card.lock_is_open();
            must(card, can_be, "destruction")?;
            next.stage = Stage::Destroyed;
            next.reason = card.reason.or(Some(Reason::ChipFaulty));
        }
        Event::Missing { .. } => {
            let can_go = is_here(card) || card.stage == Stage::Rejected;
            must(card, can_go, "missing")?;
            next.stage = Stage::Missing;
        }
        Event::Found { .. } => {
            must(card, card.stage == Stage::Missing, "finding")?;
            next.stage = Stage::Rejected;
            next.reason = card.reason.or(Some(Reason::LostInProduction));
        }
        _ => return Err(Refused::NoJob(card.chip.clone())),
    }
    Ok(next)
}

/// The card of which the service was told something. None says: all that is so now.
///
/// # Errors
/// [`Refused::Stage`] for a card that has never come so far.
pub(crate) fn told(card: &Card, stage: Option<Stage>) -> Result<Card, Refused> {
    let stage = stage.unwrap_or(card.stage);
    must(card, card.has_come_to(stage), "a report")?;
    let mut next = card.clone();
    next.tell(stage);
    Ok(next)
}

/// Whether it lies on the floor and is no reject.
const fn is_here(card: &Card) -> bool {
    card.stage.remains() || matches!(card.stage, Stage::Passed)
}

fn add_hand(card: &mut Card, hand: Option<&Person>) {
    if let Some(hand) = hand
        && !card.hands.contains(hand)
    {
        card.hands.push(hand.clone());
    }
}

fn fails_here(card: &Card, work: Work) -> bool {
    match work {
        Work::Writing => card.stage == Stage::InPerso,
        Work::ReadingBack => card.stage == Stage::Written,
        Work::Locking => card.lock_is_open(),
    }
}

pub(crate) fn must(card: &Card, can: bool, what: &'static str) -> Result<(), Refused> {
    if can {
        Ok(())
    } else {
        Err(Refused::Stage {
            chip: card.chip.clone(),
            stage: card.stage,
            what,
        })
    }
}
