//! One new person in several packets: registered once, whatever happens at the same moment.

use issuance_service::Error;
use issuance_service::office::Done;
use register::application::{Command, DuplicateFinding, Part, Refusal, Stage};
use register::store::{EntityKind, Query, Queue, Store as _};
use tokio::task::JoinSet;
use uuid::Uuid;

use crate::people::{CARD, PASSPORT, card, passport};
use crate::world::{APPROVER, LEASE, START, World, hand, office};

const REVIEWER: &str = "TEST reviewer";

/// The people whom the register knows.
async fn people(world: &World) -> Vec<Uuid> {
    let query = Query::of(EntityKind::Person, 100);
    let rows = world.office.store().list(&query).await.unwrap();
    rows.iter().map(|row| row.id).collect()
}

/// Two packets of one person, checked before either is known.
async fn two_packets(world: &World) -> [Uuid; 2] {
    let mut packets = Vec::new();
    for (number, source) in [("X00000001", "first"), ("X00000002", "second")] {
        let record = passport("Dora Quirina", "1990-01-01", number, START.date());
        packets.push(world.enrol(&record, PASSPORT, source).await);
    }
    world.check(START).await;
    for id in &packets {
        assert_eq!(world.stage(*id).await, Stage::Checked);
    }
    packets.try_into().unwrap()
}

async fn known(world: &World, id: Uuid, person: Uuid) {
    let command = Command::ReviewDuplicates {
        finding: DuplicateFinding::KnownPerson(person),
        by: hand(REVIEWER).officer,
    };
    world.tell(id, command, REVIEWER).await.unwrap();
}

/// Both are approved when nobody is registered: the second is not produced as another person.
pub async fn one_after_the_other(address: Option<String>) {
    let world = World::new(PASSPORT, address).await;
    world.stock([1, 2]).await;
    let both = two_packets(&world).await;
    for id in both {
        world.approve(id, APPROVER).await.unwrap();
    }
    world.produce(PASSPORT, START).await;
    let [person] = people(&world).await[..] else {
        panic!("one person is registered twice")
    };
    let mut waiting = Vec::new();
    for id in both {
        match world.stage(id).await {
            Stage::InProduction(_) => {}
            Stage::InDuplicateReview => waiting.push(id),
            stage => panic!("{stage:?}"),
        }
    }
    let [second] = waiting[..] else {
        panic!("{waiting:?}")
    };
    let application = world.application(second).await;
    assert_eq!(
        application.approver(),
        None,
        "what was granted is not any more"
    );
    let check = application.check().unwrap();
    assert_eq!(check.resembling.len(), 1);
    assert_eq!(check.resembling[0].person, person);
    assert_eq!(world.waiting(Queue::Produce, PASSPORT).await, 0);
    // Compared, granted anew by somebody who has not compared, and made for the person who was found.
    known(&world, second, person).await;
    let same = world.approve(second, REVIEWER).await;
    let refusal = Refusal::SamePerson(Part::Reviewed);
    assert!(matches!(same, Err(Error::Application(found)) if found == refusal));
    world.approve(second, APPROVER).await.unwrap();
    world.produce(PASSPORT, START).await;
    assert!(matches!(world.stage(second).await, Stage::InProduction(_)));
    assert_eq!(people(&world).await, [person]);
}

/// The first is registered when the second is to be approved: the approval is refused, and the comparison comes first.
pub async fn before_approval(address: Option<String>) {
    let world = World::new(PASSPORT, address).await;
    world.stock([1, 2]).await;
    let [first, second] = two_packets(&world).await;
    world.approve(first, APPROVER).await.unwrap();
    world.produce(PASSPORT, START).await;
    let refused = world.approve(second, APPROVER).await;
    assert!(
        matches!(refused, Err(Error::Application(Refusal::Resembling))),
        "{refused:?}"
    );
    assert_eq!(world.stage(second).await, Stage::InDuplicateReview);
    let audited = world.audited(second).await;
    let is_told = |(action, outcome): &(String, String)| {
        action == "application.approve" && outcome.contains("resembling")
    };
    assert!(audited.iter().any(is_told), "{audited:?}");
    let [person] = people(&world).await[..] else {
        panic!("one person is registered twice")
    };
    known(&world, second, person).await;
    world.approve(second, APPROVER).await.unwrap();
    world.produce(PASSPORT, START).await;
    assert_eq!(world.application(second).await.person(), Some(person));
    assert_eq!(people(&world).await, [person]);
}

/// Several packets of one person who has no number, approved by several workers of two processes at the same moment, many times.
pub async fn at_once(address: Option<String>) {
    const PACKETS: u8 = 4;
    let world = World::new(CARD, address).await;
    world.stock(1..=24).await;
    let other = office(&world.bureau.path(""), &world.place).await;
    let names = [
        "Trần Thị Đào",
        "Lê Thị Mai",
        "Phạm Thị Lan",
        "Hoàng Thị Cúc",
    ];
    for (round, name) in names.into_iter().enumerate() {
        let mut packets = Vec::new();
        let birth = format!("1997-0{}-02", round + 1);
        let name = format!("{name} Specimen");
        for source in 0..PACKETS {
            let record = card(&name, &birth, None, START.date());
            packets.push(
                world
                    .enrol(&record, CARD, &format!("{name} {source}"))
                    .await,
            );
        }
        world.check(START).await;
        for id in &packets {
            world.approve(*id, APPROVER).await.unwrap();
        }
        let mut workers = JoinSet::new();
        for worker in 0..PACKETS {
            let office = if worker % 2 == 0 {
                world.office.clone()
            } else {
                other.clone()
            };
            workers.spawn(async move {
                while !matches!(
                    office.produce_next(CARD, START + LEASE).await.unwrap(),
                    Done::Nothing
                ) {}
            });
        }
        workers.join_all().await;
        world.produce(CARD, START + LEASE + LEASE).await;
        assert_eq!(people(&world).await.len(), round + 1, "registered once");
        let mut made = 0;
        for id in packets {
            match world.stage(id).await {
                Stage::InProduction(_) => made += 1,
                Stage::InDuplicateReview => {}
                stage => panic!("{stage:?}"),
            }
        }
        assert_eq!(made, 1);
    }
}
