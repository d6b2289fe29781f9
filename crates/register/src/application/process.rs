//! The rules: which command is granted in which state, and who may not give it.

use uuid::Uuid;

use super::event::{
    Check, DuplicateFinding, Erasure, ErasureCause, MakeFailure, Receipt, Resemblance,
};
use super::refusal::Part;
use super::{Application, Command, Event, Refusal, Stage, StageKind};
use crate::Officer;

type Granted = Result<Option<Event>, Refusal>;

/// Grants a command or refuses it. `None` means that what is wished has happened before: the answer to a repeated command is
/// the same as to the first one.
///
/// # Errors
/// [`Refusal`]; nothing happens then.
pub fn process(application: Option<&Application>, command: &Command) -> Granted {
    let application = match (application, command) {
        (None, Command::Receive(receipt)) => {
            return Ok(Some(Event::ApplicationReceived(receipt.clone())));
        }
        (None, _) => return Err(Refusal::Unknown),
        (Some(application), _) => application,
    };
    match command {
        Command::Receive(receipt) => receive_again(application, receipt),
        Command::RecordCheck(check) => record_check(application, check),
        Command::RecordResemblance { resembling } => record_resemblance(application, resembling),
        Command::ReviewDuplicates { finding, by } => review(application, *finding, by),
        Command::Approve { by } => approve(application, by),
        Command::AssignPerson { person } => assign(application, *person),
        Command::BeginProduction { job } => begin(application, *job),
        Command::RecordFailure { job, reason } => fail(application, *job, *reason),
        Command::RecordWithdrawal { job, by } => withdrawn(application, *job, by),
        Command::RecordProduct { job } => produce(application, *job),
        Command::Complain { job, reason, by } => complain(application, *job, *reason, by),
        Command::Complete { job } => complete(application, *job),
        Command::Refuse { reason, rules, by } => match application.stage() {
            Stage::Refused(before) if before == *reason => Ok(None),
            _ => must_be_undecided(application).map(|()| {
                Some(Event::ApplicationRefused {
                    reason: *reason,
                    rules: rules.clone(),
                    by: by.clone(),
                })
            }),
        },
        Command::Withdraw { by } => withdraw(application, by),
        Command::RecordErasure(erasure) => erase(application, erasure),
    }
}

fn receive_again(application: &Application, receipt: &Receipt) -> Granted {
    if application.receipt().packet == receipt.packet {
        Ok(None)
    } else {
        Err(Refusal::OtherPacket)
    }
}

fn record_check(application: &Application, check: &Check) -> Granted {
    match application.stage() {
        Stage::Received => Ok(Some(Event::ApplicationChecked(check.clone()))),
        // Another worker was faster: what it has found stands.
        _ if application.check().is_some() => Ok(None),
        stage => Err(Refusal::Stage(stage.kind())),
    }
}

/// Who was compared before is not compared again, and of whom the register knows who it is, it is not asked.
fn record_resemblance(application: &Application, resembling: &[Resemblance]) -> Granted {
    match application.stage() {
        Stage::InDuplicateReview | Stage::Checked | Stage::Approved => {}
        stage => return Err(Refusal::Stage(stage.kind())),
    }
    let is_new = |one: &&Resemblance| !resembles(application, one.person);
    let new: Vec<Resemblance> = resembling.iter().filter(is_new).cloned().collect();
    if new.is_empty() || application.person().is_some() {
        return Ok(None);
    }
    Ok(Some(Event::ResemblanceFound { resembling: new }))
}

fn review(application: &Application, finding: DuplicateFinding, by: &Officer) -> Granted {
    if application.stage() != Stage::InDuplicateReview {
        return Err(Refusal::Stage(application.stage().kind()));
    }
    must_be_another(application, by, &[])?;
    if let DuplicateFinding::KnownPerson(person) = finding
        && !resembles(application, person)
    {
        return Err(Refusal::NotResembling(person));
    }
    Ok(Some(Event::DuplicatesReviewed {
        finding,
        by: by.clone(),
    }))
}

fn resembles(application: &Application, person: Uuid) -> bool {
    let check = application.check();
    check.is_some_and(|check| {
        let mut resembling = check.resembling.iter();
        resembling.any(|resemblance| resemblance.person == person)
    })
}

fn approve(application: &Application, by: &Officer) -> Granted {
    match application.stage() {
        // Nothing could be made of it.
        Stage::Checked if application.erasure().is_some() => Err(Refusal::Erased),
        Stage::Checked => {
            must_be_another(application, by, application.reviewers())?;
            Ok(Some(Event::ApplicationApproved { by: by.clone() }))
        }
        stage => match application.approver() {
            Some(before) if before.is(by) && !stage.kind().is_end() => Ok(None),
            _ => Err(Refusal::Stage(stage.kind())),
        },
    }
}

/// Nobody does two steps of one application; who looks at duplicates a second time does the same step again.
fn must_be_another(
    application: &Application,
    officer: &Officer,
    reviewers: &[Officer],
) -> Result<(), Refusal> {
    let receipt = application.receipt();
    let released = receipt.supervisor.iter();
    let parts = core::iter::once((Part::Enrolled, &receipt.operator))
        .chain(released.map(|supervisor| (Part::Released, supervisor)))
        .chain(reviewers.iter().map(|reviewer| (Part::Reviewed, reviewer)));
    let done = parts.into_iter().find(|(_, before)| before.is(officer));
    done.map_or(Ok(()), |(part, _)| Err(Refusal::SamePerson(part)))
}

fn assign(application: &Application, person: Uuid) -> Granted {
    match (application.stage(), application.person()) {
        (_, Some(before)) if before == person => Ok(None),
        (_, Some(before)) => Err(Refusal::OtherPerson(before)),
        (Stage::Approved, None) => Ok(Some(Event::PersonAssigned { person })),
        (stage, None) => Err(Refusal::Stage(stage.kind())),
    }
}

fn begin(application: &Application, job: Uuid) -> Granted {
    match application.stage() {
        Stage::Approved if application.erasure().is_some() => Err(Refusal::Erased),
        Stage::Approved => Ok(Some(Event::ProductionBegun { job })),
        Stage::InProduction(before) if before == job => Ok(None),
        Stage::InProduction(before) => Err(Refusal::OtherJob(before)),
        stage => Err(Refusal::Stage(stage.kind())),
    }
}

fn fail(application: &Application, job: Uuid, reason: MakeFailure) -> Granted {
    match application.stage() {
        Stage::InProduction(current) if current == job => {
            Ok(Some(Event::ProductionFailed { job, reason }))
        }
        Stage::InProduction(current) => Err(Refusal::OtherJob(current)),
        stage => Err(Refusal::Stage(stage.kind())),
    }
}

fn withdrawn(application: &Application, job: Uuid, by: &Officer) -> Granted {
    match application.stage() {
        Stage::InProduction(current) if current == job => {
            Ok(Some(Event::ApplicationWithdrawn { by: by.clone() }))
        }
        Stage::InProduction(current) => Err(Refusal::OtherJob(current)),
        stage => Err(Refusal::Stage(stage.kind())),
    }
}

fn produce(application: &Application, job: Uuid) -> Granted {
    match application.stage() {
        Stage::InProduction(current) if current == job => Ok(Some(Event::DocumentProduced { job })),
        Stage::Produced(current) | Stage::Completed(current) if current == job => Ok(None),
        stage => other_job(stage, job),
    }
}

fn complain(application: &Application, job: Uuid, reason: MakeFailure, by: &Officer) -> Granted {
    match application.stage() {
        _ if application.erasure().is_some() => Err(Refusal::Erased),
        Stage::Produced(current) if current == job => Ok(Some(Event::ComplaintRaised {
            job,
            reason,
            by: by.clone(),
        })),
        stage => other_job(stage, job),
    }
}

fn complete(application: &Application, job: Uuid) -> Granted {
    match application.stage() {
        Stage::Produced(current) if current == job => Ok(Some(Event::ApplicationCompleted { job })),
        Stage::Completed(current) if current == job => Ok(None),
        stage => other_job(stage, job),
    }
}

fn other_job(stage: Stage, job: Uuid) -> Granted {
    match stage.job() {
        Some(current) if current != job => Err(Refusal::OtherJob(current)),
        _ => Err(Refusal::Stage(stage.kind())),
    }
}

/// Whether it can still be refused or taken back: nothing is in the making.
fn must_be_undecided(application: &Application) -> Result<(), Refusal> {
    match application.stage().kind() {
        StageKind::Received
        | StageKind::InDuplicateReview
        | StageKind::Checked
        | StageKind::Approved => Ok(()),
        kind => Err(Refusal::Stage(kind)),
    }
}

fn withdraw(application: &Application, by: &Officer) -> Granted {
    if application.stage() == Stage::Withdrawn {
        return Ok(None);
    }
    must_be_undecided(application)?;
    Ok(Some(Event::ApplicationWithdrawn { by: by.clone() }))
}

fn erase(application: &Application, erasure: &Erasure) -> Granted {
    if application.erasure().is_some() {
        return Ok(None);
    }
    let kind = application.stage().kind();
    // What the policy's time takes, it takes from whatever stage: nobody keeps biometrics because a queue is long.
    if kind.is_end() || erasure.cause == ErasureCause::TimeOver {
        Ok(Some(Event::BiometricsErased(erasure.clone())))
    } else {
        Err(Refusal::StillNeeded(kind))
    }
}

#[cfg(test)]
mod tests;
