//! The rules as tables, and what must hold whatever is asked in whatever order.

use proptest::prelude::*;
use time::macros::datetime;

use super::*;
use crate::Digest;
use crate::application::event::{Priority, RefusalReason, Resemblance};
use crate::application::stored;

fn officer(name: &str) -> Officer {
    Officer::new(&format!("TEST {name}")).unwrap()
}

fn receipt(packet: &[u8]) -> Receipt {
    Receipt {
        packet: Digest::of(packet),
        profile: "uto-passport".into(),
        reason: None,
        station: "TEST station".into(),
        operator: officer("operator"),
        supervisor: Some(officer("supervisor")),
        sealed_at: datetime!(2026-11-21 10:00 UTC),
        priority: Priority::Normal,
    }
}

fn receive() -> Command {
    Command::Receive(receipt(b"packet"))
}

fn found(resembling: &[u128]) -> Command {
    let resembling = resembling.iter().map(|person| Resemblance {
        person: Uuid::from_u128(*person),
        rule: "name-and-birth".into(),
        score: 90,
    });
    Command::RecordCheck(Check {
        record: Digest::of(b"record"),
        person: None,
        resembling: resembling.collect(),
        overrides: 1,
    })
}

fn resembling(people: &[u128]) -> Command {
    let Command::RecordCheck(check) = found(people) else {
        unreachable!("found makes a check")
    };
    Command::RecordResemblance {
        resembling: check.resembling,
    }
}

fn review(known: Option<u128>, by: &str) -> Command {
    let known = known.map(Uuid::from_u128);
    Command::ReviewDuplicates {
        finding: known.map_or(DuplicateFinding::NewPerson, DuplicateFinding::KnownPerson),
        by: officer(by),
    }
}

fn approve(by: &str) -> Command {
    Command::Approve { by: officer(by) }
}

const fn job(of: u128) -> Uuid {
    Uuid::from_u128(0xA0 + of)
}

const fn begin(of: u128) -> Command {
    Command::BeginProduction { job: job(of) }
}

const fn fail(of: u128, reason: MakeFailure) -> Command {
    Command::RecordFailure {
        job: job(of),
        reason,
    }
}

const fn produce(of: u128) -> Command {
    Command::RecordProduct { job: job(of) }
}

const fn complete(of: u128) -> Command {
    Command::Complete { job: job(of) }
}

fn complain(of: u128) -> Command {
    Command::Complain {
        job: job(of),
        reason: MakeFailure::PrintFaulty,
        by: officer("clerk"),
    }
}

fn refuse() -> Command {
    Command::Refuse {
        reason: RefusalReason::NotEligible,
        rules: vec![],
        by: Some(officer("approver")),
    }
}

fn withdraw() -> Command {
    Command::Withdraw {
        by: officer("operator"),
    }
}

fn withdrawn(of: u128) -> Command {
    Command::RecordWithdrawal {
        job: job(of),
        by: officer("operator"),
    }
}

fn erase(cause: ErasureCause) -> Command {
    Command::RecordErasure(Erasure {
        cause,
        file: Digest::of(b"file"),
    })
}

fn run(commands: &[Command]) -> (Option<Application>, Result<(), Refusal>) {
    let mut application = None;
    let mut result = Ok(());
    for command in commands {
        result = process(application.as_ref(), command).map(|event| {
            application = event.iter().fold(application.take(), Application::apply);
        });
    }
    (application, result)
}

/// Runs commands from nothing; the last one must end as said.
fn check(commands: &[Command], last: Result<StageKind, Refusal>) {
    let (application, result) = run(commands);
    let stage = result.map(|()| application.unwrap().stage().kind());
    assert_eq!(stage, last, "{commands:?}");
}

/// The commands up to an approved application, and more.
fn approved(more: &[Command]) -> Vec<Command> {
    [&[receive(), found(&[]), approve("approver")], more].concat()
}

#[test]
fn an_application_goes_its_way() {
    check(&[receive()], Ok(StageKind::Received));
    check(&[receive(), found(&[])], Ok(StageKind::Checked));
    check(&[receive(), found(&[7])], Ok(StageKind::InDuplicateReview));
    let reviewed = [receive(), found(&[7]), review(Some(7), "reviewer")];
    check(&reviewed, Ok(StageKind::Checked));
    check(&approved(&[]), Ok(StageKind::Approved));
    check(&approved(&[begin(1)]), Ok(StageKind::InProduction));
    check(&approved(&[begin(1), produce(1)]), Ok(StageKind::Produced));
    let completed = approved(&[begin(1), produce(1), complete(1)]);
    check(&completed, Ok(StageKind::Completed));
    check(&[receive(), refuse()], Ok(StageKind::Refused));
    check(&approved(&[withdraw()]), Ok(StageKind::Withdrawn));
}

#[test]
fn a_spoiled_card_makes_a_remake_that_goes_first() {
    for commands in [
        approved(&[begin(1), fail(1, MakeFailure::ChipFaulty)]),
        approved(&[begin(1), produce(1), complain(1)]),
    ] {
        check(&commands, Ok(StageKind::Approved));
        let application = run(&commands).0.unwrap();
        assert_eq!(application.priority(), Priority::Remake);
        assert_eq!(application.remakes(), 1);
        check(
            &[&commands[..], &[begin(2)]].concat(),
            Ok(StageKind::InProduction),
        );
    }
    check(
        &approved(&[begin(1), withdrawn(1)]),
        Ok(StageKind::Withdrawn),
    );
    check(
        &approved(&[begin(1), withdrawn(2)]),
        Err(Refusal::OtherJob(job(1))),
    );
    check(
        &approved(&[withdrawn(1)]),
        Err(Refusal::Stage(StageKind::Approved)),
    );
    let wrong = approved(&[begin(1), fail(1, MakeFailure::WrongData)]);
    check(&wrong, Ok(StageKind::Refused));
}

#[test]
fn nobody_does_two_steps_of_one_application() {
    let same = |part| Err(Refusal::SamePerson(part));
    let checked = [receive(), found(&[])];
    for (by, part) in [("operator", Part::Enrolled), ("supervisor", Part::Released)] {
        check(&[&checked[..], &[approve(by)]].concat(), same(part));
        check(&[receive(), found(&[7]), review(None, by)], same(part));
    }
    let reviewed = [
        receive(),
        found(&[7]),
        review(None, "reviewer"),
        approve("reviewer"),
    ];
    check(&reviewed, same(Part::Reviewed));
}

/// Somebody who resembles was registered after the checks, or after the approval: others look at it again.
#[test]
fn who_is_registered_in_the_meantime_is_compared() {
    let checked = [receive(), found(&[])];
    for before in [checked.to_vec(), approved(&[])] {
        let again = [&before[..], &[resembling(&[7])]].concat();
        check(&again, Ok(StageKind::InDuplicateReview));
        assert_eq!(run(&again).0.unwrap().approver(), None);
        let early = [&again[..], &[approve("approver")]].concat();
        check(&early, Err(Refusal::Stage(StageKind::InDuplicateReview)));
        let reviewed = [&again[..], &[review(Some(7), "reviewer")]].concat();
        check(&reviewed, Ok(StageKind::Checked));
        let granted = [&reviewed[..], &[approve("approver"), begin(1)]].concat();
        check(&granted, Ok(StageKind::InProduction));
        // Who was compared is not compared again.
        let same = [&reviewed[..], &[approve("approver"), resembling(&[7])]].concat();
        check(&same, Ok(StageKind::Approved));
    }
    // Everybody who has ever compared is out of the approval, and may compare again.
    let twice = [
        receive(),
        found(&[7]),
        review(None, "reviewer"),
        resembling(&[8]),
        review(None, "reviewer"),
        resembling(&[9]),
        review(None, "somebody else"),
    ];
    check(&twice, Ok(StageKind::Checked));
    let same = [&twice[..], &[approve("reviewer")]].concat();
    check(&same, Err(Refusal::SamePerson(Part::Reviewed)));
    check(
        &approved(&[begin(1), resembling(&[7])]),
        Err(Refusal::Stage(StageKind::InProduction)),
    );
}

#[test]
fn what_contradicts_is_refused() {
    let stage = |kind| Err(Refusal::Stage(kind));
    check(&[approve("approver")], Err(Refusal::Unknown));
    let other_packet = Command::Receive(receipt(b"another packet"));
    check(&[receive(), other_packet], Err(Refusal::OtherPacket));
    check(
        &[receive(), approve("approver")],
        stage(StageKind::Received),
    );
    check(&approved(&[produce(1)]), stage(StageKind::Approved));
    check(
        &approved(&[begin(1), begin(2)]),
        Err(Refusal::OtherJob(job(1))),
    );
    check(
        &approved(&[begin(1), produce(2)]),
        Err(Refusal::OtherJob(job(1))),
    );
    check(
        &approved(&[begin(1), withdraw()]),
        stage(StageKind::InProduction),
    );
    check(
        &approved(&[begin(1), refuse()]),
        stage(StageKind::InProduction),
    );
    let strangers = [receive(), found(&[7]), review(Some(8), "reviewer")];
    check(&strangers, Err(Refusal::NotResembling(Uuid::from_u128(8))));
}

#[test]
fn biometrics_go_when_nothing_is_made_of_them_any_more() {
    use ErasureCause::{Ended, HandedOver, TimeOver};
    check(
        &approved(&[erase(Ended)]),
        Err(Refusal::StillNeeded(StageKind::Approved)),
    );
    check(&[receive(), refuse(), erase(Ended)], Ok(StageKind::Refused));
    check(
        &approved(&[begin(1), produce(1), complete(1), erase(HandedOver)]),
        Ok(StageKind::Completed),
    );
    check(
        &approved(&[erase(TimeOver), begin(1)]),
        Err(Refusal::Erased),
    );
}

fn any_command() -> impl Strategy<Value = Command> {
    let names = proptest::sample::select(vec!["operator", "supervisor", "reviewer", "approver"]);
    let reasons = proptest::sample::select(MakeFailure::ALL.to_vec());
    let causes = proptest::sample::select(ErasureCause::ALL.to_vec());
    prop_oneof![
        Just(receive()),
        proptest::collection::vec(6u128..9, 0..3).prop_map(|found_ones| found(&found_ones)),
        (proptest::option::of(6u128..9), names.clone()).prop_map(|(known, by)| review(known, by)),
        proptest::collection::vec(6u128..12, 0..3).prop_map(|ones| resembling(&ones)),
        names.prop_map(approve),
        (6u128..9).prop_map(|person| Command::AssignPerson {
            person: Uuid::from_u128(person)
        }),
        (1u128..4).prop_map(begin),
        (1u128..4, reasons).prop_map(|(of, reason)| fail(of, reason)),
        (1u128..4).prop_map(withdrawn),
        (1u128..4).prop_map(produce),
        (1u128..4).prop_map(complain),
        (1u128..4).prop_map(complete),
        Just(refuse()),
        Just(withdraw()),
        causes.prop_map(erase),
    ]
}

proptest! {
    #[test]
    fn whatever_is_asked_in_whatever_order(
        commands in proptest::collection::vec(any_command(), 0..60),
    ) {
        let mut events: Vec<Event> = Vec::new();
        for command in &commands {
            let application = Application::replay(&events);
            let Ok(Some(event)) = process(application.as_ref(), command) else { continue };
            let body = stored::encode(&event).unwrap();
            prop_assert_eq!(&stored::decode(Uuid::nil(), &body).unwrap(), &event);
            events.push(event);
        }
        let Some(application) = Application::replay(&events) else { return Ok(()) };
        let count = |wanted: fn(&Event) -> bool| events.iter().filter(|event| wanted(event)).count();
        let completed = count(|event| matches!(event, Event::ApplicationCompleted { .. }));
        prop_assert!(completed <= 1);
        prop_assert!(count(|event| matches!(event, Event::ApplicationReceived(_))) == 1);
        prop_assert!(count(|event| matches!(event, Event::BiometricsErased(_))) <= 1);
        // Nobody stands in two steps, and nothing is made without an approval.
        let receipt = application.receipt();
        let mut hands: Vec<&Officer> = vec![&receipt.operator];
        hands.extend(receipt.supervisor.as_ref());
        hands.extend(application.reviewers());
        // What is granted is granted for those who were compared, and by somebody who has granted it since the last finding.
        let last = |wanted: fn(&Event) -> bool| events.iter().rposition(wanted);
        let found_at = last(|event| matches!(event, Event::ResemblanceFound { .. }));
        let begun_at = last(|event| matches!(event, Event::ProductionBegun { .. }));
        let approved_at = last(|event| matches!(event, Event::ApplicationApproved { .. }));
        let is_made_of_it = begun_at.is_some() && begun_at > found_at;
        prop_assert!(!is_made_of_it || approved_at > found_at);
        // Nothing happens to what has ended, but that the biometrics go.
        let is_end = |event: &Event| matches!(event,
            Event::ApplicationRefused { .. } | Event::ApplicationWithdrawn { .. } | Event::ApplicationCompleted { .. });
        if let Some(end) = events.iter().position(is_end) {
            let after = &events[end + 1..];
            prop_assert!(after.iter().all(|event| matches!(event, Event::BiometricsErased(_))), "{after:?}");
        }
        if let Some(approver) = application.approver() {
            prop_assert!(hands.iter().all(|hand| !hand.is(approver)));
        }
        let begun = events.iter().position(|event| matches!(event, Event::ProductionBegun { .. }));
        let approved = events.iter().position(|event| matches!(event, Event::ApplicationApproved { .. }));
        prop_assert!(begun.is_none_or(|begun| approved.is_some_and(|approved| approved < begun)));
        // Each job is begun once and ends once: it fails, is complained of, or is completed.
        for of in 1..4 {
            let is_end = |event: &&Event| matches!(event,
                Event::ProductionFailed { job: ended, .. } | Event::ComplaintRaised { job: ended, .. }
                | Event::ApplicationCompleted { job: ended } if *ended == job(of));
            let starts = |event: &&Event| matches!(event, Event::ProductionBegun { job: begun } if *begun == job(of));
            let (starts, ends) = (events.iter().filter(starts).count(), events.iter().filter(is_end).count());
            prop_assert!(ends <= starts && starts <= ends + 1);
        }
    }
}
