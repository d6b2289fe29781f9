//! From a locked chip to its end.

use uuid::Uuid;

use crate::document::{
    Document, End, EndReason, Ended, Event, HandOver, Life, Refusal, Stage, SuspendReason,
    Whereabouts,
};
use crate::{Approval, Officer};

type Granted = Result<Option<Event>, Refusal>;

/// The life of a document that is in the field and has not ended.
pub(super) fn must_live(document: &Document) -> Result<&Life, Refusal> {
    match document.stage() {
        Stage::Delivered { life, .. } => match &life.end {
            None => Ok(life),
            Some(end) => Err(Refusal::Ended(end.reason)),
        },
        Stage::Voided { voiding, .. } => Err(Refusal::Voided(voiding.reason)),
        stage => Err(Refusal::Stage(stage.kind())),
    }
}

pub(super) fn ship(document: &Document, consignment: Uuid) -> Granted {
    let life = must_live(document)?;
    match life.whereabouts {
        Whereabouts::Shipped(before) if before == consignment => Ok(None),
        // A card that came back, or went to the wrong counter, is sent on.
        Whereabouts::Personalised | Whereabouts::Shipped(_) if life.suspended.is_none() => {
            Ok(Some(Event::DocumentShipped(consignment)))
        }
        _ => Err(Refusal::Stage(document.stage().kind())),
    }
}

pub(super) fn hand_over(document: &Document, hand_over: &HandOver) -> Granted {
    let life = must_live(document)?;
    match &life.whereabouts {
        Whereabouts::HandedOver(before) if before == hand_over => Ok(None),
        // A bureau hands over where it personalises.
        Whereabouts::Personalised | Whereabouts::Shipped(_) if life.suspended.is_none() => {
            Ok(Some(Event::DocumentHandedOver(hand_over.clone())))
        }
        _ => Err(Refusal::Stage(document.stage().kind())),
    }
}

pub(super) fn suspend(document: &Document, reason: SuspendReason, by: &Officer) -> Granted {
    let life = must_live(document)?;
    if life.suspended == Some(reason) {
        return Ok(None);
    }
    Ok(Some(Event::DocumentSuspended {
        reason,
        by: by.clone(),
    }))
}

pub(super) fn reinstate(document: &Document, by: &Officer) -> Granted {
    let life = must_live(document)?;
    if life.suspended.is_none() {
        return Ok(None);
    }
    Ok(Some(Event::DocumentReinstated { by: by.clone() }))
}

pub(super) fn end(document: &Document, reason: EndReason, by: Option<&Officer>) -> Granted {
    if is_ended(document, reason) {
        return Ok(None);
    }
    must_live(document)?;
    if reason.takes_two() {
        return Err(Refusal::TakesTwo);
    }
    Ok(Some(Event::DocumentEnded(End {
        reason,
        by: by.cloned().map(Ended::ByOne),
    })))
}

pub(super) fn end_by_two(document: &Document, reason: EndReason, approval: Approval) -> Granted {
    must_live(document)?;
    Ok(Some(Event::DocumentEnded(End {
        reason,
        by: Some(Ended::ByTwo(approval)),
    })))
}

fn is_ended(document: &Document, reason: EndReason) -> bool {
    document
        .life()
        .and_then(|life| life.end.as_ref())
        .is_some_and(|end| end.reason == reason)
}
