//! Who resembles whom, what is refused, taken back, and erased in the end.

use issuance_service::Error;
use issuance_service::office::Done;
use register::application::{
    Command, DuplicateFinding, ErasureCause, Event, Part, Refusal, RefusalReason, Stage, StageKind,
};
use register::store::{BlobName, Queue, Store as _};
use time::Duration;
use uuid::Uuid;

use crate::people::{PASSPORT, passport};
use crate::world::{APPROVER, OPERATOR, START, World, hand};

const REVIEWER: &str = "TEST reviewer";

async fn review(world: &World, id: Uuid, finding: DuplicateFinding, by: &str) -> Result<(), Error> {
    let officer = hand(by).officer;
    let command = Command::ReviewDuplicates {
        finding,
        by: officer,
    };
    world.tell(id, command, by).await.map(drop)
}

pub async fn duplicates(address: Option<String>) {
    let world = World::new(PASSPORT, address).await;
    world.stock([1, 2, 3]).await;
    let today = START.date();
    let record = passport("Dora Quirina", "1990-01-01", "X00000001", today);
    let (first, _) = world.produced(&record, PASSPORT, "first").await;
    let known = world.application(first).await.person().unwrap();

    // The same again, under another number; and somebody of nearly the same name, born on the same day.
    let again = passport("Dora Quirina", "1990-01-01", "X00000002", today);
    let again = world.enrol(&again, PASSPORT, "again").await;
    let twin = passport("Dora Quirinna", "1990-01-01", "X00000003", today);
    let twin = world.enrol(&twin, PASSPORT, "twin").await;
    let stranger = passport("Emil Xaver", "1955-05-05", "X00000004", today);
    let stranger = world.enrol(&stranger, PASSPORT, "stranger").await;
    world.check(START).await;
    for id in [again, twin] {
        assert_eq!(world.stage(id).await, Stage::InDuplicateReview);
        let check = world.application(id).await.check().cloned().unwrap();
        let resembling: Vec<Uuid> = check.resembling.iter().map(|one| one.person).collect();
        assert_eq!(resembling, [known]);
        let early = world.approve(id, APPROVER).await;
        assert!(matches!(early, Err(Error::Application(Refusal::Stage(_)))));
    }
    assert_eq!(world.stage(stranger).await, Stage::Checked);
    let nobody = Uuid::now_v7();
    for (finding, by, refusal) in [
        (
            DuplicateFinding::NewPerson,
            OPERATOR,
            Refusal::SamePerson(Part::Enrolled),
        ),
        (
            DuplicateFinding::KnownPerson(nobody),
            REVIEWER,
            Refusal::NotResembling(nobody),
        ),
    ] {
        let refused = review(&world, again, finding, by).await;
        assert!(matches!(refused, Err(Error::Application(found)) if found == refusal));
    }
    review(
        &world,
        again,
        DuplicateFinding::KnownPerson(known),
        REVIEWER,
    )
    .await
    .unwrap();
    review(&world, twin, DuplicateFinding::NewPerson, REVIEWER)
        .await
        .unwrap();
    for id in [again, twin] {
        // Whoever has compared does not approve.
        let same = world.approve(id, REVIEWER).await;
        let refusal = Refusal::SamePerson(Part::Reviewed);
        assert!(matches!(same, Err(Error::Application(found)) if found == refusal));
        world.approve(id, APPROVER).await.unwrap();
    }
    world.produce(PASSPORT, START).await;
    assert_eq!(world.application(again).await.person(), Some(known));
    let new = world.application(twin).await.person().unwrap();
    assert_ne!(new, known);
    let done = world.audited(again).await;
    assert!(
        done.iter().any(|(action, _)| action == "duplicate.review"),
        "{done:?}"
    );
}

pub async fn refused(address: Option<String>) {
    let world = World::new(PASSPORT, address).await;
    // A document that ends before it begins.
    let today = START.date();
    let wrong = passport("Dora", "2040-01-01", "1", today);
    let id = world.enrol(&wrong, PASSPORT, "wrong").await;
    world.check(START).await;
    let Stage::Refused(RefusalReason::RulesBroken) = world.stage(id).await else {
        panic!("{:?}", world.stage(id).await)
    };
    let history = world.office.applications().history(id).await.unwrap();
    let Some((_, Event::ApplicationRefused { rules, by, .. })) = history.events.last() else {
        panic!("{history:?}")
    };
    assert!(
        rules.iter().any(|rule| rule == "uto-document-number"),
        "{rules:?}"
    );
    assert_eq!(*by, None);
    assert_eq!(world.noticed(id).await, ["application-refused"]);
    ended(&world, id).await;
    // An officer refuses: with a reason, and the same again changes nothing.
    let good = passport("Dora", "1990-01-01", "X00000001", today);
    let id = world.enrol(&good, PASSPORT, "good").await;
    world.check(START).await;
    let by = hand(APPROVER).officer;
    let command = Command::Refuse {
        reason: RefusalReason::EvidenceMissing,
        rules: Vec::new(),
        by: Some(by),
    };
    for _ in 0..2 {
        let refused = world.tell(id, command.clone(), APPROVER).await.unwrap();
        assert_eq!(
            refused.stage(),
            Stage::Refused(RefusalReason::EvidenceMissing)
        );
    }
    assert_eq!(world.noticed(id).await, ["application-refused"]);
    let late = world.approve(id, APPROVER).await;
    assert!(matches!(late, Err(Error::Application(Refusal::Stage(_)))));
    ended(&world, id).await;
}

/// An application that has ended without a card keeps no biometrics and no work.
async fn ended(world: &World, id: Uuid) {
    world.erase(START).await;
    let erasure = world.application(id).await.erasure().cloned().unwrap();
    assert_eq!(erasure.cause, ErasureCause::Ended);
    gone(world, id).await;
}

async fn gone(world: &World, id: Uuid) {
    assert!(
        world
            .sealed_files()
            .iter()
            .all(|path| !path.to_string_lossy().contains(&id.to_string()))
    );
    let key = world.office.store().blob(id, BlobName::Key).await.unwrap();
    assert_eq!(key, None);
    let opened = world.office.desk().open_packet(id).await.err();
    assert!(matches!(opened, Some(Error::Erased)), "{opened:?}");
}

/// An application of each undecided stage, one behind the other.
async fn of_each_stage(world: &World) -> Vec<(StageKind, Uuid)> {
    let today = START.date();
    let record = passport("Dora Quirina", "1990-01-01", "X00000001", today);
    let (first, _) = world.produced(&record, PASSPORT, "made").await;
    let mut all = vec![(StageKind::InProduction, first)];
    let again = passport("Dora Quirina", "1990-01-01", "X00000002", today);
    all.push((
        StageKind::InDuplicateReview,
        world.enrol(&again, PASSPORT, "again").await,
    ));
    let people = [("Emil", "1955-05-05"), ("Fritz", "1966-06-06")];
    for ((given, birth), number) in people.into_iter().zip(["X00000003", "X00000004"]) {
        let record = passport(given, birth, number, today);
        let id = world.enrol(&record, PASSPORT, given).await;
        all.push((
            if given == "Emil" {
                StageKind::Approved
            } else {
                StageKind::Checked
            },
            id,
        ));
    }
    world.check(START).await;
    let (_, approved) = all[2];
    world.approve(approved, APPROVER).await.unwrap();
    let record = passport("Gustav", "1977-07-07", "X00000005", today);
    all.push((
        StageKind::Received,
        world.enrol(&record, PASSPORT, "late").await,
    ));
    for (stage, id) in &all {
        assert_eq!(world.stage(*id).await.kind(), *stage);
    }
    all
}

pub async fn withdrawn(address: Option<String>) {
    let world = World::new(PASSPORT, address).await;
    world.stock([1, 2, 3]).await;
    for (stage, id) in of_each_stage(&world).await {
        if stage == StageKind::InProduction {
            // A card is in the making: it is voided first.
            let refused = world.withdraw(id).await;
            assert!(matches!(
                refused,
                Err(Error::Application(Refusal::Stage(_)))
            ));
            continue;
        }
        for _ in 0..2 {
            let withdrawn = world.withdraw(id).await.unwrap();
            assert_eq!(withdrawn.stage(), Stage::Withdrawn, "{stage:?}");
        }
        let done = world.audited(id).await;
        let own = done
            .iter()
            .filter(|(action, _)| action == "application.withdraw");
        assert_eq!(own.count(), 1, "{done:?}");
        ended(&world, id).await;
    }
    // Nothing is left to do for any of them.
    for (queue, lane) in [(Queue::Check, ""), (Queue::Produce, PASSPORT)] {
        assert_eq!(world.waiting(queue, lane).await, 0, "{queue:?}");
        assert!(matches!(
            world.office.check_next(START).await.unwrap(),
            Done::Nothing
        ));
    }
    assert_eq!(
        world.sealed_files().len(),
        1,
        "that of the card in the making"
    );
}

pub async fn time_over(address: Option<String>) {
    let world = World::new(PASSPORT, address).await;
    world.stock([1, 2, 3]).await;
    let all = of_each_stage(&world).await;
    let before = START + Duration::days(90) - Duration::MINUTE;
    world.erase(before).await;
    assert_eq!(world.sealed_files().len(), all.len());
    let after = START + Duration::days(90) + Duration::MINUTE;
    world.erase(after).await;
    assert!(world.sealed_files().is_empty());
    for (stage, id) in &all {
        let erasure = world.application(*id).await.erasure().cloned().unwrap();
        assert_eq!(erasure.cause, ErasureCause::TimeOver, "{stage:?}");
        gone(&world, *id).await;
        let done = world.audited(*id).await;
        assert!(
            done.iter().any(|(action, _)| action == "application.erase"),
            "{done:?}"
        );
    }
    assert_eq!(world.waiting(Queue::Erase, "").await, 0);
    // Nothing can be made of them any more, and nobody tries for ever.
    let (_, checked) = all[3];
    let approved = world.approve(checked, APPROVER).await;
    assert!(matches!(approved, Err(Error::Application(Refusal::Erased))));
    world.check(after).await;
    world.produce(PASSPORT, after).await;
    world.erase(after).await;
    for (stage, id) in &all {
        let refused = Stage::Refused(RefusalReason::BiometricsUnusable);
        let is_refused = world.stage(*id).await == refused;
        let was_waiting = matches!(stage, StageKind::Received | StageKind::Approved);
        assert_eq!(is_refused, was_waiting, "{stage:?}");
    }
    assert_eq!(world.waiting(Queue::Erase, "").await, 0);
    for (queue, lane) in [(Queue::Check, ""), (Queue::Produce, PASSPORT)] {
        assert_eq!(world.waiting(queue, lane).await, 0, "{queue:?}");
    }
}

/// A worker that dies between the key and the file, or that cannot remove it, leaves the file to the next one.
pub async fn left_behind(address: Option<String>) {
    let world = World::new(PASSPORT, address).await;
    let record = passport("Dora", "1990-01-01", "X00000001", START.date());
    let id = world.enrol(&record, PASSPORT, "left").await;
    world.withdraw(id).await.unwrap();
    let [file] = &world.sealed_files()[..] else {
        panic!()
    };
    let content = std::fs::read(file).unwrap();
    // A folder is no file that could be removed.
    std::fs::remove_file(file).unwrap();
    std::fs::create_dir(file).unwrap();
    let done = world.office.erase_next(START).await.unwrap();
    assert!(matches!(done, Done::Later(Error::File { .. })), "{done:?}");
    assert!(world.application(id).await.erasure().is_some());
    let key = world.office.store().blob(id, BlobName::Key).await.unwrap();
    assert_eq!(key, None, "the key does not wait for the file");
    std::fs::remove_dir(file).unwrap();
    std::fs::write(file, content).unwrap();
    world.erase(START + Duration::HOUR).await;
    gone(&world, id).await;
    assert_eq!(world.waiting(Queue::Erase, "").await, 0);
}
