//! The rules: which command is granted in which state.

mod life;
mod making;

use super::state::Proposed;
use super::{Command, Document, Event, Refusal, Stage, Voiding};
use crate::{Approval, Officer};

/// Grants a command or refuses it. `None` means that what is wished has happened before: the answer to a repeated command
/// is the same as to the first one.
///
/// # Errors
/// [`Refusal`]; nothing happens then.
pub fn process(document: Option<&Document>, command: &Command) -> Result<Option<Event>, Refusal> {
    let document = match (document, command) {
        (None, Command::EnterDocument(entry)) => return making::enter_new(entry),
        (None, _) => return Err(Refusal::UnknownJob),
        (Some(document), _) => document,
    };
    match command {
        Command::EnterDocument(entry) => making::enter_again(document, entry),
        Command::RecordSignature(signature) => making::sign(document, signature),
        Command::ConfirmWriting(writing) => making::write(document, writing),
        Command::ConfirmDelivery(delivery) => making::deliver(document, delivery),
        Command::VoidDocument(voiding) => making::void(document, voiding),
        Command::Ship(consignment) => life::ship(document, *consignment),
        Command::HandOver(hand_over) => life::hand_over(document, hand_over),
        Command::Suspend { reason, by } => life::suspend(document, *reason, by),
        Command::Reinstate { by } => life::reinstate(document, by),
        Command::End { reason, by } => life::end(document, *reason, by.as_ref()),
        Command::Propose { proposed, by } => propose(document, *proposed, by),
        Command::Confirm { proposed, by } => confirm(document, *proposed, by),
    }
}

/// Whether what is proposed could happen now.
fn is_possible(document: &Document, proposed: Proposed) -> Result<(), Refusal> {
    match proposed {
        Proposed::Void(_) => making::must_be_voidable(document),
        Proposed::End(_) => life::must_live(document).map(drop),
    }
}

/// A proposal takes the place of the one before: nobody blocks a document by a proposal that nobody wants to confirm. Who confirms names
/// what is confirmed, so that nothing is confirmed that was put there in the meantime.
fn propose(
    document: &Document,
    proposed: Proposed,
    by: &Officer,
) -> Result<Option<Event>, Refusal> {
    is_possible(document, proposed)?;
    match document.proposal() {
        Some(before) if before.proposed == proposed && before.by.is(by) => Ok(None),
        _ => Ok(Some(Event::DocumentEndProposed {
            proposed,
            by: by.clone(),
        })),
    }
}

fn confirm(
    document: &Document,
    proposed: Proposed,
    by: &Officer,
) -> Result<Option<Event>, Refusal> {
    is_possible(document, proposed)?;
    let proposal = document
        .proposal()
        .filter(|proposal| proposal.proposed == proposed)
        .ok_or(Refusal::NotProposed)?;
    let approval = Approval::new(proposal.by.clone(), by.clone())?;
    match proposed {
        Proposed::Void(reason) => making::void(
            document,
            &Voiding {
                reason,
                approval,
                receipt: None,
            },
        ),
        Proposed::End(reason) => life::end_by_two(document, reason, approval),
    }
}

/// The refusal of a document that is past its making.
fn past_making(document: &Document) -> Refusal {
    match document.stage() {
        Stage::Voided { voiding, .. } => Refusal::Voided(voiding.reason),
        Stage::Delivered { .. } => Refusal::Delivered,
        stage => Refusal::Stage(stage.kind()),
    }
}

#[cfg(test)]
mod tests;
