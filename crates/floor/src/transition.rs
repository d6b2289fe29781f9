//! What an event does to one card, or why it cannot.

use crate::card::Failure;
use crate::{Card, Event, Person, Refused, Stage, Work};

/// The card after an event that is about it.
///
/// # Errors
/// [`Refused`]: the event cannot follow.
pub(crate) fn after(card: &Card, event: &Event) -> Result<Card, Refused> {
    let mut next = card.clone();
    match event {
        Event::Started { reader, .. } => {
            must(card, card.stage.waits(), "writing")?;
            next.stage = Stage::InPerso;
            next.reader = Some(reader.clone());
        }
        Event::Written {
            reader, by, commit, ..
        } => {
            must(card, card.stage == Stage::InPerso, "COMMIT")?;
            next.stage = Stage::Written;
            next.reader = Some(reader.clone());
            next.written_by = Some(by.clone());
            next.commit = Some(commit.clone());
        }
        Event::Failed {
            reader, work, why, ..
        } => {
            must(card, fails_here(card, *work), work.word())?;
            next.failures = card.failures.saturating_add(1);
            next.last_failure = Some(Failure {
                work: *work,
                reader: reader.clone(),
                why: why.clone(),
            });
        }
        Event::Locking { reader, by, .. } => {
            must(card, card.stage == Stage::Written, "LOCK")?;
            may_judge(card, by)?;
            next.locking = Some((by.clone(), reader.clone()));
        }
        Event::Passed { lock, by, .. } => {
            let is_locked = card.stage == Stage::Written && card.locking.is_some();
            must(card, is_locked, "passing")?;
            may_judge(card, by)?;
            next.stage = Stage::Passed;
            next.lock.clone_from(lock);
        }
        Event::Reported { .. } => {
            must(card, card.stage > Stage::InPerso, "a report")?;
            next.reported = Some(card.stage);
        }
        other => return of_chip(card, next, other),
    }
    Ok(next)
}

/// The ends of a card that is not good.
fn of_chip(card: &Card, mut next: Card, event: &Event) -> Result<Card, Refused> {
    match event {
        Event::Rejected { reason, .. } => {
            must(card, card.stage.remains(), "a reject")?;
            next.stage = Stage::Rejected;
            next.reason = Some(*reason);
        }
        Event::Voided { .. } => {
            must(card, card.stage == Stage::Rejected && !card.voided, "VOID")?;
            next.voided = true;
        }
        Event::Destroyed { .. } => {
            must(card, card.stage == Stage::Rejected, "destruction")?;
            next.stage = Stage::Destroyed;
        }
        Event::Missing { .. } => {
            let can_go = card.stage.remains() || card.stage == Stage::Rejected;
            must(card, can_go, "missing")?;
            next.stage = Stage::Missing;
        }
        Event::Found { .. } => {
            must(card, card.stage == Stage::Missing, "finding")?;
            next.stage = Stage::Rejected;
            next.reason = card.reason.or(Some(crate::Reason::LostInProduction));
        }
        _ => return Err(Refused::NoJob(card.chip.clone())),
    }
    Ok(next)
}

/// Whoever writes does not judge.
///
/// # Errors
/// [`Refused::OwnWork`].
pub(crate) fn may_judge(card: &Card, by: &Person) -> Result<(), Refused> {
    match &card.written_by {
        Some(writer) if writer == by => Err(Refused::OwnWork(writer.name().to_owned())),
        _ => Ok(()),
    }
}

fn fails_here(card: &Card, work: Work) -> bool {
    match work {
        Work::Writing => card.stage == Stage::InPerso,
        Work::ReadingBack => card.stage == Stage::Written,
        Work::Locking => card.stage == Stage::Written && card.locking.is_some(),
    }
}

fn must(card: &Card, can: bool, what: &'static str) -> Result<(), Refused> {
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
