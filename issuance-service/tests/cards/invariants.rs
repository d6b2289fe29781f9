//! What is true at every moment, whoever does whatever.

use std::collections::{BTreeMap, BTreeSet};

use issuance_service::personalisation::batch::{Batch, BatchState};
use issuance_service::personalisation::consignment::Consignment;
use issuance_service::personalisation::stock::numbers;
use issuance_service::personalisation::{Chip, ChipState};
use register::document::{EndReason, Ended, Event, StageKind, Whereabouts};
use register::store::{EntityKind, Query, Store as _};
use uuid::Uuid;

use crate::workshop::{Workshop, site};

const ALL: u32 = 10_000;

pub async fn hold(workshop: &Workshop) {
    let store = workshop.office.store();
    let chips = store.list(&Query::of(EntityKind::Chip, ALL)).await.unwrap();
    let chips: Vec<Chip> = chips
        .iter()
        .map(|entity| Chip::of(entity).unwrap())
        .collect();
    // The stock adds up, and the books say what there is.
    let numbers = numbers(store, &site()).await.unwrap();
    assert!(numbers.adds_up(), "{numbers:?}");
    assert_eq!(numbers.received, i64::try_from(chips.len()).unwrap());
    for state in ChipState::ALL {
        let there = chips.iter().filter(|chip| chip.state == state).count();
        assert_eq!(
            numbers.of(state),
            i64::try_from(there).unwrap(),
            "{}",
            state.word()
        );
    }
    // No chip is in two jobs, and no job is in two batches.
    let jobs: Vec<Uuid> = chips.iter().filter_map(Chip::job).collect();
    assert_eq!(jobs.iter().collect::<BTreeSet<_>>().len(), jobs.len());
    let batches = store
        .list(&Query::of(EntityKind::Batch, ALL))
        .await
        .unwrap();
    let batches: BTreeMap<Uuid, Batch> = batches
        .iter()
        .map(|entity| (entity.id, Batch::of(entity).unwrap()))
        .collect();
    for chip in &chips {
        let Some(batch) = chip.batch() else { continue };
        assert!(
            batches[&batch]
                .jobs()
                .iter()
                .any(|job| Some(job.job) == chip.job())
        );
        let untouched = batches
            .values()
            .filter(|batch| batch.released_by().is_none() && batch.state != BatchState::Released);
        let listed = untouched
            .filter(|batch| batch.jobs().iter().any(|job| Some(job.job) == chip.job()))
            .count();
        assert!(listed <= 1, "a job in {listed} batches");
    }
    documents_hold(workshop, &chips).await;
    consignments_hold(workshop).await;
    crate::desk::hold(workshop).await;
}

/// A card is in one consignment at a time: in the one that its document names, until it is in a hand.
async fn consignments_hold(workshop: &Workshop) {
    let query = Query::of(EntityKind::Consignment, ALL);
    let mut seen = BTreeSet::new();
    for entity in workshop.office.store().list(&query).await.unwrap() {
        let consignment = Consignment::of(&entity).unwrap();
        for job in consignment.cards() {
            assert!(seen.insert(*job), "{job} is in two consignments");
            let document = workshop.office.documents().history(*job).await.unwrap();
            let document = document.document().unwrap();
            match &document.life().unwrap().whereabouts {
                Whereabouts::Shipped(id) => assert_eq!(*id, consignment.id, "{job}"),
                Whereabouts::HandedOver(_) => {}
                Whereabouts::Personalised => panic!("{job} was not sent"),
            }
        }
    }
}

async fn documents_hold(workshop: &Workshop, chips: &[Chip]) {
    let documents = workshop.office.documents();
    let mut live: BTreeMap<Uuid, u32> = BTreeMap::new();
    for chip in chips {
        let Some(job) = chip.job() else { continue };
        let history = documents.history(job).await.unwrap();
        let document = history.document().unwrap();
        assert_eq!(
            hex::encode(&document.entry().document.chip_serial),
            chip.serial()
        );
        let stage = document.stage().kind();
        let expected = match stage {
            StageKind::Entered | StageKind::Signed => ChipState::Reserved,
            StageKind::Written => ChipState::Written,
            StageKind::Voided if chip.state == ChipState::Missing => ChipState::Missing,
            StageKind::Voided if chip.state == ChipState::Destroyed => ChipState::Destroyed,
            StageKind::Voided => ChipState::Rejected,
            StageKind::Ended if chip.state != ChipState::Used => chip.state,
            _ => ChipState::Used,
        };
        assert_eq!(chip.state, expected, "{stage:?}");
        let mut writer = None;
        for recorded in &history.0 {
            match &recorded.event {
                Event::DocumentWritten(writing) => writer = Some(writing.by.clone()),
                Event::DocumentDelivered(delivery) => {
                    let passed = delivery.by.as_ref().unwrap();
                    assert!(
                        !writer.as_ref().unwrap().is(passed),
                        "{passed} wrote and passed a card"
                    );
                }
                Event::DocumentVoided(voiding) => {
                    assert!(!voiding.approval.operator().is(voiding.approval.approver()));
                }
                Event::DocumentEnded(end)
                    if matches!(end.reason, EndReason::Revoked | EndReason::HolderDied) =>
                {
                    let Some(Ended::ByTwo(approval)) = &end.by else {
                        panic!("{:?} by one", end.reason)
                    };
                    assert!(!approval.operator().is(approval.approver()));
                }
                _ => {}
            }
        }
        if stage == StageKind::HandedOver {
            let application = document.entry().application.unwrap();
            let summary = workshop
                .office
                .applications()
                .summary(application)
                .await
                .unwrap()
                .unwrap();
            *live.entry(summary.person.unwrap()).or_default() += 1;
        }
    }
    assert!(
        live.values().all(|cards| *cards == 1),
        "somebody has two live cards: {live:?}"
    );
}
