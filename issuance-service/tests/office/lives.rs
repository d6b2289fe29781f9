//! From the packet to the card in a hand, and what becomes of it.

use std::collections::BTreeSet;

use enrolment::HolderRecord;
use issuance_service::Error;
use issuance_service::office::{Done, Hand, Office};
use issuance_service::personalisation::Refusal as NotHere;
use issuance_service::personalisation::batch::{
    CardResult, Claimed, Order, Outcome, QualityResult,
};
use issuance_service::personalisation::life::Act;
use register::Officer;
use register::application::{Command, ErasureCause, Event, Part, Priority, Refusal, Stage};
use register::document::{EndReason, ReadOut, Recipient, StageKind, VoidReason};
use register::store::{BlobChange, BlobName, Change, Queue, Store as _, Topic};
use time::Duration;
use uuid::Uuid;

use crate::people::{CARD, PASSPORT, card, passport};
use crate::world::{APPROVER, LEASE, OPERATOR, START, World, hand, receipt, site};

const PERSONALISER: &str = "TEST personaliser";
const CONTROLLER: &str = "TEST controller";
const CLERK: &str = "TEST clerk";
const DAY: Duration = Duration::DAY;

pub async fn with_passport(address: Option<String>) {
    let world = World::new(PASSPORT, address).await;
    let record = passport("Dora", "1990-01-01", "X00000001", START.date());
    let (_, person) = whole_life(&world, &record, PASSPORT).await;
    assert_eq!(world.noticed(person).await, ["person-changed"]);
    let row = world.office.people().row(person).await.unwrap().unwrap();
    assert_eq!(row.number, None);
}

pub async fn card_with_number(address: Option<String>) {
    let world = World::new(CARD, address).await;
    let number = "001197000023";
    let record = card(
        "Trần Thị Đào Specimen",
        "1997-09-02",
        Some(number),
        START.date(),
    );
    let (_, person) = whole_life(&world, &record, CARD).await;
    assert_eq!(
        world.noticed(person).await,
        ["number-assigned", "person-changed"]
    );
    let holder = world.office.people().of_number(number).await.unwrap();
    assert_eq!(holder, Some(person));
}

pub async fn card_without_number(address: Option<String>) {
    let world = World::new(CARD, address).await;
    let record = card("Trần Thị Đào Specimen", "1997-09-02", None, START.date());
    let (_, person) = whole_life(&world, &record, CARD).await;
    let history = world.office.people().history(person).await.unwrap();
    let number = history.person().unwrap().number().unwrap().to_owned();
    // Place, century and sex, year: the rest tells nothing.
    assert_eq!((number.len(), &number[..6]), (12, "001197"), "{number}");
    let holder = world.office.people().of_number(&number).await.unwrap();
    assert_eq!(holder, Some(person));
    let view = world.office.person(person).await.unwrap().unwrap();
    assert_eq!(
        view.texts.texts().get(enrolment::Field::PersonalNumber),
        Some(number.as_str())
    );
    // The next one gets another.
    let record = card("Lê Thị Mai Specimen", "1997-03-04", None, START.date());
    world.stock([9]).await;
    let (id, _) = world.produced(&record, CARD, "next").await;
    let next = world.application(id).await.person().unwrap();
    let next = world.office.people().history(next).await.unwrap();
    let next = next.person().unwrap().number().unwrap().to_owned();
    assert_ne!(next, number);
}

/// Everything once, with what must not happen beside it: application and person.
async fn whole_life(world: &World, record: &HolderRecord, profile: &str) -> (Uuid, Uuid) {
    let id = world.enrol(record, profile, "whole life").await;
    assert_eq!(world.stage(id).await, Stage::Received);
    world.office.desk().open_packet(id).await.unwrap();
    assert_eq!(world.sealed_files().len(), 1);
    // What was not checked cannot be approved.
    let early = world.approve(id, APPROVER).await;
    assert!(matches!(early, Err(Error::Application(Refusal::Stage(_)))));
    world.check(START).await;
    assert_eq!(world.stage(id).await, Stage::Checked);
    four_eyes(world, id).await;
    let approved = world.approve(id, APPROVER).await.unwrap();
    assert_eq!(approved.approver().map(Officer::name), Some(APPROVER));
    let job = made(world, id, profile).await;
    written_and_judged(world, job, profile).await;
    handed_over(world, id, job).await;
    erased(world, id).await;
    all_told(world, id, job).await;
    let person = world.application(id).await.person().unwrap();
    (id, person)
}

async fn four_eyes(world: &World, id: Uuid) {
    // Stations name people without accounts: then the name tells.
    for name in [OPERATOR, "test  OPERATOR"] {
        let alone = world.approve(id, name).await;
        let refusal = Refusal::SamePerson(Part::Enrolled);
        assert!(
            matches!(alone, Err(Error::Application(found)) if found == refusal),
            "{name}"
        );
    }
    let refused = world.audited(id).await;
    let own = refused.iter().filter(|(action, outcome)| {
        action == "application.approve" && outcome.contains("same-person")
    });
    assert_eq!(own.count(), 2, "{refused:?}");
}

/// Approved, and then made as soon as there is a chip.
async fn made(world: &World, id: Uuid, profile: &str) -> Uuid {
    let no_chip = world.office.produce_next(profile, START).await.unwrap();
    assert!(matches!(no_chip, Done::Later(Error::NoChip)), "{no_chip:?}");
    assert_eq!(world.stage(id).await, Stage::Approved);
    world.stock([1]).await;
    let nothing = world.office.produce_next(profile, START).await.unwrap();
    assert!(
        matches!(nothing, Done::Nothing),
        "not before its time: {nothing:?}"
    );
    world.produce(profile, START + LEASE).await;
    let Stage::InProduction(job) = world.stage(id).await else {
        panic!("{:?}", world.stage(id).await)
    };
    assert_eq!(world.waiting(Queue::Produce, profile).await, 0);
    let image = world.image(job).await;
    assert_eq!(image.job(), job);
    assert_eq!(image.chip_serial(), [1; 16]);
    let history = world.office.documents().history(job).await.unwrap();
    let document = history.document().unwrap();
    assert_eq!(document.stage().kind(), StageKind::Signed);
    assert_eq!(document.entry().application, Some(id));
    assert_eq!(document.entry().approval.approver().name(), APPROVER);
    assert_eq!(document.entry().approval.operator().name(), OPERATOR);
    job
}

/// A batch of one job.
async fn batch_of(world: &World, job: Uuid, profile: &str) -> Uuid {
    let (site, writer) = (site(), hand(PERSONALISER));
    let order = Order {
        site: &site,
        profile,
        count: 1,
    };
    let batch = Uuid::now_v7();
    let claimed = world
        .office
        .claim_batch(batch, order, &writer, START + LEASE)
        .await
        .unwrap();
    let Claimed::New(claimed) = claimed else {
        panic!("{claimed:?}")
    };
    let jobs: Vec<Uuid> = claimed.jobs().iter().map(|one| one.job).collect();
    assert_eq!(jobs, [job]);
    batch
}

async fn written_and_judged(world: &World, job: Uuid, profile: &str) {
    let batch = batch_of(world, job, profile).await;
    let (writer, controller) = (hand(PERSONALISER), hand(CONTROLLER));
    let now = START + LEASE;
    let written = [(job, CardResult::Written(receipt(10)))];
    for _ in 0..2 {
        let told = world
            .office
            .report_batch(batch, &written, &writer, now)
            .await
            .unwrap();
        assert_eq!(told, [Outcome::Written]);
    }
    readable(world, batch, job, &controller).await;
    let passed = [(job, QualityResult::Passed(receipt(11)))];
    let alone = world.office.judge_batch(batch, &passed, &writer, now).await;
    assert!(matches!(
        alone,
        Err(Error::Personalisation(NotHere::SamePerson))
    ));
    for _ in 0..2 {
        let told = world
            .office
            .judge_batch(batch, &passed, &controller, now)
            .await
            .unwrap();
        assert_eq!(told, [Outcome::Passed]);
    }
    // The job was needed to make the card, and no longer.
    let blob = world
        .office
        .store()
        .blob(job, BlobName::JobFile)
        .await
        .unwrap();
    assert_eq!(blob, None);
}

/// The command line does not seal the job files that it makes: they are handed out too.
async fn plain_as_well(office: &Office, job: Uuid, file: &[u8]) {
    let store = office.store();
    let sealed = store.blob(job, BlobName::JobFile).await.unwrap().unwrap();
    for content in [file.to_vec(), sealed] {
        let mut change = Change::new(START);
        change.blobs.push(BlobChange::Put {
            owner: job,
            name: BlobName::JobFile,
            sealed: content,
        });
        store.commit(&change).await.unwrap();
        assert!(office.job_file(job).await.unwrap().ct_eq(file));
    }
}

/// Quality control gets what opens the chip and what must be on it, and nothing of the holder; whoever wrote it does not.
async fn readable(world: &World, batch: Uuid, job: Uuid, controller: &Hand) {
    let (office, now) = (&world.office, START + LEASE);
    let alone = office.reading(batch, job, &hand(PERSONALISER), now).await;
    assert!(matches!(
        alone.err(),
        Some(Error::Personalisation(NotHere::SamePerson))
    ));
    let stranger = office.reading(batch, Uuid::nil(), controller, now).await;
    assert!(matches!(
        stranger.err(),
        Some(Error::Personalisation(NotHere::NotInBatch))
    ));
    let reading = office.reading(batch, job, controller, now).await.unwrap();
    let image = world.image(job).await;
    assert_eq!(
        reading.manifest_sha256,
        hex::encode(image.manifest().hash())
    );
    assert_eq!(reading.files.len(), image.files().len());
    let said = serde_json::to_string(&reading).unwrap();
    let file = office.job_file(job).await.unwrap();
    plain_as_well(office, job, file.expose()).await;
    let file: serde_json::Value = serde_json::from_slice(file.expose()).unwrap();
    assert_eq!(file["mrz_key_seed"], *reading.mrz_key_seed);
    assert_eq!(
        file["can"].as_str(),
        reading.can.as_ref().map(|can| can.as_str())
    );
    for content in file["files"].as_object().unwrap().values() {
        assert!(!said.contains(content.as_str().unwrap()), "a file is told");
    }
    let told = world.audited(batch).await;
    assert!(
        told.iter().any(|(action, _)| action == "quality.record"),
        "{told:?}"
    );
}

async fn handed_over(world: &World, id: Uuid, job: Uuid) {
    assert_eq!(world.stage(id).await, Stage::Produced(job));
    let (clerk, consignment) = (hand(CLERK), Uuid::now_v7());
    let (now, cards) = (START + DAY, BTreeSet::from([job]));
    let counter = site();
    world
        .office
        .ship(consignment, &counter, &cards, &clerk, now)
        .await
        .unwrap();
    let give = Act::HandOver {
        to: Recipient::Holder,
        read_out: ReadOut::Passed,
    };
    let early = world.office.card(job, give, &clerk, now).await;
    assert!(matches!(
        early,
        Err(Error::Personalisation(NotHere::NotArrived))
    ));
    let arrived = world
        .office
        .receive_consignment(consignment, &cards, 1, &clerk, now)
        .await;
    arrived.unwrap();
    world.office.desk().open_packet(id).await.unwrap();
    for _ in 0..2 {
        let given = world.office.card(job, give, &clerk, now).await.unwrap();
        assert_eq!(given.stage().kind(), StageKind::HandedOver);
    }
    assert_eq!(world.stage(id).await, Stage::Completed(job));
}

/// The file is gone, and its key, and the proof is there.
pub async fn erased(world: &World, id: Uuid) {
    world.erase(START + DAY + DAY).await;
    assert!(world.sealed_files().is_empty());
    let key = world.office.store().blob(id, BlobName::Key).await.unwrap();
    assert_eq!(key, None);
    let opened = world.office.desk().open_packet(id).await.err();
    assert!(matches!(opened, Some(Error::Erased)), "{opened:?}");
    let erasure = world.application(id).await.erasure().cloned().unwrap();
    assert_eq!(erasure.cause, ErasureCause::HandedOver);
    let history = world.office.applications().history(id).await.unwrap();
    let events = history.events.iter();
    let proofs = events.filter(|(_, event)| matches!(event, Event::BiometricsErased(_)));
    assert_eq!(proofs.count(), 1);
    assert_eq!(world.waiting(Queue::Erase, "").await, 0);
}

/// Each step stands in the audit log, and those that others must know of in the notices.
async fn all_told(world: &World, id: Uuid, job: Uuid) {
    let done = |entries: Vec<(String, String)>| -> BTreeSet<String> {
        let done = entries
            .into_iter()
            .filter(|(_, outcome)| outcome.contains("done"));
        done.map(|(action, _)| action).collect()
    };
    let application = done(world.audited(id).await);
    for action in [
        "application.work",
        "application.approve",
        "application.erase",
    ] {
        assert!(application.contains(action), "{action}: {application:?}");
    }
    let document = done(world.audited(job).await);
    for action in [
        "document.enter",
        "result.submit",
        "quality.record",
        "document.ship",
        "document.hand-over",
    ] {
        assert!(document.contains(action), "{action}: {document:?}");
    }
    assert_eq!(
        world.noticed(job).await,
        ["document-issued", "document-handed-over"]
    );
}

pub async fn remade(address: Option<String>) {
    let world = World::new(CARD, address).await;
    world.stock([1]).await;
    let today = START.date();
    let record = card(
        "Trần Thị Đào Specimen",
        "1997-09-02",
        Some("001197000023"),
        today,
    );
    let (id, job) = world.produced(&record, CARD, "one").await;
    // Another one waits for production when the first card is spoiled.
    let other = card(
        "Lê Thị Mai Specimen",
        "1997-03-04",
        Some("001197000031"),
        today,
    );
    let second = world.enrol(&other, CARD, "two").await;
    world.check(START).await;
    world.approve(second, APPROVER).await.unwrap();
    let batch = batch_of(&world, job, CARD).await;
    let spoiled = [(job, CardResult::Spoiled(VoidReason::ChipFaulty))];
    let now = START + LEASE;
    let first = world
        .office
        .report_batch(batch, &spoiled, &hand(PERSONALISER), now)
        .await;
    assert_eq!(first.unwrap(), [Outcome::Proposed]);
    let rejected = [(job, QualityResult::Rejected(VoidReason::ChipFaulty))];
    let both = world
        .office
        .judge_batch(batch, &rejected, &hand(CONTROLLER), now)
        .await;
    assert_eq!(both.unwrap(), [Outcome::Voided]);
    let application = world.application(id).await;
    assert_eq!(
        (application.stage(), application.remakes()),
        (Stage::Approved, 1)
    );
    assert_eq!(application.priority(), Priority::Remake);
    // One chip is left: whoever has waited for a spoiled card gets it, although the other one was there before.
    world.stock([2]).await;
    let next = world.office.produce_next(CARD, now).await.unwrap();
    assert!(matches!(next, Done::One), "{next:?}");
    let Stage::InProduction(again) = world.stage(id).await else {
        panic!("{:?}", world.stage(id).await)
    };
    assert_ne!(again, job);
    assert_eq!(world.image(again).await.chip_serial(), [2; 16]);
    assert_eq!(world.stage(second).await, Stage::Approved);
    // And is personalised first.
    world.stock([3]).await;
    world.produce(CARD, now).await;
    batch_of(&world, again, CARD).await;
}

pub async fn renewed(address: Option<String>) {
    let world = World::new(CARD, address).await;
    world.stock([1, 2, 3]).await;
    let number = "001197000023";
    let record = card(
        "Trần Thị Đào Specimen",
        "1997-09-02",
        Some(number),
        START.date(),
    );
    let (first, job) = world.produced(&record, CARD, "first").await;
    // A spoiled card is made again under the same number, on another chip.
    let reason = VoidReason::PrintFaulty;
    for (by, act) in [
        (PERSONALISER, Act::ProposeVoid(reason)),
        (CONTROLLER, Act::ConfirmVoid(reason)),
    ] {
        world.office.card(job, act, &hand(by), START).await.unwrap();
    }
    assert_eq!(world.stage(first).await, Stage::Approved);
    world.produce(CARD, START).await;
    let again = world.stage(first).await.job().unwrap();
    assert_ne!(again, job);
    assert_eq!(world.image(again).await.chip_serial().len(), 16);
    written_and_judged(&world, again, CARD).await;
    handed_over(&world, first, again).await;
    // The next card of the same person: the number says who it is.
    let (second, next) = world.produced(&record, CARD, "second").await;
    assert_eq!(
        world.application(second).await.person(),
        world.application(first).await.person()
    );
    let before = world.office.documents().history(again).await.unwrap();
    let before = before.document().unwrap();
    assert_eq!(
        before.life().unwrap().end,
        None,
        "until the next one is in the hand"
    );
    written_and_judged(&world, next, CARD).await;
    handed_over(&world, second, next).await;
    let history = world.office.documents().history(again).await.unwrap();
    let document = history.document().unwrap();
    let end = document.life().unwrap().end.as_ref().unwrap();
    assert_eq!((end.reason, &end.by), (EndReason::Renewed, &None));
    let told = world.noticed(again).await;
    assert_eq!(
        told,
        ["document-issued", "document-handed-over", "document-ended"]
    );
    let person = world.application(second).await.person().unwrap();
    let notices = world.journal(Topic::Notice).await;
    let named = notices
        .iter()
        .map(|entry| serde_json::from_slice::<serde_json::Value>(&entry.body).unwrap())
        .filter(|entry| entry["subject"] == again.to_string());
    for notice in named {
        assert_eq!(notice["person"], person.to_string(), "{notice}");
    }
    let audited = world.audited(again).await;
    assert!(
        audited.iter().any(|(action, _)| action == "document.renew"),
        "{audited:?}"
    );
    let refuse = Command::Withdraw {
        by: hand(CLERK).officer,
    };
    let late = world.tell(second, refuse, CLERK).await;
    assert!(matches!(late, Err(Error::Application(Refusal::Stage(_)))));
}
