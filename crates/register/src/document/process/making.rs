//! From a number to a locked chip.

use perso::applet::Receipt;

use super::past_making;
use crate::document::{
    Delivery, Document, Entry, Event, Refusal, Signature, Stage, Voiding, Writing,
};

type Granted = Result<Option<Event>, Refusal>;

pub(super) fn enter_new(entry: &Entry) -> Granted {
    let keys = &entry.document.chip_keys;
    let repeated = keys
        .iter()
        .enumerate()
        .any(|(at, key)| keys.iter().skip(at + 1).any(|other| other == key));
    if repeated {
        return Err(Refusal::RepeatedKey);
    }
    Ok(Some(Event::DocumentEntered(entry.clone())))
}

pub(super) fn enter_again(document: &Document, entry: &Entry) -> Granted {
    match document.stage() {
        _ if !document.entry().is_same_document(entry) => Err(Refusal::OtherDocument),
        Stage::Entered | Stage::Signed(_) | Stage::Written { .. } => Ok(None),
        Stage::Delivered { .. } | Stage::Voided { .. } => Err(past_making(document)),
    }
}

pub(super) fn sign(document: &Document, signature: &Signature) -> Granted {
    match document.stage() {
        Stage::Entered => Ok(Some(Event::DocumentSigned(signature.clone()))),
        Stage::Voided { voiding, .. } => Err(Refusal::Voided(voiding.reason)),
        Stage::Signed(before)
        | Stage::Written {
            signature: before, ..
        }
        | Stage::Delivered {
            signature: before, ..
        } => {
            if before == signature {
                Ok(None)
            } else {
                Err(Refusal::SignedBefore)
            }
        }
    }
}

pub(super) fn write(document: &Document, writing: &Writing) -> Granted {
    match document.stage() {
        Stage::Entered => Err(Refusal::NotSigned),
        Stage::Signed(_) => {
            follows(document.entry().receipt_counter(), &writing.commit)?;
            Ok(Some(Event::DocumentWritten(writing.clone())))
        }
        Stage::Written {
            writing: before, ..
        } if before.commit == writing.commit => Ok(None),
        Stage::Delivered { delivery, .. } if delivery.commit == writing.commit => Ok(None),
        Stage::Written { .. } => Err(Refusal::DeliveredBefore),
        Stage::Delivered { .. } | Stage::Voided { .. } => Err(past_making(document)),
    }
}

pub(super) fn deliver(document: &Document, delivery: &Delivery) -> Granted {
    match document.stage() {
        Stage::Entered => Err(Refusal::NotSigned),
        Stage::Voided { voiding, .. } => Err(Refusal::Voided(voiding.reason)),
        Stage::Delivered {
            delivery: before, ..
        } if (&before.commit, &before.lock) == (&delivery.commit, &delivery.lock) => Ok(None),
        Stage::Delivered { .. } => Err(Refusal::DeliveredBefore),
        Stage::Written { writing, .. } if writing.commit != delivery.commit => {
            Err(Refusal::DeliveredBefore)
        }
        Stage::Written { writing, .. } => {
            // Whoever writes does not judge: the controller must be known, and somebody else.
            match &delivery.by {
                Some(controller) if !controller.is(&writing.by) => {}
                _ => return Err(Refusal::WroteIt),
            }
            locked(document, delivery)
        }
        // What was applied for at a desk is judged by somebody who can be named; a bureau that issues from folders has one desk.
        Stage::Signed(_) if document.entry().application.is_some() && delivery.by.is_none() => {
            Err(Refusal::WroteIt)
        }
        Stage::Signed(_) => locked(document, delivery),
    }
}

fn locked(document: &Document, delivery: &Delivery) -> Granted {
    follows(document.entry().receipt_counter(), &delivery.commit)?;
    follows(delivery.commit.counter, &delivery.lock)?;
    Ok(Some(Event::DocumentDelivered(delivery.clone())))
}

pub(super) fn must_be_voidable(document: &Document) -> Result<(), Refusal> {
    match document.stage() {
        Stage::Entered | Stage::Signed(_) | Stage::Written { .. } => Ok(()),
        Stage::Delivered { .. } | Stage::Voided { .. } => Err(past_making(document)),
    }
}

pub(super) fn void(document: &Document, voiding: &Voiding) -> Granted {
    if let Stage::Voided {
        voiding: before, ..
    } = document.stage()
        && (before.reason, &before.receipt) == (voiding.reason, &voiding.receipt)
    {
        return Ok(None);
    }
    must_be_voidable(document)?;
    if let Some(receipt) = &voiding.receipt {
        follows(document.entry().receipt_counter(), receipt)?;
    }
    Ok(Some(Event::DocumentVoided(voiding.clone())))
}

/// The receipt counter of a chip is raised before each new receipt and never repeats ([PERSO-091]).
fn follows(earlier: u32, receipt: &Receipt) -> Result<(), Refusal> {
    let later = receipt.counter;
    if later > earlier {
        Ok(())
    } else {
        Err(Refusal::ReceiptOrder { earlier, later })
    }
}
