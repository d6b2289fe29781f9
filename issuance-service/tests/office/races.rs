//! Many at once: whatever they decide, one of them has decided it, and what must be there once is there once.

use std::collections::BTreeSet;
use std::sync::Arc;

use issuance_service::Error;
use issuance_service::office::{Done, Office};
use issuance_service::personalisation::{ChipState, stock};
use register::application::{Command, RefusalReason, Stage};
use register::document::StageKind;
use register::{Documents, Page};
use tokio::task::JoinSet;
use uuid::Uuid;

use crate::people::{CARD, PASSPORT, card, passport};
use crate::world::{APPROVER, LEASE, START, World, hand, office, site};

pub async fn decisions(address: Option<String>) {
    let world = World::new(PASSPORT, address).await;
    world.stock(1..=4).await;
    let birth = |of: u8| format!("19{:02}-01-{:02}", 50 + 7 * of, of + 1);
    for of in 0..4 {
        let given = ["Anton", "Berta", "Caesar", "Dora"][usize::from(of)];
        let record = passport(given, &birth(of), &format!("X0000000{of}"), START.date());
        let id = world.enrol(&record, PASSPORT, given).await;
        world.check(START).await;
        assert_eq!(world.stage(id).await, Stage::Checked);
        // A second process on the same database.
        let other = office(&world.bureau.path(""), &world.place).await;
        let mut racers = JoinSet::new();
        for racer in 0..16_u8 {
            let office = if racer % 2 == 0 {
                world.office.clone()
            } else {
                other.clone()
            };
            racers.spawn(async move { decide(&office, id, racer).await });
        }
        racers.join_all().await;
        world.produce(PASSPORT, START).await;
        decided_once(&world, id).await;
    }
    adds_up(&world).await;
}

/// What one of sixteen does: four approve, four refuse, four withdraw, four produce.
async fn decide(office: &Office, id: Uuid, racer: u8) {
    let name = format!("TEST officer {racer}");
    let by = hand(&name).officer;
    let command = match racer % 4 {
        0 => Command::Approve { by },
        1 => Command::Refuse {
            reason: RefusalReason::NotEligible,
            rules: Vec::new(),
            by: Some(by),
        },
        2 => Command::Withdraw { by },
        _ => {
            for _ in 0..3 {
                let done = office.produce_next(PASSPORT, START).await.unwrap();
                // The application was taken back under the worker's hands: tried again, and then there is nothing to do.
                assert!(!matches!(done, Done::Later(Error::NoChip)), "{done:?}");
                tokio::task::yield_now().await;
            }
            return;
        }
    };
    match office
        .application(id, &command, None, &hand(&name), START)
        .await
    {
        Ok(_) | Err(Error::Application(_)) => {}
        Err(error) => panic!("{racer}: {error}: {error:?}"),
    }
}

async fn decided_once(world: &World, id: Uuid) {
    let documents = documents_of(world, id).await;
    match world.stage(id).await {
        Stage::InProduction(job) => assert_eq!(documents, [job]),
        Stage::Approved => {
            // A worker had begun when somebody decided otherwise and lost: its lease is still out.
            world.produce(PASSPORT, START + LEASE).await;
            assert!(matches!(world.stage(id).await, Stage::InProduction(_)));
        }
        Stage::Refused(_) | Stage::Withdrawn => assert!(documents.is_empty(), "{documents:?}"),
        stage => panic!("{stage:?}"),
    }
}

async fn documents(world: &World) -> Vec<register::DocumentSummary> {
    let documents: &Documents<_> = world.office.documents();
    let page = Page {
        stage: None,
        after: None,
        limit: 1000,
    };
    documents.list(&page).await.unwrap()
}

async fn documents_of(world: &World, id: Uuid) -> Vec<Uuid> {
    let documents = documents(world).await;
    let own = documents.iter().filter(|row| row.application == Some(id));
    own.map(|row| row.job).collect()
}

/// As many chips are reserved as there are documents, and each has its own.
async fn adds_up(world: &World) {
    let documents = documents(world).await;
    let chips: BTreeSet<&Vec<u8>> = documents.iter().map(|row| &row.chip_serial).collect();
    assert_eq!(chips.len(), documents.len(), "a chip is used twice");
    let numbers = stock::numbers(world.office.store(), &site()).await.unwrap();
    assert!(numbers.adds_up(), "{numbers:?}");
    let reserved = numbers.of(ChipState::Reserved);
    assert_eq!(reserved, i64::try_from(documents.len()).unwrap());
}

pub async fn workers(address: Option<String>) {
    const PEOPLE: u16 = 8;
    let world = World::new(PASSPORT, address).await;
    world.stock(1..=PEOPLE).await;
    let names = [
        "Anton",
        "Berta",
        "Caesar",
        "Dora",
        "Emil",
        "Friedrich",
        "Gustav",
        "Heinrich",
    ];
    let mut ids = Vec::new();
    for (of, given) in (0_u8..).zip(names) {
        let birth = format!("19{:02}-0{}-1{}", 20 + 9 * of, of + 1, of);
        let record = passport(given, &birth, &format!("X0000000{of}"), START.date());
        world.seal(&record, PASSPORT, given);
        ids.push(given);
    }
    world.send().await;
    world.check(START).await;
    let rows = world
        .office
        .desk()
        .packets()
        .packets(None, 100)
        .await
        .unwrap();
    assert_eq!(rows.len(), ids.len());
    for row in &rows {
        world.approve(row.id, APPROVER).await.unwrap();
    }
    let other = office(&world.bureau.path(""), &world.place).await;
    let mut workers = JoinSet::new();
    for office in [world.office.clone(), other] {
        for _ in 0..2 {
            let office = office.clone();
            workers.spawn(async move {
                loop {
                    match office.produce_next(PASSPORT, START).await.unwrap() {
                        Done::Nothing => return,
                        Done::One => {}
                        Done::Later(error) => panic!("{error}: {error:?}"),
                    }
                }
            });
        }
    }
    workers.join_all().await;
    let documents = documents(&world).await;
    assert_eq!(documents.len(), usize::from(PEOPLE));
    assert!(documents.iter().all(|row| row.stage == StageKind::Signed));
    let of: BTreeSet<_> = documents.iter().map(|row| row.application).collect();
    assert_eq!(
        of.len(),
        documents.len(),
        "an application has two documents"
    );
    adds_up(&world).await;
}

/// Thirty-two at once, of one series: each has a number that nobody else has.
pub async fn numbers(address: Option<String>) {
    let world = World::new(CARD, address).await;
    let profile = enrolment::profiles::by_id(CARD).unwrap();
    let other = office(&world.bureau.path(""), &world.place).await;
    let record = Arc::new(card(
        "Trần Thị Đào Specimen",
        "1997-09-02",
        None,
        START.date(),
    ));
    let mut racers = JoinSet::new();
    for racer in 0..32 {
        let office = if racer % 2 == 0 {
            world.office.clone()
        } else {
            other.clone()
        };
        let record = Arc::clone(&record);
        racers.spawn(async move {
            let scheme = profile.number_scheme().unwrap();
            let birth = scheme.birth_in(record.texts(), START.date()).unwrap();
            office.free_number(scheme, &birth, START).await.unwrap()
        });
    }
    let numbers = racers.join_all().await;
    let different: BTreeSet<&String> = numbers.iter().collect();
    assert_eq!(different.len(), numbers.len());
}
