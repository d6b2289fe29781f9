//! The floor: what people may not do is policy, what a card is not is the card.

use floor::quality::NotGood;
use floor::{Error, JournalFault, Refused};
use inspection::Outcome;
use perso::batch_file::BatchFault;

use super::{Exit, of_io, of_perso};

/// Errors of the floor.
pub(super) fn of_floor(error: &Error) -> Option<(Exit, Option<String>)> {
    match error {
        Error::Journal(fault) => Some(of_journal(fault)),
        Error::Refused(refused) | Error::TooLate(refused) => Some(of_refusal(refused)),
        Error::Perso(error) => of_perso(error),
        Error::ReadBack(fault) => Some(of_read_back(fault)),
        Error::Batch(fault) => of_batch(*fault),
        Error::Service(_) => hinted(
            Exit::Undetermined,
            "start the same call again: what was claimed is not claimed again",
        ),
        Error::Station(_) => hinted(
            Exit::Reader,
            "open the machine, take out what is in it, and say so: `card-tool floor station FOLDER NAME --cleared \"…\"`; then the same command goes on",
        ),
        Error::Job { .. } => hinted(
            Exit::Usage,
            "the job file is gone or is none: take it again with `card-tool floor take`",
        ),
        _ => None,
    }
}

fn of_batch(fault: BatchFault) -> Option<(Exit, Option<String>)> {
    use BatchFault as F;
    match fault {
        F::UnknownSigner => hinted(
            Exit::Policy,
            "whose batches are taken is said with `card-tool floor trust-signer`, by a key that came from somewhere else than the batch",
        ),
        F::Expired => hinted(Exit::Policy, "have it signed again"),
        F::SignatureWrong => hinted(
            Exit::No,
            "somebody has changed it: ask for it again, and find out where it was",
        ),
        _ => hinted(Exit::Usage, "is it the right file?"),
    }
}

fn of_journal(fault: &JournalFault) -> (Exit, Option<String>) {
    use JournalFault as F;
    match fault {
        F::Damaged { .. } | F::Shorter => (
            Exit::No,
            Some("stop here: nobody goes on over a changed journal; find out who changed it, and restore the folder".to_owned()),
        ),
        F::Storage(error) => (Exit::Usage, of_io(error)),
        _ => (Exit::Usage, Some("start the same verb again; the cards are where they were".to_owned())),
    }
}

/// What must not happen.
pub(super) fn of_refusal(refused: &Refused) -> (Exit, Option<String>) {
    use Refused as R;
    let (exit, hint) = match refused {
        R::Serial | R::Name | R::Nobody | R::Reason | R::BatchSize | R::Mark | R::SignerKey => {
            (Exit::Usage, "see --help")
        }
        R::NotOpened => (Exit::Usage, "`card-tool floor open` makes a floor"),
        R::Stranger(_) | R::NoJob(_) => (
            Exit::Card,
            "it was not touched: take its job with `card-tool floor take`, or put it back where it belongs",
        ),
        R::ChipDiffers { .. } | R::InTheField => {
            (Exit::Card, "set it aside, and find out where it came from")
        }
        R::Locked => (
            Exit::Card,
            "two persons destroy it by hand, and `card-tool floor destroy` records it",
        ),
        R::LockOpen(_) => (
            Exit::Policy,
            "put it in with `card-tool floor judge`: reading it decides; when its chip is silent, two persons destroy it (`card-tool floor destroy`)",
        ),
        R::NoShift => (
            Exit::Policy,
            "count, and begin one: `card-tool floor shift open FOLDER --remaining COUNT --good COUNT --rejects COUNT`; when nobody can count now and nothing has come since the last close, `card-tool floor shift open FOLDER --as-closed`",
        ),
        R::NeverClosed => (Exit::Policy, "count, and give the numbers"),
        R::OtherMark(_) => (
            Exit::No,
            "take what `card-tool floor results` has printed of this floor; if it is of this floor, the journal was changed",
        ),
        R::DoesNotAddUp => (
            Exit::No,
            "stop here, keep the folder as it is, and report it",
        ),
        R::CountDiffers { .. } => (
            Exit::Policy,
            "count again; what is not there is recorded with `card-tool floor missing`",
        ),
        R::OwnWork(_) | R::SamePerson => (Exit::Policy, "a second person must be there"),
        _ => (
            Exit::Policy,
            "nothing was changed; `card-tool floor status` shows where each card is",
        ),
    };
    (exit, Some(hint.to_owned()))
}

fn of_read_back(fault: &NotGood) -> (Exit, Option<String>) {
    let exit = match fault.overall {
        Outcome::Successful => Exit::No,
        Outcome::Failed if fault.was_not_let_in => Exit::Card,
        Outcome::Failed => Exit::No,
        Outcome::Undetermined | Outcome::NotSupported => Exit::Undetermined,
        Outcome::Aborted => Exit::Card,
    };
    let hint = "the chip is not locked; read it back again, or void it";
    (exit, Some(hint.to_owned()))
}

fn hinted(exit: Exit, hint: &str) -> Option<(Exit, Option<String>)> {
    Some((exit, Some(hint.to_owned())))
}
