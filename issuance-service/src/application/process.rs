//! The rules: which command is granted in which state.

use perso::applet::Receipt;

use super::{Command, Delivery, Document, Entry, Event, Refusal, Signature, Stage, Voiding};

/// Grants a command or refuses it. `None` means that what is wished has happened before: the answer to a repeated command
/// is the same as to the first one.
///
/// # Errors
/// [`Refusal`]; nothing happens then.
pub fn process(document: Option<&Document>, command: &Command) -> Result<Option<Event>, Refusal> {
    match (document, command) {
        (None, Command::EnterDocument(entry)) => enter_new(entry),
        (None, _) => Err(Refusal::UnknownJob),
        (Some(document), Command::EnterDocument(entry)) => enter_again(document, entry),
        (Some(document), Command::RecordSignature(signature)) => sign(document, signature),
        (Some(document), Command::ConfirmDelivery(delivery)) => deliver(document, delivery),
        (Some(document), Command::VoidDocument(voiding)) => void(document, voiding),
    }
}

fn enter_new(entry: &Entry) -> Result<Option<Event>, Refusal> {
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

fn enter_again(document: &Document, entry: &Entry) -> Result<Option<Event>, Refusal> {
    match document.stage() {
        _ if !document.entry().is_same_document(entry) => Err(Refusal::OtherDocument),
        Stage::Entered | Stage::Signed(_) => Ok(None),
        Stage::Delivered { .. } => Err(Refusal::Delivered),
        Stage::Voided { voiding, .. } => Err(Refusal::Voided(voiding.reason)),
    }
}

fn sign(document: &Document, signature: &Signature) -> Result<Option<Event>, Refusal> {
    match document.stage() {
        Stage::Entered => Ok(Some(Event::DocumentSigned(signature.clone()))),
        Stage::Voided { voiding, .. } => Err(Refusal::Voided(voiding.reason)),
        Stage::Signed(before)
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

fn deliver(document: &Document, delivery: &Delivery) -> Result<Option<Event>, Refusal> {
    match document.stage() {
        Stage::Entered => Err(Refusal::NotSigned),
        Stage::Voided { voiding, .. } => Err(Refusal::Voided(voiding.reason)),
        Stage::Delivered {
            delivery: before, ..
        } if before == delivery => Ok(None),
        Stage::Delivered { .. } => Err(Refusal::DeliveredBefore),
        Stage::Signed(_) => {
            follows(document.entry().receipt_counter(), &delivery.commit)?;
            follows(delivery.commit.counter, &delivery.lock)?;
            Ok(Some(Event::DocumentDelivered(delivery.clone())))
        }
    }
}

fn void(document: &Document, voiding: &Voiding) -> Result<Option<Event>, Refusal> {
    match document.stage() {
        Stage::Delivered { .. } => Err(Refusal::Delivered),
        Stage::Voided {
            voiding: before, ..
        } if (before.reason, &before.receipt) == (voiding.reason, &voiding.receipt) => Ok(None),
        Stage::Voided {
            voiding: before, ..
        } => Err(Refusal::Voided(before.reason)),
        Stage::Entered | Stage::Signed(_) => {
            if let Some(receipt) = &voiding.receipt {
                follows(document.entry().receipt_counter(), receipt)?;
            }
            Ok(Some(Event::DocumentVoided(voiding.clone())))
        }
    }
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

#[cfg(test)]
mod tests;
