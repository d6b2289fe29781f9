//! Numbers that the service gives: to documents that have one of their own, and to people who have none.

use std::collections::BTreeSet;

use enrolment::{Field, HolderRecord, profiles};
use issuance_service::Error;
use issuance_service::office::Done;
use issuance_service::personalisation::life::Act;
use lds::File;
use lds::dg13::vietnam::VietnamCitizen;
use register::Key;
use register::application::Stage;
use register::document::VoidReason;
use register::store::Store as _;
use time::Duration;
use uuid::Uuid;

use crate::people::{CARD, PASSPORT, card, passport};
use crate::world::{APPROVER, START, World, hand, office_without_signer};

/// The zone of a card as it is personalised.
async fn zone(world: &World, job: Uuid) -> String {
    let image = world.image(job).await;
    String::from_utf8_lossy(&image.files()[&File::Dg1]).into_owned()
}

async fn number_of(world: &World, job: Uuid) -> String {
    let history = world.office.documents().history(job).await.unwrap();
    let number = history
        .document()
        .unwrap()
        .entry()
        .document
        .document_number
        .clone();
    let zone = zone(world, job).await;
    assert!(zone.contains(&number), "{number}: {zone}");
    number
}

async fn voided(world: &World, job: Uuid) {
    let reason = VoidReason::PrintFaulty;
    for (by, act) in [
        ("TEST personaliser", Act::ProposeVoid(reason)),
        ("TEST controller", Act::ConfirmVoid(reason)),
    ] {
        world.office.card(job, act, &hand(by), START).await.unwrap();
    }
}

async fn job_of(world: &World, id: Uuid) -> Uuid {
    let Stage::InProduction(job) = world.stage(id).await else {
        panic!("{:?}", world.stage(id).await)
    };
    job
}

/// A passport that was spoiled is made again under another number, whoever gave the first one; the first one names the first for ever.
pub async fn remade_passports(address: Option<String>) {
    let world = World::new(PASSPORT, address).await;
    world.stock(1..=6).await;
    let range = profiles::by_id(PASSPORT).unwrap().data();
    let range = range.document_numbers.unwrap();
    let mut all = BTreeSet::new();
    for (given, birth, stated) in [
        ("Dora", "1990-01-01", "X00000001"),
        ("Emil Xaver", "1955-05-05", ""),
    ] {
        let record = passport(given, birth, stated, START.date());
        let (id, job) = world.produced(&record, PASSPORT, given).await;
        let mut jobs = vec![(job, number_of(&world, job).await)];
        if !stated.is_empty() {
            assert_eq!(jobs[0].1, stated, "what a desk has typed stands");
        }
        for _ in 0..2 {
            voided(&world, jobs.last().unwrap().0).await;
            world.produce(PASSPORT, START).await;
            let again = job_of(&world, id).await;
            jobs.push((again, number_of(&world, again).await));
        }
        for (job, number) in jobs {
            let is_given = number.starts_with(range.prefix);
            assert!(is_given || number == stated, "{number}");
            assert!(all.insert(number.clone()), "{number} twice");
            let key = Key::DocumentNumber {
                issuing_state: "UTO".to_owned(),
                number,
            };
            let holder = world.office.documents().find(&key).await.unwrap();
            assert_eq!(holder, Some(job));
        }
    }
    assert_eq!(all.len(), 6);
}

/// While nobody may sign, the application waits and nothing is used up.
pub async fn none_without_a_signer(address: Option<String>) {
    let world = World::new(PASSPORT, address).await;
    world.stock([1]).await;
    let record = passport("Dora", "1990-01-01", "", START.date());
    let id = world.enrol(&record, PASSPORT, "Dora").await;
    world.check(START).await;
    world.approve(id, APPROVER).await.unwrap();
    let numbers = profiles::by_id(PASSPORT).unwrap().data().document_numbers;
    let counter = format!("numbers/TEST/{}", numbers.unwrap().series("UTO"));
    let next = || world.office.store().take_numbers(&counter, 1);
    let before = next().await.unwrap();
    let office = office_without_signer(&world.bureau.path(""), &world.place).await;
    for hours in 0..3 {
        let done = office
            .produce_next(PASSPORT, START + Duration::hours(hours))
            .await;
        assert!(matches!(done.unwrap(), Done::Later(Error::Signers(_))));
    }
    assert_eq!(next().await.unwrap(), before + 1, "a number was taken");
    world.produce(PASSPORT, START + Duration::hours(4)).await;
    assert!(matches!(world.stage(id).await, Stage::InProduction(_)));
}

/// A number of the service's range that a desk has typed before is passed over.
pub async fn typed_numbers(address: Option<String>) {
    let world = World::new(PASSPORT, address).await;
    world.stock(1..=3).await;
    let profile = profiles::by_id(PASSPORT).unwrap();
    // The first number that would be given: another data centre's office would give others.
    let first = world.office.free_document_number(profile, START).await;
    let first = first.unwrap().unwrap();
    let mut given = BTreeSet::from([first]);
    for (name, birth) in [("Dora", "1990-01-01"), ("Emil Xaver", "1955-05-05")] {
        let next = world.office.free_document_number(profile, START).await;
        let typed = passport(name, birth, &next.unwrap().unwrap(), START.date());
        let (_, job) = world.produced(&typed, PASSPORT, name).await;
        assert!(given.insert(number_of(&world, job).await));
    }
    let record = passport("Fritz", "1966-06-06", "", START.date());
    let (_, job) = world.produced(&record, PASSPORT, "last").await;
    assert!(given.insert(number_of(&world, job).await));
    // Those who are numbered by the person have no numbers of their own.
    let card = profiles::by_id(CARD).unwrap();
    let none = world.office.free_document_number(card, START).await;
    assert_eq!(none.unwrap(), None);
}

/// A packet without a number: the card bears the one that was given, in the zone and in EF.DG13, and a remake bears the same.
pub async fn given_to_a_person(address: Option<String>) {
    let world = World::new(CARD, address).await;
    world.stock([1, 2]).await;
    let newborn: HolderRecord = card("Trần Thị Đào Specimen", "1997-09-02", None, START.date());
    assert_eq!(newborn.texts().get(Field::PersonalNumber), None);
    let (id, job) = world.produced(&newborn, CARD, "newborn").await;
    let person = world.application(id).await.person().unwrap();
    let person = world.office.people().history(person).await.unwrap();
    let number = person.person().unwrap().number().unwrap().to_owned();
    voided(&world, job).await;
    world.produce(CARD, START).await;
    let again = job_of(&world, id).await;
    assert_ne!(again, job);
    for job in [job, again] {
        let history = world.office.documents().history(job).await.unwrap();
        let entry = history.document().unwrap().entry().clone();
        assert_eq!(entry.document.document_number, number[3..]);
        assert_eq!(entry.personal_number.as_ref(), Some(&number));
    }
    let zone = zone(&world, again).await;
    assert!(zone.contains(&number), "{zone}");
    let image = world.image(again).await;
    let citizen = VietnamCitizen::parse(&image.files()[&File::Dg13]).unwrap();
    assert_eq!(citizen.value.personal_number, Some(number));
}
